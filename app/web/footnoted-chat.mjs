// <footnoted-chat>: the chat as one element for any page, in a shadow root of its own.
//
// <script type="module" src="(the server)/assets/footnoted-chat.mjs"></script>
// <footnoted-chat corpus="handbook"></footnoted-chat>
//
// Attributes: server (default: where this module came from), corpus, mode (button, inline, full), theme (light, dark),
// heading, shortcut ("mod+i"; empty: none), visitors (asks for a visitor's token), credentials (sends cookies), selection
// ("off": no bubble), sections (finds sections while typing), texts (JSON). Methods: open, close, ask, setContext, on.
// Properties: texts.

import { AnswerView } from "./answer.mjs";
import { element, outwardLink } from "./elements.mjs";
import { History } from "./history.mjs";
import { Server, visitorToken } from "./server.mjs";
import { askParts, Failure } from "./stream.mjs";
import { TEXTS } from "./texts.mjs";

const HERE = new URL(import.meta.url);
const NO_CONVERSATION = "urn:footnoted:problem:conversation-not-found";
const MAX_ADDRESS = 2048;
const MAX_SELECTED = 4000;
const LEAST_SELECTED = 12;
const TYPING_MS = 250;
const MODES = ["button", "inline", "full"];
const ATTRIBUTES = [
  "server", "corpus", "mode", "theme", "heading", "shortcut", "visitors", "credentials", "selection", "sections", "texts",
];
const EVENTS = ["open", "close", "ask", "answer", "feedback", "error"];

/** An object, or the JSON of one (an attribute); a page whose texts are no JSON keeps ours, and its owner is told. */
function readTexts(given) {
  if (typeof given !== "string") return given ?? {};
  try {
    return JSON.parse(given);
  } catch (error) {
    console.error(`footnoted-chat: texts is no JSON: ${error.message}`);
    return {};
  }
}

/** The reader's own size of text as a length, which pages that set the size of their root do not change. */
const UNIT = { name: "--footnoted-unit", syntax: "<length>", inherits: true, initialValue: "16px" };
try {
  CSS.registerProperty(UNIT);
} catch {
  // a second copy of this module, or a browser before 2024, in which the size is that of 1em where it stands
}

/** Sheets for all elements of a page, each loaded when it is first needed. A host's policy needs to allow our server alone. */
const sheets = new Map();
async function readSheet(name) {
  const sheet = new CSSStyleSheet();
  const response = await fetch(new URL(name, HERE)).catch(() => null);
  return response?.ok ? sheet.replace(await response.text()) : sheet;
}
function loadSheet(name) {
  if (!sheets.has(name)) sheets.set(name, readSheet(name));
  return sheets.get(name);
}

