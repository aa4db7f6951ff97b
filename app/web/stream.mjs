// Asks the API and reads its answer: the parts of an AI SDK UI message stream (version 1) over server-sent events.

const CHAT = "/api/v1/chat";
const PLAIN_PROBLEM = { type: "about:blank", title: "The server cannot be reached.", detail: "Check the connection and try again." };

/** A failure that can be shown: `problem` is a problem document (RFC 9457). */
export class Failure extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

let stopping = null; // before the next answer of its conversation begins

/**
 * Yields the parts of the answer to `body` from a Server. Throws Failure, or the abort of `signal`, which stops the answer.
 * Where the connection breaks, that is told as progress, and the answer comes from its "start" once more.
 */
export async function* askParts(server, body, signal) {
  let place = null;
  const stop = () => {
    if (place) stopping = server.fetch(place, { method: "DELETE", keepalive: true, signal: AbortSignal.timeout(2000) }).catch(() => {});
  };
  await stopping;
  signal.addEventListener("abort", stop);
  try {
    let response = await send(server, body, signal);
    if (!response.ok) throw new Failure(await readProblem(response));
    while (response?.body) {
      for await (const data of readEvents(response.body, signal)) {
        if (data === "[DONE]") return;
        const part = JSON.parse(data);
        if (part.type === "error") throw new Failure(parseProblem(part.errorText));
        if (part.type === "start" && part.messageMetadata) place = `${CHAT}/${part.messageMetadata.conversation_id}/stream`;
        yield part;
      }
      yield { type: "data-progress", data: { stage: "cut" } };
      response = place && await resume(server, place, signal);
    }
    throw new Failure({ ...PLAIN_PROBLEM, title: "The answer broke off." });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function send(server, body, signal) {
  return server.fetch(CHAT, { method: "POST", body: { ...body, resumable: true }, signal }).catch(() => {
    signal.throwIfAborted();
    throw new Failure(PLAIN_PROBLEM);
  });
}

/** The answer from its start, once its server is reached; null where it has none, or is not reached for a minute. */
async function resume(server, place, signal) {
  for (let pause = 500; pause <= 32_000; pause *= 2) {
    await waitFor(pause, signal);
    signal.throwIfAborted();
    const response = await server.fetch(place, { signal }).catch(() => signal.throwIfAborted());
    if (response && response.status !== 503) return response.status === 200 ? response : null;
  }
  return null;
}

/** So many milliseconds, less where there is a connection again or nobody waits any more. */
function waitFor(milliseconds, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", resolve, { once: true });
    globalThis.addEventListener?.("online", resolve, { once: true });
  });
}

async function readProblem(response) {
  return parseProblem(await response.text().catch(() => ""));
}

function parseProblem(text) {
  try {
    const problem = JSON.parse(text);
    if (typeof problem.title === "string") return problem;
  } catch {
    // not ours: a proxy's page, say
  }
  return { ...PLAIN_PROBLEM, title: "Something went wrong.", detail: "Please try again in a moment." };
}

/** Yields the data of each server-sent event (WHATWG HTML, 9.2.6, as far as this API uses it). */
async function* readEvents(stream, signal) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) if (event.startsWith("data: ")) yield event.slice(6);
    }
  } catch {
    signal.throwIfAborted(); // else the connection broke, as where it ends early
  } finally {
    reader.cancel().catch(() => {});
  }
}
