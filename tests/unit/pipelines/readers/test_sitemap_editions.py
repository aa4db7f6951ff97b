"""Versions and locales of sites behind a sitemap: which pages are read, as which edition, and which are others."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, SitemapSource
from pipelines.errors import SourceMissing, SourceUnavailable
from pipelines.readers.page_source import Validators
from pipelines.readers.sitemap import fetching
from pipelines.readers.sitemap.page_says import PageSays, read_says
from pipelines.readers.sitemap.site_editions import find_site_editions
from pipelines.readers.sitemap.sitemap import SitemapPages
from pipelines.types import LeftOutPage
from storage_config.editions import Edition, PublishedEdition, edition_at
from tests.support.linear_time import measure_growth
from tests.support.sitemap_sites import HOST, HTML, Site, sitemap

Pages = Mapping[str, str]  # by their paths, the language that they say


def site_of(pages: Pages, *, alternates: Sequence[str] = ()) -> Site:
    """A site of these pages, whose sitemap names the languages."""
    named = sitemap(*(f"{HOST}{path}" for path in pages))
    links = "".join(f'<xhtml:link rel="alternate" hreflang="{one}" href="{HOST}/"/>' for one in alternates)
    text = named.text.replace("</url></urlset>", f"{links}</url></urlset>")
    text = text.replace("<urlset ", '<urlset xmlns:xhtml="http://www.w3.org/1999/xhtml" ')
    answers: dict[str, httpx.Response | list[httpx.Response]] = {
        f"{HOST}{path}": httpx.Response(200, headers={**HTML, "ETag": f'"{path}"'}, text=(
            f"<html{f' lang={language}' if language else ''}><main><h1>T</h1><p>{path}</p></main>"))
        for path, language in pages.items()
    }  # fmt: skip
    return Site({**answers, f"{HOST}/sitemap.xml": httpx.Response(200, text=text)})


def source_of(site: Site, *, base: str = "", source: Mapping[str, Any] | None = None, **declared: Any) -> SitemapPages:
    own = SitemapSource(kind="sitemap", url=f"{HOST}/sitemap.xml", **(source or {}))
    spec = CorpusSpec(name="b", folder=Path("/n"), source=own, base_url=f"{HOST}{base}", **declared)
    return SitemapPages(spec, own, max_page_chars=10_000, transport=site)


async def read(pages: Pages, *, alternates: Sequence[str] = (), **declared: Any) -> dict[str, str]:
    """The pages that are read, by path, with the name of their edition; `-` are those of others."""
    return await outcomes(source_of(site_of(pages, alternates=alternates), **declared))


async def outcomes(source: SitemapPages) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in await source.pages({}):
        if isinstance(one, LeftOutPage):
            assert one.reason == "edition"
            found[one.path.removeprefix(HOST)] = "-"
        else:
            assert isinstance(one, Document)
            edition = Edition(one.metadata.get("version"), one.metadata.get("locale"))
            found[one.metadata["uri"].removeprefix(HOST)] = edition.name
    return found


def paths(*names: str, language: str = "en") -> Pages:
    return dict.fromkeys(names, language)


DOCUSAURUS = {
    **paths(
        "/", "/docs/intro", "/docs/setup", "/docs/1.0/intro", "/docs/1.0/setup", "/docs/next/intro", "/docs/next/setup"
    ),
    **paths("/fr/", "/fr/docs/intro", "/fr/docs/setup", "/fr/docs/1.0/intro", language="fr"),
}


@pytest.mark.parametrize(
    ("head", "language", "versions"),
    [
        ('<meta name="docsearch:language" content="fr"><meta name="docsearch:version" content="2.0, latest">',
         "fr", {"2.0", "latest"}),
        ("<meta http-equiv=Content-Language content=pt-BR>", "pt-br", set()),
        ('<meta content="de" name="docusaurus_locale"><meta name=docusaurus_version content=current>', "de",
         {"current"}),
        ("<meta name=language content=fr>", None, set()),  # of no standard
    ],
)  # fmt: skip
def test_a_page_says_its_edition_in_its_head(head: str, language: str | None, versions: set[str]) -> None:
    said = read_says(f"<html><head>{head}</head>".encode(), f"{HOST}/a")
    assert (said.language, set(said.versions)) == (language, versions)
    assert read_says(f'<html lang="es"><head>{head}</head>'.encode(), f"{HOST}/a").language == "es"


async def test_docusaurus() -> None:
    plain = await read(DOCUSAURUS)
    assert [path for path, edition in plain.items() if edition == ""] == ["/", "/docs/intro", "/docs/setup"]
    assert sum(edition == "-" for edition in plain.values()) == 8
    named = await read(DOCUSAURUS, versions=["1.0"], locales=["fr"])
    assert {path: edition for path, edition in named.items() if edition != "-"} == {
        "/": "", "/docs/intro": "", "/docs/setup": "", "/docs/1.0/intro": "1.0", "/docs/1.0/setup": "1.0",
        "/fr/": "fr", "/fr/docs/intro": "fr", "/fr/docs/setup": "fr", "/fr/docs/1.0/intro": "1.0 fr",
    }  # fmt: skip


async def test_the_addresses_of_editions_are_those_of_their_pages() -> None:
    source = source_of(site_of(DOCUSAURUS), versions=["1.0"], locales=["fr"])
    await source.pages({})
    assert {(one.edition.name, one.url.removeprefix(HOST)) for one in source.editions} == {
        ("1.0", "/docs/1.0"), ("fr", "/fr"), ("1.0 fr", "/fr/docs/1.0"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "read_ones"),
    [
        # mike
        (paths("/1.0/", "/1.0/a/", "/2.0/", "/2.0/a/", "/2.0/b/", "/dev/", "/dev/a/"), ["/2.0/", "/2.0/a/", "/2.0/b/"]),
        (paths("/1.0/a/", "/1.0/b/", "/latest/a/", "/latest/b/", "/1.10/a/"), ["/latest/a/", "/latest/b/"]),
        # Read the Docs: all pages, or none but the first of each version
        (paths("/en/latest/", "/en/latest/a.html", "/en/stable/", "/en/stable/a.html", "/en/v1.2/a.html"),
         ["/en/latest/", "/en/latest/a.html"]),
        (paths("/en/latest/", "/en/stable/", "/en/v2.0/"), ["/en/latest/"]),
        # a release before its version
        (paths("/v2.0rc1/a", "/v2.0rc1/b", "/v2.0/a", "/v2.0/b", "/v1/a"), ["/v2.0/a", "/v2.0/b"]),
        # several sets of docs
        (paths("/x/docs/a", "/x/docs/b", "/x/docs/1.x/a", "/x/docs/1.x/b", "/y/v1.0/a", "/y/v2/a"),
         ["/x/docs/a", "/x/docs/b", "/y/v2/a"]),
        # numbers that name no more than the major version, beside the usual names
        (paths("/docs/v1/a", "/docs/v1/b", "/docs/v2/a", "/docs/latest/a", "/docs/latest/b"),
         ["/docs/latest/a", "/docs/latest/b"]),
    ],
)  # fmt: skip
async def test_versions_of_other_sites(pages: Pages, read_ones: Sequence[str]) -> None:
    assert [path for path, edition in (await read(pages)).items() if edition == ""] == list(read_ones)


@pytest.mark.parametrize(
    "pages",
    [
        paths("/releases/1.0/", "/releases/2.0/", "/a"),
        paths("/release-notes/1.0/news", "/release-notes/2.0/news"),
        paths("/blog/2023/05/one", "/blog/2024/05/two", "/blog/page/2", "/blog/page/3"),
        paths("/1", "/2", "/3"),
        paths("/tutorial/1/", "/tutorial/2/", "/tutorial/3/"),
        paths("/api/v1/users", "/api/v1/keys", "/api/v2/teams", "/api/v2/plans"),
        paths("/go/install", "/js/install", "/py/install", "/install"),
        paths("/latest/a", "/latest/b"),
        # chapters, units, years, parts of an API: the same pages stand in each
        paths("/course", *(f"/course/{n}/{name}" for n in range(1, 6) for name in ("intro", "exercises", "summary"))),
        paths(*(f"/book/{chapter}/{section}" for chapter in range(1, 5) for section in (1, 2))),
        paths(*(f"/{year}/{name}" for year in (2022, 2023, 2024) for name in ("schedule", "speakers"))),
        paths("/rest", *(f"/rest/v{n}/{name}" for n in (1, 2) for name in ("users", "items"))),
        paths("/2023/schedule", "/2024/schedule", "/current/speakers"),
        paths(*(f"/api/{part}/{name}" for part in ("v1", "v1beta1") for name in ("users", "items"))),
        paths("/course/1.5/intro", *(f"/course/{n}/{name}" for n in (1, 2) for name in ("a", "b"))),
        paths("/course/1/intro", "/course/2/intro", "/course/next/intro"),
        paths("/products/edge/setup", "/products/edge/faq", "/products/main/setup", "/products/main/faq"),
    ],
)
async def test_what_only_looks_like_a_version_or_locale(pages: Pages) -> None:
    assert set((await read(pages)).values()) == {""}


@pytest.mark.parametrize(
    ("pages", "options", "read_ones"),
    [
        # Starlight and Hugo: the default language at the root
        ({**paths("/a/", "/b/"), **paths("/fr/a/", language="fr"), **paths("/pt-br/a/", language="pt-BR")}, {},
         {"/a/": "", "/b/": ""}),
        # each language in a folder, `en` among them
        ({**paths("/en/a/"), **paths("/de/a/", language="de")}, {}, {"/en/a/": ""}),
        ({**paths("/de/a/", language="de"), **paths("/it/a/", language="it")}, {"source": {"site": {
            "default_locale": "it"}}}, {"/it/a/": ""}),
        # the pages say no language, the sitemap does
        ({"/a/": "", "/de/a/": "", "/go/a/": ""}, {"alternates": ["en", "de"]}, {"/a/": "", "/go/a/": ""}),
        # translated addresses
        ({**paths("/guide/"), **paths("/de/anleitung/", language="de")}, {"locales": ["de"]},
         {"/guide/": "", "/de/anleitung/": "de"}),
        # below a folder
        ({**paths("/docs/en/a"), **paths("/docs/ja/a", language="ja")}, {"base": "/docs"}, {"/docs/en/a": ""}),
        ({**paths("/en/a"), **paths("/ja/a", language="ja")}, {"base": "/ja"}, {"/ja/a": ""}),
    ],
)  # fmt: skip
async def test_locales(pages: Pages, options: dict[str, Any], read_ones: Mapping[str, str]) -> None:
    assert {path: edition for path, edition in (await read(pages, **options)).items() if edition != "-"} == read_ones


async def test_versions_that_only_the_operator_knows() -> None:
    pages = paths("/docs/a", "/docs/legacy/a", "/docs/legacy/b")
    site = {"version_paths": {"legacy": "docs/legacy"}}
    assert (await read(pages, source={"site": site}))["/docs/legacy/b"] == "-"
    assert (await read(pages, source={"site": site}, versions=["legacy"]))["/docs/legacy/b"] == "legacy"
    # a source's own word counts in place of the corpus's
    assert (await read(pages, source={"site": site, "versions": ["legacy"]}))["/docs/a"] == ""


async def test_a_default_that_base_url_or_the_corpus_says() -> None:
    pages = paths("/1.0/a", "/1.0/b", "/2.0/a", "/2.0/b")
    assert (await read(pages, base="/1.0"))["/1.0/a"] == ""
    said = await read(pages, source={"site": {"default_version": "1.0"}}, versions=["2.0"])
    assert (said["/1.0/a"], said["/2.0/a"]) == ("", "2.0")


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"versions": ["9.9"]}, "versions: '9.9' is none of the site, which has: 1.0, 2.0"),
        ({"locales": ["xx"]}, "locales: 'xx' is none of the site, which has none that is known"),
    ],
)
async def test_an_edition_that_is_not_there_is_an_error(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceMissing, match=message):
        await read(paths("/1.0/a", "/1.0/b", "/2.0/a", "/2.0/b"), **declared)


def test_telling_editions_takes_linear_time() -> None:
    async def ask(pages: Sequence[str]) -> PageSays | None:
        return None

    def seconds(length: int) -> float:
        many = [f"{HOST}/a{number}/1.{number}/x/fr/{number % 7}/latest/b" for number in range(length)]
        many += [f"{HOST}/2.{number}/x" for number in range(length)]
        own = SitemapSource(kind="sitemap", url=f"{HOST}/sitemap.xml")
        spec = CorpusSpec(name="b", folder=Path("/n"), source=own, base_url=HOST)
        began = time.process_time()
        found = asyncio.run(find_site_editions(spec, own, many, frozenset(), ask))
        found.choose(spec, many)
        return time.process_time() - began

    took, most = measure_growth(seconds, 6_000, 30_000)
    assert took < most


async def test_a_page_whose_edition_changed_is_read_anew() -> None:
    """`2.0` was the newest; now `3.0` is, and its pages are of the version 2.0."""
    pages = paths("/2.0/a", "/2.0/b", "/3.0/a", "/3.0/b")
    source = source_of(site_of(pages), versions=["2.0"])
    known = {f"{HOST}{path}": Validators(f'"{path}"', None, edition) for path, edition in
             (("/2.0/a", ""), ("/2.0/b", "2.0"), ("/3.0/a", ""))}  # fmt: skip
    found = {one.metadata["uri"] for one in await source.pages(known) if isinstance(one, Document)}
    assert found == {f"{HOST}/2.0/a", f"{HOST}/3.0/b"}


NUMBERED = ("/docs/2/a", "/docs/2/b", "/docs/3/a", "/docs/3/b")


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="docusaurus_version" content="{version}">',
        "<meta content={version} name=version>",
        '<link rel="canonical" href="/docs/3/{page}">',
        f'<link href="{HOST}/docs/3/{{page}}" rel=alternate>',
    ],
)
async def test_bare_numbers_are_versions_where_the_pages_say_so(head: str) -> None:
    site = site_of(paths(*NUMBERED))
    for path in NUMBERED:
        _, _, version, name = path.split("/")
        text = f"<html><head>{head.format(version=version, page=name)}</head><main><h1>T</h1><p>{path}</p></main>"
        site.answers[f"{HOST}{path}"] = httpx.Response(200, headers=HTML, text=text)
    found = await outcomes(source_of(site))
    assert found == {"/docs/2/a": "-", "/docs/2/b": "-", "/docs/3/a": "", "/docs/3/b": ""}


@pytest.mark.parametrize("head", ["", '<meta name=version content=9><link rel=canonical href="{path}">'])
async def test_bare_numbers_are_none_where_the_pages_say_nothing_of_the_kind(head: str) -> None:
    site = site_of(paths(*NUMBERED))
    for path in NUMBERED:
        text = f"<html><head>{head.format(path=path)}</head><main><h1>T</h1><p>{path}</p></main>"
        site.answers[f"{HOST}{path}"] = httpx.Response(200, headers=HTML, text=text)
    assert set((await outcomes(source_of(site))).values()) == {""}


async def test_bare_numbers_are_versions_where_the_corpus_says_so() -> None:
    assert (await read(paths(*NUMBERED), versions=["2"]))["/docs/2/a"] == "2"
    assert (await read(paths(*NUMBERED), base="/docs/3"))["/docs/2/a"] == "-"


TRANSLATED: Pages = {**paths("/setup", "/run"), **paths("/fr/setup", "/fr/run", language="fr-FR")}


async def test_a_language_with_a_country_confirms_its_folder() -> None:
    assert (await read(TRANSLATED))["/fr/run"] == "-"
    assert (await read(TRANSLATED, locales=["fr"]))["/fr/run"] == "fr"
    # what pages without a folder say is the default one's, with or without a country
    both = {**paths("/", "/en/a", language="en-US"), **paths("/fr/a", language="fr-FR")}
    assert await read(both) == {"/": "", "/en/a": "", "/fr/a": "-"}
    exact = {**paths("/a", language="pt-BR"), **paths("/pt/a", language="pt-PT"), **paths("/pt-br/a", language="pt-BR")}
    assert await read(exact) == {"/a": "", "/pt-br/a": "", "/pt/a": "-"}


@pytest.mark.parametrize("status", [503, 404])
async def test_one_page_that_does_not_answer_changes_no_language(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)
    site = site_of(TRANSLATED)
    site.answers[f"{HOST}/fr/run"] = httpx.Response(status)
    found = await source_of(site).pages({})
    assert {one.path.removeprefix(HOST) for one in found if isinstance(one, LeftOutPage)} == {"/fr/run", "/fr/setup"}


async def test_languages_that_cannot_be_told_now_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)
    site = site_of(TRANSLATED)
    site.answers |= {f"{HOST}/fr/{name}": httpx.Response(503) for name in ("run", "setup")}
    with pytest.raises(SourceUnavailable, match="whose edition cannot be told: it answered 503"):
        await source_of(site).pages({})
    # the sitemap's own word needs no page
    named = site_of(TRANSLATED, alternates=["fr-FR", "en"])
    named.answers |= {f"{HOST}/fr/{name}": httpx.Response(503) for name in ("run", "setup")}
    assert (await outcomes(source_of(named)))["/fr/run"] == "-"


async def test_a_broken_page_below_what_is_no_language_is_its_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)
    site = site_of(paths("/setup", "/js/setup"))
    site.answers[f"{HOST}/js/setup"] = httpx.Response(500)
    read_one, failed = await source_of(site).pages({})
    assert isinstance(failed, Document) is not isinstance(read_one, Document)


async def test_addresses_with_letters_beyond_ascii_are_told_as_browsers_write_them() -> None:
    source = source_of(site_of(paths("/%C3%BCber/1.0/a", "/%C3%BCber/1.0/b", "/%C3%BCber/a", "/%C3%BCber/b")),
                       versions=["1.0"], base="/%C3%BCber")  # fmt: skip
    await source.pages({})
    assert [one.url for one in source.editions] == [f"{HOST}/%C3%BCber/1.0"]
    for written in ("%C3%BCber", "%c3%bcber", "über"):
        assert edition_at(f"{HOST}/{written}/1.0/a#b", source.editions) == Edition("1.0")
        assert edition_at(f"{HOST}/{written}/a", source.editions) == Edition()
    # and those that an earlier reading recorded
    recorded = [PublishedEdition(Edition("1.0"), f"{HOST}/über/1.0")]
    assert edition_at(f"{HOST}/%C3%BCber/1.0/a", recorded) == Edition("1.0")
