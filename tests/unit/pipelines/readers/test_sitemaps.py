"""Sitemaps: what is fetched, what is not, and what a page that did not change costs. A fake transport answers."""

import gzip
from pathlib import Path

import httpx
import pytest
from llama_index.core.schema import Document

from pipelines.errors import SourceMissing, SourceUnavailable
from pipelines.readers.page_source import UnchangedPage, Validators
from pipelines.types import LeftOutPage
from tests.support.pdf_files import build_pdf
from tests.support.sitemap_sites import (
    HOST,
    HTML,
    Site,
    document,
    failure,
    page,
    read,
    redirect,
    sitemap,
    validators_of,
)


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


async def test_a_canonical_address_that_is_none_counts_for_nothing() -> None:
    answers = {"/sitemap.xml": sitemap(f"{HOST}/a"), "/a": page("<link rel=canonical href='https://[x/'>")}
    outcomes = await read(Site({HOST + path: answer for path, answer in answers.items()}))
    assert document(outcomes["/a"]).metadata["url"] == f"{HOST}/a"


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
        "Warning: x in /y.php on line 3\n<?xml version='1.0'?><urlset><url><loc>/a?x=1&amp;y=2</loc></url>"
        "<url><loc>/b</loc></url></urlset>\n<!-- 12 ms --> done",
        "<!-- made --><?xml version='1.0' encoding='utf-16'?><URLSET><URL><LOC>/a?x=1&amp;y=2</LOC></URL>"
        "<URL><LOC>/b\x0b</LOC></URL></URLSET>",
        "<urlset><url><loc>/a?<!-- no -->x=1&amp;y=2</loc></url><url><loc>&nbsp;/b</loc></url></urlset>",
        "<rss><channel><item><guid isPermaLink='true'>/a?x=1&amp;y=2</guid></item><item><guid>tag:x</guid>"
        "<link>/b</link></item></channel></rss>",
    ],
)
async def test_every_form_of_a_sitemap(written: str) -> None:
    answer = httpx.Response(200, content=written.replace("{host}", HOST).encode())
    site = Site({f"{HOST}/sitemap.xml": answer, f"{HOST}/a?x=1&y=2": page("one"), f"{HOST}/b": page("two")})
    assert list(await read(site)) == ["/a?x=1&y=2", "/b"]


async def test_lines_in_another_encoding() -> None:
    answer = httpx.Response(200, content=f"{HOST}/a\n{HOST}/b\n".encode("utf-16"))
    site = Site({f"{HOST}/sitemap.xml": answer, f"{HOST}/a": page("one"), f"{HOST}/b": page("two")})
    assert list(await read(site)) == ["/a", "/b"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("<!doctype html><html><p>no<br></html>", "a page of HTML"),
        ("just words\n", "'just words' is no address"),
        ("<opml/>", "its root is opml"),
        ("<urlset><url>", "is no sitemap"),
        ("<urlset><url><loc>/a</loc></url><url><loc>/b", "is no sitemap"),
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
