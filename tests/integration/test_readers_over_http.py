"""A sitemap over real HTTP on loopback: streaming, compression, conditional requests, a server that stalls."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.errors import SourceUnavailable
from pipelines.readers.page_source import SourcePage, UnchangedPage, Validators
from pipelines.readers.sources import open_source
from pipelines.types import PageFailure


class Site(BaseHTTPRequestHandler):
    """Four pages: one with an ETag, one compressed, one that unpacks to more than it may, one that never answers."""

    protocol_version = "HTTP/1.1"
    released = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/stall":
            self.released.wait(10)
            self.close_connection = True
        elif self.path == "/etag" and self.headers.get("If-None-Match") == '"1"':
            self._answer(304, b"")
        elif self.path == "/robots.txt":
            self._answer(404, b"")
        elif self.path == "/sitemap.xml":
            names = ("bomb", "etag", "packed", "stall")
            urls = "".join(f"<url><loc>http://{self.headers['Host']}/{name}</loc></url>" for name in names)
            self._answer(200, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode())
        else:
            body = b"<p>" + b"x" * 5_000_000 if self.path == "/bomb" else b"<h1 id=t>Packed</h1>"
            self._answer(200, gzip.compress(body), packed=True)

    def _answer(self, status: int, body: bytes, *, packed: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests read the outcomes."""


@pytest.fixture
def address() -> Iterator[str]:
    Site.released.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Site.released.set()
    server.shutdown()
    server.server_close()
    thread.join(10)


async def read(address: str, known: dict[str, Validators]) -> list[SourcePage]:
    declared = {"kind": "sitemap", "url": f"{address}/sitemap.xml"}
    spec = CorpusSpec.model_validate(
        {"name": "site", "folder": Path("/nowhere"), "base_url": address, "source": declared}
    )
    return list(await open_source(spec, max_page_chars=1_000).pages(known))


async def test_a_real_server(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.sitemap.fetching.FIRST_PAUSE", 0.0)
    monkeypatch.setattr("pipelines.readers.sitemap.fetching.PAGE_SECONDS", 0.5)
    bomb, etag, packed, stall = await read(address, {f"{address}/etag": Validators('"1"')})
    assert bomb == PageFailure(f"{address}/bomb", "is larger than 16,000 bytes")
    assert etag == UnchangedPage(f"{address}/etag")
    assert isinstance(packed, Document)
    assert (packed.text, packed.metadata["etag"]) == ("# Packed", '"1"')
    assert packed.metadata["headings"][0]["anchor"] == "t"
    assert stall == PageFailure(f"{address}/stall", "cannot be fetched: TimeoutError")


async def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.sitemap.fetching.FIRST_PAUSE", 0.0)
    with pytest.raises(SourceUnavailable, match=r"robots\.txt cannot be fetched: ConnectError"):
        await read("http://127.0.0.1:1", {})
