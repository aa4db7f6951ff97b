"""Queries on what a corpus publishes as a whole: its pages' addresses and words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.access import Groups, open_to
from storage_config.records.documents import IS_OWN_ANSWER
from storage_config.records.tables import CORPORA, DOCUMENTS


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """Where a page is, and its text or the beginning of it."""

    uri: str
    url: str
    title: str
    text: str


async def list_published_pages(
    session: AsyncSession, *, corpus: str, groups: Groups, limit: int, chars: int
) -> list[PublishedPage]:
    """The corpus's indexed documents by uri, each with the first `chars` characters of its text."""
    beginning = func.left(DOCUMENTS.c.text, chars)
    query = select(DOCUMENTS.c.uri, DOCUMENTS.c.url, DOCUMENTS.c.title, beginning).where(_published(corpus, groups))
    return [
        PublishedPage(*row)
        for row in await session.execute(query.order_by(IS_OWN_ANSWER, DOCUMENTS.c.uri).limit(limit))
    ]


async def list_whole_pages(
    session: AsyncSession, *, corpus: str, groups: Groups, max_chars: int
) -> list[PublishedPage]:
    """The corpus's indexed documents by uri, whole, as many as have at most `max_chars` characters together."""
    so_far = func.sum(func.length(DOCUMENTS.c.text)).over(order_by=DOCUMENTS.c.uri)
    counted = select(DOCUMENTS.c.id, so_far.label("so_far")).where(_published(corpus, groups)).subquery()
    query = (
        select(DOCUMENTS.c.uri, DOCUMENTS.c.url, DOCUMENTS.c.title, DOCUMENTS.c.text)
        .join(counted, counted.c.id == DOCUMENTS.c.id)
        .where(counted.c.so_far <= max_chars)
    )
    return [PublishedPage(*row) for row in await session.execute(query.order_by(DOCUMENTS.c.uri))]


@dataclass(frozen=True, slots=True)
class PublishedOutline:
    """Where a page is, and its headings: objects of level, text, anchor, start and end."""

    uri: str
    url: str
    headings: list[dict[str, Any]]


async def list_published_outlines(
    session: AsyncSession, *, corpus: str, groups: Groups, limit: int
) -> list[PublishedOutline]:
    """The outlines of the corpus's indexed documents by uri."""
    query = select(DOCUMENTS.c.uri, DOCUMENTS.c.url, DOCUMENTS.c.headings).where(_published(corpus, groups))
    return [PublishedOutline(*row) for row in await session.execute(query.order_by(DOCUMENTS.c.uri).limit(limit))]


async def read_published_version(session: AsyncSession, *, corpus: str, groups: Groups) -> tuple[int, datetime | None]:
    """How many documents the corpus has indexed and when one was last saved: equal where nothing changed."""
    query = select(func.count(), func.max(DOCUMENTS.c.updated_at)).where(_published(corpus, groups))
    count, changed_at = (await session.execute(query)).one()
    return int(count), changed_at


def _published(corpus: str, groups: Groups) -> Any:
    """Of the default version and locale: in others it says much the same again. What these groups may read."""
    of_corpus = DOCUMENTS.c.corpus_id.in_(select(CORPORA.c.id).where(CORPORA.c.name == corpus))
    of_default = DOCUMENTS.c.version.is_(None) & DOCUMENTS.c.locale.is_(None)
    return of_corpus & (DOCUMENTS.c.status == "indexed") & of_default & open_to(groups)
