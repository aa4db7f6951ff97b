"""What is done with a group of pages, wherever it is done: split, compare, embed, write, record.

Each step may be the last before a crash, and each may be done again: points are compared by id with what a page should
have, and a page is marked `pending` before its points are touched.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import BaseNode

from pipelines.errors import PageError, VendorError
from pipelines.ingestion.kept_uploads import save_uploads
from pipelines.ingestion.page_records import record_of
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.plan import PagePlan
from pipelines.ingestion.prepared_page import PreparedPage
from pipelines.ingestion.run import RunningIngestion
from pipelines.ingestion.spending import Spend, spend_freely
from pipelines.retrieval.vector_store import SectionStore
from pipelines.types import PageFailure
from storage_config.postgres.database import Session
from storage_config.records import documents
from storage_config.records.answer_cache import raise_revision
from storage_config.records.corpora import Corpus
from storage_config.records.documents import DocumentState

FromRecord = Callable[[DocumentState], Awaitable[PagePlan]]


@dataclass(frozen=True, slots=True)
class GroupJob:
    """What all groups of a run have in common, as plain values: where their points go, and what they are made by.

    Of a `rebuild` no record is written with the points: they all are at the switch. Unless it `goes_on`, a page that
    cannot be split ends the run.
    """

    run_id: UUID
    corpus: Corpus
    collection: str
    fingerprint: str
    rebuild: bool
    goes_on: bool = True


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """A page whose points are as they should be. One that `is_old` has the text of its record, not the plan's."""

    uri: str
    document_id: UUID
    node_count: int
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What became of a group. With an `error` of the embedding vendor nothing of its `pages` was written."""

    pages: tuple[IndexedPage, ...]
    failures: tuple[PageFailure, ...]
    nodes_embedded: int = 0
    error: VendorError | None = None


class GroupObserver(Protocol):
    """Who is told of each group that is done."""

    async def note(self, outcome: GroupOutcome) -> None:
        """Raises what ends the run."""
        ...


class GroupRunner(Protocol):
    """Works on groups of pages, here or elsewhere."""

    async def run(
        self, groups: Sequence[list[PagePlan]], job: GroupJob, work: "GroupWork", observer: GroupObserver
    ) -> None:
        """Every group, each told to the observer once it is done. `work` does it in this process."""
        ...


@dataclass(frozen=True, slots=True)
class PreparedGroup:
    """Pages with their nodes, those of `old` by their recorded texts, and the pages that cannot be split."""

    pages: list[PreparedPage]
    failures: list[PageFailure]
    old: frozenset[str]

    @property
    def new(self) -> list[BaseNode]:
        """The nodes to embed."""
        return [node for page in self.pages for node in page.new]

    def outcome(self, *, embedded: int = 0, error: VendorError | None = None) -> GroupOutcome:
        """What became of it."""
        pages = [
            IndexedPage(page.plan.uri, page.document_id, len(page.nodes), page.plan.uri in self.old)
            for page in self.pages
        ]
        return GroupOutcome(tuple(pages), tuple(self.failures), embedded, error)


class GroupWork:
    """Does the `job` of `run` for groups in this process. `from_record` plans a page from its record."""

    def __init__(
        self,
        job: GroupJob,
        *,
        run: RunningIngestion,
        store: SectionStore,
        splitter: PageSplitter,
        embed_model: BaseEmbedding,
        from_record: FromRecord,
        spend: Spend = spend_freely,
    ) -> None:
        self.spend = spend
        self._job = job
        self._run = run
        self._store = store
        self._splitter = splitter
        self._embed_model = embed_model
        self._from_record = from_record

    async def work(self, pages: Sequence[PagePlan]) -> GroupOutcome:
        """All steps for one group. Raises PageError where the job does not go on."""
        group = await self.prepare(pages)
        try:
            await self.embed(group)
        except VendorError as error:
            return group.outcome(error=error)
        return await self.write(group)

    async def prepare(self, pages: Sequence[PagePlan]) -> PreparedGroup:
        """The pages split, and compared with the points that they have. Raises PageError where the job ends there."""
        prepared, failures = await self._splitter.split(pages)
        if failures and not self._job.goes_on:
            raise PageError(failures[0].path, failures[0].message)
        failed = {failure.path for failure in failures}
        old = await self._old_versions([page for page in pages if page.uri in failed])
        prepared += old
        points = await asyncio.gather(*(self._store.alist_points(page.plan.uri) for page in prepared))
        for page, known in zip(prepared, points, strict=True):
            page.compare(known)
        return PreparedGroup(prepared, failures, frozenset(page.plan.uri for page in old))

    async def _old_versions(self, pages: Sequence[PagePlan]) -> list[PreparedPage]:
        """Of pages that cannot be split: their recorded texts, where the index may lack them or have only half."""
        states = [page.state for page in pages if page.state is not None and page.state.content_hash]
        wanted = [state for state in states if self._job.rebuild or state.status != "indexed"]
        recorded = [await self._from_record(state) for state in wanted]
        # What cannot be split in its old version either is in the report already.
        prepared, _ = await self._splitter.split([page for page in recorded if page.document is not None])
        return prepared

    async def embed(self, group: PreparedGroup) -> None:
        """Gives the new nodes their vectors. Raises VendorError, and what `spend` raises."""
        if new := group.new:
            await self.spend(len(new))
            await self._embed_model.acall(new)

    async def write(self, group: PreparedGroup) -> GroupOutcome:
        """Writes the points of a group that is embedded and, unless it is a rebuild's, the records of its pages."""
        new, rebuild = group.new, self._job.rebuild
        if rebuild:
            await self._run.check()
        else:
            await self._run.write(lambda session: self._save(session, group.pages, pending=True))
        await self._store.async_add(new)
        await self._store.aset_payloads([node for page in group.pages for node in page.moved])
        await self._store.adelete_nodes([point for page in group.pages for point in page.stale])
        if not rebuild:
            await self._run.write(lambda session: self._save(session, group.pages))
        return group.outcome(embedded=len(new))

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
                fingerprint=self._job.fingerprint,
                node_count=len(page.nodes),
                status="pending" if pending else "indexed",
                document_id=page.document_id,
            )
            for page in written
        ]
        await documents.save_documents(session, corpus_id=self._run.corpus.id, documents=records)
        await save_uploads(session, [page.plan for page in written])


