"""Where the marks of an answer stand."""

import pytest

from app.wires.citation_marks import CitationMark, find_citation_marks
from pipelines.types import Answer, Citation, Claim, Usage


def _answer(text: str, *claims: tuple[str, str]) -> Answer:
    """An answer whose claims are these pieces of it, each with the ids that it cites."""
    made = []
    for piece, ids in claims:
        start = text.index(piece)
        citations = tuple(Citation(number, "quote", 0, 5) for number in ids)
        made.append(Claim(start, start + len(piece), "supported", 0.9, False, citations))
    return Answer("answered", text, tuple(made), (), (), (), "m", Usage(), {})


def _marks(answer: Answer) -> list[tuple[str, str]]:
    return [(mark.source, answer.text[mark.start : mark.end]) for mark in find_citation_marks(answer)]


@pytest.mark.parametrize(
    ("text", "claim", "ids", "marks"),
    [
        ("🔎 It saturates. [1]", "It saturates.", "1", [("1", "[1]")]),
        ("It saturates [1].", "It saturates", "1", [("1", "[1]")]),
        ("It saturates [1] and is fast. [2]", "It saturates [1] and is fast.", "12", [("1", "[1]"), ("2", "[2]")]),
        ("It saturates.[1][2] More.", "It saturates.", "12", [("1", "[1]"), ("2", "[2]")]),
        ("- It saturates.\n  [1]\n- More.", "It saturates.", "1", [("1", "[1]")]),
        ("It saturates. [1]\n\n[2] is a list.", "It saturates.", "1", [("1", "[1]")]),
        ("Read `row[1]` first. [1]", "Read `row[1]` first.", "1", [("1", "[1]")]),
        ("Read ``a ` [1]`` first. [1]", "Read ``a ` [1]`` first.", "1", [("1", "[1]")]),
        ("See [the page](https://e.org).", "See [the page](https://e.org).", "3", [("3", "See [the page](https://e.org).")]),
        ("It is [9] odd. [1]", "It is [9] odd.", "1", [("1", "[1]")]),
        ("Hello there. [1]", "Hello there.", "", []),
    ],
)  # fmt: skip
def test_marks_of_a_claim(text: str, claim: str, ids: str, marks: list[tuple[str, str]]) -> None:
    assert _marks(_answer(text, (claim, ids))) == marks


def test_code_blocks_hold_no_marks() -> None:
    text = "```python\nrow[1]\n```\n\nIt reads a row. [1]"
    assert _marks(_answer(text, ("row[1]", "1"), ("It reads a row.", "1"))) == [("1", "[1]")]
    assert _marks(_answer(text, ("row[1]", "2"), ("It reads a row.", "1"))) == [("2", "row[1]"), ("1", "[1]")]


def test_rows_of_a_table_share_the_mark_behind_it() -> None:
    text = "It ranks. [2]\n\n| n | score |\n| --- | --- |\n| 1 | 0.9 |\n| 2 | 0.8 |\n\n[1]\n\nSee [it](https://e.org)."
    rows = [("| 1 | 0.9 |", "1"), ("| 2 | 0.8 |", "1")]
    answer = _answer(text, ("It ranks.", "2"), *rows, ("See [it](https://e.org).", "2"))
    assert _marks(answer) == [("2", "[2]"), ("1", "[1]"), ("2", "See [it](https://e.org).")]


def test_a_mark_behind_what_cites_something_else_is_not_shared() -> None:
    answer = _answer("One by a link. Two. [2] Three. [1]", ("One by a link.", "1"), ("Two.", "2"), ("Three.", "1"))
    assert _marks(answer) == [("1", "One by a link."), ("2", "[2]"), ("1", "[1]")]


def test_a_block_without_an_end_reaches_to_the_end() -> None:
    assert _marks(_answer("Look. [1]\n~~~\nrow[1]", ("Look.", "1"))) == [("1", "[1]")]


def test_marks_come_in_the_order_of_the_text_and_once() -> None:
    answer = _answer("One. [2] Two. [1]", ("Two.", "1"), ("One.", "2"), ("One.", "2"))
    assert find_citation_marks(answer) == [CitationMark("2", 5, 8), CitationMark("1", 14, 17)]
