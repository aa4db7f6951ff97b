// Drives `AbstractChat`, which is what `useChat` is made of, through steps and prints as one JSON object the state after
// each. Standard input: {api, id, onlyLast?, steps: [[name, argument?], ...]}; a step is `send` (a text, or a message
// with `messageId`), `regenerate`, `resume`, `sendAndStop` (a text; stops after its first words), `sendAndLose` (a text,
// resumable; the connection breaks after its first words), or `reload` (what a page does that is loaded again: the
// answer that was cut off is gone, and the stream is resumed).
import { text } from "node:stream/consumers";
import { AbstractChat, DefaultChatTransport } from "ai";

const asked = JSON.parse(await text(process.stdin));
const bodies = [];

class State {
  status = "ready";
  error = undefined;
  messages = [];
  watchers = [];
  pushMessage = (message) => { this.messages = [...this.messages, message]; this.tell(); };
  popMessage = () => { this.messages = this.messages.slice(0, -1); };
  replaceMessage = (index, message) => {
    this.messages = this.messages.map((other, at) => (at === index ? structuredClone(message) : other));
    this.tell();
  };
  snapshot = (thing) => structuredClone(thing);
  tell = () => this.watchers.forEach((watch) => watch());
}

class Chat extends AbstractChat {}

const told = (message) => message.parts.filter((part) => part.type === "text").map((part) => part.text).join("");
const state = new State();
let losing = false;
let lose = () => {};
const onlyLast = ({ messages, id }) => ({ body: { message: messages.at(-1), id } });
const chat = new Chat({
  id: asked.id,
  state,
  transport: new DefaultChatTransport({
    api: asked.api,
    prepareSendMessagesRequest: asked.onlyLast ? onlyLast : undefined,
    fetch: (url, options) => {
      if (options.body) bodies.push(JSON.parse(options.body));
      if (!losing) return fetch(url, options);
      const connection = new AbortController();
      lose = () => connection.abort(new TypeError("network error"));
      return fetch(url, { ...options, signal: connection.signal });
    },
  }),
});

const after = [];
for (const [name, argument] of asked.steps) {
  if (name === "send") await chat.sendMessage(typeof argument === "string" ? { text: argument } : argument);
  if (name === "regenerate") await chat.regenerate();
  if (name === "resume") await chat.resumeStream();
  if (name === "reload") {
    state.messages = state.messages.filter((message) => message.role === "user");
    await chat.resumeStream();
  }
  if (name === "sendAndLose") {
    losing = true;
    const watch = () => {
      const last = state.messages.at(-1);
      if (losing && last.role === "assistant" && told(last)) lose();
    };
    state.watchers.push(watch);
    await chat.sendMessage({ text: argument }, { body: { resumable: true } });
    losing = false;
  }
  if (name === "sendAndStop") {
    state.watchers.push(() => {
      const last = state.messages.at(-1);
      if (last.role === "assistant" && told(last)) chat.stop();
    });
    await chat.sendMessage({ text: argument });
  }
  after.push({
    status: chat.status,
    error: chat.error?.message ?? null,
    messages: chat.messages.map((message) => ({ id: message.id, role: message.role, text: told(message) })),
  });
}
process.stdout.write(JSON.stringify({ after, bodies }));
