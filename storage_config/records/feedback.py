"""Queries on readers' ratings of answers. They never commit; `Database.run` does."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.messages import owned_message
from storage_config.records.rows import columns_of
from storage_config.records.tables import FEEDBACK, MESSAGES
from storage_config.vocabulary import FeedbackReason, Rating


@dataclass(frozen=True, slots=True)
class FeedbackToSave:
    """A rating with its reasons and the reader's words. `id` counts only where the answer has no rating yet."""

    id: UUID
    rating: Rating
    reasons: Sequence[FeedbackReason] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """A rating of one answer."""

    rating: Rating
    reasons: list[FeedbackReason]
    text: str | None
    created_at: datetime  # of the rating that counts


_FEEDBACK = columns_of(FEEDBACK, StoredFeedback)


async def save_feedback(
    session: AsyncSession, *, message_id: UUID, owner: str, feedback: FeedbackToSave
) -> StoredFeedback | None:
    """Rates an answer; a later rating replaces the first. None where the owner has no such answer."""
    if not await _has_answer(session, message_id, owner):
        return None
    values = asdict(feedback) | {"message_id": message_id, "reasons": list(feedback.reasons)}
    statement = insert(FEEDBACK).values(values)
    replaced = {name: statement.excluded[name] for name in ("rating", "reasons", "text")} | {"created_at": func.now()}
    statement = statement.on_conflict_do_update(index_elements=["message_id"], set_=replaced)
    return StoredFeedback(*(await session.execute(statement.returning(*_FEEDBACK))).one())


async def delete_feedback(session: AsyncSession, *, message_id: UUID, owner: str) -> bool:
    """Takes a rating back, where there is one. False where the owner has no such answer."""
    if not await _has_answer(session, message_id, owner):
        return False
    await session.execute(delete(FEEDBACK).where(FEEDBACK.c.message_id == message_id))
    return True


async def list_feedback(session: AsyncSession, *, message_ids: Sequence[UUID]) -> dict[UUID, StoredFeedback]:
    """The ratings of these answers, by message; those without one are left out."""
    query = select(FEEDBACK.c.message_id, *_FEEDBACK).where(FEEDBACK.c.message_id.in_(message_ids))
    return {message_id: StoredFeedback(*values) for message_id, *values in await session.execute(query)}


async def _has_answer(session: AsyncSession, message_id: UUID, owner: str) -> bool:
    answer = owned_message(owner) & (MESSAGES.c.id == message_id) & (MESSAGES.c.role == "assistant")
    return (await session.execute(select(MESSAGES.c.id).where(answer))).first() is not None
