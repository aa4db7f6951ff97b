"""From pages to vectors: compare with the records, embed what is new, upsert, delete what is stale, record.

Postgres is the source of truth. Any step may be the last before a crash: a page is marked `pending` before its
points are touched, so the next run looks at it again, and points are compared by id with what the page should have,
so nothing is embedded twice, lost or doubled. A changed pipeline (fingerprint) builds a collection of its own beside
the old one; records and readers switch to it in one transaction when it is complete.
"""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from llama_index.core.base.embeddings.base import BaseEmbedding

from pipelines.corpus import CorpusSpec
from pipelines.ingestion.group_work import GroupJob, GroupRunner, GroupWork, LocalGroups
from pipelines.ingestion.growth import Growth, StorageLimits, bound_growth, check_limit, estimate_growth
from pipelines.ingestion.index_update import IndexUpdate
from pipelines.ingestion.kept_uploads import KeptUploads, ReadUpload
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.plan import IngestionPlan, PageCost, PlanCost, group_pages
from pipelines.ingestion.planner import Planner, page_from_record
from pipelines.ingestion.progress import IngestionProgress, OnProgress
from pipelines.ingestion.run import RunningIngestion, open_run
from pipelines.ingestion.spending import Spend, spend_freely
from pipelines.readers.page_source import PageSource
from pipelines.retrieval.active_index import IndexShape
from pipelines.retrieval.vector_store import Collections
from pipelines.types import IngestionReport
from storage_config.postgres.database import Database
from storage_config.records import corpora, documents
from storage_config.records.corpora import Corpus

PlanPages = Callable[[Corpus], Awaitable[IngestionPlan]]


def _silent(progress: IngestionProgress) -> None:
    """Nobody looks on."""


