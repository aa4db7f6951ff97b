"""Questions in front matter, and what of their page answers them."""

import time
from typing import Any

import pytest

from pipelines.readers.answers import MAX_ANSWER_CHARS, MAX_QUESTIONS, OwnQuestion, place_answers, read_questions
from pipelines.readers.front_matter import read_front_matter
from pipelines.readers.lines import Body
from pipelines.types import Heading
from tests.support.linear_time import measure_growth

TEXT = (
    "# Shop\n\nWe sell.\n\n## Can I get a refund?\n\nYes.\n\n### Vouchers\n\nNo.\n\n## Empty\n\n## Delivery\n\nSoon.\n"
)


def body(text: str = TEXT) -> Body:
    headings = []
    for line in text.split("\n"):
        if line.startswith("#"):
            words, start = line.lstrip("# "), text.index(line)
            anchor = words.lower().strip("?").replace(" ", "-")
            headings.append(Heading(line.count("#"), words, anchor, start, start + len(line)))
    return Body(text, tuple(headings))


def answered(text: str, **placed: Any) -> str:
    return text[placed["start"] : placed["end"]]


def test_questions_come_alone_in_a_list_or_by_anchors() -> None:
    assert read_questions("Is it  free?") == ((OwnQuestion("Is it free?"),), ())
    assert read_questions(["Is it free?", "Is it old?"])[0] == (OwnQuestion("Is it free?"), OwnQuestion("Is it old?"))
    by_anchor = {"delivery": "When?", "#refund": ["Can I?", "May I?"]}
    assert read_questions(by_anchor)[0] == (
        OwnQuestion("When?", "delivery"), OwnQuestion("Can I?", "refund"), OwnQuestion("May I?", "refund"),
    )  # fmt: skip
    assert read_questions(None) == ((), ())


@pytest.mark.parametrize("bad", [7, [True], {"a": {"b": "c"}}, ["?"], [{"question": "Is it?", "answer": "Yes."}]])
def test_what_is_no_question_is_warned_of_with_what_is_allowed(bad: object) -> None:
    questions, (warning,) = read_questions(bad)
    assert questions == ()
    assert warning.startswith("answers: ")
    assert "allowed: a question, a list of questions, or questions by the anchor" in warning


def test_too_long_too_many_and_repeated_questions_are_warned_of() -> None:
    assert "no question of at most 300 characters" in read_questions("Why " * 100)[1][0]
    questions, (warning,) = read_questions([f"Is it {number}?" for number in range(MAX_QUESTIONS + 1)])
    assert (len(questions), warning) == (
        MAX_QUESTIONS,
        f"answers: {MAX_QUESTIONS + 1} questions; the first 100 are read",
    )
    questions, (warning,) = read_questions(["Is it *free*?", "is it  FREE"])
    assert questions == (OwnQuestion("Is it *free*?"),)
    assert "stands there twice" in warning


def test_the_page_is_read_whatever_its_generator_means_by_the_key() -> None:
    read = read_front_matter({"title": "Quiz", "answers": 3})
    assert (read.title, read.answers, len(read.warnings)) == ("Quiz", (), 1)


def test_an_anchor_s_section_answers_with_the_sections_below_it() -> None:
    (placed,), warnings = place_answers([OwnQuestion("Money back?", "can-i-get-a-refund")], body())
    assert warnings == []
    assert answered(TEXT, **placed) == "Yes.\n\n### Vouchers\n\nNo."
    assert (placed["anchor"], placed["heading_path"]) == ("can-i-get-a-refund", ("Can I get a refund?",))
    (inner,), _ = place_answers([OwnQuestion("Vouchers?", "vouchers")], body())
    assert inner["heading_path"] == ("Can I get a refund?", "Vouchers")


def test_without_an_anchor_the_heading_that_asks_it_or_the_whole_page_answers() -> None:
    own, whole = place_answers([OwnQuestion("can I get a REFUND"), OwnQuestion("What do you sell?")], body())[0]
    assert answered(TEXT, **own).startswith("Yes.")
    assert answered(TEXT, **whole).startswith("We sell.\n\n## Can I")
    assert (whole["anchor"], whole["heading_path"]) == (None, ())
    (bare,), _ = place_answers([OwnQuestion("What do you sell?")], Body("Bread.\n", ()))
    assert answered("Bread.\n", **bare) == "Bread."


def test_many_headings_are_placed_in_linear_time() -> None:
    def seconds(count: int) -> float:
        found = [Heading(2, "B", f"b-{number}", 8 * number, 8 * number + 4) for number in range(count)]
        written = Body("## B\n\nx\n" * count, tuple(found))
        questions = [OwnQuestion(f"Is it {number}?", f"b-{count - 1 - number}") for number in range(MAX_QUESTIONS)]
        began = time.process_time()
        assert len(place_answers(questions, written)[0]) == MAX_QUESTIONS
        return time.process_time() - began

    took, most = measure_growth(seconds, 20_000, 40_000)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"


def test_what_has_no_answer_is_warned_of_by_name() -> None:
    placed, (nowhere, empty) = place_answers([OwnQuestion("Why?", "refunds"), OwnQuestion("What?", "empty")], body())
    assert placed == []
    assert nowhere == (
        "answers: the page has no section #refunds; allowed: #can-i-get-a-refund, #vouchers, #empty, #delivery"
    )
    assert "nothing stands where 'What?' is answered" in empty
    long = "# A\n\n" + "Word. " * MAX_ANSWER_CHARS
    placed, (warning,) = place_answers([OwnQuestion("Is it long?")], body(long))
    assert placed == []
    assert "allowed: 3,000, so name the anchor of a shorter section" in warning
