// One answer on the page: takes the parts of its stream and draws itself from what it has.

import { contactLink, element, outwardLink } from "./elements.mjs";
import { drawProse, drawQuote, drawVerdict, verdictKind } from "./prose.mjs";
import { RatingView } from "./rating.mjs";

const FLAGS = {
  not_peer_reviewed: "None of the cited sources is peer-reviewed.",
  not_recorded: "This answer could not be kept: a follow-up may not know of it.",
};
const PAGES = {
  changed: "The page has changed since: this is what it said when it was cited.",
  gone: "The page is gone: this is what it said when it was cited.",
};
const STATUSES = {
  partial: "The pages carry only a part of this answer.",
  interrupted: "This answer is not complete.",
};

/** A turn: the question as asked and its answer, in `root`. */
export class AnswerView {
  #id = null;
  #text = "";
  #claims = new Map();
  #sources = new Map();
  #refusal = null;
  #metadata = {};
  #notes = [];
  #progress = "Searching the pages…";
  #problem = null;
  #frame = 0;
  #prose = element("div", { class: "prose" });
  #panel = element("section", { class: "sources", hidden: true });
  #foot = element("div", { class: "foot" });

  constructor(server, question, { onRetry, onRated }) {
    this.server = server;
    this.onRetry = onRetry;
    this.onRated = onRated;
    this.body = element("div", { class: "answer", "aria-busy": "true" }, this.#prose, this.#panel, this.#foot);
    this.root = element("article", { class: "turn" },
      element("h2", { class: "asked" }, element("span", { class: "unseen" }, "You asked: "), question), this.body);
    this.body.addEventListener("pointerover", (event) => this.#point(event.target));
    this.body.addEventListener("focusin", (event) => this.#point(event.target));
    this.#draw();
  }

  /** Take a part of the stream in; drawn with the next frame. */
  take(part) {
    switch (part.type) {
      case "start": this.#id = part.messageId; return;
      case "text-delta": this.#text += part.delta; break;
      case "data-claim": this.#claims.set(part.id, part.data); break;
      case "data-sources": this.#sources = new Map(part.data.map((source) => [source.id, source])); break;
      case "data-refusal": this.#refusal = part.data; break;
      case "data-progress": this.#note(part.data); break;
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
      this.body.append(new RatingView(this.server, this.#id, this.onRated).root);
    }
    if (this.#refusal) return `${this.#prose.textContent} Not answered.`;
    const unsupported = [...this.#claims.values()].filter((claim) => claim.status === "unsupported").length;
    const warning = unsupported ? ` ${count(unsupported, "sentence")} not supported.` : "";
    return `${this.#prose.textContent} ${count(this.#sources.size, "source")}.${warning}`;
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
    this.#notes.push("You stopped this answer.");
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

  #note(data) {
    if (data.stage === "retrieved") this.#progress = "Reading what was found…";
    if (data.stage === "restarted") this.#progress = "Asking another model…";
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const claims = [...this.#claims.values()].sort((a, b) => a.start - b.start);
    this.#prose.replaceChildren(...drawProse(this.#text, claims, this.#sources));
    this.body.classList.toggle("refused", this.#refusal !== null);
    this.#drawPanel(claims);
    this.#drawFoot();
  }

  #drawPanel(claims) {
    const open = new Set([...this.#panel.querySelectorAll("details[open]")].map((details) => details.dataset.source));
    if (this.#refusal) this.#panel.replaceChildren(...drawClosest(this.#refusal.closest));
    else this.#panel.replaceChildren(...drawSources([...this.#sources.values()], claims, open));
    this.#panel.hidden = this.#panel.childElementCount === 0;
  }

  #drawFoot() {
    const { flags = [], status, model, timings, contact } = this.#metadata;
    const notes = [STATUSES[status], ...flags.map((flag) => FLAGS[flag] ?? flag), ...this.#notes].filter(Boolean);
    this.#foot.replaceChildren(
      ...(this.#progress ? [element("p", { class: "progress" }, this.#progress)] : []),
      ...notes.map((note) => element("p", { class: "note" }, note)),
      ...(contact ? [element("p", { class: "note" }, contactLink(contact))] : []),
      ...(this.#problem ? [drawProblem(this.#problem, this.onRetry)] : []),
      ...(model && timings ? [element("p", { class: "made" }, describeMaking(model, timings))] : []),
    );
  }

  #point(target) {
    const id = target.closest?.("a.footnote")?.dataset.source;
    for (const item of this.#panel.querySelectorAll("li[data-source]")) item.classList.toggle("pointed", item.dataset.source === id);
  }
}

function drawSources(sources, claims, open) {
  if (!sources.length) return [];
  const items = sources.toSorted((a, b) => Number(a.id) - Number(b.id)).map((source) => drawSource(source, claims, open));
  return [element("h3", {}, "Sources"), element("ol", {}, items)];
}

function drawSource(source, claims, open) {
  const quotes = new Map();
  for (const claim of claims) {
    for (const citation of claim.citations) {
      if (citation.source === source.id && verdictKind(claim)) quotes.set(`${citation.start}-${citation.end}`, { citation, claim });
    }
  }
  return element("li", { value: source.id, "data-source": source.id },
    element("p", { class: "where" },
      outwardLink(withFragment(source.url, [...quotes.values()][0]?.citation.quote), {}, drawPath(source)), " ", drawQuality(source.quality)),
    [...quotes.values()].map(({ citation, claim }) =>
      element("blockquote", { class: verdictKind(claim) }, drawQuote(citation.quote), " ", drawVerdict(claim))),
    PAGES[source.page_state] ? element("p", { class: "note" }, PAGES[source.page_state]) : null,
    source.reference ? element("p", { class: "reference" }, source.reference) : null,
    element("details", { "data-source": source.id, open: open.has(source.id) || source.page_state in PAGES },
      element("summary", {}, "The whole passage"), element("p", { class: "passage" }, source.text)));
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
  return element("span", { class: `quality ${quality}` }, quality.replaceAll("_", " "));
}

function drawClosest(closest) {
  if (!closest.length) return [];
  const items = closest.map((section) => element("li", {}, outwardLink(section.url, {}, drawPath(section))));
  return [element("h3", {}, "The nearest sections"), element("ul", {}, items)];
}

function drawProblem(problem, onRetry) {
  const fields = (problem.errors ?? []).map(({ field, message }) => element("li", {}, `${field}: ${message}`));
  const again = element("button", { type: "button", class: "quiet" }, "Try again");
  again.addEventListener("click", onRetry);
  return element("div", { class: "problem", role: "alert" },
    element("p", {}, element("strong", {}, problem.title), problem.detail && !fields.length ? ` ${problem.detail}` : null),
    fields.length ? element("ul", {}, fields) : null,
    problem.request_id ? element("p", { class: "made" }, `Request ${problem.request_id}`) : null,
    again);
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
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
