// The owner's page: who is let in, which corpus is looked at, and the parts that are drawn of it.

import { element } from "./elements.mjs";
import { drawAnswers } from "./owner_answers.mjs";
import { drawCosts } from "./owner_costs.mjs";
import { drawEvaluations } from "./owner_evaluations.mjs";
import { drawKeys } from "./owner_keys.mjs";
import { drawPages } from "./owner_pages.mjs";
import { drawQuestions } from "./owner_questions.mjs";
import { Server } from "./server.mjs";

const KEY = "footnoted owner";
const SESSION_SECONDS = 12 * 3600;
const PARTS = [["pages", "Pages", drawPages], ["questions", "Questions", drawQuestions], ["answers", "Answers", drawAnswers], ["evaluations", "Evaluations", drawEvaluations], ["costs", "Costs", drawCosts], ["keys", "Keys", drawKeys]];
const find = (id) => document.getElementById(id);

/** A failure of the API in words, for who looks at the page. */
class Refusal extends Error {
  constructor(status, title) {
    super(title);
    this.status = status;
  }
}

/** A problem document in words. */
function explain({ title, detail, errors, question, url }) {
  if (errors?.length) return errors.map(({ field, message }) => `${field}: ${message}`).join("; ");
  if (question) return `“${question}” is answered already, at ${url}`;
  return [title, detail].filter(Boolean).join(" ");
}

/** What the parts are given: the API, which corpus is looked at, and a voice. */
class Desk {
  corpus = null;
  draft = null;
  secret = sessionStorage.getItem(KEY);
  #server = new Server({ token: () => this.secret });

  /** The JSON of a call, null for one without. Throws Refusal. */
  async call(path, { method = "GET", body } = {}) {
    let response;
    try {
      response = await this.#server.fetch(`/api/v1${path}`, { method, body });
    } catch {
      throw new Refusal(0, "The server cannot be reached.");
    }
    if (response.ok) return response.status === 204 ? null : response.json();
    const problem = await response.json().catch(() => ({}));
    throw new Refusal(response.status, explain(problem) || `The server answered ${response.status}.`);
  }

  /** The path with the corpus that is looked at. */
  of(path) {
    return `${path}${path.includes("?") ? "&" : "?"}corpus=${encodeURIComponent(this.corpus)}`;
  }

  /** Shows another part, with the draft that its form begins with. */
  open(part, draft) {
    this.draft = draft;
    shown = part;
    draw();
  }

  say(text) { find("live").textContent = text; }
}

const desk = new Desk();
let shown = PARTS[0][0];
let ending = null;

find("enter").addEventListener("submit", async (event) => {
  event.preventDefault();
  desk.secret = find("key").value.trim();
  if (await enter()) sessionStorage.setItem(KEY, desk.secret);
});
find("out").addEventListener("click", () => leave());
find("corpus").addEventListener("change", ({ target }) => {
  desk.corpus = target.value;
  draw();
});
begin();

async function begin() {
  const link = /^#([0-9a-f-]{36})\.(fn_\w+)$/.exec(location.hash);
  // A secret does not stay in the address, nor among the pages that were visited.
  if (link) history.replaceState(null, "", location.pathname);
  if (link && !(await takeOver(link[1], link[2]))) return;
  if (!desk.secret && document.body.dataset.sessions !== "true") ask();
  else await enter();
}

/** A link holds for once: its key is replaced by one of this tab, which lasts for half a day. */
async function takeOver(id, secret) {
  desk.secret = secret;
  try {
    const made = await desk.call(`/keys/${id}/rotate`, { method: "POST", body: { overlap_seconds: 0, expires_seconds: SESSION_SECONDS } });
    desk.secret = made.key;
    sessionStorage.setItem(KEY, made.key);
    return true;
  } catch {
    desk.secret = null;
    ask("This link was used before, or is older than ten minutes: footnoted owner prints another.");
    return false;
  }
}

/** Shows the page to an owner. Whether that worked. */
async function enter() {
  try {
    await desk.call("/keys");
    const { corpora } = await desk.call("/corpora");
    find("corpus").replaceChildren(...corpora.map(({ name }) => element("option", { value: name }, name)));
    find("corpora").hidden = corpora.length < 2;
    desk.corpus = corpora[0]?.name ?? null;
  } catch (error) {
    const isOurs = error.status === 401 || error.status === 403;
    leave(isOurs ? (desk.secret ? "That is no key of an owner." : null) : error.message);
    return false;
  }
  find("key").value = "";
  find("enter").hidden = true;
  find("out").hidden = !desk.secret;
  find("page").hidden = false;
  draw();
  return true;
}

function leave(why = null) {
  sessionStorage.removeItem(KEY);
  desk.secret = null;
  ending?.abort();
  find("page").hidden = find("out").hidden = find("corpora").hidden = true;
  find("page").replaceChildren();
  ask(why);
}

function ask(why = null) {
  find("enter").hidden = false;
  find("refused").hidden = !why;
  find("refused").textContent = why ?? "";
  find("key").focus();
}

/** The parts are drawn anew; what one of them still waits for is given up. */
async function draw() {
  ending?.abort();
  ending = new AbortController();
  const { signal } = ending;
  const tabs = PARTS.map(([name, title]) => {
    const tab = element("button", { type: "button", "aria-current": name === shown ? "page" : null }, title);
    tab.addEventListener("click", () => { shown = name; draw(); });
    return tab;
  });
  const part = element("div", { class: "part", "aria-busy": "true" }, element("p", { class: "soft" }, "One moment…"));
  const hadFocus = find("page").querySelector("nav")?.contains(document.activeElement);
  find("page").replaceChildren(element("nav", { "aria-label": "Parts" }, tabs), part);
  if (hadFocus) tabs[PARTS.findIndex(([name]) => name === shown)].focus();
  try {
    const drawn = await PARTS.find(([name]) => name === shown)[2](desk, signal, draw);
    if (!signal.aborted) part.replaceChildren(...drawn);
  } catch (error) {
    if (signal.aborted) return;
    if (error.status === 401) leave("You were signed out.");
    else part.replaceChildren(element("p", { class: "problem", role: "alert" }, error.message));
    if (!(error instanceof Refusal)) console.error(error);
  } finally {
    part.removeAttribute("aria-busy");
  }
}
