"""`POST /api/v1/messages/{id}/replay`: a recorded answer made again, for who runs the site."""

from uuid import UUID

from fastapi import APIRouter

from app.conversations.replays import replay_message
from app.dependencies import OwnerDep, StateDep
from app.schemas.problems import ProblemBody
from app.schemas.replays import ReplayBody
from app.wires.replay import build_replay_body

router = APIRouter(tags=["conversations"])


@router.post(
    "/messages/{message_id}/replay",
    summary="Make a recorded answer again",
    responses={code: {"model": ProblemBody} for code in (401, 403, 404, 409, 422, 503)},
)
async def replay(message_id: UUID, state: StateDep, caller: OwnerDep) -> ReplayBody:
    """The answer with the recorded queries, collection, models and parameters, and what differs.

    A remote model is asked, and paid, once more; nothing is recorded.
    """
    return build_replay_body(await replay_message(state.resources, message_id))
