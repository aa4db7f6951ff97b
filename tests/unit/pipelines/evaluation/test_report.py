import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from pipelines.evaluation.evaluation import Evaluation
from pipelines.evaluation.gate import compare
from pipelines.evaluation.grading import grade
from pipelines.evaluation.report import durations_of, fate_of, ranks_of, stack_of, worst_of, write_report
from pipelines.evaluation.rows import Row
from pipelines.types import Answer, Source
from tests.support.evaluating import SECTIONS, answer, asked, question, source


def row(given: Answer | None, *passages: Source, measures: dict[str, float] | None = None, **golden: object) -> Row:
    return Row.of(grade(asked(question(**golden), given, passages), SECTIONS), measures)


RIGHT = row(answer("run", total_ms=5), source(text="run"), id="right", must=["run"])
LOST = row(answer("no", total_ms=50), source(text="run"), id="lost", must=["run"])
MISSED = row(answer("no"), source(text="no"), id="missed", must=["run"])
REFUSED = row(answer("", status="refused"), source(text="run"), id="refused", must=["run"])
MISLED = row(answer("<script>alert(1)</script>"), id="misled", kind="outside", expect="refusal")
FAILED = row(None, id="failed", must=["run"])
ROWS = (RIGHT, MISSED, FAILED, REFUSED, LOST, MISLED)
RUN = Evaluation(golden="g.jsonl", corpus="handbook", fingerprint="f0", made_at=datetime.now(UTC), rows=ROWS)


def test_every_question_has_a_fate() -> None:
    assert [fate_of(one) for one in ROWS] == ["good", "missed", "other", "refused", "lost", "other"]


def test_the_worst_come_first() -> None:
    assert [one.id for one in worst_of(ROWS)] == ["misled", "lost", "missed", "refused", "failed"]


def test_a_stack_is_as_long_as_its_rows() -> None:
    stack = stack_of(ROWS)
    assert sum(part.count for part in stack) == len(ROWS)
    assert abs(stack[-1].left + stack[-1].width - 100) < 0.1


def test_ranks_count_the_first_accepted_passage() -> None:
    second = row(answer("x"), source(1, "api/"), source(2, "start/"), urls=["start"])
    none = row(answer("x"), source(1, "api/"), urls=["start"])
    assert [(bar.label, bar.count) for bar in ranks_of([second, second, none])] == [("1", 0), ("2", 2), ("none", 1)]
    assert ranks_of([RIGHT]) == []


def test_durations_are_spread_over_equal_steps() -> None:
    bars = durations_of([RIGHT, LOST])
    assert (bars[1].count, bars[-1].count, bars[-1].label, sum(bar.count for bar in bars)) == (1, 1, "50", 2)
    assert durations_of([FAILED]) == []


def test_the_page_shows_figures_cases_and_what_changed() -> None:
    before = RUN.model_copy(
        update={"rows": (RIGHT, MISSED, FAILED, REFUSED, row(answer("run"), id="lost", must=["run"]))}
    )
    page = write_report(RUN, compare(before, RUN))
    assert "handbook" in page
    assert "20.0 % (1/5)" in page
    assert "Good before, not any more (1)" in page
    assert page.count("<details>") == 5
    assert "VendorTimeout: no token" in page


def test_what_others_wrote_is_escaped() -> None:
    page = write_report(RUN)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "Since the baseline" not in page


def test_the_plots_are_drawings_that_parse() -> None:
    drawings = re.findall(r"<svg.*?</svg>", write_report(RUN), flags=re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        assert ET.fromstring(drawing).findall("rect")


def test_means_have_columns() -> None:
    run = RUN.model_copy(update={"rows": (row(answer("run"), must=["run"], measures={"mrr@8": 0.25}), MISSED)})
    assert "<td>0.250</td>" in write_report(run)


def test_a_run_of_nothing_but_failures_has_a_page() -> None:
    assert "0.0 % (0/1)" in write_report(RUN.model_copy(update={"rows": (FAILED,)}))
