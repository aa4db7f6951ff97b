"""Ingestion on a real database and a real shard: what each kind of change does, costs, and must never do."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from pipelines.errors import (
    IngestionBusy,
    RemovalRefused,
    SourceMissing,
    VendorBroken,
    VendorRefused,
)
from pipelines.ingestion.progress import IngestionProgress
from pipelines.ingestion.run import INTERRUPTED, open_run
from pipelines.types import PageFailure
from storage_config.postgres.database import Database, Session
from storage_config.records.ids import new_id
from storage_config.records.ingestion_runs import get_run
from storage_config.vectors.edge import EdgeShards
from tests.support.ingesting import (
    DIMENSION,
    HashedEmbedding,
    Site,
    build_ingestion,
    paragraph,
    read_index_state,
)
from tests.support.ingestion_bench import Bench, break_splitting, pages_of, without_ids


@pytest.fixture
def database(any_database: Database) -> Database:
    """Every test here runs on the embedded server, on another one, and behind PgBouncer."""
    return any_database


@pytest.fixture
def bench(site: Site, database: Database, vectors: EdgeShards, embed_model: HashedEmbedding) -> Bench:
    return Bench(site, database, vectors, embed_model)


async def test_a_first_ingestion_adds_every_page(bench: Bench) -> None:
    report = await bench.ingestion().ingest()
    assert (report.added, report.changed, report.unchanged, report.removed, report.failed) == (4, 0, 0, 0, 0)
    assert report.nodes_total == report.nodes_embedded == len(bench.embed_model.embedded) > 8
    state = await bench.state()
    assert len(state.points) == report.nodes_total
    assert [(row[0], row[5]) for row in state.rows] == [
        ("guide/install.md", "indexed"),
        ("guide/use.md", "indexed"),
        ("intro.md", "indexed"),
        ("reference.md", "indexed"),
    ]
    texts = {row[0]: row[6] for row in state.rows}
    for point in state.points.values():
        assert texts[point["uri"]][point["start"] : point["end"]] == point["text"]
        assert point["document_id"] == point["uri"]


async def test_an_unchanged_re_run_embeds_nothing_and_writes_nothing(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before, calls = await bench.state(), len(bench.embed_model.embedded)
    report = await bench.ingestion().ingest()
    assert (report.unchanged, report.added, report.changed, report.nodes_embedded) == (4, 0, 0, 0)
    assert len(bench.embed_model.embedded) == calls
    assert await bench.state() == before


async def test_an_edited_paragraph_embeds_few_chunks_and_leaves_a_clean_build(bench: Bench, tmp_path: Path) -> None:
    path = bench.site.write("long", paragraphs=30)
    await bench.ingestion().ingest()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(paragraph("long", 13), "An edited paragraph."), encoding="utf-8")
    report = await bench.ingestion().ingest()
    assert (report.changed, report.unchanged) == (1, 4)
    assert 1 <= report.nodes_embedded <= 3
    assert without_ids(await bench.state()) == without_ids(await bench.clean_build(tmp_path / "clean"))


async def test_a_moved_paragraph_changes_payloads_without_embedding(bench: Bench, tmp_path: Path) -> None:
    path = bench.site.write("long", paragraphs=9)
    await bench.ingestion().ingest()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("## Part 0 of long", "New first words.\n\n## Part 0 of long"), encoding="utf-8")
    report = await bench.ingestion().ingest()
    assert report.nodes_embedded == 1
    assert without_ids(await bench.state()) == without_ids(await bench.clean_build(tmp_path / "clean"))


async def test_a_removed_page_loses_points_and_row(bench: Bench) -> None:
    await bench.ingestion().ingest()
    bench.site.remove("reference")
    report = await bench.ingestion().ingest()
    assert report.removed == 1
    state = await bench.state()
    assert "reference.md" not in {row[0] for row in state.rows}
    assert "reference.md" not in {point["uri"] for point in state.points.values()}
    assert report.nodes_total == len(state.points)


async def test_too_many_removals_are_refused_until_asked_for(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.remove("reference")
    bench.site.remove("intro")
    with pytest.raises(RemovalRefused, match=r"2 of 4 pages.*--allow-removals"):
        await bench.ingestion().ingest()
    assert await bench.state() == before
    assert (await bench.ingestion().ingest(allow_removals=True)).removed == 2


async def test_an_empty_source_is_an_error_not_a_removal(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    for name in ("intro", "guide/install", "guide/use", "reference"):
        bench.site.remove(name)
    with pytest.raises(SourceMissing):
        await bench.ingestion().ingest(allow_removals=True)
    assert await bench.state() == before


async def test_an_unreadable_page_keeps_its_old_version_and_is_retried(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    (bench.site.folder / "intro.md").write_bytes(b"\xff\xfe broken")
    report = await bench.ingestion().ingest()
    assert report.failed == 1
    assert report.errors[0].path == "intro.md"
    assert (await bench.state()).points == before.points
    bench.site.write("intro")
    assert (await bench.ingestion().ingest()).changed == 1
    assert await bench.state() == before


async def test_a_page_that_cannot_be_embedded_keeps_its_old_version(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.write("intro", marker="new")
    bench.embed_model.fail_next(VendorBroken("cohere is broken", vendor="cohere"))
    report = await bench.ingestion().ingest()
    assert (report.failed, report.changed) == (1, 0)
    assert report.errors == (PageFailure("intro.md", "not embedded: cohere is broken"),)
    assert (await bench.state()).points == before.points
    assert (await bench.ingestion().ingest()).changed == 1
    assert (await bench.state()).points != before.points


async def test_a_vendor_that_refuses_ends_the_run_and_the_next_one_starts(bench: Bench) -> None:
    bench.embed_model.fail_next(VendorRefused("cohere refuses the API key", vendor="cohere", status=401))
    with pytest.raises(VendorRefused):
        await bench.ingestion().ingest()
    assert (await bench.ingestion().ingest()).added == 4


async def test_a_page_that_cannot_be_split_fails_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    bench.site.write("intro", marker="poison")
    bench.site.write("reference", marker="fine")
    break_splitting(monkeypatch, "poison")
    planned = await bench.ingestion().cost(await bench.ingestion().plan())
    report = await bench.ingestion().ingest()
    assert (report.changed, report.failed, report.unchanged) == (1, 1, 2)
    assert report.errors == planned.failures == (PageFailure("intro.md", "cannot be split: ZeroDivisionError"),)
    after = await bench.state()
    assert pages_of(after, "intro.md") == pages_of(before, "intro.md")
    assert {row[0]: row[5] for row in after.rows}["intro.md"] == "failed"
    monkeypatch.undo()
    assert (await bench.ingestion().ingest()).changed == 1
    assert pages_of(await bench.state(), "intro.md") != pages_of(before, "intro.md")


async def test_two_runs_at_once_one_is_refused(bench: Bench) -> None:
    async with open_run(bench.database, "handbook"):
        with pytest.raises(IngestionBusy, match="handbook"):
            await bench.ingestion().ingest()
    assert (await bench.ingestion().ingest()).added == 4


async def test_a_run_that_failed_says_why(bench: Bench) -> None:
    run_id = new_id()
    bench.embed_model.fail_next(VendorRefused("cohere refuses the API key", vendor="cohere", status=401))
    with pytest.raises(VendorRefused):
        await bench.ingestion().ingest(run_id=run_id)
    run = await bench.database.run(partial(get_run, run_id=run_id))
    assert run is not None
    assert (run.status, run.errors) == (
        "failed",
        [{"error": "VendorRefused", "message": "cohere refuses the API key"}],
    )
    assert run.counts == {"pages_total": 4, "pages_done": 0, "nodes_embedded": 0}


async def test_a_run_that_is_cancelled_says_so_and_another_one_goes_on(bench: Bench) -> None:
    run_id, started = new_id(), asyncio.Event()
    task = asyncio.create_task(bench.ingestion().ingest(run_id=run_id, on_start=started.set))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    run = await bench.database.run(partial(get_run, run_id=run_id))
    assert run is not None
    assert (run.status, run.errors[0]["error"]) == ("failed", INTERRUPTED)
    await bench.ingestion().ingest()
    assert (await bench.ingestion().ingest()).unchanged == 4


async def test_a_run_that_was_taken_over_writes_no_more(bench: Bench) -> None:
    async with open_run(bench.database, "handbook") as run:
        async with bench.database.session() as session:
            assert (await get_run(session, run_id=run.id)) is not None
        await bench.database.run(_abandon)
        with pytest.raises(IngestionBusy, match="took this run over"):
            await run.write(_abandon)


async def _abandon(session: Session) -> None:
    await session.execute(
        text("UPDATE ingestion_runs SET status = 'abandoned', finished_at = now() WHERE status = 'running'")
    )


async def test_progress_counts_up_to_all(bench: Bench) -> None:
    seen: list[tuple[int, int]] = []

    def note(progress: IngestionProgress) -> None:
        seen.append((progress.pages_done, progress.nodes_embedded))

    report = await bench.ingestion().ingest(on_progress=note)
    assert seen[0] == (0, 0)
    assert seen[-1] == (4, report.nodes_embedded)


async def test_a_plan_says_what_it_costs_and_touches_nothing(bench: Bench) -> None:
    ingestion = bench.ingestion()
    cost = await ingestion.cost(await ingestion.plan())
    assert bench.embed_model.embedded == []
    assert await bench.vectors.names() == []
    report = await ingestion.ingest()
    assert cost.nodes_to_embed == report.nodes_embedded
    bench.site.write("intro", marker="new")
    bench.site.remove("reference")
    plan = await ingestion.plan()
    by_uri = {page.uri: page for page in (await ingestion.cost(plan)).pages}
    assert by_uri["reference.md"].action == "removed"
    assert by_uri["intro.md"].nodes == by_uri["intro.md"].nodes_to_embed > 0


async def test_two_corpora_share_nothing(bench: Bench) -> None:
    await bench.ingestion().ingest()
    before = await bench.state()
    other = build_ingestion(
        bench.site.spec(corpus="other"), bench.database, bench.vectors, embed_model=bench.embed_model
    )
    assert (await other.ingest()).added == 4
    theirs = await read_index_state(bench.site.spec(corpus="other"), bench.database, bench.vectors)
    assert not theirs.points.keys() & before.points.keys()
    assert await bench.state() == before


def test_the_embedding_of_the_tests_has_its_dimension() -> None:
    assert len(HashedEmbedding().get_text_embedding("x")) == DIMENSION
