// The parts of the chat page that need no browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { asBibtex, asCsl } from "../../../../app/web/export.mjs";
import { cutRuns, parseBlocks, parseRuns } from "../../../../app/web/markdown.mjs";
import { unitOffsets } from "../../../../app/web/prose.mjs";
import { Server, visitorToken } from "../../../../app/web/server.mjs";
import { askParts, Failure } from "../../../../app/web/stream.mjs";

const kinds = (text) => parseBlocks(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
const runs = (text) => parseRuns(text, 0, text.length);

test("code points become UTF-16 units", () => {
  const text = "a🔎b\u{1F468}\u200D\u{1F469}c";
  const units = unitOffsets(text);
  const points = [...text];
  for (let offset = 0; offset <= points.length; offset += 1) {
    assert.equal(text.slice(0, units(offset)), points.slice(0, offset).join(""));
  }
});

test("offsets outside of the text are clamped", () => {
  for (const text of ["plain", "a🔎b", ""]) {
    const units = unitOffsets(text);
    assert.equal(units(-1), 0);
    assert.equal(units(1_000), text.length);
  }
});

test("a lone surrogate counts as one", () => {
  const units = unitOffsets("\ud83d x🔎y");
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(units), [0, 1, 2, 3, 5, 6]);
});

test("blocks are found where they stand", () => {
  const text = "# One\nA line\nand more\n\n- a\n- b\n  goes on\n1) c\n> said\n\n```js\nx = 1\n\ny\n```\nend";
  assert.deepEqual(kinds(text), [
    ["heading", "One"], ["paragraph", "A line\nand more"], ["item", "a"], ["item", "b\n  goes on"], ["item", "c"],
    ["quote", "said"], ["code", "x = 1\n\ny"], ["paragraph", "end"],
  ]);
});

test("a fence that is still open is code to its end", () => {
  assert.deepEqual(kinds("text\n```\na\nb"), [["paragraph", "text"], ["code", "a\nb"]]);
  assert.deepEqual(kinds("```"), [["code", ""]]);
  assert.deepEqual(kinds("```\n```"), [["code", ""]]);
});

test("a table has rows of cells, and none without the line below its head", () => {
  const text = "Said:\n| a | b \\| c |\n| --- | :-: |\n| 1 | `x` |\n|  | 2 |\n\n[1]\n| no | table |";
  assert.deepEqual(kinds(text).map(([kind]) => kind), ["paragraph", "table", "paragraph"]);
  const [, table] = parseBlocks(text);
  const cells = table.rows.map((row) => row.cells.map(({ start, end }) => text.slice(start, end)));
  assert.deepEqual(cells, [["a", "b \\| c"], ["1", "`x`"], ["", "2"]]);
  assert.equal(text.slice(table.rows[1].start, table.rows[1].end), "| 1 | `x` |");
  assert.deepEqual(kinds("| a |\n| - |").map(([kind]) => kind), ["table"]);
});

test("an item knows its depth and number", () => {
  const [first, second] = parseBlocks("3. a\n    - b");
  assert.deepEqual([first.ordered, first.number, first.depth], [true, 3, 0]);
  assert.deepEqual([second.ordered, second.depth], [false, 2]);
});

test("runs stand where their signs stand", () => {
  const text = "a **b `c`** d [1][2] *e* [f](https://g.example/) 2*3*4 snake_case_name";
  for (const run of runs(text)) {
    const source = text.slice(run.start, run.end);
    if (run.code) assert.equal(source, `\`${run.text}\``);
    else if (run.marker) assert.equal(source, `[${run.marker}]`);
    else if (run.url) assert.equal(source, `[f](${run.url})`);
    else assert.equal(source, run.text);
  }
  assert.deepEqual(runs(text).filter((run) => run.bold).map((run) => run.text), ["b ", "c"]);
  assert.deepEqual(runs(text).filter((run) => run.marker).map((run) => run.marker), ["1", "2"]);
  assert.deepEqual(runs(text).filter((run) => run.italic).map((run) => run.text), ["e"]);
});

test("signs inside of code are text", () => {
  assert.deepEqual(runs("`**a** [1]`").map((run) => run.text), ["**a** [1]"]);
});

test("unfinished signs are text until they are finished", () => {
  for (const text of ["**bold", "`code", "[1", "*it"]) assert.deepEqual(runs(text).map((run) => run.text), [text]);
});

test("runs are cut at the edges of claims and nowhere else", () => {
  const cut = cutRuns(runs("One. Two [1] `x y`"), [0, 4, 5, 8, 15, 99]);
  assert.deepEqual(cut.map((run) => run.text), ["One.", " ", "Two", " ", "1", " ", "x y"]);
});

