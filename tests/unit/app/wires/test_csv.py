"""Insights as CSV."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from app.schemas.insights import (
    DayBody,
    InsightsBody,
    NeverCitedBody,
    PagePlaceBody,
    QuestionClusterBody,
    SectionPlaceBody,
    SectionUseBody,
    TotalsBody,
    UnansweredBody,
)
from app.wires.csv import dump_table
from storage_config.vocabulary import InsightsTable

DAY = date(2026, 1, 5)
URL = "https://e.org/a#b"


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
                    last_asked=datetime(2026, 1, 5, 12, 30, 0, 5, UTC),
                    examples=[example, "Oh?"],
                )
            ],
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
    )


def _read(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written, newline="")))


@pytest.mark.parametrize(
    ("table", "rows"),
    [
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
