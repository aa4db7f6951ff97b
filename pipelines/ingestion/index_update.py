"""One run's work on the index: a plan is applied, group by group, so that any step may be the last before a crash."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID

from pipelines.errors import VendorError, VendorRefused
from pipelines.ingestion.group_work import FromRecord, GroupJob, GroupOutcome, GroupRunner, GroupWork, IndexedPage
from pipelines.ingestion.kept_uploads import save_uploads
from pipelines.ingestion.page_records import record_of
from pipelines.ingestion.plan import IngestionPlan, PagePlan, group_pages
from pipelines.ingestion.progress import IngestionProgress, OnProgress
from pipelines.ingestion.run import RunningIngestion
from pipelines.retrieval.active_index import IndexShape
from pipelines.retrieval.vector_store import SectionStore
from pipelines.types import NAMED_PAGES, IngestionReport, PageFailure, SourceFailure
from storage_config.editions import PublishedEdition
from storage_config.postgres.database import Session
from storage_config.records import corpora, documents
from storage_config.records.answer_cache import raise_revision

# A vendor that fails this many groups in a row is down: the run ends instead of waiting out the retries of every page.
FAILED_GROUPS_ALLOWED = 2
# The records of a rebuild are written in one transaction.
_SWITCH_SECONDS, _SWITCH_SECONDS_A_PAGE = 60.0, 0.2


class IndexUpdate:
    """Applies `plan` to `store`, as the `job` of `run` says, and tells in `report` what became of it.

    `runner` works on the groups of pages; `from_record` plans a page from its record. A page that fails is noted and
    keeps its old version. Of a rebuild the records are written at the switch. A job that does not go on ends with its
    first failure, and nothing is noted.
    """

    def __init__(
        self,
        plan: IngestionPlan,
        *,
        job: GroupJob,
        run: RunningIngestion,
        store: SectionStore,
        runner: GroupRunner,
        from_record: FromRecord,
        on_progress: OnProgress,
    ) -> None:
        self._plan = plan
        self._job = job
        self._run = run
        self._store = store
        self._runner = runner
        self._from_record = from_record
        self._on_progress = on_progress
        self._run.progress = self._progress = IngestionProgress(plan.corpus, len(plan.pages))
        self._failures = list(plan.failures)
        self._indexed: list[IndexedPage] = []  # of a rebuild
        self._failed_groups = 0
        self._unembedded = 0
        self._editions = plan.editions or ()
        self._recorded_editions = tuple(PublishedEdition.from_json(one) for one in self._run.corpus.editions)

    async def apply(self, shape: IndexShape, work: GroupWork) -> None:
        """Everything that the plan says; `work` is how this process would do it, `shape` is recorded at a switch.

        Raises VendorError, PageError.
        """
        self._on_progress(self._progress)
        if not self._plan.rebuild:
            await self._publish([*self._recorded_editions, *self._editions])
        groups = group_pages([page for page in self._plan.pages if page.document is not None])
        await self._runner.run(groups, self._job, work, self)
        # Only now: the note takes the place of the mark that a page is half done.
        await self._note_failures(self._failures)
        if self._plan.refreshed:
            await self._run.write(partial(documents.save_validators, states=self._plan.refreshed))
        removed = [page for page in self._plan.pages if page.document is None]
        if not self._plan.rebuild:
            await self._remove(removed)
            await self._publish(self._editions)
        elif not self._unembedded:  # never while a page is missing from the new collection
            await self._switch(removed, shape, work)

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

    async def note(self, outcome: GroupOutcome) -> None:
        """A group is done, or not embedded. A vendor that is down for good ends the run."""
        self._failures += outcome.failures
        if outcome.error is None:
            self._failed_groups = 0
            self._progress.nodes_embedded += outcome.nodes_embedded
            if self._plan.rebuild:
                self._indexed += outcome.pages
        else:
            await self._note_unembedded(outcome.pages, outcome.error)
        self._progress.pages_done += len(outcome.pages)
        self._on_progress(self._progress)

    async def _note_unembedded(self, pages: Sequence[IndexedPage], error: VendorError) -> None:
        """Pages keep their old version."""
        if not self._job.goes_on:
            raise error
        failures = [PageFailure(page.uri, f"not embedded: {error}") for page in pages]
        self._failures += failures
        self._unembedded += len(failures)
        await self._note_failures(failures)
        self._failed_groups += 1
        if isinstance(error, VendorRefused) or self._failed_groups > FAILED_GROUPS_ALLOWED:
            raise error

    async def _switch(self, removed: Sequence[PagePlan], shape: IndexShape, work: GroupWork) -> None:
        """Records and readers move to the new collection at once."""
        plans = {page.uri: page for page in self._plan.pages}
        for page in self._indexed:
            state = plans[page.uri].state
            if page.is_old and state is not None:
                plans[page.uri] = await self._from_record(state)

        async def switch(session: Session) -> None:
            # Left by a build that was never completed; deleted while the run's row is locked, so that no other run that
            # took over meanwhile can lose its points to this one.
            others = await self._store.akeep_pages({page.uri: page.node_count for page in self._indexed})
            await self._delete_stale([plans[uri] for uri in others], work)
            await self._save(session, plans)
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

        await self._run.write(switch, seconds=_SWITCH_SECONDS + _SWITCH_SECONDS_A_PAGE * len(self._indexed))
        self._advance(len(removed))

    async def _delete_stale(self, pages: Sequence[PagePlan], work: GroupWork) -> None:
        """Deletes points of pages that no chunk of their texts stands for: a run that was taken over may write late."""
        for group in group_pages([page for page in pages if page.document is not None]):
            prepared = await work.prepare(group)
            await self._store.adelete_nodes([point for page in prepared.pages for point in page.stale])

    async def _save(self, session: Session, plans: Mapping[str, PagePlan]) -> None:
        """The rows of a rebuild's pages."""
        await raise_revision(session, corpus_id=self._run.corpus.id)

        def records() -> Iterator[documents.DocumentToSave]:
            for page in self._indexed:
                plan = plans[page.uri]
                if plan.document is not None:  # it went from the records meanwhile
                    yield record_of(
                        plan.unpack(),
                        fingerprint=self._plan.fingerprint,
                        node_count=page.node_count,
                        status="indexed",
                        document_id=page.document_id,
                    )

        await documents.save_documents(session, corpus_id=self._run.corpus.id, documents=records())
        await save_uploads(session, [plans[page.uri] for page in self._indexed])

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

    async def _note_failures(self, failures: Sequence[PageFailure]) -> None:
        if failures:
            await self._run.write(lambda session: self._save_failures(session, failures))

    async def _save_failures(self, session: Session, failures: Sequence[PageFailure]) -> None:
        errors = {failure.path: failure.message for failure in failures if not isinstance(failure, SourceFailure)}
        await documents.mark_documents_failed(session, corpus_id=self._run.corpus.id, errors=errors)

    def _advance(self, pages: int) -> None:
        self._progress.pages_done += pages
        self._on_progress(self._progress)
