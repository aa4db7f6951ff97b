"""Readers through a change of the pipeline: no question fails, the switch is seen in one step, the old index goes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipelines.errors import CorpusNotIngested
from pipelines.retrieval.active_index import ActiveIndex, IndexShape
from pipelines.retrieval.retriever import QueryText, SectionRetriever
from storage_config.errors import VectorsUnavailable
from storage_config.postgres.database import Database
from storage_config.vectors.edge import EdgeShards
from tests.support.collections import collections_of
from tests.support.ingesting import HashedEmbedding, Site, build_ingestion, paragraph

READERS = 50


@pytest.fixture
async def vectors(tmp_path: Path) -> AsyncIterator[EdgeShards]:
    shards = EdgeShards(tmp_path / "vectors")
    yield shards
    await shards.close()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "docs")
    for name in ("intro", "guide/install", "guide/use", "reference"):
        site.write(name)
    return site


def build_index(database: Database, vectors: EdgeShards) -> ActiveIndex:
    embed_model = HashedEmbedding()

    async def build(collection: str, shape: IndexShape) -> SectionRetriever:
        store = await collections_of(vectors, shape.language).open_existing(collection)
        if store is None:
            raise VectorsUnavailable(collection)
        return SectionRetriever(store, embed_model)

    return ActiveIndex("handbook", database, build)


async def test_readers_never_notice_a_switch(site: Site, database: Database, vectors: EdgeShards) -> None:
    async def ingest(fingerprint: str) -> None:
        ingestion = build_ingestion(
            site.spec(), database, vectors, embed_model=HashedEmbedding(), fingerprint=fingerprint
        )
        await ingestion.ingest()

    await ingest("f1")
    index = build_index(database, vectors)
    seen: list[list[str]] = []
    done = asyncio.Event()

    async def read() -> None:
        mine: list[str] = []
        seen.append(mine)
        while not done.is_set():
            retrieval, opened = await index.retrieve([QueryText(paragraph("intro", 1))], top_n=3)
            assert retrieval.passages, "a page that exists in both versions is always found"
            assert retrieval.passages[0].uri == "intro.md"
            mine.append(opened.fingerprint)
            await asyncio.sleep(0)

    readers = [asyncio.create_task(read()) for _ in range(READERS)]
    await ingest("f2")
    while not all(mine and mine[-1] == "f2" for mine in seen):
        assert not any(reader.done() for reader in readers)
        await asyncio.sleep(0.01)
    done.set()
    await asyncio.gather(*readers)
    for mine in seen:
        assert mine == sorted(mine), "once on the new index, never back on the old one"
    assert await vectors.names() == ["handbook-f2"]


async def test_a_corpus_that_holds_nothing_names_the_command(database: Database, vectors: EdgeShards) -> None:
    with pytest.raises(CorpusNotIngested, match="footnoted ingest"):
        await build_index(database, vectors).current()


async def test_a_collection_that_is_gone_for_good_is_an_error(
    site: Site, database: Database, vectors: EdgeShards
) -> None:
    await build_ingestion(site.spec(), database, vectors, embed_model=HashedEmbedding()).ingest()
    index = build_index(database, vectors)
    await index.current()
    await vectors.delete("handbook-f1")
    with pytest.raises(VectorsUnavailable):
        await index.retrieve([QueryText("words")])
