"""Cohere's contract, over the emulator and, when asked for, over the vendor; and what only an emulator can show."""

import asyncio
import json
import math
import os
from collections.abc import AsyncIterator

import pytest
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from pipelines.errors import VendorBroken, VendorError, VendorRefused
from pipelines.providers.cohere import INGESTION_PATIENCE, CohereEmbedModel, CohereRerank
from pipelines.providers.cohere_dimensions import DIMENSIONS, MAX_BATCH
from pipelines.providers.vendor_calls import Patience, RetryPolicy
from storage_config.errors import ConfigurationError
from tests.contract.live_vendor import BOTH, Vendor, live_vendor
from tests.emulators import cohere as emulated
from tests.emulators.cohere import API_KEY, CohereEmulator
from tests.emulators.server import Failure

EMBED = os.environ.get("COHERE_TEST_EMBED_MODEL", "embed-v4.0")
RERANK = os.environ.get("COHERE_TEST_RERANK_MODEL", "rerank-v3.5")
TEXTS = ["Cats purr while they are content.", "The invoice is due in thirty days.", "A volcano erupted at night."]
IMPATIENT = Patience(1, 3, RetryPolicy(attempts=2, first_delay=0.01, max_delay=0.02))


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


@pytest.fixture(params=BOTH)
async def vendor(request: pytest.FixtureRequest) -> AsyncIterator[Vendor]:
    if request.param == "live":
        yield live_vendor(request, "cohere", "https://api.cohere.com")
        return
    async with CohereEmulator() as emulator:
        yield Vendor(emulator.url, API_KEY, emulator)


class TestContract:
    """Holds for the emulator and for the vendor."""

    async def test_queries_find_their_documents(self, vendor: Vendor) -> None:
        model = CohereEmbedModel(EMBED, api_key=vendor.key, base_url=vendor.url)
        documents = await model.aget_text_embedding_batch(TEXTS)
        query = await model.aget_query_embedding("When is the invoice due?")
        scores = [cosine(query, document) for document in documents]
        assert scores.index(max(scores)) == 1
        assert {len(vector) for vector in [query, *documents]} == {model.dimension}
        await model.aclose()

    async def test_dimensions_of_v4(self, vendor: Vendor) -> None:
        for dimension in (256, 1024):
            model = CohereEmbedModel("embed-v4.0", api_key=vendor.key, base_url=vendor.url, dimension=dimension)
            assert len(await model.aget_query_embedding("cats")) == dimension
            await model.aclose()

    async def test_v3(self, vendor: Vendor) -> None:
        model = CohereEmbedModel("embed-english-light-v3.0", api_key=vendor.key, base_url=vendor.url)
        assert len(await model.aget_text_embedding("cats")) == model.dimension == 384
        await model.aclose()

    async def test_reranking_puts_the_answer_first(self, vendor: Vendor) -> None:
        reranker = CohereRerank(RERANK, api_key=vendor.key, base_url=vendor.url, top_n=2)
        nodes = [NodeWithScore(node=TextNode(text=text), score=0.5) for text in TEXTS]
        ranked = await reranker.apostprocess_nodes(nodes, QueryBundle("When is the invoice due?"))
        assert len(ranked) == 2
        assert ranked[0].node.get_content() == TEXTS[1]
        assert 0 <= (ranked[1].score or 0) < (ranked[0].score or 0) <= 1
        await reranker.aclose()

    async def test_a_wrong_key_is_refused(self, vendor: Vendor) -> None:
        model = CohereEmbedModel(EMBED, api_key="wrong", base_url=vendor.url)
        with pytest.raises(VendorRefused) as caught:
            await model.aget_query_embedding("cats")
        assert caught.value.status == 401
        await model.aclose()


@pytest.fixture
async def emulator() -> AsyncIterator[CohereEmulator]:
    async with CohereEmulator() as emulator:
        yield emulator


