// Asks a running server through the AI SDK's own transport and message parser, as `useChat` does, and prints as one
// JSON object what came of it. Standard input: {api, messages, chatId?, trigger?, body?, abortAfter?}; `abortAfter` is a
// text after which the reader stops.
import { text } from "node:stream/consumers";
import { DefaultChatTransport, readUIMessageStream } from "ai";

const asked = JSON.parse(await text(process.stdin));
const abort = new AbortController();
const chunks = [];
const errors = [];
const seen = [];
let message = null;
let failure = null;

try {
  const transport = new DefaultChatTransport({ api: asked.api, body: asked.body });
  const stream = await transport.sendMessages({
    trigger: asked.trigger ?? "submit-message",
    chatId: asked.chatId ?? "chat-1",
    messageId: undefined,
    messages: asked.messages,
    abortSignal: abort.signal,
  });
  const noted = stream.pipeThrough(new TransformStream({
    transform(chunk, controller) {
      chunks.push(chunk);
      controller.enqueue(chunk);
    },
  }));
  for await (const state of readUIMessageStream({ stream: noted, onError: (error) => errors.push(error.message) })) {
    message = state;
    const told = state.parts.filter((part) => part.type === "text").map((part) => part.text).join("");
    const claims = state.parts.filter((part) => part.type === "data-claim").map((part) => part.data.status);
    seen.push({ text: told, claims });
    if (asked.abortAfter && told.includes(asked.abortAfter)) abort.abort();
  }
} catch (error) {
  failure = { name: error.name, message: error.message };
}
process.stdout.write(JSON.stringify({ chunks, message, errors, seen, failure }));
