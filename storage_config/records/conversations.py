"""Queries on conversations and their owner's rights to them. They never commit; `Database.run` does."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.direct import DirectConnection, ReadyStatement
from storage_config.records.rows import (
    CursorPage,
    InvalidCursor,
    bounded,
    columns_of,
    decode_cursor,
    encode_cursor,
    page_of,
)
from storage_config.records.tables import CONVERSATIONS

_CONVERSATIONS = CONVERSATIONS.c


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation of `owner` with the corpus of that name."""

    id: UUID
    corpus: str
    owner: str
    title: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OwnerGroup:
    """Owners of one name or of names that begin alike; or, with `all_others`, everybody but those."""

    name: str
    prefix: str
    all_others: bool = False


MAX_DELETED = 200  # conversations in one transaction
_CONVERSATION = columns_of(CONVERSATIONS, Conversation)


_GET = ReadyStatement(
    select(*_CONVERSATION).where(
        _CONVERSATIONS.id == bindparam("id", type_=_CONVERSATIONS.id.type),
        _CONVERSATIONS.owner == bindparam("owner", type_=_CONVERSATIONS.owner.type),
    )
)


async def get_conversation(
    on: AsyncSession | DirectConnection, *, conversation_id: UUID, owner: str
) -> Conversation | None:
    """The conversation; None where there is none or it belongs to another owner, which nobody can tell apart."""
    rows = await _GET.rows(on, {"id": conversation_id, "owner": owner})
    return Conversation(*rows[0]) if rows else None


async def list_conversations(
    session: AsyncSession, *, owner: str, corpus: str | None = None, limit: int = 50, cursor: str | None = None
) -> CursorPage[Conversation]:
    """A part of the owner's conversations, the last used first, at most 200. Raises InvalidCursor."""
    limit = bounded(limit)
    order = tuple_(_CONVERSATIONS.updated_at, _CONVERSATIONS.id)
    query = (
        select(*_CONVERSATION)
        .where(_CONVERSATIONS.owner == owner)
        .order_by(_CONVERSATIONS.updated_at.desc(), _CONVERSATIONS.id.desc())
        .limit(limit + 1)
    )
    if corpus is not None:
        query = query.where(_CONVERSATIONS.corpus == corpus)
    if cursor is not None:
        query = query.where(order < tuple_(*_keys(cursor)))
    items = [Conversation(*row) for row in await session.execute(query)]
    return page_of(items, limit, lambda last: encode_cursor(last.updated_at.isoformat(), str(last.id)))


async def rename_conversation(session: AsyncSession, *, conversation_id: UUID, owner: str, title: str) -> bool:
    """Gives the conversation another title. False where the owner has no such conversation."""
    changed = await session.execute(
        update(CONVERSATIONS).where(_owned(conversation_id, owner)).values(title=title).returning(_CONVERSATIONS.id)
    )
    return changed.first() is not None


async def delete_conversation(session: AsyncSession, *, conversation_id: UUID, owner: str) -> bool:
    """Deletes the conversation with its messages, citations and feedback. False where the owner has none such."""
    deleted = await session.execute(
        delete(CONVERSATIONS).where(_owned(conversation_id, owner)).returning(_CONVERSATIONS.id)
    )
    return deleted.first() is not None


async def delete_conversations_of(session: AsyncSession, *, owner: str, limit: int = MAX_DELETED) -> int:
    """Deletes what the owner ever asked, at most `limit` conversations of it, and returns how many that were."""
    some = select(_CONVERSATIONS.id).where(_CONVERSATIONS.owner == owner).limit(limit)
    return await _delete_these(session, some)


async def delete_idle_conversations(
    session: AsyncSession, *, owners: OwnerGroup, idle_days: int, limit: int = MAX_DELETED
) -> int:
    """Deletes conversations of the group that nobody used for so many days, at most `limit`; returns how many.

    Days are those of the database's clock, which all replicas share.
    """
    idle = _CONVERSATIONS.updated_at < func.now() - func.make_interval(0, 0, 0, idle_days)
    some = select(_CONVERSATIONS.id).where(idle & _in_group(owners)).limit(limit)
    # What another process sweeps or goes on with at this moment is left to it.
    return await _delete_these(session, some.with_for_update(skip_locked=True))


async def list_conversations_after(
    session: AsyncSession, *, owner: str, after: UUID | None, limit: int
) -> list[Conversation]:
    """The owner's conversations in the order of their ids, which no use changes; those behind the id `after`."""
    query = select(*_CONVERSATION).where(_CONVERSATIONS.owner == owner).order_by(_CONVERSATIONS.id).limit(limit)
    if after is not None:
        query = query.where(_CONVERSATIONS.id > after)
    return [Conversation(*row) for row in await session.execute(query)]


async def _delete_these(session: AsyncSession, ids: Select[tuple[UUID]]) -> int:
    deleted = await session.execute(
        delete(CONVERSATIONS).where(_CONVERSATIONS.id.in_(ids)).returning(_CONVERSATIONS.id)
    )
    return len(deleted.all())


def _in_group(owners: OwnerGroup) -> ColumnElement[bool]:
    inside = (_CONVERSATIONS.owner == owners.name) | _CONVERSATIONS.owner.startswith(owners.prefix, autoescape=True)
    return ~inside if owners.all_others else inside


def _owned(conversation_id: UUID, owner: str) -> ColumnElement[bool]:
    return (_CONVERSATIONS.id == conversation_id) & (_CONVERSATIONS.owner == owner)


def _keys(cursor: str) -> tuple[datetime, UUID]:
    updated_at, conversation_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(updated_at), UUID(conversation_id)
    except ValueError:
        raise InvalidCursor("not a cursor of this listing") from None
