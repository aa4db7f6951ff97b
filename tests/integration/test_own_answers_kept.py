"""Answers that an owner writes over the API: whole or not at all, for every process, and with every embedding model."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from pipelines.errors import AnswerGone, AnswerRefused, QuestionAnswered, VendorTimeout
from pipelines.ingestion import own_answers
from pipelines.ingestion.corpus_pages import CorpusPages
from pipelines.ingestion.own_answers import OwnAnswers
from pipelines.ingestion.run import open_run
from pipelines.retrieval.retriever import QueryText
from pipelines.types import OwnAnswer
from storage_config.postgres.database import Database
from storage_config.records.corpora import ensure_corpus
from storage_config.records.curated_answers import list_own_answers
from storage_config.records.documents import get_document
from storage_config.records.suggested_questions import list_suggested_questions, save_suggested_questions
from storage_config.vectors.points import PointCollections
from tests.emulators.cohere import API_KEY, CohereEmulator
from tests.emulators.qdrant import QdrantEmulator
from tests.integration.test_embedding_switch import opened
from tests.support.collections import collections_of
from tests.support.fakes import FakeCorpus, FakeResources, ScriptedEngine, answered_script
from tests.support.ingesting import HashedEmbedding, Site, build_ingestion
from tests.support.models import model_folder
from tests.support.records import delete_corpus
from tests.support.serving import World, open_client

ANSWER = OwnAnswer(("Is there parking?", "Where can I park?"), "Yes, behind the mill.")
OTHER = OwnAnswer(("Is there a garden?",), "No.")


class Bench:
    """A corpus `docs` of one page, and the answers that are written for it."""

    def __init__(self, folder: Path, database: Database, vectors: PointCollections) -> None:
        self.site = Site(folder / "docs")
        self.site.write("intro")
        self.database, self.vectors = database, vectors
        self.embed_model = HashedEmbedding()
        self.answers = self.answers_by(self.embed_model, "f1")

    def answers_by(self, embed_model: HashedEmbedding, fingerprint: str) -> OwnAnswers:
        """As of a pipeline that embeds so."""
        self.ingestion = build_ingestion(
            self.site.spec(corpus="docs"), self.database, self.vectors, embed_model=embed_model, fingerprint=fingerprint
        )
        self.pages = CorpusPages(self.ingestion, self.database, collections_of(self.vectors))
        return OwnAnswers("docs", self.pages, self.database)

    async def questions(self) -> set[str]:
        """Those that have a point in the collection that readers are served from."""
        store = await collections_of(self.vectors).open_existing(self.ingestion.collection)
        points = await store.alist_points() if store else {}
        return {str(one["question"]) for one in points.values() if "question" in one}


@pytest.fixture
async def bench(tmp_path: Path, database: Database, either_vectors: PointCollections) -> Bench:
    bench = Bench(tmp_path, database, either_vectors)
    await bench.ingestion.ingest()
    return bench


async def test_while_the_vendor_is_down_nothing_changes_and_the_caller_is_told(bench: Bench) -> None:
    corpus = FakeCorpus(
        ScriptedEngine(answered_script()), pages=bench.pages, ingestion=bench.ingestion, answers=bench.answers
    )
    world = World(FakeResources({"docs": corpus}, database=bench.database))
    place, sent = "/api/v1/curated-answers", {"questions": list(ANSWER.questions), "text": ANSWER.text}
    for calls in range(2):  # of a new answer, then of one that is changed
        async with open_client(world, token="local-token") as client:
            kept = (await client.get(place)).json()["items"]
            bench.embed_model.fail_next(VendorTimeout("cohere is too slow", vendor="cohere"))
            if calls:
                failed = await client.put(f"{place}/{kept[0]['id']}", json=sent | {"questions": ["Is it far?"]})
            else:
                failed = await client.post(place, json=sent)
            assert (failed.status_code, failed.json()["type"]) == (503, "urn:footnoted:problem:vendor-timeout")
            assert "retry-after" in failed.headers
            assert (await client.get(place)).json()["items"] == kept
            assert await bench.questions() == {question for one in kept for question in one["questions"]}
            if not calls:
                assert (await client.post(place, json=sent)).status_code == 201
    assert await bench.questions() == set(ANSWER.questions)


async def test_another_model_embeds_them_anew_and_so_does_every_other_pipeline(bench: Bench) -> None:
    kept = await bench.answers.add(ANSWER)
    other = HashedEmbedding()
    answers = bench.answers_by(other, "f2")
    report = await bench.ingestion.ingest()
    assert (report.removed, report.failed) == (0, 0)
    assert set(ANSWER.questions) <= set(other.embedded)
    assert await bench.questions() == set(ANSWER.questions)
    document = await bench.database.run(partial(get_document, document_id=kept))
    assert document is not None
    assert [one.answer for one in await answers.list()] == [ANSWER]


async def test_one_change_at_a_time_decides(bench: Bench) -> None:
    """Of two who write the same at once, one is refused: by the other's run, or by its question."""
    twice = await asyncio.gather(bench.answers.add(ANSWER), bench.answers.add(ANSWER), return_exceptions=True)
    assert sum(not isinstance(one, Exception) for one in twice) == 1, twice
    assert len(await bench.answers.list()) == 1
    async with open_run(bench.database, "docs"):
        with pytest.raises(QuestionAnswered):  # told before it is worth waiting
            await bench.answers.add(ANSWER)