test("every character of a paragraph is in exactly one run", () => {
  const text = "a **b** `c` [1] *d* **e *f*** x**y ** z";
  let at = 0;
  for (const run of runs(text)) {
    assert.ok(run.start >= at);
    assert.ok(text.slice(at, run.start).replaceAll("*", "") === "");
    at = run.end;
  }
});

test("long hostile text is read in time", () => {
  const started = performance.now();
  for (const text of ["*".repeat(20_000), "[".repeat(20_000), "`".repeat(20_000), "**a".repeat(5_000), "> ".repeat(10_000)]) {
    for (const block of parseBlocks(text)) parseRuns(text, block.start, block.end);
  }
  assert.ok(performance.now() - started < 5_000);
});

/** Has `fetch` answer with the given chunks of bytes. */
function answerWith(chunks, init = {}) {
  globalThis.fetch = async (address, request) => {
    answerWith.request = { address, ...request };
    const body = new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
        controller.close();
      },
    });
    return new Response(body, init);
  };
}

async function collect(body = { question: "Why?" }, signal = new AbortController().signal) {
  const parts = [];
  for await (const part of askParts(new Server(), body, signal)) parts.push(part);
  return parts;
}

test("parts are read wherever the bytes are cut", async () => {
  const bytes = new TextEncoder().encode('data: {"type":"text-delta","delta":"🔎"}\n\n: keep-alive\n\ndata: {"type":"finish"}\n\ndata: [DONE]\n\n');
  for (let at = 1; at < bytes.length; at += 1) {
    answerWith([bytes.slice(0, at), bytes.slice(at)]);
    assert.deepEqual(await collect(), [{ type: "text-delta", delta: "🔎" }, { type: "finish" }]);
  }
  assert.equal(answerWith.request.method, "POST");
  assert.equal(answerWith.request.body, '{"question":"Why?","resumable":true}');
});

async function failureOf(chunks, init) {
  answerWith(chunks, init);
  return collect().then(() => null, (error) => error);
}

test("a problem document is a failure", async () => {
  const problem = { type: "urn:footnoted:problem:vendor-busy", title: "Busy.", status: 503 };
  const refused = await failureOf([JSON.stringify(problem)], { status: 503 });
  assert.ok(refused instanceof Failure);
  assert.deepEqual(refused.problem, problem);
  const later = await failureOf([`data: ${JSON.stringify({ type: "error", errorText: JSON.stringify(problem) })}\n\n`]);
  assert.deepEqual(later.problem, problem);
});

test("a proxy's page is a plain failure", async () => {
  const failure = await failureOf(["<h1>Bad gateway</h1>"], { status: 502 });
  assert.equal(failure.problem.title, "Something went wrong.");
});

test("a stream that breaks before its conversation is known is a failure", async () => {
  const failure = await failureOf(['data: {"type":"start"}\n\n']);
  assert.equal(failure.problem.title, "The answer broke off.");
});

const BEGUN = 'data: {"type":"start","messageMetadata":{"conversation_id":"c1"}}\n\ndata: {"type":"text-delta","delta":"a"}\n\n';

/** Has `fetch` answer with one after the other: [chunks, init], or an error to throw. Returns the requests. */
function answerInTurn(...answers) {
  const requests = [];
  globalThis.fetch = async (address, { method = "GET" }) => {
    requests.push(`${method} ${address}`);
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return new Response(new Blob(next[0]).stream(), next[1]);
  };
  return requests;
}

test("a stream that breaks is read on from its start", async () => {
  const requests = answerInTurn([[BEGUN]], new TypeError("offline"), [[BEGUN, 'data: {"type":"finish"}\n\ndata: [DONE]\n\n']]);
  const parts = await collect();
  assert.deepEqual(parts.map(({ type }) => type), ["start", "text-delta", "data-progress", "start", "text-delta", "finish"]);
  assert.deepEqual(requests, ["POST /api/v1/chat", "GET /api/v1/chat/c1/stream", "GET /api/v1/chat/c1/stream"]);
});

test("a stream that its server has no more is a failure", async () => {
  const requests = answerInTurn([[BEGUN]], [[], { status: 404 }]);
  await assert.rejects(collect(), ({ problem }) => problem.title === "The answer broke off.");
  assert.equal(requests.length, 2);
});

