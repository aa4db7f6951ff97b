"""Who may read what: the groups of readers against those that pages are for."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Text,
    any_,
    bindparam,
    exists,
    func,
    select,
    true,
)  # fmt: skip
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.direct import DirectConnection, ReadyStatement
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


async def list_withheld(
    on: AsyncSession | DirectConnection, *, message_ids: Sequence[UUID], groups: Groups
) -> set[UUID]:
    """Those of the answers that rest on what who is of these groups may not read.

    That is what was found for them then, and what the pages that they cite are now.
    """
    if groups is None or not message_ids:
        return set()
    rows = await _WITHHELD.rows(on, {"ids": list(message_ids), "groups": _names(groups)})
    return {message_id for (message_id,) in rows}


async def list_closed_urls(session: AsyncSession, *, corpus: str, urls: Collection[str], groups: Groups) -> set[str]:
    """Those of the pages' addresses at which the corpus has a page that who is of these groups may not read now."""
    pages = DOCUMENTS.join(CORPORA, CORPORA.c.id == DOCUMENTS.c.corpus_id)
    query = select(DOCUMENTS.c.url).select_from(pages).where(CORPORA.c.name == corpus, ~open_to(groups))
    return set((await session.execute(query.where(DOCUMENTS.c.url.in_(urls)))).scalars())


def _shares(access: Any, groups: Collection[str]) -> ColumnElement[bool]:
    """Whether a JSON list has one of the groups. Text that Postgres cannot keep is the name of no group."""
    return _shares_any(access, bindparam(None, _names(groups), type_=ARRAY(Text)))


def _shares_any(access: Any, names: BindParameter[Any]) -> ColumnElement[bool]:
    shares: ColumnElement[bool] = access.op("?|", is_comparison=True)(names)
    return shares


def _names(groups: Collection[str]) -> list[str]:
    return sorted(name for name in groups if "\x00" not in name)


def _withheld() -> CompoundSelect[Any]:
    ids = bindparam("ids", type_=ARRAY(MESSAGES.c.id.type))
    groups = bindparam("groups", type_=ARRAY(Text))
    found = func.jsonb_array_elements(MESSAGES.c.provenance["access"]).table_valued("value").lateral()
    closed_then = exists(select(found.c.value).where(~_shares_any(found.c.value, groups)))
    then = select(MESSAGES.c.id).where(MESSAGES.c.id == any_(ids), closed_then)
    closed = DOCUMENTS.c.access.is_not(None) & ~_shares_any(DOCUMENTS.c.access, groups)
    cited = CITATIONS.join(DOCUMENTS, DOCUMENTS.c.id == CITATIONS.c.document_id)
    now = select(CITATIONS.c.message_id).select_from(cited).where(CITATIONS.c.message_id == any_(ids), closed)
    return then.union(now)


_WITHHELD = ReadyStatement(_withheld())
