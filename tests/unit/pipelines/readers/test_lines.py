"""Lines become a text in which every heading is where it says."""

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.lines import BLANK, MAX_TITLE_CHARS, Line, LineHeading, join_lines
from tests.support.linear_time import measure_growth


def test_blank_lines_are_one_and_never_at_the_ends() -> None:
    body = join_lines([BLANK, Line("a  "), BLANK, Line(" "), Line("b"), Line("c"), BLANK])
    assert body.text == "a\n\nb\nc"


def test_code_keeps_its_blank_lines_and_trailing_blanks() -> None:
    code = ["```", "a  ", "", "", "b", "```"]
    assert join_lines([Line(line, verbatim=True) for line in code]).text == "\n".join(code)


def test_headings_are_their_lines() -> None:
    heading = LineHeading(2, "A", "a")
    body = join_lines([Line("x"), BLANK, Line("## A ", heading=heading), Line("y")])
    (found,) = body.headings
    assert (found.level, found.text, found.anchor) == (2, "A", "a")
    assert body.text[found.start : found.end] == "## A"


def test_blanks_and_empty_lines_are_bounded() -> None:
    """A chunk is counted in tokens, and blanks cost none: a sentence with megabytes of them was passed on whole."""
    drawn = "┌" + " " * 200 + "┐"
    body = join_lines([Line(f"a{' ' * 300_000}b{chr(9) * 300}c"), Line(drawn)])
    assert body.text == f"a{' ' * 200}b{' ' * 200}c\n{drawn}"
    code = [Line(line, verbatim=True) for line in ["```", *["  "] * 100_000, "a", *[""] * 50, "b", "```"]]
    assert [len(part) for part in re.split(r"[ab]", join_lines(code).text)] == [4 + 3 * 50, 51, 4]


def test_blanks_are_read_in_linear_time() -> None:
    def read(length: int) -> float:
        line = Line((" " * 199 + "a") * (length // 200))
        began = time.perf_counter()
        join_lines([line])
        return time.perf_counter() - began

    took, most = measure_growth(read, 60_000, 360_000, 2_160_000)
    assert took < most


def test_headings_are_as_long_as_anybody_reads() -> None:
    long = "word " * 1000
    body = join_lines([Line(f"# {long}", heading=LineHeading(1, long, "a"))])
    assert len(body.headings[0].text) <= MAX_TITLE_CHARS
    assert body.headings[0].text.endswith("word…")
    assert body.text == f"# {long}".rstrip()


_LINES = st.builds(
    Line,
    st.text(alphabet="ab #é🚀 ", max_size=8),
    st.booleans(),
    st.one_of(st.none(), st.builds(LineHeading, st.integers(1, 6), st.just("t"), st.none())),
)


@settings(deadline=None)
@given(st.lists(_LINES, max_size=20))
def test_every_heading_is_where_it_says(lines: list[Line]) -> None:
    body = join_lines(lines)
    expected = [line.text if line.verbatim else line.text.rstrip() for line in lines if line.heading]
    kept = [
        text
        for text, line in zip(expected, [x for x in lines if x.heading], strict=True)
        if text.strip() or line.verbatim
    ]
    assert [body.text[heading.start : heading.end] for heading in body.headings] == kept
