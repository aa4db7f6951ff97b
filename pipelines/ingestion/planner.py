"""Compares what the source says with the records of the last run."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from pipelines.corpus import CorpusSpec, reading_hash
from pipelines.ingestion.kept_uploads import KeptUploads
from pipelines.ingestion.page_records import document_of
from pipelines.ingestion.plan import IngestionPlan, PagePlan, compare_pages, uri_of
from pipelines.readers.page_source import PageSource, ReadPage, UnchangedPage, Validators
from pipelines.types import PageFailure, SourceFailure
from storage_config.editions import PublishedEdition
from storage_config.postgres.database import Database, Session
from storage_config.records import corpora, documents
from storage_config.records.documents import DocumentState, StoredDocument


class Planner:
    """Plans the ingestion of one corpus into `collection`, by a pipeline of this fingerprint."""

    def __init__(
        self,
        spec: CorpusSpec,
        source: PageSource,
        uploads: KeptUploads,
        database: Database,
        *,
        fingerprint: str,
        collection: str,
    ) -> None:
        self._spec = spec
        self._source = source
        self._uploads = uploads
        self._database = database
        self._fingerprint = fingerprint
        self._collection = collection

    async def plan(self) -> IngestionPlan:
        """The difference between source and records; touches neither. Raises SourceMissing."""
        corpus, states = await self._database.run(self._load_states)
        rebuild = corpus.active_collection != self._collection
        by_uri = {state.uri: state for state in states}
        # Vectors that are made anew are made of what the readers say now, so every page is read whole.
        read = list(await self._source.pages({} if rebuild else self._known(states)))
        taken = {uri_of(item) for item in read if isinstance(item, ReadPage | UnchangedPage | PageFailure)}
        uploads, doubtful = await self._uploads.read_again(states, taken)
        editions = await asyncio.to_thread(lambda: self._source.editions)
        only = self._spec.parts[0].source.label
        found = compare_pages([*read, *uploads], by_uri, fingerprint=self._fingerprint, source=only)
        if any(isinstance(failure, SourceFailure) for failure in found.failures):
            # The pages of a source that cannot be read stay, and so do their editions.
            editions = (*editions, *(PublishedEdition.from_json(one) for one in corpus.editions))
        # What no file can be read of is taken from its record where the vectors must be made anew, or where an
        # ended run may have left new points beside the old text.
        current = by_uri | {state.uri: state for state in found.refreshed}
        unread = [current[f.path] for f in found.failures if f.path in current and current[f.path].content_hash]
        redone = [state for state in unread if rebuild or state.status != "indexed"]
        recorded = [await page_from_record(self._database, corpus.id, state) for state in found.recorded + redone]
        return IngestionPlan(
            corpus=self._spec.name,
            collection=self._collection,
            fingerprint=self._fingerprint,
            rebuild=rebuild,
            pages=(*found.pages, *recorded),
            unchanged=found.unchanged,
            failures=tuple(found.failures),
            refreshed=tuple(found.refreshed),
            left_out=tuple(found.left_out),
            warnings=(*found.warnings, *doubtful),
            editions=editions,
            losses=tuple(found.losses),
        )

    def _known(self, states: Iterable[DocumentState]) -> dict[str, Validators]:
        """What to ask servers by for pages that were read by the same rules."""
        read_with = reading_hash(self._spec)
        return {
            state.uri: Validators(state.etag, state.last_modified, (state.read_with or "").partition(" ")[2])
            for state in states
            if state.origin == "source"
            and state.content_hash is not None
            and (state.read_with or "").partition(" ")[0] == read_with
        }

    async def _load_states(self, session: Session) -> tuple[corpora.Corpus, list[DocumentState]]:
        corpus = await corpora.ensure_corpus(session, name=self._spec.name)
        return corpus, await documents.list_document_states(session, corpus_id=corpus.id)


async def page_from_record(database: Database, corpus_id: UUID, state: DocumentState) -> PagePlan:
    """The page as it is recorded, to be made anew; a removal where the record went meanwhile."""

    async def load(session: Session) -> StoredDocument | None:
        return await documents.get_document_by_uri(session, corpus_id=corpus_id, uri=state.uri)

    stored = await database.run(load)
    if stored is None:
        return PagePlan(state.uri, "removed", None, state)
    document = document_of(stored)
    document.metadata["source"] = state.source  # which may be another one than when it was recorded
    return PagePlan(state.uri, "pipeline_changed", document, state)
