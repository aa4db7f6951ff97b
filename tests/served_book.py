"""The sample book, ingested and served by a real process, for clients that want a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from storage_config.state_lock import owner_of
from tests.integration.test_cli import SECONDS, _url, run, start


@dataclass(frozen=True, slots=True)
class Served:
    """A running server. Who shows `token` may do everything."""

    url: str
    token: str


@asynccontextmanager
async def serve_site(site: Path) -> AsyncIterator[Served]:
    """The site of that folder, ingested and served until the block ends."""
    ingested = await run(site, "ingest")
    assert ingested.code == 0, ingested.err
    server = await start(site, "serve", "--port", "0")
    try:
        url = await _url(server)
        drain = asyncio.create_task(server.communicate())  # a full pipe would stop the server
        owner = owner_of(site / ".footnoted")
        assert owner is not None
        assert owner.token is not None
        yield Served(url, owner.token)
    finally:
        server.terminate()
        await asyncio.wait_for(drain, SECONDS)