class LocalGroups:
    """Works in this process: one group is prepared while the last one is embedded and the one before is written."""

    async def run(
        self, groups: Sequence[list[PagePlan]], job: GroupJob, work: GroupWork, observer: GroupObserver
    ) -> None:
        """As `GroupRunner` says; groups are written in their order, and what was embedded by an interruption too."""
        ahead: asyncio.Task[PreparedGroup] | None = None
        writing: asyncio.Task[None] | None = None
        try:
            for number, pages in enumerate(groups):
                group = await (ahead or work.prepare(pages))
                following = groups[number + 1 : number + 2]
                ahead = asyncio.create_task(work.prepare(following[0])) if following else None
                try:
                    await work.embed(group)
                except VendorError as error:
                    await observer.note(group.outcome(error=error))
                    continue
                before, writing = writing, asyncio.create_task(_write(work, group, observer, after=writing))
                await _ended(before)
            await _ended(writing)
        finally:
            if ahead is not None:
                ahead.cancel()
            if left := [task for task in (ahead, writing) if task is not None and not task.done()]:
                await asyncio.wait(left)
            for task in (ahead, writing):
                if task is not None and not task.cancelled():
                    task.exception()  # whoever ended the run early has an error of their own


async def _ended(task: asyncio.Task[None] | None) -> None:
    """Waits for a task, which goes on where whoever waits is cancelled. Raises what it raised."""
    if task is not None:
        await asyncio.wait([task])
        task.result()


async def _write(
    work: GroupWork, group: PreparedGroup, observer: GroupObserver, *, after: asyncio.Task[None] | None
) -> None:
    await _ended(after)
    await observer.note(await work.write(group))
