"""How a corpus is used, counted on a real database, over HTTP."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from app.conversations.store import Exchange, StoredConversations
from pipelines.events import Finished
from pipelines.insights import QuestionClusterer
from pipelines.providers.minilm import MiniLmEmbedding
from pipelines.types import Answer
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import activate_collection, ensure_corpus
from storage_config.records.documents import DocumentToSave
from storage_config.records.feedback import FeedbackToSave, save_feedback
from storage_config.records.ids import new_id
from storage_config.records.insights import AskedQuestion
from tests.support.fakes import answered_script, build_source, refused_script
from tests.support.records import save_document
from tests.support.serving import build_world, open_client

INSIGHTS = "/api/v1/insights"
PAGE = "https://example.org/docs/ranking"
TEXT = """# Ranking

Intro.

## Term weights

BM25.

### Part 1

One.

### Part 2

Two.

## Unread

Nobody.
"""
SUBJECT = "subject-of-a-reader"


def _answer(script: list[Any]) -> Answer:
    finished = script[-1]
    assert isinstance(finished, Finished)
    return finished.answer


WEAK = _answer(answered_script())  # cites both parts; its second sentence is not supported
REFUSED = _answer(refused_script())
GOOD = replace(WEAK, status="answered", claims=WEAK.claims[:1], sources=WEAK.sources[:1])


class Corpus:
    """A corpus of two pages, and what its readers asked."""

    def __init__(self, database: Database, url: str) -> None:
        self.database = database
        self.url = url
        self.page = UUID(build_source().document_id)

    async def fill(self) -> "Corpus":
        """Both pages are in the active index; a third one failed, and so did an older pipeline's."""
        headings = [_heading(1, "Ranking"), _heading(2, "Term weights"), _heading(3, "Part 1"), _heading(3, "Part 2"),
                    _heading(2, "Unread")]  # fmt: skip
        pages = [
            DocumentToSave("ranking", PAGE, "Ranking", "h", TEXT, "official", "f1", 4, headings=headings, id=self.page),
            DocumentToSave("other", "https://example.org/docs/other", "Other", "h", "Text.", "official", "f1", 1),
            DocumentToSave("pending", "https://example.org/p", "P", "h", "T", "official", "f1", 1, status="pending"),
            DocumentToSave("older", "https://example.org/o", "O", "h", "T", "official", "f0", 1),
        ]

        async def write(session: Session) -> None:
            corpus = await ensure_corpus(session, name="docs")
            for page in pages:
                await save_document(session, corpus_id=corpus.id, document=page)
            await activate_collection(session, corpus_id=corpus.id, collection="c", fingerprint="f1", shape={})

        await self.database.run(write)
        return self

    async def ask(self, question: str, answer: Answer, *, days_ago: float = 0, **changes: Any) -> Exchange:
        """Records an exchange as if it had been some days ago."""
        sources = tuple(replace(source, document_id=str(self.page)) for source in answer.sources)
        exchange = Exchange(
            conversation_id=new_id(),
            question_id=new_id(),
            answer_id=new_id(),
            owner=SUBJECT,
            corpus="docs",
            question=question,
            answer=replace(answer, sources=sources),
            provenance={},
        )
        exchange = replace(exchange, **changes)
        await StoredConversations(self.database).record(exchange)
        with psycopg.connect(self.url) as connection:
            back = (timedelta(days=days_ago), exchange.answer_id)
            connection.execute("UPDATE messages SET created_at = created_at - %s WHERE id = %s", back)
        return exchange

    async def rate(self, exchange: Exchange, rating: Any, *reasons: Any) -> None:
        """Rates the answer."""
        feedback = FeedbackToSave(new_id(), rating, reasons)
        assert await self.database.run(
            lambda session: save_feedback(session, message_id=exchange.answer_id, owner=SUBJECT, feedback=feedback)
        )


def _heading(level: int, text: str) -> dict[str, Any]:
    line = f"\n{'#' * level} {text}\n"
    start = f"\n{TEXT}".index(line)
    return {"level": level, "text": text, "anchor": _anchor(text), "start": start, "end": start + len(line) - 2}


def _anchor(text: str) -> str:
    return text.lower().replace(" ", "-")


@pytest.fixture
async def corpus(database: Database, database_url: str) -> Corpus:
    return await Corpus(database, database_url).fill()


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    world = build_world(answered_script(), answered_script(), database=database)
    async with open_client(world, token="local-token") as client:
        yield client


