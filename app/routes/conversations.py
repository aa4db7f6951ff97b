"""`/api/v1/conversations`: what the caller asked before, and the answers as they were."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.conversations.transcripts import TranscriptQuery, build_conversation_body, read_transcript
from app.dependencies import ReaderDep, StateDep, check_named, is_closed
from app.errors import ConversationNotFound, FieldProblem, InvalidRequest, MessageNotFound
from app.schemas.bodies import CorpusName
from app.schemas.conversations import (
    BranchBody,
    BranchesBody,
    ConversationBody,
    ConversationsBody,
    TitleRequest,
    TranscriptBody,
)
from app.schemas.problems import ProblemBody
from storage_config.postgres.database import Session
from storage_config.records.access import list_withheld
from storage_config.records.branches import list_children
from storage_config.records.conversations import (
    Conversation,
    delete_conversation,
    get_conversation,
    list_conversations,
    rename_conversation,
)
from storage_config.records.messages import MAX_MESSAGES, StoredMessage
from storage_config.records.rows import MAX_PAGE_SIZE, InvalidCursor

router = APIRouter(tags=["conversations"])
_BRANCH_CHARS = 200
_OF_ONE: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 404, 422, 503)}


@router.get(
    "/conversations",
    summary="List your conversations",
    responses={code: {"model": ProblemBody} for code in (401, 422, 503)},
)
async def read_conversations(
    state: StateDep,
    caller: ReaderDep,
    corpus: CorpusName | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=4_000, description="`next_cursor` of the stretch before.")] = None,
) -> ConversationsBody:
    """A stretch of the caller's conversations, the last used first.

    Whoever is not signed in has none of their own: all of them are one caller, so that nothing is listed to them. They
    may still read a conversation whose id they were told.
    """
    check_named(caller)
    try:
        page = await state.resources.database.run(
            lambda session: list_conversations(session, owner=caller.subject, corpus=corpus, limit=limit, cursor=cursor)
        )
    except InvalidCursor:
        raise InvalidRequest(FieldProblem("cursor", "must be the `next_cursor` of this listing")) from None
    return ConversationsBody(items=[build_conversation_body(one) for one in page.items], next_cursor=page.next_cursor)


@router.get("/conversations/{conversation_id}", summary="Read a conversation", responses=_OF_ONE)
async def read_one(
    conversation_id: UUID,
    state: StateDep,
    caller: ReaderDep,
    through: Annotated[UUID | None, Query(description="A message of the branch that is meant.")] = None,
    before: Annotated[UUID | None, Query(description="Only what led up to this message.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_MESSAGES)] = MAX_MESSAGES,
) -> TranscriptBody:
    """One branch with all that its reader saw: the last used one, or the one that goes through a message."""
    if through is not None and before is not None:
        raise InvalidRequest(FieldProblem("before", "cannot stand together with through"))
    query = TranscriptQuery(conversation_id, caller.subject, limit, caller.reads, through, before)
    found = await state.resources.database.run(lambda session: read_transcript(session, query))
    if found is None or is_closed(state, caller, found.corpus):
        raise ConversationNotFound(str(conversation_id))
    if through is not None and not found.messages:
        raise MessageNotFound(str(through))
    return found


@router.get("/conversations/{conversation_id}/branches", summary="List branches", responses=_OF_ONE)
async def read_branches(
    conversation_id: UUID,
    state: StateDep,
    caller: ReaderDep,
    parent: Annotated[UUID | None, Query(description="The message before; without it the conversation begins.")] = None,
) -> BranchesBody:
    """The messages that follow one message: answers to the same question, or questions put in other words."""

    async def read(session: Session) -> tuple[list[StoredMessage], set[UUID]] | None:
        conversation = await get_conversation(session, conversation_id=conversation_id, owner=caller.subject)
        if conversation is None or is_closed(state, caller, conversation.corpus):
            return None
        children = await list_children(session, conversation_id=conversation_id, parent_id=parent)
        ids = [message.id for message in children]
        return children, await list_withheld(session, message_ids=ids, groups=caller.reads)

    found = await state.resources.database.run(read)
    if found is None:
        raise ConversationNotFound(str(conversation_id))
    messages, withheld = found
    return BranchesBody(items=[_branch(message, is_withheld=message.id in withheld) for message in messages])


@router.patch("/conversations/{conversation_id}", summary="Rename a conversation", responses=_OF_ONE)
async def rename(conversation_id: UUID, body: TitleRequest, state: StateDep, caller: ReaderDep) -> ConversationBody:
    """The conversation with its new title, which stays whatever is asked later."""

    async def write(session: Session) -> Conversation | None:
        mine = {"conversation_id": conversation_id, "owner": caller.subject}
        await rename_conversation(session, title=body.title, **mine)  # type: ignore[arg-type]
        return await get_conversation(session, **mine)  # type: ignore[arg-type]

    found = await state.resources.database.run(write)
    if found is None:
        raise ConversationNotFound(str(conversation_id))
    return build_conversation_body(found)


@router.delete("/conversations/{conversation_id}", summary="Delete a conversation", status_code=204, responses=_OF_ONE)
async def delete(conversation_id: UUID, state: StateDep, caller: ReaderDep) -> Response:
    """Deletes it with its messages, citations and ratings. An answer on its way is told but not kept."""
    deleted = await state.resources.database.run(
        lambda session: delete_conversation(session, conversation_id=conversation_id, owner=caller.subject)
    )
    if not deleted:
        raise ConversationNotFound(str(conversation_id))
    return Response(status_code=204)


def _branch(message: StoredMessage, *, is_withheld: bool) -> BranchBody:
    return BranchBody(
        id=message.id,
        role=message.role,
        text="" if is_withheld else message.text[:_BRANCH_CHARS],
        status=message.status,
        created_at=message.created_at,
    )
