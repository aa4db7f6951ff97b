"""`/api/v1/messages/{id}/feedback`: what a reader thinks of an answer to a question of theirs."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.conversations.transcripts import build_feedback_body
from app.dependencies import ReaderDep, StateDep
from app.errors import MessageNotFound
from app.schemas.feedback import FeedbackBody, FeedbackRequest
from app.schemas.problems import ProblemBody
from storage_config.records.feedback import FeedbackToSave, delete_feedback, save_feedback
from storage_config.records.ids import new_id

router = APIRouter(tags=["conversations"])
_RESPONSES: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 404, 422, 503)}


@router.post("/messages/{message_id}/feedback", summary="Rate an answer", responses=_RESPONSES)
async def rate(message_id: UUID, body: FeedbackRequest, state: StateDep, caller: ReaderDep) -> FeedbackBody:
    """Keeps the rating; it replaces the one before."""
    feedback = FeedbackToSave(new_id(), body.rating, body.reasons, body.text)
    saved = await state.resources.database.run(
        lambda session: save_feedback(session, message_id=message_id, owner=caller.subject, feedback=feedback)
    )
    if saved is None:
        raise MessageNotFound(str(message_id))
    told = {"answer_id": str(message_id), "rating": body.rating, "reasons": list(body.reasons), "text": body.text}
    state.use_cases.webhooks.send("feedback.created", told)
    return build_feedback_body(saved)


@router.delete("/messages/{message_id}/feedback", summary="Take a rating back", status_code=204, responses=_RESPONSES)
async def take_back(message_id: UUID, state: StateDep, caller: ReaderDep) -> Response:
    """Takes the rating back, where there is one."""
    found = await state.resources.database.run(
        lambda session: delete_feedback(session, message_id=message_id, owner=caller.subject)
    )
    if not found:
        raise MessageNotFound(str(message_id))
    return Response(status_code=204)
