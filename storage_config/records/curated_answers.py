"""Queries on the answers that owners wrote, and on how often each answered. They never commit."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.insights import Period, answered_in, indexed
from storage_config.records.tables import CORPORA, DOCUMENTS, MESSAGES, UPLOADS

MAX_CURATED = 500


@dataclass(frozen=True, slots=True)
class CuratedUse:
    """A question that its owner wrote an answer for, and how many answers of a period cited that."""

    question: str
    url: str
    title: str
    answers: int
    last_answered: datetime | None


@dataclass(frozen=True, slots=True)
class CuratedUses:
    """The first 500 questions, most used first, and how many there are; `unused` answered nothing."""

    total: int
    unused: int
    questions: list[CuratedUse]


async def list_curated_uses(session: AsyncSession, *, period: Period) -> CuratedUses:
    """The questions of the active index with the answers of the period that cited theirs."""
    answers = MESSAGES.alias("answers")
    told = answers.c.provenance["curated"]
    each = (
        select(told["uri"].astext.label("uri"), told["question"].astext.label("question"), answers.c.created_at)
        .where(answered_in(period, answers) & told.is_not(None))
        .subquery()
    )
    uses = (
        select(each.c.uri, each.c.question, func.count().label("answers"), func.max(each.c.created_at).label("last"))
        .group_by(each.c.uri, each.c.question)
        .subquery()
    )
    one = func.jsonb_array_elements(DOCUMENTS.c.answers).table_valued(column("value", JSONB)).lateral("one")
    question, anchor = one.c.value["question"].astext, one.c.value["anchor"].astext
    url = DOCUMENTS.c.url + func.coalesce("#" + anchor, "")
    columns = (DOCUMENTS.c.uri, question.label("question"), url.label("url"), DOCUMENTS.c.title)
    written = indexed(period, *columns).join(one, true()).subquery()
    used = func.coalesce(uses.c.answers, 0)
    query = (
        select(
            written.c.question,
            written.c.url,
            written.c.title,
            used,
            uses.c.last,
            func.count().over(),
            func.count().filter(used == 0).over(),
        )
        .select_from(written)
        .outerjoin(uses, (uses.c.uri == written.c.uri) & (uses.c.question == written.c.question))
        .order_by(used.desc(), written.c.url, written.c.question)
        .limit(MAX_CURATED)
    )
    rows = (await session.execute(query)).all()
    total, unused = (rows[0][5], rows[0][6]) if rows else (0, 0)
    return CuratedUses(total, unused, [CuratedUse(*row[:5]) for row in rows])


@dataclass(frozen=True, slots=True)
class StoredOwnAnswer:
    """An answer that was written over the API: `data` as it was sent, with the url that was sent, if one was.

    `url` is that of its document, where its footnote leads.
    """

    document_id: UUID
    data: bytes
    sent_url: str | None
    url: str
    updated_at: datetime


async def list_own_answers(session: AsyncSession, *, corpus: str) -> list[StoredOwnAnswer]:
    """Those of the corpus, the newest first."""
    columns = (DOCUMENTS.c.id, UPLOADS.c.data, UPLOADS.c.url, DOCUMENTS.c.url, DOCUMENTS.c.updated_at)
    query = select(*columns).join(UPLOADS, UPLOADS.c.document_id == DOCUMENTS.c.id)
    query = query.where(_of_corpus(corpus), UPLOADS.c.kind == "answer").order_by(DOCUMENTS.c.id.desc())
    return [StoredOwnAnswer(*row) for row in await session.execute(query)]


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question that a page of the corpus is written for, and where it is answered; `url` has the #anchor."""

    question: str
    uri: str
    url: str
    title: str
    document_id: UUID
    text: str


async def list_written_questions(session: AsyncSession, *, corpus: str) -> list[WrittenQuestion]:
    """All of them by page, those of answers that were written over the API too, each with the text that answers it."""
    one = func.jsonb_array_elements(DOCUMENTS.c.answers).table_valued(column("value", JSONB)).lateral("one")
    value = one.c.value
    start, end = value["start"].as_integer(), value["end"].as_integer()
    columns = (
        value["question"].astext,
        DOCUMENTS.c.uri,
        DOCUMENTS.c.url + func.coalesce("#" + value["anchor"].astext, ""),
        DOCUMENTS.c.title,
        DOCUMENTS.c.id,
        func.substr(DOCUMENTS.c.text, start + 1, end - start),
    )
    query = select(*columns).select_from(DOCUMENTS).join(one, true()).where(_of_corpus(corpus))
    return [WrittenQuestion(*row) for row in await session.execute(query.order_by(DOCUMENTS.c.uri, start))]


def _of_corpus(corpus: str) -> ColumnElement[bool]:
    return DOCUMENTS.c.corpus_id.in_(select(CORPORA.c.id).where(CORPORA.c.name == corpus))
