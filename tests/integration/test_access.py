"""Who may read what: no word of a page that is for others reaches a reader, over sites made by chance."""

from collections.abc import Collection
from pathlib import Path

import pytest

from app.corpus.facets import read_facets
from app.corpus.library import Library
from app.corpus.llms_txt import Kind, LlmsTexts
from app.errors import SectionNotFound
from pipelines.answering.chat_engine import ChatEngine
from pipelines.events import Finished, Retrieved
from pipelines.types import Filters, PageContext, Question
from storage_config.postgres.database import Database
from storage_config.records.access import may_read
from storage_config.vectors.points import PointCollections
from tests.support.generated_sites import GROUPS, TAGS, GeneratedSite, open_engine, write_generated_site

QUESTIONS = 16


@pytest.fixture(params=[21, 22, 23])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> GeneratedSite:
    return write_generated_site(tmp_path / "site", request.param)


@pytest.fixture
async def engine(site: GeneratedSite, database: Database, either_vectors: PointCollections) -> ChatEngine:
    return await open_engine(site.spec, database, either_vectors)


def leaks(site: GeneratedSite, said: object, groups: Collection[str] | None) -> list[str]:
    """The addresses of pages that are for others and that something tells of."""
    text = repr(said)
    return [page.url for page in site.pages.values() if page.secret in text and not may_read(page.access, groups)]


def some_groups(site: GeneratedSite, number: int) -> tuple[str, ...] | None:
    """Nobody's, all, and those of one or two groups in turn."""
    return {0: (), 1: None}.get(number % 4, site.some(GROUPS))


async def test_nothing_of_a_page_for_others_is_told(site: GeneratedSite, engine: ChatEngine) -> None:
    told: dict[bool, int] = {True: 0, False: 0}
    for number in range(QUESTIONS):
        groups = some_groups(site, number)
        here = site.chance.choice([*site.pages.values()])
        # Also where somebody knows what to ask for, and where it lies.
        text = site.chance.choice([site.ask(), f"What does {here.secret} say?", f"Facts of {here.secret}", "Hello!"])
        filters = Filters(groups=groups, tags=site.some(TAGS) if number % 5 == 0 else ())
        page = PageContext(f"{here.url}#{here.sections[0]}")
        asked = Question(text, page=page, filters=filters, scope=site.chance.choice(["all", "page", "section"]))
        async for event in engine.stream(asked):
            if isinstance(event, Retrieved):
                assert leaks(site, event.sources, groups) == []
            elif isinstance(event, Finished):
                assert leaks(site, event.answer, groups) == []
                told[groups is None] += len(event.answer.sources)
            else:
                assert leaks(site, event, groups) == []
        for passage in await engine.search(asked, limit=20):
            assert leaks(site, passage, groups) == []
    assert told[True]
    assert told[False]


async def test_a_selection_tells_nothing_of_the_page_that_it_may_stand_on(
    site: GeneratedSite, engine: ChatEngine
) -> None:
    closed = [page for page in site.pages.values() if page.access]
    for page in closed:
        for groups in ((), page.access):
            context = PageContext(page.url, f"## {page.sections[0].capitalize()}")
            question = Question("Explain this", page=context, filters=Filters(groups=groups), scope="selection")
            (found,) = await engine.search(question, limit=1)
            if groups:
                assert found.source.document_id is not None
            else:
                assert (found.source.document_id, found.source.heading_path) == (None, ())
                assert leaks(site, found, groups) == []


async def test_records_tell_nothing_of_a_page_for_others(
    site: GeneratedSite, engine: ChatEngine, database: Database
) -> None:
    library, texts = Library(database, {"generated": ()}), LlmsTexts(database)
    for number in range(8):
        groups = some_groups(site, number)
        for page in site.pages.values():
            if may_read(page.access, groups):
                assert page.secret in (await library.read_section(page.url, reads=groups)).text
                continue
            with pytest.raises(SectionNotFound) as failure:
                await library.read_section(page.url, reads=groups)
            assert leaks(site, failure.value.closest, groups) == []
            assert page.url not in failure.value.closest
        kinds: tuple[Kind, Kind] = ("index", "full")
        for kind in kinds:
            file = await texts.read("generated", kind, groups)
            assert leaks(site, file.text, groups) == []
            default = [page for page in site.pages.values() if not (page.version or page.locale)]
            assert all(page.secret in file.text for page in default if may_read(page.access, groups))
        (facets,) = (await read_facets(database, ["generated"], groups=groups)).corpora
        read = [page for page in site.pages.values() if may_read(page.access, groups)]
        counts = {tag: sum(tag in page.tags for page in read) for tag in TAGS}
        assert {tag.name: tag.documents for tag in facets.tags} == {tag: n for tag, n in counts.items() if n}