async def _read(owner: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    response = await owner.get(INSIGHTS, params={"corpus": "docs", **params})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_nothing_was_asked(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    body = await _read(owner)
    assert (body["unanswered"], body["cited"], body["feedback"]) == ({"found": 0, "grouped": 0, "clusters": []}, [], [])
    assert (body["never_cited"]["pages_total"], body["never_cited"]["pages_uncited"]) == (2, 2)
    assert [page["title"] for page in body["never_cited"]["pages"]] == ["Other", "Ranking"]
    assert len(body["days"]) == 30
    assert body["days"][-1]["day"] == body["until"] == datetime.now(UTC).date().isoformat()
    never_ingested = await _read(owner, corpus="docs2")
    assert never_ingested["never_cited"]["pages_total"] == 0


async def test_questions_without_a_good_answer_are_counted(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    for question, answer in (("Why  so?", REFUSED), ("why so?", WEAK), ("Why so? ", REFUSED), ("Fine?", GOOD)):
        await corpus.ask(question, answer)
    await corpus.ask("Left?", replace(REFUSED, status="interrupted"))
    await corpus.ask("Other corpus?", REFUSED, corpus="docs2")
    body = await _read(owner)
    (cluster,) = body["unanswered"]["clusters"]
    assert (cluster["question"].lower().split(), cluster["asked"], cluster["refused"]) == (["why", "so?"], 3, 2)
    assert (body["unanswered"]["found"], body["unanswered"]["grouped"]) == (1, 1)


async def test_the_latest_answer_to_a_question_counts(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    first = await corpus.ask("Why?", REFUSED)
    await corpus.ask("Why?", GOOD, conversation_id=first.conversation_id, question_id=first.question_id, begins=False)
    assert (await _read(owner))["unanswered"]["clusters"] == []


async def test_sections_that_were_cited_and_those_that_never_were(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    await corpus.ask("One?", WEAK)
    await corpus.ask("Two?", GOOD)
    body = await _read(owner)
    cited = [(one["heading_path"][-1], one["answers"], one["unsupported"]) for one in body["cited"]]
    assert cited == [("Part 1", 2, 0), ("Part 2", 1, 1)]
    assert (body["cited"][0]["url"], body["cited"][0]["title"]) == (f"{PAGE}#part-1", "Ranking")
    never = body["never_cited"]
    assert [page["title"] for page in never["pages"]] == ["Other"]
    assert [section["heading_path"] for section in never["sections"]] == [[], ["Term weights"], ["Unread"]]
    assert (never["pages_searched"], never["sections_uncited"]) == (1, 3)


async def test_ratings_of_answers_by_section(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    for rating, answer in (("up", GOOD), ("down", WEAK), ("down", WEAK), (None, GOOD)):
        exchange = await corpus.ask("Why?", answer)
        if rating:
            await corpus.rate(exchange, rating, *(["incorrect", "other"] if rating == "down" else []))
    body = await _read(owner)
    rated = [(one["heading_path"][-1], one["up"], one["down"], one["answers"]) for one in body["feedback"]]
    assert rated == [("Part 1", 1, 2, 4), ("Part 2", 0, 2, 2)]
    totals = body["totals"]
    assert (totals["up"], totals["down"], totals["reasons"]) == (1, 2, {"incorrect": 2, "other": 2})


async def test_days_are_counted_apart_and_the_period_is_kept(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    for days_ago in (0, 2, 2, 40):
        await corpus.ask("Why?", REFUSED, days_ago=days_ago)
    await corpus.ask("Why?", WEAK, days_ago=1)
    await corpus.ask("Left?", replace(GOOD, status="interrupted"))
    body = await _read(owner)
    counted = [(day["refused"], day["partial"], day["weak"], day["interrupted"]) for day in body["days"][-3:]]
    assert counted == [(2, 0, 0, 0), (0, 1, 1, 0), (1, 0, 0, 1)]
    assert (body["totals"]["refused"], body["totals"]["partial"]) == (3, 1)
    today = datetime.now(UTC).date()
    two_days_ago = (today - timedelta(days=2)).isoformat()
    only = await _read(owner, since=two_days_ago, until=two_days_ago)
    assert [(day["day"], day["refused"]) for day in only["days"]] == [(two_days_ago, 2)]
    assert (await _read(owner, since=(today - timedelta(days=60)).isoformat()))["totals"]["refused"] == 4


async def test_nobody_s_subject_is_told(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    exchange = await corpus.ask("Why?", REFUSED)
    response = await owner.get(INSIGHTS, params={"corpus": "docs"})
    told = response.text
    assert "Why?" in told
    for secret in (SUBJECT, str(exchange.conversation_id), str(exchange.answer_id), str(exchange.question_id)):
        assert secret not in told


async def test_tables_as_csv(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    await corpus.ask('=HYPERLINK("https://evil.example")', REFUSED)
    response = await owner.get(f"{INSIGHTS}/unanswered.csv", params={"corpus": "docs"})
    assert response.headers["content-type"].startswith("text/csv; charset=utf-8")
    today = datetime.now(UTC).date()
    name = f"docs-unanswered-{today - timedelta(days=29)}-{today}.csv"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    head, row = csv.reader(io.StringIO(response.text, newline=""))
    assert dict(zip(head, row, strict=True))["question"] == '\'=HYPERLINK("https://evil.example")'
    days = await owner.get(f"{INSIGHTS}/days.csv", params={"corpus": "docs", "since": today.isoformat()})
    assert len(days.text.splitlines()) == 2


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "corpus"),
        ({"corpus": "gone"}, "corpus"),
        ({"corpus": "docs", "since": "yesterday"}, "since"),
        ({"corpus": "docs", "since": "2026-02-01", "until": "2026-01-01"}, "since"),
        ({"corpus": "docs", "since": "2024-01-01", "until": "2026-01-01"}, "since"),
        ({"corpus": "docs", "until": "9999-12-31"}, "until"),
        ({"corpus": "docs", "since": "0001-01-01", "until": "0001-01-01"}, "since"),
    ],
)
@pytest.mark.parametrize("path", [INSIGHTS, f"{INSIGHTS}/days.csv"])
async def test_what_is_wrong_is_named(owner: httpx.AsyncClient, path: str, params: dict[str, str], field: str) -> None:
    response = await owner.get(path, params=params)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["errors"]] == [field]
    assert (await owner.get(f"{INSIGHTS}/subjects.csv", params={"corpus": "docs"})).status_code == 422


@pytest.mark.parametrize("path", [INSIGHTS, f"{INSIGHTS}/days.csv"])
async def test_readers_do_not_see_them(database: Database, path: str) -> None:
    async with open_client(build_world(answered_script(), database=database)) as client:
        assert (await client.get(path)).status_code == 401


# Questions that mean the same, about two sites.
MEANINGS = [
    ["How do I deploy to Kubernetes?", "Is there a Helm chart?", "kubernetes deployment", "Can I run it on k8s?"],
    ["How do I reset my password?", "I forgot my password", "password reset", "Where can I change my password?"],
    ["What does it cost?", "pricing", "How much is the paid plan?", "Is there a free plan?"],
    ["Does it support WebSockets?", "websocket support", "How do I open a websocket connection?"],
    ["How do I upload a file?", "file upload limit", "uploading large files"],
    ["Is there a rate limit for the API?", "api rate limits", "How many requests per minute are allowed?"],
    ["How do I create a slice?", "createSlice example", "What is a slice in Redux Toolkit?"],
    ["How do I persist the store?", "save redux state to localStorage", "redux-persist setup"],
    ["How do I use TypeScript with Redux?", "typed hooks useAppSelector", "typescript setup"],
    ["Is Redux still worth using?", "redux vs context", "should I use redux or context api"],
    ["How do I reset the state on logout?", "clear store when user logs out", "reset redux state"],
    ["What is middleware?", "write custom middleware", "how does middleware work"],
    ["How to fetch data with RTK Query?", "rtk query example", "RTK Query caching"],
    ["How to test reducers?", "unit testing reducers", "testing connected components"],
]


async def test_the_local_model_groups_by_meaning(tmp_path: Path) -> None:
    """Of all pairs in one group most mean the same, and a good part of those that mean the same are in one group."""
    model = MiniLmEmbedding(tmp_path)
    asked = [AskedQuestion(text, 1, 1, datetime.now(UTC)) for meaning in MEANINGS for text in meaning]
    clusters = await QuestionClusterer(model).cluster(asked)
    model.close()
    meaning_of = {text: number for number, meaning in enumerate(MEANINGS) for text in meaning}
    pairs = right = 0
    for cluster in clusters:
        texts = (cluster.question, *cluster.examples)
        assert cluster.questions == len(texts) <= 6  # all are shown, so that all are counted here
        for index, text in enumerate(texts):
            for other in texts[:index]:
                pairs += 1
                right += meaning_of[text] == meaning_of[other]
    same = sum(len(meaning) * (len(meaning) - 1) // 2 for meaning in MEANINGS)
    assert right / pairs >= 0.8, f"{len(clusters)} groups, precision {right / pairs:.2f}"
    assert right / same >= 0.4, f"{len(clusters)} groups, recall {right / same:.2f}"


async def test_weeks_reach_back_half_a_year_whatever_is_asked_for(corpus: Corpus, owner: httpx.AsyncClient) -> None:
    for days_ago in (7 * 10 + 1, 7 * 25 + 3, 7 * 26 + 1):
        await corpus.ask(f"Asked {days_ago} days ago?", REFUSED, days_ago=days_ago)
    today = datetime.now(UTC).date()
    weeks = (await _read(owner, since=today.isoformat()))["weeks"]
    assert len(weeks) == 26
    assert weeks[-1]["since"] == (today - timedelta(days=6)).isoformat()
    assert [week["refused"] for week in weeks[:16]] == [1, *[0] * 14, 1]
    table = await owner.get(f"{INSIGHTS}/weeks.csv", params={"corpus": "docs"})
    assert len(table.text.splitlines()) == 27
