"""A process of a cluster that does shares of an ingestion: reads page files, and works on groups of pages.

It knows no Ray: `pipelines.cluster.ray_cluster` makes an actor of it. Everything that it does may be done again, by it
or by another one, after any death.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from importlib.metadata import version

from pipelines.corpus import CorpusSpec
from pipelines.errors import ClusterUnavailable, SourceMissing
from pipelines.index_parts import open_index_parts
from pipelines.ingestion.group_work import GroupJob, GroupOutcome, GroupWork
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.plan import PagePlan
from pipelines.ingestion.planner import page_from_record
from pipelines.ingestion.run import RunningIngestion
from pipelines.model_registry import Models
from pipelines.readers.edition_pages import FolderSpec, PageFile
from pipelines.readers.folder import FolderPages
from pipelines.readers.page_process import PageLimits, PageProcess
from pipelines.readers.page_source import PackedOutcome
from storage_config.settings import Settings
from storage_config.storage import Storage, open_storage


class IngestionWorker:
    """Opens what it needs with the first call that needs it, and keeps it until its process ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._node = socket.gethostname()
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._storage: Storage | None = None
        self._models = Models(settings, self._stack)
        self._process = PageProcess(PageLimits.from_settings(settings))
        self._work: tuple[GroupJob, GroupWork] | None = None
        self._folder: tuple[CorpusSpec, FolderPages] | None = None

    async def check(self) -> tuple[str, str]:
        """The node's name, and the version of Footnoted there."""
        return self._node, version("footnoted")

    async def read(self, spec: CorpusSpec, files: Sequence[PageFile]) -> list[PackedOutcome]:
        """What these files are. `spec` declares one folder. Raises SourceMissing naming the node."""
        async with self._reading:  # one thread at a time reads a tree
            if self._folder is None or self._folder[0] != spec:
                self._folder = spec, self._open_folder(spec)
            try:
                return await asyncio.to_thread(self._folder[1].read_files, files)
            except SourceMissing as error:
                raise SourceMissing(f"{error} on the node {self._node}: every node needs it at this path") from None

    def _open_folder(self, spec: CorpusSpec) -> FolderPages:
        assert isinstance(spec.source, FolderSpec)
        return FolderPages(spec, spec.source, max_page_chars=self._settings.max_page_chars, process=self._process)

    async def work(self, spec: CorpusSpec, job: GroupJob, pages: Sequence[PagePlan]) -> GroupOutcome:
        """All steps for one group of pages, as the run of the job.

        Raises ClusterUnavailable where this node's pipeline makes other vectors than the job's, and what
        `GroupWork.work` raises.
        """
        async with self._opening:
            if self._work is None or self._work[0] != job:
                self._work = job, await self._open(spec, job)
        return await self._work[1].work(pages)

    async def _open(self, spec: CorpusSpec, job: GroupJob) -> GroupWork:
        if self._storage is None:
            self._storage = await self._stack.enter_async_context(open_storage(self._settings))
        parts = await open_index_parts(spec, self._storage.vectors, self._models)
        if parts.fingerprint != job.fingerprint:
            raise ClusterUnavailable(
                f"The node {self._node} makes other vectors than this one: its embedding model or BM25 is another "
                "version. Install the same version of Footnoted on every node."
            )
        database = self._storage.database
        return GroupWork(
            job,
            run=RunningIngestion(database, job.run_id, job.corpus),
            store=await parts.collections.open(job.collection, dimension=parts.dimension),
            splitter=PageSplitter(spec, job.fingerprint, self._process),
            embed_model=parts.embed_model,
            from_record=partial(page_from_record, database, job.corpus.id),
        )
