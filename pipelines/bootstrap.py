"""Wiring: everything is built and closed here, and nowhere else."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from llama_index.core.schema import Document

from pipelines.answering.chat_engine import ChatEngine, EngineParts
from pipelines.answering.product import SiteProduct
from pipelines.answering.references import check_style
from pipelines.answering.refusal import RefusalModel
from pipelines.answering.replay import BuildEngine, FindRetriever, Replayer
from pipelines.answering.scope import PagePlaces
from pipelines.answering.trying import cited_urls
from pipelines.corpus import CorpusSpec, choose_corpus, read_corpora
from pipelines.index_parts import has_locales, open_index_parts, store_builder
from pipelines.ingestion.corpus_pages import CorpusPages
from pipelines.ingestion.group_work import GroupRunner
from pipelines.ingestion.growth import StorageLimits
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.own_answers import OwnAnswers
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.insights import QuestionClusterer
from pipelines.model_registry import Models, embed_calls
from pipelines.readers.page_process import PageLimits, PageProcess
from pipelines.readers.page_source import FilePool, PageSource, SourcePage, Validators
from pipelines.retrieval.active_index import ActiveIndex, BuildRetriever, IndexShape, SearchedIndex
from pipelines.retrieval.retriever import SectionRetriever
from pipelines.retrieval.vector_store import BuildStore, Collections
from pipelines.single_flight import SingleFlight
from pipelines.text.bm25 import Bm25Encoder
from pipelines.types import Question, Upload
from storage_config.disk_space import DataDisk
from storage_config.editions import PublishedEdition
from storage_config.errors import DiskFull, VectorsUnavailable
from storage_config.postgres.database import Database
from storage_config.settings import Settings
from storage_config.storage import Storage, open_storage
from storage_config.vectors.points import PointCollections


class Cluster(FilePool, Protocol):
    """Other machines that ingestions are spread over."""

    def groups(self, spec: CorpusSpec) -> GroupRunner:
        """What works on groups of the corpus's pages there."""
        ...


PROBE_SECONDS = 5.0
Probe = tuple[bool, float, str]


@dataclass(frozen=True, slots=True)
class CorpusResources:
    """One corpus, ready to be ingested and asked."""

    spec: CorpusSpec
    ingestion: Ingestion
    pages: CorpusPages
    answers: OwnAnswers
    index: ActiveIndex
    engine: ChatEngine
    replayer: Replayer
    clusterer: QuestionClusterer

    @property
    def declared(self) -> str:
        """Digest of how the corpus file declares it."""
        return self.spec.digest()

    @property
    def access(self) -> tuple[str, ...]:
        """The groups that may know of it; all for none."""
        return self.spec.access

    @property
    def uses_llm(self) -> bool:
        """Whether a vendor's LLM works for its answers, which costs money."""
        return self.spec.llm[0] != "extractive" or self.spec.verifier.startswith("llm/")

    @property
    def search_calls(self) -> int:
        """How many calls of vendors a search takes: for the query's embedding, and to rank what it finds."""
        return sum(name.startswith("cohere/") for name in (self.spec.embedding, self.spec.rerank))

    def embed_calls(self, texts: int) -> int:
        """How many calls of a vendor it takes to embed so many texts."""
        return embed_calls(self.spec.embedding, texts)

    async def cited_urls(self, question: Question) -> tuple[str, ...]:
        """As `pipelines.answering.trying.cited_urls`, by the corpus's engine."""
        return await cited_urls(self.engine, question)


@dataclass(frozen=True, slots=True)
class Resources:
    """Everything that is open while a command or the server runs."""

    storage: Storage
    corpora: Mapping[str, CorpusResources]
    probes: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    circuits: Callable[[], Mapping[str, str]] = dict
    disk: DataDisk | None = None

    @property
    def settings(self) -> Settings:
        """The environment."""
        return self.storage.settings

    @property
    def database(self) -> Database:
        """Where records are kept."""
        return self.storage.database

    @property
    def vectors(self) -> PointCollections:
        """Where vectors are kept."""
        return self.storage.vectors

    @property
    def local_token(self) -> str | None:
        """What the owner of the data folder shows to act through this process; None without embedded storage."""
        return self.storage.state.token if self.storage.state else None

    def publish(self, url: str) -> None:
        """Tells the other processes that want the data folder where this one serves."""
        if self.storage.state:
            self.storage.state.publish(url)

    def corpus(self, name: str | None = None) -> CorpusResources:
        """The corpus of that name; the only one for None. Raises UnknownCorpus naming those that exist."""
        return self.corpora[choose_corpus(name, self.corpora)]

    def check_disk(self) -> Probe | None:
        """How the disk of the data folder is, as `check_health` says it; None where no store lies there."""
        if self.disk is None:
            return None
        began = time.perf_counter()
        try:
            self.disk.check()
        except DiskFull as error:
            return False, (time.perf_counter() - began) * 1e3, type(error).__name__
        return True, (time.perf_counter() - began) * 1e3, ""

    @property
    def paid_probes(self) -> tuple[str, ...]:
        """The dependencies that are probed by a call of a vendor each."""
        return tuple(name for name in self.probes if name.startswith("embedding cohere/"))

    async def check_health(self, *, without: Collection[str] = ()) -> dict[str, Probe]:
        """Probes each dependency but those: {name: (ok, latency in milliseconds, detail)}; never raises."""
        probes = {name: call for name, call in self.probes.items() if name not in without}
        results = await asyncio.gather(*(_probe(call) for call in probes.values()))
        return dict(zip(probes, results, strict=True))


