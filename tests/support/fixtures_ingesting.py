"""A small site, an embedded vector store and an embedding model that counts, for tests of ingestions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage_config.settings import read_settings
from storage_config.vectors.edge import EdgeShards
from storage_config.vectors.points import PointCollections
from storage_config.vectors.qdrant import ServerCollections, build_qdrant_client
from tests.emulators.qdrant import QdrantEmulator
from tests.support.ingesting import HashedEmbedding, Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "docs")
    for name in ("intro", "guide/install", "guide/use", "reference"):
        site.write(name)
    return site


@pytest.fixture
async def vectors(tmp_path: Path) -> AsyncIterator[EdgeShards]:
    shards = EdgeShards(tmp_path / "vectors")
    yield shards
    await shards.close()


@pytest.fixture
def embed_model() -> HashedEmbedding:
    return HashedEmbedding()


@pytest.fixture(params=["edge", "server"])
async def either_vectors(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PointCollections]:
    """The embedded engine, and a server's REST (emulated)."""
    if request.param == "edge":
        shards = EdgeShards(tmp_path / "vectors")
        yield shards
        await shards.close()
        return
    async with QdrantEmulator() as emulator:
        server = ServerCollections(build_qdrant_client(read_settings(QDRANT_URL=emulator.url)))
        yield server
        await server.close()
