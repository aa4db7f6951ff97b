"""Insights as CSV."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from app.schemas.insights import (
    CuratedBody,
    CuratedUseBody,
    DayBody,
    InsightsBody,
    NeverCitedBody,
    PagePlaceBody,
    QuestionClusterBody,
    ResolvedQuestionBody,
    SectionPlaceBody,
    SectionUseBody,
    TotalsBody,
    UnansweredBody,
    WeekBody,
)
from app.wires.csv import dump_table
from storage_config.vocabulary import InsightsTable

DAY = date(2026, 1, 5)
URL = "https://e.org/a#b"
ASKED = datetime(2026, 1, 5, 12, 30, 0, 5, UTC)


def _insights(question: str = "Why?", example: str = "How, so?") -> InsightsBody:
    section = SectionUseBody(url=URL, title='The "A"', heading_path=["B", "C"], answers=3, unsupported=1, up=0, down=2)
    return InsightsBody(
        corpus="docs",
        since=DAY,
        until=DAY,
        totals=TotalsBody(answered=1, partial=0, refused=1, interrupted=0, weak=0, up=0, down=1, reasons={"other": 1}),
        unanswered=UnansweredBody(
            found=1,
            grouped=1,
            clusters=[
                QuestionClusterBody(
                    question=question,
                    questions=2,
                    asked=3,
                    refused=1,
                    last_asked=ASKED,
                    examples=[example, "Oh?"],
                )
            ],
        ),
        resolved=[
            ResolvedQuestionBody(
                question=question, last_asked=ASKED, resolved_at=ASKED, url=URL, title="A", heading_path=["B", "C"]
            )
        ],
        curated=CuratedBody(
            total=1,
            unused=1,
            questions=[CuratedUseBody(question="Free?", url=URL, title="A", answers=0, last_answered=None)],
        ),
        cited=[section],
        never_cited=NeverCitedBody(
            pages_total=2,
            pages_uncited=1,
            pages=[PagePlaceBody(url="https://e.org/z", title="Z")],
            pages_searched=1,
            sections_uncited=1,
            sections=[SectionPlaceBody(url=URL, title="A", heading_path=["B"])],
        ),
        feedback=[section],
        days=[DayBody(day=DAY, answered=1, refused=1, down=1)],
        weeks=[WeekBody(since=DAY, answered=1, resolved=2)],
    )


def _read(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written, newline="")))


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "resolved",
            [
                ["question", "last_asked", "resolved_at", "url", "title", "section"],
                ["Why?", "2026-01-05T12:30:00+00:00", "2026-01-05T12:30:00+00:00", URL, "A", "B > C"],
            ],
        ),
        ("curated", [["question", "url", "title", "answers", "last_answered"], ["Free?", URL, "A", "0", ""]]),
        (
            "weeks",
            [
                ["since", "answered", "partial", "refused", "interrupted", "weak", "up", "down", "resolved"],
                ["2026-01-05", "1", "0", "0", "0", "0", "0", "0", "2"],
            ],
        ),
        (
            "unanswered",
            [
                ["question", "questions", "asked", "refused", "refused_share", "last_asked", "examples"],
                ["Why?", "2", "3", "1", "0.333", "2026-01-05T12:30:00+00:00", "How, so? | Oh?"],
            ],
        ),
        (
            "cited",
            [
                ["url", "title", "section", "answers", "unsupported", "up", "down"],
                [URL, 'The "A"', "B > C", "3", "1", "0", "2"],
            ],
        ),
        (
            "feedback",
            [
                ["url", "title", "section", "answers", "unsupported", "up", "down"],
                [URL, 'The "A"', "B > C", "3", "1", "0", "2"],
            ],
        ),
        (
            "never_cited",
            [["kind", "url", "title", "section"], ["page", "https://e.org/z", "Z", ""], ["section", URL, "A", "B"]],
        ),
        (
            "days",
            [
                ["day", "answered", "partial", "refused", "interrupted", "weak", "up", "down"],
                ["2026-01-05", "1", "0", "1", "0", "0", "0", "1"],
            ],
        ),
    ],
)
def test_tables(table: InsightsTable, rows: list[list[str]]) -> None:
    written = dump_table(_insights(), table)
    assert _read(written) == rows
    assert written.endswith("\r\n")


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\N{FULLWIDTH EQUALS SIGN}1", '=HYPERLINK("x")'],
)
def test_no_text_of_a_reader_is_a_formula(formula: str) -> None:
    row = _read(dump_table(_insights(formula, formula), "unanswered"))[1]
    assert (row[0], row[6]) == (f"'{formula}", f"'{formula} | Oh?")


def test_no_separator_cuts_a_text() -> None:
    """A spreadsheet may take a semicolon for the separator."""
    line = dump_table(_insights('Hm;=1+1,"x"\r\n=2'), "unanswered").split("\r\n", 1)[1]
    assert line.startswith('"Hm;=1+1,""x""\r\n=2",2,3,1,0.333,')
