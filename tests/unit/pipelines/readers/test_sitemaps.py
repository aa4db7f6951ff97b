"""Sitemaps: what is fetched, what is not, and what a page that did not change costs. A fake transport answers."""

import asyncio
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, SitemapSource
from pipelines.errors import SourceMissing, SourceUnavailable
from pipelines.readers.page_source import SourcePage, UnchangedPage, Validators
from pipelines.readers.sitemap.sitemap import SitemapPages
from pipelines.types import LeftOutPage, PageFailure
from tests.support.pdf_files import build_pdf

HOST = "https://docs.example.org"
HTML = {"Content-Type": "text/html; charset=utf-8"}
Answer = httpx.Response | list[httpx.Response]


class Site(httpx.AsyncBaseTransport):
    """Answers by address and keeps every request; a list of answers is given out one by one, the last one again."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self.answers.get(str(request.url), httpx.Response(404))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        etag = found.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return httpx.Response(304, headers={"ETag": etag})
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    def asked(self) -> list[str]:
        return [str(request.url).removeprefix(HOST) for request in self.requests]


def sitemap(*addresses: str, index: bool = False) -> httpx.Response:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(
        f"<{inner}><loc> {address} </loc><lastmod>2024-01-01</lastmod></{inner}>" for address in addresses
    )
    text = f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{outer}>'
    return httpx.Response(200, content=text.encode())


def page(text: str = "text", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, headers={**HTML, **named}, content=f"<main><h1>T</h1><p>{text}</p></main>".encode())


def redirect(target: str) -> httpx.Response:
    return httpx.Response(301, headers={"Location": target})


async def read(
    site: Site, *, known: Mapping[str, Validators] | None = None, max_page_chars: int = 1_000, **source: Any
) -> dict[str, SourcePage]:
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
        uri = one.id_ if isinstance(one, Document) else one.uri if isinstance(one, UnchangedPage) else one.path
        outcomes[uri.removeprefix(HOST)] = one
    return outcomes


def document(outcome: SourcePage) -> Document:
    assert isinstance(outcome, Document), outcome
    return outcome


def validators_of(document: Document) -> Validators:
    return Validators(document.metadata["etag"], document.metadata["last_modified"])


def failure(outcome: SourcePage) -> str:
    assert isinstance(outcome, PageFailure), outcome
    return outcome.message


async def test_pages_are_read_in_order_of_their_addresses() -> None:
    site = Site(
        {
            f"{HOST}/sitemap.xml": sitemap(f"{HOST}/b#part", f"{HOST}/a", f"{HOST}/b", f"{HOST}/papers/p.pdf"),
            f"{HOST}/a": page("one", ETag='"1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT"),
            f"{HOST}/b": page("two"),
            f"{HOST}/papers/p.pdf": httpx.Response(
                200, headers={"Content-Type": "application/pdf"}, content=build_pdf([["paper"]])
            ),
        }
    )
    outcomes = await read(site)
    assert list(outcomes) == ["/a", "/b", "/papers/p.pdf"]
    first = outcomes["/a"]
    assert isinstance(first, Document)
    assert validators_of(first) == Validators('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert (first.text, first.metadata["url"]) == ("# T\n\none", f"{HOST}/a")
    assert document(outcomes["/papers/p.pdf"]).metadata["source_quality"] == "peer_reviewed"
    assert site.asked()[:2] == ["/robots.txt", "/sitemap.xml"]
    assert {request.headers["User-Agent"] for request in site.requests} == {"Footnoted"}


async def test_an_unchanged_page_costs_no_download() -> None:
    site = Site(
        {f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a", f"{HOST}/b"), f"{HOST}/a": page(ETag='"1"'), f"{HOST}/b": page()}
    )
    known = {f"{HOST}/a": Validators('"1"', "Mon, 01 Jan 2024 00:00:00 GMT")}
    outcomes = await read(site, known=known)
    assert outcomes["/a"] == UnchangedPage(f"{HOST}/a")
    assert isinstance(outcomes["/b"], Document)
    (asked,) = [request for request in site.requests if request.url.path == "/a"]
    assert asked.headers["If-None-Match"] == '"1"'
    assert asked.headers["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"
    site.answers[f"{HOST}/a"] = page("new", ETag='"2"')
    changed = (await read(site, known=known))["/a"]
    assert isinstance(changed, Document)
    assert validators_of(changed).etag == '"2"'


async def test_only_the_declared_host_is_asked() -> None:
    site = Site(
        {
            f"{HOST}/sitemap.xml": sitemap(
                "https://evil.example/x", f"{HOST}/away", f"{HOST}/home", "http://docs.example.org/plain",
                f"{HOST}/loop", f"{HOST}:8443/port", f"{HOST}/downgrade", "http://[no", "/gone",
            ),
            f"{HOST}/away": redirect("https://evil.example/x"),
            f"{HOST}/downgrade": redirect("http://docs.example.org/x"),
            f"{HOST}/home": redirect("/final"),
            f"{HOST}/final": page("home"),
            f"{HOST}/loop": redirect("/loop"),
        }
    )  # fmt: skip
    outcomes = await read(site)
    assert document(outcomes["/home"]).metadata["url"] == f"{HOST}/final"
    for other in ("https://evil.example/x", "http://docs.example.org/plain", ":8443/port", "http://[no"):
        assert "another host" in failure(outcomes[other])
    assert failure(outcomes["/away"]) == "redirects to another host, https://evil.example"
    assert failure(outcomes["/downgrade"]) == "redirects to another host, http://docs.example.org"
    assert failure(outcomes["/loop"]) == "redirects more than 5 times"
    assert all(address.startswith("/") for address in site.asked())


async def test_robots_txt_is_honoured() -> None:
    robots = "User-agent: *\nDisallow: /private\n\nUser-agent: Footnoted\nDisallow: /drafts\n"
    site = Site(
        {
            f"{HOST}/robots.txt": httpx.Response(200, text=robots),
            f"{HOST}/sitemap.xml": sitemap(f"{HOST}/drafts/a", f"{HOST}/private"),
            f"{HOST}/private": page(),
        }
    )
    outcomes = await read(site)
    assert failure(outcomes["/drafts/a"]) == "must not be fetched, says robots.txt"
    assert isinstance(outcomes["/private"], Document)
    assert "/drafts/a" not in site.asked()


@pytest.mark.parametrize(("status", "allowed"), [(403, True), (404, True), (503, False)])
async def test_robots_txt_that_cannot_be_had(status: int, allowed: bool) -> None:
    robots = httpx.Response(status, headers={"Retry-After": "0"})
    site = Site({f"{HOST}/robots.txt": robots, f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a"), f"{HOST}/a": page()})
    if allowed:
        assert list(await read(site)) == ["/a"]
        return
    with pytest.raises(SourceUnavailable, match=r"robots\.txt answered 503"):
        await read(site)
    assert site.asked() == ["/robots.txt"] * 3


async def test_a_busy_server_is_asked_again_and_a_broken_page_costs_only_itself() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "0"})
    site = Site(
        {
            f"{HOST}/sitemap.xml": sitemap(
                *(f"{HOST}/{name}" for name in ("busy", "down", "gone", "big", "image", "403", "noindex"))
            ),
            f"{HOST}/busy": [busy, busy, page("at last")],
            f"{HOST}/down": busy,
            f"{HOST}/gone": httpx.Response(410),
            f"{HOST}/big": page("x" * 20_000),
            f"{HOST}/image": httpx.Response(200, headers={"Content-Type": "image/png"}, content=b"x"),
            f"{HOST}/403": httpx.Response(403),
            f"{HOST}/noindex": httpx.Response(200, headers=HTML, text="<meta name=robots content=noindex><p>x"),
        }
    )
    outcomes = await read(site)
    assert document(outcomes.pop("/busy")).text == "# T\n\nat last"
    assert outcomes.pop("/noindex") == LeftOutPage(f"{HOST}/noindex", "noindex")
    assert {uri: failure(one) for uri, one in outcomes.items()} == {
        "/403": "answered 403",
        "/big": "is larger than 16,000 bytes",
        "/down": "answered 503",
        "/image": "is image/png; allowed: text/html, application/pdf",
    }
    assert site.asked().count("/down") == 3


async def test_a_connection_that_breaks_is_a_failure_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/a":
                self.requests.append(request)
                raise httpx.ReadError("cut")
            return await super().handle_async_request(request)

    monkeypatch.setattr("pipelines.readers.sitemap.fetching.FIRST_PAUSE", 0.0)
    site = Broken({f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a", f"{HOST}/b"), f"{HOST}/b": page()})
    outcomes = await read(site)
    assert failure(outcomes["/a"]) == "cannot be fetched: ReadError"
    assert site.asked().count("/a") == 3
    assert isinstance(outcomes["/b"], Document)


async def test_an_index_of_packed_sitemaps() -> None:
    packed = gzip.compress(sitemap(f"{HOST}/b").content)
    site = Site(
        {
            f"{HOST}/sitemap.xml": sitemap(f"{HOST}/1.xml", f"{HOST}/2.xml.gz", f"{HOST}/sitemap.xml", index=True),
            f"{HOST}/1.xml": sitemap(f"{HOST}/a"),
            f"{HOST}/2.xml.gz": httpx.Response(200, content=packed),
            f"{HOST}/a": page(),
            f"{HOST}/b": page(),
        }
    )
    assert list(await read(site)) == ["/a", "/b"]
    assert site.asked().count("/sitemap.xml") == 1


async def test_more_pages_than_declared_are_an_error_that_says_what_allows_them() -> None:
    addresses = [f"{HOST}/{number}" for number in range(9)]
    site = Site({f"{HOST}/sitemap.xml": sitemap(*addresses), **{address: page() for address in addresses}})
    with pytest.raises(SourceMissing, match=r"more than 5 pages; source\.max_pages .* source\.exclude"):
        await read(site, max_pages=5)
    assert list(await read(site, max_pages=5, exclude=("{5,6,7,8}",))) == ["/0", "/1", "/2", "/3", "/4"]


async def test_globs_choose_among_the_pages() -> None:
    names = ("", "blog/2024/news", "docs/a", "docs/.hidden/b", "docs/x%20y")
    site = Site(
        {
            f"{HOST}/sitemap.xml": sitemap(*(f"{HOST}/{name}" for name in names)),
            **{f"{HOST}/{name}": page() for name in names},
        }
    )
    assert list(await read(site, include=("docs/**", "index"))) == ["/", "/docs/.hidden/b", "/docs/a", "/docs/x%20y"]
    assert list(await read(site, exclude=("blog/**", "docs/x y"))) == ["/", "/docs/.hidden/b", "/docs/a"]
    with pytest.raises(SourceMissing, match=r"no page that source\.include"):
        await read(site, include=("guide/**",))


async def test_too_many_sitemaps_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.sitemap.sitemap.MAX_SITEMAPS", 2)
    parts = [f"{HOST}/{number}.xml" for number in range(3)]
    site = Site({f"{HOST}/sitemap.xml": sitemap(*parts, index=True), **{part: sitemap(f"{HOST}/a") for part in parts}})
    with pytest.raises(SourceMissing, match="more than 2 further sitemaps"):
        await read(site)


async def test_a_site_whose_pages_are_all_gone_is_no_removal() -> None:
    site = Site({f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a", f"{HOST}/b")})
    with pytest.raises(SourceMissing, match="is gone"):
        await read(site)


async def test_a_site_that_stops_answering_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Down(Site):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path > "/03" and request.url.path[1:].isdecimal():
                self.requests.append(request)
                raise httpx.ConnectError("down")
            return await super().handle_async_request(request)

    monkeypatch.setattr("pipelines.readers.sitemap.fetching.FIRST_PAUSE", 0.0)
    addresses = [f"{HOST}/{number:02}" for number in range(60)]
    site = Down({f"{HOST}/sitemap.xml": sitemap(*addresses), **{address: page() for address in addresses}})
    with pytest.raises(SourceUnavailable, match="8 pages in a row got no answer"):
        await read(site)
    assert "/59" not in site.asked()


async def test_an_unasked_not_modified_is_a_failure() -> None:
    site = Site({f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a"), f"{HOST}/a": httpx.Response(304)})
    assert failure((await read(site))["/a"]) == "answered 304"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, "answered 404"),
        ({"/sitemap.xml": httpx.Response(200, content=b"<html><p>")}, "no sitemap"),
        ({"/sitemap.xml": httpx.Response(200, content=b"\x1f\x8bnot gzip")}, "no gzip"),
        ({"/sitemap.xml": sitemap()}, "names no page"),
        ({"/sitemap.xml": redirect("https://evil.example/sitemap.xml")}, "another host"),
        # A part that is missing would look like the removal of its pages.
        (
            {"/sitemap.xml": sitemap(f"{HOST}/1.xml", f"{HOST}/2.xml", index=True), "/1.xml": sitemap(f"{HOST}/a")},
            "answered 404",
        ),
        ({"/sitemap.xml": sitemap("https://evil.example/1.xml", index=True)}, "another host"),
    ],
)
async def test_a_sitemap_that_cannot_be_had_is_never_a_removal(answers: dict[str, httpx.Response], reason: str) -> None:
    site = Site({HOST + path: answer for path, answer in answers.items()})
    with pytest.raises(SourceMissing, match=reason):
        await read(site)


async def test_entities_of_a_sitemap_are_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    text = (
        f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{HOST}/a&x;</loc></url></urlset>'
    )
    site = Site({f"{HOST}/sitemap.xml": httpx.Response(200, content=text.encode()), f"{HOST}/a": page()})
    await read(site)
    assert not [address for address in site.asked() if "secret" in address]


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        ("\ufeffUser-agent: *\nDisallow: /docs", False),
        ("User-agent: *\nAllow: /\nDisallow: /docs/", False),
        ("User-agent: *\nDisallow: /\nAllow: /docs/\nAllow: /sitemap.xml", True),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: *\n\nDisallow: /docs", False),
    ],
)
async def test_the_longest_rule_of_robots_txt_wins_and_wildcards_count(robots: str, allowed: bool) -> None:
    site = Site(
        {
            f"{HOST}/robots.txt": httpx.Response(200, content=robots.encode()),
            f"{HOST}/sitemap.xml": sitemap(f"{HOST}/docs/a.html"),
            f"{HOST}/docs/a.html": page(),
        }
    )
    assert isinstance((await read(site))["/docs/a.html"], Document) == allowed


async def test_a_redirect_goes_nowhere_that_robots_txt_forbids() -> None:
    site = Site(
        {
            f"{HOST}/robots.txt": httpx.Response(200, text="User-agent: *\nDisallow: /private"),
            f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a"),
            f"{HOST}/a": redirect("/private/a"),
            f"{HOST}/private/a": page(),
        }
    )
    outcomes = await read(site)
    assert failure(outcomes["/a"]) == "must not be fetched, says robots.txt"
    assert "/private/a" not in site.asked()


async def test_a_canonical_address_that_is_none_counts_for_nothing() -> None:
    answers = {"/sitemap.xml": sitemap(f"{HOST}/a"), "/a": page("<link rel=canonical href='https://[x/'>")}
    outcomes = await read(Site({HOST + path: answer for path, answer in answers.items()}))
    assert document(outcomes["/a"]).metadata["url"] == f"{HOST}/a"


async def test_the_delay_of_robots_txt_is_between_any_two_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[int] = []

    class Clock:
        asleep = 0

        async def sleep(self, seconds: float) -> None:
            self.asleep += 1
            waiting.append(self.asleep)
            await real_sleep(0)
            self.asleep -= 1

    real_sleep = asyncio.sleep
    monkeypatch.setattr("pipelines.readers.sitemap.fetching.asyncio.sleep", Clock().sleep)
    addresses = [f"{HOST}/{name}" for name in "abcd"]
    robots = httpx.Response(200, text="User-agent: *\nCrawl-delay: 5")
    site = Site({f"{HOST}/robots.txt": robots, f"{HOST}/sitemap.xml": sitemap(*addresses)})
    site.answers |= {address: page() for address in addresses}
    assert len(await read(site)) == 4
    assert waiting == [1] * 5  # the sitemap and four pages, one after the other


async def test_the_images_of_an_entry_are_no_pages() -> None:
    text = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        f"<url><loc>{HOST}/a</loc><image:image><image:loc>{HOST}/a.png</image:loc></image:image></url></urlset>"
    )
    site = Site({f"{HOST}/sitemap.xml": httpx.Response(200, content=text.encode()), f"{HOST}/a": page()})
    assert list(await read(site)) == ["/a"]


async def test_a_retry_after_that_is_no_date_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.sitemap.fetching.FIRST_PAUSE", 0.0)
    busy = httpx.Response(503, headers={"Retry-After": "Mon, 01 Jan 99999999 00:00:00 GMT"})
    site = Site({f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a"), f"{HOST}/a": [busy, page()]})
    assert isinstance((await read(site))["/a"], Document)


@pytest.mark.parametrize(
    "written",
    [
        "\n\n<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        "<url><loc>{host}/a?x=1&amp;y=2</loc></url><url><loc>{host}/b</loc></url></urlset>",
        "\ufeff<urlset><url><loc>/a?x=1&y=2</loc></url><url><loc> b </loc></url></urlset>",
        "{host}/a?x=1&y=2\r\n\r\n{host}/b\n",
        "# pages\n/a?x=1&y=2\n/b",
        "<rss version='2.0'><channel><link>{host}</link><item><title>A</title><link>{host}/a?x=1&amp;y=2</link></item>"
        "<item><link>/b</link></item></channel></rss>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><link href='{host}'/><entry><link rel='self' href='/no'/>"
        "<link href='/a?x=1&amp;y=2'/></entry><entry><link rel='alternate' href='/b'/></entry></feed>",
    ],
)
async def test_every_form_of_a_sitemap(written: str) -> None:
    answer = httpx.Response(200, content=written.replace("{host}", HOST).encode())
    site = Site({f"{HOST}/sitemap.xml": answer, f"{HOST}/a?x=1&y=2": page("one"), f"{HOST}/b": page("two")})
    assert list(await read(site)) == ["/a?x=1&y=2", "/b"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("<!doctype html><html><p>no<br></html>", "a page of HTML"),
        ("just words\n", "'just words' is no address"),
        ("<opml/>", "its root is opml"),
        ("<urlset><url>", "is no sitemap"),
    ],
)
async def test_what_is_no_sitemap_is_named(written: str, message: str) -> None:
    with pytest.raises(SourceMissing, match=message):
        await read(Site({f"{HOST}/sitemap.xml": httpx.Response(200, content=written.encode())}))


async def test_a_dead_part_is_blamed_by_its_address() -> None:
    site = Site(
        {
            f"{HOST}/sitemap.xml": sitemap(f"{HOST}/one.xml", f"{HOST}/dead.xml", index=True),
            f"{HOST}/one.xml": sitemap(f"{HOST}/a"),
            f"{HOST}/a": page(),
        }
    )
    with pytest.raises(
        SourceMissing, match=r"sitemap\.xml names https://docs\.example\.org/dead\.xml, which answered 404"
    ):
        await read(site)


@pytest.mark.parametrize(
    ("header", "left_out"),
    [
        ("noindex", True),
        ("nofollow, NOINDEX", True),
        ("none", True),
        ("googlebot: noindex, nofollow", True),
        ("otherbot: noindex", False),
        ("otherbot: noindex, googlebot: nofollow", False),
        ("unavailable_after: 25 Jun 2010 15:00:00 GMT", True),
        ("unavailable_after: 25 Jun 2999 15:00:00 GMT", False),
        ("max-snippet: 20, noarchive", False),
    ],
)
async def test_x_robots_tag(header: str, left_out: bool) -> None:
    answers = {f"{HOST}/sitemap.xml": sitemap(f"{HOST}/a", f"{HOST}/b"), f"{HOST}/b": page()}
    outcomes = await read(Site({**answers, f"{HOST}/a": page(X_Robots_Tag=header)}))
    assert (outcomes["/a"] == LeftOutPage(f"{HOST}/a", "noindex")) == left_out
