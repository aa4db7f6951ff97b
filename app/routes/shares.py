"""`/api/v1/conversations/{id}/share` and `/api/v1/shared/{token}`: a conversation that is read by a link."""

import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from app.conversations.shares import SECRET_BYTES, read_shared, sign_link
from app.dependencies import STRANGER, ReaderDep, StateDep, is_closed
from app.errors import ConversationNotFound, ShareNotFound
from app.schemas.problems import ProblemBody
from app.schemas.shares import ShareBody, SharedConversationBody
from storage_config.records.ids import new_id
from storage_config.records.shares import ConversationShare, delete_share, get_share, share_conversation

router = APIRouter(tags=["conversations"])
_FAILURES: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 404, 422, 429, 503)}
Token = Annotated[str, Path(min_length=1, max_length=100, description="The `token` of the link.")]


@router.put("/conversations/{conversation_id}/share", summary="Share a conversation", responses=_FAILURES)
async def share(conversation_id: UUID, state: StateDep, caller: ReaderDep) -> ShareBody:
    """The link of the conversation as it is now; the link that it has, where it is shared already.

    Whoever has the link may read it, and nothing that is asked later.
    """
    share_id, secret = new_id(), secrets.token_bytes(SECRET_BYTES)
    found = await state.resources.database.run(
        lambda session: share_conversation(
            session, share_id=share_id, secret=secret, conversation_id=conversation_id, owner=caller.subject
        )
    )
    if found is None:
        raise ConversationNotFound(str(conversation_id))
    return _body(found)


@router.get("/conversations/{conversation_id}/share", summary="Read a conversation's link", responses=_FAILURES)
async def read_share(conversation_id: UUID, state: StateDep, caller: ReaderDep) -> ShareBody:
    """The link by which the caller's conversation is shared."""
    found = await state.resources.database.run(
        lambda session: get_share(session, conversation_id=conversation_id, owner=caller.subject)
    )
    if found is None:
        raise ShareNotFound(str(conversation_id))
    return _body(found)


@router.delete("/conversations/{conversation_id}/share", summary="Revoke a link", status_code=204, responses=_FAILURES)
async def revoke(conversation_id: UUID, state: StateDep, caller: ReaderDep) -> Response:
    """Nobody reads the conversation by its link any more; shared anew, it has another one."""
    gone = await state.resources.database.run(
        lambda session: delete_share(session, conversation_id=conversation_id, owner=caller.subject)
    )
    if not gone:
        raise ShareNotFound(str(conversation_id))
    return Response(status_code=204)


@router.get("/shared/{token}", summary="Read a shared conversation", responses=_FAILURES)
async def read(token: Token, state: StateDep, caller: ReaderDep) -> SharedConversationBody:
    """The conversation up to the moment in which it was shared, as anybody may read it; never whose it is."""
    found = await state.resources.database.run(lambda session: read_shared(session, token))
    if found is None or is_closed(state, STRANGER, found.corpus):
        raise ShareNotFound
    return found


def _body(found: ConversationShare) -> ShareBody:
    return ShareBody(token=sign_link(found), created_at=found.created_at)
