import io

import pytest
from rich.console import Console

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
