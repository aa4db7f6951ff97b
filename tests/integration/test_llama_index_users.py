"""What users of LlamaIndex reported of its pipelines and engines (run-llama/llama_index, the numbers of their issues in
each test), held here: pages that change, and questions over the sample book."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from llama_index.core.base.response.schema import Response
from llama_index.core.evaluation import RetrieverEvaluator
from llama_index.core.schema import MetadataMode

from pipelines.answering.chat_engine import ChatEngine
from pipelines.bootstrap import CorpusResources, open_resources
from pipelines.errors import VendorBroken
from pipelines.events import Finished, Retrieved, TextDelta
from pipelines.retrieval.active_index import ActiveIndex
from pipelines.types import Answer, HistoryMessage, Question
from storage_config.postgres.database import Database
from storage_config.settings import read_settings
from storage_config.vectors.edge import EdgeShards
from tests.conftest import ROOT
from tests.integration.test_sample_book import QUESTIONS
from tests.support.ingesting import HashedEmbedding, Site
from tests.support.ingestion_bench import Bench, pages_of, without_ids
from tests.support.models import model_folder

Result = TypeVar("Result")
ASKED = QUESTIONS[0][0]


@pytest.fixture
def bench(site: Site, database: Database, vectors: EdgeShards, embed_model: HashedEmbedding) -> Bench:
    return Bench(site, database, vectors, embed_model)


class Book:
    """The sample book, ingested into a folder of its own."""

    def __init__(self, data: Path) -> None:
        self._settings = read_settings(config=ROOT / "notebooks" / "data" / "footnoted.toml", data_dir=data)

    def run(self, asks: Callable[[CorpusResources], Awaitable[Result]]) -> Result:
        """What it gives over the open corpus."""

        async def opened() -> Result:
            async with open_resources(self._settings) as resources:
                await resources.corpus().ingestion.ingest()
                return await asks(resources.corpus())

        return asyncio.run(opened())


@pytest.fixture(scope="module")
def book(open_folder: Path) -> Book:
    data = open_folder / "llama-index-users"
    data.mkdir(mode=0o755)
    (data / "models").symlink_to(model_folder(), target_is_directory=True)
    return Book(data)


async def answer_of(engine: ChatEngine, question: Question) -> Answer:
    last = [event async for event in engine.stream(question)][-1]
    assert isinstance(last, Finished)
    return last.answer


# Pages that change.


async def test_every_chunk_of_a_changed_page_is_kept(bench: Bench, tmp_path: Path) -> None:
    """14931: upserts kept one chunk a document."""
    page = bench.site.write("long", paragraphs=30)
    await bench.ingestion().ingest()
    page.write_text(page.read_text("utf-8").replace("Paragraph 3:", "Paragraph three:"), "utf-8")
    await bench.ingestion().ingest()
    state = await bench.state()
    assert len(pages_of(state, "long.md")) > 10
    assert without_ids(state) == without_ids(await bench.clean_build(tmp_path / "clean"))


async def test_a_run_that_fails_neither_loses_the_page_nor_skips_it_later(bench: Bench) -> None:
    """20823: a run without a store changed what later runs did; and documents were marked as done before they were."""
    page = bench.site.write("intro")
    await bench.ingestion().ingest()
    before = pages_of(await bench.state(), "intro.md")
    page.write_text("# intro\n\nAll new.\n", "utf-8")
    bench.embed_model.fail_next(VendorBroken("down", vendor="cohere"))
    report = await bench.ingestion().ingest()
    assert (report.changed, [error.path for error in report.errors]) == (0, ["intro.md"])
    assert pages_of(await bench.state(), "intro.md") == before, "readers keep what was there"
    report = await bench.ingestion().ingest()
    assert (report.changed, report.failed) == (1, 0)
    assert [point["text"] for point in pages_of(await bench.state(), "intro.md").values()] == ["# intro\n\nAll new."]


async def test_running_twice_makes_no_duplicates(bench: Bench) -> None:
    """13595: the same nodes stood in the store twice."""
    await bench.ingestion().ingest()
    once = await bench.state()
    await bench.ingestion().ingest()
    assert await bench.state() == once
    assert len({(point["uri"], point["start"]) for point in once.points.values()}) == len(once.points)


async def test_a_page_that_is_gone_leaves_nothing_and_needs_no_id(bench: Bench) -> None:
    """13537: which ids are to be deleted had to be kept by the caller."""
    await bench.ingestion().ingest()
    bench.site.remove("reference")
    assert (await bench.ingestion().ingest()).removed == 1
    state = await bench.state()
    assert pages_of(state, "reference.md") == {}
    assert "reference.md" not in {row[0] for row in state.rows}


async def test_metadata_that_models_do_not_read_embeds_nothing_again(bench: Bench) -> None:
    """17520: to change a field of the payload, nodes were deleted and embedded anew."""
    page = bench.site.write("intro")
    await bench.ingestion().ingest()
    page.write_text("---\ntags: [start]\n---\n" + page.read_text("utf-8"), "utf-8")
    report = await bench.ingestion().ingest()
    assert (report.changed, report.nodes_embedded) == (1, 0)
    assert {tuple(point["tags"]) for point in pages_of(await bench.state(), "intro.md").values()} == {("start",)}


async def test_every_node_knows_where_it_stands_on_its_page(bench: Bench) -> None:
    """9101, 10686: start and end were empty, or did not fit the document's text."""
    await bench.ingestion().ingest()
    state = await bench.state()
    texts = {row[0]: row[6] for row in state.rows}
    assert len(state.points) > 8
    for point in state.points.values():
        assert texts[point["uri"]][point["start"] : point["end"]] == point["text"]


