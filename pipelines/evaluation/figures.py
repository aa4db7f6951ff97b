"""What the grades of a golden set say together, by kind of question: counts, shares and milliseconds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from pipelines.evaluation.rows import Row


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`; nothing was asked for where `of` is 0."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1, None of nothing."""
        return self.hits / self.of if self.of else None

    def __str__(self) -> str:
        return f"{100 * self.hits / self.of:.1f} % ({self.hits}/{self.of})" if self.of else "-"


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of what was measured of so many answers."""

    value: float
    of: int

    def __str__(self) -> str:
        return f"{self.value:.3f}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares over the questions of one kind, or all.

    `right`, `section_right` and `in_passages` (context recall) are of the questions that have an answer (and urls, and
    words); `lost` of those whose answer stood in the passages and was not given, `wrongly_refused` of those that have
    one; `refused` of those that have none, `handled` of small talk; `failed` of all. `means` are of the measures that
    rows carry, by name.
    """

    questions: int
    right: Share
    section_right: Share
    in_passages: Share
    lost: Share
    wrongly_refused: Share
    refused: Share
    handled: Share
    failed: Share
    means: Mapping[str, Mean] = field(default_factory=dict)

    def value(self, name: str) -> float | None:
        """The share or mean of that name, None where it does not apply."""
        if name in SHARES:
            share: Share = getattr(self, name)
            return share.value
        return self.means[name].value if name in self.means else None

    def as_json(self) -> dict[str, object]:
        """Shares as objects of hits and of, means of value and of."""
        return asdict(self)


SHARES = ("right", "section_right", "in_passages", "lost", "wrongly_refused", "refused", "handled", "failed")
LOWER_IS_BETTER = frozenset({"lost", "wrongly_refused", "failed"})


def figures_of(rows: Sequence[Row]) -> Figures:
    """The figures of these answers together."""
    answerable = [one for one in rows if one.expect == "answer"]
    return Figures(
        questions=len(rows),
        right=_share(answerable, lambda one: one.verdict == "right"),
        section_right=_share([one for one in answerable if one.section_right is not None], _section_right),
        in_passages=_share([one for one in answerable if one.in_passages is not None], _in_passages),
        lost=_share([one for one in answerable if one.in_passages], lambda one: one.lost),
        wrongly_refused=_share(answerable, lambda one: one.verdict == "wrongly_refused"),
        refused=_share(_expecting(rows, "refusal"), lambda one: one.verdict == "refused"),
        handled=_share(_expecting(rows, "social"), lambda one: one.verdict == "handled"),
        failed=_share(rows, lambda one: one.verdict == "failed"),
        means=_means(rows),
    )


def figures_by_kind(rows: Sequence[Row]) -> dict[str, Figures]:
    """The figures of each kind, in the order in which the kinds come first."""
    kinds = dict.fromkeys(one.kind for one in rows)
    return {kind: figures_of([one for one in rows if one.kind == kind]) for kind in kinds}


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of the answers that came, by stage: median and 95th percentile."""

    median_ms: float
    p95_ms: float


def latencies_of(rows: Sequence[Row]) -> dict[str, Latency]:
    """Of the whole answer, of retrieval and of the first token, where they were timed."""
    timed = {
        stage: sorted(one.timings[stage] for one in rows if stage in one.timings)
        for stage in ("total_ms", "retrieval_ms", "first_token_ms")
    }
    return {
        stage.removesuffix("_ms"): Latency(_percentile(values, 0.5), _percentile(values, 0.95))
        for stage, values in timed.items()
        if values
    }


def _percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank of sorted values."""
    return round(values[max(0, math.ceil(share * len(values)) - 1)], 2)


def _means(rows: Sequence[Row]) -> dict[str, Mean]:
    values: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.measures.items():
            values.setdefault(name, []).append(value)
    return {name: Mean(sum(found) / len(found), len(found)) for name, found in values.items()}


def _expecting(rows: Sequence[Row], expect: str) -> list[Row]:
    return [one for one in rows if one.expect == expect]


def _section_right(one: Row) -> bool:
    return bool(one.section_right)


def _in_passages(one: Row) -> bool:
    return bool(one.in_passages)


def _share(rows: Sequence[Row], is_hit: Callable[[Row], bool]) -> Share:
    return Share(sum(map(is_hit, rows)), len(rows))
