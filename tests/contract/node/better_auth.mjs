// A Better Auth server on loopback: `node better_auth.mjs <configuration> <port>`; says "ready" when it answers.
// POST /test/sign signs the claims that it is sent, as `auth.api` lets the site's own server do.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";

const [, , configuration, port] = process.argv;
const address = pathToFileURL(configuration).href;

// Better Auth looks at its tables when it starts, so that the one that serves starts after they were made.
const { auth: before } = await import(address);
before.$context.catch(() => {});
const { runMigrations } = await getMigrations(before.options);
await runMigrations();
const { auth } = await import(`${address}?migrated`);

const handle = toNodeHandler(auth);
const server = createServer(async (request, response) => {
  if (request.url !== "/test/sign") return handle(request, response);
  const signed = await auth.api.signJWT({ body: { payload: await json(request) } });
  response.setHeader("content-type", "application/json").end(JSON.stringify(signed));
});
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
