"""What many readers asked alike. No question of few leaves this file: it might say who they are."""

from uuid import UUID

from sqlalchemy import Text, case, cast, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.access import Groups
from storage_config.records.tables import CITATIONS, CONVERSATIONS, DOCUMENTS, MESSAGES

# Asked by so many, of the last answers so far back. Who has no name is counted by conversation.
LEAST_ASKERS = 5
LAST_DAYS = 90
_LOOKED_AT = 5_000  # answers at most
_PERSONAL = r"://|www\.|@|[0-9]{4}"
_A, _Q = MESSAGES.alias("answers"), MESSAGES.alias("questions")


async def list_popular_questions(
    session: AsyncSession,
    *,
    corpus: str,
    document_id: UUID | None,
    groups: Groups,
    anonymous: str,
    max_chars: int,
    limit: int,
) -> list[str]:
    """First questions that were answered from the corpus, by name, or from one page of it; the most frequent first.

    What was answered from pages that are not for everybody may say what stands there: only who reads all is told it.
    What holds an address, a name at a service or a number of four digits is no question for everybody. Spellings that
    differ in case and blanks are one; whether the answers were good is not looked at.
    """
    since = func.now() - func.make_interval(0, 0, 0, LAST_DAYS)
    answered = (_A.c.status == "answered") & (_A.c.created_at >= since)
    asker = case((CONVERSATIONS.c.owner == anonymous, cast(_A.c.conversation_id, Text)), else_=CONVERSATIONS.c.owner)
    latest = select(_A.c.id, _A.c.parent_id, asker.label("asker")).where(answered)
    latest = latest.join(CONVERSATIONS, CONVERSATIONS.c.id == _A.c.conversation_id)
    latest = latest.where(CONVERSATIONS.c.corpus == corpus).order_by(_A.c.created_at.desc()).limit(_LOOKED_AT)
    if groups is not None:
        latest = latest.where(func.coalesce(func.jsonb_array_length(_A.c.provenance["access"]), 0) == 0)
        closed = CITATIONS.join(DOCUMENTS, DOCUMENTS.c.id == CITATIONS.c.document_id)
        now = select(CITATIONS.c.id).select_from(closed).where(CITATIONS.c.message_id == _A.c.id)
        latest = latest.where(~now.where(DOCUMENTS.c.access.is_not(None)).exists())
    if document_id is not None:
        cites = select(CITATIONS.c.id).where(
            (CITATIONS.c.message_id == _A.c.id) & (CITATIONS.c.document_id == document_id)
        )
        latest = latest.where(cites.exists())
    found = latest.subquery()
    words = func.lower(func.regexp_replace(func.btrim(_Q.c.text), r"\s+", " ", "g"))
    times = func.count(distinct(found.c.asker))
    query = (
        select(func.min(func.btrim(_Q.c.text)))
        .select_from(found.join(_Q, _Q.c.id == found.c.parent_id))
        .where(_Q.c.parent_id.is_(None) & (func.length(_Q.c.text) <= max_chars))
        .where(~_Q.c.text.regexp_match(_PERSONAL))
        .group_by(words)
        .having(times >= LEAST_ASKERS)
        .order_by(times.desc(), words)
        .limit(limit)
    )
    return list((await session.execute(query)).scalars())
