// API keys: those there are, a new one, and their end.

import { element } from "./elements.mjs";
import { askTwice, attempt, table, when } from "./owner_pages.mjs";

const ROLES = ["reader", "writer", "owner"];

/** The elements of the part. */
export async function drawKeys(desk, signal, redraw) {
  const { items } = await desk.call("/keys");
  const told = element("div", { class: "told" });
  const name = element("input", { id: "key-name", required: true, maxlength: 120, autocomplete: "off", placeholder: "CI of the docs site" });
  const role = element("select", { id: "key-role" }, ROLES.map((one) => element("option", { value: one }, one)));
  const form = element("form", { class: "row" },
    element("label", { for: "key-name" }, "What it is for"), name, element("label", { for: "key-role" }, "It may act as"), role, element("button", { type: "submit" }, "Make a key"));
  const rows = element("tbody", {}, items.map((key) => drawKey(key, desk, told, redraw)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(told, async () => {
      const made = await desk.call("/keys", { method: "POST", body: { name: name.value.trim(), role: role.value } });
      told.replaceChildren(element("p", { role: "status" }, "The key is shown this once: ", element("code", {}, made.key)));
      rows.prepend(drawKey({ ...made, created_at: new Date().toISOString(), revoked_at: null, last_used_at: null }, desk, told, redraw));
      name.value = "";
    });
  });
  return [element("section", {}, element("h2", {}, "API keys"), form, told,
    table("API keys", ["name", "role", "made", "last used", "state", ""], rows))];
}

function drawKey(key, desk, told, redraw) {
  const isOver = key.revoked_at !== null && new Date(key.revoked_at) <= new Date();
  const revoke = element("button", { type: "button", class: "quiet", "aria-label": `Revoke ${key.name}` }, "Revoke");
  askTwice(revoke, "Really revoke?", () => attempt(told, async () => {
    await desk.call(`/keys/${key.id}`, { method: "DELETE" });
    desk.say("The key is revoked.");
    redraw();
  }));
  const state = key.revoked_at === null ? "valid" : `${isOver ? "ended" : "ends"} ${when(key.revoked_at)}`;
  return element("tr", {}, element("td", {}, key.name), element("td", {}, key.role ?? "none"), element("td", {}, when(key.created_at)),
    element("td", {}, when(key.last_used_at)), element("td", {}, state), element("td", {}, isOver ? null : revoke));
}
