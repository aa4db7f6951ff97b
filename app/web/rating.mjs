// What the reader thinks of an answer: two thumbs, and with a thumb down the reasons.

import { element } from "./elements.mjs";

const REASONS = ["incorrect", "not_what_i_asked", "slow_or_buggy", "style_or_tone", "safety_or_legal", "other"];

/** Two buttons of which at most one is pressed, in `root`; each change is sent at once. */
export class RatingView {
  #server;
  #id;
  #rating = null;
  #texts;
  #thumbs;
  #reasons;
  #told = element("p", { role: "status" });

  constructor(server, answerId, texts, onRated = () => {}) {
    this.#server = server;
    this.#texts = texts;
    this.#thumbs = { up: thumb(texts.helpful), down: thumb(texts.unhelpful) };
    this.#reasons = element("fieldset", { class: "reasons", hidden: true },
      element("legend", {}, texts.why),
      REASONS.map((tag) => element("label", {}, element("input", { type: "checkbox", value: tag }), " ", texts[tag])));
    this.onRated = onRated;
    this.#id = answerId;
    this.root = element("div", { class: "rating", role: "group", "aria-label": texts.rate },
      this.#thumbs.up, this.#thumbs.down, this.#reasons, this.#told);
    for (const [rating, button] of Object.entries(this.#thumbs)) {
      button.addEventListener("click", () => this.#choose(this.#rating === rating ? null : rating));
    }
    this.#reasons.addEventListener("change", () => this.#choose(this.#rating));
  }

  async #choose(rating) {
    const reasons = rating === "down" ? this.#checked() : [];
    const kept = await this.#send(rating, reasons);
    this.#told.textContent = this.#texts[kept ? (rating ? "thanks" : "takenBack") : "notKept"];
    if (!kept) return;
    this.onRated({ id: this.#id, rating, reasons });
    this.#rating = rating;
    for (const [name, button] of Object.entries(this.#thumbs)) button.setAttribute("aria-pressed", String(name === rating));
    this.#reasons.hidden = rating !== "down";
  }

  #checked() {
    return [...this.#reasons.querySelectorAll("input:checked")].map((box) => box.value);
  }

  async #send(rating, reasons) {
    const address = `/api/v1/messages/${this.#id}/feedback`;
    const sent = rating === null
      ? this.#server.fetch(address, { method: "DELETE" })
      : this.#server.fetch(address, { method: "POST", body: { rating, reasons } });
    return (await sent.catch(() => null))?.ok ?? false;
  }
}

function thumb(label) {
  return element("button", { type: "button", class: "quiet", "aria-pressed": "false" }, label);
}
