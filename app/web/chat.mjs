// The chat page: a form, a list of turns, one conversation.

import { AnswerView } from "./answer.mjs";
import { element } from "./elements.mjs";
import { Server } from "./server.mjs";
import { askParts, Failure } from "./stream.mjs";

const NO_CONVERSATION = "urn:footnoted:problem:conversation-not-found";
const find = (id) => document.getElementById(id);
const form = find("ask");
const question = find("question");
const corpus = find("corpus");
const server = new Server();
let conversationId = null;
let running = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (!text || running) return;
  question.value = "";
  fit();
  ask(text);
});

question.addEventListener("keydown", (event) => {
  // During composition (IME) Enter chooses a candidate.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

question.addEventListener("input", fit);
find("stop").addEventListener("click", () => running?.abort());
find("new").addEventListener("click", beginAnew);
corpus.addEventListener("change", beginAnew);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") running?.abort();
});
offerCorpora();
question.focus();

async function ask(text) {
  const abort = begin();
  const view = new AnswerView(server, text, { onRetry: () => { if (!running) { view.root.remove(); ask(text); } } });
  find("turns").append(view.root);
  view.root.scrollIntoView({ block: "start" });
  try {
    for await (const part of askParts(server, requestBody(text), abort.signal)) {
      remember(part);
      view.take(part);
    }
    say(view.finish());
  } catch (error) {
    end(view, error, abort);
  } finally {
    if (running === abort) setRunning(null);
  }
}

function begin() {
  const abort = new AbortController();
  find("welcome").hidden = true;
  find("new").disabled = false;
  setRunning(abort);
  say("Searching the pages.");
  return abort;
}

function end(view, error, abort) {
  if (abort.signal.aborted) {
    view.stop();
    say("Stopped.");
    return;
  }
  if (!(error instanceof Failure)) console.error(error);
  const problem = error instanceof Failure ? error.problem : { title: "Something went wrong on this page." };
  if (problem.type === NO_CONVERSATION) conversationId = null;
  // The alert in the view speaks for itself.
  say("");
  view.fail(problem);
}

function requestBody(text) {
  const body = { question: text };
  if (corpus.value) body.corpus = corpus.value;
  if (conversationId) body.conversation_id = conversationId;
  return body;
}

/** The conversation goes on where its last answer was kept; that of a stopped answer is kept up to the stop. */
function remember({ messageMetadata: told }) {
  if (told?.conversation_id && !told.flags?.includes("not_recorded")) conversationId = told.conversation_id;
}

function beginAnew() {
  running?.abort();
  conversationId = null;
  find("turns").replaceChildren();
  find("welcome").hidden = false;
  find("new").disabled = true;
  say("New conversation.");
  question.focus();
}

function setRunning(abort) {
  running = abort;
  const hadFocus = document.activeElement === find("stop") || document.activeElement === find("send");
  find("stop").hidden = abort === null;
  find("send").hidden = abort !== null;
  if (hadFocus) question.focus();
}

function say(text) {
  find("live").textContent = text;
}

function fit() {
  question.style.setProperty("height", "auto");
  question.style.setProperty("height", `${question.scrollHeight}px`);
}

/** With several corpora the reader chooses; the health check names them. */
async function offerCorpora() {
  const { corpora = [] } = (await server.read("/api/v1/health")) ?? {};
  if (corpora.length < 2) return;
  corpus.replaceChildren(...corpora.map((name) => element("option", { value: name }, name)));
  corpus.closest("label").hidden = false;
}
