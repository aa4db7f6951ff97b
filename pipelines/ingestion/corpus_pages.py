"""The pages of a corpus one by one: the chunks of one, and pages that are kept without a file in the source."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from llama_index.core.schema import Document

from pipelines.errors import PageInSource, PipelineChanged
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.plan import IngestionPlan, PagePlan, action_of
from pipelines.ingestion.spending import Spend, spend_freely
from pipelines.retrieval.curated import QUESTION
from pipelines.retrieval.vector_store import Collections
from pipelines.types import Chunk, Upload
from storage_config.errors import VectorsUnavailable
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import Corpus, get_corpus
from storage_config.records.documents import DocumentState, get_document_state
from storage_config.vectors.points import Payload

Check = Callable[[Document], Awaitable[None]]


async def _accept(document: Document) -> None:
    """Any page will do."""


class CorpusPages:
    """Pages of the corpus that `ingestion` ingests. What changes one is a run of its own."""

    def __init__(self, ingestion: Ingestion, database: Database, collections: Collections) -> None:
        self._ingestion = ingestion
        self._spec = ingestion.spec
        self._database = database
        self._collections = collections

    async def chunks(self, uri: str) -> tuple[Chunk, ...]:
        """The page's chunks in its order, as readers are served them, without answers that its owner wrote.

        Raises VectorsUnavailable.
        """
        corpus = await self._database.run(partial(get_corpus, name=self._spec.name))
        if corpus is None or corpus.active_collection is None:
            return ()
        store = await self._collections.open_existing(corpus.active_collection)
        if store is None:
            raise VectorsUnavailable(f"Collection {corpus.active_collection} is recorded but not there.")
        points = {name: one for name, one in (await store.alist_points(uri)).items() if QUESTION not in one}
        return tuple(sorted((_chunk(*point) for point in points.items()), key=lambda chunk: chunk.ordinal))

    async def add(self, upload: Upload, *, spend: Spend = spend_freely, check: Check = _accept) -> tuple[UUID, bool]:
        """Keeps a page that no file of the source is, or replaces it: its id, and whether it is new.

        It is found from the return on, and stays until it is removed or the source has a page of its uri. Raises
        PageError, PageInSource, PipelineChanged, IngestionBusy, DiskFull, VendorError and what `check` and `spend`
        raise; a page that was there then stays as it was. Nothing else changes the corpus between `check` and that.
        """
        self._ingestion.check_room()
        document = await self._ingestion.uploads.read(upload)
        if await asyncio.to_thread(self._ingestion.source.holds, upload.uri):
            raise PageInSource(f"{upload.uri}: the source of {self._spec.name} has a file of that path")
        before = await self._database.run(partial(self._state, upload.uri))
        _check_upload(before)  # before a run is recorded, and again in it
        await check(document)
        await self._ingestion.change_page(partial(self._plan_upload, document, upload, check), spend=spend)
        after = await self._database.run(partial(self._state, upload.uri))
        assert after is not None
        return after.id, before is None

    async def remove(self, uri: str) -> None:
        """Removes a page that `add` keeps; one that is gone meanwhile does not matter.

        Raises PageInSource and IngestionBusy.
        """
        _check_upload(await self._database.run(partial(self._state, uri)))
        await self._ingestion.change_page(partial(self._plan_removal, uri))

    async def _plan_upload(self, document: Document, upload: Upload, check: Check, corpus: Corpus) -> IngestionPlan:
        fingerprint, collection = self._ingestion.fingerprint, self._ingestion.collection
        if corpus.active_collection not in (None, collection):
            raise PipelineChanged(f"{corpus.name} was built by another pipeline: run `footnoted ingest` first.")
        uri = document.metadata["uri"]
        state = await self._database.run(partial(self._state, uri))
        _check_upload(state)
        await check(document)
        # One that says what it said before may be another file, which is to be kept.
        action = action_of(document.metadata["content_hash"], state, fingerprint) or "changed"
        pages = (PagePlan(uri, action, document, state, upload),)
        rebuild = corpus.active_collection is None
        return IngestionPlan(corpus.name, collection, fingerprint, rebuild, pages, 0, ())

    async def _plan_removal(self, uri: str, corpus: Corpus) -> IngestionPlan:
        state = await self._database.run(partial(self._state, uri))
        _check_upload(state)
        collection = corpus.active_collection or self._ingestion.collection
        pages = (PagePlan(uri, "removed", None, state),) if state else ()
        return IngestionPlan(corpus.name, collection, self._ingestion.fingerprint, False, pages, 0, ())

    async def _state(self, uri: str, session: Session) -> DocumentState | None:
        corpus = await get_corpus(session, name=self._spec.name)
        return await get_document_state(session, corpus_id=corpus.id, uri=uri) if corpus else None


def _check_upload(state: DocumentState | None) -> None:
    if state is not None and state.origin == "source":
        raise PageInSource(f"{state.uri}: the page comes from the source and is changed or removed there")


def _chunk(node_id: str, payload: Payload) -> Chunk:
    return Chunk(
        node_id=node_id,
        ordinal=payload["ordinal"],
        url=payload["url"],
        heading_path=tuple(payload["heading_path"]),
        anchor=payload["anchor"],
        text=payload["text"],
        start=payload["start"],
        end=payload["end"],
    )
