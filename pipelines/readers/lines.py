"""Lines of a page on their way to its text, and the text they make."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.types import Heading


@dataclass(frozen=True, slots=True)
class LineHeading:
    """What a heading's line says: its level, its rendered text and the anchor that its generator gives it."""

    level: int
    text: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text, without its line ending. A verbatim line is code: nothing is trimmed there."""

    text: str
    verbatim: bool = False
    heading: LineHeading | None = None


BLANK = Line("")


@dataclass(frozen=True, slots=True)
class Body:
    """A page's text with its headings; `text[h.start:h.end]` is the line of heading `h`."""

    text: str
    headings: tuple[Heading, ...]


def join_lines(lines: Iterable[Line]) -> Body:
    """The text of the lines: no blank lines at its ends, never two in a row outside code."""
    kept = list(lines)
    while kept and not kept[-1].text.strip() and kept[-1].heading is None:
        kept.pop()
    parts: list[str] = []
    headings: list[Heading] = []
    position, blanks_due = 0, False
    for line in kept:
        if not line.verbatim and not line.text.strip():
            blanks_due = bool(parts)
            continue
        if parts:
            gap = "\n\n" if blanks_due else "\n"
            parts.append(gap)
            position += len(gap)
        blanks_due = False
        text = line.text if line.verbatim else line.text.rstrip()
        if line.heading:
            heading = line.heading
            end = position + len(text)
            headings.append(Heading(heading.level, heading.text, heading.anchor, position, end))
        parts.append(text)
        position += len(text)
    return Body("".join(parts), tuple(headings))