@asynccontextmanager
async def open_resources(
    settings: Settings, *, command: str = "", cluster: Cluster | None = None
) -> AsyncIterator[Resources]:
    """What `settings` and the corpus file describe, open for the block; `command` is what an owner of state says.

    Ingestions are spread over the `cluster`, where there is one.

    Raises ConfigurationError, StateInUse when another process owns the embedded state, DatabaseUnavailable and
    SchemaOutdated.
    """
    specs = read_corpora(settings.config, need_folders=False)
    for spec in specs.values():
        check_style(spec.citation_style)
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(settings, command=command))
        models = Models(settings, stack)
        process = PageProcess(PageLimits.from_settings(settings))
        stack.callback(process.close)
        corpora = {name: await _open_corpus(spec, storage, models, process, cluster) for name, spec in specs.items()}
        probes = {"database": storage.database.ping, "vectors": storage.vectors.names}
        yield Resources(
            storage,
            corpora,
            probes | _embedding_probes(specs, models),
            models.circuits,
            DataDisk.from_settings(settings),
        )


@asynccontextmanager
async def open_clusterer(settings: Settings, spec: CorpusSpec) -> AsyncIterator[QuestionClusterer]:
    """What groups the questions of a corpus, for the block, with nothing else open. Raises ConfigurationError."""
    async with AsyncExitStack() as stack:
        models = Models(settings, stack)
        yield QuestionClusterer(await models.embed_model(spec.embedding, models.dimension(spec)))


class DeclaredPages:
    """The pages that the corpus file declares, as a PageSource, and those that are uploaded beside them.

    The readers (markdown, HTML, PDF) load where pages are first read, which asking never does.
    """

    def __init__(
        self, spec: CorpusSpec, process: PageProcess, *, max_page_chars: int, pool: FilePool | None = None
    ) -> None:
        self._spec = spec
        self._process = process
        self._max_page_chars = max_page_chars
        self._pool = pool

    @property
    def folders(self) -> tuple[Path, ...]:
        """As `PageSource` says."""
        return self._source.folders

    @property
    def editions(self) -> tuple[PublishedEdition, ...]:
        """As `PageSource` says."""
        return self._source.editions

    async def pages(self, known: Mapping[str, Validators]) -> Sequence[SourcePage]:
        """As `PageSource` says."""
        source = await asyncio.to_thread(lambda: self._source)  # loading takes as long as some questions
        return await source.pages(known)

    def uris_of(self, path: Path) -> tuple[str, ...]:
        """As `PageSource` says."""
        return self._source.uris_of(path)

    def holds(self, uri: str) -> bool:
        """As `PageSource` says."""
        return self._source.holds(uri)

    def read_upload(self, upload: Upload) -> Document:
        """As `pipelines.readers.upload` says, in the process that is killed where it takes too much."""
        from pipelines.readers.page_document import build_document
        from pipelines.readers.upload import describe_upload

        size, chars = len(upload.data), self._max_page_chars
        return build_document(
            self._process.call(size, upload.uri, describe_upload, self._spec, upload, max_page_chars=chars)
        )

    @cached_property
    def _source(self) -> PageSource:
        from pipelines.readers.sources import open_source

        return open_source(self._spec, max_page_chars=self._max_page_chars, process=self._process, pool=self._pool)


