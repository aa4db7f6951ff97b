import pytest

from pipelines.evaluation.grading import Graded, Verdict, grade, plain, unknown_urls, without_footnotes
from pipelines.types import Answer
from storage_config.vocabulary import AnswerStatus
from tests.support.evaluating import SECTIONS, answer, asked, question, source


def graded(given: Answer | None, *passage_texts: str, **golden: object) -> Graded:
    passages = [source(number, text=text) for number, text in enumerate(passage_texts, 1)]
    return grade(asked(question(**golden), given, passages), SECTIONS)


def test_words_are_compared_without_markup() -> None:
    text = "See [the **guide**](https://x.example/a_(b)) and ![a picture](p.png):\n  `Run`  it"
    assert plain(text).startswith("see the guide")
    assert "a picture: run it" in plain(text)


def test_footnotes_between_sentences_part_nothing_and_what_looks_like_one_in_code_stays() -> None:
    assert plain(without_footnotes("Retries at most. [1] Default: `5` [2]\n\n[2]\n")) == "retries at most. default: 5"
    assert plain(without_footnotes("Read `rows[1]`, argv [0] too and [1](x.md)")) == "read rows[1], argv [0] too and 1"
    assert plain("[0]") == "[0]"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Call **`run()`** or [walk](w.md) [1]", "right"),
        ("RUN() or  Walk", "right"),
        ("Call run()", "incomplete"),
        ("Stand still", "wrong"),
        ("Call run() or walk, never fly", "wrong"),
    ],
)
def test_an_answer_says_all_of_must_and_nothing_of_not(text: str, verdict: Verdict) -> None:
    one = graded(answer(text), must=["run()", ["walk", "stroll"]], **{"not": ["fly"]})
    assert one.verdict == verdict
    assert one.good is (verdict == "right")


def test_what_lacks_and_what_is_too_much_is_named() -> None:
    one = graded(answer("fly there"), must=["run", ["walk", "stroll"]], **{"not": ["fly"]})
    assert (one.missing, one.forbidden, one.said) == (("run", "walk"), ("fly",), 0)


@pytest.mark.parametrize(
    ("expect", "status", "verdict"),
    [
        ("answer", "refused", "wrongly_refused"),
        ("answer", "interrupted", "wrong"),
        ("answer", "partial", "right"),
        ("refusal", "refused", "refused"),
        ("refusal", "partial", "answered_anyway"),
        ("social", "answered", "not_handled"),
        ("social", "refused", "not_handled"),
    ],
)
def test_the_status_is_held_against_what_was_expected(expect: str, status: AnswerStatus, verdict: Verdict) -> None:
    must = ["run"] if expect == "answer" else []
    assert graded(answer("run", status=status), expect=expect, must=must).verdict == verdict


def test_small_talk_is_handled_by_another_status() -> None:
    assert graded(answer("Hello", status="social"), expect="social").verdict == "handled"


def test_a_vendors_failure_is_no_answer() -> None:
    for expect in ("answer", "refusal", "social"):
        one = graded(None, expect=expect, must=["run"] if expect == "answer" else [])
        assert (one.verdict, one.status, one.good) == ("failed", "failed", False)


def test_a_cited_section_is_right_whatever_is_said() -> None:
    cited = answer("something else", [source(1, "api/"), source(2, "start/#on-windows", start=200)])
    one = graded(cited, must=["run"], urls=["start/#install"])
    assert (one.verdict, one.section_right) == ("wrong", True)
    assert graded(answer("run", [source(1, "api/")]), must=["run"], urls=["start"]).section_right is False
    assert graded(answer("run"), must=["run"]).section_right is None


def test_without_words_the_section_decides() -> None:
    assert graded(answer("x", [source(1, "api/")]), urls=["api"]).verdict == "right"
    assert graded(answer("x", [source(1, "api/")]), urls=["start"]).verdict == "wrong"
    assert graded(answer("x", [source(1, "api/")]), urls=["start"]).in_passages is None


def test_an_answer_in_the_passages_that_is_not_given_is_lost() -> None:
    one = graded(answer("Stand still"), "no", "Call `run()`", "or walk", "walk", must=["run()", "walk"])
    assert (one.in_passages, one.lost, one.holding) == (True, True, (2, 3, 4))
    assert graded(answer("", status="refused"), "run", must=["run"]).lost
    given = graded(answer("run"), "run", must=["run"])
    assert (given.in_passages, given.lost) == (True, False)
    part = graded(answer("x"), "run", must=["run", "walk"])
    assert (part.in_passages, part.lost, part.holding) == (False, False, ())


def test_passages_from_an_accepted_section_are_ranked() -> None:
    passages = [source(1, "api/"), source(2, "start/#install", start=100), source(3, "start/#upgrade", start=300)]
    one = grade(asked(question(urls=["start#install"]), answer("x"), passages), SECTIONS)
    assert one.found == (2,)


def test_urls_of_no_page_are_named() -> None:
    questions = [question(id="a", urls=["start", "gone"]), question(id="b", urls=["start#gone"])]
    assert unknown_urls(questions, SECTIONS) == [("a", "gone"), ("b", "start#gone")]
