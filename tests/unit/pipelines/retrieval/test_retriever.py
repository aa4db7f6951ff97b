import asyncio
import logging
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import BaseNode, MetadataMode, NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from pipelines.errors import VendorBusy
from pipelines.retrieval.curated import part_answers
from pipelines.retrieval.fusion import QUALITY_WEIGHTS, Legs
from pipelines.retrieval.retriever import QueryText, RankingOptions, SectionRetriever
from pipelines.retrieval.vector_store import LegQuery, SectionSearch
from pipelines.retrieval.weighing import PAGE_BONUS
from pipelines.types import Filters, PageContext
from storage_config.errors import VectorsUnavailable
from storage_config.vectors.points import Payload, PointHit
from storage_config.vocabulary import Quality


def payload(name: str, *, quality: Quality | str | None = "unknown", page: str = "guide") -> Payload:
    start, text = 100 * ord(name[0]), f"About {name}."
    return {
        "document_id": f"doc-{page}", "uri": f"{page}.md", "url": f"https://example.org/{page}#{name}",
        "title": "Guide", "heading_path": ["Install", name], "anchor": name, "text": text, "start": start,
        "end": start + len(text), "source_quality": quality, "bibliography": {"type": "book"}, "ordinal": 3,
        "fingerprint": "f",
    }  # fmt: skip


class RecordingStore(SectionSearch):
    """Answers each text with the legs set for it, and records what it was asked."""

    def __init__(self, legs: dict[str, Legs]) -> None:
        self.legs = legs
        self.asked: list[tuple[list[str], Filters | None, int]] = []
        self.written: int | None = None

    def revision(self) -> int | None:
        return self.written

    async def aquery_legs(
        self,
        queries: Sequence[LegQuery],
        *,
        filters: Filters | None = None,
        top_k: int = 50,
        with_answers: bool = True,
    ) -> list[Legs]:
        self.asked.append(([query.text for query in queries], filters, top_k))
        assert all(query.embedding == [float(len(query.text))] for query in queries)
        found = [self.legs[query.text] for query in queries]
        return found if with_answers else [part_answers([legs])[0][0] for legs in found]


class FailingStore(RecordingStore):
    async def aquery_legs(self, queries: Sequence[LegQuery], **_: Any) -> list[Legs]:
        raise VectorsUnavailable("away")


class LengthEmbedding(BaseEmbedding):
    """A text's vector is its length; records what it embeds, and holds it back until it is let go."""

    _texts: list[str] = PrivateAttr(default_factory=list)
    _reached: asyncio.Event | None = PrivateAttr(default=None)
    _let_go: asyncio.Event | None = PrivateAttr(default=None)
    _fails: bool = PrivateAttr(default=False)

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(len(query))]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        self._texts.append(query)
        if self._reached is not None:
            self._reached.set()
        if self._let_go is not None:
            await self._let_go.wait()
        if self._fails:
            raise VendorBusy("limited", vendor="cohere", status=429)
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)


class ReversingReranker(BaseNodePostprocessor):
    """Turns the order round, keeps `keeps` nodes, and records what it read."""

    keeps: int = 10
    error: bool = False
    _read: list[tuple[str, list[str]]] = PrivateAttr(default_factory=list)

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        assert query_bundle is not None
        self._read.append((query_bundle.query_str, [n.node.get_content(MetadataMode.EMBED) for n in nodes]))
        if self.error:
            raise VendorBusy("limited", vendor="cohere", status=429)
        kept = [NodeWithScore(node=n.node, score=rank / len(nodes)) for rank, n in enumerate(nodes, start=1)]
        return kept[::-1][: self.keeps]


def dense(*named: tuple[str, float], **shared: Any) -> Legs:
    return Legs(tuple(PointHit(name, score, payload(name, **shared)) for name, score in named), ())


def retriever(legs: Legs | dict[str, Legs], **options: Any) -> SectionRetriever:
    store = RecordingStore(legs if isinstance(legs, dict) else {"why?": legs})
    reranker = options.pop("reranker", None)
    return SectionRetriever(store, LengthEmbedding(), options=RankingOptions(**options), reranker=reranker)


def store_of(one: SectionRetriever) -> RecordingStore:
    assert isinstance(one._store, RecordingStore)
    return one._store


async def ranked(one: SectionRetriever, **asked: Any) -> list[tuple[str, float]]:
    passages, _ = await one.retrieve_passages(["why?"], **asked)
    return [(passage.node_id, round(passage.score, 4)) for passage in passages]


