"""Both stores, opened together: what every command needs that reads or writes records or points."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from storage_config.postgres.database import Database, open_database
from storage_config.postgres.migrations.schema import check_schema
from storage_config.settings import Settings
from storage_config.state_lock import HeldState, hold_state
from storage_config.vectors.edge import EdgeShards
from storage_config.vectors.points import PointCollections


@dataclass(frozen=True, slots=True)
class Storage:
    """The stores of the settings. `state` is None where neither is embedded."""

    settings: Settings
    database: Database
    vectors: PointCollections
    state: HeldState | None


@asynccontextmanager
async def open_storage(settings: Settings, *, command: str = "") -> AsyncIterator[Storage]:
    """The stores, open for the block; `command` is what an owner of embedded state says it is.

    Raises ConfigurationError, StateInUse when another process owns the embedded state, DatabaseUnavailable and
    SchemaOutdated.
    """
    async with AsyncExitStack() as stack:
        state = stack.enter_context(hold_state(settings.data_folder, command=command)) if settings.embedded else None
        database = await stack.enter_async_context(open_database(settings, state=state))
        if settings.database_url is not None:
            await database.run(check_schema)
        vectors = build_vectors(settings)
        stack.push_async_callback(vectors.close)
        yield Storage(settings, database, vectors, state)


def build_vectors(settings: Settings) -> PointCollections:
    """The embedded shards, or a server's collections where QDRANT_URL names one; nothing connects yet."""
    if settings.qdrant_url is None:
        return EdgeShards(settings.data_folder / "vectors")
    # The client takes 0.8 s to load, and who has no server needs none of it.
    from storage_config.vectors.qdrant import ServerCollections, build_qdrant_client

    return ServerCollections(
        build_qdrant_client(settings), shards=settings.qdrant_shards, replicas=settings.qdrant_replicas
    )
