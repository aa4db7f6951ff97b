"""A site over HTTP through the real ingestion: what a re-run downloads, and what is never taken for a removal."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import RemovalRefused, SourceMissing, SourceUnavailable, VendorBroken
from pipelines.ingestion.ingestion import Ingestion
from pipelines.types import PageFailure
from storage_config.postgres.database import Database, Session
from storage_config.records import corpora, documents
from storage_config.records.documents import StoredDocument
from storage_config.vectors.edge import EdgeShards
from tests.support.ingesting import HashedEmbedding, IndexState, build_ingestion, read_index_state
from tests.support.loopback_site import LoopbackSite, open_loopback_site
from tests.support.pdf_files import build_pdf

NAMES = ("guide/install", "guide/use", "intro", "reference")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackSite]:
    monkeypatch.setattr("pipelines.readers.sitemap.fetching.FIRST_PAUSE", 0.0)
    with open_loopback_site() as site:
        for name in NAMES:
            site.write(name, f"The first words of {name}.", f"The last words of {name}.")
        yield site


@pytest.fixture
async def vectors(tmp_path: Path) -> AsyncIterator[EdgeShards]:
    shards = EdgeShards(tmp_path / "vectors")
    yield shards
    await shards.close()


class Bench:
    """A site under ingestion. `changes` are of its corpus."""

    def __init__(self, site: LoopbackSite, database: Database, vectors: EdgeShards) -> None:
        self.site, self.database, self.vectors = site, database, vectors
        self.embed_model = HashedEmbedding()

    def ingestion(self, *, fingerprint: str = "f1", **changes: Any) -> Ingestion:
        return build_ingestion(
            self.site.spec(**changes),
            self.database,
            self.vectors,
            embed_model=self.embed_model,
            fingerprint=fingerprint,
        )

    async def state(self) -> IndexState:
        return await read_index_state(self.site.spec(), self.database, self.vectors)

    async def page(self, name: str) -> StoredDocument:
        async def load(session: Session) -> StoredDocument | None:
            corpus = await corpora.ensure_corpus(session, name="handbook")
            uri = f"{self.site.address}/{name}"
            return await documents.get_document_by_uri(session, corpus_id=corpus.id, uri=uri)

        found = await self.database.run(load)
        assert found is not None
        return found


@pytest.fixture
def bench(site: LoopbackSite, database: Database, vectors: EdgeShards) -> Bench:
    return Bench(site, database, vectors)


async def test_pages_are_ingested_with_anchors_and_exact_offsets(bench: Bench) -> None:
    bench.site.pages["/paper.pdf"] = build_pdf([["A measured result."]])
    report = await bench.ingestion().ingest()
    assert (report.added, report.failed) == (5, 0)
    page = await bench.page("intro")
    assert page.text == ("# intro\n\n## Part 0\n\nThe first words of intro.\n\n## Part 1\n\nThe last words of intro.")
    assert (page.url, page.title) == (f"{bench.site.address}/intro", "intro")
    points = (await bench.state()).points.values()
    texts = {row[0]: row[6] for row in (await bench.state()).rows}
    for point in points:
        assert texts[point["uri"]][point["start"] : point["end"]] == point["text"]
    urls = {point["url"].removeprefix(bench.site.address) for point in points}
    assert {"/intro#part-1", "/paper.pdf#page=1"} <= urls


async def test_an_unchanged_site_costs_no_download(bench: Bench) -> None:
    await bench.ingestion().ingest()
    assert sorted(bench.site.bodies()) == sorted(f"/{name}" for name in NAMES)
    before, embedded = await bench.state(), len(bench.embed_model.embedded)
    report = await bench.ingestion().ingest()
    assert bench.site.bodies() == []
    assert (report.unchanged, report.added, report.changed, report.removed) == (4, 0, 0, 0)
    assert (await bench.state(), len(bench.embed_model.embedded)) == (before, embedded)


async def test_a_plan_downloads_what_changed_and_keeps_nothing(bench: Bench) -> None:
    await bench.ingestion().ingest()
    bench.site.write("intro", "Other words.")
    bench.site.bodies()
    for _ in range(2):
        plan = await bench.ingestion().plan()
        assert [(page.uri, page.action) for page in plan.pages] == [(f"{bench.site.address}/intro", "changed")]
        assert bench.site.bodies() == ["/intro"]
    assert (await bench.ingestion().ingest()).changed == 1


async def test_new_validators_of_the_same_pages_are_kept(bench: Bench) -> None:
    await bench.ingestion().ingest()
    bench.site.etags = "again"
    bench.site.bodies()
    assert (await bench.ingestion().ingest()).unchanged == 4
    assert len(bench.site.bodies()) == 4
    assert (await bench.ingestion().ingest()).unchanged == 4
    assert bench.site.bodies() == []
    assert "again" in str((await bench.page("intro")).etag)


async def test_a_new_pipeline_reads_every_page_whole(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.bodies()
    report = await bench.ingestion(fingerprint="f2").ingest()
    assert (report.changed, len(bench.site.bodies())) == (4, 4)
    after = await bench.state()
    assert (after.active, after.points.keys()) == ("handbook-f2", before.points.keys())


async def test_pages_that_were_read_by_other_rules_are_read_again(bench: Bench) -> None:
    await bench.ingestion().ingest()
    bench.site.bodies()
    rules = [{"match": "guide/**", "quality": "official"}]
    report = await bench.ingestion(source_quality=rules).ingest()
    assert (report.changed, report.unchanged, len(bench.site.bodies())) == (2, 2, 4)
    assert (await bench.page("guide/use")).source_quality == "official"
    assert (await bench.ingestion(source_quality=rules).ingest()).unchanged == 4
    assert bench.site.bodies() == []


async def test_an_unchanged_page_of_an_ended_run_is_made_anew_from_its_record(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    await bench.vectors.delete("handbook-f1")
    bench.site.bodies()
    report = await bench.ingestion().ingest()
    assert (report.changed, bench.site.bodies()) == (4, [])
    assert await bench.state() == before


async def test_a_page_that_could_not_be_embedded_is_downloaded_again(bench: Bench) -> None:
    await bench.ingestion().ingest()
    bench.site.write("intro", "Other words.")
    bench.embed_model.fail_next(VendorBroken("cohere is broken", vendor="cohere"))
    assert (await bench.ingestion().ingest()).failed == 1
    bench.site.bodies()
    assert (await bench.ingestion().ingest()).changed == 1
    assert bench.site.bodies() == ["/intro"]


@pytest.mark.parametrize("status", [500, 503])
async def test_a_site_that_fails_is_an_error_never_a_removal(bench: Bench, status: int) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.failing = status
    with pytest.raises(SourceUnavailable, match=str(status)):
        await bench.ingestion().ingest(allow_removals=True)
    bench.site.failing = 404
    with pytest.raises(SourceMissing, match="404"):
        await bench.ingestion().ingest(allow_removals=True)
    assert await bench.state() == before


async def test_nobody_answers(database: Database, vectors: EdgeShards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.readers.sitemap.fetching.FIRST_PAUSE", 0.0)
    with open_loopback_site() as site:
        site.write("intro", "Words.")
        bench = Bench(site, database, vectors)
        await bench.ingestion().ingest()
        before = await bench.state()
    with pytest.raises(SourceUnavailable, match="ConnectError"):
        await bench.ingestion().ingest(allow_removals=True)
    assert await bench.state() == before


async def test_pages_that_are_gone_are_removed_within_the_guard(bench: Bench) -> None:
    await bench.ingestion().ingest()
    listed = [f"{bench.site.address}/{name}" for name in NAMES]
    bench.site.listed = listed
    del bench.site.pages["/intro"]  # still in the sitemap, and gone
    assert (await bench.ingestion().ingest()).removed == 1
    bench.site.listed = listed[:1]
    with pytest.raises(RemovalRefused):
        await bench.ingestion().ingest()
    assert (await bench.ingestion().ingest(allow_removals=True)).removed == 2
    bench.site.pages.clear()
    with pytest.raises(SourceMissing):
        await bench.ingestion().ingest(allow_removals=True)


async def test_what_must_not_be_fetched_is_named_and_not_fetched(bench: Bench) -> None:
    with open_loopback_site() as private:
        private.write("secret", "A secret of another host.")
        bench.site.redirects["/away"] = f"{private.address}/secret"
        bench.site.robots = "User-agent: *\nDisallow: /reference\n"
        bench.site.listed = [
            *(f"{bench.site.address}/{name}" for name in ("intro", "away", "reference")),
            f"{private.address}/secret",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
        ]
        report = await bench.ingestion().ingest()
        assert private.asked == []
    assert report.added == 1
    home = bench.site.address
    assert {error.path.removeprefix(home): error.message for error in report.errors} == {
        "/away": "redirects to another host, http://127.0.0.1",
        "/reference": "must not be fetched, says robots.txt",
        f"{private.address}/secret": "lies on another host than the sitemap",
        "http://169.254.169.254/latest/meta-data": "lies on another host than the sitemap",
        "file:///etc/passwd": "lies on another host than the sitemap",
    }
    assert [path for path, _ in bench.site.asked if path == "/reference"] == []


async def test_a_page_that_fails_keeps_its_old_version(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.redirects["/intro"] = "http://127.0.0.1:1/elsewhere"
    report = await bench.ingestion().ingest()
    place = f"{bench.site.address}/intro"
    assert report.errors == (PageFailure(place, "redirects to another host, http://127.0.0.1"),)
    assert (await bench.state()).points == before.points
    bench.site.redirects.clear()
    assert (await bench.ingestion().ingest()).failed == 0
    assert replace(await bench.state(), rows=()) == replace(before, rows=())
