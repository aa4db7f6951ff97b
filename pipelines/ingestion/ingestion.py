"""From pages to vectors: compare with the records, embed what is new, upsert, delete what is stale, record.

Postgres is the source of truth. Any step may be the last before a crash: a page is marked `pending` before its
points are touched, so the next run looks at it again, and points are compared by id with what the page should have,
so nothing is embedded twice, lost or doubled. A changed pipeline (fingerprint) builds a collection of its own beside
the old one; records and readers switch to it in one transaction when it is complete.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.errors import VendorError, VendorRefused
from pipelines.ingestion.page_records import document_of, record_of
from pipelines.ingestion.plan import IngestionPlan, PageCost, PagePlan, compare_pages, group_pages
from pipelines.ingestion.prepared_page import PreparedPage
from pipelines.ingestion.progress import IngestionProgress, OnProgress
from pipelines.ingestion.run import IngestionRun, open_run
from pipelines.readers import read_documents
from pipelines.retrieval.active_index import IndexShape
from pipelines.retrieval.vector_store import Collections, SectionStore
from pipelines.splitting.splitter import NodeIds, SectionSplitter
from pipelines.text.languages import LANGUAGE_CODES
from pipelines.types import IngestionReport, PageFailure
from storage_config import corpora, documents
from storage_config.documents import DocumentState
from storage_config.ids import new_id
from storage_config.points import Payload
from storage_config.postgres import Database, Session

# A vendor that fails this many groups in a row is down: the run ends instead of waiting out the retries of every page.
FAILED_GROUPS_ALLOWED = 2
# The records of a rebuild are written in one transaction.
_SWITCH_SECONDS, _SWITCH_SECONDS_A_PAGE = 60.0, 0.2
_NOT_EMBEDDED = "not embedded"


@dataclass(slots=True)
class _Work:
    """What one run did so far. `prepared` is kept in a rebuild only, whose records are written at the switch."""

    plan: IngestionPlan
    store: SectionStore
    run: IngestionRun
    progress: IngestionProgress
    on_progress: OnProgress
    failures: list[PageFailure]
    prepared: list[PreparedPage] = field(default_factory=list)
    failed_groups: int = 0
    kept: bool = True  # False: a rebuild that is not complete, of which no record was written


class Ingestion:
    """Ingests one corpus. `fingerprint` names what shapes its vectors; the collection is named after both."""

    def __init__(
        self,
        *,
        spec: CorpusSpec,
        fingerprint: str,
        embed_model: BaseEmbedding,
        dimension: int,
        database: Database,
        collections: Collections,
        max_page_chars: int,
    ) -> None:
        self.spec = spec
        self._fingerprint = fingerprint
        self._collection = f"{spec.name}-{fingerprint}"
        self._embed_model = embed_model
        self._dimension = dimension
        self._database = database
        self._collections = collections
        self._max_page_chars = max_page_chars
        self._pipeline = IngestionPipeline(
            transformations=[
                SectionSplitter(
                    max_tokens=spec.chunk.max_tokens,
                    overlap_tokens=spec.chunk.overlap_tokens,
                    language=LANGUAGE_CODES[spec.language],
                ),
                NodeIds(corpus=spec.name),
            ],
            # The cache returns another document's nodes for equal text, and a docstore loses pages in a crash.
            disable_cache=True,
        )

    async def plan(self) -> IngestionPlan:
        """The difference between source and records; touches neither. Raises SourceMissing."""
        read = await asyncio.to_thread(self._read)
        corpus, states = await self._database.run(self._load_states)
        rebuild = corpus.active_collection != self._collection
        sources = {state.uri: state for state in states if state.origin == "source"}
        pages, unchanged, failures = compare_pages(read, sources, fingerprint=self._fingerprint)
        # What no file can be read of is taken from its record where the vectors must be made anew.
        unread = [sources[f.path] for f in failures if f.path in sources and sources[f.path].content_hash]
        uploads = [state for state in states if state.origin == "upload"]
        stale = [s for s in uploads if s.fingerprint != self._fingerprint or s.status != "indexed"]
        # Where a crash left new points beside the old text, both come from the record again.
        redone = unread if rebuild else [state for state in unread if state.status == "pending"]
        pages += [await self._from_record(corpus.id, s) for s in redone + stale]
        return IngestionPlan(
            corpus=self.spec.name,
            collection=self._collection,
            fingerprint=self._fingerprint,
            rebuild=rebuild,
            pages=tuple(pages),
            unchanged=unchanged + len(uploads) - len(stale),
            failures=tuple(failures),
        )

    async def cost(self, plan: IngestionPlan) -> list[PageCost]:
        """What applying the plan costs page by page: chunks, and how many of them must be embedded."""
        store = await self._collections.open_existing(plan.collection)
        points: dict[str, dict[str, Payload]] = defaultdict(dict)
        for key, payload in (await store.alist_points() if store else {}).items():
            points[payload["uri"]][key] = payload
        prepared = await self._split([page for page in plan.pages if page.document is not None])
        for page in prepared:
            page.compare(points[page.plan.uri])
        costs = [PageCost(p.plan.uri, p.plan.action, len(p.nodes), len(p.new)) for p in prepared]
        return costs + [PageCost(page.uri, page.action, 0, 0) for page in plan.pages if page.document is None]

    async def ingest(
        self,
        *,
        allow_removals: bool = False,
        on_start: Callable[[], None] = lambda: None,
        on_progress: OnProgress = lambda progress: None,
        run_id: UUID | None = None,
    ) -> IngestionReport:
        """Plan and apply, as the only run on this corpus; `on_start` is called once it is that.

        Raises IngestionBusy, SourceMissing, RemovalRefused, and VendorError when the embedding vendor is down. A
        page that fails is in the report; it keeps its old version in the index and is tried again in the next run.
        """
        began = time.perf_counter()
        async with open_run(self._database, self.spec.name, run_id=run_id) as run:
            on_start()
            await self._note_lost_vectors(run)
            plan = await self.plan()
            if not allow_removals:
                plan.check_removals()
            work = await self._apply(plan, run, on_progress)
            run.report = _report(work, nodes_total=await work.store.acount(), seconds=time.perf_counter() - began)
            return run.report

    async def _apply(self, plan: IngestionPlan, run: IngestionRun, on_progress: OnProgress) -> _Work:
        store = await self._collections.open(plan.collection, dimension=self._dimension)
        run.progress = progress = IngestionProgress(plan.corpus, len(plan.pages))
        work = _Work(plan, store, run, progress, on_progress, list(plan.failures))
        on_progress(progress)
        async with aclosing(self._groups(work)) as groups:
            await self._ingest_groups(work, groups)
        # Only now: the note takes the place of the mark that a page is half done.
        await self._note_failures(work, plan.failures)
        removed = [page for page in plan.pages if page.document is None]
        if plan.rebuild:
            await self._switch(work, removed)
        else:
            await self._remove(work, removed)
        await self._drop_retired(work)
        return work

    async def _note_lost_vectors(self, run: IngestionRun) -> None:
        """Vectors that are recorded but gone, or some of them: every page is looked at again, also by later runs."""
        if run.corpus.active_collection != self._collection:
            return
        store = await self._collections.open_existing(self._collection)
        points = await store.acount() if store is not None else 0
        states = await self._database.run(partial(documents.list_document_states, corpus_id=run.corpus.id))
        if points < sum(state.node_count for state in states if state.status == "indexed"):
            await run.write(partial(documents.mark_documents_pending, document_ids=[state.id for state in states]))

    async def _groups(self, work: _Work) -> AsyncGenerator[list[PreparedPage], None]:
        """Pages in groups, split and compared; the next group is prepared while the last one is embedded."""
        pages = [page for page in work.plan.pages if page.document is not None]
        groups = group_pages(pages)
        ahead: asyncio.Task[list[PreparedPage]] | None = None
        try:
            for number, group in enumerate(groups):
                prepared = await (ahead or self._prepare(work, group))
                following = groups[number + 1 : number + 2]
                ahead = asyncio.create_task(self._prepare(work, following[0])) if following else None
                yield prepared
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.wait([ahead])
                if not ahead.cancelled():
                    ahead.exception()  # whoever ended the run early has an error of their own

    async def _prepare(self, work: _Work, pages: Sequence[PagePlan]) -> list[PreparedPage]:
        prepared = await self._split(pages)
        for page in prepared:
            page.compare(await work.store.alist_points(page.plan.uri))
        return prepared

    async def _split(self, pages: Sequence[PagePlan]) -> list[PreparedPage]:
        prepared: dict[str, PreparedPage] = {}
        for page in pages:
            assert page.document is not None
            document_id = page.state.id if page.state else new_id()
            page.document.metadata |= {"document_id": str(document_id), "fingerprint": self._fingerprint}
            prepared[page.uri] = PreparedPage(page, page.document, document_id)
        sources = [page.document for page in prepared.values()]
        for node in await asyncio.to_thread(self._pipeline.run, documents=sources):
            node.metadata["fingerprint"] = self._fingerprint
            node.excluded_embed_metadata_keys.append("fingerprint")
            prepared[node.metadata["uri"]].nodes.append(node)
        return list(prepared.values())

    async def _ingest_groups(self, work: _Work, groups: AsyncGenerator[list[PreparedPage], None]) -> None:
        """One group is written while the next one is embedded; groups are written in their order."""
        writing: asyncio.Task[None] | None = None
        try:
            async for group in groups:
                embedded = await self._embed_group(work, group)
                if writing is not None:
                    await writing
                writing = asyncio.create_task(self._write_group(work, group)) if embedded else None
            if writing is not None:
                await writing
        finally:
            if writing is not None and not writing.done():
                await asyncio.wait([writing])  # what was embedded is kept, also by an interrupted run

    async def _embed_group(self, work: _Work, group: list[PreparedPage]) -> bool:
        """Whether the group may be written."""
        try:
            await self._embed_model.acall([node for page in group for node in page.new])
        except VendorError as error:
            await self._fail_group(work, group, error)
            return False
        work.failed_groups = 0
        return True

    async def _write_group(self, work: _Work, group: list[PreparedPage]) -> None:
        new = [node for page in group for node in page.new]
        if work.plan.rebuild:
            await work.run.check()
        else:
            await work.run.write(lambda session: self._save(session, work, group, pending=True))
        await work.store.async_add(new)
        for node in new:
            node.embedding = None  # a rebuild keeps its nodes to the end, and their vectors would be most of the memory
        await work.store.aset_payloads([node for page in group for node in page.moved])
        await work.store.adelete_nodes([point for page in group for point in page.stale])
        if work.plan.rebuild:
            work.prepared += group
        else:
            await work.run.write(lambda session: self._save(session, work, group))
        work.progress.pages_done += len(group)
        work.progress.nodes_embedded += len(new)
        work.on_progress(work.progress)

    async def _fail_group(self, work: _Work, group: list[PreparedPage], error: VendorError) -> None:
        """Pages keep their old version. A vendor that is down for good ends the run."""
        failures = [PageFailure(page.plan.uri, f"{_NOT_EMBEDDED}: {error}") for page in group]
        work.failures += failures
        await self._note_failures(work, failures)
        work.failed_groups += 1
        if isinstance(error, VendorRefused) or work.failed_groups > FAILED_GROUPS_ALLOWED:
            raise error
        work.progress.pages_done += len(group)
        work.on_progress(work.progress)

    async def _switch(self, work: _Work, removed: Sequence[PagePlan]) -> None:
        """Records and readers move to the new collection at once; never while a page is missing from it."""
        if any(failure.message.startswith(_NOT_EMBEDDED) for failure in work.failures):
            work.kept = False
            return
        expected = {node.node_id for page in work.prepared for node in page.nodes}

        async def switch(session: Session) -> None:
            # Left by a build that was never completed; deleted while the run's row is locked, so that no other run that
            # took over meanwhile can lose its points to this one.
            extra = [point for point in await work.store.alist_points() if point not in expected]
            await work.store.adelete_nodes(extra)
            await self._save(session, work, work.prepared)
            await documents.delete_documents(session, document_ids=[page.state.id for page in removed if page.state])
            await self._save_failures(session, work, work.failures)
            await corpora.activate_collection(
                session,
                corpus_id=work.run.corpus.id,
                collection=work.plan.collection,
                fingerprint=self._fingerprint,
                shape=IndexShape.of(self.spec, self._dimension).as_json(),
            )

        await work.run.write(switch, seconds=_SWITCH_SECONDS + _SWITCH_SECONDS_A_PAGE * len(work.prepared))
        work.progress.pages_done += len(removed)
        work.on_progress(work.progress)

    async def _remove(self, work: _Work, removed: Sequence[PagePlan]) -> None:
        """Points go before the row does, and the row says so meanwhile: a page that comes back is looked at again."""
        ids = [page.state.id for page in removed if page.state]
        if not ids:
            return
        await work.run.write(partial(documents.mark_documents_pending, document_ids=ids))
        for page in removed:
            await work.store.adelete_nodes(list(await work.store.alist_points(page.uri)))
            work.progress.pages_done += 1
            work.on_progress(work.progress)
        await work.run.write(partial(documents.delete_documents, document_ids=ids))

    async def _drop_retired(self, work: _Work) -> None:
        corpus = await work.run.write(partial(corpora.ensure_corpus, name=self.spec.name))
        for name in corpus.retired_collections:
            if name == work.plan.collection:
                continue  # half built: the next run goes on with it
            await self._collections.delete(name)
            await work.run.write(partial(corpora.forget_retired_collection, corpus_id=corpus.id, collection=name))

    async def _save(
        self, session: Session, work: _Work, pages: Sequence[PreparedPage], *, pending: bool = False
    ) -> None:
        """The rows of pages. Pending, a page that is known keeps its row as it was but for the mark."""
        known = [page.document_id for page in pages if page.plan.state is not None]
        if pending:
            await documents.mark_documents_pending(session, document_ids=known)
        for page in pages:
            if not pending or page.plan.state is None:
                record = record_of(
                    page.document,
                    fingerprint=self._fingerprint,
                    node_count=len(page.nodes),
                    status="pending" if pending else "indexed",
                    document_id=page.document_id,
                )
                await documents.save_document(session, corpus_id=work.run.corpus.id, document=record)

    async def _note_failures(self, work: _Work, failures: Sequence[PageFailure]) -> None:
        if failures:
            await work.run.write(lambda session: self._save_failures(session, work, failures))

    async def _save_failures(self, session: Session, work: _Work, failures: Sequence[PageFailure]) -> None:
        for failure in failures:
            await documents.mark_document_failed(
                session, corpus_id=work.run.corpus.id, uri=failure.path, error=failure.message
            )

    def _read(self) -> list[Document | PageFailure]:
        return list(read_documents(self.spec, max_page_chars=self._max_page_chars))

    async def _load_states(self, session: Session) -> tuple[corpora.Corpus, list[DocumentState]]:
        corpus = await corpora.ensure_corpus(session, name=self.spec.name)
        return corpus, await documents.list_document_states(session, corpus_id=corpus.id)

    async def _from_record(self, corpus_id: UUID, state: DocumentState) -> PagePlan:
        async def load(session: Session) -> documents.StoredDocument | None:
            return await documents.get_document_by_uri(session, corpus_id=corpus_id, uri=state.uri)

        stored = await self._database.run(load)
        if stored is None:
            return PagePlan(state.uri, "removed", None, state)
        return PagePlan(state.uri, "pipeline_changed", document_of(stored), state)


def _report(work: _Work, *, nodes_total: int, seconds: float) -> IngestionReport:
    plan, failed = work.plan, {failure.path for failure in work.failures}
    done = [page for page in plan.pages if page.uri not in failed] if work.kept else []
    return IngestionReport(
        corpus=plan.corpus,
        added=sum(page.action == "added" for page in done),
        changed=sum(page.action in ("changed", "pipeline_changed") for page in done),
        unchanged=plan.unchanged,
        removed=sum(page.action == "removed" for page in done),
        failed=len(failed),
        nodes_total=nodes_total,
        nodes_embedded=work.progress.nodes_embedded,
        seconds=round(seconds, 3),
        errors=tuple(work.failures),
    )
