"""Queries on how a conversation's messages follow each other. They never commit; `Database.run` does."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, any_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.direct import DirectConnection, ReadyStatement
from storage_config.records.messages import LATEST, MAX_MESSAGES, Latest, StoredMessage, list_history
from storage_config.records.rows import columns_of
from storage_config.records.storable import storable_text
from storage_config.records.tables import MESSAGES
from storage_config.vocabulary import Role

_MESSAGES = MESSAGES.c


@dataclass(frozen=True, slots=True)
class NamedMessage:
    """A message that a client spoke of, by our id or by its own."""

    id: UUID
    parent_id: UUID | None
    client_id: str | None
    role: Role
    text: str


_NAMED = columns_of(MESSAGES, NamedMessage)
_MESSAGE = columns_of(MESSAGES, StoredMessage)


def _finding() -> Select[Any]:
    inside = _MESSAGES.conversation_id == bindparam("conversation_id", type_=_MESSAGES.conversation_id.type)
    by_id = _MESSAGES.id == any_(bindparam("ids", type_=ARRAY(_MESSAGES.id.type)))
    named = inside & or_(by_id, _MESSAGES.client_id == any_(bindparam("names", type_=ARRAY(Text))))
    questions = select(_MESSAGES.parent_id).where(named & (_MESSAGES.role == "assistant"))
    query = select(*_NAMED).where(named | inside & _MESSAGES.id.in_(questions))
    return query.order_by(_MESSAGES.position.desc()).limit(MAX_MESSAGES)


_FINDING = ReadyStatement(_finding())


async def find_messages(
    on: AsyncSession | DirectConnection, *, conversation_id: UUID, names: Sequence[str]
) -> list[NamedMessage]:
    """The conversation's messages that go by one of the names, and the questions of its answers, newest first."""
    kept = [storable_text(name) for name in names]  # as they were recorded
    values = {"conversation_id": conversation_id, "ids": _ids(names), "names": kept}
    return [NamedMessage(*row) for row in await _FINDING.rows(on, values)]


async def list_path(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    limit: int,
    through: UUID | Latest = LATEST,
    before: UUID | None = None,
    until: UUID | None = None,
) -> list[StoredMessage]:
    """The last `limit` messages, oldest first, of the branch that goes through a message to the newest one below it.

    With `before` those that lead up to that message, with `until` itself too. Empty where the conversation has
    no such message.
    """
    leaf: UUID | Latest | None
    if until is not None:
        leaf = until
    elif before is not None:
        leaf = await _parent_of(session, conversation_id, before)
    else:
        leaf = through if through == LATEST else await _newest_below(session, conversation_id, through)
    history = await list_history(session, conversation_id=conversation_id, limit=limit, leaf=leaf)
    query = select(*_MESSAGE).where(_MESSAGES.id.in_([message.id for message in history])).order_by(_MESSAGES.position)
    return [StoredMessage(*row) for row in await session.execute(query)]


async def list_children(session: AsyncSession, *, conversation_id: UUID, parent_id: UUID | None) -> list[StoredMessage]:
    """The messages that follow this one, or begin the conversation for None, in their order; at most 200."""
    follows = _MESSAGES.parent_id.is_(None) if parent_id is None else _MESSAGES.parent_id == parent_id
    query = select(*_MESSAGE).where((_MESSAGES.conversation_id == conversation_id) & follows)
    rows = await session.execute(query.order_by(_MESSAGES.position).limit(MAX_MESSAGES))
    return [StoredMessage(*row) for row in rows]


async def list_siblings(
    session: AsyncSession, *, conversation_id: UUID, message_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """For each message the ids of all that follow the same one, itself among them, in their order."""
    together = func.array_agg(_MESSAGES.id).over(
        partition_by=_MESSAGES.parent_id, order_by=_MESSAGES.position, range_=(None, None)
    )
    every = select(_MESSAGES.id, together.label("together")).where(_MESSAGES.conversation_id == conversation_id)
    listed = every.subquery()
    query = select(listed).where(listed.c.id.in_(message_ids))
    return {message_id: list(ids) for message_id, ids in await session.execute(query)}


async def _parent_of(session: AsyncSession, conversation_id: UUID, message_id: UUID) -> UUID | None:
    query = select(_MESSAGES.parent_id).where(_MESSAGES.conversation_id == conversation_id)
    found: UUID | None = (await session.execute(query.where(_MESSAGES.id == message_id))).scalar()
    return found


async def _newest_below(session: AsyncSession, conversation_id: UUID, message_id: UUID) -> UUID | None:
    """The message itself, where nothing follows it; None where the conversation has none such."""
    inside = _MESSAGES.conversation_id == conversation_id
    columns = (_MESSAGES.id, _MESSAGES.position)
    below = select(*columns).where(inside & (_MESSAGES.id == message_id)).cte("below", recursive=True)
    below = below.union_all(select(*columns).where(inside & (_MESSAGES.parent_id == below.c.id)))
    newest = select(below.c.id).order_by(below.c.position.desc()).limit(1)
    found: UUID | None = (await session.execute(newest)).scalar()
    return found


def _ids(names: Sequence[str]) -> list[UUID]:
    ids = []
    for name in names:
        with contextlib.suppress(ValueError):  # a client's own name
            ids.append(UUID(name))
    return ids
