// What a page of its own has around the conversation: those before it, the choice of a corpus, and ways to keep it.

import { element } from "./elements.mjs";
import { Sharing } from "./sharing.mjs";

const KINDS = ["markdown", "csl", "bibtex", "print"];
const LEGEND = ["supported", "quoted", "partial", "unsupported"];

/** Put around the `parts` of an element in full mode. */
export class Surroundings {
  #parts;
  #given;
  #list;
  #past;
  #save;
  #share;

  constructor(parts, given) {
    this.#parts = parts;
    this.#given = given;
    const { texts } = given;
    this.#list = element("nav", { class: "past", "aria-label": texts.conversations });
    this.#past = quiet("show-past", "☰", { "aria-label": texts.conversations, "aria-expanded": "false" });
    this.#past.addEventListener("click", () => this.#showList(!parts.panel.classList.contains("with-past")));
    this.#save = element("details", { class: "save" }, element("summary", {}, texts.save),
      element("div", { class: "menu" }, KINDS.map((kind) => quiet("", texts[kind], { "data-kind": kind }))));
    this.#save.addEventListener("click", ({ target }) => {
      if (target.dataset.kind) this.#saveAs(target.dataset.kind);
    });
    parts.title.before(this.#past);
    this.#share = new Sharing(given).root;
    parts.anew.before(this.#save, this.#share);
    parts.body.before(this.#list);
    parts.welcome.replaceChildren(
      element("p", { class: "welcome-title" }, texts.heading), element("p", {}, `${texts.welcome} ${texts.welcomeMore}`),
      element("dl", { class: "legend" }, LEGEND.map((kind) => element("div", {},
        element("dt", {}, element("span", { class: `verdict ${kind}` }, texts[kind])), element("dd", {}, texts[`${kind}Means`])))));
    this.refresh();
    this.#offerCorpora();
  }

  /** After an answer, and when another conversation is shown. */
  async refresh() {
    const { texts, history, current } = this.#given;
    const isBegun = this.#parts.turns.childElementCount > 0;
    this.#save.hidden = !isBegun;
    this.#share.hidden = !isBegun || !current();
    this.#share.open = false;
    const items = (await history.list()).map((one) => this.#item(one, one.id === current()));
    this.#list.replaceChildren(element("h2", {}, texts.conversations),
      items.length ? element("ul", {}, items) : element("p", {}, texts.noConversations));
  }

  #item({ id, title }, isCurrent) {
    const { texts, history, onOpen, onRemoved } = this.#given;
    const open = element("button", { type: "button", class: "conversation", dir: "auto", title, "aria-current": isCurrent ? "true" : null }, title);
    open.addEventListener("click", () => { this.#showList(false); onOpen(id); });
    const remove = quiet("remove", "✕", { "aria-label": `${texts.remove}: ${title}` });
    remove.addEventListener("click", async () => {
      await history.remove(id);
      onRemoved(id);
      this.refresh();
    });
    return element("li", {}, open, remove);
  }

  /** On a narrow screen the list stands in place of the conversation. */
  #showList(isShown) {
    this.#parts.panel.classList.toggle("with-past", isShown);
    this.#past.setAttribute("aria-expanded", String(isShown));
  }

  /** The health check names the corpora. */
  async #offerCorpora() {
    const { texts, server, corpus, onCorpus } = this.#given;
    const { corpora = [] } = (await server.read("/api/v1/health")) ?? {};
    if (corpora.length < 2) return;
    const choice = element("select", { class: "corpus", "aria-label": texts.corpus },
      corpora.map((name) => element("option", { value: name, selected: name === (corpus ?? corpora[0]) }, name)));
    choice.addEventListener("change", () => onCorpus(choice.value));
    this.#save.before(choice);
  }

  async #saveAs(kind) {
    this.#save.open = false;
    if (kind === "print") {
      print();
      return;
    }
    const { saveConversation } = await import("./export.mjs");
    saveConversation(kind, this.#given.turns());
  }
}

function quiet(name, text, attributes) {
  return element("button", { type: "button", class: `quiet ${name}`, ...attributes }, text);
}
