"""An existing Ray cluster that ingestions are spread over; it is never started here.

The run stays here with its plan, its heartbeat and the switch; workers, an actor for each CPU, read the files and
split, embed, write and record groups of pages. A worker that dies is started again by Ray, and what it was at is done
again: the steps are idempotent. After `_DEATHS` deaths of one worker the run ends, and the next one goes on.
"""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.cluster.worker import IngestionWorker
from pipelines.corpus import CorpusSpec
from pipelines.errors import ClusterUnavailable
from pipelines.ingestion.group_work import GroupJob, GroupObserver, GroupOutcome, GroupWork
from pipelines.ingestion.plan import PagePlan
from pipelines.readers.edition_pages import PageFile
from pipelines.readers.page_source import PackedOutcome
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings

if TYPE_CHECKING:
    from ray.actor import ActorHandle

T = TypeVar("T")
R = TypeVar("R")

_DEATHS = 3
_SHARES_A_WORKER = 2  # while one is embedded, the other is read from and written to the stores
_FILES_A_CALL = 32
_CONNECT_SECONDS = 5.0
_START_SECONDS = 120.0  # until a worker has room and has loaded its libraries
_FEWEST_SECONDS = 5.0  # that the others have from then on, else as long as the first one took
_CHARS_A_TOKEN = 4  # of English text


