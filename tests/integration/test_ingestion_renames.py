"""What a renamed folder costs, counted: the chunks of its pages once more, and of no other page."""

from pathlib import Path

import pytest

from pipelines.errors import RemovalRefused
from storage_config.postgres.database import Database
from storage_config.vectors.edge import EdgeShards
from tests.support.ingesting import HashedEmbedding, Site, build_ingestion, read_index_state


async def test_a_renamed_folder_embeds_the_chunks_of_its_pages_once_more(tmp_path: Path, database: Database) -> None:
    site = Site(tmp_path / "docs")
    for number in range(8):
        site.write(f"page{number}")
    for name in ("guide/install", "guide/use"):
        site.write(name)
    embed_model, shards = HashedEmbedding(), EdgeShards(tmp_path / "vectors")
    ingestion = build_ingestion(site.spec(), database, shards, embed_model=embed_model)
    await ingestion.ingest()
    before = await read_index_state(site.spec(), database, shards)
    inside = {key for key, point in before.points.items() if point["uri"].startswith("guide/")}
    embedded = len(embed_model.embedded)
    texts = sorted(embed_model.embedded)

    (site.folder / "guide").rename(site.folder / "handbook")
    planned = await ingestion.cost(await ingestion.plan())
    report = await ingestion.ingest()
    assert (report.added, report.removed, report.changed, report.unchanged) == (2, 2, 0, 8)
    again = embed_model.embedded[embedded:]
    assert len(again) == report.nodes_embedded == planned.nodes_to_embed == len(inside) > 2
    assert set(again) <= set(texts), "the words are the same: only the ids, which hold the page's path, are new"

    after = await read_index_state(site.spec(), database, shards)
    outside = before.points.keys() - inside
    assert {key: after.points[key] for key in outside} == {key: before.points[key] for key in outside}
    assert len(after.points) == len(before.points)
    assert not any(point["uri"].startswith("guide/") for point in after.points.values())
    await shards.close()


async def test_a_renamed_root_is_a_mass_removal_until_it_is_asked_for(tmp_path: Path, database: Database) -> None:
    site = Site(tmp_path / "docs")
    for name in ("old/a", "old/b", "old/c"):
        site.write(name)
    embed_model, shards = HashedEmbedding(), EdgeShards(tmp_path / "vectors")
    ingestion = build_ingestion(site.spec(), database, shards, embed_model=embed_model)
    first = await ingestion.ingest()
    (site.folder / "old").rename(site.folder / "new")
    with pytest.raises(RemovalRefused):
        await ingestion.ingest()
    assert (await ingestion.ingest(allow_removals=True)).nodes_embedded == first.nodes_embedded
    await shards.close()
