"""The use case of looking at how a corpus is used: what its owner may learn without learning who asked."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from app.errors import FieldProblem, InvalidRequest
from app.schemas.insights import (
    CuratedBody,
    DayBody,
    InsightsBody,
    NeverCitedBody,
    PagePlaceBody,
    QuestionClusterBody,
    ResolvedQuestionBody,
    SectionPlaceBody,
    SectionUseBody,
    TotalsBody,
    UnansweredBody,
    WeekBody,
)
from pipelines.insights import QuestionCluster, SectionPlace, sections_of
from storage_config.postgres.database import Database, Session
from storage_config.records.curated_answers import CuratedUses, list_curated_uses
from storage_config.records.insights import (
    MAX_SECTIONS,
    AskedQuestion,
    DayTotals,
    PageText,
    Period,
    ResolvedQuestion,
    SectionUse,
    UncitedPages,
    count_reasons,
    list_cited_pages,
    list_cited_places,
    list_cited_sections,
    list_days,
    list_resolved_questions,
    list_uncited_pages,
    list_weak_questions,
)

DEFAULT_DAYS = 30
MAX_DAYS = 366
MAX_WEEKS = 26
_WEEK_DAYS = 7
# Cited pages whose sections are looked through, and how many of them, with their texts, at a time.
MAX_PAGES = 2_000
_PAGES_AT_ONCE = 100
ClusterQuestions = Callable[[Sequence[AskedQuestion]], Awaitable[tuple[QuestionCluster, ...]]]
_Places = set[tuple[str, tuple[str, ...]]]
_SECONDS = 60.0  # for one transaction: a year of a busy site is a lot to count


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day, both included (UTC)."""

    since: date
    until: date

    def of(self, corpus: str) -> Period:
        """The time that the days span."""
        return Period(corpus, _midnight(self.since), _midnight(self.until + timedelta(days=1)))

    def weeks(self) -> list["Days"]:
        """The weeks up to the last day, oldest first, also those before the first one."""
        ends = [self.until - timedelta(days=_WEEK_DAYS * number) for number in reversed(range(MAX_WEEKS))]
        return [Days(end - timedelta(days=_WEEK_DAYS - 1), end) for end in ends]

    def each(self) -> list[date]:
        """Every day."""
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days + 1)]


@dataclass(frozen=True, slots=True)
class _Uses:
    questions: list[AskedQuestion]
    found: int
    resolved: list[ResolvedQuestion]
    curated: CuratedUses
    days: list[DayTotals]
    trend: list[DayTotals]
    reasons: dict[str, int]
    cited: list[SectionUse]
    rated: list[SectionUse]
    uncited: UncitedPages


def read_days(since: date | None, until: date | None, *, today: date | None = None) -> Days:
    """The days that are meant: 30 of them where none are named, up to today. Raises InvalidRequest."""
    for name, day in (("since", since), ("until", until)):
        if day is not None and not 1970 <= day.year < 3000:
            raise InvalidRequest(FieldProblem(name, "must lie between 1970 and 2999"))
    last = until or today or datetime.now(UTC).date()
    first = since or last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise InvalidRequest(FieldProblem("since", "must not be after until"))
    if (last - first).days >= MAX_DAYS:
        raise InvalidRequest(FieldProblem("since", f"at most {MAX_DAYS} days"))
    return Days(first, last)


async def read_insights(database: Database, cluster: ClusterQuestions, *, corpus: str, days: Days) -> InsightsBody:
    """Everything about the corpus. Raises DatabaseUnavailable, and VendorError of its embedding model."""
    period, weeks = days.of(corpus), days.weeks()
    trend = Days(min(weeks[0].since, days.since), days.until).of(corpus)
    uses = await database.run(lambda session: _read_uses(session, period, trend), seconds=_SECONDS)
    clusters = await cluster(uses.questions)
    by_day = {totals.day: DayBody(**asdict(totals)) for totals in uses.days}
    filled = [by_day.get(day) or DayBody(day=day) for day in days.each()]
    return InsightsBody(
        corpus=corpus,
        since=days.since,
        until=days.until,
        totals=_sum(filled, uses.reasons),
        unanswered=UnansweredBody(
            found=uses.found,
            grouped=len(uses.questions),
            clusters=[_cluster_body(cluster) for cluster in clusters],
        ),
        resolved=[_resolved_body(one) for one in uses.resolved if _falls_into(days, one)],
        curated=CuratedBody.model_validate(asdict(uses.curated)),
        cited=[SectionUseBody(**asdict(section)) for section in uses.cited],
        never_cited=await _never_cited(database, period, uses.uncited),
        feedback=[SectionUseBody(**asdict(section)) for section in uses.rated],
        days=filled,
        weeks=_sum_weeks(weeks, uses),
    )


