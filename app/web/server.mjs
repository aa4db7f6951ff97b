// The API of one server, as a page may call it: of the same origin, or of another one that allows the page's.

/** Calls the API at `origin` (empty: the page's own). `token` gives what is shown as a bearer, or null. */
export class Server {
  #origin;
  #token;
  #credentials;

  constructor({ origin = "", token = () => null, credentials = "same-origin" } = {}) {
    this.#origin = origin.replace(/\/+$/, "");
    this.#token = token;
    this.#credentials = credentials;
  }

  /** As `fetch`, for a path of the API; a `body` that is an object is sent as JSON. */
  async fetch(path, { body, headers = {}, ...rest } = {}) {
    const token = await this.#token();
    return fetch(this.#origin + path, {
      ...rest,
      credentials: this.#credentials,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The JSON of a GET; null where it fails: for what an answer can do without. */
  async read(path) {
    const response = await this.fetch(path).catch(() => null);
    return response?.ok ? response.json().catch(() => null) : null;
  }
}

/** A token for visitors of a website, asked for when it is needed and renewed a minute before it ends. */
export function visitorToken(origin) {
  let token = null;
  let endsAt = 0;
  let asking = null;
  const ask = async () => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const response = await fetch(`${origin.replace(/\/+$/, "")}/api/v1/tokens/anonymous`, { method: "POST", headers });
    if (!response.ok) return;
    const made = await response.json();
    token = made.token;
    endsAt = Date.now() + (made.expires_in - 60) * 1000;
  };
  return async () => {
    if (Date.now() >= endsAt) await (asking ??= ask().catch(() => {}).finally(() => { asking = null; }));
    return token;
  };
}
