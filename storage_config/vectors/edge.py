"""The embedded Qdrant: Qdrant Edge in this process, one folder (shard) a collection, with a write-ahead log.

Measured on qdrant-edge-py 0.9: reads are safe from several threads and let others run; writes go through one thread;
what was written survives kill -9. `optimize()` is never called: it holds the interpreter for seconds, and up to 50,000
points the plain scan answers in 1.4 ms. One process owns a folder; a second one gets StateInUse.
"""

import asyncio
import contextlib
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import qdrant_edge
from qdrant_edge import (
    CountRequest,
    Distance,
    EdgeConfig,
    EdgeOptimizersConfig,
    EdgeShard,
    EdgeSparseVectorParams,
    EdgeVectorParams,
    Modifier,
    PayloadSchemaType,
    Point,
    ScrollRequest,
    UpdateOperation,
)

from storage_config.errors import DiskFull, StateInUse, VectorsUnavailable
from storage_config.vectors import edge_search
from storage_config.vectors.conditions import Filter, check_has_conditions
from storage_config.vectors.edge_filters import edge_filter
from storage_config.vectors.edge_search import KnownPoints
from storage_config.vectors.payload_memory import PayloadMemory
from storage_config.vectors.points import (
    BM25,
    DENSE,
    INDEXED_KEYS,
    SCROLL_BATCH,
    UPSERT_BATCH,
    CollectionStats,
    LegPair,
    Payload,
    PointHit,
    PointSearch,
    StoredPoint,
)
from storage_config.vectors.scrolling import ScrolledPoints

T = TypeVar("T")

