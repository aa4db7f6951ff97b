import io

import pytest
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.cli.options import TextConsole
from app.cli.terminal import LINE_SECONDS, ProgressLines, show_progress, unwrapped
from pipelines.ingestion.progress import IngestionProgress


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("one\ntwo", "one two"),
        ("one\n\ntwo\nthree", "one\n\ntwo three"),
        ("- one\n  goes on\n- two\n1. three", "- one   goes on\n- two\n1. three"),
        ("text\n```py\na\nb\n```\nmore\ntext", "text\n```py\na\nb\n```\nmore text"),
        ("```\na\nb\n```", "```\na\nb\n```"),
        ("| a | b |\n| --- | --- |\ntext", "| a | b |\n| --- | --- |\ntext"),
        ("# Title\ntext", "# Title\ntext"),
        ("hard  \nbreak\\\nhere", "hard  \nbreak\\\nhere"),
    ],
)
def test_only_wrapped_paragraphs_are_joined(text: str, shown: str) -> None:
    assert unwrapped(text) == shown
    assert len(unwrapped(text)) == len(text)


def test_progress_without_a_terminal_is_a_line_for_each_tenth() -> None:
    out = io.StringIO()
    with show_progress(Console(file=out, width=20), "docs") as on_progress:
        for done in range(101):
            on_progress(IngestionProgress("docs", 100, done, 3 * done))
    lines = out.getvalue().splitlines()
    assert lines[:2] == ["docs: 0 of 100 pages, 0 chunks embedded", "docs: 10 of 100 pages, 30 chunks embedded"]
    assert (len(lines), lines[-1]) == (11, "docs: 100 of 100 pages, 300 chunks embedded")


def test_progress_is_told_when_a_tenth_takes_long() -> None:
    out, now = io.StringIO(), [0.0]
    lines = ProgressLines(Console(file=out, width=200), clock=lambda: now[0])
    lines(IngestionProgress("docs", 1_000))
    for done in range(1, 40):
        now[0] += LINE_SECONDS / 4
        lines(IngestionProgress("docs", 1_000, done, done))
    assert [line.split()[1] for line in out.getvalue().splitlines()] == [str(done) for done in range(0, 40, 4)]


def test_nothing_is_said_where_there_is_nothing_to_do() -> None:
    out = io.StringIO()
    ProgressLines(Console(file=out))(IngestionProgress("docs", 0))
    assert out.getvalue() == ""


@pytest.mark.parametrize(
    "control", ["\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "\x00", "\x7f", "\r", "\u202e", "\u2066"]
)
@pytest.mark.parametrize("terminal", [True, False])
def test_what_a_reader_wrote_moves_no_cursor(control: str, terminal: bool) -> None:
    out = io.StringIO()
    console = TextConsole(file=out, width=60, force_terminal=terminal, color_system=None)
    table = Table("question")
    table.add_row(Text(f"How {control} so?"))
    console.print(f"How {control} so?", markup=False, highlight=False)
    console.print(Padding(Text(f"How {control} so?"), (0, 0, 0, 2)), table)
    written = out.getvalue()
    assert control[0] not in written
    assert written.count("so?") == 3


def test_richs_own_controls_go_through() -> None:
    out = io.StringIO()
    console = TextConsole(file=out, force_terminal=True)
    console.print("green", style="green")
    console.clear()
    assert "\x1b[32mgreen" in out.getvalue()
    assert "\x1b[2J" in out.getvalue()
