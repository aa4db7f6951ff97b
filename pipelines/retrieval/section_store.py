"""The LlamaIndex vector store that both of ours are: nodes to points and back, queries of both legs.

A query asks both legs, dense and BM25, in one round trip and gets their raw scores. Everything is async; the sync
methods that LlamaIndex wants are for notebooks and run their async twin to its end.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.core.vector_stores import MetadataFilters, VectorStoreQuery, VectorStoreQueryResult
from llama_index.core.vector_stores.types import BasePydanticVectorStore, VectorStoreQueryMode
from pydantic import PrivateAttr

from pipelines.retrieval.curated import QUESTION
from pipelines.retrieval.fusion import DENSE_WEIGHT, FusedHit, Legs, fuse
from pipelines.retrieval.metadata_filters import metadata_filter, passage_filter, query_filter
from pipelines.retrieval.section_nodes import node_of, payload_of
from pipelines.text.bm25 import Bm25Encoder
from pipelines.types import Filters
from storage_config.vectors.conditions import Filter, HasId, match_page
from storage_config.vectors.points import Payload, PointHit, Points, PointSearch, SparseVector, StoredPoint

T = TypeVar("T")

# Candidates of each leg in a hybrid query. What one leg misses counts 0 there, so short lists rank by chance: among
# MT-RAG's cloud passages, full of near copies, 50 lose .03 of nDCG@10 against all of them, and 100 lose .01 for .4 ms.
CANDIDATES = 100
OTHER_WORDS = 0.4
_BM25_ONLY = (VectorStoreQueryMode.SPARSE, VectorStoreQueryMode.TEXT_SEARCH)
_HYBRID = (VectorStoreQueryMode.HYBRID, VectorStoreQueryMode.SEMANTIC_HYBRID)


@dataclass(frozen=True, slots=True)
class LegQuery:
    """One query text for both legs. `embedding` is its dense vector, `beside` what BM25 looks for as well.

    These are stems that say what the text says in another word; they count `OTHER_WORDS` of a word of the text.
    """

    embedding: list[float]
    text: str
    beside: Collection[int] = ()


class SectionVectorStore(BasePydanticVectorStore):
    """What both stores share: nodes to points and back, queries of both legs."""

    stores_text: bool = True
    flat_metadata: bool = False

    _points: Points = PrivateAttr()
    _encoder: Bm25Encoder = PrivateAttr()

    async def async_add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        """Writes nodes that carry embeddings; BM25 is encoded here, in a thread. Returns their ids."""
        points = await asyncio.to_thread(lambda: [self._as_point(node) for node in nodes])
        await self._points.upsert(points)
        return [point.id for point in points]

    async def adelete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        """Deletes the points of a page; LlamaIndex's document id is the page's uri here."""
        await self._points.delete_matching(match_page(ref_doc_id))

    async def adelete_nodes(
        self,
        node_ids: list[str] | None = None,
        filters: MetadataFilters | None = None,
        **delete_kwargs: Any,
    ) -> None:
        """Deletes by id, or what matches the filters (and is among the ids, where both are given).

        Neither ids nor filters delete nothing.
        """
        if filters is None or not filters.filters:
            await self._points.delete(node_ids or [])
        elif node_ids is None:
            await self._points.delete_matching(metadata_filter(filters))
        elif node_ids:
            await self._points.delete_matching(Filter(must=(HasId(tuple(node_ids)), metadata_filter(filters))))

    async def aclear(self) -> None:
        """Deletes every point and leaves the collection."""
        await self._points.delete(list(await self._points.scroll()))

    async def adrop(self) -> None:
        """Deletes the collection."""
        await self._points.drop()

    async def aset_payloads(self, nodes: Sequence[BaseNode]) -> None:
        """Gives points that exist the payload of these nodes, vectors untouched. A missing point is an error."""
        await self._points.overwrite_payloads({node.node_id: payload_of(node) for node in nodes})

    async def alist_points(self, uri: str | None = None) -> dict[str, Payload]:
        """Payloads by id, of one page or of all, read in pages."""
        return await self._points.scroll(None if uri is None else match_page(uri))

    async def akeep_pages(self, counts: Mapping[str, int]) -> list[str]:
        """Deletes the points of every page that is not named, and returns the uris of pages with other counts."""
        found: Counter[str] = Counter()
        async for batch in self._points.uris():
            await self._points.delete([point for point, uri in batch.items() if uri not in counts])
            found.update(uri for uri in batch.values() if uri in counts)
        return [uri for uri, count in counts.items() if found[uri] != count]

    async def acount(self) -> int:
        """How many points there are."""
        return await self._points.count()

    async def aget_nodes(
        self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **kwargs: Any
    ) -> list[BaseNode]:
        """Nodes by id, or all that match the filters, without embeddings."""
        if node_ids is not None:
            found = await self._points.retrieve(node_ids)
        else:
            wanted = metadata_filter(filters) if filters is not None and filters.filters else None
            found = await self._points.scroll(wanted)
        return [node_of(node_id, payload) for node_id, payload in found.items()]

    async def aquery_legs(
        self,
        queries: Sequence[LegQuery],
        *,
        filters: Filters | None = None,
        top_k: int = CANDIDATES,
        with_answers: bool = True,
    ) -> list[Legs]:
        """Both legs of every query text, `top_k` hits each, raw scores and payloads, in one round trip."""
        locales = filters.locales if filters is not None else ()
        encoder = self._encoder.for_locale(locales[0] if len(locales) == 1 else None)
        sparse = [_encoded(query, encoder) for query in queries]
        condition = passage_filter(filters, with_answers=with_answers)
        return await self._legs(queries, sparse, condition, top_k)

    def revision(self) -> int | None:
        """Another number after every write; None, as here, where others may write unseen."""
        return None

    async def aquery(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        """LlamaIndex's query. Modes: default (cosine), sparse and text_search (BM25), hybrid (both, fused).

        In a hybrid query `alpha` is the weight of the dense leg, 0 and 1 included. Raises ValueError for another
        mode, and for a query that lacks the embedding or the text that its mode needs.
        """
        hits = await self._ranked(query)
        top = hits[: query.hybrid_top_k or query.similarity_top_k]
        return VectorStoreQueryResult(
            nodes=[node_of(hit.id, hit.payload) for hit in top],
            similarities=[hit.score for hit in top],
            ids=[hit.id for hit in top],
        )

    def add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        """Sync twin of `async_add`, for notebooks."""
        return self._run(lambda store: store.async_add(nodes))

    def delete(self, ref_doc_id: str, **delete_kwargs: Any) -> None:
        """Sync twin of `adelete`, for notebooks."""
        self._run(lambda store: store.adelete(ref_doc_id))

    def delete_nodes(
        self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **delete_kwargs: Any
    ) -> None:
        """Sync twin of `adelete_nodes`, for notebooks."""
        self._run(lambda store: store.adelete_nodes(node_ids, filters))

    def clear(self) -> None:
        """Sync twin of `aclear`, for notebooks."""
        self._run(lambda store: store.aclear())

    def get_nodes(
        self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **kwargs: Any
    ) -> list[BaseNode]:
        """Sync twin of `aget_nodes`, for notebooks."""
        return self._run(lambda store: store.aget_nodes(node_ids, filters))

    def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        """Sync twin of `aquery`, for notebooks."""
        return self._run(lambda store: store.aquery(query))

    def _run(self, call: Callable[["SectionVectorStore"], Awaitable[T]]) -> T:
        return run_to_end(lambda: call(self))

    async def _ranked(self, query: VectorStoreQuery) -> Sequence[PointHit | FusedHit]:
        condition, mode, top_k = query_filter(query), query.mode, query.similarity_top_k
        if mode == VectorStoreQueryMode.DEFAULT:
            return (await self._points.search([PointSearch(_embedding(query), top_k, condition)]))[0]
        if mode in _BM25_ONLY:
            return await self._search_bm25(_text(query), condition, query.sparse_top_k or top_k)
        if mode not in _HYBRID:
            raise ValueError(f"the query mode {mode.value!r} is not supported")
        asked = LegQuery(_embedding(query), _text(query))
        sparse = [_encoded(asked, self._encoder)]
        legs = await SectionVectorStore._legs(self, [asked], sparse, condition, max(top_k, CANDIDATES))
        return fuse(legs[0], dense_weight=DENSE_WEIGHT if query.alpha is None else query.alpha)

    async def _search_bm25(self, text: str, condition: Filter | None, limit: int) -> Sequence[PointHit]:
        vector = self._encoder.encode_query(text)
        return (await self._points.search([PointSearch(vector, limit, condition)]))[0] if vector.indices else []

    async def _legs(
        self, queries: Sequence[LegQuery], sparse: Sequence[SparseVector], condition: Filter | None, top_k: int
    ) -> list[Legs]:
        """A text of stop words only has no BM25 leg to ask for."""
        searches = [PointSearch(query.embedding, top_k, condition) for query in queries]
        searches += [PointSearch(vector, top_k, condition) for vector in sparse if vector.indices]
        answers = await self._points.search(searches) if searches else []
        bm25 = iter(answers[len(queries) :])
        return [
            Legs(tuple(dense), tuple(next(bm25)) if vector.indices else ())
            for dense, vector in zip(answers[: len(queries)], sparse, strict=True)
        ]

    def _as_point(self, node: BaseNode) -> StoredPoint:
        """BM25 reads what the embedding model reads (the breadcrumb counts), in the language of the page's locale."""
        encoder = self._encoder.for_locale(node.metadata.get("locale"))
        # What is found by a question of its owner takes no part in the words of the pages.
        read = "" if QUESTION in node.metadata else node.get_content(MetadataMode.EMBED)
        sparse = encoder.encode_document(read)
        return StoredPoint(node.node_id, node.get_embedding(), sparse, payload_of(node))


def _encoded(query: LegQuery, encoder: Bm25Encoder) -> SparseVector:
    vector = encoder.encode_query(query.text)
    beside = [stem for stem in query.beside if stem not in vector.indices]
    return SparseVector([*vector.indices, *beside], [*vector.values, *[OTHER_WORDS] * len(beside)])


def _embedding(query: VectorStoreQuery) -> list[float]:
    if query.query_embedding is None:
        raise ValueError(f"the query mode {query.mode.value!r} needs query_embedding")
    return query.query_embedding


def _text(query: VectorStoreQuery) -> str:
    if query.query_str is None:
        raise ValueError(f"the query mode {query.mode.value!r} needs query_str")
    return query.query_str


def run_to_end(call: Callable[[], Awaitable[T]]) -> T:
    """The result of an async call from sync code; inside a running loop (a notebook) it runs in a thread of its own."""

    async def awaited() -> T:
        return await call()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(awaited())
    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(asyncio.run, awaited()).result()
