"""Versions, locales, paths and tags: nothing that a filter keeps out is cited, over sites made by chance."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.corpus.facets import read_facets
from pipelines.answering import scope
from pipelines.answering.chat_engine import ChatEngine
from pipelines.errors import PathTooWide
from pipelines.types import Answer, Filters, PageContext, Question
from storage_config.postgres.database import Database
from storage_config.vectors.points import PointCollections
from tests.support.generated_sites import (
    DOCS,
    SITE,
    TAGS,
    GeneratedPage,
    GeneratedSite,
    answer,
    open_engine,
    write_generated_site,
)

QUESTIONS = 14
EDITIONS = (None, "1.0"), (None, "fr")
PATHS = ("guides", "guides/deep", "reference/", "guides/page1", "/p/docs/guides", "/p/docs/1.0", "/p", "nowhere")


@pytest.fixture(params=[11, 12, 13])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> GeneratedSite:
    return write_generated_site(tmp_path / "site", request.param)


@pytest.fixture
async def engine(site: GeneratedSite, database: Database, either_vectors: PointCollections) -> ChatEngine:
    return await open_engine(site.spec, database, either_vectors)


def cited(site: GeneratedSite, answered: Answer) -> list[GeneratedPage]:
    """The pages that an answer cites or names."""
    urls = [*(source.url for source in answered.sources), *(section.url for section in answered.closest)]
    return [site.pages[url.partition("#")[0]] for url in urls]


async def test_an_answer_keeps_to_the_version_and_locale_of_the_page_unless_others_are_asked_for(
    site: GeneratedSite, engine: ChatEngine
) -> None:
    told: set[str | None] = set()
    for number in range(QUESTIONS):
        here = site.pages[site.chance.choice(sorted(site.pages))]
        page = PageContext(here.url) if number % 4 else None
        versions = site.some(EDITIONS[0]) if number % 2 else ()
        locales = site.some(EDITIONS[1]) if number % 3 == 0 else ()
        asked = Question(site.ask(), page=page, filters=Filters(groups=None, versions=versions, locales=locales))
        answered = await answer(engine, asked)
        wanted = versions or (here.version if page else None,)
        found = cited(site, answered)
        assert {one.version for one in found} <= set(wanted)
        assert {one.locale for one in found} <= set(locales or (here.locale if page else None,))
        spoken = list(dict.fromkeys(site.pages[one.url.partition("#")[0]].version for one in answered.sources))
        if len(spoken) == 1:
            assert answered.version == spoken[0]
        elif spoken:
            assert set(str(answered.version).split(", ")) == {one or "default" for one in spoken}
        elif len(set(wanted)) == 1:
            assert answered.version == wanted[0]
        told |= {answered.version} if spoken else set()
        for passage in await engine.search(asked, limit=20):
            assert site.pages[passage.source.url.partition("#")[0]].version in wanted
    assert told >= {None, "1.0"}


async def test_a_version_that_there_is_not_answers_nothing(site: GeneratedSite, engine: ChatEngine) -> None:
    for filters in (Filters(versions=("9.0",)), Filters(locales=("de",)), Filters(tags=("none",))):
        answered = await answer(engine, Question(site.ask(), filters=filters))
        assert (answered.status, answered.closest) == ("refused", ())


async def test_no_page_without_one_of_the_tags_is_cited(site: GeneratedSite, engine: ChatEngine) -> None:
    seen = 0
    for _ in range(QUESTIONS):
        here = site.pages[site.chance.choice(sorted(site.pages))]
        tags = site.some(TAGS)
        answered = await answer(
            engine, Question(site.ask(), page=PageContext(here.url), filters=Filters(groups=None, tags=tags))
        )
        assert all(set(page.tags) & set(tags) for page in cited(site, answered))
        seen += len(answered.sources)
    assert seen


def lies_below(page: GeneratedPage, path: str) -> bool:
    """Whether the filter means the page."""
    root = {(None, None): DOCS, ("1.0", None): f"{DOCS}/1.0", (None, "fr"): f"{SITE}/fr/docs"}.get(
        (page.version, page.locale), f"{SITE}/fr/docs/1.0"
    )
    roots: Sequence[str] = ("https://my.site",) if path.startswith("/") else (root, DOCS)
    return any(f"{page.url}/".startswith(f"{one}/{path.strip('/')}/") for one in roots)


async def test_no_page_beside_the_paths_is_cited(site: GeneratedSite, engine: ChatEngine) -> None:
    found: set[str] = set()
    for number in range(QUESTIONS):
        here = site.pages[site.chance.choice(sorted(site.pages))]
        paths = (PATHS[number % len(PATHS)], *site.some(PATHS, 1))
        question = Question(site.ask(), page=PageContext(here.url), filters=Filters(groups=None, paths=paths))
        for passage in await engine.search(question, limit=20):
            page = site.pages[passage.source.url.partition("#")[0]]
            assert any(lies_below(page, path) for path in paths), (page.url, paths)
            assert (page.version, page.locale) == (here.version, here.locale)
            found.add(page.url)
        answered = await answer(engine, question)
        assert all(any(lies_below(page, path) for path in paths) for page in cited(site, answered))
        in_page = await answer(engine, replace(question, scope="page"))
        assert {page.url for page in cited(site, in_page)} <= {here.url}
        if not any(lies_below(here, path) for path in paths):
            assert in_page.sources == ()
    assert found


async def test_a_path_with_too_many_pages_below_it_is_an_error(
    site: GeneratedSite, engine: ChatEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "MAX_PAGES_BELOW", 2)
    with pytest.raises(PathTooWide):
        await engine.search(Question("What?", filters=Filters(groups=None, paths=("/",))), limit=1)


async def test_the_facets_are_those_of_the_pages(site: GeneratedSite, engine: ChatEngine, database: Database) -> None:
    ours, other = (await read_facets(database, ["generated", "other"], groups=None)).corpora
    assert (ours.versions, ours.locales) == ([None, "1.0"], [None, "fr"])
    counts = {tag: sum(tag in page.tags for page in site.pages.values()) for tag in TAGS}
    assert {tag.name: tag.documents for tag in ours.tags} == {tag: count for tag, count in counts.items() if count}
    assert [tag.documents for tag in ours.tags] == sorted((tag.documents for tag in ours.tags), reverse=True)
    assert (other.is_ingested, other.versions, other.tags) == (False, [None], [])
