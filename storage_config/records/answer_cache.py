"""Queries on answers that are given again. They never commit; `Database.run` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.ids import new_id
from storage_config.records.tables import ANSWER_CACHE, CORPORA


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """The corpus's revision and collection now, and the answer of that revision as JSON, where there is one."""

    corpus_id: UUID
    revision: int
    collection: str | None
    answer: dict[str, Any] | None
    provenance: dict[str, Any] | None


async def find_cached_answer(session: AsyncSession, *, corpus: str, key: str) -> CachedAnswer | None:
    """What is kept under the key for the corpus as it is; None where nothing was ever ingested into it."""
    cached = ANSWER_CACHE.c
    of_now = (cached.corpus_id == CORPORA.c.id) & (cached.key == key) & (cached.revision == CORPORA.c.revision)
    query = select(CORPORA.c.id, CORPORA.c.revision, CORPORA.c.active_collection, cached.answer, cached.provenance)
    query = query.select_from(CORPORA.outerjoin(ANSWER_CACHE, of_now)).where(CORPORA.c.name == corpus)
    row = (await session.execute(query)).one_or_none()
    return CachedAnswer(*row) if row else None


async def keep_answer(
    session: AsyncSession, *, key: str, made: CachedAnswer, answer: Mapping[str, Any], size: int
) -> None:
    """Keeps an answer under the key in place of one before; `made` says from what. The oldest beyond `size` leave."""
    values = {"revision": made.revision, "answer": dict(answer), "provenance": made.provenance or {}}
    statement = insert(ANSWER_CACHE).values(id=new_id(), corpus_id=made.corpus_id, key=key, **values)
    again = {**values, "created_at": func.now()}
    await session.execute(statement.on_conflict_do_update(index_elements=["corpus_id", "key"], set_=again))
    newest_first = ANSWER_CACHE.c.created_at.desc(), ANSWER_CACHE.c.id.desc()
    oldest = select(ANSWER_CACHE.c.id).order_by(*newest_first).offset(size)
    await session.execute(delete(ANSWER_CACHE).where(ANSWER_CACHE.c.id.in_(oldest)))


async def raise_revision(session: AsyncSession, *, corpus_id: UUID) -> None:
    """Notes that pages of the corpus are written: what was answered from them before is not given again."""
    await session.execute(update(CORPORA).where(CORPORA.c.id == corpus_id).values(revision=CORPORA.c.revision + 1))
