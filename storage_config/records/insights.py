"""Queries on how a corpus is used, for its owner: what was asked, what was cited, what readers thought of it.

They know no reader: nobody's subject leaves this file. Every list is bounded. They never commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, FromClause, Select, Subquery, Text, cast, distinct, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.documents import IS_OWN_ANSWER
from storage_config.records.tables import (
    CITATIONS,
    CONVERSATIONS,
    CORPORA,
    DOCUMENTS,
    FEEDBACK,
    MESSAGES,
    REASKED_ANSWERS,
)

MAX_QUESTIONS = 500
MAX_SECTIONS = 200
_QUESTION_CHARS = 500
_STATUSES = ("answered", "partial", "refused", "interrupted")
_WAYS = ("up", "down")
_A = MESSAGES.alias("answers")
_Q = MESSAGES.alias("questions")
_ANSWER, _CITATION = _A.c, CITATIONS.c
# A sentence that its sources do not carry, or an answer that is not whole.
_WEAK = (_ANSWER.status == "partial") | func.jsonb_path_exists(
    _ANSWER.answer, text("""'$.claims[*] ? (@.status == "unsupported")'::jsonpath""")
)
_REFUSED = _ANSWER.status == "refused"
# Spellings that differ in case and white space only are one question.
_SPELLING = func.lower(func.regexp_replace(func.btrim(_Q.c.text), r"\s+", " ", "g"))
# Who asked and what about, groups, filters, page and scope: another one may be answered from other pages.
_CIRCUMSTANCES = _ANSWER.provenance["question"].op("-")(cast(["text", "history"], ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Period:
    """What was answered from one corpus, by name, from `since` on and before `until`."""

    corpus: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was refused or answered weakly, however often; one of its spellings, cut at 500 characters."""

    text: str
    asked: int
    refused: int
    last_asked: datetime


@dataclass(frozen=True, slots=True)
class ResolvedQuestion:
    """A question that found no good answer until pages changed: since `resolved_at` that section answers it."""

    text: str
    last_asked: datetime
    resolved_at: datetime
    url: str
    title: str
    heading_path: list[str]


