"""Lines become a text in which every heading is where it says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.lines import BLANK, Line, LineHeading, join_lines


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
