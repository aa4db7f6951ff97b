"""The collection that readers are served from, found again when it is switched."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from pipelines.corpus import CorpusSpec
from pipelines.errors import CorpusNotIngested
from pipelines.retrieval.retriever import QueryText, Retrieval, SectionRetriever
from pipelines.types import Filters, PageContext, Question
from storage_config.editions import DEFAULT_EDITION, PublishedEdition, edition_at
from storage_config.errors import VectorsUnavailable
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import Corpus, get_corpus

# How long another process's switch may go unnoticed while the old collection still answers. Only questions cause a
# look at the database: an idle server lets it sleep.
FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class IndexShape:
    """What a query must share with a collection: the embedding model, its dimension, the language of BM25.

    `chunk` says how its pages were cut, in tokens, for who compares collections; empty where it was not recorded.
    """

    embedding: str
    dimension: int
    language: str
    chunk: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: CorpusSpec, dimension: int) -> "IndexShape":
        """The shape that a corpus declares."""
        return cls(spec.embedding, dimension, spec.language, spec.chunk.model_dump())

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> "IndexShape":
        """The shape that an ingestion recorded."""
        embedding, language = str(shape["embedding"]), str(shape["language"])
        return cls(embedding, int(shape["dimension"]), language, shape.get("chunk") or {})

    def as_json(self) -> dict[str, Any]:
        """For the record of the corpus."""
        return asdict(self)


class SearchedIndex(Protocol):
    """Where passages come from: the active collection, or another one."""

    async def retrieve(
        self,
        texts: Sequence[QueryText],
        *,
        filters: Filters | None = None,
        page: PageContext | None = None,
        cited: tuple[str, ...] = (),
        top_n: int | None = None,
    ) -> tuple[Retrieval, "OpenIndex"]:
        """Passages for the texts and the collection that they come from, sooner from pages that are `cited`."""
        ...

    async def locale_for(self, question: Question) -> str | None:
        """The one locale of the pages that a question is answered from; None for the default one, and for several."""
        ...

    async def current(self) -> "OpenIndex":
        """The collection that is searched."""
        ...


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An open collection with the retriever that fits it.

    `editions` are those of its pages beside the default one. Unless its filters name others, a search keeps to one of
    them: that of the reader's page, else the default one. `has_editions` says that there are some, though they may not
    be known yet.
    """

    collection: str
    fingerprint: str
    shape: IndexShape
    retriever: SectionRetriever
    editions: tuple[PublishedEdition, ...] = ()
    has_editions: bool = False

    async def retrieve(
        self,
        texts: Sequence[QueryText],
        *,
        filters: Filters | None = None,
        page: PageContext | None = None,
        cited: tuple[str, ...] = (),
        top_n: int | None = None,
    ) -> tuple[Retrieval, "OpenIndex"]:
        """Passages from this collection, whichever is the active one."""
        if self.editions or self.has_editions:
            filters = self.within_edition(filters, page)
        return await self.retriever.retrieve_passages(texts, filters=filters, page=page, cited=cited, top_n=top_n), self

    def within_edition(self, filters: Filters | None, page: PageContext | None) -> Filters:
        """The filters with the versions and locales that a search keeps to."""
        asked = filters or Filters()
        edition = edition_at(page.url, self.editions) if page is not None else DEFAULT_EDITION
        return replace(asked, versions=asked.versions or (edition.version,), locales=asked.locales or (edition.locale,))

    def locale_within(self, filters: Filters | None, page: PageContext | None) -> str | None:
        """The one locale that a search keeps to; None for the default one, and for several."""
        locales = self.within_edition(filters, page).locales
        return locales[0] if len(locales) == 1 else None

    async def locale_for(self, question: Question) -> str | None:
        """As `SearchedIndex` says."""
        return self.locale_within(question.filters, question.page)

    async def current(self) -> "OpenIndex":
        """As `SearchedIndex` says."""
        return self


BuildRetriever = Callable[[str, IndexShape], Awaitable[SectionRetriever]]


class ActiveIndex:
    """Retrieves from a corpus's active collection. `build_retriever` opens a collection by name and shape.

    `has_editions` says that the corpus is declared to have others than the default one.
    """

    def __init__(
        self, corpus: str, database: Database, build_retriever: BuildRetriever, *, has_editions: bool = False
    ) -> None:
        self._has_editions = has_editions
        self._corpus = corpus
        self._database = database
        self._build_retriever = build_retriever
        self._open: OpenIndex | None = None
        self._looked_at = 0.0
        self._looking = asyncio.Lock()
        self._refresh: asyncio.Task[OpenIndex] | None = None

    async def retrieve(
        self,
        texts: Sequence[QueryText],
        *,
        filters: Filters | None = None,
        page: PageContext | None = None,
        cited: tuple[str, ...] = (),
        top_n: int | None = None,
    ) -> tuple[Retrieval, OpenIndex]:
        """Passages for the texts and the collection that they come from.

        A collection that was switched away from and dropped under the query is looked up and asked once more. Raises
        CorpusNotIngested, VectorsUnavailable, DatabaseUnavailable and VendorError of the embedding model.
        """
        index = await self.current()
        try:
            return await index.retrieve(texts, filters=filters, page=page, cited=cited, top_n=top_n)
        except VectorsUnavailable:
            index, before = await self.look_up(), index
            if index.collection == before.collection:
                raise
        return await index.retrieve(texts, filters=filters, page=page, cited=cited, top_n=top_n)

    async def locale_for(self, question: Question) -> str | None:
        """As `SearchedIndex` says. Raises CorpusNotIngested, VectorsUnavailable and DatabaseUnavailable."""
        return await (await self.current()).locale_for(question)

    async def current(self) -> OpenIndex:
        """The open index; looked up where it is not known, and in the background where it may be out of date."""
        if self._open is None:
            return await self.look_up()
        stale = time.monotonic() - self._looked_at > FRESH_SECONDS
        if stale and (self._refresh is None or self._refresh.done()):
            self._refresh = asyncio.create_task(self.look_up(), name=f"active collection of {self._corpus}")
            self._refresh.add_done_callback(_ignore_failure)
        return self._open

    async def look_up(self) -> OpenIndex:
        """The index as the database says now. Raises CorpusNotIngested."""
        began = time.monotonic()
        async with self._looking:
            if self._open is not None and self._looked_at > began:
                return self._open  # somebody looked while we waited
            corpus = await self._database.run(self._load)
            if corpus is None or corpus.active_collection is None:
                raise CorpusNotIngested(f"{self._corpus} holds nothing yet: run `footnoted ingest`.")
            if self._open is None or self._open.collection != corpus.active_collection:
                self._open = await self._build(corpus, corpus.active_collection)
            editions = tuple(PublishedEdition.from_json(one) for one in corpus.editions)
            if self._open.editions != editions:
                self._open = replace(self._open, editions=editions)
            self._looked_at = time.monotonic()
            return self._open

    async def _build(self, corpus: Corpus, collection: str) -> OpenIndex:
        shape = IndexShape.from_json(corpus.shape)
        retriever = await self._build_retriever(collection, shape)
        fingerprint = corpus.fingerprint or ""
        return OpenIndex(collection, fingerprint, shape, retriever, has_editions=self._has_editions)

    async def _load(self, session: Session) -> Corpus | None:
        return await get_corpus(session, name=self._corpus)


def _ignore_failure(task: "asyncio.Task[OpenIndex]") -> None:
    """A background look that fails leaves the index as it was; a question that needs it meets the failure itself."""
    if not task.cancelled():
        task.exception()
