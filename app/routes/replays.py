"""`POST /api/v1/messages/{id}/replay`: a recorded answer made again, for who runs the site."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.conversations.metered_corpus import Asker
from app.conversations.replays import build_replay_body
from app.dependencies import AppState, OwnerDep, StateDep, admit, asker_of
from app.schemas.problems import ProblemBody
from app.schemas.replays import ReplayBody
from app.wires.streaming import unless_gone

router = APIRouter(tags=["conversations"])


@router.post(
    "/messages/{message_id}/replay",
    summary="Make a recorded answer again",
    response_model=ReplayBody,
    responses={code: {"model": ProblemBody} for code in (401, 403, 404, 409, 422, 503)},
)
async def replay(request: Request, message_id: UUID, state: StateDep, caller: OwnerDep) -> Response:
    """The answer with the recorded queries, collection, models and parameters, and what differs.

    A remote model is asked, and paid, once more; nothing is recorded.
    """
    await admit(request, state, caller, "ask")
    asker = asker_of(caller, request)
    return await unless_gone(request, _replay(state, message_id, asker))


async def _replay(state: AppState, message_id: UUID, asker: Asker) -> Response:
    body = build_replay_body(await state.use_cases.replays.replay(message_id, asker))
    return Response(body.model_dump_json(), media_type="application/json")
