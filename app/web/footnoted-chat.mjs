// <footnoted-chat>: the chat as one element for any page, in a shadow root of its own.
//
// <script type="module" src="(the server)/assets/footnoted-chat.mjs"></script>
// <footnoted-chat corpus="handbook"></footnoted-chat>
//
// Attributes: server (default: where this module came from), corpus, mode (button, inline), theme (auto, light, dark),
// heading, shortcut ("mod+i"; empty: none), visitors (asks for a visitor's token), credentials (sends cookies), selection
// ("off": no bubble), sections (finds sections while typing), texts (JSON). Methods: open, close, ask, setContext, on.
// Properties: texts.

import { AnswerView } from "./answer.mjs";
import { element, outwardLink } from "./elements.mjs";
import { Server, visitorToken } from "./server.mjs";
import { askParts, Failure } from "./stream.mjs";

const HERE = new URL(import.meta.url);
const NO_CONVERSATION = "urn:footnoted:problem:conversation-not-found";
const MAX_ADDRESS = 2048;
const MAX_SELECTED = 4000;
const LEAST_SELECTED = 12;
const TYPING_MS = 250;
const TEXTS = {
  heading: "Ask these pages", open: "Ask", close: "Close", anew: "New conversation", ask: "Ask", stop: "Stop",
  question: "Your question", placeholder: "Ask a question", searching: "Searching the pages.", stopped: "Stopped.",
  suggested: "You may ask", next: "You may ask next", sections: "Sections", scope: "Answer from", all: "all pages",
  page: "this page", selection: "the selected text", askSelection: "Ask about this", dropSelection: "Forget the selected text",
  copy: "Copy with references", copied: "Copied.", broken: "Something went wrong on this page.",
  welcome: "Every sentence of an answer is footnoted with the section it comes from, and checked against it.",
};
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

/** One sheet for all elements of a page, made when the first is shown. A host's policy needs to allow our server alone. */
let sheets = null;
const loadSheets = () => (sheets ??= Promise.all(["answer.css", "widget.css"].map(async (name) => {
  const sheet = new CSSStyleSheet();
  const response = await fetch(new URL(name, HERE));
  return response.ok ? sheet.replace(await response.text()) : sheet;
})));

