// What of the site is indexed: runs with their progress, a plan, documents by status, why pages are left out, storage.

import { element, outwardLink } from "./elements.mjs";

const POLL_MS = 700;
const RUNNING = "running";

/** The elements of the part. */
export async function drawPages(desk, signal, redraw) {
  const [status, runs, documents] = await Promise.all([
    desk.call("/status"), desk.call(desk.of("/ingestions?limit=10")), desk.call(desk.of("/documents?limit=200")),
  ]);
  const own = status.corpora.find(({ corpus }) => corpus === desk.corpus);
  return [
    drawCards(own, status),
    drawRuns(desk, signal, redraw, runs.items),
    drawLeftOut(own),
    drawDocuments(documents),
  ];
}

function drawCards(own, { qdrant, postgres }) {
  const { indexed, pending, failed } = own.documents;
  return element("section", { class: "cards", "aria-label": "What is kept" },
    card("Pages indexed", indexed, pending ? `${pending} on their way` : null),
    card("Pages failed", failed, failed ? "their errors are below" : null, failed ? "bad" : ""),
    card("Chunks", own.points, own.collection ?? "not ingested yet"),
    storage("Vectors", qdrant), storage("Database", postgres));
}

function card(name, value, more, kind = "") {
  return element("div", { class: `card ${kind}` }, element("p", { class: "name" }, name), element("p", { class: "value" }, String(value)),
    more ? element("p", { class: "soft" }, more) : null);
}

function storage(name, { bytes, limit_bytes: limit, estimated }) {
  const share = limit ? bytes / limit : 0;
  return element("div", { class: `card ${share > 0.9 ? "bad" : ""}` }, element("p", { class: "name" }, name),
    element("p", { class: "value" }, size(bytes)),
    element("meter", { min: 0, max: 1, low: 0.75, high: 0.9, optimum: 0, value: share.toFixed(3), "aria-label": `${name}: share of the limit` }),
    element("p", { class: "soft" }, `${estimated ? "about " : ""}${(share * 100).toFixed(1)} % of ${size(limit)}`));
}

