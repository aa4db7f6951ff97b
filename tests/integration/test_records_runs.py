"""Ingestion runs against a real Postgres: one at a time, and nobody waits for the dead."""

import asyncio
import sys
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage_config.postgres.database import Database, Session
from storage_config.processes import this_process
from storage_config.records import ingestion_runs
from storage_config.records.corpora import ensure_corpus
from storage_config.records.ids import new_id
from storage_config.records.ingestion_runs import (
    IngestionRun,
    finish_run,
    get_last_run,
    get_run,
    heartbeat,
    list_runs,
    start_run,
)
from storage_config.records.rows import InvalidCursor, encode_cursor

STALE = timedelta(seconds=30)


@pytest.fixture
def database(any_database: Database) -> Database:
    return any_database


@pytest.fixture
async def corpus_id(database: Database) -> UUID:
    return (await database.run(lambda s: ensure_corpus(s, name="handbook"))).id


async def _start(database: Database, corpus_id: UUID, run_id: UUID, owner: str = "") -> IngestionRun | None:
    return await database.run(
        lambda s: start_run(s, run_id=run_id, corpus_id=corpus_id, owner=owner or this_process(), stale_after=STALE)
    )


async def _age(database: Database, run_id: UUID, seconds: int) -> None:
    await database.run(
        lambda s: s.execute(
            text("UPDATE ingestion_runs SET heartbeat_at = now() - make_interval(secs => :age) WHERE id = :id"),
            {"age": seconds, "id": run_id},
        )
    )


