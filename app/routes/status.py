"""`GET /api/v1/status`: what is kept, against the limits. For writers."""

from fastapi import APIRouter

from app.corpus.status import read_status
from app.dependencies import StateDep, WriterDep
from app.schemas.problems import ProblemBody
from app.schemas.status import StatusBody

router = APIRouter(tags=["status"])


@router.get(
    "/status",
    summary="See what is kept",
    responses={code: {"model": ProblemBody} for code in (401, 403, 503)},
)
async def status(state: StateDep, caller: WriterDep) -> StatusBody:
    """Points, bytes against the limits, documents by status and the last run of each corpus."""
    return await read_status(state.resources.storage, state.resources.corpora)
