"""From a question to the passages that may answer it: embed, search both legs, fuse, weigh, optionally rerank."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import NamedTuple

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.callbacks import CallbackManager
from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent, RetrievalStartEvent
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from pipelines.errors import VendorError
from pipelines.instrumentation import call_span, is_watched, unless_watched
from pipelines.languages.known import language_by_code
from pipelines.retrieval.curated import CROWDED, SameQuestion, as_fused, part_answers
from pipelines.retrieval.fusion import QUALITY_WEIGHTS, Legs, fuse_weighted
from pipelines.retrieval.gathering import RankedHit, gather_passages, quality_of
from pipelines.retrieval.query_cache import QueryCache
from pipelines.retrieval.retrieval_memory import RetrievalMemory
from pipelines.retrieval.section_nodes import node_of, node_of_passage
from pipelines.retrieval.section_store import CANDIDATES, LegQuery, run_to_end
from pipelines.retrieval.vector_store import SectionSearch
from pipelines.retrieval.weighing import CITED_BONUS, PAGE_BONUS, PageBonuses, page_url, weigh
from pipelines.text.synonyms import other_words
from pipelines.tracing import stage
from pipelines.types import Filters, PageContext, Passage
from storage_config.vectors.points import PointHit
from storage_config.vocabulary import Quality

logger = logging.getLogger(__name__)
_REMEMBERED_URIS, _REMEMBERED_CHARS = 8, 1_000
_MAX_CITED = 20  # pages

TOP_N = 8
# How many a reranker reads at most: its price and its half second grow with them.
RERANKED = 50


class QueryText(NamedTuple):
    """A text to search with and how much it counts beside the others; the question itself counts 1."""

    text: str
    weight: float = 1.0


class Retrieval(NamedTuple):
    """Passages by rank, and milliseconds by stage: `embed_ms`, `search_ms`, `fuse_ms` and, with one, `rerank_ms`."""

    passages: list[Passage]
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class RankingOptions:
    """How passages are ranked: `top_k` candidates of each leg, `top_n` kept, weights by quality, the page's bonus."""

    top_k: int = CANDIDATES
    top_n: int = TOP_N
    quality_weights: Mapping[Quality, float] = field(default_factory=lambda: QUALITY_WEIGHTS)
    page_bonus: float = PAGE_BONUS
    cited_bonus: float = CITED_BONUS


class _SearchedFor(NamedTuple):
    """All that the passages of a question depend on, but for the collection."""

    asked: tuple[QueryText, ...]
    filters: Filters | None = None
    page: PageContext | None = None
    cited: tuple[str, ...] = ()  # pages, without anchors
    top_n: int = TOP_N

    @property
    def is_short(self) -> bool:
        """Whether a question is worth remembering by all that it was asked with: thousands of pages are no key."""
        uris = len(self.filters.uris) if self.filters is not None else 0
        read = len(self.page.selected_text) if self.page is not None else 0
        return uris <= _REMEMBERED_URIS and read + sum(map(len, self.cited)) <= _REMEMBERED_CHARS


