"""Queries on what became of questions that were asked again. They never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.ids import new_id
from storage_config.records.tables import CONVERSATIONS, MESSAGES, REASKED_ANSWERS
from storage_config.vocabulary import AnswerStatus


@dataclass(frozen=True, slots=True)
class ReaskedVerdict:
    """How the question of an answer was answered at `asked_at`. Where it was answered well, by which section."""

    message_id: UUID
    revision: int
    asked_at: datetime
    status: AnswerStatus
    is_resolved: bool
    url: str | None = None
    title: str | None = None
    heading_path: Sequence[str] = ()


async def claim_question(session: AsyncSession, *, message_id: UUID, revision: int, asked_at: datetime) -> bool:
    """Whether it is for who asks to ask an answer's question again: not asked by another at that revision, nor gone.

    What became of it before stands until `save_verdict`; without one it is not asked again at that revision.
    """
    if not await _is_there(session, message_id):
        return False
    claim = insert(REASKED_ANSWERS).values(
        id=new_id(), message_id=message_id, revision=revision, asked_at=asked_at, status="interrupted"
    )
    claim = claim.on_conflict_do_update(
        index_elements=["message_id"],
        set_={"revision": claim.excluded.revision},
        where=REASKED_ANSWERS.c.revision != claim.excluded.revision,
    )
    taken = await session.execute(claim.returning(REASKED_ANSWERS.c.id))
    return taken.scalar_one_or_none() is not None


async def find_last_asked(session: AsyncSession, *, corpus: str) -> datetime | None:
    """When a question of the corpus was last asked again, by any process."""
    query = (
        select(func.max(REASKED_ANSWERS.c.asked_at))
        .join(MESSAGES, MESSAGES.c.id == REASKED_ANSWERS.c.message_id)
        .join(CONVERSATIONS, CONVERSATIONS.c.id == MESSAGES.c.conversation_id)
        .where(CONVERSATIONS.c.corpus == corpus)
    )
    last: datetime | None = (await session.execute(query)).scalar_one()
    return last


async def save_verdict(session: AsyncSession, *, verdict: ReaskedVerdict) -> None:
    """Keeps the newest one; since when a question is resolved stays as it was. Nothing for an answer that is gone."""
    if not await _is_there(session, verdict.message_id):
        return
    statement = insert(REASKED_ANSWERS).values(
        id=new_id(),
        message_id=verdict.message_id,
        revision=verdict.revision,
        asked_at=verdict.asked_at,
        status=verdict.status,
        resolved_at=verdict.asked_at if verdict.is_resolved else None,
        url=verdict.url,
        title=verdict.title,
        heading_path=list(verdict.heading_path),
    )
    new = statement.excluded
    since = case((new.resolved_at.is_not(None), func.coalesce(REASKED_ANSWERS.c.resolved_at, new.resolved_at)))
    kept = {name: new[name] for name in ("revision", "asked_at", "status", "url", "title", "heading_path")}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["message_id"], set_={**kept, "resolved_at": since})
    )


async def _is_there(session: AsyncSession, message_id: UUID) -> bool:
    """Whether the answer is; it stays so until the transaction ends."""
    there = select(MESSAGES.c.id).where(MESSAGES.c.id == message_id).with_for_update(key_share=True)
    return (await session.execute(there)).scalar_one_or_none() is not None
