"""`/api/v1/insights`: how a corpus is used, for its owner."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.auth.callers import Caller
from app.corpus.insights import DEFAULT_DAYS, MAX_DAYS, Days, read_days, read_insights
from app.dependencies import AppState, CorpusDep, OwnerDep, StateDep
from app.schemas.bodies import Day
from app.schemas.insights import InsightsBody
from app.schemas.problems import ProblemBody
from app.wires.csv import dump_table
from storage_config.vocabulary import InsightsTable

router = APIRouter(tags=["insights"])
_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 403, 422, 429, 503)}
_SINCE = f"The first day (UTC); without it there are {DEFAULT_DAYS} days. At most {MAX_DAYS} days."
Since = Annotated[Day | None, Query(description=_SINCE)]
Until = Annotated[Day | None, Query(description="The last day, included (UTC); today where it is left out.")]


@router.get("/insights", summary="See how a corpus is used", responses=_PROBLEMS)
async def insights(
    state: StateDep, caller: OwnerDep, corpus: CorpusDep, since: Since = None, until: Until = None
) -> InsightsBody:
    """What was asked and found no good answer, what was cited and what never, and what readers thought of it."""
    return await _read(state, caller, corpus, read_days(since, until))


@router.get(
    "/insights/{table}.csv",
    summary="One table of the insights as CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **_PROBLEMS},
)
async def insights_table(
    table: InsightsTable,
    state: StateDep,
    caller: OwnerDep,
    corpus: CorpusDep,
    since: Since = None,
    until: Until = None,
) -> Response:
    """The table with its names in the first line. A text that a spreadsheet would run begins with an apostrophe."""
    body = await _read(state, caller, corpus, read_days(since, until))
    name = f"{body.corpus}-{table}-{body.since}-{body.until}.csv"
    return Response(
        dump_table(body, table),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


async def _read(state: AppState, caller: Caller, corpus: str, days: Days) -> InsightsBody:
    cluster = partial(state.use_cases.corpora[corpus].cluster, kind=caller.kind)
    return await read_insights(state.resources.database, cluster, corpus=corpus, days=days)
