"""The ingestions that this server runs: started by one request, followed by others, ended with the server."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from app.errors import log_fields, problem_name_of
from app.schemas.ingestions import (
    FailureBody,
    IngestionBody,
    LeftOutPageBody,
    PageCostBody,
    PageErrorBody,
    PlanBody,
    ProgressBody,
    ReportBody,
)
from pipelines.ingestion.progress import IngestionProgress
from pipelines.ingestion.run import INTERRUPTED
from pipelines.ingestion.spending import Spend, spend_freely
from pipelines.types import NAMED_PAGES
from storage_config.errors import FootnotedError
from storage_config.records.ids import new_id
from storage_config.records.ingestion_runs import IngestionRun

if TYPE_CHECKING:
    from pipelines.ingestion.ingestion import Ingestion
    from pipelines.ingestion.plan import IngestionPlan, PlanCost

# The group that is being embedded is given up, the one that is being written is finished: some seconds at most.
CLOSE_SECONDS = 30.0
_log = structlog.get_logger(__name__)


class Ingestions:
    """Runs ingestions as tasks of this process. `corpora` are by name.

    `watch` is told how far each run is, `on_finished` in JSON values how it ended.
    """

    def __init__(
        self,
        corpora: "Mapping[str, Ingestion]",
        *,
        watch: Callable[[IngestionProgress], None] = lambda progress: None,
        on_finished: Callable[[Mapping[str, Any]], None] = lambda told: None,
    ) -> None:
        self._corpora = corpora
        self._on_finished = on_finished
        self._watch = watch
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._progress: dict[UUID, IngestionProgress] = {}

    async def start(self, corpus: str, *, allow_removals: bool, spend: Spend = spend_freely) -> UUID:
        """Starts a run and returns its id once it is the only one; `spend` is told what it embeds.

        Raises IngestionBusy and DatabaseUnavailable.
        """
        run_id, started = new_id(), asyncio.get_running_loop().create_future()
        work = self._run(corpus, run_id, started, allow_removals=allow_removals, spend=spend)
        task = asyncio.create_task(work, name=f"ingestion of {corpus}")
        self._tasks[run_id] = task
        task.add_done_callback(lambda done: self._forget(run_id))
        await started
        return run_id

    def progress_of(self, run_id: UUID) -> IngestionProgress | None:
        """How far a run of this process is; None for others, and while it is planned."""
        return self._progress.get(run_id)

    async def stop(self, run_id: UUID) -> bool:
        """Ends a run of this process and waits until it is recorded. False where it is none."""
        if (task := self._tasks.get(run_id)) is None:
            return False
        task.cancel()
        await asyncio.wait([task], timeout=CLOSE_SECONDS)
        return True

    async def close(self) -> None:
        """Ends every run; what was embedded is kept."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)

    async def _run(
        self, corpus: str, run_id: UUID, started: asyncio.Future[None], *, allow_removals: bool, spend: Spend
    ) -> None:
        def on_start() -> None:
            if not started.done():  # whoever asked may have left
                started.set_result(None)

        def on_progress(progress: IngestionProgress) -> None:
            self._progress[run_id] = progress
            self._watch(progress)

        try:
            report = await self._corpora[corpus].ingest(
                allow_removals=allow_removals,
                on_start=on_start,
                on_progress=on_progress,
                run_id=run_id,
                spend=spend,
            )
            _log.info("ingestion_done", corpus=corpus, run=str(run_id), embedded=report.nodes_embedded)
            counts = {name: getattr(report, name) for name in ("added", "changed", "removed", "unchanged", "failed")}
            self._on_finished({"id": str(run_id), "corpus": corpus, "status": "done", "pages": counts})
        except Exception as error:
            if not started.done():
                started.set_exception(error)
                return
            known = isinstance(error, FootnotedError)
            level = logging.WARNING if known else logging.ERROR
            _log.log(level, "ingestion_failed", corpus=corpus, run=str(run_id), **log_fields(error))
            failed = _failure_type(type(error).__name__)
            self._on_finished({"id": str(run_id), "corpus": corpus, "status": "failed", "failure": failed})
        finally:
            started.cancel()

    def _forget(self, run_id: UUID) -> None:
        self._tasks.pop(run_id, None)
        self._progress.pop(run_id, None)


def build_ingestion_body(run: IngestionRun, corpus: str, *, counts: Mapping[str, int] | None) -> IngestionBody:
    """A run as it is shown; `counts` are newer than the record's where they are given."""
    failure = next((error for error in run.errors if "error" in error), None)
    return IngestionBody(
        id=run.id,
        corpus=corpus,
        status=run.status,
        started_at=run.created_at,
        finished_at=run.finished_at,
        progress=_progress_body(run, counts),
        report=ReportBody(**run.counts, corpus=corpus, errors=run.errors) if run.status == "done" else None,
        failure=FailureBody(type=_failure_type(failure["error"]), message=failure["message"]) if failure else None,
    )


def build_plan_body(plan: "IngestionPlan", cost: "PlanCost") -> PlanBody:
    """A plan as it is shown."""
    return PlanBody(
        corpus=plan.corpus,
        collection=plan.collection,
        rebuild=plan.rebuild,
        added=plan.count("added"),
        changed=plan.count("changed"),
        pipeline_changed=plan.count("pipeline_changed"),
        unchanged=plan.unchanged,
        removed=plan.count("removed"),
        nodes=cost.nodes,
        nodes_to_embed=cost.nodes_to_embed,
        pages=[PageCostBody(**asdict(page)) for page in cost.pages],
        errors=[PageErrorBody(**asdict(failure)) for failure in cost.failures],
        left_out=plan.count_left_out(),
        left_out_pages=[LeftOutPageBody(**asdict(page)) for page in plan.left_out[:NAMED_PAGES]],
        warnings=[PageErrorBody(**asdict(warning)) for warning in plan.warnings[:NAMED_PAGES]],
    )


def _progress_body(run: IngestionRun, counts: Mapping[str, int] | None) -> ProgressBody | None:
    if run.status == "done":
        return None
    known: Mapping[str, Any] = counts or run.counts
    return ProgressBody(**known) if known else None


def _failure_type(error: str) -> str:
    return f"urn:footnoted:problem:{'interrupted' if error == INTERRUPTED else problem_name_of(error)}"
