"""Who may read what: the groups of readers against those that pages are for."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, bindparam, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.tables import CITATIONS, CORPORA, DOCUMENTS, MESSAGES

Groups = Collection[str] | None


def may_read(access: Collection[str] | None, groups: Groups) -> bool:
    """Whether who is of these groups may read what is for those: `groups` None reads everything."""
    return groups is None or not access or not set(access).isdisjoint(groups)


def open_to(groups: Groups) -> ColumnElement[bool]:
    """The condition that a document may be read by who is of these groups; None reads everything."""
    if groups is None:
        return true()
    return DOCUMENTS.c.access.is_(None) | _shares(DOCUMENTS.c.access, groups)


async def list_withheld(session: AsyncSession, *, message_ids: Sequence[UUID], groups: Groups) -> set[UUID]:
    """Those of the answers that rest on what who is of these groups may not read.

    That is what was found for them then, and what the pages that they cite are now.
    """
    if groups is None or not message_ids:
        return set()
    asked = MESSAGES.c.id.in_(message_ids)
    found = func.jsonb_array_elements(MESSAGES.c.provenance["access"]).table_valued("value").lateral()
    then = select(MESSAGES.c.id).where(asked, exists(select(found.c.value).where(~_shares(found.c.value, groups))))
    closed = DOCUMENTS.c.access.is_not(None) & ~_shares(DOCUMENTS.c.access, groups)
    cited = CITATIONS.join(DOCUMENTS, DOCUMENTS.c.id == CITATIONS.c.document_id)
    now = select(CITATIONS.c.message_id).select_from(cited).where(CITATIONS.c.message_id.in_(message_ids), closed)
    return set((await session.execute(then.union(now))).scalars())


async def list_closed_urls(session: AsyncSession, *, corpus: str, urls: Collection[str], groups: Groups) -> set[str]:
    """Those of the pages' addresses at which the corpus has a page that who is of these groups may not read now."""
    pages = DOCUMENTS.join(CORPORA, CORPORA.c.id == DOCUMENTS.c.corpus_id)
    query = select(DOCUMENTS.c.url).select_from(pages).where(CORPORA.c.name == corpus, ~open_to(groups))
    return set((await session.execute(query.where(DOCUMENTS.c.url.in_(urls)))).scalars())


def _shares(access: Any, groups: Collection[str]) -> ColumnElement[bool]:
    """Whether a JSON list has one of the groups. Text that Postgres cannot keep is the name of no group."""
    names = sorted(name for name in groups if "\x00" not in name)
    shares: ColumnElement[bool] = access.op("?|", is_comparison=True)(bindparam(None, names, type_=ARRAY(Text)))
    return shares
