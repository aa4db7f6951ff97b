// An answer's text as elements: markdown blocks, [n] as links to their sources, and the verdict behind each sentence.

import { element, outwardLink } from "./elements.mjs";
import { cutRuns, parseBlocks, parseRuns } from "./markdown.mjs";

const SURROGATES = /[\ud800-\udbff][\udc00-\udfff]/;
const VERDICTS = ["supported", "quoted", "partial", "unsupported", "not_evaluated"];

/** The kind of verdict of a claim, or null for what cannot be checked (a greeting, a question). */
export function verdictKind(claim) {
  if (claim.verbatim && claim.status === "supported") return "quoted";
  return VERDICTS.includes(claim.status) ? claim.status : null;
}

/** A verdict in words; colour and sign only repeat them. */
export function drawVerdict(claim, texts) {
  const kind = verdictKind(claim);
  if (kind === null) return null;
  return element("span", { class: `verdict ${kind}`, title: texts[`${kind}Means`] }, texts[kind]);
}

/** The elements of `text`. `claims` have spans in code points; `sources` is a Map by id; `texts` are the frame's words. */
export function drawProse(text, claims, sources, texts) {
  const shown = { sources, texts };
  const units = unitOffsets(text);
  const spans = claims.map((claim) => ({ claim, start: units(claim.start), end: units(claim.end) }));
  const edges = spans.flatMap((span) => [span.start, span.end]).sort((a, b) => a - b);
  const blocks = parseBlocks(text).map((block) => readBlock(text, block, spans, edges));
  markLastRuns(blocks);
  return groupBlocks(blocks).map((group) => drawGroup(group, text, shown));
}

/**
 * A passage with the words of its citations marked, without the line breaks inside its paragraphs.
 * Offsets count in the page's text, where the passage begins at `start`.
 */