class RayCluster:
    """Workers that are ready. See `pipelines.bootstrap.Cluster`."""

    def __init__(self, workers: "Sequence[ActorHandle[Any]]") -> None:
        self._workers = workers

    @property
    def size(self) -> int:
        """How many workers there are."""
        return len(self._workers)

    async def read(self, spec: CorpusSpec, files: Sequence[PageFile]) -> list[PackedOutcome]:
        """What each file is, read by the workers, which need the folder at the same path as here."""
        starts = range(0, len(files), _FILES_A_CALL)
        shares = [(number, files[start : start + _FILES_A_CALL]) for number, start in enumerate(starts)]
        read: list[list[PackedOutcome]] = [[] for _ in shares]

        async def ask(worker: "ActorHandle[Any]", share: tuple[int, Sequence[PageFile]]) -> None:
            read[share[0]] = await _result(worker.read.remote(spec, share[1]), f"files from {share[1][0].path} on")

        await self.spread(shares, ask)
        return [outcome for share in read for outcome in share]

    def groups(self, spec: CorpusSpec) -> "RayGroups":
        """What works on groups of the corpus's pages."""
        return RayGroups(spec, self)

    async def spread(self, shares: Sequence[T], ask: "Callable[[ActorHandle[Any], T], Awaitable[None]]") -> None:
        """Has every share done by some worker, each at a few at once. The first failure ends all."""
        left: Iterator[T] = iter(shares)

        async def keep_asking(worker: "ActorHandle[Any]") -> None:
            for share in left:  # shared by all: whoever is free takes the next one
                await ask(worker, share)

        tasks = [asyncio.create_task(keep_asking(worker)) for worker in self._workers for _ in range(_SHARES_A_WORKER)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class RayGroups:
    """Works on groups of one corpus's pages on a cluster. See `GroupRunner`."""

    def __init__(self, spec: CorpusSpec, cluster: RayCluster) -> None:
        self._spec = spec
        self._cluster = cluster

    async def run(
        self, groups: Sequence[list[PagePlan]], job: GroupJob, work: GroupWork, observer: GroupObserver
    ) -> None:
        """As `GroupRunner` says; groups are told in the order in which they are done.

        How many chunks a group has only its worker knows, so that `spend` is told of as many as its pages' lengths make
        before, and of the others afterwards.
        """

        async def ask(worker: "ActorHandle[Any]", pages: list[PagePlan]) -> None:
            names = f"pages from {pages[0].uri} to {pages[-1].uri}"
            promised = sum(1 + page.chars // (_CHARS_A_TOKEN * self._spec.chunk.max_tokens) for page in pages)
            await work.spend(promised)
            outcome: GroupOutcome = await _result(worker.work.remote(self._spec, job, pages), names)
            if (more := outcome.nodes_embedded - promised) > 0:
                await work.spend(more)
            await observer.note(outcome)

        await self._cluster.spread(groups, ask)


@asynccontextmanager
async def open_ray_cluster(settings: Settings) -> AsyncIterator[RayCluster]:
    """The cluster at RAY_ADDRESS with workers that are ready, for the block.

    Raises ConfigurationError where Ray is missing or storage is this machine's alone, ClusterUnavailable.
    """
    if settings.embedded:
        raise ConfigurationError(
            "--engine ray: workers on other machines need storage that they can reach: set DATABASE_URL and QDRANT_URL."
        )
    try:
        import ray
    except ImportError:
        raise ConfigurationError('--engine ray: Ray is not installed: install "footnoted[ray]".') from None
    await asyncio.to_thread(_probe, settings.ray_address)
    _connect(settings.ray_address)
    try:
        workers = await _start_workers(settings)
        try:
            yield RayCluster(workers)
        finally:
            for worker in workers:
                ray.kill(worker)
    finally:
        ray.shutdown()


def _probe(address: str) -> None:
    """Whether anybody listens there: Ray itself would try for minutes, and then end this process."""
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if "/" in host or not host or not port.isdigit():
        raise ConfigurationError(
            f"RAY_ADDRESS: {address!r} is neither host:port of a cluster's head nor auto. Ray's client (ray://) is not "
            "used: run this command on a node of the cluster."
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ClusterUnavailable(f"No Ray cluster answers at {address} (RAY_ADDRESS): {error}.") from None


def _connect(address: str) -> None:
    import ray

    try:
        # In this thread: Ray takes the signals of whoever connects.
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, OSError, SystemExit) as error:
        raise ClusterUnavailable(f"No Ray cluster could be joined at {address} (RAY_ADDRESS): {error}") from None


async def _start_workers(settings: Settings) -> "list[ActorHandle[Any]]":
    """As many workers as there are CPUs free for them in time. Raises ClusterUnavailable where there is none."""
    import ray

    cpus = ray.cluster_resources().get("CPU", 0)  # type: ignore[no-untyped-call]
    count = min(settings.ray_workers, int(cpus))
    actor: Any = ray.remote(IngestionWorker)
    actor = actor.options(num_cpus=1, max_restarts=_DEATHS, max_task_retries=_DEATHS, max_concurrency=_SHARES_A_WORKER)
    workers = [actor.remote(settings) for _ in range(count)]
    checks = [asyncio.ensure_future(_result(worker.check.remote(), "nothing yet")) for worker in workers]
    ready: list[ActorHandle[Any]] = []
    if checks:
        await _wait_for_some(checks)
    try:
        for worker, check in zip(workers, checks, strict=True):
            if check.done():
                node, found = check.result()
                if found != version("footnoted"):
                    raise ClusterUnavailable(
                        f"The node {node} has Footnoted {found}, this one {version('footnoted')}: install the same."
                    )
                ready.append(worker)
            else:
                check.cancel()
                ray.kill(worker)
    except BaseException:
        for worker in workers:
            ray.kill(worker)
        raise
    if not ready:
        raise ClusterUnavailable(f"The Ray cluster has no CPU free for a worker (waited for {_START_SECONDS:.0f} s).")
    return ready


async def _wait_for_some(checks: "Sequence[asyncio.Future[tuple[str, str]]]") -> None:
    """Until all are done, or the first one is and the others had time: their CPUs may be taken."""
    began = time.monotonic()
    done, left = await asyncio.wait(checks, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if left and done and not any(check.exception() for check in done):
        more = max(_FEWEST_SECONDS, time.monotonic() - began)
        await asyncio.wait(left, timeout=more, return_when=asyncio.FIRST_EXCEPTION)


async def _result(asked: Awaitable[R], at: str) -> R:
    """What a worker answers, or raises: an error of ours as it was raised there."""
    from ray.exceptions import RayError, RayTaskError

    try:
        return await asked
    except RayTaskError as error:
        cause = getattr(error, "cause", None)
        if isinstance(cause, Exception) and not isinstance(cause, RayTaskError):
            raise cause from None
        raise ClusterUnavailable(f"A worker failed at {at}: {_first_line(error)}") from None
    except RayError as error:
        raise ClusterUnavailable(
            f"A worker of the Ray cluster was lost at {at}, after {_DEATHS} starts anew: {_first_line(error)} What was "
            "written is kept: run it again to go on."
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
