"""A run against a stored baseline: the same questions on both sides, and whether anything got worse."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.evaluation.evaluation import Evaluation
from pipelines.evaluation.figures import LOWER_IS_BETTER, SHARES, figures_of
from pipelines.evaluation.rows import Row


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after, each over the questions that both runs asked."""

    name: str
    before: float
    after: float

    @property
    def gain(self) -> float:
        """How much better it got; negative where it got worse."""
        return (self.before - self.after) if self.name in LOWER_IS_BETTER else (self.after - self.before)


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """What changed since the baseline. `broken` and `mended` pair the rows of a question, before and after."""

    shared: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    changes: tuple[Change, ...]
    broken: tuple[tuple[Row, Row], ...]
    mended: tuple[tuple[Row, Row], ...]

    def worse(self, tolerance: float) -> list[Change]:
        """The figures that fell by more than `tolerance`, a difference of shares between 0 and 1."""
        return [change for change in self.changes if change.gain < -tolerance - 1e-9]


def compare(before: Evaluation, after: Evaluation) -> BaselineComparison:
    """Both runs over the questions that they share: an edited question is another one."""
    old = {row.id: row for row in before.rows}
    pairs = [(old[row.id], row) for row in after.rows if row.id in old and _same_question(old[row.id], row)]
    shared = {row.id for _, row in pairs}
    return BaselineComparison(
        shared=len(pairs),
        only_before=tuple(row.id for row in before.rows if row.id not in shared),
        only_after=tuple(row.id for row in after.rows if row.id not in shared),
        changes=tuple(_changes([row for row, _ in pairs], [row for _, row in pairs])),
        broken=tuple(pair for pair in pairs if pair[0].good and not pair[1].good),
        mended=tuple(pair for pair in pairs if pair[1].good and not pair[0].good),
    )


def _same_question(one: Row, other: Row) -> bool:
    return (one.question, one.history, one.expect) == (other.question, other.history, other.expect)


def _changes(before: Sequence[Row], after: Sequence[Row]) -> list[Change]:
    """Of every figure that both have."""
    old, new = figures_of(before), figures_of(after)
    changes = []
    for name in (*SHARES, *(name for name in new.means if name in old.means)):
        was, became = old.value(name), new.value(name)
        if was is not None and became is not None:
            changes.append(Change(name, was, became))
    return changes
