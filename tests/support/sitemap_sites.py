"""A site with a sitemap, answered by a fake transport, and what reading it gives."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, SitemapSource
from pipelines.readers.page_source import PackedPage, SourcePage, SourceState, UnchangedPage, Validators
from pipelines.readers.sitemap.sitemap import SitemapPages
from pipelines.types import PageFailure

HOST = "https://docs.example.org"
HTML = {"Content-Type": "text/html; charset=utf-8"}
Answer = httpx.Response | list[httpx.Response]


class Site(httpx.AsyncBaseTransport):
    """Answers by address and keeps every request; a list of answers is given out one by one, the last one again."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx asks a transport."""
        self.requests.append(request)
        found = self.answers.get(str(request.url), httpx.Response(404))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        etag = found.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return httpx.Response(304, headers={"ETag": etag})
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    def asked(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [str(request.url).removeprefix(HOST) for request in self.requests]


def sitemap(*addresses: str, index: bool = False) -> httpx.Response:
    """A sitemap of these addresses, or an index of sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(
        f"<{inner}><loc> {address} </loc><lastmod>2024-01-01</lastmod></{inner}>" for address in addresses
    )
    text = f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{outer}>'
    return httpx.Response(200, content=text.encode())


def page(text: str = "text", **headers: str) -> httpx.Response:
    """A page with that text; headers by names with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, headers={**HTML, **named}, content=f"<main><h1>T</h1><p>{text}</p></main>".encode())


def redirect(target: str) -> httpx.Response:
    """An answer that leads elsewhere."""
    return httpx.Response(301, headers={"Location": target})


async def read(
    site: Site, *, known: Mapping[str, Validators] | None = None, max_page_chars: int = 1_000, **source: Any
) -> dict[str, SourcePage]:
    """What reading the site gives, by path."""
    spec = CorpusSpec.model_validate(
        {
            "name": "site", "folder": Path("/nowhere"), "base_url": HOST,
            "source": {"kind": "sitemap", "url": f"{HOST}/sitemap.xml", **source},
            "source_quality": [{"match": "papers/**", "quality": "peer_reviewed"}],
        }
    )  # fmt: skip
    outcomes: dict[str, SourcePage] = {}
    assert isinstance(spec.source, SitemapSource)
    pages = SitemapPages(spec, spec.source, max_page_chars=max_page_chars, transport=site)
    for one in await pages.pages(known or {}):
        assert not isinstance(one, SourceState | PackedPage)
        uri = one.id_ if isinstance(one, Document) else one.uri if isinstance(one, UnchangedPage) else one.path
        outcomes[uri.removeprefix(HOST)] = one
    return outcomes


def document(outcome: SourcePage) -> Document:
    """The outcome, which must be a page."""
    assert isinstance(outcome, Document), outcome
    return outcome


def validators_of(document: Document) -> Validators:
    """What the next run asks the site with."""
    return Validators(document.metadata["etag"], document.metadata["last_modified"])


def failure(outcome: SourcePage) -> str:
    """Why a page failed, which it must have."""
    assert isinstance(outcome, PageFailure), outcome
    return outcome.message