function size(bytes) {
  const power = Math.min(3, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  return `${(bytes / 1000 ** power).toFixed(power ? 1 : 0)} ${["B", "kB", "MB", "GB"][power]}`;
}

function drawRuns(desk, signal, redraw, runs) {
  const plan = element("button", { type: "button", class: "quiet" }, "What would it do?");
  const start = element("button", { type: "button" }, "Bring up to date");
  const told = element("div", { class: "told" });
  const rows = element("tbody", {}, runs.map((run) => drawRun(run)));
  plan.addEventListener("click", () => attempt(told, async () => told.replaceChildren(drawPlan(await desk.call("/ingestions/plan", { method: "POST", body: { corpus: desk.corpus } })))));
  start.addEventListener("click", () => attempt(told, async () => {
    const run = await desk.call("/ingestions", { method: "POST", body: { corpus: desk.corpus } });
    await follow(desk, signal, told, run);
    if (!signal.aborted) redraw();
  }));
  const running = runs.find(({ status }) => status === RUNNING);
  if (running) follow(desk, signal, told, running).then(() => { if (!signal.aborted) redraw(); }, () => {});
  return element("section", {}, element("div", { class: "head" }, element("h2", {}, "Ingestions"), plan, start), told,
    runs.length ? table("Ingestions", ["started", "status", "added", "changed", "removed", "failed", "embedded", "took"], rows)
      : element("p", { class: "soft" }, "There was none yet."));
}

function drawRun({ started_at: started, status, report, failure, progress }) {
  const counts = report ? [report.added, report.changed, report.removed, report.failed, report.nodes_embedded, `${report.seconds.toFixed(1)} s`]
    : ["", "", "", "", progress?.nodes_embedded ?? "", ""];
  return element("tr", {}, element("td", {}, when(started)),
    element("td", {}, element("span", { class: `state ${status}` }, status), failure ? element("div", { class: "soft" }, failure.message) : null),
    counts.map((one) => element("td", { class: "number" }, String(one))));
}

/** Shows how far a run is until it ends. */
async function follow(desk, signal, told, run) {
  const stop = element("button", { type: "button", class: "quiet" }, "Stop");
  stop.addEventListener("click", () => desk.call(`/ingestions/${run.id}`, { method: "DELETE" }).catch(() => {}));
  const bar = element("progress", { "aria-label": "Progress of the ingestion" });
  const words = element("p", {});
  told.replaceChildren(element("div", { class: "running" }, words, bar, stop));
  for (let now = run; !signal.aborted; now = await desk.call(`/ingestions/${run.id}`)) {
    const { progress } = now;
    words.textContent = progress ? `${progress.pages_done} of ${progress.pages_total} pages, ${progress.nodes_embedded} chunks embedded` : "Reading the pages…";
    if (progress?.pages_total) {
      bar.max = progress.pages_total;
      bar.value = progress.pages_done;
    }
    if (now.status !== RUNNING) {
      desk.say(`The ingestion ended: ${now.status}.`);
      return;
    }
    await new Promise((done) => { setTimeout(done, POLL_MS); });
  }
}

function drawPlan(plan) {
  const pages = plan.pages.slice(0, 50).map(({ uri, action, nodes_to_embed: nodes }) =>
    element("tr", {}, element("td", {}, uri), element("td", {}, action), element("td", { class: "number" }, String(nodes))));
  const words = plan.pages.length
    ? `${plan.added} pages to add, ${plan.changed + plan.pipeline_changed} to do anew, ${plan.removed} to remove; ${plan.nodes_to_embed} of ${plan.nodes} chunks to embed.`
    : "Nothing is to be done: the index is up to date.";
  return element("div", { class: "plan" }, element("p", {}, words, plan.rebuild ? " All vectors are made anew." : null),
    pages.length ? table("Plan", ["page", "what", "chunks to embed"], element("tbody", {}, pages)) : null);
}

function drawLeftOut(own) {
  const report = own.last_run?.report;
  const lines = [
    ...(report?.errors ?? []).map(({ path, message }) => [path, `failed: ${message}`]),
    ...(report?.left_out_pages ?? []).map(({ path, reason }) => [path, reason.replaceAll("_", " ")]),
    ...(report?.warnings ?? []).map(({ path, message }) => [path, `warning: ${message}`]),
  ];
  if (!lines.length) return element("section", {}, element("h2", {}, "Left out"), element("p", { class: "soft" }, "The last ingestion left out no page."));
  return element("section", {}, element("h2", {}, "Left out"), table("Left out", ["page", "why"],
    element("tbody", {}, lines.map(([path, why]) => element("tr", {}, element("td", {}, path), element("td", {}, why))))));
}

function drawDocuments({ items, next_cursor: more }) {
  const rows = items.toSorted((a, b) => Number(a.status === "indexed") - Number(b.status === "indexed")).map((one) => element("tr", {},
    element("td", {}, outwardLink(one.url, {}, one.title || one.uri), one.error ? element("div", { class: "soft" }, one.error) : null),
    element("td", {}, element("span", { class: `state ${one.status}` }, one.status)),
    element("td", {}, one.quality.replaceAll("_", " ")), element("td", {}, [one.version, one.locale].filter(Boolean).join(", ")),
    element("td", { class: "number" }, String(one.node_count))));
  return element("section", {}, element("h2", {}, "Documents"),
    items.length ? table("Documents", ["page", "status", "quality", "edition", "chunks"], element("tbody", {}, rows)) : element("p", { class: "soft" }, "There is none yet."),
    more ? element("p", { class: "soft" }, "These are the first 200: GET /api/v1/documents lists all.") : null);
}

/** A table that may be wider than the screen. */
export function table(name, heads, body) {
  const numbers = new Set([...(body.rows[0]?.cells ?? [])].flatMap((cell, index) => (cell.className === "number" ? [index] : [])));
  const row = element("tr", {}, heads.map((head, index) => element("th", { scope: "col", class: numbers.has(index) ? "number" : null }, head)));
  return element("div", { class: "rows", tabindex: 0, role: "region", "aria-label": name }, element("table", {}, element("thead", {}, row), body));
}

/** A time as its reader writes it. */
export function when(time) {
  return time ? new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "never";
}

/** A button that does what cannot be undone: at its second press, which `words` ask for. */
export function askTwice(button, words, action) {
  let isAsked = false;
  button.addEventListener("click", () => {
    if (isAsked) action();
    else button.textContent = words;
    isAsked = true;
  });
}

/** What fails is told where it was asked for. */
export async function attempt(told, action) {
  told.replaceChildren(element("p", { class: "soft" }, "One moment…"));
  try {
    await action();
  } catch (error) {
    told.replaceChildren(element("p", { class: "problem", role: "alert" }, error.message));
  }
}
