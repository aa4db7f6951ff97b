"""Compares what the source says with the records of the last run."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.ingestion.page_records import document_of
from pipelines.ingestion.plan import IngestionPlan, PagePlan, compare_pages
from pipelines.readers import read_documents
from pipelines.types import PageFailure
from storage_config import corpora, documents
from storage_config.documents import DocumentState, StoredDocument
from storage_config.postgres import Database, Session


class Planner:
    """Plans the ingestion of one corpus into `collection`, by a pipeline of this fingerprint."""

    def __init__(
        self, spec: CorpusSpec, database: Database, *, fingerprint: str, collection: str, max_page_chars: int
    ) -> None:
        self._spec = spec
        self._database = database
        self._fingerprint = fingerprint
        self._collection = collection
        self._max_page_chars = max_page_chars

    async def plan(self) -> IngestionPlan:
        """The difference between source and records; touches neither. Raises SourceMissing."""
        read = await asyncio.to_thread(self._read)
        corpus, states = await self._database.run(self._load_states)
        rebuild = corpus.active_collection != self._collection
        sources = {state.uri: state for state in states if state.origin == "source"}
        pages, unchanged, failures = compare_pages(read, sources, fingerprint=self._fingerprint)
        # What no file can be read of is taken from its record where the vectors must be made anew, or where an
        # ended run may have left new points beside the old text.
        unread = [sources[f.path] for f in failures if f.path in sources and sources[f.path].content_hash]
        redone = [state for state in unread if rebuild or state.status != "indexed"]
        uploads = [state for state in states if state.origin == "upload"]
        stale = [s for s in uploads if s.fingerprint != self._fingerprint or s.status != "indexed"]
        pages += [await self.from_record(corpus.id, state) for state in redone + stale]
        return IngestionPlan(
            corpus=self._spec.name,
            collection=self._collection,
            fingerprint=self._fingerprint,
            rebuild=rebuild,
            pages=tuple(pages),
            unchanged=unchanged + len(uploads) - len(stale),
            failures=tuple(failures),
        )

    async def from_record(self, corpus_id: UUID, state: DocumentState) -> PagePlan:
        """The page as it is recorded, to be made anew; a removal where the record went meanwhile."""

        async def load(session: Session) -> StoredDocument | None:
            return await documents.get_document_by_uri(session, corpus_id=corpus_id, uri=state.uri)

        stored = await self._database.run(load)
        if stored is None:
            return PagePlan(state.uri, "removed", None, state)
        return PagePlan(state.uri, "pipeline_changed", document_of(stored), state)

    def _read(self) -> Sequence[Document | PageFailure]:
        return list(read_documents(self._spec, max_page_chars=self._max_page_chars))

    async def _load_states(self, session: Session) -> tuple[corpora.Corpus, list[DocumentState]]:
        corpus = await corpora.ensure_corpus(session, name=self._spec.name)
        return corpus, await documents.list_document_states(session, corpus_id=corpus.id)
