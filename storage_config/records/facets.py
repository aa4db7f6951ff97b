"""Queries on what the pages of a corpus are told apart by."""

from dataclasses import dataclass

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.access import Groups, open_to
from storage_config.records.tables import CORPORA, DOCUMENTS


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many indexed documents have it."""

    name: str
    documents: int


async def list_tags(session: AsyncSession, *, corpus: str, groups: Groups, limit: int) -> list[TagCount]:
    """The tags of documents that may be read by who is of these groups, those of most documents first."""
    tags = func.jsonb_array_elements_text(DOCUMENTS.c.tags).table_valued("name").lateral()
    tag, count = tags.c.name, func.count()
    query = (
        select(tag, count)
        .select_from(DOCUMENTS.join(CORPORA, DOCUMENTS.c.corpus_id == CORPORA.c.id).join(tags, true()))
        .where(CORPORA.c.name == corpus, DOCUMENTS.c.indexed_at.is_not(None), open_to(groups))
        .group_by(tag)
        .order_by(count.desc(), tag)
        .limit(limit)
    )
    return [TagCount(name, int(documents)) for name, documents in await session.execute(query)]