class FootnotedChat extends HTMLElement {
  static observedAttributes = ["theme", "mode", "server", "visitors", "credentials", "texts"];
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
  #isStyled = false;

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" });
    // Set before this module was there, it became a property of the element's own.
    if (Object.hasOwn(this, "texts")) {
      const { texts } = this;
      delete this.texts;
      this.#texts = { ...TEXTS, ...readTexts(texts) };
    }
    this.#build();
    loadSheets().then((loaded) => { this.shadowRoot.adoptedStyleSheets = loaded; }, () => {}).finally(() => {
      this.#isStyled = true;
      this.#parts.root.hidden = false;
    });
    this.#watching = new AbortController();
    this.#watch(this.#watching.signal);
    const asked = new URL(location.href).searchParams.get("ask");
    if (asked && !this.hidden && document.querySelector("footnoted-chat") === this) this.ask(asked.slice(0, 1000));
    else if (this.mode === "inline") this.#suggest();
  }

  disconnectedCallback() {
    this.#running?.abort();
    this.#watching?.abort();
    this.#parts?.bubble.remove();
  }

  attributeChangedCallback(name) {
    if (["server", "visitors", "credentials"].includes(name)) this.#server = null;
    if (name === "texts") this.texts = this.getAttribute("texts");
    else if (this.#parts) this.#paint();
  }

  /** button (a panel beside the page) or inline (where the element stands). */
  get mode() { return this.getAttribute("mode") === "inline" ? "inline" : "button"; }

  /** The words of the frame; those that are set replace ours. */
  get texts() { return this.#texts; }
  set texts(texts) {
    this.#texts = { ...TEXTS, ...readTexts(texts) };
    if (this.#parts) this.#build();
  }

  get isOpen() { return this.#parts !== null && !this.#parts.panel.hidden; }

  /** Show the panel, and put the cursor into the question. */
  open() {
    this.#parts.panel.hidden = false;
    this.#parts.button.setAttribute("aria-expanded", "true");
    this.#parts.question.focus();
    this.#suggest();
    this.#tell("open");
  }

  /** Hide the panel; an answer on its way goes on. */
  close() {
    if (this.mode === "inline") return;
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

  #build() {
    const t = this.#texts;
    const before = this.#parts;
    const id = (name) => `footnoted-${name}`;
    const button = element("button", { type: "button", class: "open", "aria-expanded": "false", "aria-controls": id("panel") }, t.open);
    const title = element("h2", { id: id("title") }, this.getAttribute("heading") || t.heading);
    const anew = element("button", { type: "button", class: "quiet", hidden: true }, t.anew);
    const close = element("button", { type: "button", class: "quiet close", "aria-label": t.close }, "✕");
    const welcome = element("div", { class: "welcome" }, element("p", {}, t.welcome));
    const turns = before?.turns ?? element("div", { class: "turns" });
    const suggestions = element("div", { class: "suggestions", hidden: true });
    const found = element("div", { class: "found", hidden: true });
    const question = element("textarea", { id: id("question"), rows: 1, dir: "auto", placeholder: t.placeholder, autocomplete: "off", enterkeyhint: "send", maxlength: 4000 });
    const send = element("button", { type: "submit" }, t.ask);
    const stop = element("button", { type: "button", class: "stop", hidden: true }, t.stop);
    const scope = element("select", { id: id("scope") }, element("option", { value: "all" }, t.all), element("option", { value: "page" }, t.page));
    const quoted = element("p", { class: "chosen", hidden: true });
    const form = element("form", { class: "ask", "aria-label": t.question },
      quoted, found,
      element("div", { class: "field" }, element("label", { class: "unseen", for: id("question") }, t.question), question, send, stop),
      element("div", { class: "scope" }, element("label", { for: id("scope") }, t.scope), scope));
    const live = element("p", { class: "unseen", role: "status", "aria-live": "polite" });
    const body = element("div", { class: "body", tabindex: 0, role: "group", "aria-labelledby": id("title") }, welcome, turns, suggestions);
    const panel = element("section", { id: id("panel"), class: "panel", role: "dialog", "aria-labelledby": id("title"), hidden: before ? before.panel.hidden : this.mode === "button" },
      element("header", {}, title, anew, close), body, form, live);
    const bubble = element("button", { type: "button", class: "bubble", hidden: true }, t.askSelection);
    const root = element("div", { class: "widget", hidden: !this.#isStyled }, button, panel, bubble);
    this.shadowRoot.replaceChildren(root);
    welcome.hidden = turns.childElementCount > 0;
    anew.hidden = !welcome.hidden;
    this.#parts = { root, button, panel, anew, close, welcome, turns, suggestions, found, question, send, stop, scope, quoted, form, live, body, bubble };
    this.#suggestedFor = null;
    this.#listen();
    this.#paint();
    // What is under way goes on in the new frame.
    this.#quote(this.#selected);
    this.#setRunning(this.#running);
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
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (this.#running) this.#running.abort();
      else this.close();
    });
    bubble.addEventListener("click", () => this.#askAboutSelection());
    panel.addEventListener("click", (event) => this.#stayOnPage(event));
  }

  /** A link to the page that the reader is on scrolls there instead of opening it again. */
  #stayOnPage(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
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
    if (this.getAttribute("selection") === "off") return;
    document.addEventListener("selectionchange", () => this.#offerSelection(), { signal });
    document.addEventListener("scroll", () => { this.#parts.bubble.hidden = true; }, { signal, passive: true, capture: true });
  }

  #onShortcut(event) {
    const wanted = (this.getAttribute("shortcut") ?? "mod+i").toLowerCase();
    if (!wanted || this.hidden || event.repeat || document.querySelector("footnoted-chat") !== this) return;
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
    if (this.mode === "inline") this.#parts.panel.hidden = false;
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

  async #ask(text) {
    const abort = new AbortController();
    const { turns, welcome, suggestions, found, anew, body } = this.#parts;
    const asked = this.#body(text);
    welcome.hidden = suggestions.hidden = found.hidden = true;
    anew.hidden = false;
    this.#setRunning(abort);
    this.#say(this.#texts.searching);
    this.#tell("ask", { question: text, scope: asked.scope });
    const view = new AnswerView(this.#api(), text, {
      onRetry: () => { if (!this.#running) { view.root.remove(); this.#ask(text); } },
      onRated: (rated) => this.#tell("feedback", rated),
    });
    turns.append(view.root);
    body.scrollTop = body.scrollHeight;
    try {
      for await (const part of askParts(this.#api(), asked, abort.signal)) {
        this.#remember(part);
        view.take(part);
      }
      this.#say(view.finish());
      this.#offerNext(view);
      this.#tell("answer", view.told());
    } catch (error) {
      this.#end(view, error, abort);
    } finally {
      if (this.#running === abort) this.#setRunning(null);
    }
  }

  #body(text) {
    // What campaigns and sign-ins append says nothing of the page, and may be longer than the API takes.
    const address = location.href.length <= MAX_ADDRESS ? location.href : location.origin + location.pathname + location.hash;
    const page = { url: address, ...(this.#context.page ?? {}) };
    const body = { ...this.#context, question: text, page };
    if (this.getAttribute("corpus")) body.corpus = this.getAttribute("corpus");
    if (this.#conversation) body.conversation_id = this.#conversation;
    if (this.#selected) {
      body.page = { ...page, selected_text: this.#selected };
      body.scope = "selection";
    } else if (this.#parts.scope.value === "page") body.scope = "page";
    // The API takes pages of the web alone; one that is opened from a disk has no address there.
    if (!/^https?:/.test(body.page.url)) {
      delete body.page;
      delete body.scope;
    }
    return body;
  }

  /** The conversation goes on where its last answer was kept; that of a stopped answer is kept up to the stop. */
  #remember({ messageMetadata: told }) {
    if (told?.conversation_id && !told.flags?.includes("not_recorded")) this.#conversation = told.conversation_id;
  }

  #end(view, error, abort) {
    if (abort.signal.aborted) {
      view.stop();
      this.#say(this.#texts.stopped);
      return;
    }
    if (!(error instanceof Failure)) console.error(error);
    const problem = error instanceof Failure ? error.problem : { title: this.#texts.broken };
    if (problem.type === NO_CONVERSATION) this.#conversation = null;
    this.#say("");
    view.fail(problem);
    this.#tell("error", problem);
  }

  #offerNext(view) {
    const { suggestions, text } = view.told();
    const copy = element("button", { type: "button", class: "quiet" }, this.#texts.copy);
    copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(view.asText()).then(() => this.#say(this.#texts.copied), () => {});
    });
    if (text) view.body.append(copy);
    if (suggestions.length) view.body.append(this.#choices(this.#texts.next, suggestions));
  }

  /** Questions to begin with, of the page that the reader is on. */
  async #suggest() {
    const page = location.href.split("#")[0];
    if (this.#conversation || this.#suggestedFor === page) return;
    this.#suggestedFor = page;
    const query = new URLSearchParams(/^https?:/.test(page) ? { url: page } : {});
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
    const text = this.#parts.question.value.trim();
    if (!this.hasAttribute("sections") || text.length < 3) {
      this.#parts.found.hidden = true;
      return;
    }
    this.#typing = setTimeout(async () => {
      const body = { query: text, limit: 4, ...(this.getAttribute("corpus") ? { corpus: this.getAttribute("corpus") } : {}) };
      const response = await this.#api().fetch("/api/v1/search", { method: "POST", body }).catch(() => null);
      const made = response?.ok ? await response.json() : { passages: [] };
      if (this.#parts.question.value.trim() !== text) return;
      const links = made.passages.map((one) => element("li", {}, outwardLink(one.url, {}, [one.title, ...one.heading_path].join(" › "))));
      this.#parts.found.replaceChildren(element("h3", {}, this.#texts.sections), element("ul", {}, links));
      this.#parts.found.hidden = !links.length;
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

  #beginAnew() {
    this.#running?.abort();
    this.#conversation = null;
    this.#suggestedFor = null;
    this.#quote("");
    this.#parts.turns.replaceChildren();
    this.#parts.welcome.hidden = false;
    this.#parts.anew.hidden = true;
    this.#parts.question.focus();
    this.#suggest();
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
