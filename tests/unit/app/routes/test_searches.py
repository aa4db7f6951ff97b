"""`POST /api/v1/search` over fakes."""

import pytest

from app.schemas.searches import FoundPassagesBody
from pipelines.errors import CorpusNotIngested
from pipelines.types import Filters, PageContext
from storage_config.errors import VectorsUnavailable
from storage_config.settings import Settings
from tests.support.fakes import FakeCorpus, answered_script
from tests.support.serving import build_world, open_client

SEARCH = "/api/v1/search"


async def test_passages_come_with_what_ranks_them() -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(SEARCH, json={"query": "weights", "limit": 1})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    body = FoundPassagesBody.model_validate(response.json())
    (found,) = body.passages
    assert (body.corpus, found.score, found.scores.dense, found.scores.bm25) == ("docs", 0.75, 0.5, 7.25)
    assert found.scores.rerank is None
    assert world.engine.searches == ["weights"]
    assert world.conversations.all == []


async def test_filters_and_the_page_reach_the_search() -> None:
    world = build_world(answered_script())
    page = {"url": "https://example.org/v2/guide", "selected_text": "some"}
    asked = {"query": "weights", "filters": {"source_quality": ["book"]}, "page": page}
    async with open_client(world) as client:
        assert (await client.post(SEARCH, json=asked)).status_code == 200
    assert world.engine.searched_with == (
        Filters(source_quality=("book",)),
        PageContext("https://example.org/v2/guide", "some"),
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "query"),
        ({"query": ""}, "query"),
        ({"query": " \n"}, "query"),
        ({"query": "x\x00"}, "query"),
        ({"query": "x" * 5_000}, "query"),
        ({"query": "x", "limit": 0}, "limit"),
        ({"query": "x", "limit": 21}, "limit"),
        ({"query": "x", "k": 3}, "k"),
        ({"query": "x", "filters": {"source_quality": ["good"]}}, "filters.source_quality.0"),
        ({"query": "x", "page": {"url": "file:///etc/passwd"}}, "page.url"),
    ],
)
async def test_bad_input_is_named(body: dict[str, object], field: str) -> None:
    world = build_world(answered_script())
    async with open_client(world) as client:
        response = await client.post(SEARCH, json=body)
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["errors"]] == [field]
    assert world.engine.searches == []


@pytest.mark.parametrize(
    ("failure", "status", "kind"),
    [
        (CorpusNotIngested("docs"), 409, "corpus-not-ingested"),
        (VectorsUnavailable("gone"), 503, "search-unavailable"),
    ],
)
async def test_failures_are_problems(failure: Exception, status: int, kind: str) -> None:
    world = build_world([failure])
    async with open_client(world) as client:
        response = await client.post(SEARCH, json={"query": "x"})
    assert (response.status_code, response.json()["type"].rpartition(":")[2]) == (status, kind)


async def test_an_unknown_corpus_names_those_that_there_are() -> None:
    world = build_world(answered_script(), answered_script())
    async with open_client(world) as client:
        response = await client.post(SEARCH, json={"query": "x", "corpus": "other"})
    assert response.status_code == 422
    assert "docs2" in response.text


@pytest.mark.parametrize(("calls", "let_in"), [(0, 4), (1, 1)])
async def test_it_counts_as_a_question_where_a_vendor_is_asked(calls: int, let_in: int) -> None:
    limited = Settings(_env_file=None, ask_rate_address="1/minute", read_rate_address="4/minute")
    world = build_world(answered_script(), settings=limited)
    world.resources.corpora = {"docs": FakeCorpus(world.engine, search_calls=calls)}
    async with open_client(world) as client:
        codes = [(await client.post(SEARCH, json={"query": "x"})).status_code for _ in range(5)]
    assert codes == [200] * let_in + [429] * (5 - let_in)