@dataclass(frozen=True, slots=True)
class WeakAnswer:
    """The newest answer to a question that found no good one. `question` is as `provenance` keeps it."""

    message_id: UUID
    question: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SectionUse:
    """A section and how many answers cited it; `up` and `down` are the ratings of these answers.

    `unsupported` counts the answers with a sentence that cites it and is not carried by it.
    """

    url: str
    title: str
    heading_path: list[str]
    answers: int
    unsupported: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Answers of one day (UTC) by their status, those that are weakly supported, and their ratings."""

    day: date
    answered: int
    partial: int
    refused: int
    interrupted: int
    weak: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class PageText:
    """A page of the active index."""

    id: UUID
    url: str
    title: str
    headings: list[dict[str, Any]]
    text: str


@dataclass(frozen=True, slots=True)
class UncitedPages:
    """The first pages by url, at most 200, of those that no answer cited; `total` counts all pages of the index."""

    total: int
    uncited: int
    pages: list[tuple[str, str]]  # url, title


async def list_weak_questions(session: AsyncSession, *, period: Period) -> tuple[list[AskedQuestion], int]:
    """The questions whose latest answer refused or is weakly supported, and how many there are.

    Most asked first, at most 500. Spellings that differ in case and white space only are one. What was answered when
    it was asked again is left out, for those whom it was answered for.
    """
    asked = _asked_alike(_latest_answers(period))
    count, last_asked = func.sum(asked.c.asked), func.max(asked.c.last_asked)
    query = (
        select(func.max(asked.c.text), count, func.sum(asked.c.refused), last_asked, func.count().over())
        .where(asked.c.resolved_at.is_(None))
        .group_by(asked.c.spelling)
        .order_by(count.desc(), last_asked.desc(), asked.c.spelling)
        .limit(MAX_QUESTIONS)
    )
    rows = (await session.execute(query)).all()
    questions = [AskedQuestion(text, int(times), int(refused), last) for text, times, refused, last, _ in rows]
    return questions, rows[0][4] if rows else 0


async def list_resolved_questions(session: AsyncSession, *, period: Period) -> list[ResolvedQuestion]:
    """What `list_weak_questions` leaves out for everybody: answered since pages changed, newest first, at most 500."""
    asked, again = _asked_alike(_latest_answers(period)), REASKED_ANSWERS.c
    is_open = func.bool_or(asked.c.resolved_at.is_(None)).over(partition_by=asked.c.spelling)
    judged = select(asked, is_open.label("is_open")).subquery()
    newest = (
        select(judged.c.text, judged.c.last_asked, again.resolved_at, again.url, again.title, again.heading_path)
        .ext(distinct_on(judged.c.spelling))
        .join(REASKED_ANSWERS, again.message_id == judged.c.id)
        .where(~judged.c.is_open)
        .order_by(judged.c.spelling, judged.c.last_asked.desc())
        .subquery()
    )
    query = select(newest).order_by(newest.c.resolved_at.desc(), newest.c.last_asked.desc()).limit(MAX_QUESTIONS)
    return [ResolvedQuestion(*row) for row in await session.execute(query)]


async def list_answers_to_ask_again(
    session: AsyncSession, *, period: Period, revision: int, limit: int
) -> list[WeakAnswer]:
    """Of each question without a good answer the newest one, unless it was asked again at this revision.

    Those that are still without one come first, of these the most asked, then the newest. One that is resolved is asked
    again only where the page that answers it changed or went since. An old record that does not say which pages whoever
    asked may read is left out.
    """
    asked, again = _asked_alike(_latest_answers(period)), REASKED_ANSWERS.c
    page = func.split_part(again.url, "#", 1)
    # An answer of the owner's own has the url of a page, and another title.
    is_it = (DOCUMENTS.c.url == page) & (DOCUMENTS.c.title == again.title)
    answers_it = is_it & (DOCUMENTS.c.indexed_at <= again.asked_at)
    stands = indexed(period, DOCUMENTS.c.id).where(answers_it).correlate(REASKED_ANSWERS).exists()
    question = _ANSWER.provenance["question"]
    query = (
        select(_ANSWER.id, question)
        .join(asked, asked.c.id == _ANSWER.id)
        .outerjoin(REASKED_ANSWERS, again.message_id == _ANSWER.id)
        .where(
            func.jsonb_exists(question["filters"], "groups"),
            func.coalesce(again.revision, -1) != revision,
            again.resolved_at.is_(None) | ~stands,
        )
        .order_by(again.resolved_at.is_not(None), asked.c.asked.desc(), _ANSWER.created_at.desc(), _ANSWER.id)
        .limit(limit)
    )
    return [WeakAnswer(*row) for row in await session.execute(query)]


async def list_days(session: AsyncSession, *, period: Period) -> list[DayTotals]:
    """The days of the period on which something was answered, in their order."""
    day = cast(func.timezone("UTC", _ANSWER.created_at), Date)
    by_status = [func.count().filter(_ANSWER.status == status) for status in _STATUSES]
    query = (
        select(day, *by_status, func.count().filter(_WEAK), *(func.count().filter(_rated(way)) for way in _WAYS))
        .outerjoin(FEEDBACK, FEEDBACK.c.message_id == _ANSWER.id)
        .where(answered_in(period))
        .group_by(day)
        .order_by(day)
    )
    return [DayTotals(*values) for values in map(tuple, await session.execute(query))]


async def count_reasons(session: AsyncSession, *, period: Period) -> dict[str, int]:
    """How often each reason was given with a rating of the period's answers."""
    each = (
        select(func.jsonb_array_elements_text(FEEDBACK.c.reasons).label("reason"))
        .join(_A, _ANSWER.id == FEEDBACK.c.message_id)
        .where(answered_in(period))
        .subquery()
    )
    rows = await session.execute(select(each.c.reason, func.count()).group_by(each.c.reason).order_by(each.c.reason))
    return {str(reason): int(count) for reason, count in rows}


async def list_cited_sections(session: AsyncSession, *, period: Period, rated: bool = False) -> list[SectionUse]:
    """The sections that most answers cited, at most 200.

    With `rated` those whose answers got a rating, most thumbs down first.
    """
    answers = func.count(distinct(_CITATION.message_id))
    up, down = (func.count(distinct(_CITATION.message_id)).filter(_rated(way)) for way in _WAYS)
    unsupported = func.count(distinct(_CITATION.message_id)).filter(_CITATION.claim_status == "unsupported")
    query = (
        select(_CITATION.url, func.max(_CITATION.title), _CITATION.heading_path, answers, unsupported, up, down)
        .join(_A, _ANSWER.id == _CITATION.message_id)
        .outerjoin(FEEDBACK, FEEDBACK.c.message_id == _ANSWER.id)
        .where(answered_in(period))
        .group_by(_CITATION.url, _CITATION.heading_path)
    )
    place = (_CITATION.url, _CITATION.heading_path)
    if rated:
        query = query.having(up + down > 0).order_by(down.desc(), up.desc(), *place)
    else:
        query = query.order_by(answers.desc(), *place)
    return [SectionUse(*row) for row in await session.execute(query.limit(MAX_SECTIONS))]


async def list_uncited_pages(session: AsyncSession, *, period: Period) -> UncitedPages:
    """The pages of the active index that no answer of the period cited, without answers of the owner's own."""
    uncited = DOCUMENTS.c.id.not_in(_cited_documents(period))
    counts = indexed(period, func.count(), func.count().filter(uncited)).where(~IS_OWN_ANSWER)
    counted = (await session.execute(counts)).one()
    listed = (
        indexed(period, DOCUMENTS.c.url, DOCUMENTS.c.title).where(uncited & ~IS_OWN_ANSWER).order_by(DOCUMENTS.c.url)
    )
    rows = await session.execute(listed.limit(MAX_SECTIONS))
    return UncitedPages(counted[0], counted[1], [(url, title) for url, title in rows])