class Ingestion:
    """Ingests one corpus. The splitter's fingerprint names what shapes its vectors; the collection is named after both.

    Groups of pages are worked on by `runner`; without one, in this process.
    """

    def __init__(
        self,
        *,
        spec: CorpusSpec,
        source: PageSource,
        read_upload: ReadUpload,
        splitter: PageSplitter,
        embed_model: BaseEmbedding,
        dimension: int,
        database: Database,
        collections: Collections,
        limits: StorageLimits,
        runner: GroupRunner | None = None,
    ) -> None:
        self.spec = spec
        self.source = source
        self.fingerprint = fingerprint = splitter.fingerprint
        self.collection = f"{spec.name}-{fingerprint}"
        self._embed_model = embed_model
        self._shape = IndexShape.of(spec, dimension)
        self._database = database
        self._collections = collections
        self._limits = limits
        self._runner = runner or LocalGroups()
        self._splitter = splitter
        self.uploads = KeptUploads(spec, database, read_upload)
        self._planner = Planner(
            spec, source, self.uploads, database, fingerprint=fingerprint, collection=self.collection
        )

    async def plan(self) -> IngestionPlan:
        """The difference between source and records; touches neither. Raises SourceMissing."""
        return await self._planner.plan()

    async def cost(self, plan: IngestionPlan) -> PlanCost:
        """What applying the plan costs page by page: chunks, and how many of them must be embedded."""
        store = await self._collections.open_existing(plan.collection)
        costs: list[PageCost] = []
        failures = list(plan.failures)
        for group in group_pages([page for page in plan.pages if page.document is not None]):
            prepared, unsplit = await self._splitter.split(group)
            failures += unsplit
            for page in prepared:
                page.compare(await store.alist_points(page.plan.uri) if store is not None else {})
                costs.append(PageCost.of(page.plan, len(page.nodes), len(page.new)))
        costs += [PageCost.of(page) for page in plan.pages if page.document is None]
        return PlanCost(tuple(costs), tuple(failures))

    async def ingest(
        self,
        *,
        allow_removals: bool = False,
        on_start: Callable[[], None] = lambda: None,
        on_progress: OnProgress = _silent,
        run_id: UUID | None = None,
        spend: Spend = spend_freely,
    ) -> IngestionReport:
        """Plan and apply, as the only run on this corpus; `on_start` is called once it is that.

        Raises IngestionBusy, SourceMissing, RemovalRefused, LimitExceeded, and VendorError when the embedding vendor
        is down. A page that fails is in the report; it keeps its old version in the index and is tried again in the
        next run.
        """

        async def plan_all(corpus: Corpus) -> IngestionPlan:
            plan = await self.plan()
            if not allow_removals:
                plan.check_removals()
            return plan

        return await self._run(plan_all, on_start=on_start, on_progress=on_progress, run_id=run_id, spend=spend)

    def check_room(self) -> None:
        """Raises DiskFull where the disk has no room for anything new."""
        self._limits.check_room()

    async def change_page(self, plan_page: PlanPages, *, spend: Spend = spend_freely) -> IngestionReport:
        """Applies what `plan_page` says of one page, as the only run on this corpus.

        Nothing is noted of a page that fails. Raises what `plan_page` and `spend` raise, IngestionBusy, PageError for a
        page that cannot be split, LimitExceeded and VendorError.
        """
        return await self._run(plan_page, of_page=True, spend=spend)

    async def _run(
        self,
        plan: PlanPages,
        *,
        of_page: bool = False,
        on_start: Callable[[], None] = lambda: None,
        on_progress: OnProgress = _silent,
        run_id: UUID | None = None,
        spend: Spend = spend_freely,
    ) -> IngestionReport:
        began = time.perf_counter()
        async with open_run(self._database, self.spec.name, run_id=run_id, of_page=of_page) as run:
            on_start()
            await self._note_lost_vectors(run)
            applied = await plan(run.corpus)
            await self._check_limits(applied)
            update = await self._apply(applied, run, on_progress, goes_on=not of_page, spend=spend)
            run.report = await update.report(seconds=time.perf_counter() - began)
            return run.report

    async def _apply(
        self,
        plan: IngestionPlan,
        run: RunningIngestion,
        on_progress: OnProgress,
        *,
        goes_on: bool = True,
        spend: Spend = spend_freely,
    ) -> IndexUpdate:
        # A page is removed from the collection that serves readers, whichever pipeline built it. This pipeline's own is
        # opened to be filled, which makes up for indexes that it is older than.
        is_own = plan.collection == self.collection
        store = None if is_own else await self._collections.open_existing(plan.collection)
        store = store or await self._collections.open(plan.collection, dimension=self._shape.dimension)
        job = GroupJob(run.id, run.corpus, plan.collection, plan.fingerprint, plan.rebuild, goes_on)
        from_record = partial(page_from_record, self._database, run.corpus.id)
        work = GroupWork(
            job,
            run=run,
            store=store,
            splitter=self._splitter,
            embed_model=self._embed_model,
            from_record=from_record,
            spend=spend,
        )
        update = IndexUpdate(
            plan, job=job, run=run, store=store, runner=self._runner, from_record=from_record, on_progress=on_progress
        )
        await update.apply(self._shape, work)
        await self._drop_retired(run, kept=plan.collection)
        return update

    async def _check_limits(self, plan: IngestionPlan) -> None:
        """Raises LimitExceeded or DiskFull where the plan does not fit; one without a page to write adds nothing."""
        if all(page.document is None for page in plan.pages):
            return
        vectors, rows = await self._collections.usage_bytes(), await self._database.size_bytes()
        limits, dimension = self._limits, self._shape.dimension
        bound = bound_growth(plan, self._collections, dimension=dimension)
        if limits.has_room(Growth(0, vectors, rows), bound):
            return
        growth = await estimate_growth(plan, self._splitter, self._collections, dimension=dimension)
        limits.check_room(growth)
        check_limit("FOOTNOTED_QDRANT_LIMIT_BYTES", used=vectors, growth=growth.qdrant_bytes, limit=limits.qdrant_bytes)
        check_limit(
            "FOOTNOTED_POSTGRES_LIMIT_BYTES", used=rows, growth=growth.postgres_bytes, limit=limits.postgres_bytes
        )

    async def _note_lost_vectors(self, run: RunningIngestion) -> None:
        """Vectors that are recorded but gone, or some of them: every page is looked at again, also by later runs."""
        if run.corpus.active_collection != self.collection:
            return
        store = await self._collections.open_existing(self.collection)
        points = await store.acount() if store is not None else 0
        states = await self._database.run(partial(documents.list_document_states, corpus_id=run.corpus.id))
        if points < sum(state.node_count for state in states if state.status == "indexed"):
            await run.write(partial(documents.mark_documents_pending, document_ids=[state.id for state in states]))

    async def _drop_retired(self, run: RunningIngestion, *, kept: str) -> None:
        corpus = await run.write(partial(corpora.ensure_corpus, name=self.spec.name))
        for name in corpus.retired_collections:
            if name == kept:
                continue  # half built: the next run goes on with it
            await self._collections.delete(name)
            await run.write(partial(corpora.forget_retired_collection, corpus_id=corpus.id, collection=name))
