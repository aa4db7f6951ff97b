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

/** Yields the parts of the answer to `body` from a Server. Throws Failure, or the abort of `signal`. */
export async function* askParts(server, body, signal) {
  const response = await send(server, body, signal);
  if (!response.ok || !response.body) throw new Failure(await readProblem(response));
  for await (const data of readEvents(response.body, signal)) {
    if (data === "[DONE]") return;
    const part = JSON.parse(data);
    if (part.type === "error") throw new Failure(parseProblem(part.errorText));
    yield part;
  }
  throw new Failure({ ...PLAIN_PROBLEM, title: "The answer broke off." });
}

async function send(server, body, signal) {
  try {
    return await server.fetch(CHAT, { method: "POST", body, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Failure(PLAIN_PROBLEM);
  }
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
  } catch (error) {
    if (signal.aborted || error instanceof Failure) throw error;
    throw new Failure({ ...PLAIN_PROBLEM, title: "The answer broke off." });
  } finally {
    reader.cancel().catch(() => {});
  }
}