async def test_a_run_that_ends_while_another_starts_lets_it_start(
    database: Database, corpus_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_id(), new_id()
    assert await _start(database, corpus_id, first) is None
    looked, get_running = 0, ingestion_runs._get_running

    async def ends_meanwhile(session: Session, corpus: UUID) -> IngestionRun | None:
        nonlocal looked
        looked += 1
        if looked == 2:  # the second run was not let in, and looks for who is in its way
            await database.run(lambda s: finish_run(s, run_id=first, status="done", counts={}))
        return await get_running(session, corpus)

    monkeypatch.setattr(ingestion_runs, "_get_running", ends_meanwhile)
    assert await _start(database, corpus_id, second) is None
    run = await database.run(lambda s: get_run(s, run_id=second))
    assert run is not None
    assert run.status == "running"


async def test_a_second_run_finds_the_first_in_its_way(database: Database, corpus_id: UUID) -> None:
    first, second = new_id(), new_id()
    assert await _start(database, corpus_id, first) is None
    in_the_way = await _start(database, corpus_id, second)
    assert in_the_way is not None
    assert (in_the_way.id, in_the_way.owner, in_the_way.status) == (first, this_process(), "running")
    assert await database.run(lambda s: get_run(s, run_id=second)) is None


async def test_of_many_that_start_at_once_one_runs(database: Database, corpus_id: UUID) -> None:
    runs = [new_id() for _ in range(8)]
    results = await asyncio.gather(*(_start(database, corpus_id, run) for run in runs))
    [winner] = [run for run, result in zip(runs, results, strict=True) if result is None]
    assert {result.id for result in results if result is not None} == {winner}


async def test_starting_again_with_the_same_id_is_the_same_run(database: Database, corpus_id: UUID) -> None:
    run = new_id()
    assert await _start(database, corpus_id, run) is None
    assert await _start(database, corpus_id, run) is None


async def test_corpora_do_not_wait_for_each_other(database: Database, corpus_id: UUID) -> None:
    other = await database.run(lambda s: ensure_corpus(s, name="other"))
    assert await _start(database, corpus_id, new_id()) is None
    assert await _start(database, other.id, new_id()) is None


async def test_a_stale_run_is_taken_over_by_one_of_many(database: Database, corpus_id: UUID) -> None:
    dead = new_id()
    await _start(database, corpus_id, dead, owner="elsewhere/1/x")
    await _age(database, dead, 31)
    runs = [new_id() for _ in range(6)]
    results = await asyncio.gather(*(_start(database, corpus_id, run) for run in runs))
    assert sum(result is None for result in results) == 1
    abandoned = await database.run(lambda s: get_run(s, run_id=dead))
    assert abandoned is not None
    assert abandoned.status == "abandoned"
    assert abandoned.finished_at is not None
    assert not await database.run(lambda s: heartbeat(s, run_id=dead))
    assert not await database.run(lambda s: finish_run(s, run_id=dead, status="done", counts={}))


async def test_a_heartbeat_keeps_a_run(database: Database, corpus_id: UUID) -> None:
    run = new_id()
    await _start(database, corpus_id, run, owner="elsewhere/1/x")
    await _age(database, run, 31)
    assert await database.run(lambda s: heartbeat(s, run_id=run))
    in_the_way = await _start(database, corpus_id, new_id())
    assert in_the_way is not None
    assert in_the_way.id == run


async def test_the_run_of_a_process_that_ended_is_taken_over_at_once(database: Database, corpus_id: UUID) -> None:
    naming = "from storage_config.processes import this_process; print(this_process())"
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", naming, stdout=asyncio.subprocess.PIPE)
    output, _ = await ended.communicate()
    await _start(database, corpus_id, new_id(), owner=output.decode().strip())
    assert await _start(database, corpus_id, new_id()) is None


async def test_a_finished_run_keeps_its_report_and_frees_the_corpus(database: Database, corpus_id: UUID) -> None:
    run = new_id()
    await _start(database, corpus_id, run)
    errors = [{"path": "a.md", "message": "not UTF-8 \0"}]
    finish = {"run_id": run, "status": "failed", "counts": {"added": 3}, "errors": errors}
    assert await database.run(lambda s: finish_run(s, **finish))  # type: ignore[arg-type]
    assert not await database.run(lambda s: finish_run(s, **finish))  # type: ignore[arg-type]
    found = await database.run(lambda s: get_last_run(s, corpus_id=corpus_id))
    assert found is not None
    assert (found.id, found.status, found.counts) == (run, "failed", {"added": 3})
    assert found.errors == [{"path": "a.md", "message": "not UTF-8 \ufffd"}]
    again = await _start(database, corpus_id, run)
    assert again is not None
    assert (again.id, again.status) == (run, "failed")
    assert await _start(database, corpus_id, new_id()) is None


async def test_the_last_run_of_a_corpus_that_never_ran_is_none(database: Database, corpus_id: UUID) -> None:
    assert await database.run(lambda s: get_last_run(s, corpus_id=corpus_id)) is None


async def test_postgres_itself_allows_one_running_run(database: Database, corpus_id: UUID) -> None:
    await _start(database, corpus_id, new_id())
    with pytest.raises(IntegrityError, match="uq_ingestion_runs_running"):
        await database.run(
            lambda s: s.execute(
                text("INSERT INTO ingestion_runs (id, corpus_id, status, owner) VALUES (:id, :corpus, 'running', 'x')"),
                {"id": new_id(), "corpus": corpus_id},
            )
        )


async def test_a_heartbeat_notes_how_far_the_run_is(database: Database, corpus_id: UUID) -> None:
    run_id = new_id()
    await _start(database, corpus_id, run_id)
    assert await database.run(lambda s: heartbeat(s, run_id=run_id, counts={"pages_done": 3}))
    assert await database.run(lambda s: heartbeat(s, run_id=run_id))
    run = await database.run(lambda s: get_run(s, run_id=run_id))
    assert run is not None
    assert run.counts == {"pages_done": 3}


async def test_runs_are_listed_latest_first_in_stretches(database: Database, corpus_id: UUID) -> None:
    runs = sorted(new_id() for _ in range(5))
    for run_id in runs:
        await _start(database, corpus_id, run_id)
        await database.run(partial(finish_run, run_id=run_id, status="done", counts={}))
    first = await database.run(lambda s: list_runs(s, corpus_id=corpus_id, limit=3))
    rest = await database.run(lambda s: list_runs(s, corpus_id=corpus_id, limit=3, cursor=first.next_cursor))
    assert [run.id for run in first.items + rest.items] == runs[::-1]
    assert rest.next_cursor is None
    for cursor in ("forged", encode_cursor("no id"), encode_cursor("a", "b")):
        with pytest.raises(InvalidCursor):
            await database.run(partial(list_runs, corpus_id=corpus_id, cursor=cursor))
