// Drives `AbstractChat`, which is what `useChat` is made of, through steps and prints as one JSON object the state after
// each. Standard input: {api, id, onlyLast?, steps: [[name, argument?], ...]}; a step is `send` (a text, or a message
// with `messageId`), `regenerate`, `resume`, or `sendAndStop` (a text; stops after its first words).
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
const onlyLast = ({ messages, id }) => ({ body: { message: messages.at(-1), id } });
const chat = new Chat({
  id: asked.id,
  state,
  transport: new DefaultChatTransport({
    api: asked.api,
    prepareSendMessagesRequest: asked.onlyLast ? onlyLast : undefined,
    fetch: (url, options) => {
      if (options.body) bodies.push(JSON.parse(options.body));
      return fetch(url, options);
    },
  }),
});

const after = [];
for (const [name, argument] of asked.steps) {
  if (name === "send") await chat.sendMessage(typeof argument === "string" ? { text: argument } : argument);
  if (name === "regenerate") await chat.regenerate();
  if (name === "resume") await chat.resumeStream();
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
