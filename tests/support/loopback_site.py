"""A site with a sitemap on a free loopback port: real HTTP with validators, and what was asked of it."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pipelines.corpus import CorpusSpec

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class LoopbackSite:
    """Pages by path. `asked` keeps every request as (path, status of its answer)."""

    pages: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    robots: str | None = None
    etags: str = ""  # part of every ETag: another one makes all of them new, as a new deployment may
    failing: int | None = None  # the status that every request gets
    asked: list[tuple[str, int]] = field(default_factory=list)
    listed: list[str] | None = None  # what the sitemap names; None: every page
    address: str = ""

    def write(self, name: str, *paragraphs: str) -> None:
        """An HTML page at `/name` with navigation around its content."""
        text = "".join(f"<h2 id=part-{number}>Part {number}</h2><p>{one}</p>" for number, one in enumerate(paragraphs))
        content = f"<main><h1 id=top>{name}</h1>{text}</main>"
        self.pages[f"/{name}"] = f"<body><nav>Menu</nav>{content}<footer>Imprint</footer></body>".encode()

    def bodies(self) -> list[str]:
        """Paths of the pages that were downloaded since the last call."""
        found = [path for path, status in self.asked if status == 200 and path not in ("/robots.txt", "/sitemap.xml")]
        self.asked.clear()
        return found

    def answer(self, path: str, asked_for: str | None) -> Answer:
        """What a request gets; `asked_for` is its If-None-Match."""
        if self.failing is not None:
            return self.failing, {"Retry-After": "0"}, b""
        if path == "/robots.txt":
            return (200, {}, self.robots.encode()) if self.robots is not None else (404, {}, b"")
        if path == "/sitemap.xml":
            listed = self.listed if self.listed is not None else [self.address + one for one in self.pages]
            urls = "".join(f"<url><loc>{one}</loc></url>" for one in listed)
            return 200, {}, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
        if path in self.redirects:
            return 301, {"Location": self.redirects[path]}, b""
        if path not in self.pages:
            return 404, {}, b""
        body = self.pages[path]
        etag = f'"{hashlib.sha256(body).hexdigest()[:8]}{self.etags}"'
        kind = "application/pdf" if path.endswith(".pdf") else "text/html; charset=utf-8"
        headers = {"ETag": etag, "Content-Type": kind}
        return (304, headers, b"") if asked_for == etag else (200, headers, body)

    def spec(self, *, corpus: str = "handbook", **changes: object) -> CorpusSpec:
        """The corpus of this site."""
        source = {"kind": "sitemap", "url": f"{self.address}/sitemap.xml", **changes.pop("source", {})}  # type: ignore[dict-item]
        values = {"name": corpus, "folder": Path("/nowhere"), "source": source, "base_url": self.address}
        return CorpusSpec.model_validate(values | changes)


@contextmanager
def open_loopback_site() -> Iterator[LoopbackSite]:
    """The site, answering while the block runs."""
    site = LoopbackSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = site.answer(self.path, self.headers.get("If-None-Match"))
            site.asked.append((self.path, status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: `asked` has it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
