"""`POST /api/v1/messages/{id}/replay`: a recorded answer made again, for who runs the site."""

from uuid import UUID

from fastapi import APIRouter, Request

from app.conversations.metered_corpus import Asker
from app.conversations.replays import build_replay_body
from app.dependencies import OwnerDep, StateDep, admit
from app.schemas.problems import ProblemBody
from app.schemas.replays import ReplayBody

router = APIRouter(tags=["conversations"])


@router.post(
    "/messages/{message_id}/replay",
    summary="Make a recorded answer again",
    responses={code: {"model": ProblemBody} for code in (401, 403, 404, 409, 422, 503)},
)
async def replay(request: Request, message_id: UUID, state: StateDep, caller: OwnerDep) -> ReplayBody:
    """The answer with the recorded queries, collection, models and parameters, and what differs.

    A remote model is asked, and paid, once more; nothing is recorded.
    """
    await admit(request, state, caller, "ask")
    asker = Asker(caller.kind, request.state.received_at, caller.subject)
    return build_replay_body(await state.use_cases.replays.replay(message_id, asker))