async def test_so_many_are_kept_and_no_more(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_answers, "MAX_OWN_ANSWERS", 1)
    await bench.answers.add(ANSWER)
    with pytest.raises(AnswerRefused, match="a corpus keeps 1 answers"):
        await bench.answers.add(OTHER)
    (kept,) = await bench.database.run(partial(list_own_answers, corpus="docs"))
    document = await bench.database.run(partial(get_document, document_id=kept.document_id))
    assert document is not None
    await bench.answers.change(document.uri, OTHER)
    assert [one.answer for one in await bench.answers.list()] == [OTHER]
    await bench.answers.remove(document.uri)
    with pytest.raises(AnswerGone):
        await bench.answers.change(document.uri, OTHER)
    assert await bench.questions() == set()


async def test_a_corpus_takes_them_along(bench: Bench) -> None:
    await bench.answers.add(ANSWER)
    save = partial(save_suggested_questions, corpus="docs", path="intro", questions=["What is this?"])
    assert await bench.database.run(save)
    corpus = await bench.database.run(partial(ensure_corpus, name="docs"))
    await bench.database.run(partial(delete_corpus, corpus_id=corpus.id))
    assert await bench.answers.list() == []
    assert await bench.database.run(partial(list_suggested_questions, corpus="docs")) == []


async def test_every_process_gives_them_to_the_next_question(tmp_path: Path, database_url: str) -> None:
    """Two servers over one Postgres and one Qdrant; a third declares another embedding model, and embeds them anew."""
    Site(tmp_path / "docs").write("intro")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(model_folder(), target_is_directory=True)
    asked = [QueryText("Is there any parking?")]
    async with AsyncExitStack() as stack:
        qdrant = await stack.enter_async_context(QdrantEmulator())
        cohere = await stack.enter_async_context(CohereEmulator())
        environment = {
            "database_url": database_url, "qdrant_url": qdrant.url,
            "cohere_api_key": API_KEY, "cohere_base_url": cohere.url,
        }  # fmt: skip
        one, other = [
            (await stack.enter_async_context(opened(tmp_path, "local/minilm", 384, environment=environment))).corpus()
            for _ in range(2)
        ]
        await one.ingestion.ingest()
        assert (await other.index.retrieve(asked, top_n=1))[0].passages[0].question is None
        await one.answers.add(ANSWER)
        told = (await other.index.retrieve(asked, top_n=1))[0].passages[0]
        assert (told.question, told.text) == ("Is there parking?", ANSWER.text)
        third = await stack.enter_async_context(opened(tmp_path, "cohere/embed-v4.0", 256, environment=environment))
        await third.corpus().ingestion.ingest()
        told = (await third.corpus().index.retrieve([QueryText("Is there parking?")], top_n=1))[0].passages[0]
        assert (told.question, told.text) == ("Is there parking?", ANSWER.text)