READ_THREADS = 2
_INDEXES = {"keyword": PayloadSchemaType.Keyword, "integer": PayloadSchemaType.Integer}
_POINT_BYTES = 100  # ids, versions and the indexes of the payload
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class EdgeShards:
    """The collections below one folder (see `PointCollections`); shards are opened on first use.

    The folder belongs to one process: whoever builds this holds the lock of the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shards: dict[str, EdgeShard] = {}
        self._memories: defaultdict[str, KnownPoints] = defaultdict(PayloadMemory)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="edge-write")
        self._readers = ThreadPoolExecutor(max_workers=READ_THREADS, thread_name_prefix="edge-read")

    async def open(self, name: str, *, dimension: int) -> "EdgePoints":
        """Makes the shard where it is missing. Raises StateInUse when another process has it open."""
        await self.write(lambda: self._open(_checked(name), dimension))
        return EdgePoints(self, name)

    async def find(self, name: str) -> "EdgePoints | None":
        """The shard's points, where it exists. Raises StateInUse like `open`."""
        return EdgePoints(self, name) if await self.write(lambda: self._load(_checked(name))) else None

    async def names(self) -> list[str]:
        """Names of the shards on disk."""
        return await self.write(self._names)

    async def delete(self, name: str) -> None:
        """Closes the shard and deletes its folder."""
        await self.write(lambda: self._delete(_checked(name)))

    async def stats(self, name: str) -> CollectionStats:
        """Points, and bytes that the shard's files take on disk."""

        def measure() -> CollectionStats:
            self._load(_checked(name))
            files = [path.stat() for path in (self._folder / name).rglob("*") if path.is_file()]
            return CollectionStats(self._shard(name).count(CountRequest()), sum(file.st_blocks * 512 for file in files))

        return await self.write(measure)

    def growth_bytes(self, points: int, *, payload_bytes: int, dimension: int) -> int:
        """Everything is kept twice, in a segment and in the write-ahead log (measured at 16 and 384 dimensions).

        A number of a vector takes 4 bytes in the one and 5 in the other, and a sparse vector 0.4 of its payload.
        """
        return points * (9 * dimension + _POINT_BYTES) + int(2.8 * payload_bytes)

    async def close(self) -> None:
        """Flushes and closes every shard and ends the threads."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    async def read(self, name: str, work: Callable[[EdgeShard], T]) -> T:
        """What `work` reads from the shard, in a thread."""
        return await self._run(self._readers, lambda: work(self._shard(name)))

    def memory(self, name: str) -> KnownPoints:
        """Payloads of a collection that searches met before."""
        return self._memories[name]

    async def change(self, name: str, operations: Sequence[Callable[[], list[UpdateOperation]]]) -> None:
        """Applies what the builders build, each on its own turn of the one writing thread, and flushes at the end.

        They are built in that thread too: converting payloads takes longer than writing them.
        """
        for build in operations:
            await self.write(partial(self._apply, name, build))
        await self.write(lambda: self._shard(name).flush())

    async def write(self, work: Callable[[], T]) -> T:
        """Runs `work` in the one writing thread."""
        return await self._run(self._writer, work)

    async def _run(self, executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, _translated, work)
        except RuntimeError as error:
            if "shutdown" in str(error):
                raise VectorsUnavailable("The embedded vectors are closed.") from None
            raise

    def _apply(self, name: str, build: Callable[[], list[UpdateOperation]]) -> None:
        shard = self._shard(name)
        try:
            for operation in build():
                shard.update(operation)
        finally:
            self._memories[name].forget()

    def _shard(self, name: str) -> EdgeShard:
        if (shard := self._shards.get(name)) is None:
            raise VectorsUnavailable(f"There is no collection {name}.")
        return shard

    def _open(self, name: str, dimension: int) -> None:
        if not self._load(name):
            self._create(name, dimension)
            self._load(name)
        found = edge_dimension(self._folder / name)
        if found != dimension:
            raise VectorsUnavailable(f"Collection {name} holds vectors of dimension {found}, not {dimension}.")

    def _load(self, name: str) -> bool:
        if name not in self._shards and (self._folder / name).is_dir():
            self._keep_private()
            self._shards[name] = shard = EdgeShard.load(str(self._folder / name))
            _index(shard)
        return name in self._shards

    def _create(self, name: str, dimension: int) -> None:
        """Makes the shard under another name first, so that a kill in between leaves no half-made collection."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in self._folder.glob(".*"):
            shutil.rmtree(leftover, ignore_errors=True)
        draft = self._folder / f".{uuid4().hex}"
        shard = EdgeShard.create(str(draft), edge_config(dimension))
        _index(shard)
        shard.flush()
        shard.close()
        draft.rename(self._folder / name)

    def _keep_private(self) -> None:
        """Pages may be for their readers only. A folder that an older version made was open to all users."""
        with contextlib.suppress(PermissionError):  # the folder is another user's, who decides
            self._folder.chmod(0o700)

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))

    def _delete(self, name: str) -> None:
        if (shard := self._shards.pop(name, None)) is not None:
            shard.close()
        self._memories[name].forget()
        if (folder := self._folder / name).is_dir():
            gone = self._folder / f".{uuid4().hex}"
            folder.rename(gone)
            shutil.rmtree(gone)

    def _close(self) -> None:
        self._readers.shutdown(wait=True)
        self._writer.shutdown(wait=True)
        while self._shards:
            _, shard = self._shards.popitem()
            shard.flush()
            shard.close()