test("an abort stops the answer on its server, also while there is no connection", async () => {
  const requests = answerInTurn([[BEGUN]], [[""]]);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 100);
  await assert.rejects(collect({}, abort.signal), { name: "AbortError" });
  await new Promise(setImmediate);
  assert.deepEqual(requests, ["POST /api/v1/chat", "DELETE /api/v1/chat/c1/stream"]);
});

test("an unreachable server is a failure, an abort is none", async () => {
  globalThis.fetch = async () => { throw new TypeError("fetch failed"); };
  await assert.rejects(collect(), Failure);
  const abort = new AbortController();
  abort.abort();
  globalThis.fetch = async () => { throw new DOMException("aborted", "AbortError"); };
  await assert.rejects(collect({}, abort.signal), { name: "AbortError" });
});

test("a server is called where it is, with the token that holds", async () => {
  answerWith(["{}"]);
  await new Server().fetch("/api/v1/health");
  assert.equal(answerWith.request.address, "/api/v1/health");
  assert.deepEqual([answerWith.request.headers, answerWith.request.body], [{}, undefined]);
  const server = new Server({ origin: "https://chat.example/", token: async () => "t1", credentials: "omit" });
  await server.fetch("/api/v1/search", { method: "POST", body: { query: "x" } });
  assert.equal(answerWith.request.address, "https://chat.example/api/v1/search");
  assert.equal(answerWith.request.credentials, "omit");
  assert.deepEqual(answerWith.request.headers, { "content-type": "application/json", authorization: "Bearer t1" });
});

test("what an answer can do without is null where it fails", async () => {
  answerWith(["no JSON"]);
  assert.equal(await new Server().read("/api/v1/suggestions"), null);
  answerWith(["{}"], { status: 503 });
  assert.equal(await new Server().read("/api/v1/suggestions"), null);
  globalThis.fetch = async () => { throw new TypeError("fetch failed"); };
  assert.equal(await new Server().read("/api/v1/suggestions"), null);
});

test("a visitor's token is asked for once, renewed with the one before, and missed where there is none", async () => {
  const asked = [];
  let made = 0;
  globalThis.fetch = async (address, { headers }) => {
    asked.push([address, headers.authorization ?? null]);
    made += 1;
    return new Response(JSON.stringify({ token: `t${made}`, expires_in: made === 1 ? 61 : 900 }));
  };
  const token = visitorToken("https://chat.example/");
  assert.deepEqual(await Promise.all([token(), token()]), ["t1", "t1"]);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  assert.equal(await token(), "t2");
  assert.equal(await token(), "t2");
  const address = "https://chat.example/api/v1/tokens/anonymous";
  assert.deepEqual(asked, [[address, null], [address, "Bearer t1"]]);
  answerWith(["{}"], { status: 403 });
  assert.equal(await visitorToken("https://chat.example")(), null);
});

const NOBODY = { family: null, given: null, literal: null };
const cited = (id, more = {}) => ({ id, title: "Ports", heading_path: [], url: `https://a.example/${id}`, reference: null, authors: [], published: null, ...more });
const DAY = new Date(2026, 0, 2);

test("references name who wrote a page, and when, where it says so", () => {
  const authors = [
    { ...NOBODY, family: "van Beethoven", given: "Ludwig" },
    { ...NOBODY, family: "Plato" },
    { ...NOBODY, literal: "Bell & Sons, Inc." },
  ];
  const turns = [{ sources: [cited("1", { authors, published: "2024-05-17" }), cited("2", { published: "2023" })] }];
  const [first, second] = JSON.parse(asCsl(turns, DAY));
  assert.deepEqual(first.author, [{ family: "van Beethoven", given: "Ludwig" }, { family: "Plato" }, { literal: "Bell & Sons, Inc." }]);
  assert.deepEqual(first.issued, { "date-parts": [[2024, 5, 17]] });
  assert.deepEqual(second.issued, { "date-parts": [[2023]] });
  assert.equal("author" in second, false);
  const [one, two] = asBibtex(turns, DAY).split("\n\n");
  assert.match(one, /author = \{van Beethoven, Ludwig and Plato and \{Bell \\& Sons, Inc\.\}\}/);
  assert.match(one, /year = \{2024\}/);
  assert.match(two, /year = \{2023\}/);
  assert.doesNotMatch(two, /author/);
});

test("nobody and no date is made up where a page names none", () => {
  const turns = [{ sources: [cited("1")] }];
  const [item] = JSON.parse(asCsl(turns, DAY));
  assert.deepEqual(Object.keys(item), ["id", "type", "title", "URL", "accessed"]);
  assert.doesNotMatch(asBibtex(turns, DAY), /author|year/);
});
