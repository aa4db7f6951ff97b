"""What both vector stores keep and answer, in plain values: a point with two vectors, a search, a hit.

A collection holds the named vectors `dense` (cosine) and `bm25` (sparse, IDF computed by the engine over the
collection).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from storage_config.vectors.conditions import Filter

DENSE = "dense"
BM25 = "bm25"
# Payload keys that have an index, and of what: what readers filter by, and what a page's points are found by. `start`
# tells the passages of a section.
INDEXED_KEYS: Mapping[str, Literal["keyword", "integer"]] = {
    "uri": "keyword", "source_quality": "keyword", "version": "keyword", "locale": "keyword", "tags": "keyword",
    "access": "keyword", "start": "integer",
}  # fmt: skip
# Points a request. 128 points of 384 dimensions with their texts are about 1.5 MB of JSON.
UPSERT_BATCH = 128
SCROLL_BATCH = 512

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Weights of a sparse vector by index; both lists have the same length."""

    indices: list[int]
    values: list[float]


@dataclass(frozen=True, slots=True)
class StoredPoint:
    """A point as it is written. `id` is a UUID."""

    id: str
    dense: list[float]
    bm25: SparseVector
    payload: Payload


@dataclass(frozen=True, slots=True)
class PointSearch:
    """One leg: the `limit` nearest points to `vector`, by cosine for a dense one and by BM25 for a sparse one."""

    vector: list[float] | SparseVector
    limit: int
    filter: Filter | None = None


class LegPair(NamedTuple):
    """Both legs of one text; without words to look for there is no second one."""

    dense: PointSearch
    bm25: PointSearch | None


class PointHit(NamedTuple):
    """A point that a leg returned, with the leg's raw score. A tuple, since a question makes hundreds of them."""

    id: str
    score: float
    payload: Payload


@dataclass(frozen=True, slots=True)
class CollectionStats:
    """`bytes` is what the collection takes on disk: measured for the embedded store, estimated for a server."""

    points: int
    bytes: int


class Points(Protocol):
    """The points of one collection. Every method raises VectorsUnavailable when the store fails or is too slow.

    Writing is idempotent, and what returned is kept: it survives the end of the process.
    """

    async def upsert(self, points: Sequence[StoredPoint]) -> None:
        """Writes the points, replacing those of the same id."""
        ...

    async def delete(self, ids: Sequence[str]) -> None:
        """Deletes these points; ids that are not there do not matter, and no ids delete nothing."""
        ...

    async def delete_matching(self, condition: Filter) -> None:
        """Deletes the points that match. Raises ValueError for a filter without conditions: it would match all."""
        ...

    async def overwrite_payloads(self, payloads: Mapping[str, Payload]) -> None:
        """Gives points a new payload by id, leaving their vectors alone."""
        ...

    async def search(self, searches: Sequence[PointSearch]) -> list[list[PointHit]]:
        """The hits of every search, best first, in one round trip."""
        ...

    async def retrieve(self, ids: Sequence[str]) -> dict[str, Payload]:
        """Payloads by id; ids that are not there are left out."""
        ...

    async def scroll(self, condition: Filter | None = None) -> dict[str, Payload]:
        """Payloads of all points that match, by id, read in pages."""
        ...

    def uris(self) -> AsyncIterator[Mapping[str, str]]:
        """The page of every point by the point's id, batch by batch: what a collection holds need not fit in memory."""
        ...

    async def count(self) -> int:
        """How many points there are."""
        ...

    async def drop(self) -> None:
        """Deletes the whole collection; afterwards every call fails."""
        ...


class PointCollections(Protocol):
    """The collections of a Qdrant server or of the embedded engine. Raises VectorsUnavailable like `Points`."""

    async def open(self, name: str, *, dimension: int) -> Points:
        """The points of a collection, which is made where it is missing.

        Raises VectorsUnavailable when it exists with another dimension.
        """
        ...

    async def find(self, name: str) -> Points | None:
        """The points of a collection that exists, None otherwise; nothing is made."""
        ...

    async def names(self) -> list[str]:
        """Names of the collections, sorted."""
        ...

    async def delete(self, name: str) -> None:
        """Deletes a collection; one that is not there does not matter."""
        ...

    async def stats(self, name: str) -> CollectionStats:
        """Points and bytes of a collection."""
        ...

    def growth_bytes(self, points: int, *, payload_bytes: int, dimension: int) -> int:
        """What `points` new ones will take on disk, as `stats` counts it; `payload_bytes` is their JSON in all."""
        ...

    async def close(self) -> None:
        """Releases what is held; calling it again does nothing."""
        ...
