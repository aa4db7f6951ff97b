"""What an answer may rest on: nothing outside the selection, the page or the section, over sites made by chance."""

from functools import partial
from pathlib import Path

import pytest

from pipelines.answering.chat_engine import ChatEngine
from pipelines.types import Answer, Filters, PageContext, Question, Source
from storage_config.postgres.database import Database
from storage_config.records.document_places import list_documents_at
from storage_config.records.documents import StoredDocument
from storage_config.vectors.points import PointCollections
from tests.support.generated_sites import GeneratedPage, GeneratedSite, answer, open_engine, write_generated_site

SEEDS, QUESTIONS = (1, 2, 3), 12
ALL = Filters(groups=None)  # whoever pages are for


@pytest.fixture(params=SEEDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> GeneratedSite:
    return write_generated_site(tmp_path / "site", request.param)


@pytest.fixture
async def engine(site: GeneratedSite, database: Database, either_vectors: PointCollections) -> ChatEngine:
    return await open_engine(site.spec, database, either_vectors)


def page_of(source: Source) -> str:
    return source.url.partition("#")[0]


async def recorded(database: Database, page: str) -> StoredDocument:
    (found,) = await database.run(partial(list_documents_at, corpus="generated", urls=[page], groups=None, limit=2))
    return found


def check_citations(answered: Answer, texts: dict[str, str]) -> None:
    """Every quote stands in the text that it counts in, inside its source."""
    sources = {source.id: source for source in answered.sources}
    for citation in (citation for claim in answered.claims for citation in claim.citations):
        source = sources[citation.source]
        assert texts[page_of(source)][citation.start : citation.end] == citation.quote
        assert source.start <= citation.start <= citation.end <= source.end


async def test_no_citation_lies_outside_the_page(site: GeneratedSite, engine: ChatEngine, database: Database) -> None:
    cited = 0
    for _ in range(QUESTIONS):
        page = site.chance.choice(sorted(site.pages))
        answered = await answer(
            engine, Question(site.ask(), page=PageContext(f"{page}#top?x"), scope="page", filters=ALL)
        )
        assert {page_of(source) for source in answered.sources} <= {page}
        assert {one.url.partition("#")[0] for one in answered.closest} <= {page}
        check_citations(answered, {page: (await recorded(database, page)).text})
        cited += len(answered.sources)
    assert cited > QUESTIONS // 2


def section_span(document: StoredDocument, anchor: str) -> tuple[int, int]:
    """From its heading to the next one that is no deeper."""
    at = next(n for n, heading in enumerate(document.headings) if heading["anchor"] == anchor)
    level = document.headings[at]["level"]
    ends = [heading["start"] for heading in document.headings[at + 1 :] if heading["level"] <= level]
    return document.headings[at]["start"], ends[0] if ends else len(document.text)


async def test_no_citation_lies_outside_the_section(
    site: GeneratedSite, engine: ChatEngine, database: Database
) -> None:
    cited = 0
    for _ in range(QUESTIONS):
        page = site.chance.choice([*site.pages.values()])
        anchor = site.chance.choice(page.sections)
        asked = Question(site.ask(), page=PageContext(f"{page.url}#{anchor}"), scope="section", filters=ALL)
        answered = await answer(engine, asked)
        document = await recorded(database, page.url)
        low, high = section_span(document, anchor)
        for source in answered.sources:
            assert page_of(source) == page.url
            assert low <= source.start <= source.end <= high
        check_citations(answered, {page.url: document.text})
        for found in await engine.search(asked, limit=20):
            assert (found.source.url.partition("#")[0], low <= found.source.start < high) == (page.url, True)
        cited += len(answered.sources)
    assert cited > QUESTIONS // 2


def choose_stretch(site: GeneratedSite, document: StoredDocument) -> tuple[int, int]:
    """Some whole lines of the page."""
    lines = [0, *(n + 1 for n, letter in enumerate(document.text) if letter == "\n"), len(document.text)]
    low, high = sorted(site.chance.sample(lines, 2))
    return low, high


async def test_no_citation_lies_outside_the_selection(
    site: GeneratedSite, engine: ChatEngine, database: Database
) -> None:
    cited = 0
    for number in range(QUESTIONS):
        document = await recorded(database, site.chance.choice(sorted(site.pages)))
        low, high = choose_stretch(site, document)
        known = number % 3 != 2
        # Browsers select what is shown: without the marks, and with other white space.
        shown = document.text[low:high] if number % 3 else " ".join(document.text[low:high].replace("`", "").split())
        shown = shown.replace("#", "").replace("*", "")
        if not shown.strip():
            continue
        page = PageContext(document.url if known else "https://elsewhere.org/page", shown)
        answered = await answer(engine, Question(site.ask(), page=page, scope="selection", filters=ALL))
        assert [source.id for source in answered.sources] in ([], ["1"])
        for source in answered.sources:
            if source.document_id is None:
                assert shown[source.start : source.end] == source.text
                text = shown
            else:
                assert known
                assert document.text[source.start : source.end] == source.text
                assert low <= source.start <= source.end <= high
                text = document.text
            check_citations(answered, {page_of(source): text})
        cited += len(answered.sources)
    assert cited > QUESTIONS // 3


async def test_what_is_no_page_and_no_section_of_the_corpus_answers_nothing(
    site: GeneratedSite, engine: ChatEngine
) -> None:
    page: GeneratedPage = next(iter(site.pages.values()))
    for url, scope in (("https://my.site/p/docs/nowhere", "page"), (f"{page.url}#nowhere", "section")):
        for question in (Question("What is the timeout of Osprey?", page=PageContext(url), scope=scope),):  # type: ignore[arg-type]
            answered = await answer(engine, question)
            assert (answered.status, answered.sources, answered.closest) == ("refused", (), ())
            assert await engine.search(question, limit=5) == ()
