"""Queries on ingestion runs: one at a time for each corpus, and a dead one is taken over. They never commit.

The clock is the database's, so that machines with different clocks agree on what is stale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.processes import is_gone
from storage_config.records.rows import (
    CursorPage,
    InvalidCursor,
    bounded,
    columns_of,
    decode_cursor,
    encode_cursor,
    page_of,
)
from storage_config.records.tables import INGESTION_RUNS
from storage_config.vocabulary import RunEnd, RunStatus

_RUNS = INGESTION_RUNS.c


@dataclass(frozen=True, slots=True)
class IngestionRun:
    """A run. `owner` names its process; `counts` and `errors` are as the run reported them at its end."""

    id: UUID
    corpus_id: UUID
    status: RunStatus
    owner: str
    created_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    counts: dict[str, Any]
    errors: list[dict[str, Any]]


_RUN = columns_of(INGESTION_RUNS, IngestionRun)


async def start_run(
    session: AsyncSession, *, run_id: UUID, corpus_id: UUID, owner: str, stale_after: timedelta, of_page: bool = False
) -> IngestionRun | None:
    """Makes `run_id` the corpus's only running run. None when it is, else the run that is in the way.

    A run is taken over (`abandoned`) when its heartbeat is older than `stale_after` or its process is known to be
    gone. Repeating a start is harmless. `owner` is `processes.this_process()`; `of_page` says that one page is changed.
    """
    running = await _get_running(session, corpus_id)
    if running is not None and running.id != run_id:
        stale = _RUNS.heartbeat_at < func.now() - stale_after
        gone = is_gone(running.owner)
        await _abandon(session, (_RUNS.id == running.id) if gone else (_RUNS.id == running.id) & stale)
    values = {"id": run_id, "corpus_id": corpus_id, "status": "running", "owner": owner, "of_page": of_page}
    starting = insert(INGESTION_RUNS).values(values)
    while True:
        # Waits for a competitor that is about to commit; the partial unique index lets only one of both through.
        await session.execute(starting.on_conflict_do_nothing())
        holder = await _get_running(session, corpus_id)
        if holder is not None:
            return None if holder.id == run_id else holder
        if (ended := await get_run(session, run_id=run_id)) is not None:
            return ended  # a repeated start of a run that ended meanwhile
        # The run that was in the way has ended since: nobody holds the corpus, and this one is not recorded yet.


async def heartbeat(session: AsyncSession, *, run_id: UUID, counts: Mapping[str, Any] | None = None) -> bool:
    """Says that the run lives, and how far it is where `counts` are given.

    False when it was taken over: it must stop without writing anything more. In the transaction of a write it also
    fences it: the row stays locked until the commit.
    """
    values = {"heartbeat_at": func.now()} | ({} if counts is None else {"counts": dict(counts)})
    changed = await session.execute(
        update(INGESTION_RUNS).where(_is_running(run_id)).values(values).returning(_RUNS.id)
    )
    return changed.first() is not None


async def finish_run(
    session: AsyncSession,
    *,
    run_id: UUID,
    status: RunEnd,
    counts: Mapping[str, Any],
    errors: Sequence[Mapping[str, Any]] = (),
) -> bool:
    """Ends the run. False when it was not running any more, because it was taken over or ended before."""
    changed = await session.execute(
        update(INGESTION_RUNS)
        .where(_is_running(run_id))
        .values(status=status, finished_at=func.now(), counts=dict(counts), errors=[dict(error) for error in errors])
        .returning(_RUNS.id)
    )
    return changed.first() is not None


async def get_run(session: AsyncSession, *, run_id: UUID) -> IngestionRun | None:
    """The run; None where there is none."""
    row = (await session.execute(select(*_RUN).where(_RUNS.id == run_id))).one_or_none()
    return IngestionRun(*row) if row else None


async def get_last_run(session: AsyncSession, *, corpus_id: UUID) -> IngestionRun | None:
    """The corpus's latest run, running or ended; None where it was never ingested.

    One that changed a single page knows nothing of the others: it counts where there was no other.
    """
    latest = (_RUNS.of_page, _RUNS.created_at.desc(), _RUNS.id.desc())
    query = select(*_RUN).where(_RUNS.corpus_id == corpus_id).order_by(*latest)
    row = (await session.execute(query.limit(1))).one_or_none()
    return IngestionRun(*row) if row else None


async def list_runs(
    session: AsyncSession, *, corpus_id: UUID, limit: int = 50, cursor: str | None = None
) -> CursorPage[IngestionRun]:
    """A part of the corpus's runs, the latest first, at most 200. Raises InvalidCursor."""
    limit = bounded(limit)
    query = select(*_RUN).where(_RUNS.corpus_id == corpus_id).order_by(_RUNS.id.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(_RUNS.id < _read_id(cursor))
    items = [IngestionRun(*row) for row in await session.execute(query)]
    return page_of(items, limit, lambda last: encode_cursor(str(last.id)))


def _read_id(cursor: str) -> UUID:
    try:
        return UUID(decode_cursor(cursor, 1)[0])
    except ValueError:
        raise InvalidCursor("not a cursor of this listing") from None


async def _get_running(session: AsyncSession, corpus_id: UUID) -> IngestionRun | None:
    query = select(*_RUN).where((_RUNS.corpus_id == corpus_id) & (_RUNS.status == "running"))
    row = (await session.execute(query)).one_or_none()
    return IngestionRun(*row) if row else None


async def _abandon(session: AsyncSession, condition: Any) -> None:
    await session.execute(
        update(INGESTION_RUNS)
        .where(condition & (_RUNS.status == "running"))
        .values(status="abandoned", finished_at=func.now())
    )


def _is_running(run_id: UUID) -> Any:
    return (_RUNS.id == run_id) & (_RUNS.status == "running")
