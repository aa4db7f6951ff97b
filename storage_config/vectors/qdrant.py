"""A Qdrant server: its client, our collection schema, and the points of a collection over REST.

Every operation here is idempotent, so each may be tried again: after no connection, a cut, garbage, 429 or 5xx, at
most three times, and a whole call is bounded in time. The client's errors become VectorsUnavailable.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import stamina
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

from storage_config.errors import VectorsUnavailable
from storage_config.settings import Settings
from storage_config.vectors.conditions import Filter, check_has_conditions
from storage_config.vectors.points import (
    BM25,
    DENSE,
    INDEXED_KEYS,
    SCROLL_BATCH,
    UPSERT_BATCH,
    CollectionStats,
    Payload,
    PointHit,
    PointSearch,
    SparseVector,
    StoredPoint,
)
from storage_config.vectors.qdrant_filters import qdrant_filter
from storage_config.vectors.scrolling import ScrolledPoints

T = TypeVar("T")

ATTEMPTS = 3
SEARCH_SECONDS = 5
WRITE_SECONDS = 60
CONNECTIONS = 128
# Qdrant's capacity planning page adds 50 % for metadata and indexes.
_OVERHEAD = 1.5
_SAMPLE = 64


def build_qdrant_client(settings: Settings, *, timeout: int = WRITE_SECONDS) -> AsyncQdrantClient:
    """A client for `QDRANT_URL`; it connects on first use. `timeout` in seconds bounds each read of the socket.

    Raises ValueError where the url is not set. The client's own version check is off: it would block here, and warn.
    """
    if settings.qdrant_url is None:
        raise ValueError("QDRANT_URL is not set")
    key = settings.qdrant_api_key.get_secret_value() if settings.qdrant_api_key else None
    return AsyncQdrantClient(
        url=settings.qdrant_url, api_key=key, timeout=timeout, check_compatibility=False, pool_size=CONNECTIONS
    )


class ServerPoints(ScrolledPoints):
    """The points of one collection on a server (see `Points`). `search_seconds` bounds a search, retries included."""

    def __init__(self, client: AsyncQdrantClient, name: str, *, search_seconds: float = SEARCH_SECONDS) -> None:
        self.client = client
        self.name = name
        self._search_seconds = search_seconds

    async def upsert(self, points: Sequence[StoredPoint]) -> None:
        """Writes in batches and waits until each is applied."""
        for start in range(0, len(points), UPSERT_BATCH):
            batch = [_as_point(point) for point in points[start : start + UPSERT_BATCH]]
            await self._write(partial(self.client.upsert, self.name, batch, wait=True))

    async def delete(self, ids: Sequence[str]) -> None:
        """Deletes by id in batches; no ids delete nothing."""
        for start in range(0, len(ids), SCROLL_BATCH):
            selector = models.PointIdsList(points=list(ids[start : start + SCROLL_BATCH]))
            await self._write(partial(self.client.delete, self.name, selector, wait=True))

    async def delete_matching(self, condition: Filter) -> None:
        """Deletes what matches. Raises ValueError for a filter without conditions."""
        check_has_conditions(condition)
        selector = models.FilterSelector(filter=qdrant_filter(condition))
        await self._write(partial(self.client.delete, self.name, selector, wait=True))

    async def overwrite_payloads(self, payloads: Mapping[str, Payload]) -> None:
        """One request for each batch of points, one operation a point."""
        items = iter(payloads.items())
        while batch := list(islice(items, UPSERT_BATCH)):
            operations = [
                models.OverwritePayloadOperation(
                    overwrite_payload=models.SetPayload(payload=payload, points=[point_id])
                )
                for point_id, payload in batch
            ]
            await self._write(partial(self.client.batch_update_points, self.name, operations, wait=True))

    async def search(self, searches: Sequence[PointSearch]) -> list[list[PointHit]]:
        """All legs in one `query/batch`."""
        requests = [_as_query(search) for search in searches]
        answers = await self._read(partial(self.client.query_batch_points, self.name, requests))
        return [[PointHit(str(p.id), p.score, p.payload or {}) for p in answer.points] for answer in answers]

    async def retrieve(self, ids: Sequence[str]) -> dict[str, Payload]:
        """Payloads by id."""
        found: dict[str, Payload] = {}
        for start in range(0, len(ids), SCROLL_BATCH):
            batch = list(ids[start : start + SCROLL_BATCH])
            records = await self._read(partial(self.client.retrieve, self.name, batch))
            found |= {str(record.id): record.payload or {} for record in records}
        return found

    async def scroll_batch(
        self, condition: Filter | None, keys: Sequence[str] | None, offset: Any
    ) -> tuple[dict[str, Payload], Any]:
        """As `ScrolledPoints` says."""
        native = qdrant_filter(condition) if condition is not None else None
        shown: Any = True if keys is None else list(keys)
        call = partial(self.client.scroll, self.name, native, limit=SCROLL_BATCH, offset=offset, with_payload=shown)
        records, following = await self._read(call)
        return {str(record.id): record.payload or {} for record in records}, following

    async def count(self) -> int:
        """The exact count."""
        return (await self._read(partial(self.client.count, self.name, exact=True))).count

    async def drop(self) -> None:
        """Deletes the collection."""
        await self._write(partial(self.client.delete_collection, self.name))

    async def _read(self, call: Callable[[], Awaitable[T]]) -> T:
        return await call_qdrant(call, seconds=self._search_seconds)

    async def _write(self, call: Callable[[], Awaitable[Any]]) -> None:
        await call_qdrant(call, seconds=WRITE_SECONDS)


class ServerCollections:
    """The collections of a server (see `PointCollections`), with our schema.

    A collection that is made here has `shards` parts, each on `replicas` nodes; one that exists keeps what it has.
    """

    def __init__(
        self,
        client: AsyncQdrantClient,
        *,
        search_seconds: float = SEARCH_SECONDS,
        shards: int = 1,
        replicas: int = 1,
    ) -> None:
        self.client = client
        self._search_seconds = search_seconds
        self._shards = shards
        self._replicas = replicas

    async def open(self, name: str, *, dimension: int) -> ServerPoints:
        """Makes the collection where it is missing; indexes that a killed start left out are made up for."""
        if not await self._call(partial(self.client.collection_exists, name)):
            await self._call(partial(self._create, name, dimension))
        info = await self._call(partial(self.client.get_collection, name))
        vectors = info.config.params.vectors
        found = vectors[DENSE].size if isinstance(vectors, dict) and DENSE in vectors else None
        if found != dimension:
            raise VectorsUnavailable(f"Collection {name} holds vectors of dimension {found}, not {dimension}.")
        await self._index(name, info)
        return ServerPoints(self.client, name, search_seconds=self._search_seconds)

    async def find(self, name: str) -> ServerPoints | None:
        """The collection's points, where it exists."""
        if not await self._call(partial(self.client.collection_exists, name)):
            return None
        # Every search asks whom a point is for, and some servers refuse to filter without an index.
        await self._index(name, await self._call(partial(self.client.get_collection, name)))
        return ServerPoints(self.client, name, search_seconds=self._search_seconds)

    async def names(self) -> list[str]:
        """Names of all collections of the server, also those of others."""
        answer = await self._call(self.client.get_collections)
        return sorted(collection.name for collection in answer.collections)

    async def delete(self, name: str) -> None:
        """Deletes a collection where it is."""
        await self._call(partial(self.client.delete_collection, name))

    async def stats(self, name: str) -> CollectionStats:
        """Bytes are estimated, since the server tells none: vectors and the mean payload of a sample of points."""
        info = await self._call(partial(self.client.get_collection, name))
        vectors = info.config.params.vectors
        size = vectors[DENSE].size if isinstance(vectors, dict) and DENSE in vectors else 0
        points = info.points_count or 0
        sample, _ = await self._call(partial(self.client.scroll, name, limit=_SAMPLE))
        payload = sum(len(json.dumps(point.payload, ensure_ascii=False).encode()) for point in sample)
        mean = payload / len(sample) if sample else 0.0
        return CollectionStats(points, self.growth_bytes(points, payload_bytes=int(mean * points), dimension=size))

    def growth_bytes(self, points: int, *, payload_bytes: int, dimension: int) -> int:
        """Vectors and payloads, half as much again for sparse vectors, ids and indexes."""
        return int((points * 4 * dimension + payload_bytes) * _OVERHEAD)

    async def close(self) -> None:
        """Closes the client's connections."""
        await self.client.close()

    async def _create(self, name: str, dimension: int) -> None:
        try:
            await self.client.create_collection(
                name,
                vectors_config={DENSE: models.VectorParams(size=dimension, distance=models.Distance.COSINE)},
                sparse_vectors_config={BM25: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                shard_number=self._shards,
                replication_factor=self._replicas,
            )
        except UnexpectedResponse as error:
            if error.status_code != 409:  # another process made it meanwhile
                raise

    async def _index(self, name: str, info: models.CollectionInfo) -> None:
        for key, kind in INDEXED_KEYS.items():
            if key not in info.payload_schema:
                await self._call(partial(self._create_index, name, key, models.PayloadSchemaType(kind)))

    async def _create_index(self, name: str, key: str, kind: models.PayloadSchemaType) -> None:
        await self.client.create_payload_index(name, key, kind, wait=True)

    async def _call(self, call: Callable[[], Awaitable[T]]) -> T:
        return await call_qdrant(call, seconds=WRITE_SECONDS)


async def call_qdrant(call: Callable[[], Awaitable[T]], *, seconds: float) -> T:
    """The result of an idempotent call, tried up to three times within `seconds`.

    Raises VectorsUnavailable; its message holds the status and the kind of failure, no text of the server.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _retried(call)
    except TimeoutError:
        raise VectorsUnavailable(f"Qdrant did not answer within {seconds:g} s.") from None
    except (ApiException, QdrantException, ValueError) as error:
        raise VectorsUnavailable(f"Qdrant failed: {_reason(error)}.") from None


async def _retried(call: Callable[[], Awaitable[T]]) -> T:
    retrying = stamina.AsyncRetryingCaller(
        attempts=ATTEMPTS, timeout=None, wait_initial=0.05, wait_max=1, wait_jitter=0.1
    )
    return await retrying(_may_help, call)


def _may_help(error: Exception) -> bool:
    """Trying again may help after everything but a refusal of the request itself."""
    if isinstance(error, UnexpectedResponse):
        status = error.status_code or 0
        return status == 429 or status >= 500
    return isinstance(error, ApiException | QdrantException | ValueError)


def _reason(error: Exception) -> str:
    if isinstance(error, UnexpectedResponse):
        return f"HTTP {error.status_code}"
    source = getattr(error, "source", error)
    return type(source).__name__


def _as_point(point: StoredPoint) -> models.PointStruct:
    vectors: dict[str, Any] = {DENSE: point.dense}
    if point.bm25.indices:
        vectors[BM25] = models.SparseVector(indices=point.bm25.indices, values=point.bm25.values)
    return models.PointStruct(id=point.id, vector=vectors, payload=point.payload)


def _as_query(search: PointSearch) -> models.QueryRequest:
    sparse = isinstance(search.vector, SparseVector)
    vector: Any = search.vector
    return models.QueryRequest(
        query=models.SparseVector(indices=vector.indices, values=vector.values) if sparse else vector,
        using=BM25 if sparse else DENSE,
        limit=search.limit,
        filter=qdrant_filter(search.filter) if search.filter is not None else None,
        with_payload=True,
    )
