from pipelines.evaluation.figures import Share, figures_by_kind, figures_of, latencies_of
from pipelines.evaluation.grading import grade
from pipelines.evaluation.rows import Row
from pipelines.types import Answer
from tests.support.evaluating import SECTIONS, answer, asked, question, source


def row(given: Answer | None, passage: str = "", **golden: object) -> Row:
    return Row.of(grade(asked(question(**golden), given, [source(text=passage)]), SECTIONS))


ROWS = [
    row(answer("run", [source(1, "api/")]), "run", kind="how_to", must=["run"], urls=["api"]),
    row(answer("no", [source(1, "api/")]), "run", kind="how_to", must=["run"], urls=["start"]),
    row(answer("no"), "no", kind="what_is", must=["run"]),
    row(answer("", status="refused"), "run", kind="what_is", must=["run"]),
    row(answer("", status="refused"), kind="outside", expect="refusal"),
    row(answer("x"), kind="outside", expect="refusal"),
    row(answer("x"), kind="social", expect="social"),
    row(None, kind="how_to", must=["run"]),
]


def test_each_share_is_of_those_that_ask_for_it() -> None:
    figures = figures_of(ROWS)
    assert figures.questions == 8
    assert figures.right == Share(1, 5)
    assert figures.section_right == Share(1, 2)
    assert figures.in_passages == Share(3, 5)
    assert figures.lost == Share(2, 3)
    assert figures.wrongly_refused == Share(1, 5)
    assert figures.refused == Share(1, 2)
    assert figures.handled == Share(0, 1)
    assert figures.failed == Share(1, 8)


def test_kinds_come_in_the_order_of_the_set() -> None:
    kinds = figures_by_kind(ROWS)
    assert list(kinds) == ["how_to", "what_is", "outside", "social"]
    assert kinds["outside"].right == Share(0, 0)
    assert kinds["how_to"].right == Share(1, 3)


def test_a_share_of_nothing_has_no_value() -> None:
    assert Share(0, 0).value is None
    assert (str(Share(0, 0)), str(Share(1, 3)), Share(1, 2).value) == ("-", "33.3 % (1/3)", 0.5)


def test_latencies_are_nearest_ranks() -> None:
    times = [row(answer("x", total_ms=float(n)), must=["x"]) for n in range(1, 101)]
    latency = latencies_of([*times, row(None, must=["x"])])
    assert list(latency) == ["total"]
    assert (latency["total"].median_ms, latency["total"].p95_ms) == (50.0, 95.0)
    assert latencies_of([]) == {}
