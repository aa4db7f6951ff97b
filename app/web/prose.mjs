// An answer's text as elements: markdown blocks, [n] as links to their sources, and the verdict behind each sentence.

import { element, outwardLink } from "./elements.mjs";
import { cutRuns, parseBlocks, parseRuns } from "./markdown.mjs";
import { unitOffsets } from "./offsets.mjs";

const VERDICTS = {
  supported: ["supported", "The cited section carries this sentence."],
  quoted: ["quoted", "This stands word for word in the cited section."],
  partial: ["partly supported", "The cited section carries a part of this sentence."],
  unsupported: ["not supported", "No cited section carries this sentence: do not rely on it."],
  not_evaluated: ["not checked", "This sentence was not checked."],
};

/** The kind of verdict of a claim, or null for what cannot be checked (a greeting, a question). */
export function verdictKind(claim) {
  if (claim.verbatim && claim.status === "supported") return "quoted";
  return claim.status in VERDICTS ? claim.status : null;
}

/** A verdict in words; colour and sign only repeat them. */
export function drawVerdict(claim) {
  const kind = verdictKind(claim);
  if (kind === null) return null;
  const [word, meaning] = VERDICTS[kind];
  return element("span", { class: `verdict ${kind}`, title: meaning }, word);
}

/** The elements of `text`. `claims` have spans in code points; `sources` is a Map by id. */
export function drawProse(text, claims, sources) {
  const units = unitOffsets(text);
  const spans = claims.map((claim) => ({ claim, start: units(claim.start), end: units(claim.end) }));
  const edges = spans.flatMap((span) => [span.start, span.end]).sort((a, b) => a - b);
  const blocks = parseBlocks(text).map((block) => readBlock(text, block, spans, edges));
  markLastRuns(blocks);
  return groupBlocks(blocks).map((group) => drawGroup(group, text, sources));
}

/** A quote as it stands on its page, without the signs of code and emphasis. */
export function drawQuote(text) {
  return parseRuns(text, 0, text.length).map((run) => drawRun(run, new Map()));
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

function drawGroup({ kind, blocks }, text, sources) {
  const [first] = blocks;
  if (kind === "code") return drawCode(first, text);
  if (kind === "table") return drawTable(first, sources);
  if (kind === "heading") return element("p", { class: "heading" }, drawRuns(first.runs, sources));
  if (kind === "quote") return element("blockquote", {}, blocks.map((block) => element("p", {}, drawRuns(block.runs, sources))));
  if (kind !== "item") return element("p", {}, drawRuns(first.runs, sources));
  const items = blocks.map((block) => element("li", { class: block.depth ? `depth-${block.depth}` : null }, drawRuns(block.runs, sources)));
  return first.ordered ? element("ol", { start: first.number }, items) : element("ul", {}, items);
}

function drawCode(block, text) {
  const code = element("pre", { tabindex: 0, "aria-label": "Code" }, element("code", {}, text.slice(block.start, block.end)));
  const verdicts = block.spans.map((span) => drawVerdict(span.claim)).filter(Boolean);
  return element("div", { class: "code" }, code, verdicts);
}

/** Rows are claims of their own; a verdict that several share stands once below. */
function drawTable(block, sources) {
  const [head, ...rows] = block.rows.map(({ cells, span }, index) => {
    const kind = span && verdictKind(span.claim);
    const drawn = cells.map((runs) => element(index ? "td" : "th", index ? {} : { scope: "col" }, drawCell(runs, sources)));
    return element("tr", { class: index && kind ? `claim ${kind}` : null }, drawn);
  });
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, rows));
  const told = new Map(block.rows.slice(1).map(({ span }) => [span && verdictKind(span.claim), span]));
  const verdicts = [...told].map(([kind, span]) => (kind ? drawVerdict(span.claim) : null)).filter(Boolean);
  return element("div", { class: "table" },
    element("div", { class: "rows", tabindex: 0, role: "region", "aria-label": "Table" }, table), verdicts);
}

function drawCell(runs, sources) {
  return runs.map((run) => drawRun({ ...run, text: run.text.replaceAll("\\|", "|") }, sources));
}

function drawRuns(runs, sources) {
  const drawn = [];
  let holder = null;
  let waiting = null;
  runs.forEach((run, index) => {
    if (waiting && !isTrailing(run, runs[index + 1])) {
      drawn.push(drawVerdict(waiting.claim));
      waiting = null;
    }
    if (!run.span) holder = null;
    else if (holder?.span !== run.span) drawn.push((holder = { span: run.span, made: drawClaim(run.span.claim) }).made);
    const made = drawRun(run, sources, runs[index + 1]);
    if (holder) holder.made.append(made);
    else drawn.push(made);
    if (run.ends) waiting = run.ends;
  });
  if (waiting) drawn.push(drawVerdict(waiting.claim));
  return drawn;
}

function isTrailing(run, next) {
  return Boolean(run.marker) || (!run.span && !run.text.trim() && Boolean(next?.marker));
}

function drawClaim(claim) {
  const kind = verdictKind(claim);
  return element(kind === "quoted" ? "q" : "span", { class: kind ? `claim ${kind}` : null });
}

function drawRun(run, sources, next) {
  if (run.marker) return drawMarker(run.marker, sources.get(run.marker));
  let made = run.text.replaceAll("\n", " ");
  // A footnote's number stands right behind its sentence.
  if (next?.marker && sources.has(next.marker) && !run.code) made = made.trimEnd();
  if (run.code) made = element("code", {}, made);
  if (run.url && [...sources.values()].some((source) => withoutHash(source.url) === withoutHash(run.url))) {
    made = outwardLink(run.url, {}, made);
  }
  if (run.italic) made = element("em", {}, made);
  return run.bold ? element("strong", {}, made) : made;
}

function withoutHash(url) {
  return url.split("#", 1)[0];
}

/** [n] as a footnote; plain text where no source of that number is cited. */
function drawMarker(id, source) {
  if (!source) return `[${id}]`;
  const label = `Source ${id}: ${source.title} (opens in a new tab)`;
  const link = outwardLink(source.url, { class: "footnote", "data-source": id, "aria-label": label, title: source.title }, id);
  return element("sup", {}, link);
}
