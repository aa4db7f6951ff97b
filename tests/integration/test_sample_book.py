"""The sample book: twenty questions cite the sections that answer them; pages are what their front matter says."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.answering.chat_engine import ChatEngine
from pipelines.bootstrap import open_resources
from pipelines.corpus import read_corpora
from pipelines.events import Failed, Finished
from pipelines.readers.sources import read_documents
from pipelines.types import Answer, IngestionReport, PageContext, PageFailure, Question
from storage_config.settings import read_settings
from tests.conftest import ROOT
from tests.support.command_line import run_here
from tests.support.models import model_folder

BOOK = ROOT / "notebooks" / "data" / "footnoted.toml"

# Question, page (uri) and anchor of the section that answers it.
QUESTIONS = [
    ("How does BM25 limit the weight of a repeated term?", "02-search/02-bm25.md", "term-frequency-saturates"),
    ("What does the parameter k1 control?", "02-search/02-bm25.md", "the-parameter-k1"),
    (
        "What is the weight of a word that occurs in every second passage?",
        "02-search/02-bm25.md",
        "rare-words-weigh-more",
    ),
    ("What can BM25 not do?", "02-search/02-bm25.md", "what-bm25-cannot-do"),
    ("What is a breadcrumb?", "01-text/02-chunking.mdx", "the-breadcrumb"),
    ("What should a splitter do with a code block?", "01-text/02-chunking.mdx", "follow-the-headings"),
    ("How large should a passage be?", "01-text/02-chunking.mdx", "choosing-a-size"),
    ("Does stemming raise recall?", "01-text/01-tokens.md", "stemming"),
    ("How are posting lists compressed?", "02-search/01-inverted-index.md", "compression"),
    ("When is the space of a deleted passage given back?", "02-search/01-inverted-index.md", "updating"),
    ("How many bytes does one vector of 384 numbers need?", "02-search/03-embeddings.md", "what-it-costs"),
    ("Why is embedding search bad at error codes and part numbers?", "02-search/03-embeddings.md", "where-it-fails"),
    ("What happens to text beyond the model's maximum input length?", "02-search/03-embeddings.md", "long-texts"),
    (
        "How is a BM25 score brought into the range from zero to one?",
        "02-search/04-fusion.md",
        "weighted-sum-of-scores",
    ),
    (
        "How can a program check that a quote is really on the page?",
        "03-answers/01-citations.md",
        "what-a-footnote-carries",
    ),
    ("Which questions are the hardest to refuse?", "03-answers/01-citations.md", "near-misses"),
    ("Where do the best evaluation questions come from?", "03-answers/02-evaluation.md", "building-a-question-set"),
    ("What is a false refusal rate?", "03-answers/02-evaluation.md", "measuring-refusals"),
    ("For whom are the chapters written?", "index.md", "who-it-is-for"),
    ("Why should fields not be scored alone and added up?", "references/bm25-and-beyond.md", "several-fields"),
]
# What a reader asks about a text that they selected, where, and the section that says more of it.
SELECTED = [
    ("Explain this", "search/bm25", "how soon saturation sets in", "search/bm25#the-parameter-k1"),
    ("Why?", "search/bm25", "Values between 1.2 and 2.0 are usual.", "search/bm25#the-parameter-k1"),
    ("What does the highlighted text mean?", "search/fusion", "Reciprocal rank fusion", "search/fusion#"),
]
OFF_THE_BOOK = PageContext("https://example.org/handbook/search/bm25", "The opera Carmen is set in Seville.")
UNANSWERABLE = ["How do I install Docker on a Mac?", "What is the capital of France?", "Who wrote the opera Carmen?"]


@dataclass(frozen=True)
class Session:
    """What one open engine said of every question, and the folder that it left behind."""

    data: Path
    ingested: IngestionReport
    answers: Mapping[str, Answer]
    pages: Mapping[str, str]
    urls: Mapping[str, str]


@pytest.fixture(scope="module")
def session(open_folder: Path) -> Session:
    data = open_folder / "sample-book"
    data.mkdir(mode=0o755)
    (data / "models").symlink_to(model_folder(), target_is_directory=True)
    return asyncio.run(_ask_everything(data))


async def _ask_everything(data: Path) -> Session:
    async with open_resources(read_settings(config=BOOK, data_dir=data)) as resources:
        corpus = resources.corpus()
        ingested = await corpus.ingestion.ingest()
        asked = [*(question for question, _, _ in QUESTIONS), *UNANSWERABLE]
        answers: dict[str, Answer] = {}
        for question in asked:
            answers[question] = await _answer(corpus.engine, Question(question))
        for question, page, selected, _ in SELECTED:
            context = PageContext(f"https://example.org/handbook/{page}", selected)
            answers[selected] = await _answer(corpus.engine, Question(question, page=context))
        answers[OFF_THE_BOOK.selected_text] = await _answer(corpus.engine, Question("Explain this", page=OFF_THE_BOOK))
        read = [
            page for page in read_documents(corpus.spec, max_page_chars=100_000) if not isinstance(page, PageFailure)
        ]
    pages = {page.id_: page.text for page in read}
    return Session(data, ingested, answers, pages, {page.metadata["url"]: page.id_ for page in read})


async def _answer(engine: ChatEngine, question: Question) -> Answer:
    last = [event async for event in engine.stream(question)][-1]
    if isinstance(last, Failed):
        raise last.error
    assert isinstance(last, Finished)
    return last.answer


def test_the_whole_book_is_ingested(session: Session) -> None:
    assert (session.ingested.added, session.ingested.failed, session.ingested.errors) == (12, 0, ())
    assert session.ingested.nodes_total == session.ingested.nodes_embedded > 60


@pytest.mark.parametrize(("question", "uri", "anchor"), QUESTIONS, ids=[anchor for _, _, anchor in QUESTIONS])
def test_the_section_that_answers_is_cited_first(session: Session, question: str, uri: str, anchor: str) -> None:
    answer = session.answers[question]
    assert answer.status == "answered"
    cited = [source.url.partition("#") for source in answer.sources]
    assert (session.urls[cited[0][0]], cited[0][2]) == (uri, anchor)
    assert {claim.status for claim in answer.claims} <= {"supported", "not_checkable"}


def test_every_quote_stands_on_its_page(session: Session) -> None:
    quotes = 0
    for answer in session.answers.values():
        pages = {source.id: session.pages[session.urls[source.url.partition("#")[0]]] for source in answer.sources}
        for citation in (citation for claim in answer.claims for citation in claim.citations):
            assert pages[citation.source][citation.start : citation.end] == citation.quote
            quotes += 1
    assert quotes >= len(QUESTIONS)


@pytest.mark.parametrize(("question", "page", "selected", "url"), SELECTED)
def test_a_selection_is_explained_by_what_stands_around_it(
    session: Session, question: str, page: str, selected: str, url: str
) -> None:
    answer = session.answers[selected]
    assert answer.status == "answered"
    assert answer.sources[0].url.startswith(f"https://example.org/handbook/{url}")
    quotes = [citation.quote for claim in answer.claims for citation in claim.citations]
    assert quotes
    assert [quote for quote in quotes if quote in selected] == [], "the reader has read that"


def test_a_selection_that_the_book_says_nothing_of_is_refused(session: Session) -> None:
    assert session.answers[OFF_THE_BOOK.selected_text].status == "refused"


@pytest.mark.parametrize("question", UNANSWERABLE)
def test_what_the_book_does_not_say_is_refused(session: Session, question: str) -> None:
    answer = session.answers[question]
    assert (answer.status, answer.sources) == ("refused", ())
    assert answer.closest


def test_sources_carry_quality_and_reference_of_their_front_matter(session: Session) -> None:
    noted = session.answers["Why should fields not be scored alone and added up?"]
    assert noted.sources[0].quality == "peer_reviewed"
    assert "Robertson, S., & Zaragoza, H. (2009)" in (noted.sources[0].reference or "")
    assert "https://doi.org/10.1561/1500000019" in (noted.sources[0].reference or "")
    assert "not_peer_reviewed" not in noted.flags
    own = session.answers["What is a breadcrumb?"]
    assert own.sources[0].quality == "book"
    assert own.sources[0].reference is None
    assert "not_peer_reviewed" in own.flags


async def _run(session: Session, *words: str) -> str:
    done = await run_here(BOOK.parent, *words, "--json", FOOTNOTED_DATA_DIR=str(session.data))
    assert done.code == 0, done.err
    return done.out


async def test_the_command_line_cites_the_same_section(session: Session) -> None:
    assert json.loads(await _run(session, "ingest"))["nodes_embedded"] == 0
    question, uri, anchor = QUESTIONS[0]
    answer = json.loads(await _run(session, "ask", question))
    assert answer["status"] == "answered"
    page, _, found = answer["sources"][0]["url"].partition("#")
    assert (session.urls[page], found) == (uri, anchor)
    citation = next(citation for claim in answer["claims"] for citation in claim["citations"])
    assert session.pages[uri][citation["start"] : citation["end"]] == citation["quote"]


def test_every_question_names_a_section_of_the_book() -> None:
    spec = read_corpora(BOOK)["handbook"]
    anchors = {
        (page.id_, heading["anchor"])
        for page in read_documents(spec, max_page_chars=100_000)
        if not isinstance(page, PageFailure)
        for heading in page.metadata["headings"]
    }
    assert len(QUESTIONS) == 20
    assert {(uri, anchor) for _, uri, anchor in QUESTIONS} <= anchors


def test_the_mdx_page_shows_what_its_readers_see() -> None:
    spec = read_corpora(BOOK)["handbook"]
    page = next(
        page
        for page in read_documents(spec, max_page_chars=100_000)
        if not isinstance(page, PageFailure) and page.id_.endswith(".mdx")
    )
    assert "Never cut a code block" in page.text
    assert "Short passages of about 100 tokens" in page.text
    assert not [mark for mark in ("import ", "<Tab", ":::", "---\n") if mark in page.text]
