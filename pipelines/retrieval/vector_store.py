"""Where sections live: LlamaIndex vector stores over the embedded engine and over a Qdrant server, one contract.

`SectionStore` is the contract; `EdgeVectorStore` and `ServerVectorStore` (in server_store.py) keep it; `Collections`
opens either.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from llama_index.core.schema import BaseNode

from pipelines.retrieval.fusion import Legs
from pipelines.retrieval.section_nodes import node_of, payload_of
from pipelines.retrieval.section_store import CANDIDATES, LegQuery, SectionVectorStore
from pipelines.text.bm25 import Bm25Encoder
from pipelines.types import Filters
from storage_config.vectors.conditions import Filter
from storage_config.vectors.edge import EdgePoints, EdgeShards
from storage_config.vectors.points import CollectionStats, LegPair, Payload, PointCollections, PointSearch, SparseVector

__all__ = [
    "CANDIDATES",
    "Collections",
    "EdgeVectorStore",
    "LegQuery",
    "SectionSearch",
    "SectionStore",
    "node_of",
    "payload_of",
]


class SectionSearch(Protocol):
    """What retrieval needs of a store."""

    async def aquery_legs(
        self,
        queries: Sequence[LegQuery],
        *,
        filters: Filters | None = None,
        top_k: int = CANDIDATES,
        with_answers: bool = True,
    ) -> list[Legs]:
        """Both legs of every query text, `top_k` hits each, in one round trip. Raises VectorsUnavailable.

        Without `with_answers` no point is found that answers a question of its owner.
        """
        ...

    def revision(self) -> int | None:
        """Another number after every write; None where others may write unseen."""
        ...


class SectionStore(SectionSearch, Protocol):
    """What ingestion needs of a store besides. Every method raises VectorsUnavailable when the store fails."""

    async def async_add(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[str]:
        """Writes nodes with their embeddings and waits; what returned survives the end of the process."""
        ...

    async def adelete_nodes(self, node_ids: list[str] | None = None) -> None:
        """Deletes nodes; none given deletes none."""
        ...

    async def aset_payloads(self, nodes: Sequence[BaseNode]) -> None:
        """Gives points that exist the payload of these nodes, without embedding them. A missing one is an error."""
        ...

    async def alist_points(self, uri: str | None = None) -> dict[str, Payload]:
        """Payloads by id, of one page or of all."""
        ...

    async def akeep_pages(self, counts: Mapping[str, int]) -> list[str]:
        """Deletes the points of every page that is not named, whatever the collection holds.

        Returns the uris of pages that have more or fewer points than their count.
        """
        ...

    async def acount(self) -> int:
        """How many points there are."""
        ...

    async def adrop(self) -> None:
        """Deletes the collection."""
        ...


class EdgeVectorStore(SectionVectorStore):
    """Sections in the embedded engine: no server, no key, plain scan. Each leg also scores the other's hits."""

    def __init__(self, points: EdgePoints, encoder: Bm25Encoder) -> None:
        super().__init__()
        self._points = points
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        """LlamaIndex's name of the class."""
        return "EdgeVectorStore"

    @property
    def client(self) -> EdgeShards:
        """The shards of the folder."""
        return self._edge.shards

    def revision(self) -> int | None:
        """Another number after every write: the folder is this process's alone."""
        return self._edge.revision()

    async def _legs(
        self, queries: Sequence[LegQuery], sparse: Sequence[SparseVector], condition: Filter | None, top_k: int
    ) -> list[Legs]:
        pairs = [
            LegPair(
                PointSearch(query.embedding, top_k, condition),
                PointSearch(vector, top_k, condition) if vector.indices else None,
            )
            for query, vector in zip(queries, sparse, strict=True)
        ]
        return [Legs(tuple(dense), tuple(bm25)) for dense, bm25 in await self._edge.search_both(pairs)]

    @property
    def _edge(self) -> EdgePoints:
        assert isinstance(self._points, EdgePoints)
        return self._points


BuildStore = Callable[[Any, Bm25Encoder], SectionVectorStore]


class Collections:
    """Opens the collections of one corpus as section stores.

    `backend` is `EdgeShards` or `ServerCollections` and may serve several corpora, `build_store` makes a store of its
    points; `encoder` speaks the corpus's language.
    """

    def __init__(
        self, backend: PointCollections, encoder: Bm25Encoder, build_store: BuildStore = EdgeVectorStore
    ) -> None:
        self._backend = backend
        self._encoder = encoder
        self._build_store = build_store

    async def open(self, name: str, *, dimension: int) -> SectionVectorStore:
        """The store of a collection, which is made where it is missing.

        Raises VectorsUnavailable, also when it exists with another dimension; StateInUse where another process has it.
        """
        return self._build_store(await self._backend.open(name, dimension=dimension), self._encoder)

    async def open_existing(self, name: str) -> SectionVectorStore | None:
        """The store of a collection, None where it is missing; nothing is made."""
        points = await self._backend.find(name)
        return None if points is None else self._build_store(points, self._encoder)

    async def names(self) -> list[str]:
        """Names of the collections, sorted; on a shared server also those of others."""
        return await self._backend.names()

    async def delete(self, name: str) -> None:
        """Deletes a collection; one that is not there does not matter."""
        await self._backend.delete(name)

    async def stats(self, name: str) -> CollectionStats:
        """Points and bytes of a collection."""
        return await self._backend.stats(name)

    async def usage_bytes(self) -> int:
        """Bytes of all collections together, on a shared server also of those of others."""
        return sum([(await self._backend.stats(name)).bytes for name in await self._backend.names()])

    def growth_bytes(self, points: int, *, payload_bytes: int, dimension: int) -> int:
        """What `points` new ones will take on disk."""
        return self._backend.growth_bytes(points, payload_bytes=payload_bytes, dimension=dimension)

    async def close(self) -> None:
        """Releases connections, or flushes and closes the shards."""
        await self._backend.close()
