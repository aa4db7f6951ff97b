"""A week of a corpus for its owner, beside the week before: what to read on a Monday, and what to write next."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from app.corpus.insights import Days
from app.markdown import as_code
from app.schemas.insights import (
    DigestBody,
    GapBody,
    InsightsBody,
    PeriodBody,
    ResolvedQuestionBody,
    SectionUseBody,
    WeekBody,
)

DIGEST_DAYS = 7
_GAPS = 10
_SECTIONS = 5
_WEEKS_ABOVE = 2  # those of the first table
_SHOWN = 300  # characters of a question or heading


def weeks_until(days: Days) -> tuple[Days, Days]:
    """The last seven of the days, and the seven before them."""
    last = Days(days.until - timedelta(days=DIGEST_DAYS - 1), days.until)
    before = last.since - timedelta(days=1)
    return last, Days(before - timedelta(days=DIGEST_DAYS - 1), before)


def build_digest(this: InsightsBody, before: InsightsBody) -> DigestBody:
    """What both periods say together: a gap is `new` where none of its questions was one before."""
    known = {
        text.casefold() for cluster in before.unanswered.clusters for text in (cluster.question, *cluster.examples)
    }
    gaps = [
        GapBody(
            title=_title_of(cluster.question),
            questions=list(dict.fromkeys([cluster.question, *cluster.examples])),
            asked=cluster.asked,
            refused=cluster.refused,
            is_new=not any(text.casefold() in known for text in (cluster.question, *cluster.examples)),
        )
        for cluster in this.unanswered.clusters[:_GAPS]
    ]
    return DigestBody(
        corpus=this.corpus,
        this=_period(this),
        before=_period(before),
        gaps=gaps,
        resolved=[one for one in this.resolved if this.since <= _utc_day(one.resolved_at) <= this.until][:_GAPS],
        weeks=this.weeks,
        disliked=[section for section in this.feedback if section.down > section.up][:_SECTIONS],
        most_cited=this.cited[:_SECTIONS],
        pages_uncited=this.never_cited.pages_uncited,
        pages_total=this.never_cited.pages_total,
    )


def write_digest(digest: DigestBody) -> str:
    """The digest as markdown."""
    this, before = digest.this, digest.before
    lines = [f"# {digest.corpus}, {this.since} to {this.until}", ""]
    lines += ["| | this week | the week before |", "|---|---|---|"]
    rows = [
        ("answers", str(this.answers), str(before.answers)),
        ("answered", _percent(this.answered_share), _percent(before.answered_share)),
        ("refused", _percent(this.refused_share), _percent(before.refused_share)),
        ("with a sentence that is not supported", _percent(this.weak_share), _percent(before.weak_share)),
        ("thumbs up, down", f"{this.up}, {this.down}", f"{before.up}, {before.down}"),
    ]
    lines += [f"| {name} | {now} | {then} |" for name, now, then in rows]
    lines += ["", "## What to write next", ""]
    lines += [line for gap in digest.gaps for line in _gap_lines(gap)] or ["Nothing was asked in vain.", ""]
    if digest.resolved:
        lines += ["## Resolved by pages that changed", "", *_resolved_lines(digest.resolved), ""]
    if digest.disliked:
        lines += ["## What readers did not like", "", *_section_lines(digest.disliked), ""]
    if digest.most_cited:
        lines += ["## Most cited", "", *_section_lines(digest.most_cited), ""]
    if len(digest.weeks) > _WEEKS_ABOVE:
        lines += ["## Week by week", "", *_week_lines(digest.weeks), ""]
    lines += [f"{digest.pages_uncited} of {digest.pages_total} pages were not cited.", ""]
    return "\n".join(lines)


def _period(found: InsightsBody) -> PeriodBody:
    totals = found.totals
    answers = totals.answered + totals.partial + totals.refused + totals.interrupted

    def share(count: int) -> float | None:
        return round(count / answers, 4) if answers else None

    return PeriodBody(
        since=found.since,
        until=found.until,
        answers=answers,
        answered_share=share(totals.answered),
        refused_share=share(totals.refused),
        weak_share=share(totals.weak),
        up=totals.up,
        down=totals.down,
    )


def _title_of(question: str) -> str:
    """A heading to begin with: the question on one line, without its mark."""
    words = " ".join(question.split()).rstrip(" ?!.？")
    return words[:1].upper() + words[1:120]


def _gap_lines(gap: GapBody) -> list[str]:
    times = f"asked {gap.asked} times, {gap.refused} in vain" if gap.asked != 1 else "asked once"
    head = f"### {as_code(gap.title, limit=_SHOWN)}{' (new)' if gap.is_new else ''}"
    return [head, "", f"{times}:", "", *(f"- {as_code(text, limit=_SHOWN)}" for text in gap.questions), ""]


def _section_lines(sections: Sequence[SectionUseBody]) -> list[str]:
    return [
        f"- {_linked([one.title, *one.heading_path], one.url)}: cited by {one.answers}, "
        f"{one.up} thumbs up, {one.down} down"
        for one in sections
    ]


def _resolved_lines(questions: Sequence[ResolvedQuestionBody]) -> list[str]:
    return [
        f"- {as_code(one.question, limit=_SHOWN)}: since {_utc_day(one.resolved_at)} answered by "
        f"{_linked([one.title, *one.heading_path], one.url)}"
        for one in questions
    ]


def _week_lines(weeks: Sequence[WeekBody]) -> list[str]:
    rows = ["| week of | answers | answered | refused | not supported | resolved |", "|---|---|---|---|---|---|"]
    for one in weeks:
        answers = one.answered + one.partial + one.refused + one.interrupted
        shares = [_percent(count / answers if answers else None) for count in (one.answered, one.refused, one.weak)]
        rows.append(f"| {one.since} | {answers} | {' | '.join(shares)} | {one.resolved} |")
    return rows


def _linked(headings: Sequence[str], url: str) -> str:
    return f"[{as_code(' › '.join(headings), limit=_SHOWN)}](<{url}>)"


def _utc_day(time: datetime) -> date:
    """The day that a time is counted in, whatever zone it is told in."""
    return time.astimezone(UTC).date()


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
