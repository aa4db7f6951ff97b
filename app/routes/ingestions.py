"""`/api/v1/ingestions`: bring a corpus up to date, follow the run, see what it would do. For writers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.corpus.ingestions import build_ingestion_body, build_plan_body
from app.dependencies import AppState, CorpusDep, StateDep, WriterDep, check_declared
from app.errors import FieldProblem, IngestionNotFound, InvalidRequest
from app.schemas.ingestions import (
    IngestionBody,
    IngestionRequest,
    IngestionsBody,
    PlanBody,
    PlanRequest,
)
from app.schemas.problems import ProblemBody
from pipelines.corpus import choose_corpus
from storage_config.postgres.database import Session
from storage_config.records.corpora import get_corpus, list_corpora
from storage_config.records.ingestion_runs import IngestionRun, finish_run, get_run, list_runs
from storage_config.records.rows import MAX_PAGE_SIZE, CursorPage, InvalidCursor

router = APIRouter(tags=["ingestions"])
_NONE: CursorPage[IngestionRun] = CursorPage((), None)


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ProblemBody} for status in (401, 403, 422, 503, *statuses)}


@router.post(
    "/ingestions",
    summary="Bring a corpus up to date",
    status_code=202,
    responses=_problems(409, 500),
)
async def start_ingestion(
    response: Response, state: StateDep, caller: WriterDep, body: IngestionRequest = IngestionRequest()
) -> IngestionBody:
    """Starts a run in this server; `Location` is where to follow it. 409 while another one runs on the corpus."""
    name = _choose(state, body)
    spend = state.use_cases.corpora[name].spender(caller.kind)
    run_id = await state.ingestions.start(name, allow_removals=body.allow_removals, spend=spend)
    response.headers["location"] = f"/api/v1/ingestions/{run_id}"
    return await _read_run(state, run_id)


@router.post("/ingestions/plan", summary="See what an ingestion would do", responses=_problems(409, 500))
async def plan_ingestion(state: StateDep, caller: WriterDep, body: PlanRequest = PlanRequest()) -> PlanBody:
    """The pages that would be worked on and what each costs; nothing is touched."""
    ingestion = state.resources.corpora[_choose(state, body)].ingestion
    plan = await ingestion.plan()
    return build_plan_body(plan, await ingestion.cost(plan))


@router.get("/ingestions", summary="List a corpus's ingestions", responses=_problems())
async def read_ingestions(
    state: StateDep,
    caller: WriterDep,
    corpus: CorpusDep,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 20,
    cursor: Annotated[str | None, Query(max_length=4_000, description="`next_cursor` of the stretch before.")] = None,
) -> IngestionsBody:
    """A stretch of the runs, the latest first."""

    async def read(session: Session) -> CursorPage[IngestionRun]:
        found = await get_corpus(session, name=corpus)
        return await list_runs(session, corpus_id=found.id, limit=limit, cursor=cursor) if found else _NONE

    try:
        page = await state.resources.database.run(read)
    except InvalidCursor:
        raise InvalidRequest(FieldProblem("cursor", "must be the `next_cursor` of this listing")) from None
    return IngestionsBody(items=[_body(state, run, corpus) for run in page.items], next_cursor=page.next_cursor)


@router.get("/ingestions/{run_id:uuid}", summary="Follow an ingestion", responses=_problems(404))
async def read_ingestion(run_id: UUID, state: StateDep, caller: WriterDep) -> IngestionBody:
    """How far the run is, or how it ended."""
    return await _read_run(state, run_id)


@router.delete("/ingestions/{run_id:uuid}", summary="Stop an ingestion", responses=_problems(404))
async def stop_ingestion(run_id: UUID, state: StateDep, caller: WriterDep) -> IngestionBody:
    """Stops the run, whichever process runs it; what was embedded is kept. One that ended already stays as it is.

    In another process it ends at its next write, since the record says that it is abandoned.
    """
    await _read_run(state, run_id)
    if not await state.ingestions.stop(run_id):

        async def abandon(session: Session) -> bool:
            return await finish_run(session, run_id=run_id, status="abandoned", counts={})

        await state.resources.database.run(abandon)
    return await _read_run(state, run_id)


async def _read_run(state: AppState, run_id: UUID) -> IngestionBody:
    async def read(session: Session) -> tuple[IngestionRun, str] | None:
        run = await get_run(session, run_id=run_id)
        if run is None:
            return None
        return run, next(corpus.name for corpus in await list_corpora(session) if corpus.id == run.corpus_id)

    found = await state.resources.database.run(read)
    if found is None or found[1] not in state.resources.corpora:
        raise IngestionNotFound(str(run_id))
    return _body(state, *found)


def _body(state: AppState, run: IngestionRun, corpus: str) -> IngestionBody:
    progress = state.ingestions.progress_of(run.id)
    return build_ingestion_body(run, corpus, counts=progress.counts() if progress else None)


def _choose(state: AppState, body: IngestionRequest | PlanRequest) -> str:
    name = choose_corpus(body.corpus, state.resources.corpora)
    check_declared(state, name, body.declared)
    return name