async def _open_corpus(
    spec: CorpusSpec, storage: Storage, models: Models, process: PageProcess, cluster: Cluster | None
) -> CorpusResources:
    settings, database, vectors = storage.settings, storage.database, storage.vectors
    parts = await open_index_parts(spec, vectors, models)
    declared = DeclaredPages(spec, process, max_page_chars=settings.max_page_chars, pool=cluster)
    ingestion = Ingestion(
        spec=spec,
        source=declared,
        read_upload=declared.read_upload,
        splitter=PageSplitter(spec, parts.fingerprint, process),
        embed_model=parts.embed_model,
        dimension=parts.dimension,
        database=database,
        collections=parts.collections,
        limits=StorageLimits(
            settings.qdrant_limit_bytes, settings.postgres_limit_bytes, DataDisk.from_settings(settings)
        ),
        runner=cluster.groups(spec) if cluster is not None else None,
    )
    await models.reranker(spec.rerank)  # a missing key is told at the start, not by the first question
    find = _retriever_finder(vectors, models, store_builder(settings), spec.voice.synonyms)
    builder = _retriever_builder(find, spec.rerank)
    index = ActiveIndex(spec.name, database, builder, has_editions=spec.has_editions)

    places = PagePlaces(spec.name, database, [part.base_url for part in spec.parts])
    engine = _engine_builder(models, SiteProduct(spec, database), places)

    # A model says itself what its passages do not carry; a false refusal before it is asked is paid by the reader.
    quotes_only = spec.llm[0] == "extractive"
    threshold = settings.refusal_threshold if quotes_only else settings.llm_refusal_threshold
    replayer = Replayer(spec, index, find, engine, refusal_threshold=threshold)
    pages = CorpusPages(ingestion, database, parts.collections)
    return CorpusResources(
        spec=spec,
        ingestion=ingestion,
        pages=pages,
        answers=OwnAnswers(spec.name, pages, database),
        index=index,
        engine=await engine(spec, index, threshold),
        replayer=replayer,
        clusterer=QuestionClusterer(parts.embed_model),
    )


def _retriever_finder(
    vectors: PointCollections, models: Models, build_store: BuildStore, synonyms: tuple[str, ...]
) -> FindRetriever:
    async def find(collection: str, shape: IndexShape, rerank: str) -> SectionRetriever | None:
        store = await Collections(vectors, Bm25Encoder(shape.language), build_store).open_existing(collection)
        if store is None:
            return None
        embed_model = await models.embed_model(shape.embedding, shape.dimension)
        return SectionRetriever(
            store,
            embed_model,
            reranker=await models.reranker(rerank),
            language=shape.language,
            synonyms=synonyms,
        )

    return find


def _retriever_builder(find: FindRetriever, rerank: str) -> BuildRetriever:
    async def build(collection: str, shape: IndexShape) -> SectionRetriever:
        retriever = await find(collection, shape, rerank)
        if retriever is None:
            raise VectorsUnavailable(f"Collection {collection} is recorded but not there: run `footnoted ingest`.")
        return retriever

    return build


def _engine_builder(models: Models, product: SiteProduct, places: PagePlaces) -> BuildEngine:
    """Engines for a declaration, where to search and a threshold; for each locale's language one of its own."""

    async def engine(declared: CorpusSpec, searched: SearchedIndex, threshold: float) -> ChatEngine:
        by_language = SingleFlight()

        async def build(language: str) -> ChatEngine:
            spec = declared.model_copy(update={"language": language})
            parts = await _engine_parts(spec, searched, threshold, models)
            return ChatEngine(replace(parts, product=product, places=places))

        async def in_language(name: str) -> ChatEngine:
            return await by_language.get(name, lambda: build(name))

        own = await build(declared.language)
        return ChatEngine(replace(own.parts, in_language=in_language)) if has_locales(declared) else own

    return engine


async def _engine_parts(spec: CorpusSpec, index: SearchedIndex, threshold: float, models: Models) -> EngineParts:
    answerer, llm = await models.answerer(spec)
    return EngineParts(
        spec=spec,
        index=index,
        answerer=answerer,
        verifier=await models.verifier(spec),
        refusal=RefusalModel.from_file(embedding=spec.embedding, language=spec.language, synonyms=spec.voice.synonyms),
        refusal_threshold=threshold,
        condense_llm=llm,
        judge=await models.sufficiency(spec),
    )


def _embedding_probes(specs: Mapping[str, CorpusSpec], models: Models) -> dict[str, Callable[[], Awaitable[object]]]:
    def probe(spec: CorpusSpec) -> Callable[[], Awaitable[object]]:
        async def embed() -> object:
            model = await models.embed_model(spec.embedding, models.dimension(spec))
            # Another text each time: a remembered query would ask nobody.
            return await model.aget_query_embedding(f"health {time.time_ns()}")

        return embed

    return {f"embedding {spec.embedding}": probe(spec) for spec in specs.values()}


async def _probe(call: Callable[[], Awaitable[object]]) -> Probe:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await call()
    except Exception as error:
        return False, (time.perf_counter() - began) * 1e3, type(error).__name__
    return True, (time.perf_counter() - began) * 1e3, ""
