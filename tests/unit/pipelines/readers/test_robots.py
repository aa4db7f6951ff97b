"""What robots.txt forbids is not fetched, and how long it asks to wait is waited."""

import asyncio

import httpx
import pytest
from llama_index.core.schema import Document

from pipelines.errors import SourceUnavailable
from pipelines.types import LeftOutPage
from tests.support.sitemap_sites import (
    HOST,
    Site,
    failure,
    page,
    read,
    redirect,
    sitemap,
)


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