@pytest.fixture
async def model(emulator: CohereEmulator) -> AsyncIterator[CohereEmbedModel]:
    model = CohereEmbedModel(api_key=API_KEY, base_url=emulator.url, dimension=256, document_patience=IMPATIENT)
    yield model
    await model.aclose()


class TestEmbedding:
    async def test_batches_of_96_in_order_with_bounded_concurrency(self, emulator: CohereEmulator) -> None:
        emulator.seconds = 0.02
        model = CohereEmbedModel(api_key=API_KEY, base_url=emulator.url, dimension=256, max_concurrency=2)
        texts = [f"text number {n}" for n in range(5 * MAX_BATCH + 7)]
        vectors = await model.aget_text_embedding_batch(texts)
        assert vectors == [emulated.bag_of_words(text, 256) for text in texts]
        assert [len(received.json()["texts"]) for received in emulator.received].count(MAX_BATCH) == 5
        assert emulator.calls == 6
        assert emulator.most_at_once == 2
        assert emulator.connections == 2
        await model.aclose()

    async def test_queries_and_documents_say_what_they_are(
        self, emulator: CohereEmulator, model: CohereEmbedModel
    ) -> None:
        await model.aget_query_embedding("q")
        await model.aget_text_embedding("d")
        await model.aget_text_embedding_batch(["d", "e"])
        await model.aget_agg_embedding_from_queries(["q", "r"])
        types = [received.json()["input_type"] for received in emulator.received]
        assert types[:3] == ["search_query", "search_document", "search_document"]
        assert set(types[3:]) == {"search_query"}
        assert all(received.json()["output_dimension"] == 256 for received in emulator.received)
        assert all(received.json()["embedding_types"] == ["float"] for received in emulator.received)

    async def test_v3_is_sent_no_dimension(self, emulator: CohereEmulator) -> None:
        model = CohereEmbedModel("embed-multilingual-v3.0", api_key=API_KEY, base_url=emulator.url, dimension=1024)
        await model.aget_query_embedding("q")
        assert "output_dimension" not in emulator.received[0].json()
        await model.aclose()

    async def test_a_model_of_tomorrow_is_taken(
        self, emulator: CohereEmulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(emulated.DIMENSIONS, "embed-v9.0", (2048, 512))
        model = CohereEmbedModel("embed-v9.0", api_key=API_KEY, base_url=emulator.url, dimension=512)
        assert len(await model.aget_query_embedding("q")) == 512
        undecided = CohereEmbedModel("embed-v9.0", api_key=API_KEY, base_url=emulator.url)
        assert len(await undecided.aget_query_embedding("q")) == 2048
        await model.aclose()
        await undecided.aclose()

    async def test_sync_methods_work_beside_a_loop(self, model: CohereEmbedModel) -> None:
        vectors = await asyncio.to_thread(model.get_text_embedding_batch, ["a text", "another"])
        assert vectors == await model.aget_text_embedding_batch(["a text", "another"])

    async def test_one_failed_batch_fails_all_and_stops_the_rest(self, emulator: CohereEmulator) -> None:
        emulator.seconds = 0.02
        model = CohereEmbedModel(api_key=API_KEY, base_url=emulator.url, max_concurrency=1, document_patience=IMPATIENT)
        emulator.failures.extend([None, Failure("status", 400)])
        with pytest.raises(VendorRefused):
            await model._aembed([f"text {n}" for n in range(10 * MAX_BATCH)])
        assert emulator.calls <= 3
        await model.aclose()

    async def test_no_retries_multiply(self, emulator: CohereEmulator, model: CohereEmbedModel) -> None:
        emulator.failing = Failure("status", 503)
        with pytest.raises(VendorBroken):
            await model.aget_text_embedding_batch(["a", "b"])
        assert emulator.calls == 2

    async def test_ingestion_outwaits_a_limited_rate(self, emulator: CohereEmulator) -> None:
        retries = INGESTION_PATIENCE.retries
        assert retries.attempts >= 5
        assert retries.max_retry_after >= 60
        model = CohereEmbedModel(
            api_key=API_KEY,
            base_url=emulator.url,
            document_patience=Patience(5, 20, RetryPolicy(attempts=5, first_delay=0.01, max_delay=0.02)),
        )
        emulator.failures.extend([Failure("status", 429, retry_after="0.05")] * 3)
        assert len(await model.aget_text_embedding("patient")) == 1536
        assert emulator.calls == 4
        await model.aclose()

    async def test_no_texts_cost_no_call(self, emulator: CohereEmulator, model: CohereEmbedModel) -> None:
        assert await model.aget_text_embedding_batch([]) == []
        assert emulator.calls == 0

    async def test_the_key_is_in_no_repr_and_no_dump(self, model: CohereEmbedModel) -> None:
        assert API_KEY not in repr(model) + str(model) + json.dumps(model.to_dict(), default=str)

    def test_wrong_configuration_is_refused(self) -> None:
        with pytest.raises(ValueError, match="1536, 1024, 512, 256"):
            CohereEmbedModel("embed-v4.0", api_key=API_KEY, dimension=384)
        with pytest.raises(ValueError, match="input_type"):
            CohereEmbedModel(api_key=API_KEY, input_type="search_document")
        with pytest.raises(ConfigurationError, match="COHERE_API_KEY"):
            CohereEmbedModel(api_key="")
        with pytest.raises(ConfigurationError, match="COHERE_API_KEY"):
            CohereRerank(api_key="")

    def test_the_emulator_knows_the_same_dimensions(self) -> None:
        assert emulated.DIMENSIONS == DIMENSIONS


class TestRerank:
    async def test_the_embedded_text_is_what_is_ranked(self, emulator: CohereEmulator) -> None:
        reranker = CohereRerank(api_key=API_KEY, base_url=emulator.url)
        node = TextNode(text="It is due.", metadata={"breadcrumb": "Invoices", "uri": "x.md"})
        node.excluded_embed_metadata_keys = ["uri"]
        await reranker.apostprocess_nodes([NodeWithScore(node=node, score=1)], query_str="invoice")
        body = emulator.received[0].json()
        assert body["documents"] == ["breadcrumb: Invoices\n\nIt is due."]
        assert (body["model"], body["query"], body["top_n"]) == ("rerank-v3.5", "invoice", 1)
        await reranker.aclose()

    async def test_nothing_to_rank_costs_no_call(self, emulator: CohereEmulator) -> None:
        reranker = CohereRerank(api_key=API_KEY, base_url=emulator.url)
        assert await reranker.apostprocess_nodes([], query_str="invoice") == []
        with pytest.raises(ValueError, match="query"):
            await reranker.apostprocess_nodes([NodeWithScore(node=TextNode(text="x"))])
        assert emulator.calls == 0
        await reranker.aclose()

    async def test_a_failure_is_raised_never_hidden(self, emulator: CohereEmulator) -> None:
        emulator.failing = Failure("status", 500)
        reranker = CohereRerank(api_key=API_KEY, base_url=emulator.url, patience=IMPATIENT)
        nodes = [NodeWithScore(node=TextNode(text=text), score=0.5) for text in TEXTS]
        with pytest.raises(VendorError):
            await reranker.apostprocess_nodes(nodes, query_str="invoice")
        await reranker.aclose()

    async def test_sync_methods_work_beside_a_loop(self, emulator: CohereEmulator) -> None:
        reranker = CohereRerank(api_key=API_KEY, base_url=emulator.url, top_n=1)
        nodes = [NodeWithScore(node=TextNode(text=text), score=0.5) for text in TEXTS]
        ranked = await asyncio.to_thread(reranker.postprocess_nodes, nodes, query_str="volcano at night")
        assert [node.node.get_content() for node in ranked] == [TEXTS[2]]
        await reranker.aclose()

    async def test_the_key_is_in_no_repr(self) -> None:
        assert API_KEY not in repr(CohereRerank(api_key=API_KEY))