class FootnotedChat extends HTMLElement {
  static observedAttributes = ["theme", "mode", "server", "visitors", "credentials", "texts", "corpus"];
  #server = null;
  #texts = TEXTS;
  #context = {};
  #conversation = null;
  #running = null;
  #selected = "";
  #parts = null;
  #watching = null;
  #typing = 0;
  #suggestedFor = null;
  #history = null;
  #around = null;
  #views = [];
  #after = null;
  #waiting = null;
  #isStyled = false;

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    // Set before this module was there, it became a property of the element's own.
    if (Object.hasOwn(this, "texts")) {
      const { texts } = this;
      delete this.texts;
      this.#texts = { ...TEXTS, ...readTexts(texts) };
    }
    this.#history = this.#openHistory();
    this.#build();
    this.#dress();
    this.#watching = new AbortController();
    this.#watch(this.#watching.signal);
    const asked = new URL(location.href).searchParams.get("ask");
    if (asked && !this.hidden && document.querySelector("footnoted-chat") === this) this.ask(asked.slice(0, 1000));
    else this.#begin();
  }

  /** Goes on where the reader was on the page before; else there are questions to begin with. */
  #begin() {
    const { conversation, isOpen } = this.#history.current();
    if (conversation && (isOpen || this.mode !== "button")) this.#show(conversation);
    else this.#conversation = conversation;
    if (conversation && isOpen && this.mode === "button") this.#reveal();
    else if (this.mode !== "button") this.#suggest();
  }

  /** Nothing is shown before it has its styles. */
  async #dress() {
    const names = ["chat.css", ...(this.mode === "full" ? ["full.css"] : [])];
    this.shadowRoot.adoptedStyleSheets = await Promise.all(names.map(loadSheet));
    this.#isStyled = true;
    this.#parts.root.hidden = false;
    if (this.mode === "full") this.#parts.question.focus();
  }

  disconnectedCallback() {
    this.#running?.abort();
    this.#watching?.abort();
    this.#parts?.bubble.remove();
  }

  attributeChangedCallback(name) {
    if (["server", "visitors", "credentials", "corpus"].includes(name)) {
      this.#server = null;
      if (this.#history) this.#history = this.#openHistory();
      if (name === "corpus" && this.#parts) this.#beginAnew();
    }
    if (name === "texts") this.texts = this.getAttribute("texts");
    else if (this.#parts) this.#paint();
  }

  /** button (a panel beside the page), inline (where the element stands) or full (a page of its own). */
  get mode() { return MODES.includes(this.getAttribute("mode")) ? this.getAttribute("mode") : "button"; }

  /** The words of the frame; those that are set replace ours. */
  get texts() { return this.#texts; }
  set texts(texts) {
    this.#texts = { ...TEXTS, ...readTexts(texts) };
    if (this.#parts) this.#build();
  }

  get isOpen() { return this.#parts !== null && !this.#parts.panel.hidden; }

  /** Show the panel, and put the cursor into the question. */
  open() {
    this.#reveal();
    this.#parts.question.focus();
    if (this.#conversation && !this.#views.length) this.#show(this.#conversation);
    this.#suggest();
    this.#tell("open");
  }

  #reveal() {
    this.#parts.panel.hidden = false;
    this.#parts.button.setAttribute("aria-expanded", "true");
    this.#history.keep(this.#conversation, true);
  }

  /** Hide the panel; an answer on its way goes on. */
  close() {
    if (this.mode !== "button") return;
    this.#history.keep(this.#conversation, false);
    this.#parts.panel.hidden = true;
    this.#parts.button.setAttribute("aria-expanded", "false");
    this.#parts.button.focus();
    this.#tell("close");
  }

  /** Ask in the reader's name. Resolves when the answer is complete, stopped or failed. */
  async ask(text) {
    const question = String(text).trim();
    if (!question) return;
    if (!this.isOpen) this.open();
    this.#running?.abort();
    await this.#ask(question);
  }

  /** What goes along with questions: any of the API's own keys, such as {language, level, filters, page}. */
  setContext(context) { this.#context = { ...this.#context, ...context }; }

  /** Call `listener(detail)` at open, close, ask, answer, feedback or error; returns what ends that. */
  on(event, listener) {
    if (!EVENTS.includes(event)) throw new TypeError(`no event ${event}: one of ${EVENTS.join(", ")}`);
    const call = ({ detail }) => listener(detail);
    this.addEventListener(`footnoted-${event}`, call);
    return () => this.removeEventListener(`footnoted-${event}`, call);
  }

  #tell(event, detail = null) {
    this.dispatchEvent(new CustomEvent(`footnoted-${event}`, { detail }));
  }

  #api() {
    if (this.#server) return this.#server;
    const origin = this.getAttribute("server") || HERE.origin;
    const own = new URL(origin, location.href).origin === location.origin;
    const token = this.hasAttribute("visitors") ? visitorToken(origin) : () => null;
    const credentials = this.hasAttribute("credentials") ? "include" : own ? "same-origin" : "omit";
    return (this.#server = new Server({ origin, token, credentials }));
  }

  #openHistory() {
    return new History(this.#api(), this.hasAttribute("visitors") || this.hasAttribute("credentials"), `${this.getAttribute("server") || HERE.origin} ${this.getAttribute("corpus") ?? ""}`);
  }

  #build() {
    const t = this.#texts;
    const before = this.#parts;
    const id = (name) => `footnoted-${name}`;
    const full = this.mode === "full";
    const plain = (name, text, more = {}) => element("button", { type: "button", class: `quiet ${name}`, ...more }, text);
    const button = element("button", { type: "button", class: "open", "aria-expanded": "false", "aria-controls": id("panel") }, t.open);
    const title = element(full ? "h1" : "h2", { id: id("title") }, this.getAttribute("heading") || t.heading);
    const anew = plain("anew", t.anew, { hidden: true });
    const close = plain("close", "✕", { "aria-label": t.close });
    const welcome = element("div", { class: "welcome" }, element("p", {}, t.welcome));
    const turns = before?.turns ?? element("div", { class: "turns" });
    const suggestions = element("div", { class: "suggestions", hidden: true });
    const found = element("div", { class: "found", hidden: true });
    const question = element("textarea", { id: id("question"), rows: 1, dir: "auto", placeholder: t.placeholder, autocomplete: "off", enterkeyhint: "send", maxlength: 4000, title: t.keys });
    const send = element("button", { type: "submit" }, t.ask);
    const stop = element("button", { type: "button", class: "stop", hidden: true }, t.stop);
    const scope = element("select", { id: id("scope") }, element("option", { value: "all" }, t.all), element("option", { value: "page" }, t.page));
    const version = element("select", { id: id("version") });
    const versions = element("span", { class: "versions", hidden: true }, element("label", { for: id("version") }, t.version), version);
    const quoted = element("p", { class: "chosen", hidden: true });
    const form = element("form", { class: "ask", "aria-label": t.question },
      quoted, found,
      element("div", { class: "field" }, element("label", { class: "unseen", for: id("question") }, t.question), question, send, stop),
      element("div", { class: "scope" },
        element("span", { class: "scopes", hidden: full }, element("label", { for: id("scope") }, t.scope), scope), versions));
    const live = element("p", { class: "unseen live", role: "status", "aria-live": "polite" });
    const body = element("div", { class: "body", tabindex: 0, role: "group", "aria-labelledby": id("title") }, welcome, turns, suggestions);
    const panel = element("section", { id: id("panel"), class: "panel", role: full || this.mode === "inline" ? "region" : "dialog", "aria-labelledby": id("title"), hidden: before ? before.panel.hidden : this.mode === "button" },
      element("header", {}, title, anew, close), body, form, live);
    const bubble = element("button", { type: "button", class: "bubble", hidden: true }, t.askSelection);
    const root = element("div", { class: "widget", hidden: !this.#isStyled }, button, panel, bubble);
    this.shadowRoot.replaceChildren(root);
    welcome.hidden = turns.childElementCount > 0;
    anew.hidden = !welcome.hidden;
    this.#parts = { root, button, panel, title, anew, close, welcome, turns, suggestions, found, question, send, stop, scope, version, versions, quoted, form, live, body, bubble };
    this.#suggestedFor = null;
    this.#around = null;
    this.#listen();
    this.#paint();
    // What is under way goes on in the new frame.
    this.#quote(this.#selected);
    this.#setRunning(this.#running);
    if (full) this.#surround();
  }

  /** What a page of its own has around the conversation is loaded by such pages alone. */
  async #surround() {
    const { Surroundings } = await import("./surroundings.mjs");
    if (this.mode !== "full") return;
    this.#around = new Surroundings(this.#parts, {
      texts: this.#texts, server: this.#api(), history: this.#history, corpus: this.getAttribute("corpus"),
      current: () => this.#conversation,
      turns: () => this.#views.map((view) => ({ question: view.question, ...view.told() })),
      onCorpus: (name) => this.setAttribute("corpus", name),
      onOpen: (id) => { this.#running?.abort(); this.#show(id); },
      onRemoved: (id) => { if (id === this.#conversation) this.#beginAnew(); },
    });
  }

  #listen() {
    const { button, close, anew, form, question, stop, bubble, panel } = this.#parts;
    button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    close.addEventListener("click", () => this.close());
    anew.addEventListener("click", () => this.#beginAnew());
    stop.addEventListener("click", () => this.#running?.abort());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = question.value.trim();
      if (!text || this.#running) return;
      question.value = "";
      this.#fit();
      this.#ask(text);
    });
    question.addEventListener("keydown", (event) => {
      // During composition (IME) Enter chooses a candidate.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    question.addEventListener("input", () => { this.#fit(); this.#findSections(); });
    // The page sees no field behind a shadow root: it would take what is typed here for its shortcuts.
    for (const type of ["keydown", "keypress", "keyup"]) {
      panel.addEventListener(type, (event) => {
        if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
      });
    }
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (this.#running) this.#running.abort();
      else this.close();
    });
    bubble.addEventListener("click", () => this.#askAboutSelection());
    panel.addEventListener("click", (event) => this.#stayOnPage(event));
  }

  /** A link to the page that the reader is on scrolls there instead of opening it again. */
  #stayOnPage(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || this.mode === "full" || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const [page] = link.href.split("#");
    if (page.replace(/\/$/, "") !== location.href.split("#")[0].replace(/\/$/, "") || page === link.href) return;
    event.preventDefault();
    location.assign(link.href);
  }

  /** What the host page does: its theme, its shortcut, what its reader selects. */
  #watch(signal) {
    const theme = new MutationObserver(() => this.#paint());
    for (const node of [document.documentElement, document.body]) {
      theme.observe(node, { attributes: true, attributeFilter: ["class", "data-theme", "data-md-color-scheme", "dir"] });
    }
    signal.addEventListener("abort", () => theme.disconnect());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint(), { signal });
    document.addEventListener("keydown", (event) => this.#onShortcut(event), { signal });
    addEventListener("pagehide", () => this.#running?.abort(), { signal });
    addEventListener("online", () => {
      const view = this.#waiting;
      this.#waiting = null;
      if (view?.root.isConnected) view.onRetry();
    }, { signal });
    if (this.getAttribute("selection") === "off" || this.mode === "full") return;
    document.addEventListener("selectionchange", () => this.#offerSelection(), { signal });
    document.addEventListener("scroll", () => { this.#parts.bubble.hidden = true; }, { signal, passive: true, capture: true });
  }

  #onShortcut(event) {
    const wanted = (this.getAttribute("shortcut") ?? "mod+i").toLowerCase();
    if (!wanted || this.hidden || this.mode === "full" || event.repeat || document.querySelector("footnoted-chat") !== this) return;
    const keys = wanted.split("+");
    const has = { mod: event.ctrlKey || event.metaKey, alt: event.altKey, shift: event.shiftKey };
    if (event.key.toLowerCase() !== keys.at(-1) || !Object.entries(has).every(([key, held]) => held === keys.includes(key))) return;
    event.preventDefault();
    if (this.isOpen) this.close();
    else this.open();
  }

  #paint() {
    const { root } = this.#parts;
    root.dataset.theme = this.#isDark() ? "dark" : "light";
    root.dataset.mode = this.mode;
    root.dir = document.documentElement.dir || document.body.dir || "auto";
    if (this.mode !== "button") this.#parts.panel.hidden = false;
  }

  /** As the element says, else as the host's own switch says (Docusaurus, MkDocs Material, VitePress), else the system. */
  #isDark() {
    const own = this.getAttribute("theme");
    if (own === "dark" || own === "light") return own === "dark";
    const { documentElement: html, body } = document;
    const said = html.dataset.theme ?? body.dataset.theme ?? body.dataset.mdColorScheme ?? html.dataset.mdColorScheme;
    if (said) return /dark|slate/.test(said);
    if (html.classList.contains("dark")) return true;
    if (html.classList.contains("light")) return false;
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  /** `again`: the answer to make anew, by its id. */
  async #ask(text, again = null) {
    const abort = new AbortController();
    const { turns, welcome, suggestions, found, anew, body } = this.#parts;
    const asked = this.#body(text);
    if (again) asked.message_id = again;
    else if (this.#after) asked.parent_id = this.#after;
    this.#after = null;
    welcome.hidden = suggestions.hidden = found.hidden = true;
    anew.hidden = false;
    this.#setRunning(abort);
    this.#say(this.#texts.searching);
    this.#tell("ask", { question: text, scope: asked.scope });
    const view = this.#view(text);
    turns.append(view.root);
    let at = body.scrollTop;
    const follow = () => {
      if (at !== body.scrollTop) return; // the reader scrolls
      body.scrollTop = view.root.offsetTop;
      at = body.scrollTop;
    };
    try {
      for await (const part of askParts(this.#api(), asked, abort.signal)) {
        this.#remember(part, text);
        view.take(part);
        follow();
      }
      this.#say(view.finish());
      this.#offerNext(view);
      follow();
      this.#tell("answer", view.told());
    } catch (error) {
      this.#end(view, error, abort);
    } finally {
      if (this.#running === abort) this.#setRunning(null);
    }
  }

  #view(text) {
    const view = new AnswerView(this.#api(), text, {
      texts: this.#texts,
      onRetry: () => { if (!this.#running) { this.#drop(view); this.#ask(text); } },
      onEdit: () => this.#edit(view),
      onRated: (rated) => this.#tell("feedback", rated),
    });
    this.#views.push(view);
    return view;
  }

  /** Takes an answer and those behind it off the screen. Returns the answer before it. */
  #drop(view) {
    const place = this.#views.indexOf(view);
    for (const one of this.#views.splice(place)) one.root.remove();
    return this.#views[place - 1] ?? null;
  }

  /** Asks a question in other words: what was said behind it stays a branch of its own. */
  #edit(view) {
    this.#running?.abort();
    const before = this.#drop(view);
    this.#after = before?.id ?? null;
    if (!before) this.#conversation = null;
    const { question } = this.#parts;
    question.value = view.question;
    this.#fit();
    question.focus();
  }

  #body(text) {
    // What campaigns and sign-ins append says nothing of the page, and may be longer than the API takes.
    const address = location.href.length <= MAX_ADDRESS ? location.href : location.origin + location.pathname + location.hash;
    const page = { url: address, ...(this.#context.page ?? {}) };
    const body = { ...this.#context, question: text, page };
    if (this.getAttribute("corpus")) body.corpus = this.getAttribute("corpus");
    if (this.#conversation) body.conversation_id = this.#conversation;
    if (this.#parts.version.value) body.filters = { ...body.filters, version: [JSON.parse(this.#parts.version.value)] };
    if (this.#selected) {
      body.page = { ...page, selected_text: this.#selected };
      body.scope = "selection";
    } else if (this.#parts.scope.value === "page") body.scope = "page";
    // The API takes the site's pages alone: neither one opened from a disk nor the chat's own.
    if (!/^https?:/.test(body.page.url) || (this.mode === "full" && !this.#context.page)) {
      delete body.page;
      delete body.scope;
    }
    return body;
  }

  /** The conversation goes on where its last answer was kept; that of a stopped answer is kept up to the stop. */
  #remember({ messageMetadata: told }, question) {
    if (!told?.conversation_id || told.flags?.includes("not_recorded")) return;
    this.#conversation = told.conversation_id;
    this.#history.note(this.#conversation, question);
    this.#history.keep(this.#conversation, this.isOpen);
    this.#around?.refresh();
  }

  #end(view, error, abort) {
    if (abort.signal.aborted) {
      view.stop();
      this.#say(this.#texts.stopped);
      return;
    }
    if (!(error instanceof Failure)) console.error(error);
    let problem = error instanceof Failure ? error.problem : { title: this.#texts.broken };
    if (problem.type === NO_CONVERSATION) this.#conversation = null;
    if (problem.type === "about:blank" && !navigator.onLine) {
      problem = { ...problem, title: this.#texts.offline, detail: this.#texts.offlineMore };
      this.#waiting = view;
    }
    this.#say("");
    view.fail(problem);
    this.#tell("error", problem);
  }

  #offerNext(view) {
    const { suggestions, text } = view.told();
    this.#offerActions(view, text);
    if (suggestions.length) view.body.append(this.#choices(this.#texts.next, suggestions));
  }

  #offerActions(view, text) {
    if (!text) return;
    const copy = element("button", { type: "button", class: "quiet" }, this.#texts.copy);
    copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(view.asText()).then(() => this.#say(this.#texts.copied), () => {});
    });
    const again = element("button", { type: "button", class: "quiet" }, this.#texts.again);
    again.addEventListener("click", () => {
      if (this.#running || this.#views.at(-1) !== view) return;
      this.#drop(view);
      this.#ask(view.question, view.id);
    });
    view.body.append(element("div", { class: "actions" }, copy, again));
  }

  /** A conversation as it was kept, in place of what is shown. */
  async #show(id) {
    const made = await this.#history.read(id);
    if (!made) {
      if (this.#conversation === id) this.#conversation = null;
      this.#suggest();
      return;
    }
    this.#clear();
    this.#conversation = id;
    this.#history.keep(id, this.isOpen);
    const { turns, welcome, suggestions, anew, body } = this.#parts;
    let asked = "";
    for (const message of made.messages) {
      if (message.role === "user") {
        asked = message.text;
        continue;
      }
      const view = this.#view(asked);
      turns.append(view.root);
      view.restore(message);
      this.#offerActions(view, message.text);
    }
    welcome.hidden = suggestions.hidden = this.#views.length > 0;
    anew.hidden = !welcome.hidden;
    body.scrollTop = this.mode === "full" ? 0 : body.scrollHeight;
    this.#around?.refresh();
  }

  /** With several versions every reader chooses and keeps; without a choice it is that of the page. */
  async #offerVersions() {
    const made = await this.#api().read("/api/v1/corpora");
    const { version, versions } = this.#parts;
    const all = made?.corpora ?? [];
    const names = (all.find(({ name }) => name === this.getAttribute("corpus")) ?? all[0])?.versions ?? [];
    versions.hidden = names.length < 2;
    const option = (value, name) => element("option", { value, selected: value === version.value }, name);
    version.replaceChildren(option("", this.#texts[this.mode === "full" ? "ownVersions" : "ownVersion"]),
      ...names.filter(Boolean).map((name) => option(JSON.stringify(name), name)));
  }

  /** Questions to begin with, of the page that the reader is on. */
  async #suggest() {
    const page = location.href.split("#")[0];
    if (this.#conversation || this.#suggestedFor === page) return;
    this.#suggestedFor = page;
    this.#offerVersions();
    const query = new URLSearchParams(/^https?:/.test(page) && this.mode !== "full" ? { url: page } : {});
    if (this.getAttribute("corpus")) query.set("corpus", this.getAttribute("corpus"));
    const made = await this.#api().read(`/api/v1/suggestions?${query}`);
    const { suggestions, welcome } = this.#parts;
    if (!made?.questions?.length || welcome.hidden) return;
    suggestions.replaceChildren(this.#choices(this.#texts.suggested, made.questions));
    suggestions.hidden = false;
  }

  #choices(label, questions) {
    const items = questions.map(({ text }) => {
      const choice = element("button", { type: "button", class: "choice", dir: "auto" }, text);
      choice.addEventListener("click", () => { if (!this.#running) this.#ask(text); });
      return element("li", {}, choice);
    });
    return element("div", { class: "choices" }, element("h3", {}, label), element("ul", {}, items));
  }

  /** Sections that fit what is typed, where the owner wants that: each look is a search. */
  #findSections() {
    clearTimeout(this.#typing);
    const { found, question } = this.#parts;
    const text = question.value.trim();
    if (!this.hasAttribute("sections") || text.length < 3) {
      found.hidden = true;
      return;
    }
    this.#typing = setTimeout(async () => {
      const body = { query: text, limit: 4, corpus: this.getAttribute("corpus") || undefined };
      const response = await this.#api().fetch("/api/v1/search", { method: "POST", body }).catch(() => null);
      const made = response?.ok ? await response.json() : { passages: [] };
      if (question.value.trim() !== text) return;
      const links = made.passages.map((one) => element("li", {}, outwardLink(one.url, {}, [one.title, ...one.heading_path].join(" › "))));
      found.replaceChildren(element("h3", {}, this.#texts.sections), element("ul", {}, links));
      found.hidden = !links.length;
    }, TYPING_MS);
  }

  #offerSelection() {
    const { bubble } = this.#parts;
    const selection = document.getSelection();
    const text = selection?.toString().trim() ?? "";
    const inside = selection?.anchorNode && this.contains(selection.anchorNode);
    bubble.hidden = true;
    const isFirst = document.querySelector("footnoted-chat") === this;
    if (!isFirst || text.length < LEAST_SELECTED || inside || selection.rangeCount === 0) return;
    const place = selection.getRangeAt(0).getBoundingClientRect();
    if (!place.width && !place.height) return;
    bubble.style.setProperty("top", `${Math.max(8, place.top - 44)}px`);
    bubble.style.setProperty("left", `${Math.max(8, Math.min(innerWidth - 180, place.left))}px`);
    bubble.hidden = false;
  }

  #askAboutSelection() {
    const text = document.getSelection()?.toString().trim() ?? "";
    this.#parts.bubble.hidden = true;
    if (!text) return;
    this.#quote([...text].slice(0, MAX_SELECTED).join(""));
    this.open();
  }

  /** The text that the next questions are about; empty for none. */
  #quote(text) {
    this.#selected = text;
    const { quoted, scope } = this.#parts;
    quoted.hidden = !text;
    scope.closest(".scope").hidden = Boolean(text);
    const drop = element("button", { type: "button", class: "quiet", "aria-label": this.#texts.dropSelection }, "✕");
    drop.addEventListener("click", () => { this.#quote(""); this.#parts.question.focus(); });
    const shown = text.length > 160 ? `${text.slice(0, 159)}…` : text;
    quoted.replaceChildren(element("span", { dir: "auto" }, `${this.#texts.scope} ${this.#texts.selection}: “${shown}”`), drop);
  }

  #clear() {
    this.#conversation = this.#after = this.#waiting = null;
    this.#views = [];
    this.#parts.turns.replaceChildren();
  }

  #beginAnew() {
    this.#running?.abort();
    this.#clear();
    this.#history.keep(null, this.isOpen);
    this.#suggestedFor = null;
    this.#quote("");
    this.#parts.welcome.hidden = false;
    this.#parts.anew.hidden = true;
    this.#parts.question.focus();
    this.#suggest();
    this.#around?.refresh();
  }

  #setRunning(abort) {
    const { stop, send, question } = this.#parts;
    const active = this.shadowRoot.activeElement;
    this.#running = abort;
    stop.hidden = abort === null;
    send.hidden = abort !== null;
    if (active === stop || active === send) question.focus();
  }

  #say(text) { this.#parts.live.textContent = text; }

  #fit() {
    const { question } = this.#parts;
    question.style.setProperty("height", "auto");
    question.style.setProperty("height", `${question.scrollHeight}px`);
  }
}

if (!customElements.get("footnoted-chat")) customElements.define("footnoted-chat", FootnotedChat);

// `footnoted-chat.mjs?mount` brings the element along, for generators that add scripts but no elements.
if (HERE.searchParams.has("mount")) {
  const chat = document.createElement("footnoted-chat");
  for (const name of ATTRIBUTES) if (HERE.searchParams.has(name)) chat.setAttribute(name, HERE.searchParams.get(name));
  document.body.append(chat);
}
export { FootnotedChat };
