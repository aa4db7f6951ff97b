"""Lines of a page on their way to its text, and the text they make."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
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


# What nobody sees and no search finds: zero-width characters, soft hyphens, marks of direction, half characters.
# Joiners stay inside scripts and emoji that are written with them.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|(?<![^\\x00-\u02ff])[\u200c\u200d](?![^\\x00-\u02ff])"
)
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
_HALF = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LIGATURES = {ord(one): unicodedata.normalize("NFKC", one) for one in "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06"}
# Control characters that nobody writes are those of Windows-1252, read by another name: `don\x92t`, `1\x965`.
_WINDOWS = {0x80 + number: bytes([0x80 + number]).decode("cp1252", "ignore") for number in range(0x20)}
_LETTERS = {**_LIGATURES, **_WINDOWS}
# No page is drawn so wide or so far apart; without a bound a chunk, which is counted in tokens, would hold megabytes.
_MAX_BLANKS, _MAX_EMPTY_LINES = 200, 50
_WIDE = re.compile(rf"(?<![ \t])[ \t]{{{_MAX_BLANKS + 1},}}")
MAX_TITLE_CHARS = 500
_DATA_URI = re.compile(r"data:[\w/+.-]{0,80}(?:;[\w=.-]{1,40}){0,4},[\w+/=%-]{100,} ?")


def fence_of(code: str, *, shortest: int = 3) -> str:
    """The backticks that stand around the code: more than any run in it, which would end it."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    return "`" * max(shortest, longest + 1)


def clean_line(text: str) -> str:
    """The line without invisible characters and embedded files, with plain blanks, whole letters and one spelling."""
    text = _CONTROL.sub("", text).replace("\x0b", " ").replace("\x0c", " ")
    if not text.isascii():
        text = _HALF.sub("\ufffd", _SPACES.sub(" ", _INVISIBLE.sub("", text)))
        text = unicodedata.normalize("NFC", text.translate(_LETTERS))
    if "data:" in text:
        text = _DATA_URI.sub("", text)
    return _WIDE.sub(" " * _MAX_BLANKS, text) if len(text) > _MAX_BLANKS else text


def shorten_title(text: str) -> str:
    """A title or heading of at most `MAX_TITLE_CHARS`: each question looks at those of all its passages."""
    return text if len(text) <= MAX_TITLE_CHARS else f"{text[: MAX_TITLE_CHARS - 1].rstrip()}…"


def join_lines(lines: Iterable[Line]) -> Body:
    """The text of the lines: no blank lines at its ends, never two in a row outside code nor very many in it."""
    kept = list(lines)
    while kept and not kept[-1].text.strip() and kept[-1].heading is None:
        kept.pop()
    parts: list[str] = []
    headings: list[Heading] = []
    position, blanks_due, empty = 0, False, 0
    for line in kept:
        if not line.verbatim and not line.text.strip():
            blanks_due = bool(parts)
            continue
        empty = 0 if line.text.strip() else empty + 1
        if empty > _MAX_EMPTY_LINES:
            continue
        if parts:
            gap = "\n\n" if blanks_due else "\n"
            parts.append(gap)
            position += len(gap)
        blanks_due = False
        text = clean_line(line.text if line.verbatim else line.text.rstrip())
        if line.heading:
            heading = line.heading
            end = position + len(text)
            said = shorten_title(clean_line(heading.text))
            headings.append(Heading(heading.level, said, heading.anchor, position, end))
        parts.append(text)
        position += len(text)
    return Body("".join(parts), tuple(headings))


def prefixed(lines: Iterable[Line], first: str, rest: str) -> Iterator[Line]:
    """The lines with `first` before the first of them and `rest` before the others; blank ones stay blank."""
    prefix = first
    for line in lines:
        blank = not line.text and not line.verbatim
        yield line if blank else Line(prefix + line.text, line.verbatim, line.heading)
        prefix = prefix if blank else rest


def trimmed(lines: list[Line]) -> list[Line]:
    """The lines without a blank one that follows another, begins or ends them."""
    shown = [
        line for line, before in zip(lines, [BLANK, *lines], strict=False) if not (line is BLANK and before is BLANK)
    ]
    return shown[:-1] if shown and shown[-1] is BLANK else shown