async def _read_uses(session: Session, period: Period, trend: Period) -> _Uses:
    questions, found = await list_weak_questions(session, period=period)
    return _Uses(
        questions=questions,
        found=found,
        resolved=await list_resolved_questions(session, period=trend),
        curated=await list_curated_uses(session, period=period),
        days=await list_days(session, period=period),
        trend=await list_days(session, period=trend),
        reasons=await count_reasons(session, period=period),
        cited=await list_cited_sections(session, period=period),
        rated=await list_cited_sections(session, period=period, rated=True),
        uncited=await list_uncited_pages(session, period=period),
    )


async def _never_cited(database: Database, period: Period, pages: UncitedPages) -> NeverCitedBody:
    searched, found = 0, list[SectionPlace]()
    last: UUID | None = None
    while searched < MAX_PAGES:
        batch, cited = await database.run(_batch_reader(period, last), seconds=_SECONDS)
        if not batch:
            break
        searched, last = searched + len(batch), batch[-1].id
        sections = await asyncio.to_thread(_sections_of, batch)
        found += [section for section in sections if (section.url, section.heading_path) not in cited]
    found.sort(key=lambda section: (section.url, section.heading_path))
    return NeverCitedBody(
        pages_total=pages.total,
        pages_uncited=pages.uncited,
        pages=[PagePlaceBody(url=url, title=title) for url, title in pages.pages],
        pages_searched=searched,
        sections_uncited=len(found),
        sections=[_section_body(section) for section in found[:MAX_SECTIONS]],
    )


def _sections_of(pages: Sequence[PageText]) -> list[SectionPlace]:
    return [section for page in pages for section in sections_of(page)]


def _batch_reader(period: Period, after: UUID | None) -> Callable[[Session], Awaitable[tuple[list[PageText], _Places]]]:
    async def read(session: Session) -> tuple[list[PageText], _Places]:
        pages = await list_cited_pages(session, period=period, limit=_PAGES_AT_ONCE, after=after)
        ids = [page.id for page in pages]
        return pages, await list_cited_places(session, period=period, page_ids=ids)

    return read


def _cluster_body(cluster: QuestionCluster) -> QuestionClusterBody:
    return QuestionClusterBody(**{**asdict(cluster), "examples": list(cluster.examples)})


def _section_body(section: SectionPlace) -> SectionPlaceBody:
    return SectionPlaceBody(url=section.url, title=section.title, heading_path=list(section.heading_path))


def _sum(days: Sequence[DayBody], reasons: dict[str, int]) -> TotalsBody:
    counts = [day.model_dump(exclude={"day"}) for day in days]
    return TotalsBody.model_validate(
        {name: sum(one[name] for one in counts) for name in counts[0]} | {"reasons": reasons}
    )


def _resolved_body(question: ResolvedQuestion) -> ResolvedQuestionBody:
    told = asdict(question)
    return ResolvedQuestionBody(question=told.pop("text"), **told)


def _falls_into(days: Days, question: ResolvedQuestion) -> bool:
    """Whether it was asked or resolved on one of the days."""
    times = (question.last_asked, question.resolved_at)
    return any(days.since <= time.astimezone(UTC).date() <= days.until for time in times)


def _sum_weeks(weeks: Sequence[Days], uses: _Uses) -> list[WeekBody]:
    """The weeks from the first one on in which anything was answered or resolved."""
    bodies = []
    for week in weeks:
        counted = [asdict(day) for day in uses.trend if week.since <= day.day <= week.until]
        sums = {name: sum(one[name] for one in counted) for name in TotalsBody.model_fields if name != "reasons"}
        resolved = sum(week.since <= one.resolved_at.astimezone(UTC).date() <= week.until for one in uses.resolved)
        bodies.append(WeekBody(since=week.since, resolved=resolved, **sums))
    used = (number for number, body in enumerate(bodies) if any(body.model_dump(exclude={"since"}).values()))
    return bodies[next(used, len(bodies)) :]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
