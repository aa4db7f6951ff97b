"""What is kept of one reader: all of it told, or all of it deleted (GDPR, articles 15, 17 and 20)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from app.auth.callers import Caller
from app.conversations.transcripts import build_conversation_body, read_message_bodies
from app.schemas.conversations import MessageBody
from app.schemas.readers import ErasureBody, ExportBody
from storage_config.postgres.database import Database, Session
from storage_config.records.conversations import Conversation, delete_conversations_of, list_conversations_after
from storage_config.records.messages import list_messages

_CONVERSATIONS_AT_ONCE = 100
_MESSAGES_AT_ONCE = 50


async def erase_reader(database: Database, caller: Caller) -> ErasureBody:
    """Delete everything that the caller asked. What they ask meanwhile may stay."""
    deleted = 0
    while some := await database.run(lambda session: delete_conversations_of(session, owner=caller.subject)):
        deleted += some
    return ErasureBody(conversations=deleted)


async def export_reader(database: Database, caller: Caller) -> AsyncIterator[str]:
    """The pieces of an `ExportBody` as JSON: no more is held in memory than a stretch of one conversation.

    Each stretch is one short session of the database. Raises what the database raises; the JSON ends unfinished then.
    """
    export = ExportBody(subject=caller.subject, kind=caller.kind, exported_at=datetime.now(UTC), conversations=[])
    conversations = _conversations(database, caller.subject)
    beginning = export.model_dump_json().removesuffix("]}")
    divider = ""
    async for conversation in conversations:
        yield f"{beginning}{divider}" + build_conversation_body(conversation).model_dump_json()[:-1] + ',"messages":['
        beginning, divider, between = "", ",", ""
        async for message in _messages(database, conversation.id, caller.reads):
            yield between + message.model_dump_json()
            between = ","
        yield "]}"
    yield f"{beginning}]}}"


async def _conversations(database: Database, owner: str) -> AsyncIterator[Conversation]:
    after: UUID | None = None
    while found := await database.run(
        lambda session, after=after: list_conversations_after(  # type: ignore[misc]
            session, owner=owner, after=after, limit=_CONVERSATIONS_AT_ONCE
        )
    ):
        for conversation in found:
            yield conversation
        after = found[-1].id


async def _messages(
    database: Database, conversation_id: UUID, reads: tuple[str, ...] | None
) -> AsyncIterator[MessageBody]:
    after: UUID | None = None
    while found := await database.run(
        lambda session, after=after: _read_messages(session, conversation_id, after, reads)  # type: ignore[misc]
    ):
        for message in found:
            yield message
        after = found[-1].id


async def _read_messages(
    session: Session, conversation_id: UUID, after: UUID | None, reads: tuple[str, ...] | None
) -> list[MessageBody]:
    stored = await list_messages(session, conversation_id=conversation_id, after=after, limit=_MESSAGES_AT_ONCE)
    return await read_message_bodies(session, conversation_id, stored, reads)
