from datetime import UTC, datetime

from pipelines.evaluation.evaluation import Evaluation
from pipelines.evaluation.gate import compare
from pipelines.evaluation.grading import grade
from pipelines.evaluation.rows import Row
from tests.support.evaluating import SECTIONS, answer, asked, question


def row(identity: str, *, good: bool, text: str = "How?", measures: dict[str, float] | None = None) -> Row:
    graded = grade(asked(question(id=identity, question=text, must=["run"]), answer("run" if good else "no")), SECTIONS)
    return Row.of(graded, measures)


def run(*rows: Row) -> Evaluation:
    return Evaluation(golden="g.jsonl", corpus="c", fingerprint="f", made_at=datetime.now(UTC), rows=rows)


def test_nothing_is_worse_than_itself() -> None:
    same = run(row("a", good=True), row("b", good=False))
    comparison = compare(same, same)
    assert (comparison.shared, comparison.broken, comparison.mended) == (2, (), ())
    assert comparison.worse(0.0) == []
    assert {change.gain for change in comparison.changes} == {0.0}


def test_a_figure_that_fell_by_more_than_the_tolerance_is_worse() -> None:
    before = run(*(row(str(n), good=True) for n in range(10)))
    after = run(*(row(str(n), good=n != 3) for n in range(10)))
    comparison = compare(before, after)
    assert [change.name for change in comparison.worse(0.05)] == ["right"]
    assert comparison.worse(0.1) == []
    assert [now.id for _, now in comparison.broken] == ["3"]
    assert [now.id for _, now in compare(after, before).mended] == ["3"]


def test_lower_is_better_of_losses() -> None:
    def refused(is_refused: bool) -> Evaluation:
        given = answer("", status="refused" if is_refused else "answered")
        return run(Row.of(grade(asked(question(must=["run"]), given), SECTIONS)))

    assert [change.name for change in compare(refused(False), refused(True)).worse(0)] == ["wrongly_refused"]
    assert compare(refused(True), refused(False)).worse(0) == []


def test_means_are_compared_where_both_have_them() -> None:
    before = run(row("a", good=True, measures={"mrr@8": 1.0, "old": 1.0}))
    after = run(row("a", good=True, measures={"mrr@8": 0.5, "new": 0.0}))
    assert [(change.name, change.gain) for change in compare(before, after).worse(0)] == [("mrr@8", -0.5)]


def test_only_questions_of_both_are_compared() -> None:
    before = run(row("a", good=True), row("gone", good=True), row("edited", good=True))
    after = run(row("a", good=True), row("new", good=False), row("edited", good=False, text="Why?"))
    comparison = compare(before, after)
    assert comparison.worse(0) == []
    assert (comparison.only_before, comparison.only_after) == (("gone", "edited"), ("new", "edited"))
