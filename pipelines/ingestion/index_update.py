"""One run's work on the index: a plan is applied, group by group, so that any step may be the last before a crash."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from uuid import UUID

from llama_index.core.base.embeddings.base import BaseEmbedding

from pipelines.errors import PageError, VendorError, VendorRefused
from pipelines.ingestion.kept_uploads import save_uploads
from pipelines.ingestion.page_records import record_of
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.plan import IngestionPlan, PagePlan, group_pages
from pipelines.ingestion.prepared_page import PreparedPage
from pipelines.ingestion.progress import IngestionProgress, OnProgress
from pipelines.ingestion.run import RunningIngestion
from pipelines.retrieval.active_index import IndexShape
from pipelines.retrieval.vector_store import SectionStore
from pipelines.types import NAMED_PAGES, IngestionReport, PageFailure, SourceFailure
from storage_config.editions import PublishedEdition
from storage_config.postgres.database import Session
from storage_config.records import corpora, documents
from storage_config.records.answer_cache import raise_revision
from storage_config.records.documents import DocumentState

# A vendor that fails this many groups in a row is down: the run ends instead of waiting out the retries of every page.
FAILED_GROUPS_ALLOWED = 2
# The records of a rebuild are written in one transaction.
_SWITCH_SECONDS, _SWITCH_SECONDS_A_PAGE = 60.0, 0.2

FromRecord = Callable[[DocumentState], Awaitable[PagePlan]]


class IndexUpdate:
    """Applies `plan` to `store`, as `run`, and says in `report` what became of it.

    `from_record` plans a page from its record. A page that fails is noted and keeps its old version; a rebuild
    keeps what it prepared to its end, since its records are written at the switch. Unless it `goes_on`, the first
    failure is raised instead, and nothing is noted.
    """

    def __init__(
        self,
        plan: IngestionPlan,
        *,
        run: RunningIngestion,
        store: SectionStore,
        splitter: PageSplitter,
        embed_model: BaseEmbedding,
        from_record: FromRecord,
        on_progress: OnProgress,
        goes_on: bool = True,
    ) -> None:
        self._plan = plan
        self._run = run
        self._store = store
        self._splitter = splitter
        self._embed_model = embed_model
        self._from_record = from_record
        self._on_progress = on_progress
        self._goes_on = goes_on
        run.progress = self._progress = IngestionProgress(plan.corpus, len(plan.pages))
        self._failures = list(plan.failures)
        self._prepared: list[PreparedPage] = []
        self._failed_groups = 0
        self._unembedded = 0
        self._editions = plan.editions or ()
        self._recorded_editions = tuple(PublishedEdition.from_json(one) for one in run.corpus.editions)

    async def apply(self, shape: IndexShape) -> None:
        """Everything that the plan says. `shape` is recorded with a new collection. Raises VendorError, PageError."""
        self._on_progress(self._progress)
        if not self._plan.rebuild:
            await self._publish([*self._recorded_editions, *self._editions])
        async with aclosing(self._groups()) as groups:
            await self._ingest_groups(groups)
        # Only now: the note takes the place of the mark that a page is half done.
        await self._note_failures(self._failures)
        if self._plan.refreshed:
            await self._run.write(partial(documents.save_validators, states=self._plan.refreshed))
        removed = [page for page in self._plan.pages if page.document is None]
        if not self._plan.rebuild:
            await self._remove(removed)
            await self._publish(self._editions)
        elif not self._unembedded:  # never while a page is missing from the new collection
            await self._switch(removed, shape)

    async def _publish(self, editions: Sequence[PublishedEdition]) -> None:
        """Notes the editions, of which there are never fewer than the points have: no reader is given a mixture."""
        wanted = tuple(dict.fromkeys(editions))
        if self._plan.editions is not None and wanted != self._recorded_editions:
            await self._run.write(lambda session: self._save_editions(session, wanted))
            self._recorded_editions = wanted

    async def _save_editions(self, session: Session, editions: Sequence[PublishedEdition]) -> None:
        kept = [one.as_json() for one in editions]
        await corpora.save_editions(session, corpus_id=self._run.corpus.id, editions=kept)

    async def report(self, *, seconds: float) -> IngestionReport:
        """What was done. Of a rebuild that is not complete nothing was: its records are not written."""
        plan, failed = self._plan, {failure.path for failure in self._failures}
        kept = not (plan.rebuild and self._unembedded)
        done = [page for page in plan.pages if page.uri not in failed] if kept else []
        return IngestionReport(
            corpus=plan.corpus,
            added=sum(page.action == "added" for page in done),
            changed=sum(page.action in ("changed", "pipeline_changed") for page in done),
            unchanged=plan.unchanged,
            removed=sum(page.action == "removed" for page in done),
            failed=len(failed),
            nodes_total=await self._store.acount(),
            nodes_embedded=self._progress.nodes_embedded,
            seconds=round(seconds, 3),
            errors=tuple(self._failures),
            left_out=plan.count_left_out(),
            left_out_pages=plan.left_out[:NAMED_PAGES],
            warnings=plan.warnings[:NAMED_PAGES],
        )

    async def _groups(self) -> AsyncGenerator[list[PreparedPage], None]:
        """Pages in groups, split and compared; the next group is prepared while the last one is embedded."""
        groups = group_pages([page for page in self._plan.pages if page.document is not None])
        ahead: asyncio.Task[list[PreparedPage]] | None = None
        try:
            for number, group in enumerate(groups):
                prepared = await (ahead or self._prepare(group))
                following = groups[number + 1 : number + 2]
                ahead = asyncio.create_task(self._prepare(following[0])) if following else None
                yield prepared
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.wait([ahead])
                if not ahead.cancelled():
                    ahead.exception()  # whoever ended the run early has an error of their own

    async def _prepare(self, pages: Sequence[PagePlan]) -> list[PreparedPage]:
        prepared, failures = await self._splitter.split(pages)
        if failures and not self._goes_on:
            raise PageError(failures[0].path, failures[0].message)
        if failures:
            failed = {failure.path for failure in failures}
            self._failures += failures
            prepared += await self._old_versions([page for page in pages if page.uri in failed])
        for page in prepared:
            page.compare(await self._store.alist_points(page.plan.uri))
        return prepared

    async def _old_versions(self, pages: Sequence[PagePlan]) -> list[PreparedPage]:
        """Of pages that cannot be split: their recorded texts, where the index may lack them or have only half."""
        states = [page.state for page in pages if page.state is not None and page.state.content_hash]
        wanted = [state for state in states if self._plan.rebuild or state.status != "indexed"]
        recorded = [await self._from_record(state) for state in wanted]
        # What cannot be split in its old version either is in the report already.
        prepared, _ = await self._splitter.split([page for page in recorded if page.document is not None])
        return prepared

    async def _ingest_groups(self, groups: AsyncGenerator[list[PreparedPage], None]) -> None:
        """One group is written while the next one is embedded; groups are written in their order."""
        writing: asyncio.Task[None] | None = None
        try:
            async for group in groups:
                embedded = await self._embed_group(group)
                if writing is not None:
                    await writing
                writing = asyncio.create_task(self._write_group(group)) if embedded else None
            if writing is not None:
                await writing
        finally:
            if writing is not None and not writing.done():
                await asyncio.wait([writing])  # what was embedded is kept, also by an interrupted run

    async def _embed_group(self, group: list[PreparedPage]) -> bool:
        """Whether the group may be written."""
        try:
            await self._embed_model.acall([node for page in group for node in page.new])
        except VendorError as error:
            await self._fail_group(group, error)
            return False
        self._failed_groups = 0
        return True

    async def _write_group(self, group: list[PreparedPage]) -> None:
        new = [node for page in group for node in page.new]
        if self._plan.rebuild:
            await self._run.check()
        else:
            await self._run.write(lambda session: self._save(session, group, pending=True))
        await self._store.async_add(new)
        for node in new:
            node.embedding = None  # a rebuild keeps its nodes to the end, and their vectors would be most of the memory
        await self._store.aset_payloads([node for page in group for node in page.moved])
        await self._store.adelete_nodes([point for page in group for point in page.stale])
        if self._plan.rebuild:
            self._prepared += group
        else:
            await self._run.write(lambda session: self._save(session, group))
        self._progress.nodes_embedded += len(new)
        self._advance(len(group))

    async def _fail_group(self, group: list[PreparedPage], error: VendorError) -> None:
        """Pages keep their old version. A vendor that is down for good ends the run."""
        if not self._goes_on:
            raise error
        failures = [PageFailure(page.plan.uri, f"not embedded: {error}") for page in group]
        self._failures += failures
        self._unembedded += len(failures)
        await self._note_failures(failures)
        self._failed_groups += 1
        if isinstance(error, VendorRefused) or self._failed_groups > FAILED_GROUPS_ALLOWED:
            raise error
        self._advance(len(group))

    async def _switch(self, removed: Sequence[PagePlan], shape: IndexShape) -> None:
        """Records and readers move to the new collection at once."""
        expected = {node.node_id for page in self._prepared for node in page.nodes}

        async def switch(session: Session) -> None:
            # Left by a build that was never completed; deleted while the run's row is locked, so that no other run that
            # took over meanwhile can lose its points to this one.
            extra = [point for point in await self._store.alist_points() if point not in expected]
            await self._store.adelete_nodes(extra)
            await self._save(session, self._prepared)
            await documents.delete_documents(session, document_ids=[page.state.id for page in removed if page.state])
            await self._save_failures(session, self._failures)
            await corpora.activate_collection(
                session,
                corpus_id=self._run.corpus.id,
                collection=self._plan.collection,
                fingerprint=self._plan.fingerprint,
                shape=shape.as_json(),
            )
            if self._plan.editions is not None:
                await self._save_editions(session, self._editions)

        await self._run.write(switch, seconds=_SWITCH_SECONDS + _SWITCH_SECONDS_A_PAGE * len(self._prepared))
        self._advance(len(removed))

    async def _remove(self, removed: Sequence[PagePlan]) -> None:
        """Points go before the row does, and the row says so meanwhile: a page that comes back is looked at again."""
        ids = [page.state.id for page in removed if page.state]
        if not ids:
            return
        await self._run.write(lambda session: self._begin_removal(session, ids))
        for page in removed:
            await self._store.adelete_nodes(list(await self._store.alist_points(page.uri)))
            self._advance(1)
        await self._run.write(lambda session: self._end_removal(session, ids))

    async def _begin_removal(self, session: Session, ids: Sequence[UUID]) -> None:
        await documents.mark_documents_pending(session, document_ids=ids)
        await raise_revision(session, corpus_id=self._run.corpus.id)

    async def _end_removal(self, session: Session, ids: Sequence[UUID]) -> None:
        await documents.delete_documents(session, document_ids=ids)
        await raise_revision(session, corpus_id=self._run.corpus.id)

    async def _save(self, session: Session, pages: Sequence[PreparedPage], *, pending: bool = False) -> None:
        """The rows of pages. Pending, a page that is known keeps its row as it was but for the mark."""
        await raise_revision(session, corpus_id=self._run.corpus.id)
        if pending:
            known = [page.document_id for page in pages if page.plan.state is not None]
            await documents.mark_documents_pending(session, document_ids=known)
        written = [page for page in pages if not pending or page.plan.state is None]
        records = [
            record_of(
                page.document,
                fingerprint=self._plan.fingerprint,
                node_count=len(page.nodes),
                status="pending" if pending else "indexed",
                document_id=page.document_id,
            )
            for page in written
        ]
        await documents.save_documents(session, corpus_id=self._run.corpus.id, documents=records)
        await save_uploads(session, [page.plan for page in written])

    async def _note_failures(self, failures: Sequence[PageFailure]) -> None:
        if failures:
            await self._run.write(lambda session: self._save_failures(session, failures))

    async def _save_failures(self, session: Session, failures: Sequence[PageFailure]) -> None:
        errors = {failure.path: failure.message for failure in failures if not isinstance(failure, SourceFailure)}
        await documents.mark_documents_failed(session, corpus_id=self._run.corpus.id, errors=errors)

    def _advance(self, pages: int) -> None:
        self._progress.pages_done += pages
        self._on_progress(self._progress)
