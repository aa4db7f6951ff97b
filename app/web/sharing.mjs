// The link by which others read a conversation: made, shown, revoked.

import { element } from "./elements.mjs";

const TEXTS = {
  share: "Share", shareTold: "Whoever has the link may read this conversation as it is now, not what you ask later.",
  shareShown: "Whoever has the link may read this conversation as it was when the link was made.",
  shareMake: "Make a link", shareLink: "The link", shareCopy: "Copy the link", shareRevoke: "Revoke the link",
  shareRevoked: "Nobody can read it by that link any more.", shareFailed: "That did not work. Please try again.", shareCopied: "Copied.",
};

/** A button with a panel, in `root`. `current()` gives the conversation's id; `texts` replace ours. */
export class Sharing {
  #server;
  #current;
  #texts;
  #panel = element("div", { class: "menu sharing" });
  #told = element("p", { role: "status" });

  constructor({ server, current, texts }) {
    this.#server = server;
    this.#current = current;
    this.#texts = { ...TEXTS, ...texts };
    this.root = element("details", { class: "save share" }, element("summary", {}, this.#texts.share), this.#panel);
    this.root.addEventListener("toggle", () => { if (this.root.open) this.#open(); });
  }

  async #open() {
    this.#told.textContent = "";
    const response = await this.#call("GET");
    if (response?.ok) await this.#drawLink(response);
    else this.#drawOffer();
  }

  #drawOffer() {
    this.#panel.replaceChildren(element("p", {}, this.#texts.shareTold), this.#button("shareMake", async () => {
      const response = await this.#call("PUT");
      if (response?.ok) await this.#drawLink(response);
      else this.#told.textContent = this.#texts.shareFailed;
    }), this.#told);
  }

  async #drawLink(response) {
    const { token } = await response.json();
    // The page lies beside the API that answered.
    const link = element("input", { readonly: true, "aria-label": this.#texts.shareLink, value: new URL(`/shared#${token}`, response.url).href });
    const copy = this.#button("shareCopy", async () => {
      link.select();
      await navigator.clipboard?.writeText(link.value).then(() => { this.#told.textContent = this.#texts.shareCopied; }, () => {});
    });
    const revoke = this.#button("shareRevoke", async () => {
      const response = await this.#call("DELETE");
      const isGone = response?.ok || response?.status === 404;
      if (isGone) this.#drawOffer();
      this.#told.textContent = this.#texts[isGone ? "shareRevoked" : "shareFailed"];
    });
    this.#told.textContent = "";
    this.#panel.replaceChildren(element("p", {}, this.#texts.shareShown), link, copy, revoke, this.#told);
    link.focus();
    link.select();
  }

  #button(text, action) {
    const made = element("button", { type: "button", class: "quiet" }, this.#texts[text]);
    made.addEventListener("click", action);
    return made;
  }

  #call(method) {
    return this.#server.fetch(`/api/v1/conversations/${this.#current()}/share`, { method }).catch(() => null);
  }
}
