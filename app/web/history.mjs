// Which conversation a page is in, and those that its reader had. A server lists them to readers whom it can tell from
// others; of everybody else this browser remembers its own.

const MAX_REMEMBERED = 50;
const MAX_TITLE = 120;

/** Conversations of one server and corpus, by `place`. What a browser does not let be stored is forgotten. */
export class History {
  #server;
  #isListed;
  #place;

  /** `isListed`: the reader may be one whom the server knows. */
  constructor(server, isListed, place) {
    this.#server = server;
    this.#isListed = isListed;
    this.#place = `footnoted ${place}`;
  }

  /** The conversation of this tab, and whether the panel was open: {conversation, isOpen}. */
  current() {
    return { conversation: null, isOpen: false, ...load("sessionStorage", this.#place) };
  }

  /** Note what `current` gives on the next page. */
  keep(conversation, isOpen) {
    store("sessionStorage", this.#place, { conversation, isOpen });
  }

  /** Remember a conversation by its first question. */
  note(id, question) {
    const others = this.#remembered().filter((one) => one.id !== id);
    const known = this.#remembered().find((one) => one.id === id);
    const title = known?.title ?? question.slice(0, MAX_TITLE);
    store("localStorage", this.#place, [{ id, title }, ...others].slice(0, MAX_REMEMBERED));
  }

  /** [{id, title}], the last used first. */
  async list() {
    const made = this.#isListed ? await this.#server.read("/api/v1/conversations?limit=50") : null;
    return made?.items ?? this.#remembered();
  }

  /** A conversation with its messages; null where it is gone, which is remembered no longer. */
  async read(id) {
    const response = await this.#server.fetch(`/api/v1/conversations/${encodeURIComponent(id)}`).catch(() => null);
    if (response?.status === 404) this.#forget(id);
    return response?.ok ? response.json() : null;
  }

  /** Delete it on the server and here. */
  async remove(id) {
    const response = await this.#server.fetch(`/api/v1/conversations/${encodeURIComponent(id)}`, { method: "DELETE" }).catch(() => null);
    if (response?.ok || response?.status === 404) this.#forget(id);
  }

  #forget(id) {
    store("localStorage", this.#place, this.#remembered().filter((one) => one.id !== id));
    if (this.current().conversation === id) this.keep(null, this.current().isOpen);
  }

  #remembered() {
    const made = load("localStorage", this.#place);
    return Array.isArray(made) ? made : [];
  }
}

function load(kind, key) {
  try {
    return JSON.parse(globalThis[kind].getItem(key));
  } catch {
    return null;  // a browser that stores nothing for this page, or what another program stored there
  }
}

function store(kind, key, value) {
  try {
    globalThis[kind].setItem(key, JSON.stringify(value));
  } catch {
    // a browser that stores nothing for this page
  }
}
