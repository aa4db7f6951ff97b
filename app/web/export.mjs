// A conversation as a file: markdown with its references, or the references alone for a reference manager.

/** Offers the file to the reader. `kind` is markdown, csl or bibtex; `turns` are {question, text, sources}. */
export function saveConversation(kind, turns) {
  const [name, type, write] = {
    markdown: ["conversation.md", "text/markdown", asMarkdown],
    csl: ["references.json", "application/vnd.citationstyles.csl+json", asCsl],
    bibtex: ["references.bib", "application/x-bibtex", asBibtex],
  }[kind];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([write(turns, new Date())], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Each answer's [n] as footnotes of their own, so that several answers stand in one file. */
export function asMarkdown(turns) {
  const parts = turns.map(({ question, text, sources }, index) => {
    const known = new Set(sources.map(({ id }) => id));
    const body = text.replace(/\[(\d{1,3})\](?!\()/g, (marker, id) => (known.has(id) ? `[^${index + 1}-${id}]` : marker));
    const notes = sorted(sources).map((source) => `[^${index + 1}-${source.id}]: ${source.reference ?? pathOf(source)} <${source.url}>`);
    return [`## ${oneLine(question)}`, body, notes.join("\n")].filter(Boolean).join("\n\n");
  });
  return `${parts.join("\n\n")}\n`;
}

/** CSL-JSON (schema 1.0.2) of the cited sections, each once. */
export function asCsl(turns, accessed) {
  const items = distinct(turns).map((source, index) => ({
    id: `source-${index + 1}`,
    type: "webpage",
    title: source.title,
    ...(source.heading_path.length ? { section: source.heading_path.join(" › ") } : {}),
    ...(source.authors?.length ? { author: source.authors.map(namesOf) } : {}),
    ...(source.published ? { issued: { "date-parts": [source.published.split("-").map(Number)] } } : {}),
    URL: source.url,
    accessed: { "date-parts": [[accessed.getFullYear(), accessed.getMonth() + 1, accessed.getDate()]] },
    ...(source.reference ? { note: source.reference } : {}),
  }));
  return `${JSON.stringify(items, null, 2)}\n`;
}

/** BibTeX of the cited sections, each once. */
export function asBibtex(turns, accessed) {
  const day = [accessed.getFullYear(), accessed.getMonth() + 1, accessed.getDate()].map((one) => String(one).padStart(2, "0")).join("-");
  const entries = distinct(turns).map((source, index) => {
    const fields = { title: `{${escapeTex(pathOf(source))}}` };
    if (source.authors?.length) fields.author = source.authors.map(texName).join(" and ");
    if (source.published) fields.year = source.published.slice(0, 4);
    fields.howpublished = `\\url{${source.url.replace(/[{}\\]/g, encodeURIComponent)}}`;
    fields.note = escapeTex([source.reference, `Accessed ${day}`].filter(Boolean).join(". "));
    return `@misc{source${index + 1},\n${Object.entries(fields).map(([name, value]) => `  ${name} = {${value}}`).join(",\n")}\n}`;
  });
  return `${entries.join("\n\n")}\n`;
}

/** The names that are known of an author: the API gives null for the others. */
function namesOf(author) {
  return Object.fromEntries(Object.entries(author).filter(([, name]) => name));
}

/** A literal name in braces is not taken apart. */
function texName({ family, given, literal }) {
  if (!family) return `{${escapeTex(literal ?? given)}}`;
  return [family, given].filter(Boolean).map(escapeTex).join(", ");
}

function distinct(turns) {
  return [...new Map(turns.flatMap(({ sources }) => sorted(sources)).map((source) => [source.url, source])).values()];
}

function sorted(sources) {
  return sources.toSorted((a, b) => Number(a.id) - Number(b.id));
}

function pathOf({ title, heading_path: path }) {
  return [title, ...path].map(oneLine).join(" › ");
}

function oneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}

const TEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };

function escapeTex(text) {
  return text.replace(/[\\{}$&#%_~^]/g, (sign) => TEX[sign] ?? `\\${sign}`);
}
