"""Searches that keep to one version and locale, over the embedded engine and over a server's REST (emulated)."""

import uuid
from pathlib import Path
from typing import Any

import pytest
import qdrant_edge
from llama_index.core.schema import TextNode
from qdrant_client import models

from pipelines.retrieval.vector_store import LegQuery
from pipelines.types import Filters
from storage_config.editions import DEFAULT_EDITION, Edition
from storage_config.vectors.edge import EdgeShards, edge_config
from storage_config.vectors.points import BM25, DENSE, INDEXED_KEYS, PointCollections
from storage_config.vectors.qdrant import ServerCollections
from tests.support.collections import collections_of

NAME, DIMENSION, LEFT = "handbook", 4, [1.0, 0.0, 0.0, 0.0]
EDITIONS: dict[str, dict[str, str | None]] = {
    "now": {}, "old": {"version": "1.0"}, "french": {"locale": "fr"}, "old french": {"version": "1.0", "locale": "fr"},
    "named by nothing": {"version": None, "locale": None},
}  # fmt: skip


def section(name: str, **metadata: Any) -> TextNode:
    full = {"uri": "guide.md", "url": "https://example.org/guide", "start": 0, "end": 1, "source_quality": "official"}
    node_id = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
    return TextNode(id_=node_id, text=f"Put the {name} flour in.", metadata=full | metadata, embedding=LEFT)


@pytest.fixture
def vectors(either_vectors: PointCollections) -> EdgeShards | ServerCollections:
    assert isinstance(either_vectors, EdgeShards | ServerCollections)
    return either_vectors


async def test_a_search_keeps_to_one_version_and_locale(vectors: EdgeShards | ServerCollections) -> None:
    store = await collections_of(vectors).open(NAME, dimension=DIMENSION)
    nodes = {name: section(name, **keys) for name, keys in EDITIONS.items()}
    await store.async_add(list(nodes.values()))

    async def search(edition: Edition | None, **more: Any) -> tuple[set[str], set[str]]:
        named: dict[str, Any] = {"versions": (edition.version,), "locales": (edition.locale,)} if edition else {}
        filters = Filters(**named, **more)
        (legs,) = await store.aquery_legs([LegQuery(LEFT, "flour")], filters=filters, top_k=10)
        return {hit.id for hit in legs.dense}, {hit.id for hit in legs.bm25}

    for edition, names in (
        (DEFAULT_EDITION, ["now", "named by nothing"]),
        (Edition("1.0"), ["old"]),
        (Edition(None, "fr"), ["french"]),
        (Edition("1.0", "fr"), ["old french"]),
        (Edition("2.0"), []),
        (None, list(EDITIONS)),
    ):
        wanted = {nodes[name].node_id for name in names}
        assert await search(edition) == (wanted, wanted), edition
    assert await search(DEFAULT_EDITION, source_quality=("book",)) == (set(), set())


async def test_a_collection_that_is_older_than_versions_gets_their_indexes(
    vectors: EdgeShards | ServerCollections, tmp_path: Path
) -> None:
    if isinstance(vectors, EdgeShards):
        (tmp_path / NAME).mkdir()
        shard = qdrant_edge.EdgeShard.create(str(tmp_path / NAME), edge_config(DIMENSION))
        _index(shard, "uri")
        shard.flush()
        shard.close()
        older = EdgeShards(tmp_path)
        await older.open(NAME, dimension=DIMENSION)
        indexed = await older.read(NAME, lambda shard: set(shard.info().payload_schema))
        await older.close()
    else:
        await vectors.client.create_collection(
            NAME,
            vectors_config={DENSE: models.VectorParams(size=DIMENSION, distance=models.Distance.COSINE)},
            sparse_vectors_config={BM25: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
        await vectors.client.create_payload_index(NAME, "uri", models.PayloadSchemaType.KEYWORD)
        await vectors.open(NAME, dimension=DIMENSION)
        indexed = set((await vectors.client.get_collection(NAME)).payload_schema)
    assert indexed == set(INDEXED_KEYS)
    assert {"version", "locale"} <= indexed


def _index(shard: qdrant_edge.EdgeShard, key: str) -> None:
    operation = qdrant_edge.UpdateOperation.create_field_index(key, qdrant_edge.PayloadSchemaType.Keyword)
    shard.update(operation)