# Questions.


def test_footnotes_are_numbered_as_they_are_met_and_only_cited_sources_are_named(book: Book) -> None:
    """7299, 13536: [5] stood before [2], and what was retrieved passed for what was cited."""

    async def ask(corpus: CorpusResources) -> list[Answer]:
        return [await answer_of(corpus.engine, Question(question)) for question, _, _ in QUESTIONS]

    several = 0
    for answer in book.run(ask):
        met = list(dict.fromkeys(citation.source for claim in answer.claims for citation in claim.citations))
        assert met == [str(number + 1) for number in range(len(met))]
        assert [source.id for source in answer.sources] == met
        several += len(met) > 1
    assert several, "one answer that cites two sources at least"


def test_a_question_outside_of_the_pages_is_refused_with_the_closest_sections(book: Book) -> None:
    """13613: the chat engine answered from what the model knew. 20894: without nodes it said "Empty Response"."""

    async def ask(corpus: CorpusResources) -> tuple[Answer, Response]:
        question = "Who wrote the opera Carmen?"
        response = await corpus.engine.as_query_engine().aquery(question)
        assert isinstance(response, Response)
        return await answer_of(corpus.engine, Question(question)), response

    answer, response = book.run(ask)
    assert answer.status == "refused"
    assert answer.closest
    assert answer.sources == ()
    assert "Empty Response" not in (response.response or "")
    assert response.source_nodes == []


def test_one_engine_serves_many_readers_over_fastapi_at_once(book: Book) -> None:
    """15171, 13495: streaming to FastAPI blocked, or came without its sources. One engine has no reader's memory."""
    app = FastAPI()
    follow_up = Question("What does it control?", (HistoryMessage("user", "What is the parameter k1?"),))
    questions = [Question(question) for question, _, _ in QUESTIONS[:6]] + [
        follow_up,
        Question("What does it control?"),
    ]

    async def ask(corpus: CorpusResources) -> list[list[dict[str, Any]]]:
        @app.get("/ask/{number}")
        async def stream(number: int) -> StreamingResponse:
            async def lines() -> AsyncIterator[str]:
                async for event in corpus.engine.stream(questions[number]):
                    if isinstance(event, Retrieved):
                        yield json.dumps({"sources": [source.url for source in event.sources]}) + "\n"
                    elif isinstance(event, TextDelta):
                        yield json.dumps({"text": event.text}) + "\n"

            return StreamingResponse(lines(), media_type="application/x-ndjson")

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://docs") as client:
            responses = await asyncio.gather(*(client.get(f"/ask/{number}") for number in range(len(questions))))
        return [[json.loads(line) for line in response.text.splitlines()] for response in responses]

    streams = book.run(ask)
    for (_, uri, anchor), (first, *texts) in zip(QUESTIONS[:6], streams[:6], strict=True):
        assert any(anchor in str(url) for url in first["sources"]), uri
        assert "".join(str(line["text"]) for line in texts).strip()
    with_history, without = ("".join(str(line["text"]) for line in stream[1:]) for stream in streams[6:])
    assert "k1" in with_history
    assert with_history != without


def test_the_retriever_evaluator_runs_on_our_retriever(book: Book) -> None:
    """LlamaIndex's own evaluation of retrieval, on the twenty questions of the book: hit rate and MRR at 8 nodes."""

    async def evaluate(corpus: CorpusResources) -> list[dict[str, float]]:
        assert isinstance(corpus.index, ActiveIndex)
        retriever = (await corpus.index.current()).retriever
        evaluator = RetrieverEvaluator.from_metric_names(["hit_rate", "mrr"], retriever=retriever)
        scores = []
        for question, uri, anchor in QUESTIONS:
            nodes = await retriever.aretrieve(question)
            wanted = [one.node.node_id for one in nodes if one.node.metadata["anchor"] == anchor]
            assert all(uri in one.node.metadata["uri"] for one in nodes if one.node.node_id in wanted)
            assert all(one.node.get_content(MetadataMode.EMBED).strip() for one in nodes)
            result = await evaluator.aevaluate(query=question, expected_ids=wanted or ["not found"])
            scores.append(result.metric_vals_dict)
        return scores

    scores = book.run(evaluate)
    assert sum(one["hit_rate"] for one in scores) == len(QUESTIONS)
    assert sum(one["mrr"] for one in scores) / len(QUESTIONS) > 0.9
