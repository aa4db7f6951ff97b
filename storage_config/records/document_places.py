"""Queries on where documents are: those at an address, and those below one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.access import Groups, open_to
from storage_config.records.documents import IS_OWN_ANSWER, StoredDocument
from storage_config.records.rows import columns_of
from storage_config.records.tables import CORPORA, DOCUMENTS

_STORED = columns_of(DOCUMENTS, StoredDocument)


@dataclass(frozen=True, slots=True)
class DocumentOutline:
    """Where a document is, and its headings: objects of level, text, anchor, start and end."""

    uri: str
    url: str
    headings: list[dict[str, Any]]


async def list_outlines_at(
    session: AsyncSession, *, corpus: str, urls: Sequence[str], groups: Groups, limit: int
) -> list[DocumentOutline]:
    """The indexed documents at one of these page urls (without #anchor), by uri; a site may show several there.

    Only those that may be read by who is of these groups.
    """
    query = select(DOCUMENTS.c.uri, DOCUMENTS.c.url, DOCUMENTS.c.headings).where(_indexed(corpus), open_to(groups))
    query = query.where(DOCUMENTS.c.url.in_(urls)).order_by(IS_OWN_ANSWER, DOCUMENTS.c.uri).limit(limit)
    return [DocumentOutline(*row) for row in await session.execute(query)]


async def list_documents_at(
    session: AsyncSession, *, corpus: str, urls: Sequence[str], groups: Groups, limit: int
) -> list[StoredDocument]:
    """As `list_outlines_at`, with their texts."""
    query = select(*_STORED).where(_indexed(corpus), DOCUMENTS.c.url.in_(urls), open_to(groups))
    query = query.order_by(IS_OWN_ANSWER, DOCUMENTS.c.uri).limit(limit)
    return [StoredDocument(*row) for row in await session.execute(query)]


async def list_uris_below(
    session: AsyncSession, *, corpus: str, addresses: Sequence[str], groups: Groups, limit: int
) -> list[str]:
    """The uris of indexed documents whose url is one of the addresses (without a `/` at the end), or below it.

    Only those that may be read by who is of these groups.
    """
    below = [DOCUMENTS.c.url.startswith(f"{address}/", autoescape=True) for address in addresses]
    query = select(DOCUMENTS.c.uri).where(
        _indexed(corpus), open_to(groups), or_(DOCUMENTS.c.url.in_(addresses), *below)
    )
    return list((await session.execute(query.order_by(DOCUMENTS.c.uri).limit(limit))).scalars())


def _indexed(corpus: str) -> ColumnElement[bool]:
    of_corpus = DOCUMENTS.c.corpus_id.in_(select(CORPORA.c.id).where(CORPORA.c.name == corpus))
    return of_corpus & DOCUMENTS.c.indexed_at.is_not(None)
