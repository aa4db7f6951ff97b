"""Tables of insights as CSV (RFC 4180), which a spreadsheet may open without running anything that a reader wrote."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Literal

from app.schemas.insights import InsightsBody
from storage_config.vocabulary import InsightsTable

# What begins a formula in some spreadsheet, the full-width signs too (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PATH = " > "
_SECTION = ("url", "title", "section")
_COUNTS = ("answered", "partial", "refused", "interrupted", "weak", "up", "down")


def dump_table(insights: InsightsBody, table: InsightsTable) -> str:
    """One table, its names in the first line. A text that would begin a formula begins with an apostrophe."""
    written = io.StringIO()
    # All texts in quotes: where a semicolon separates, none is cut into cells.
    writer = csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([_harmless(value) for value in row] for row in _ROWS[table](insights))
    return written.getvalue()


def _unanswered(insights: InsightsBody) -> Iterator[tuple[Any, ...]]:
    yield "question", "questions", "asked", "refused", "refused_share", "last_asked", "examples"
    for one in insights.unanswered.clusters:
        share = round(one.refused / one.asked, 3)
        last = one.last_asked.isoformat(timespec="seconds")
        yield one.question, one.questions, one.asked, one.refused, share, last, " | ".join(one.examples)


def _sections(insights: InsightsBody, table: Literal["cited", "feedback"]) -> Iterator[tuple[Any, ...]]:
    yield *_SECTION, "answers", "unsupported", "up", "down"
    for one in getattr(insights, table):
        yield one.url, one.title, _PATH.join(one.heading_path), one.answers, one.unsupported, one.up, one.down


def _never_cited(insights: InsightsBody) -> Iterator[tuple[Any, ...]]:
    yield "kind", *_SECTION
    for page in insights.never_cited.pages:
        yield "page", page.url, page.title, ""
    for section in insights.never_cited.sections:
        yield "section", section.url, section.title, _PATH.join(section.heading_path)


def _resolved(insights: InsightsBody) -> Iterator[tuple[Any, ...]]:
    yield "question", "last_asked", "resolved_at", *_SECTION
    for one in insights.resolved:
        times = (one.last_asked.isoformat(timespec="seconds"), one.resolved_at.isoformat(timespec="seconds"))
        yield one.question, *times, one.url, one.title, _PATH.join(one.heading_path)


def _curated(insights: InsightsBody) -> Iterator[tuple[Any, ...]]:
    yield "question", "url", "title", "answers", "last_answered"
    for one in insights.curated.questions:
        last = one.last_answered.isoformat(timespec="seconds") if one.last_answered else ""
        yield one.question, one.url, one.title, one.answers, last


def _days(insights: InsightsBody) -> Iterator[tuple[Any, ...]]:
    yield "day", *_COUNTS
    for day in insights.days:
        yield day.day.isoformat(), *(getattr(day, name) for name in _COUNTS)


def _weeks(insights: InsightsBody) -> Iterator[tuple[Any, ...]]:
    names = (*_COUNTS, "resolved")
    yield "since", *names
    for week in insights.weeks:
        yield week.since.isoformat(), *(getattr(week, name) for name in names)


def _harmless(value: Any) -> Any:
    """Numbers, which are ours, as they are."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \u00a0").startswith(_FORMULA) else value


_ROWS = {
    "unanswered": _unanswered,
    "resolved": _resolved,
    "curated": _curated,
    "cited": lambda insights: _sections(insights, "cited"),
    "never_cited": _never_cited,
    "feedback": lambda insights: _sections(insights, "feedback"),
    "days": _days,
    "weeks": _weeks,
}