async def test_a_passage_is_its_point() -> None:
    hit = PointHit("a", 0.8, payload("a", quality="book"))
    found = await retriever(Legs((hit,), (PointHit("a", 6.0, hit.payload),))).retrieve_passages(["why?"])
    (passage,) = found.passages
    assert (passage.node_id, passage.document_id, passage.uri) == ("a", "doc-guide", "guide.md")
    assert (passage.url, passage.anchor) == ("https://example.org/guide#a", "a")
    assert (passage.heading_path, passage.text, passage.start, passage.end) == (
        ("Install", "a"),
        "About a.",
        9_700,
        9_708,
    )
    assert (passage.quality, passage.ordinal, passage.bibliography) == ("book", 3, {"type": "book"})
    assert passage.score == pytest.approx((0.4 + 0.25) * QUALITY_WEIGHTS["book"])
    assert (passage.dense_score, passage.bm25_score, passage.rerank_score) == (0.8, 6.0, None)
    assert set(found.timings) == {"embed_ms", "search_ms", "fuse_ms"}
    assert all(milliseconds >= 0 for milliseconds in found.timings.values())


async def test_one_round_trip_with_all_texts_and_the_options() -> None:
    legs = {"why?": dense(("a", 0.6), ("b", 0.5)), "before": dense(("b", 0.9), ("c", 0.8))}
    one = retriever(legs, top_k=7, top_n=2)
    filters = Filters(source_quality=("official",))
    passages, _ = await one.retrieve_passages([QueryText("why?"), QueryText("before", 0.3)], filters=filters)
    assert store_of(one).asked == [(["why?", "before"], filters, 7)]
    assert [(p.node_id, round(p.score, 4)) for p in passages] == [("b", 0.2962), ("a", 0.2308)]
    assert passages[0].dense_score == 0.5
    assert len((await one.retrieve_passages(["why?"], top_n=1)).passages) == 1


async def test_nothing_found_and_nothing_asked() -> None:
    assert await ranked(retriever(Legs((), ()), reranker=ReversingReranker())) == []
    with pytest.raises(ValueError, match="nothing to search for"):
        await retriever(Legs((), ())).retrieve_passages([])


async def test_quality_decides_between_equals_and_nothing_else() -> None:
    def of(name: str, score: float, quality: str | None) -> PointHit:
        return PointHit(name, score, payload(name, quality=quality))

    equals = Legs((of("blog", 0.8, "blog"), of("none", 0.8, None), of("peer", 0.8, "peer_reviewed")), ())
    assert [name for name, _ in await ranked(retriever(equals))] == ["peer", "none", "blog"]
    unequal = Legs((of("blog", 0.8, "blog"), of("peer", 0.7, "peer_reviewed")), ())
    assert [name for name, _ in await ranked(retriever(unequal))] == ["blog", "peer"]
    flat = retriever(equals, quality_weights=dict.fromkeys(QUALITY_WEIGHTS, 1.0))
    assert [name for name, _ in await ranked(flat)] == ["blog", "none", "peer"]  # by id
    odd = Legs((of("odd", 0.8, "scribbled"),), ())
    (passage,) = (await retriever(odd).retrieve_passages(["why?"])).passages
    assert passage.quality == "unknown"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/here",
        "https://example.org/here/",
        "https://example.org/here#part",
        "https://example.org/here?v=2#x",
    ],
)
async def test_the_readers_page_gains_a_little(url: str) -> None:
    elsewhere = PointHit("elsewhere", 0.62, payload("elsewhere"))
    here = PointHit("here", 0.6, payload("here", page="here"))
    far_off = PointHit("better", 0.9, payload("better"))
    one = retriever(Legs((far_off, elsewhere, here), ()))
    assert [name for name, _ in await ranked(one)] == ["better", "elsewhere", "here"]
    biased = await ranked(one, page=PageContext(url))
    assert biased == [("better", 0.45), ("here", round(0.3 + PAGE_BONUS, 4)), ("elsewhere", 0.31)]
    assert await ranked(one, page=PageContext("")) == await ranked(one)


async def test_a_reranker_reads_breadcrumbs_and_decides_the_order() -> None:
    reranker = ReversingReranker(keeps=2)
    one = retriever(dense(("a", 0.9), ("b", 0.8), ("c", 0.7)), reranker=reranker)
    passages, timings = await one.retrieve_passages(["why?"])
    assert reranker._read == [("why?", [f"Guide > Install > {n}\n\nAbout {n}." for n in "abc"])]
    assert [(p.node_id, p.rerank_score, p.dense_score) for p in passages] == [("c", 1.0, 0.7), ("b", 2 / 3, 0.8)]
    assert "rerank_ms" in timings


async def test_reranked_scores_are_weighed_by_quality() -> None:
    legs = Legs(
        (PointHit("a", 0.9, payload("a", quality="blog")), PointHit("b", 0.8, payload("b", quality="book"))), ()
    )
    passages, _ = await retriever(legs, reranker=ReversingReranker()).retrieve_passages(["why?"])
    assert [(p.node_id, p.score) for p in passages] == [("b", QUALITY_WEIGHTS["book"]), ("a", 0.5 * 0.97)]


async def test_a_reranker_that_fails_costs_its_order_only(caplog: pytest.LogCaptureFixture) -> None:
    one = retriever(dense(("a", 0.9), ("b", 0.8)), reranker=ReversingReranker(error=True))
    with caplog.at_level(logging.WARNING):
        passages, _ = await one.retrieve_passages(["why?"])
    assert [(p.node_id, p.rerank_score) for p in passages] == [("a", None), ("b", None)]
    assert "the fused order stays" in caplog.text


