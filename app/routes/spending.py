"""`GET /api/v1/spending`: what vendors cost today, against the budget. For owners."""

from dataclasses import asdict
from datetime import date

from fastapi import APIRouter

from app.dependencies import OwnerDep, StateDep
from app.schemas.problems import ProblemBody
from app.schemas.spending import ShareSpendingBody, SpendingBody

router = APIRouter(tags=["status"])


@router.get(
    "/spending",
    summary="See what vendors cost today",
    responses={code: {"model": ProblemBody} for code in (401, 403, 429, 503)},
)
async def spending(state: StateDep, caller: OwnerDep) -> SpendingBody:
    """Calls of vendors and their cost since midnight (UTC), by kind of caller, against the daily budget."""
    budget = state.use_cases.meter.budget
    today = await budget.read_today()
    return SpendingBody(
        day=date.fromisoformat(today.day),
        counted=budget.is_bounded,
        shares=[ShareSpendingBody(**asdict(one)) for one in today.shares],
    )
