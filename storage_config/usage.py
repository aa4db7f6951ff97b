"""How much is kept in both stores."""

from dataclasses import dataclass

from storage_config.postgres.database import Database
from storage_config.vectors.points import CollectionStats, PointCollections


@dataclass(frozen=True, slots=True)
class StorageUsage:
    """`collections` are all that the vector store has, also those of others on a shared server."""

    postgres_bytes: int
    collections: dict[str, CollectionStats]

    @property
    def qdrant_bytes(self) -> int:
        """Of all collections together."""
        return sum(stats.bytes for stats in self.collections.values())


async def read_usage(database: Database, vectors: PointCollections) -> StorageUsage:
    """Asks both stores. Raises DatabaseUnavailable and VectorsUnavailable."""
    collections = {name: await vectors.stats(name) for name in await vectors.names()}
    return StorageUsage(await database.size_bytes(), collections)
