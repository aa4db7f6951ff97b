// Drives the AI SDK's own chat, the one behind `useChat`, against a running server, and prints as one JSON object what
// it sent and what it holds at the end. Standard input: {api, headers?, chatId?, messages?, steps}; a step is
// {send: text}, {edit: index of a question, text} or {regenerate: index of a message, or null for the last answer}.
import { text } from "node:stream/consumers";
import { AbstractChat, DefaultChatTransport } from "ai";

class State {
  status = "ready";
  error = undefined;
  constructor(messages) { this.messages = messages; }
  pushMessage = (message) => { this.messages = [...this.messages, message]; };
  popMessage = () => { this.messages = this.messages.slice(0, -1); };
  replaceMessage = (index, message) => { this.messages = this.messages.with(index, message); };
  snapshot = (thing) => structuredClone(thing);
}

const asked = JSON.parse(await text(process.stdin));
const sent = [];
const errors = [];
const transport = new DefaultChatTransport({
  api: asked.api,
  headers: asked.headers,
  fetch: (url, init) => {
    sent.push(JSON.parse(init.body));
    return fetch(url, init);
  },
});
class Chat extends AbstractChat {}
const chat = new Chat({
  id: asked.chatId, transport, state: new State(asked.messages ?? []), onError: (error) => errors.push(error.message),
});
for (const step of asked.steps) {
  if (step.send !== undefined) await chat.sendMessage({ text: step.send });
  else if (step.edit !== undefined) await chat.sendMessage({ text: step.text, messageId: chat.messages[step.edit].id });
  else await chat.regenerate(step.regenerate === null ? {} : { messageId: chat.messages[step.regenerate].id });
}
process.stdout.write(JSON.stringify({ sent, errors, messages: chat.messages }));
