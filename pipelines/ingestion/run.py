"""The right to ingest a corpus: one run at a time, kept by a heartbeat, fenced at every write."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from pipelines.errors import IngestionBusy
from pipelines.ingestion.progress import IngestionProgress
from pipelines.types import IngestionReport
from storage_config.errors import DatabaseUnavailable, FootnotedError
from storage_config.postgres.database import Database, Session
from storage_config.processes import this_process
from storage_config.records import ingestion_runs
from storage_config.records.corpora import Corpus, ensure_corpus
from storage_config.records.ids import new_id
from storage_config.vocabulary import RunEnd

HEARTBEAT_SECONDS = 10.0
STALE_AFTER = timedelta(seconds=60)
INTERRUPTED = "Interrupted"
T = TypeVar("T")


class RunningIngestion:
    """A run that is under way. `report` is set by whoever did its work, `progress` is theirs meanwhile."""

    def __init__(self, database: Database, run_id: UUID, corpus: Corpus) -> None:
        self.id = run_id
        self.corpus = corpus
        self.report: IngestionReport | None = None
        self.progress: IngestionProgress | None = None
        self.failure: dict[str, str] | None = None
        self._database = database

    async def write(self, work: Callable[[Session], Awaitable[T]], *, seconds: float | None = None) -> T:
        """`work` in one transaction that commits only while this run is the corpus's own.

        `seconds` bounds a transaction that is known to be long. Raises IngestionBusy when another process took the
        run over meanwhile.
        """

        async def fenced(session: Session) -> T:
            if not await ingestion_runs.heartbeat(session, run_id=self.id):
                raise IngestionBusy(f"{self.corpus.name}: another process took this run over; it stops here.")
            return await work(session)

        return await self._database.run(fenced, seconds=seconds)

    async def check(self) -> None:
        """Raises IngestionBusy when another process took the run over."""
        await self.write(_nothing)

    async def keep_alive(self) -> None:
        """Beats until cancelled, also through a database that is away for a while; notes how far the run is."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            with contextlib.suppress(DatabaseUnavailable):
                await self._database.run(self._note)

    @property
    def counts(self) -> dict[str, int]:
        """How far the run is; empty while it is planned."""
        return self.progress.counts() if self.progress else {}

    async def _note(self, session: Session) -> bool:
        return await ingestion_runs.heartbeat(session, run_id=self.id, counts=self.counts)


@contextlib.asynccontextmanager
async def open_run(
    database: Database, corpus_name: str, *, run_id: UUID | None = None, of_page: bool = False
) -> AsyncIterator[RunningIngestion]:
    """The only run on the corpus, recorded as done or failed at its end. Raises IngestionBusy naming the other one."""
    run_id = run_id or new_id()

    async def start(session: Session) -> tuple[Corpus, ingestion_runs.IngestionRun | None]:
        corpus = await ensure_corpus(session, name=corpus_name)
        busy = await ingestion_runs.start_run(
            session,
            run_id=run_id,
            corpus_id=corpus.id,
            owner=this_process(),
            stale_after=STALE_AFTER,
            of_page=of_page,
        )
        return corpus, busy

    corpus, busy = await database.run(start)
    if busy is not None:
        raise IngestionBusy(f"{corpus_name}: {busy.owner} ingests it since {busy.created_at:%Y-%m-%d %H:%M:%S} UTC.")
    run = RunningIngestion(database, run_id, corpus)
    beat = asyncio.create_task(run.keep_alive(), name=f"heartbeat of {corpus_name}")
    try:
        yield run
    except BaseException as error:
        run.failure = _describe(error)
        raise
    finally:
        beat.cancel()
        await asyncio.wait([beat])
        if not beat.cancelled():
            beat.exception()  # a write of the run itself meets the same failure
        await asyncio.shield(_finish(database, run))


async def _finish(database: Database, run: RunningIngestion) -> None:
    counts: Mapping[str, Any] = {}
    errors: Sequence[Mapping[str, Any]] = []
    if run.report is not None:
        counts = {name: value for name, value in asdict(run.report).items() if name not in ("errors", "corpus")}
        errors = [asdict(error) for error in run.report.errors]
    elif run.failure is not None:
        counts, errors = run.counts, [run.failure]
    status: RunEnd = "failed" if run.report is None else "done"

    async def finish(session: Session) -> bool:
        return await ingestion_runs.finish_run(session, run_id=run.id, status=status, counts=counts, errors=errors)

    await database.run(finish)


def _describe(error: BaseException) -> dict[str, str]:
    """Why a run ended early: the name of our class and its message; of an error that is none of ours the name alone."""
    if isinstance(error, asyncio.CancelledError):
        return {
            "error": INTERRUPTED,
            "message": "It was interrupted. What was embedded is kept: run it again to go on.",
        }
    ours = isinstance(error, FootnotedError)
    return {"error": type(error).__name__, "message": str(error) if ours else ""}


async def _nothing(session: Session) -> None:
    """The heartbeat is the whole transaction."""