async def test_a_store_that_fails_is_not_hidden() -> None:
    with pytest.raises(VectorsUnavailable):
        await SectionRetriever(FailingStore({}), LengthEmbedding()).retrieve_passages(["why?"])


class TestQueryMemory:
    @pytest.fixture
    def model(self) -> LengthEmbedding:
        return LengthEmbedding(model_name="vendor/model")

    @pytest.fixture
    def one(self, model: LengthEmbedding) -> SectionRetriever:
        return SectionRetriever(RecordingStore({"why?": dense(("a", 0.9))}), model)

    async def test_a_question_is_embedded_once(self, one: SectionRetriever, model: LengthEmbedding) -> None:
        for _ in range(3):
            await asyncio.gather(*(one.retrieve_passages(["why?"]) for _ in range(5)))
        assert model._texts == ["why?"]

    async def test_one_who_leaves_leaves_the_call_to_the_others(
        self, one: SectionRetriever, model: LengthEmbedding
    ) -> None:
        model._reached, model._let_go = asyncio.Event(), asyncio.Event()
        first, second = (asyncio.create_task(one.retrieve_passages(["why?"])) for _ in range(2))
        await model._reached.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        model._let_go.set()
        assert len((await second).passages) == 1
        assert model._texts == ["why?"]

    async def test_a_vendors_failure_is_told_and_forgotten(self, one: SectionRetriever, model: LengthEmbedding) -> None:
        model._fails = True
        with pytest.raises(VendorBusy):
            await one.retrieve_passages(["why?"])
        model._fails = False
        assert len((await one.retrieve_passages(["why?"])).passages) == 1

    def test_a_loop_that_ended_in_between_holds_nobody_up(self, one: SectionRetriever, model: LengthEmbedding) -> None:
        async def leave() -> None:
            model._reached, model._let_go = asyncio.Event(), asyncio.Event()
            asking = asyncio.create_task(one.retrieve_passages(["why?"]))
            await model._reached.wait()
            asking.cancel()

        asyncio.run(leave())
        model._reached = model._let_go = None
        assert len(asyncio.run(one.retrieve_passages(["why?"])).passages) == 1

    async def test_a_model_that_remembers_itself_is_asked_each_time(self) -> None:
        class Remembering(LengthEmbedding):
            remembers_queries: ClassVar[bool] = True

        model = Remembering()
        one = SectionRetriever(RecordingStore({"why?": dense(("a", 0.9))}), model)
        await one.retrieve_passages(["why?"])
        await one.retrieve_passages(["why?"])
        assert model._texts == ["why?", "why?"]


async def test_llama_index_gets_nodes_with_scores() -> None:
    one = retriever(dense(("a", 0.9), ("b", 0.8)), top_n=1)
    (found,) = await one.aretrieve("why?")
    node: BaseNode = found.node
    assert (node.node_id, found.score, node.metadata["url"]) == ("a", 0.45, "https://example.org/guide#a")
    assert [n.node.node_id for n in one.retrieve("why?")] == ["a"]  # inside a running loop, as in a notebook


def test_llama_index_without_a_loop() -> None:
    assert [n.node.node_id for n in retriever(dense(("a", 0.9))).retrieve("why?")] == ["a"]


async def test_what_was_asked_before_is_searched_for_again_only_after_a_write() -> None:
    one = retriever(dense(("a", 0.9), ("b", 0.5)))
    store = store_of(one)
    store.written = 1
    first = await one.retrieve_passages(["why?"])
    again = await one.retrieve_passages([QueryText("why?")])
    assert again.passages == first.passages
    assert again.timings.keys() == first.timings.keys()
    assert len(store.asked) == 1
    await one.retrieve_passages(["why?"], top_n=1)
    await one.retrieve_passages(["why?"], filters=Filters(uris=("a.md",)))
    store.written = 2
    await one.retrieve_passages(["why?"])
    assert len(store.asked) == 4


async def test_a_store_that_cannot_tell_of_writes_is_asked_each_time() -> None:
    one = retriever(dense(("a", 0.9)))
    store = store_of(one)
    for written in (1, None, None):
        store.written = written
        await one.retrieve_passages(["why?"])
    assert len(store.asked) == 3


async def test_what_is_written_during_a_search_is_not_missed() -> None:
    one = retriever(dense(("a", 0.9)))
    store = store_of(one)
    store.written = 1

    class Overtaken(RecordingStore):
        async def aquery_legs(self, queries: Sequence[LegQuery], **options: Any) -> list[Legs]:
            self.written = 2
            return await super().aquery_legs(queries, **options)

    one._store = overtaken = Overtaken(store.legs)
    overtaken.written = 1
    await one.retrieve_passages(["why?"])
    await one.retrieve_passages(["why?"])
    await one.retrieve_passages(["why?"])
    assert len(overtaken.asked) == 2
