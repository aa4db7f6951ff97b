"""An index that is built anew: beside the old one, from what is recorded, after a crash or a loss."""

import pickle
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pipelines.errors import (
    VendorBroken,
)
from pipelines.ingestion.group_work import GroupJob, GroupWork
from pipelines.ingestion.index_update import IndexUpdate
from pipelines.ingestion.page_records import record_of
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.planner import page_from_record
from pipelines.ingestion.run import open_run
from storage_config.postgres.database import Database, Session
from storage_config.records.documents import get_document_by_uri, list_document_states
from storage_config.vectors.edge import EdgeShards
from tests.support.collections import collections_of
from tests.support.ingesting import (
    DIMENSION,
    HashedEmbedding,
    Site,
)
from tests.support.ingestion_bench import Bench, break_splitting, without_ids
from tests.support.records import save_document


@pytest.fixture
def database(any_database: Database) -> Database:
    """Every test here runs on the embedded server, on another one, and behind PgBouncer."""
    return any_database


@pytest.fixture
def bench(site: Site, database: Database, vectors: EdgeShards, embed_model: HashedEmbedding) -> Bench:
    return Bench(site, database, vectors, embed_model)


async def test_a_new_pipeline_builds_beside_the_old_and_switches_at_once(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.embed_model.fail_next(VendorBroken("cohere is broken", vendor="cohere"))
    await bench.ingestion(fingerprint="f2").ingest()
    assert (await bench.state()).points == before.points, "readers stay on the old collection while one page is missing"
    report = await bench.ingestion(fingerprint="f2").ingest()
    assert report.changed == 4
    state = await bench.state()
    assert (state.active, list(state.collections)) == ("handbook-f2", ["handbook-f2"])
    assert state.points.keys() == before.points.keys()
    assert {point["fingerprint"] for point in state.points.values()} == {"f2"}


async def test_lost_vectors_are_made_again(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    await bench.vectors.delete("handbook-f1")
    report = await bench.ingestion().ingest()
    assert (report.changed, report.unchanged) == (4, 0)
    assert (await bench.state()) == before


async def test_half_lost_vectors_are_made_again(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    store = await collections_of(bench.vectors).open_existing("handbook-f1")
    assert store is not None
    await store.adelete("intro.md")
    report = await bench.ingestion().ingest()
    assert report.nodes_embedded == sum(point["uri"] == "intro.md" for point in before.points.values())
    assert (await bench.state()) == before


async def test_a_page_that_breaks_after_a_crash_gets_its_old_points_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.write("intro", marker="new")
    crashing = bench.ingestion()
    plan = await crashing.plan()
    saves = 0

    async def crash(*args: Any, pending: bool = False) -> None:
        nonlocal saves
        saves += 1
        if not pending:
            raise RuntimeError("power cut")
        await save(*args, pending=pending)

    save = GroupWork._save
    monkeypatch.setattr(GroupWork, "_save", crash)
    async with open_run(bench.database, "handbook") as run:
        with pytest.raises(RuntimeError, match="power"):
            await crashing._apply(plan, run, lambda progress: None)
    monkeypatch.undo()
    assert (saves, (await bench.state()).points == before.points) == (2, False)
    (bench.site.folder / "intro.md").write_bytes(b"\xff\xfe broken")
    assert (await bench.ingestion().ingest()).failed == 1
    assert (await bench.state()).points == before.points


async def test_a_rebuild_takes_a_page_that_cannot_be_split_from_its_record(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.write("intro", marker="poison")
    bench.site.write("new", marker="poison")
    break_splitting(monkeypatch, "poison")
    report = await bench.ingestion(fingerprint="f2").ingest()
    assert [error.path for error in report.errors] == ["intro.md", "new.md"]
    state = await bench.state()
    assert state.active == "handbook-f2"
    assert state.points.keys() == before.points.keys()
    assert {row[0]: row[5] for row in state.rows}["intro.md"] == "failed"


async def test_a_rebuild_that_is_not_complete_reports_nothing_as_done(bench: Bench) -> None:
    bench.embed_model.fail_next(VendorBroken("cohere is broken", vendor="cohere"))
    report = await bench.ingestion().ingest()
    assert (report.added, report.failed) == (0, 4)


async def test_an_abandoned_rebuild_leaves_nothing_behind(bench: Bench, tmp_path: Path) -> None:
    await bench.ingestion().ingest()
    bench.site.write("passing")
    bench.embed_model.fail_next()
    rebuilding = bench.ingestion(fingerprint="f2")
    plan = await rebuilding.plan()
    async with open_run(bench.database, "handbook") as run:
        await rebuilding._apply(plan, run, lambda progress: None)  # the switch is done
    bench.site.remove("passing")
    await bench.ingestion(fingerprint="f3").ingest()
    state = await bench.state()
    assert list(state.collections) == ["handbook-f3"]
    assert without_ids(state) == without_ids(await bench.clean_build(tmp_path / "clean", fingerprint="f3"))


async def test_points_that_a_run_wrote_late_are_gone_at_the_switch(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    older = bench.ingestion()
    bench.site.write("intro", marker="older")
    (page,) = [page for page in (await older.plan()).pages if page.uri == "intro.md"]
    bench.site.write("intro")
    ((prepared,), _) = await PageSplitter(bench.site.spec(), "f1").split([page])
    await bench.embed_model.acall(prepared.nodes)
    store = await collections_of(bench.vectors).open("handbook-f1", dimension=DIMENSION)

    async def write_late(update: IndexUpdate, *args: Any) -> None:
        await store.async_add(prepared.nodes)
        await switch(update, *args)

    switch = IndexUpdate._switch
    monkeypatch.setattr(IndexUpdate, "_switch", write_late)
    await bench.ingestion().ingest()
    assert without_ids(await bench.state()) == without_ids(await bench.clean_build(tmp_path / "clean"))


async def test_a_group_that_is_done_again_has_the_ids_of_its_records(bench: Bench) -> None:
    await bench.ingestion().ingest()
    bench.site.write("new")
    ingestion = bench.ingestion()
    plan = await ingestion.plan()
    async with open_run(bench.database, "handbook") as run:
        job = GroupJob(run.id, run.corpus, plan.collection, "f1", rebuild=False)
        store = await collections_of(bench.vectors).open("handbook-f1", dimension=DIMENSION)
        work = GroupWork(
            job,
            run=run,
            store=store,
            splitter=PageSplitter(bench.site.spec(), "f1"),
            embed_model=bench.embed_model,
            from_record=partial(page_from_record, bench.database, run.corpus.id),
        )
        for _ in range(2):  # by two workers, as the first one dies
            await work.work(pickle.loads(pickle.dumps(plan.pages)))
        states = await bench.database.run(partial(list_document_states, corpus_id=run.corpus.id))
    (new,) = [state for state in states if state.uri == "new.md"]
    points = (await store.alist_points("new.md")).values()
    assert {point["document_id"] for point in points} == {str(new.id)}


async def test_a_rebuild_takes_an_unreadable_page_from_its_record(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    (bench.site.folder / "intro.md").write_bytes(b"\xff\xfe broken")
    report = await bench.ingestion(fingerprint="f2").ingest()
    assert report.failed == 1
    state = await bench.state()
    assert state.points.keys() == before.points.keys()
    assert {row[0]: row[5] for row in state.rows}["intro.md"] == "failed"


async def test_an_uploaded_page_is_kept_across_re_runs_and_rebuilds(bench: Bench) -> None:
    await bench.ingestion().ingest()
    plan = await bench.ingestion().plan()
    assert plan.pages == ()
    bench.site.write("uploaded")
    uploading = await bench.ingestion().plan()
    document = uploading.pages[0].unpack()
    bench.site.remove("uploaded")
    document.metadata["origin"] = "upload"

    async def upload(session: Session) -> None:
        run_corpus = await get_document_by_uri(session, corpus_id=corpus_id, uri="intro.md")
        assert run_corpus is not None
        record = record_of(document, fingerprint="none", node_count=0, status="pending", document_id=UUID(int=7))
        await save_document(session, corpus_id=corpus_id, document=record)

    async with open_run(bench.database, "handbook") as run:
        corpus_id = run.corpus.id
    await bench.database.run(upload)
    await bench.ingestion().ingest()
    assert "uploaded.md" in {point["uri"] for point in (await bench.state()).points.values()}
    report = await bench.ingestion().ingest()
    assert (report.removed, report.unchanged) == (0, 5)
    await bench.ingestion(fingerprint="f2").ingest()
    state = await bench.state()
    assert "uploaded.md" in {point["uri"] for point in state.points.values()}
    assert state.active == "handbook-f2"
