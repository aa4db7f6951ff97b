// A conversation that is shared by a link, as it was when it was shared: read, not gone on with.

import { AnswerView } from "./answer.mjs";
import { element } from "./elements.mjs";
import { Server } from "./server.mjs";
import { TEXTS } from "./texts.mjs";

const SHEETS = ["chat.css", "shared.css"];
const SHARED_TEXTS = { ...TEXTS, withheld: "This answer rests on pages that not everybody may read." };
const FAILURES = {
  401: "Who reads these pages has to sign in first.",
  404: "Nothing is shared by this link: it was revoked, or is not complete.",
  429: "Too many requests. Please load this page again in a minute.",
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = element("div", { class: "widget", dir: "auto" });

begin();

async function begin() {
  const shadow = document.getElementById("shared").attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = await Promise.all(SHEETS.map(loadSheet));
  paint();
  dark.addEventListener("change", paint);
  // The same page with another link is not loaded anew.
  addEventListener("hashchange", show);
  shadow.append(root);
  await show();
}

function paint() {
  root.dataset.theme = dark.matches ? "dark" : "light";
}

async function loadSheet(name) {
  const sheet = new CSSStyleSheet();
  const response = await fetch(new URL(name, import.meta.url)).catch(() => null);
  return response?.ok ? sheet.replace(await response.text()) : sheet;
}

async function show() {
  const server = new Server();
  const response = await server.fetch(`/api/v1/shared/${encodeURIComponent(location.hash.slice(1) || "none")}`).catch(() => null);
  if (!response?.ok) {
    const why = FAILURES[response?.status] ?? "The server cannot be reached, or failed. Please load this page again.";
    root.replaceChildren(head("A shared conversation"), element("p", { class: "unshared", role: "alert" }, why), own());
    return;
  }
  const { title, shared_at: sharedAt, messages } = await response.json();
  document.title = title;
  const day = new Date(sharedAt).toLocaleDateString(undefined, { dateStyle: "long" });
  const note = `Shared on ${day}, as it was then. Every sentence is footnoted with the section it comes from.`;
  root.replaceChildren(head(title, note), element("div", { class: "turns" }, turns(server, messages)), own());
}

function head(title, note = null) {
  return element("header", {}, element("h1", {}, title), note ? element("p", {}, note) : null);
}

function own() {
  return element("p", { class: "unshared" }, element("a", { href: "/" }, "Ask a question of your own"));
}

function turns(server, messages) {
  let asked = "";
  const views = [];
  for (const message of messages) {
    if (message.role === "user") {
      asked = message.text;
      continue;
    }
    const view = new AnswerView(server, asked, { texts: SHARED_TEXTS, onRetry: () => {} });
    view.restore(message);
    views.push(view.root);
  }
  return views;
}