export function drawMarked({ text, start }, citations) {
  const units = unitOffsets(text);
  const first = Math.min(...citations.map((citation) => units(citation.start - start)), text.length);
  const heading = /^#{1,6} .*\n+/.exec(text)?.[0].length ?? 0;  // its words stand above, in the path
  const shown = text.replace(/(?<=[^\n|])\n(?=[^\s|>#*+\-\d`])/g, " ");
  const drawn = [];
  let at = heading <= first ? heading : 0;
  for (const citation of citations.toSorted((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(at, units(citation.start - start)), units(citation.end - start)];
    if (to <= from) continue;
    drawn.push(shown.slice(at, from), element("mark", {}, shown.slice(from, to)));
    at = to;
  }
  return [...drawn, shown.slice(at)];
}

/** A quote as it stands on its page, without the signs of code and emphasis. */
export function drawQuote(text) {
  return parseRuns(text, 0, text.length).map((run) => drawRun(run, { sources: new Map() }));
}

function readBlock(text, block, spans, edges) {
  if (block.kind === "code") return { ...block, runs: [], spans: spans.filter((span) => overlaps(span, block)) };
  if (block.kind === "table") {
    const rows = block.rows.map((row) => ({
      cells: row.cells.map((cell) => parseRuns(text, cell.start, cell.end)),
      span: spans.find((span) => overlaps(span, row)) ?? null,
    }));
    return { ...block, runs: [], rows };
  }
  const runs = cutRuns(parseRuns(text, block.start, block.end), edges);
  for (const run of runs) run.span = spans.find((span) => run.start >= span.start && run.end <= span.end) ?? null;
  return { ...block, runs };
}

function overlaps(span, block) {
  return span.start < block.end && span.end > block.start;
}

/** The verdict stands behind a claim's last run, behind its trailing footnotes. */
function markLastRuns(blocks) {
  const last = new Map();
  for (const block of blocks) for (const run of block.runs) if (run.span && run.text.trim()) last.set(run.span, run);
  for (const [span, run] of last) run.ends = span;
}

function groupBlocks(blocks) {
  const groups = [];
  for (const block of blocks) {
    const before = groups[groups.length - 1];
    const joins = before && before.kind === block.kind && (
      (block.kind === "item" && before.blocks[0].ordered === block.ordered) || (block.kind === "quote" && block.continued));
    if (joins) before.blocks.push(block);
    else groups.push({ kind: block.kind, blocks: [block] });
  }
  return groups;
}

function drawGroup({ kind, blocks }, text, shown) {
  const [first] = blocks;
  if (kind === "code") return drawCode(first, text, shown);
  if (kind === "table") return drawTable(first, shown);
  if (kind === "heading") return element("p", { class: "heading" }, drawRuns(first.runs, shown));
  if (kind === "quote") return element("blockquote", {}, blocks.map((block) => element("p", {}, drawRuns(block.runs, shown))));
  if (kind !== "item") return element("p", {}, drawRuns(first.runs, shown));
  const items = blocks.map((block) => element("li", { class: block.depth ? `depth-${block.depth}` : null }, drawRuns(block.runs, shown)));
  return first.ordered ? element("ol", { start: first.number }, items) : element("ul", {}, items);
}

function drawCode(block, text, shown) {
  const code = element("pre", { tabindex: 0, "aria-label": shown.texts.code }, element("code", {}, text.slice(block.start, block.end)));
  const verdicts = block.spans.map((span) => drawVerdict(span.claim, shown.texts)).filter(Boolean);
  const copy = element("button", { type: "button", class: "quiet copy" }, shown.texts.copyCode);
  return element("div", { class: "code" }, copy, code, verdicts);
}

/** Rows are claims of their own; a verdict that several share stands once below. */
function drawTable(block, shown) {
  const [head, ...rows] = block.rows.map(({ cells, span }, index) => {
    const kind = span && verdictKind(span.claim);
    const drawn = cells.map((runs) => element(index ? "td" : "th", index ? {} : { scope: "col" }, drawCell(runs, shown)));
    return element("tr", { class: index && kind ? `claim ${kind}` : null }, drawn);
  });
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, rows));
  const told = new Map(block.rows.slice(1).map(({ span }) => [span && verdictKind(span.claim), span]));
  const verdicts = [...told].map(([kind, span]) => (kind ? drawVerdict(span.claim, shown.texts) : null)).filter(Boolean);
  return element("div", { class: "table" },
    element("div", { class: "rows", tabindex: 0, role: "region", "aria-label": shown.texts.table }, table), verdicts);
}

function drawCell(runs, shown) {
  return runs.map((run) => drawRun({ ...run, text: run.text.replaceAll("\\|", "|") }, shown));
}

function drawRuns(runs, shown) {
  const drawn = [];
  let holder = null;
  let waiting = null;
  let last = null;
  runs.forEach((run, index) => {
    last = run.span ?? last;
    if (run.marker) run.of = last;
    if (waiting && !isTrailing(run, runs[index + 1])) {
      drawn.push(drawVerdict(waiting.claim, shown.texts));
      waiting = null;
    }
    if (!run.span) holder = null;
    else if (holder?.span !== run.span) drawn.push((holder = { span: run.span, made: drawClaim(run.span.claim) }).made);
    const made = drawRun(run, shown, runs[index + 1]);
    if (holder) holder.made.append(made);
    else drawn.push(made);
    if (run.ends) waiting = run.ends;
  });
  if (waiting) drawn.push(drawVerdict(waiting.claim, shown.texts));
  return drawn;
}

function isTrailing(run, next) {
  return Boolean(run.marker) || (!run.span && !run.text.trim() && Boolean(next?.marker));
}

function drawClaim(claim) {
  const kind = verdictKind(claim);
  return element(kind === "quoted" ? "q" : "span", { class: kind ? `claim ${kind}` : null });
}

function drawRun(run, shown, next) {
  if (run.marker) return drawMarker(run, shown);
  let made = run.text.replaceAll("\n", " ");
  // A footnote's number stands right behind its sentence.
  if (next?.marker && shown.sources.has(next.marker) && !run.code) made = made.trimEnd();
  if (run.code) made = element("code", {}, made);
  if (run.url && [...shown.sources.values()].some((source) => withoutHash(source.url) === withoutHash(run.url))) {
    made = outwardLink(run.url, {}, made);
  }
  if (run.italic) made = element("em", {}, made);
  return run.bold ? element("strong", {}, made) : made;
}

function withoutHash(url) {
  return url.split("#", 1)[0];
}

/** [n] as a footnote of the sentence before it; plain text where no source of that number is cited. */
function drawMarker({ marker: id, of }, { sources, texts }) {
  const source = sources.get(id);
  if (!source) return `[${id}]`;
  const label = `${texts.source} ${id}: ${source.title}`;
  return element("sup", {}, element("button", {
    type: "button", class: "footnote", "data-source": id, "data-claim": of?.claim.start, "aria-expanded": "false", "aria-label": label, title: source.title,
  }, id));
}

/**
 * Returns a function that turns an offset in code points of `text` into one in UTF-16 units, clamped to the text.
 * JavaScript counts those: beyond the basic plane one point is two units.
 */
export function unitOffsets(text) {
  if (!SURROGATES.test(text)) return (points) => clamp(points, text.length);
  const units = [0];
  for (const character of text) units.push(units[units.length - 1] + character.length);
  return (points) => units[clamp(points, units.length - 1)];
}

function clamp(value, highest) {
  return Math.max(0, Math.min(value, highest));
}
