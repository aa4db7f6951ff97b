"""Versions and locales in one index: a reader gets passages of one edition, and lists that change are followed."""

import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from app.corpus.library import Library
from app.errors import SectionNotFound
from pipelines.corpus import CorpusSpec, read_corpora
from pipelines.errors import RemovalRefused
from pipelines.ingestion.page_view import PageView, find_page
from pipelines.retrieval.active_index import ActiveIndex, IndexShape
from pipelines.retrieval.retriever import QueryText, SectionRetriever
from pipelines.types import Filters, IngestionReport, PageContext
from storage_config.editions import PublishedEdition
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import get_corpus
from storage_config.records.document_texts import list_published_pages
from storage_config.records.documents import count_editions, list_documents
from storage_config.vectors.edge import EdgeShards
from tests.support.collections import collections_of
from tests.support.docusaurus_site import DOCS, SITE, write_docusaurus_site
from tests.support.ingesting import HashedEmbedding, build_ingestion, read_index_state

FRENCH = f"{SITE}/fr/docs"


@pytest.fixture
async def vectors(tmp_path: Path) -> AsyncIterator[EdgeShards]:
    shards = EdgeShards(tmp_path / "vectors")
    yield shards
    await shards.close()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_docusaurus_site(tmp_path / "site")


def declare(site: Path, *, versions: Sequence[str] = (), locales: Sequence[str] = ()) -> CorpusSpec:
    source = {"kind": "markdown", "path": "docs", "flavour": "docusaurus"}
    return CorpusSpec.model_validate(
        {"name": "handbook", "folder": site, "base_url": DOCS, "source": source, "versions": tuple(versions),
         "locales": tuple(locales)}
    )  # fmt: skip


async def ingest(
    spec: CorpusSpec, database: Database, vectors: EdgeShards, *, allow_removals: bool = False, fingerprint: str = "f1"
) -> IngestionReport:
    ingestion = build_ingestion(spec, database, vectors, embed_model=HashedEmbedding(), fingerprint=fingerprint)
    return await ingestion.ingest(allow_removals=allow_removals)


def open_index(spec: CorpusSpec, database: Database, vectors: EdgeShards) -> ActiveIndex:
    async def build(collection: str, shape: IndexShape) -> SectionRetriever:
        store = await collections_of(vectors, shape.language).open_existing(collection)
        assert store is not None
        return SectionRetriever(store, HashedEmbedding())

    return ActiveIndex(spec.name, database, build, has_editions=spec.has_editions)


async def found(index: ActiveIndex, page: str | None = None, *, filters: Filters | None = None) -> set[str]:
    context = PageContext(page) if page else None
    retrieval, _ = await index.retrieve(
        [QueryText("Set it up: guide and intro")], page=context, filters=filters, top_n=50
    )
    return {passage.url.partition("#")[0] for passage in retrieval.passages}