async def list_cited_pages(
    session: AsyncSession, *, period: Period, limit: int, after: UUID | None = None
) -> list[PageText]:
    """A stretch, by id, of the pages of the active index that some answer of the period cited, with their texts."""
    columns = (DOCUMENTS.c.id, DOCUMENTS.c.url, DOCUMENTS.c.title, DOCUMENTS.c.headings, DOCUMENTS.c.text)
    query = indexed(period, *columns).where(DOCUMENTS.c.id.in_(_cited_documents(period))).order_by(DOCUMENTS.c.id)
    if after is not None:
        query = query.where(DOCUMENTS.c.id > after)
    return [PageText(*row) for row in await session.execute(query.limit(limit))]


async def list_cited_places(
    session: AsyncSession, *, period: Period, page_ids: Sequence[UUID]
) -> set[tuple[str, tuple[str, ...]]]:
    """Url and heading path of every section of these pages that some answer of the period cited."""
    query = (
        select(_CITATION.url, _CITATION.heading_path)
        .distinct()
        .join(_A, _ANSWER.id == _CITATION.message_id)
        .where(answered_in(period) & _CITATION.document_id.in_(page_ids))
    )
    return {(url, tuple(path)) for url, path in await session.execute(query)}


def _latest_answers(period: Period) -> Subquery:
    """The last answer to each question of the period, and whether it is no good."""
    return (
        select(
            _ANSWER.id,
            _ANSWER.parent_id,
            _REFUSED.label("refused"),
            _WEAK.label("weak"),
            _ANSWER.created_at,
            _CIRCUMSTANCES.label("circumstances"),
        )
        .ext(distinct_on(_ANSWER.parent_id))
        .where(answered_in(period) & (_ANSWER.status != "interrupted"))
        .order_by(_ANSWER.parent_id, _ANSWER.position.desc())
        .subquery()
    )


def _asked_alike(latest: Subquery) -> Subquery:
    """Of questions without a good answer, those of one spelling that were asked alike, and how often.

    `id` is the newest answer, `resolved_at` since when its question was answered as it was asked again.
    """
    again = REASKED_ANSWERS.c
    return (
        select(
            _SPELLING.label("spelling"),
            func.left(func.max(_Q.c.text), _QUESTION_CHARS).label("text"),
            func.count().label("asked"),
            func.count().filter(latest.c.refused).label("refused"),
            func.max(latest.c.created_at).label("last_asked"),
            _newest_of(latest.c.id, latest).label("id"),
            _newest_of(again.resolved_at, latest).label("resolved_at"),
        )
        .select_from(latest)
        .join(_Q, _Q.c.id == latest.c.parent_id)
        .outerjoin(REASKED_ANSWERS, again.message_id == latest.c.id)
        .where(latest.c.refused | latest.c.weak)
        .group_by(_SPELLING, latest.c.circumstances)
        .subquery()
    )


def _newest_of(column: Any, latest: Subquery) -> ColumnElement[Any]:
    """The column's value of the newest answer of a group."""
    ordered = func.array_agg(aggregate_order_by(column, latest.c.created_at.desc()))
    newest: ColumnElement[Any] = ordered[1]
    return newest


def answered_in(period: Period, answers: FromClause = _A) -> ColumnElement[bool]:
    """Answers of the period. `status IS NOT NULL` is what the index by time is restricted to."""
    answer = answers.c
    corpus = select(CONVERSATIONS.c.corpus).where(CONVERSATIONS.c.id == answer.conversation_id).scalar_subquery()
    time = (answer.created_at >= period.since) & (answer.created_at < period.until)
    return answer.status.is_not(None) & time & (corpus == period.corpus)


def _cited_documents(period: Period) -> Select[Any]:
    query = select(_CITATION.document_id).join(_A, _ANSWER.id == _CITATION.message_id)
    return query.where(answered_in(period) & _CITATION.document_id.is_not(None))


def indexed(period: Period, *columns: Any) -> Select[Any]:
    """Columns of the pages that the corpus's readers are served from."""
    served = (DOCUMENTS.c.corpus_id == CORPORA.c.id) & (DOCUMENTS.c.fingerprint == CORPORA.c.fingerprint)
    query = select(*columns).select_from(DOCUMENTS).join(CORPORA, served)
    return query.where((CORPORA.c.name == period.corpus) & (DOCUMENTS.c.status == "indexed"))


def _rated(way: str) -> ColumnElement[bool]:
    return FEEDBACK.c.rating == way
