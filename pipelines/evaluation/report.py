"""The report of an evaluation: one HTML page that needs nothing else, with figures, plots and the worst cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.evaluation.evaluation import Evaluation
from pipelines.evaluation.figures import SHARES, figures_by_kind, figures_of, latencies_of
from pipelines.evaluation.gate import BaselineComparison
from pipelines.evaluation.rows import Row

MAX_CASES, MAX_ANSWER_CHARS = 100, 1_500
_FATES = {
    "good": "right, rightly refused or handled",
    "lost": "in the passages, not in the answer",
    "refused": "wrongly refused",
    "missed": "not in the passages",
    "other": "wrong otherwise",
}
_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a histogram: `share` of the highest."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stacked bar, in percent of its width."""

    fate: str
    count: int
    left: float
    width: float


def write_report(evaluation: Evaluation, comparison: BaselineComparison | None = None) -> str:
    """The page. Whatever comes from questions, answers or pages is escaped."""
    environment = Environment(
        loader=PackageLoader("pipelines.evaluation", "templates"), autoescape=True, undefined=StrictUndefined
    )
    rows = evaluation.rows
    figures = figures_of(rows)
    return environment.get_template("report.html.jinja").render(
        evaluation=evaluation,
        comparison=comparison,
        figures=figures,
        shares=SHARES,
        kinds=figures_by_kind(rows),
        fates=_FATES,
        stacks={kind: stack_of([row for row in rows if row.kind == kind]) for kind in figures_by_kind(rows)},
        ranks=ranks_of(rows),
        latencies=latencies_of(rows),
        durations=durations_of(rows),
        worst=[(row, fate_of(row)) for row in worst_of(rows)[:MAX_CASES]],
        bad=sum(not row.good for row in rows),
        max_answer=MAX_ANSWER_CHARS,
    )


def fate_of(row: Row) -> str:
    """What became of a question: a key of the legend."""
    if row.good:
        return "good"
    if row.verdict == "wrongly_refused":
        return "refused"
    if row.lost:
        return "lost"
    return "missed" if row.in_passages is False and row.verdict != "failed" else "other"


def worst_of(rows: Sequence[Row]) -> list[Row]:
    """What did not do what was expected: answers where none is first, since they mislead; then those that lost most."""
    order = ["answered_anyway", "wrong", "wrongly_refused", "incomplete", "not_handled", "failed"]
    bad = [row for row in rows if not row.good]
    return sorted(bad, key=lambda row: (order.index(row.verdict), not row.lost, row.section_right is not False))


def stack_of(rows: Sequence[Row]) -> list[Part]:
    """The fates of these rows as parts of one bar."""
    parts: list[Part] = []
    left = 0.0
    fates = [fate_of(row) for row in rows]
    for fate in _FATES:
        if count := fates.count(fate):
            width = 100 * count / len(rows)
            parts.append(Part(fate, count, round(left, 2), round(width, 2)))
            left += width
    return parts


def ranks_of(rows: Sequence[Row]) -> list[Bar]:
    """How often the first passage from an accepted section came at which rank, and how often none came."""
    asked = [row for row in rows if row.urls and row.passages]
    depth = max((len(row.passages) for row in asked), default=0)
    first = [next((rank for rank, one in enumerate(row.passages, 1) if one.accepted), 0) for row in asked]
    counts = [(str(rank), first.count(rank)) for rank in range(1, depth + 1)]
    return _bars([*counts, ("none", first.count(0))]) if asked else []


def durations_of(rows: Sequence[Row]) -> list[Bar]:
    """The durations of answers in equal steps up to the longest."""
    durations = [row.timings["total_ms"] for row in rows if "total_ms" in row.timings]
    longest = max(durations, default=0.0)
    if longest <= 0:
        return []
    step = longest / _BARS
    places = [min(_BARS - 1, int(duration / step)) for duration in durations]
    return _bars([(f"{step * (place + 1):.0f}", places.count(place)) for place in range(_BARS)])


def _bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    highest = max((count for _, count in counts), default=0) or 1
    return [Bar(label, count, round(count / highest, 3)) for label, count in counts]
