// What the reader thinks of an answer: two thumbs, and with a thumb down the reasons.

import { element } from "./elements.mjs";

const REASONS = {
  incorrect: "It is incorrect",
  not_what_i_asked: "It is not what I asked",
  slow_or_buggy: "It was slow or broken",
  style_or_tone: "Its style or tone",
  safety_or_legal: "It is harmful or not allowed",
  other: "Something else",
};
const FAILED = "That could not be kept. Please try again.";

/** Two buttons of which at most one is pressed, in `root`; each change is sent at once. */
export class RatingView {
  #server;
  #id;
  #rating = null;
  #thumbs = { up: thumb("Helpful"), down: thumb("Not helpful") };
  #reasons = element("fieldset", { class: "reasons", hidden: true },
    element("legend", {}, "What was wrong?"),
    Object.entries(REASONS).map(([tag, label]) =>
      element("label", {}, element("input", { type: "checkbox", value: tag }), " ", label)));
  #told = element("p", { role: "status" });

  constructor(server, answerId, onRated = () => {}) {
    this.#server = server;
    this.onRated = onRated;
    this.#id = answerId;
    this.root = element("div", { class: "rating", role: "group", "aria-label": "Rate this answer" },
      this.#thumbs.up, this.#thumbs.down, this.#reasons, this.#told);
    for (const [rating, button] of Object.entries(this.#thumbs)) {
      button.addEventListener("click", () => this.#choose(this.#rating === rating ? null : rating));
    }
    this.#reasons.addEventListener("change", () => this.#choose(this.#rating));
  }

  async #choose(rating) {
    const reasons = rating === "down" ? this.#checked() : [];
    const kept = await this.#send(rating, reasons);
    this.#told.textContent = kept ? (rating ? "Thank you." : "Your rating is taken back.") : FAILED;
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