class EdgePoints(ScrolledPoints):
    """The points of one shard (see `Points`)."""

    def __init__(self, shards: EdgeShards, name: str) -> None:
        self.shards = shards
        self.name = name

    async def upsert(self, points: Sequence[StoredPoint]) -> None:
        """Writes in batches, so that other writers come in between."""
        starts = range(0, len(points), UPSERT_BATCH)
        await self._change(*(partial(_upsert, points[start : start + UPSERT_BATCH]) for start in starts))

    async def delete(self, ids: Sequence[str]) -> None:
        """Deletes by id; no ids delete nothing."""
        if ids:
            await self._change(lambda: [UpdateOperation.delete_points(list(ids))])

    async def delete_matching(self, condition: Filter) -> None:
        """Deletes what matches. Raises ValueError for a filter without conditions."""
        check_has_conditions(condition)
        native = edge_filter(condition)
        await self._change(lambda: [UpdateOperation.delete_points_by_filter(native)])

    async def overwrite_payloads(self, payloads: Mapping[str, Payload]) -> None:
        """One operation a point, one flush."""
        if payloads:
            await self._change(lambda: [UpdateOperation.overwrite_payload([id_], p) for id_, p in payloads.items()])

    async def search(self, searches: Sequence[PointSearch]) -> list[list[PointHit]]:
        """All legs in one pass over the segments; payloads are read once for all of them, and remembered."""
        memory = self.shards.memory(self.name)
        return await self.shards.read(self.name, lambda shard: edge_search.search(shard, memory, searches))

    async def search_both(self, pairs: Sequence[LegPair]) -> list[tuple[list[PointHit], list[PointHit]]]:
        """Both legs of each text, each with the hits behind its own that only the other leg had.

        In the engine's own process a low score costs little, and it is better than none.
        """
        memory = self.shards.memory(self.name)
        return await self.shards.read(self.name, lambda shard: edge_search.search_both(shard, memory, pairs))

    def revision(self) -> int:
        """Another number after every write."""
        return self.shards.memory(self.name).writes

    async def retrieve(self, ids: Sequence[str]) -> dict[str, Payload]:
        """Payloads by id."""
        return await self.shards.read(self.name, lambda shard: edge_search.retrieve(shard, ids))

    async def scroll_batch(
        self, condition: Filter | None, keys: Sequence[str] | None, offset: Any
    ) -> tuple[dict[str, Payload], Any]:
        """As `ScrolledPoints` says."""
        native = edge_filter(condition) if condition is not None else None
        shown: Any = True if keys is None else list(keys)
        request = ScrollRequest(offset=offset, limit=SCROLL_BATCH, filter=native, with_payload=shown)
        records, following = await self.shards.read(self.name, partial(_scroll, request))
        return {str(record.id): record.payload or {} for record in records}, following

    async def count(self) -> int:
        """The exact count."""
        return await self.shards.read(self.name, lambda shard: shard.count(CountRequest()))

    async def drop(self) -> None:
        """Deletes the shard's folder."""
        await self.shards.delete(self.name)

    async def _change(self, *operations: Callable[[], list[UpdateOperation]]) -> None:
        if operations:
            await self.shards.change(self.name, operations)


def edge_config(dimension: int) -> EdgeConfig:
    """Our schema: plain scan, write-ahead log on."""
    return EdgeConfig(
        vectors={DENSE: EdgeVectorParams(size=dimension, distance=Distance.Cosine)},
        sparse_vectors={BM25: EdgeSparseVectorParams(modifier=Modifier.Idf)},
        optimizers=EdgeOptimizersConfig(indexing_threshold=0),
        max_search_threads=READ_THREADS,
        wal_enabled=True,
    )


def edge_dimension(folder: Path) -> int:
    """The dimension of the dense vectors of a shard, by its own description. Raises VectorsUnavailable without it."""
    try:
        described = json.loads((folder / "edge_config.json").read_bytes())
        return int(described["vectors"][DENSE]["size"])
    except (OSError, ValueError, KeyError, TypeError):
        raise VectorsUnavailable(f"{folder} is not a collection of ours.") from None


def _checked(name: str) -> str:
    """Raises ValueError for a name that is no plain folder name."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a collection")
    return name


def _translated(work: Callable[[], T]) -> T:
    """The engine raises plain `Exception` for its failures, and a panic as a BaseException of its own."""
    try:
        return work()
    except Exception as error:
        if type(error) is not Exception:
            raise
        if "WouldBlock" in str(error):
            raise StateInUse("Another process has the embedded vectors open.") from None
        if "No space left on device" in str(error):
            raise DiskFull("There is no room left for the embedded vectors.") from None
        raise VectorsUnavailable(f"The embedded vectors failed: {error}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise VectorsUnavailable(f"The embedded vectors failed: {error}") from None


def _index(shard: EdgeShard) -> None:
    """Makes the indexes that are missing: without one a filter reads every payload, a hundred times slower."""
    for key, kind in INDEXED_KEYS.items():
        if key not in shard.info().payload_schema:
            shard.update(UpdateOperation.create_field_index(key, _INDEXES[kind]))


def _upsert(points: Sequence[StoredPoint]) -> list[UpdateOperation]:
    return [UpdateOperation.upsert_points([_as_point(point) for point in points])]


def _scroll(request: ScrollRequest, shard: EdgeShard) -> tuple[list[Any], Any]:
    return shard.scroll(request)


def _as_point(point: StoredPoint) -> Point:
    vectors: dict[str, Any] = {DENSE: point.dense}
    if point.bm25.indices:
        vectors[BM25] = qdrant_edge.SparseVector(point.bm25.indices, point.bm25.values)
    return Point(point.id, vectors, point.payload)
