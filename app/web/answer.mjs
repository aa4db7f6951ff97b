// One answer on the page: takes the parts of its stream and draws itself from what it has.

import { contactLink, element, outwardLink } from "./elements.mjs";
import { drawMarked, drawProse, drawQuote, drawVerdict, verdictKind } from "./prose.mjs";
import { RatingView } from "./rating.mjs";

/** What is drawn of an answer, in characters: every frame draws it anew. */
const MAX_SHOWN = 100_000;
const FLAGS = ["not_peer_reviewed", "not_recorded"];
const PAGES = ["changed", "gone"];
const STAGES = { retrieved: "reading", restarted: "another", cut: "waiting" };
const STATUSES = { partial: "partialAnswer", interrupted: "interrupted" };

/** A turn: the question as asked and its answer, in `root`. */
export class AnswerView {
  #id = null;
  #text = "";
  #claims = new Map();
  #sources = new Map();
  #refusal = null;
  #metadata = {};
  #notes = [];
  #progress = "searching";
  #problem = null;
  #note = null;
  #frame = 0;
  #prose = element("div", { class: "prose" });
  #panel = element("section", { class: "sources", hidden: true });
  #foot = element("div", { class: "foot" });

  constructor(server, question, { texts, onRetry, onEdit = null, onRated }) {
    this.server = server;
    this.question = question;
    this.texts = texts;
    this.onRetry = onRetry;
    this.onRated = onRated;
    this.body = element("div", { class: "answer", "aria-busy": "true" }, this.#prose, this.#panel, this.#foot);
    const edit = onEdit && element("button", { type: "button", class: "quiet edit", "aria-label": texts.edit, title: texts.edit }, "✎");
    edit?.addEventListener("click", onEdit);
    this.root = element("article", { class: "turn" },
      element("div", { class: "question" },
        element("h2", { class: "asked" }, element("span", { class: "unseen" }, `${texts.asked} `), question), edit), this.body);
    this.#prose.addEventListener("click", (event) => this.#onClick(event));
    this.#draw();
  }

  get id() { return this.#id; }

  /** An answer as it was kept (the API's MessageBody), in place of a stream. */
  restore({ id, answer, withheld }) {
    this.#id = id;
    if (withheld) this.#notes.push(this.texts.withheld);
    if (answer) {
      this.#text = answer.text;
      this.#claims = new Map(answer.claims.map((claim, index) => [index, claim]));
      this.#sources = new Map(answer.sources.map((source) => [source.id, source]));
      if (answer.status === "refused") this.#refusal = { closest: answer.closest };
      this.#metadata = answer;
    }
    this.#close();
  }

  /** Take a part of the stream in; drawn with the next frame. */
  take(part) {
    switch (part.type) {
      // Once more where the connection broke; what is shown stays until the text comes again.
      case "start": this.#id = part.messageId; this.#text = ""; this.#claims.clear(); return;
      case "text-delta": this.#text += part.delta.slice(0, MAX_SHOWN + 1 - this.#text.length); break;
      case "data-claim": this.#claims.set(part.id, part.data); break;
      case "data-sources": this.#sources = new Map(part.data.map((source) => [source.id, source])); break;
      case "data-refusal": this.#refusal = part.data; break;
      case "data-progress": this.#progress = STAGES[part.data.stage]; break;
      case "message-metadata": this.#metadata = { ...this.#metadata, ...part.messageMetadata }; break;
      default: return;
    }
    this.#schedule();
  }

  /** The stream ended well. Returns what a screen reader is told. */
  finish() {
    this.#close();
    // What is not kept cannot be rated.
    if (this.#id && !this.#metadata.flags?.includes("not_recorded")) {
      this.body.append(new RatingView(this.server, this.#id, this.texts, this.onRated).root);
    }
    if (this.#refusal) return `${this.#prose.textContent} ${this.texts.notAnswered}`;
    const unsupported = [...this.#claims.values()].filter((claim) => claim.status === "unsupported").length;
    const warning = unsupported ? ` ${this.texts.unsupportedTold.replace("{count}", unsupported)}` : "";
    return `${this.#prose.textContent} ${this.texts.sourcesTold.replace("{count}", this.#sources.size)}${warning}`;
  }

  /** What a page may know of it. */
  told() {
    const { status = null, flags = [], suggestions = [], contact = null } = this.#metadata;
    const sources = [...this.#sources.values()];
    return { id: this.#id, text: this.#text, status, flags, contact, suggestions, sources, claims: [...this.#claims.values()] };
  }

  /** The answer with its references, as plain text. */
  asText() {
    const references = [...this.#sources.values()].toSorted((a, b) => Number(a.id) - Number(b.id))
      .map((source) => `[${source.id}] ${source.reference ?? [source.title, ...source.heading_path].join(" › ")}\n    ${source.url}`);
    return [this.#text, ...(references.length ? ["", ...references] : [])].join("\n");
  }

  /** The reader stopped it. */
  stop() {
    this.#notes.push(this.texts.youStopped);
    this.#close();
  }

  /** It failed; `problem` is a problem document. */
  fail(problem) {
    this.#problem = problem;
    this.#close();
  }

  #close() {
    this.#progress = null;
    this.body.removeAttribute("aria-busy");
    this.#draw();
  }

  /** A footnote opens what it rests on below its paragraph; code copies itself. */
  #onClick({ target }) {
    const footnote = target.closest(".footnote");
    if (footnote) {
      const { source, claim } = footnote.dataset;
      const isOpen = this.#note?.source === source && this.#note.claim === claim;
      this.#openNote(isOpen ? null : { source, claim });
      this.#find({ source, claim })?.focus({ preventScroll: true });
      return;
    }
    const copy = target.closest(".copy");
    if (copy) navigator.clipboard?.writeText(copy.parentElement.querySelector("code").textContent).then(() => { copy.textContent = this.texts.copied; }, () => {});
    if (target.closest(".note-close")) {
      const note = this.#note;
      this.#openNote(null);
      this.#find(note)?.focus();
    }
  }

  #openNote(note) {
    this.#note = note;
    this.#draw();
    this.#prose.querySelector(".opened")?.scrollIntoView({ block: "nearest" });
  }

  #find({ source, claim }) {
    return [...this.#prose.querySelectorAll(".footnote")].find(({ dataset }) => dataset.source === source && dataset.claim === claim);
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const claims = [...this.#claims.values()].sort((a, b) => a.start - b.start);
    const isCut = this.#text.length > MAX_SHOWN;
    this.#prose.replaceChildren(...drawProse(isCut ? this.#text.slice(0, MAX_SHOWN) : this.#text, claims, this.#sources, this.texts));
    if (isCut) this.#prose.append(element("p", { class: "note" }, this.texts.tooLong));
    this.#drawNote(claims);
    this.body.classList.toggle("refused", this.#refusal !== null);
    this.#drawPanel(claims);
    this.#drawFoot();
  }

  #drawNote(claims) {
    const footnote = this.#note && this.#find(this.#note);
    if (!footnote) return;
    footnote.setAttribute("aria-expanded", "true");
    let block = footnote;
    while (block.parentElement !== this.#prose) block = block.parentElement;
    const claim = claims.find(({ start }) => String(start) === this.#note.claim);
    block.after(drawNote(this.#sources.get(this.#note.source), claim, this.texts));
  }

  #drawPanel(claims) {
    const open = new Set([...this.#panel.querySelectorAll("details[open]")].map((details) => details.dataset.source));
    if (this.#refusal) this.#panel.replaceChildren(...drawClosest(this.#refusal.closest, this.texts));
    else this.#panel.replaceChildren(...drawSources([...this.#sources.values()], claims, open, this.texts));
    this.#panel.hidden = this.#panel.childElementCount === 0;
  }

  #drawFoot() {
    const { flags = [], status, model, timings, contact } = this.#metadata;
    const notes = [this.texts[STATUSES[status]], ...flags.map((flag) => (FLAGS.includes(flag) ? this.texts[flag] : flag)), ...this.#notes].filter(Boolean);
    this.#foot.replaceChildren(
      ...(this.#progress ? [element("p", { class: "progress" }, this.texts[this.#progress])] : []),
      ...notes.map((note) => element("p", { class: "note" }, note)),
      ...(contact ? [element("p", { class: "note" }, contactLink(contact, this.texts.contact))] : []),
      ...(this.#problem ? [drawProblem(this.#problem, this.texts, this.onRetry)] : []),
      ...(model && timings ? [element("p", { class: "made" }, describeMaking(model, timings))] : []),
    );
  }
}

function drawSources(sources, claims, open, texts) {
  if (!sources.length) return [];
  const items = sources.toSorted((a, b) => Number(a.id) - Number(b.id)).map((source) => drawSource(source, claims, open, texts));
  return [element("h3", {}, texts.sources), element("ol", {}, items)];
}

/** The quotes of a source by their places, each with the claim that it stands behind. */
function quotesOf(source, claims) {
  const quotes = new Map();
  for (const claim of claims) {
    for (const citation of claim.citations) {
      if (citation.source === source.id && verdictKind(claim)) quotes.set(`${citation.start}-${citation.end}`, { citation, claim });
    }
  }
  return [...quotes.values()];
}

function drawSource(source, claims, open, texts) {
  const quotes = quotesOf(source, claims);
  return element("li", { value: source.id },
    element("p", { class: "where" },
      outwardLink(withFragment(source.url, quotes[0]?.citation.quote), {}, drawPath(source)), " ", drawQuality(source.quality)),
    quotes.map(({ citation, claim }) =>
      element("blockquote", { class: verdictKind(claim) }, drawQuote(citation.quote), " ", drawVerdict(claim, texts))),
    PAGES.includes(source.page_state) ? element("p", { class: "note" }, texts[source.page_state]) : null,
    source.reference ? element("p", { class: "reference" }, source.reference) : null,
    element("details", { "data-source": source.id, open: open.has(source.id) || PAGES.includes(source.page_state) },
      element("summary", {}, texts.passage),
      element("p", { class: "passage" }, drawMarked(source, quotes.map(({ citation }) => citation)))));
}

/** What one footnote of one sentence rests on: the passage with the exact words marked, and the way to its section. */
function drawNote(source, claim, texts) {
  const citations = (claim?.citations ?? []).filter((citation) => citation.source === source.id);
  const close = element("button", { type: "button", class: "quiet note-close", "aria-label": texts.closeNote }, "✕");
  return element("aside", { class: "opened", role: "group", "aria-label": `${texts.source} ${source.id}` },
    element("div", { class: "opened-head" },
      element("p", { class: "where" }, element("b", {}, source.id), " ", drawPath(source), " ", drawQuality(source.quality)), close),
    element("blockquote", { class: "passage" }, drawMarked(source, citations)),
    element("p", { class: "opened-foot" },
      claim ? drawVerdict(claim, texts) : null, " ",
      outwardLink(withFragment(source.url, citations[0]?.quote), {}, texts.openSection)));
}

/** The address with the beginning and the end of a quote, which browsers scroll to and mark (WICG text fragments). */
function withFragment(url, quote) {
  const words = (quote ?? "").split("\n")[0].replace(/[`*_]|\[[^\]]*\]\([^)]*\)/g, "").trim().split(/\s+/).filter(Boolean);
  if (words.length < 3) return url;
  const said = words.length > 10 ? [words.slice(0, 5), words.slice(-4)] : [words];
  const text = said.map((part) => encodeURIComponent(part.join(" ")).replaceAll("-", "%2D")).join(",");
  return `${url}${url.includes("#") ? "" : "#"}:~:text=${text}`;
}

function drawPath({ title, heading_path: path }) {
  return [title, ...path].flatMap((text, index) => (index ? [element("span", { class: "step", "aria-hidden": "true" }, " › "), text] : [text]));
}

function drawQuality(quality) {
  if (quality === "unknown") return null;
  return element("span", { class: `quality ${quality}` }, quality.replaceAll("_", " "));
}

function drawClosest(closest, texts) {
  if (!closest.length) return [];
  const items = closest.map((section) => element("li", {}, outwardLink(section.url, {}, drawPath(section))));
  return [element("h3", {}, texts.nearest), element("ul", {}, items)];
}

function drawProblem(problem, texts, onRetry) {
  const fields = (problem.errors ?? []).map(({ field, message }) => element("li", {}, `${field}: ${message}`));
  const again = element("button", { type: "button", class: "quiet" }, texts.retry);
  again.addEventListener("click", onRetry);
  return element("div", { class: "problem", role: "alert" },
    element("p", {}, element("strong", {}, problem.title), problem.detail && !fields.length ? ` ${problem.detail}` : null),
    fields.length ? element("ul", {}, fields) : null,
    problem.request_id ? element("p", { class: "made" }, `${texts.request} ${problem.request_id}`) : null,
    again);
}

function duration(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function describeMaking(model, timings) {
  const stages = model === "none" ? [] : [model];
  if (timings.retrieval_ms !== undefined) stages.push(`found in ${duration(timings.retrieval_ms)}`);
  if (timings.total_ms !== undefined) stages.push(`told in ${duration(timings.total_ms)}`);
  return stages.join(" · ");
}