async def test_a_reader_gets_passages_of_one_edition_that_of_their_page(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    spec = declare(site, versions=["next", "1.0"], locales=["fr"])
    report = await ingest(spec, database, vectors)
    assert report.added == 28
    index = open_index(spec, database, vectors)
    default = {f"{DOCS}/intro", f"{DOCS}/guide/", f"{DOCS}/guide/setup", f"{DOCS}/other/place"}
    assert await found(index) == default
    for page in (f"{DOCS}/guide/setup", SITE, "https://elsewhere.org/docs/1.0/intro", f"{DOCS}/1.05/intro"):
        assert await found(index, page) == default
    old = await found(index, f"{DOCS}/1.0/intro#setup")
    assert f"{DOCS}/1.0/old" in old
    assert all(url.startswith(f"{DOCS}/1.0/") for url in old)
    assert {url.removeprefix(FRENCH) for url in await found(index, f"{FRENCH}/nulle-part")} == {
        url.removeprefix(DOCS) for url in default
    }
    assert all(url.startswith(f"{FRENCH}/next/") for url in await found(index, f"{FRENCH}/next/"))
    limited = await found(
        index, f"{DOCS}/1.0/intro", filters=Filters(uris=("versioned_docs/version-1.0/old.md", "intro.md"))
    )
    assert limited == {f"{DOCS}/1.0/old"}


async def test_points_and_records_name_the_edition_and_those_of_the_default_one_do_not(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    spec = declare(site, versions=["1.0"], locales=["fr"])
    await ingest(spec, database, vectors)
    store = await collections_of(vectors).open_existing("handbook-f1")
    assert store is not None
    for payload in (await store.alist_points()).values():
        expected = {}
        if payload["uri"].startswith(
            ("versioned_docs/version-1.0/", "i18n/fr/docusaurus-plugin-content-docs/version-1.0/")
        ):
            expected["version"] = "1.0"
        if payload["uri"].startswith("i18n/fr/"):
            expected["locale"] = "fr"
        assert {key: payload[key] for key in ("version", "locale") if key in payload} == expected

    async def read(
        session: Session,
    ) -> tuple[dict[str, tuple[str | None, str | None]], list[str], list[PublishedEdition]]:
        corpus = await get_corpus(session, name="handbook")
        assert corpus is not None
        listed = await list_documents(session, corpus_id=corpus.id, groups=None, limit=200)
        published = await list_published_pages(session, corpus="handbook", groups=(), limit=200, chars=0)
        editions = [PublishedEdition.from_json(one) for one in corpus.editions]
        return {one.uri: (one.version, one.locale) for one in listed.items}, [one.uri for one in published], editions

    records, published, editions = await database.run(read)
    assert records["intro.md"] == (None, None)
    assert records["versioned_docs/version-1.0/intro.md"] == ("1.0", None)
    assert records["i18n/fr/docusaurus-plugin-content-docs/version-1.0/intro.md"] == ("1.0", "fr")
    assert published == ["guide/01-setup.md", "guide/index.md", "intro.md", "slugged.mdx"]
    assert [(one.edition.name, one.url) for one in editions] == [
        ("fr", FRENCH), ("1.0", f"{DOCS}/1.0"), ("1.0 fr", f"{FRENCH}/1.0")
    ]  # fmt: skip


async def test_versions_that_are_named_later_change_nothing_of_the_pages_that_are_there(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    await ingest(declare(site), database, vectors)
    index = open_index(declare(site), database, vectors)
    default = await found(index)
    report = await ingest(declare(site, versions=["1.0"]), database, vectors)
    assert (report.added, report.changed, report.unchanged, report.removed) == (5, 0, 4, 0)
    await index.look_up()  # as any question some seconds later does, of a server that was started before
    assert await found(index) == default
    assert f"{DOCS}/1.0/old" in await found(index, f"{DOCS}/1.0/")


async def test_a_version_that_is_named_no_more_is_removed_within_the_guard(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    await ingest(declare(site, versions=["1.0"]), database, vectors)
    with pytest.raises(RemovalRefused):
        await ingest(declare(site), database, vectors)
    index = open_index(declare(site), database, vectors)
    assert f"{DOCS}/1.0/old" in await found(index, f"{DOCS}/1.0/")
    report = await ingest(declare(site), database, vectors, allow_removals=True)
    assert (report.added, report.unchanged, report.removed) == (0, 4, 5)
    await index.look_up()
    assert await found(index, f"{DOCS}/1.0/") == await found(index) == {
        f"{DOCS}/intro", f"{DOCS}/guide/", f"{DOCS}/guide/setup", f"{DOCS}/other/place"
    }  # fmt: skip


async def test_a_new_version_is_the_default_one_and_what_was_keeps_its_vectors(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    await ingest(declare(site, versions=["2.0", "1.0"]), database, vectors)
    (site / "versions.json").write_text('["3.0", "2.0", "1.0"]')
    shutil.copytree(site / "docs", site / "versioned_docs" / "version-3.0")
    report = await ingest(declare(site, versions=["2.0", "1.0"]), database, vectors)
    # only-next.md and the four of 2.0 at their own address are new, four uris hold the text of 3.0
    assert (report.added, report.changed, report.unchanged, report.removed) == (5, 4, 5, 0)
    index = open_index(declare(site, versions=["2.0", "1.0"]), database, vectors)
    assert f"{DOCS}/only-next" in await found(index)
    assert f"{DOCS}/2.0/intro" in await found(index, f"{DOCS}/2.0/intro")


async def test_a_rebuild_is_the_same_as_a_first_ingestion(site: Path, database: Database, vectors: EdgeShards) -> None:
    spec = declare(site, versions=["1.0"], locales=["fr"])
    await ingest(spec, database, vectors)
    before = await read_index_state(spec, database, vectors)
    await ingest(spec, database, vectors, fingerprint="f2")
    after = await read_index_state(spec, database, vectors)
    assert after.active == "handbook-f2"
    assert before.points.keys() == after.points.keys()
    index = open_index(spec, database, vectors)
    assert all(url.startswith(f"{FRENCH}/1.0/") for url in await found(index, f"{FRENCH}/1.0/intro"))


async def test_a_plan_says_which_edition_each_page_is_of_also_of_those_that_go(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    async def plan(spec: CorpusSpec) -> dict[str, tuple[str, str | None, str | None]]:
        ingestion = build_ingestion(spec, database, vectors, embed_model=HashedEmbedding())
        cost = await ingestion.cost(await ingestion.plan())
        return {page.uri: (page.action, page.version, page.locale) for page in cost.pages}

    old = "versioned_docs/version-1.0/old.md"
    added = await plan(declare(site, versions=["1.0"]))
    assert (added["intro.md"], added[old]) == (("added", None, None), ("added", "1.0", None))
    await ingest(declare(site, versions=["1.0"]), database, vectors)
    removed = await plan(declare(site))
    assert removed[old] == ("removed", "1.0", None)


async def test_a_page_that_was_mistyped_is_told_from_those_of_its_own_edition(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    spec = declare(site, versions=["1.0"])
    await ingest(spec, database, vectors)
    library = Library(database, cast(Any, {"handbook": ()}))
    section = await library.read_section(f"{DOCS}/1.0/intro", reads=())
    assert "Intro of 1.0" in section.text
    with pytest.raises(SectionNotFound) as failure:
        await library.read_section(f"{DOCS}/old", reads=())
    assert not [url for url in failure.value.closest if "/1.0/" in url]
    with pytest.raises(SectionNotFound) as failure:
        await library.read_section(f"{DOCS}/1.0/ol", reads=())
    assert failure.value.closest[0] == f"{DOCS}/1.0/old"
    assert all("/1.0/" in url for url in failure.value.closest)


async def test_status_counts_the_pages_of_each_edition(site: Path, database: Database, vectors: EdgeShards) -> None:
    await ingest(declare(site, versions=["1.0"], locales=["fr"]), database, vectors)

    async def read(session: Session) -> list[tuple[str, int]]:
        corpus = await get_corpus(session, name="handbook")
        assert corpus is not None
        return [(edition.name, count) for edition, count in await count_editions(session, corpus_id=corpus.id)]

    assert sorted(await database.run(read)) == [("1.0", 5), ("1.0 fr", 5), ("fr", 4)]


@pytest.mark.parametrize(
    ("wanted", "uri", "version"),
    [
        ("versioned_docs/version-1.0/intro.md", "versioned_docs/version-1.0/intro.md", "1.0"),
        ("versioned_docs/version-2.0/intro.md", "intro.md", None),
        ("intro.md", "intro.md", None),
        (f"{DOCS}/1.0/intro", "versioned_docs/version-1.0/intro.md", "1.0"),
    ],
)
async def test_a_page_is_shown_by_its_file_whichever_version_it_is_of(
    site: Path, wanted: str, uri: str, version: str | None
) -> None:
    page = await find_page(declare(site, versions=["1.0"]), wanted, max_page_chars=100_000)
    assert isinstance(page, PageView)
    assert (page.uri, page.version, page.locale) == (uri, version, None)


DECLARED = """
[corpora.handbook]
base_url = "https://my.site/p/docs"
versions = ["1.0"]
[[corpora.handbook.sources]]
kind = "markdown"
path = "docs"
flavour = "docusaurus"
[[corpora.handbook.sources]]
kind = "markdown"
path = "api"
flavour = "docusaurus"
name = "api"
base_url = "https://my.site/p/api"
versions = ["3"]
site = { default_version = "current", version_paths = { current = "dev" } }
"""


async def test_each_of_several_sources_may_have_versions_of_its_own_and_one_that_breaks_keeps_them(
    site: Path, database: Database, vectors: EdgeShards
) -> None:
    (site / "footnoted.toml").write_text(DECLARED)
    spec = read_corpora(site / "footnoted.toml")["handbook"]
    report = await ingest(spec, database, vectors)
    assert (report.added, report.failed) == (4 + 5 + 2 + 1, 0)
    index = open_index(spec, database, vectors)
    assert await found(index, f"{SITE}/api/3/") == {f"{SITE}/api/3/"}
    assert {url.partition("/1.0/")[0] for url in await found(index, f"{DOCS}/1.0/old")} == {DOCS}
    assert f"{SITE}/api/dev/call" in await found(index)
    (site / "api_versions.json").write_text("[")
    report = await ingest(spec, database, vectors)
    assert (report.unchanged, report.removed, report.failed) == (12, 0, 1)
    await index.look_up()
    assert await found(index, f"{SITE}/api/3/") == {f"{SITE}/api/3/"}
    assert f"{SITE}/api/3/" not in await found(index)
