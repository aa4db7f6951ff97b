"""Storage limits: the estimate against what really comes to be, and a run that stops before its first write."""

from pathlib import Path

import pytest
from llama_index.core.schema import Document
from sqlalchemy import text

from pipelines.corpus import CorpusSpec, Flavour, MarkdownSource
from pipelines.ingestion.growth import StorageLimits, bound_growth, estimate_growth
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.readers.sources import read_documents
from storage_config.errors import LimitExceeded
from storage_config.postgres.database import Database, Session
from storage_config.usage import read_usage
from storage_config.vectors.points import PointCollections
from tests.support.collections import collections_of
from tests.support.ingesting import DIMENSION, UNLIMITED, HashedEmbedding, Site, build_ingestion, read_index_state


@pytest.fixture
def vectors(either_vectors: PointCollections) -> PointCollections:
    return either_vectors


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "docs")
    for number in range(30):
        site.write(f"page{number}", paragraphs=30)
    return site


async def _tables_bytes(session: Session) -> int:
    # Our tables alone: the whole database also holds a cache of its catalogs, 160 kB that the server takes away and
    # writes anew when it likes.
    tables = "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    return int((await session.execute(text(f"SELECT sum(pg_total_relation_size(oid)) {tables}"))).scalar_one())


@pytest.mark.shared_data
@pytest.mark.parametrize(("tree", "flavour"), [("docs_physical_ai_textbook", "docusaurus")])
async def test_the_estimate_is_what_really_comes_to_be(
    tree: str, flavour: Flavour, shared_data: Path, database: Database, vectors: PointCollections
) -> None:
    source = MarkdownSource(kind="markdown", path=shared_data / tree / "docs", flavour=flavour)
    spec = CorpusSpec(name="handbook", folder=shared_data, source=source, base_url="https://example.org")
    assert sum(isinstance(page, Document) for page in read_documents(spec, max_page_chars=100_000)) > 40
    ingestion = build_ingestion(spec, database, vectors, embed_model=HashedEmbedding())
    collections = collections_of(vectors)
    await collections.open("handbook-f1", dimension=DIMENSION)
    before = await read_usage(database, vectors)
    bound = bound_growth(await ingestion.plan(), collections, dimension=DIMENSION)
    growth = await estimate_growth(await ingestion.plan(), PageSplitter(spec, "f1"), collections, dimension=DIMENSION)
    assert bound.points > 2 * growth.points
    assert bound.qdrant_bytes > 2 * growth.qdrant_bytes
    assert bound.postgres_bytes >= growth.postgres_bytes
    rows_before = await database.run(_tables_bytes)
    report = await ingestion.ingest()
    after = await read_usage(database, vectors)
    assert growth.points == report.nodes_embedded
    assert 0.85 < growth.qdrant_bytes / (after.qdrant_bytes - before.qdrant_bytes) < 1.3
    assert 0.9 < growth.postgres_bytes / (await database.run(_tables_bytes) - rows_before) < 1.7


@pytest.mark.parametrize("variable", ["FOOTNOTED_QDRANT_LIMIT_BYTES", "FOOTNOTED_POSTGRES_LIMIT_BYTES"])
async def test_a_run_over_a_limit_stops_before_its_first_write(
    variable: str, site: Site, database: Database, vectors: PointCollections
) -> None:
    embed_model = HashedEmbedding()
    before = await read_usage(database, vectors)
    used = before.qdrant_bytes if "QDRANT" in variable else before.postgres_bytes
    limits = StorageLimits(*((used + 1000, 10**12) if "QDRANT" in variable else (10**12, used + 1000)))
    ingestion = build_ingestion(site.spec(), database, vectors, embed_model=embed_model, limits=limits)
    with pytest.raises(LimitExceeded, match=rf"{variable} by \d+\.\d MB.*Nothing was written"):
        await ingestion.ingest()
    assert embed_model.embedded == []
    assert (await read_index_state(site.spec(), database, vectors)).rows == []
    assert await vectors.names() == []


async def test_a_full_store_still_lets_pages_go_and_counts_only_what_is_new(
    site: Site, database: Database, vectors: PointCollections
) -> None:
    embed_model = HashedEmbedding()
    await build_ingestion(site.spec(), database, vectors, embed_model=embed_model).ingest()
    full = build_ingestion(site.spec(), database, vectors, embed_model=embed_model, limits=StorageLimits(1, 1))
    assert (await full.ingest()).unchanged == 30
    site.remove("page0")
    assert (await full.ingest()).removed == 1
    page = site.folder / "page1.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n\nOne more paragraph.\n", encoding="utf-8")
    with pytest.raises(LimitExceeded):
        await full.ingest()
    collections = collections_of(vectors)
    growth = await estimate_growth(await full.plan(), PageSplitter(site.spec(), "f1"), collections, dimension=DIMENSION)
    assert 1 <= growth.points <= 3
    rebuild = build_ingestion(site.spec(), database, vectors, embed_model=embed_model, fingerprint="f2")
    whole = await estimate_growth(
        await rebuild.plan(), PageSplitter(site.spec(), "f2"), collections, dimension=DIMENSION
    )
    assert whole.points > 100, "the new collection stands beside the old one until the switch"
    assert UNLIMITED.qdrant_bytes > whole.qdrant_bytes > growth.qdrant_bytes
