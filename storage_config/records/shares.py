"""Queries on conversations that are shared by a link. They never commit; `Database.run` does."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.conversations import Conversation
from storage_config.records.rows import columns_of
from storage_config.records.tables import CONVERSATIONS, MESSAGES, SHARES

_SHARES = SHARES.c


@dataclass(frozen=True, slots=True)
class ConversationShare:
    """A conversation that whoever has its link may read up to a message. `secret` signs the link."""

    id: UUID
    conversation_id: UUID
    message_id: UUID
    secret: bytes
    created_at: datetime


_SHARE = columns_of(SHARES, ConversationShare)
_CONVERSATION = columns_of(CONVERSATIONS, Conversation)


async def share_conversation(
    session: AsyncSession, *, share_id: UUID, secret: bytes, conversation_id: UUID, owner: str
) -> ConversationShare | None:
    """Shares the owner's conversation up to its latest message, where it is not shared yet; the share that it has.

    None where the owner has no such conversation.
    """
    latest = (
        select(literal(share_id, Uuid), MESSAGES.c.conversation_id, MESSAGES.c.id, literal(secret))
        .join(CONVERSATIONS, CONVERSATIONS.c.id == MESSAGES.c.conversation_id)
        .where(CONVERSATIONS.c.id == conversation_id, CONVERSATIONS.c.owner == owner)
        .order_by(MESSAGES.c.position.desc())
        .limit(1)
    )
    made = insert(SHARES).from_select(["id", "conversation_id", "message_id", "secret"], latest)
    await session.execute(made.on_conflict_do_nothing(index_elements=["conversation_id"]))
    return await get_share(session, conversation_id=conversation_id, owner=owner)


async def get_share(session: AsyncSession, *, conversation_id: UUID, owner: str) -> ConversationShare | None:
    """The share of the owner's conversation; None where it has none, or belongs to another owner."""
    query = select(*_SHARE).join(CONVERSATIONS, CONVERSATIONS.c.id == _SHARES.conversation_id)
    query = query.where(CONVERSATIONS.c.id == conversation_id, CONVERSATIONS.c.owner == owner)
    row = (await session.execute(query)).one_or_none()
    return ConversationShare(*row) if row else None


async def find_share(session: AsyncSession, *, share_id: UUID) -> tuple[ConversationShare, Conversation] | None:
    """The share of that id with its conversation, whoever asks; None where there is none."""
    query = select(*_SHARE, *_CONVERSATION).join(CONVERSATIONS, CONVERSATIONS.c.id == _SHARES.conversation_id)
    row = (await session.execute(query.where(_SHARES.id == share_id))).one_or_none()
    return (ConversationShare(*row[: len(_SHARE)]), Conversation(*row[len(_SHARE) :])) if row else None


async def delete_share(session: AsyncSession, *, conversation_id: UUID, owner: str) -> bool:
    """Ends the share of the owner's conversation. False where it has none, or belongs to another owner."""
    owned = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == conversation_id, CONVERSATIONS.c.owner == owner)
    gone = await session.execute(delete(SHARES).where(_SHARES.conversation_id.in_(owned)).returning(_SHARES.id))
    return gone.first() is not None
