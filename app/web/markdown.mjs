// The little markdown that answers use, as blocks and runs that know where they stand in the text (UTF-16 offsets).
// It builds no HTML: whoever draws makes elements and text nodes, so that nothing in an answer can become markup.

const FENCE = /^\s{0,3}(```+|~~~+)\s*([\w+#.-]*)/;
const HEADING = /^\s{0,3}(#{1,6})\s+/;
const BULLET = /^(\s*)[-*+]\s+/;
const NUMBER = /^(\s*)(\d{1,9})[.)]\s+/;
const QUOTE = /^\s{0,3}>\s?/;
const ROW = /^\s{0,3}\|.*\|\s*$/;
const RULE = /^\s{0,3}\|(?:\s*:?-+:?\s*\|)+\s*$/;
// What stands between dollars, \( or \[ is a formula (KaTeX's signs): its stars and brackets are its own.
const INLINE =
  /(?<math>\$\$[^$]{1,2000}\$\$|\$(?=\S)[^$\n[]{0,500}?\S\$(?!\d)|\\\([^\n]{1,2000}?\\\)|\\\[[\s\S]{1,2000}?\\\])|(?<code>`+)(?<coded>[^`][\s\S]*?)\k<code>(?!`)|\*\*(?<bold>\S[\s\S]*?)\*\*|(?<![\w*])\*(?<italic>[^\s*][^*]*?)\*(?![\w*])|\[(?<marker>\d{1,3})\](?!\()|\[(?<label>[^\]\n]{1,300})\]\((?<url>[^()\s]{1,2000})\)/g;

/**
 * Blocks of `text`: {kind, start, end, level?, ordered?, number?, depth?, language?, rows?}.
 * `kind` is paragraph, heading, item, quote, code or table; `start:end` is what is shown, without the block's own signs.
 * `rows` of a table are {start, end, cells: [{start, end}]}, its head first.
 */
export function parseBlocks(text) {
  const blocks = [];
  let open = null;
  let at = 0;
  while (at < text.length) {
    const line = lineAt(text, at);
    const fence = FENCE.exec(line.text);
    if (fence) {
      open = null;
      const code = readFence(text, line.next, fence);
      blocks.push(code.block);
      at = code.next;
      continue;
    }
    if (ROW.test(line.text) && RULE.test(lineAt(text, line.next).text)) {
      open = null;
      const table = readTable(text, line);
      blocks.push(table.block);
      at = table.next;
      continue;
    }
    open = takeLine(blocks, open, line);
    at = line.next;
  }
  return blocks;
}

function lineAt(text, start) {
  const found = text.indexOf("\n", start);
  const end = found < 0 ? text.length : found;
  return { start, end, text: text.slice(start, end), next: end + 1 };
}

function readFence(text, start, fence) {
  let at = start;
  while (at < text.length) {
    const line = lineAt(text, at);
    if (line.text.trim().startsWith(fence[1]) && !line.text.trim().slice(fence[1].length).trim()) {
      return { block: codeBlock(start, Math.max(start, at - 1), fence[2]), next: line.next };
    }
    at = line.next;
  }
  return { block: codeBlock(start, Math.max(start, text.length), fence[2]), next: text.length };
}

function codeBlock(start, end, language) {
  return { kind: "code", start, end, language };
}

function readTable(text, head) {
  const rows = [readRow(head)];
  let { next, end } = lineAt(text, head.next);
  while (next < text.length) {
    const line = lineAt(text, next);
    if (!ROW.test(line.text)) break;
    rows.push(readRow(line));
    ({ next, end } = line);
  }
  return { block: { kind: "table", start: head.start, end, rows }, next };
}

function readRow({ start, end, text }) {
  const edges = [...text.matchAll(/(?<!\\)\|/g)].map((match) => match.index);
  const cells = edges.slice(1).map((edge, index) => {
    const inside = text.slice(edges[index] + 1, edge);
    const from = start + edges[index] + 1 + (inside.length - inside.trimStart().length);
    return { start: from, end: from + inside.trim().length };
  });
  return { start, end, cells };
}

/** Puts a line into the open block or begins another; returns the block that further lines may continue. */
function takeLine(blocks, open, line) {
  if (!line.text.trim()) return null;
  const begun = beginBlock(line);
  if (begun.kind === "paragraph" && open) {
    open.end = line.end;
    return open;
  }
  if (begun.kind === "quote" && open?.kind === "quote") {
    blocks.push({ ...begun, continued: true });
    return blocks[blocks.length - 1];
  }
  blocks.push(begun);
  return begun.kind === "heading" ? null : begun;
}

function beginBlock(line) {
  const { start, end, text } = line;
  let match;
  if ((match = HEADING.exec(text))) return { kind: "heading", level: match[1].length, start: start + match[0].length, end };
  if ((match = BULLET.exec(text))) return { kind: "item", ordered: false, depth: depth(match[1]), start: start + match[0].length, end };
  if ((match = NUMBER.exec(text))) {
    return { kind: "item", ordered: true, number: Number(match[2]), depth: depth(match[1]), start: start + match[0].length, end };
  }
  if ((match = QUOTE.exec(text))) return { kind: "quote", start: start + match[0].length, end };
  return { kind: "paragraph", start, end };
}

function depth(indent) {
  return Math.min(3, Math.floor(indent.replaceAll("\t", "    ").length / 2));
}

/**
 * Runs of `text` between `start` and `end`: {start, end, text, bold?, italic?, code?, marker?, url?}.
 * A run with `marker` is [n]; `start:end` is where the run's signs and text stand.
 */
export function parseRuns(text, start, end, style = {}) {
  const runs = [];
  const inside = text.slice(start, end);
  let at = 0;
  for (const match of inside.matchAll(INLINE)) {
    pushText(runs, text, start + at, start + match.index, style);
    pushMatch(runs, text, start + match.index, match, style);
    at = match.index + match[0].length;
  }
  pushText(runs, text, start + at, end, style);
  return runs;
}

function pushText(runs, text, start, end, style) {
  if (end > start) runs.push({ ...style, start, end, text: text.slice(start, end) });
}

function pushMatch(runs, text, start, match, style) {
  const end = start + match[0].length;
  const { math, code, coded, bold, italic, marker, label, url } = match.groups;
  if (math) {
    pushText(runs, text, start, end, style);
    return;
  }
  if (code) runs.push({ ...style, start, end, text: coded.trim() || coded, code: true });
  else if (bold) runs.push(...parseRuns(text, start + 2, end - 2, { ...style, bold: true }));
  else if (italic) runs.push(...parseRuns(text, start + 1, end - 1, { ...style, italic: true }));
  else if (marker) runs.push({ ...style, start, end, text: marker, marker });
  else runs.push({ ...style, start, end, text: label, url });
}

/** Cuts runs of plain text at `offsets`, so that each stands on one side of each offset. */
export function cutRuns(runs, offsets) {
  return runs.flatMap((run) => {
    if (run.code || run.marker || run.url || run.text.length !== run.end - run.start) return [run];
    const cuts = offsets.filter((offset) => offset > run.start && offset < run.end);
    const edges = [run.start, ...cuts, run.end];
    return edges.slice(1).map((edge, index) => ({
      ...run, start: edges[index], end: edge, text: run.text.slice(edges[index] - run.start, edge - run.start),
    }));
  });
}
