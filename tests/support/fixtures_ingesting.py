"""A small site, an embedded vector store and an embedding model that counts, for tests of ingestions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage_config.vectors.edge import EdgeShards
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