class SectionRetriever(BaseRetriever):
    """A LlamaIndex retriever over a section store.

    `retrieve_passages` is the house's own call; `aretrieve` and `retrieve` give LlamaIndex's nodes with scores.
    """

    def __init__(
        self,
        store: SectionSearch,
        embed_model: BaseEmbedding,
        *,
        options: RankingOptions | None = None,
        reranker: BaseNodePostprocessor | None = None,
        language: str = "english",
        synonyms: tuple[str, ...] = (),
    ) -> None:
        super().__init__(callback_manager=CallbackManager([]))
        self._store = store
        self._embed_model = embed_model
        self._options = options or RankingOptions()
        self._reranker = reranker
        self._language = language
        self._synonyms = synonyms
        self._least_cosine: float = getattr(embed_model, "least_cosine", 0.0)
        remembers = getattr(embed_model, "remembers_queries", False)
        self._query_cache = None if remembers else QueryCache()
        self._remembered = RetrievalMemory()

    async def retrieve_passages(
        self,
        texts: Sequence[QueryText | str],
        *,
        filters: Filters | None = None,
        page: PageContext | None = None,
        cited: tuple[str, ...] = (),
        top_n: int | None = None,
    ) -> Retrieval:
        """The best `top_n` passages for the texts together, in one round trip to the store.

        What stands on the reader's `page`, or on a page of the sections that were `cited` before, is found sooner. The
        first text is the question: raw scores are its own, and the reranker reads it. Raises VectorsUnavailable,
        and VendorError of the embedding model; a reranker that fails costs its order only.
        """
        asked = tuple(QueryText(one) if isinstance(one, str) else one for one in texts)
        pages = tuple(sorted({page_url(url) for url in cited}))[:_MAX_CITED]
        wanted = _SearchedFor(asked, filters, page, pages, top_n or self._options.top_n)
        if not is_watched():
            return await self._passages(wanted)
        bundle = QueryBundle(asked[0].text if asked else "")
        with call_span(self.retrieve_passages, asked) as span, span.current():
            span.tell(RetrievalStartEvent, str_or_query_bundle=bundle)
            retrieval = await self._passages(wanted)
            span.result = [node_of_passage(passage) for passage in retrieval.passages]
            span.tell(RetrievalEndEvent, str_or_query_bundle=bundle, nodes=span.result)
        return retrieval

    async def _passages(self, wanted: _SearchedFor) -> Retrieval:
        revision = self._store.revision() if self._reranker is None and wanted.is_short else None
        if revision is not None and (known := self._remembered.get(wanted, revision)) is not None:
            return Retrieval(list(known), dict.fromkeys(("embed_ms", "search_ms", "fuse_ms"), 0.0))
        ranked, timings = await self._rank(wanted)
        passages = gather_passages(ranked, top_n=wanted.top_n)
        if revision is not None and revision == self._store.revision():
            self._remembered.keep(wanted, revision, tuple(passages))
        return Retrieval(passages, timings)

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        ranked, _ = await self._rank(_SearchedFor((QueryText(query_bundle.query_str),)))
        return [_as_node(one) for one in ranked[: self._options.top_n]]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """For notebooks over the embedded store; a server's client belongs to one event loop."""
        return run_to_end(lambda: self._aretrieve(query_bundle))

    async def _rank(self, wanted: _SearchedFor) -> tuple[list[RankedHit], dict[str, float]]:
        asked, filters = wanted.asked, wanted.filters
        if not asked:
            raise ValueError("nothing to search for")
        clock = _StageClock()
        with stage("embed", **{"footnoted.texts": len(asked)}):
            embeddings = await self._embed_all([text for text, _ in asked])
        clock.end("embed_ms")
        language = self._language_of(filters)
        queries = [
            LegQuery(vector, text, other_words(text, language, self._synonyms).keys())
            for (text, _), vector in zip(asked, embeddings, strict=True)
        ]
        with stage("search"):
            legs, answers = await self._search(queries, filters)
        clock.end("search_ms")
        with stage("fuse"):
            answer = self._same_question(language).best(asked[0].text, answers)
            hits = fuse_weighted([(found, weight) for found, (_, weight) in zip(legs, asked, strict=True)])
            ranked = weigh(
                hits,
                asked[0].text,
                qualities=self._options.quality_weights,
                bonuses=self._page_bonuses(wanted),
                language=language,
            )
        clock.end("fuse_ms")
        if self._reranker is not None and ranked:
            with stage("rerank"):
                ranked = await self._rerank(self._reranker, asked[0].text, ranked)
            clock.end("rerank_ms")
        return [_leading(answer, ranked), *ranked] if answer else ranked, clock.stages

    async def _search(
        self, queries: Sequence[LegQuery], filters: Filters | None
    ) -> tuple[list[Legs], tuple[PointHit, ...]]:
        """The passages of both legs, and what its owner wrote for questions like the first text."""
        search, top_k = self._store.aquery_legs, self._options.top_k
        found = [legs.above(self._least_cosine) for legs in await search(queries, filters=filters, top_k=top_k)]
        legs, answers = part_answers(found)
        if len(found[0].dense) - len(legs[0].dense) > CROWDED:
            searched = await search(queries, filters=filters, top_k=top_k, with_answers=False)
            legs = [one.above(self._least_cosine) for one in searched]
        return legs, answers

    def _page_bonuses(self, wanted: _SearchedFor) -> PageBonuses:
        here = wanted.page.url if wanted.page is not None else ""
        return PageBonuses.of(
            here, wanted.cited, page_bonus=self._options.page_bonus, cited_bonus=self._options.cited_bonus
        )

    def _same_question(self, language: str) -> SameQuestion:
        measured: float | None = getattr(self._embed_model, "least_same_question", None)
        return SameQuestion(language, self._synonyms, measured)

    def _language_of(self, filters: Filters | None) -> str:
        """That of the one locale that is searched, else the corpus's own."""
        locale = filters.locales[0] if filters is not None and len(filters.locales) == 1 else None
        language = language_by_code(locale) if locale else None
        return language.name if language else self._language

    async def _embed_all(self, texts: Sequence[str]) -> list[list[float]]:
        if len(texts) == 1:  # as nearly always: a task of its own would take two more turns of a busy loop
            return [await self._embed(texts[0])]
        return await asyncio.gather(*(self._embed(text) for text in texts))

    async def _embed(self, text: str) -> list[float]:
        embed = unless_watched(self._embed_model.aget_query_embedding)
        if self._query_cache is None:
            return await embed(text)
        vector: list[float] = (await self._query_cache.get_or_await(self._embed_model.model_name, text, embed)).tolist()
        return vector

    async def _rerank(self, reranker: BaseNodePostprocessor, question: str, ranked: list[RankedHit]) -> list[RankedHit]:
        """The reranker's order, weighed by quality again, since its scores replace those that were."""
        candidates = ranked[: min(self._options.top_k, RERANKED)]
        nodes = [_as_node(one) for one in candidates]
        try:
            answered = await reranker.apostprocess_nodes(nodes, query_str=question)
        except VendorError as error:
            logger.warning("reranking failed, the fused order stays: %s", error)
            return ranked
        by_id = {one.hit.id: one for one in candidates}
        reranked = [
            known._replace(score=self._weight(known) * rerank, rerank_score=rerank)
            for one in answered
            if (rerank := one.score) is not None and (known := by_id.get(one.node.node_id)) is not None
        ]
        return sorted(reranked, key=lambda one: (-one.score, one.hit.id))

    def _weight(self, one: RankedHit) -> float:
        return self._options.quality_weights[quality_of(one.hit.payload)]


class _StageClock:
    """Milliseconds between the ends of stages."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = perf_counter()

    def end(self, stage: str) -> None:
        now = perf_counter()
        self.stages[stage] = (now - self._last) * 1e3
        self._last = now


def _leading(answer: PointHit, ranked: Sequence[RankedHit]) -> RankedHit:
    """The answer ahead of all that was found, also by its score."""
    return RankedHit(as_fused(answer), max([answer.score, *(one.score for one in ranked[:1])]))


def _as_node(one: RankedHit) -> NodeWithScore:
    return NodeWithScore(node=node_of(one.hit.id, one.hit.payload), score=one.score)
