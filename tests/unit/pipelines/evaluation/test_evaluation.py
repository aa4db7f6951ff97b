from pathlib import Path

import pytest

from pipelines.errors import GoldenSetError
from pipelines.evaluation.evaluation import Subject, evaluate, read_evaluation
from pipelines.evaluation.figures import figures_of
from pipelines.evaluation.ranking import measure_ranking
from pipelines.grounding.verifier import LexicalVerifier
from pipelines.types import Claim
from tests.support.evaluating import SECTIONS, ToldEngine, answer, question, source

PASSAGE = source(1, "start/#install", "Run the installer twice.", start=100)
TEXT = "Run the installer twice [1]."


def subject() -> Subject:
    quoted = answer(TEXT, [PASSAGE])
    object.__setattr__(quoted, "claims", (Claim(0, 23, "supported", 0.99, True, ()),))
    engine = ToldEngine({"How?": quoted, "Hm?": answer("", status="refused")}, [PASSAGE])
    return Subject("handbook", "f0", engine, LexicalVerifier(), SECTIONS)


QUESTIONS = [
    question(id="a", must=["installer"], urls=["start#install", "gone"]),
    question(id="b", question="Hm?", expect="refusal", draft=True),
]


async def test_every_answer_is_graded_and_measured() -> None:
    run = await evaluate(subject(), QUESTIONS, golden="g.jsonl", measure_ranking=measure_ranking)
    first, second = run.rows
    assert (first.verdict, first.section_right, second.verdict) == ("right", True, "refused")
    assert first.measures["mrr@8"] == 1.0
    assert (first.measures["citation_recall"], first.measures["citation_precision"]) == (1.0, 1.0)
    assert second.measures == {}
    assert figures_of(run.rows).means["recall@8"].value == 0.5


async def test_what_the_reader_should_know_is_noted() -> None:
    run = await evaluate(subject(), QUESTIONS, golden="g.jsonl", measure_ranking=None)
    assert run.notes == (
        "a: no page or section of the corpus has the url gone",
        "1 of 2 questions are drafts that nobody looked at: see the key draft",
        "measures of ranking are left out: they need the extra footnoted[eval] (docs/evaluation.md)",
    )
    assert "mrr@8" not in run.rows[0].measures


async def test_a_kept_result_reads_as_it_was(tmp_path: Path) -> None:
    run = await evaluate(subject(), QUESTIONS, golden="g.jsonl", measure_ranking=measure_ranking)
    (tmp_path / "run.json").write_text(run.model_dump_json(), encoding="utf-8")
    assert read_evaluation(tmp_path / "run.json") == run


@pytest.mark.parametrize(
    ("content", "message"),
    [("{}", "golden: Field required"), ("[", "is no result of"), ('{"version": 2}', "version: Input should be 1")],
)
def test_another_file_is_no_baseline(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GoldenSetError, match=message):
        read_evaluation(path)
    with pytest.raises(GoldenSetError, match="No such file"):
        read_evaluation(tmp_path / "none.json")
