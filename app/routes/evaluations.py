"""`GET /api/v1/evaluations`: what `footnoted eval` found, over time. For owners."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.dependencies import CorpusDep, OwnerDep, StateDep
from app.schemas.evaluations import EvaluationBody, EvaluationsBody
from app.schemas.problems import ProblemBody
from storage_config.records.evaluations import StoredEvaluation, list_evaluations
from storage_config.records.rows import MAX_PAGE_SIZE

router = APIRouter(tags=["insights"])
_APART = ("questions", "means")


@router.get(
    "/evaluations",
    summary="See the figures of golden sets",
    responses={code: {"model": ProblemBody} for code in (401, 403, 422, 429, 503)},
)
async def evaluations(
    state: StateDep, caller: OwnerDep, corpus: CorpusDep, limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 100
) -> EvaluationsBody:
    """The figures of each run of `footnoted eval` over the corpus, the newest first; no question and no answer."""
    found = await state.resources.database.run(lambda session: list_evaluations(session, corpus=corpus, limit=limit))
    return EvaluationsBody(corpus=corpus, items=[_body(one) for one in found])


def _body(one: StoredEvaluation) -> EvaluationBody:
    shares = {name: figure for name, figure in one.figures.items() if name not in _APART}
    return EvaluationBody(
        golden=one.golden,
        fingerprint=one.fingerprint,
        made_at=one.made_at,
        questions=one.figures["questions"],
        shares=shares,
        means=one.figures["means"],
    )
