"""The block structure of a page's markdown: paragraphs, list items, tables, code fences, with exact offsets.

A line scanner of its own: it has to be linear, to keep code point offsets, and to never fail on text that is
not markdown at all (a PDF page, an HTML page). It follows CommonMark where that decides what belongs together
(https://spec.commonmark.org/0.31.2/, fences 4.5, list items 5.2; tables as in GitHub's extension).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pipelines.text.boundaries import divide_at_stops

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r"[ \t]*(`{3,}(?![^\n]*`)|~{3,})")
_ITEM = re.compile(r"([ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|\r?$)(.*)")
_RULE = re.compile(r"[ \t]*([-*_])[ \t]*(?:\1[ \t]*){2,}\r?$")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\r?$")


class Kind(Enum):
    """What a block is.

    `HEADING` is that of a section or of a table, `LINE` a line of code or a row, `WORD` a word or a part of an
    endless one.
    """

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    FENCE = "fence"
    LINE = "line"
    SENTENCE = "sentence"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Block:
    """`text[start:end]` is the block without the white space around it; never empty."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str  # without its line feed

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """`start:end` moved inwards over outer white space; `start == end` where nothing is left."""
    piece = text[start:end]
    inner = len(piece.lstrip())
    return end - inner, end - inner + len(piece.strip())


def read_blocks(text: str, start: int, end: int) -> list[Block]:
    """The outermost blocks of `text[start:end]`, in order; between them there is only white space.

    A list item holds its continuation lines and nested items, a fence that is never closed runs to the end.
    """
    return list(_scan(text, _read_lines(text, start, end), 0))


def read_parts(text: str, block: Block, language: str = "en") -> list[Block]:
    """The next smaller blocks inside `block`; a list of one block where it has no parts but its words."""
    if block.kind is Kind.ITEM:
        return _parts_of_item(text, block, language)
    if block.kind is Kind.FENCE:
        return _parts_of_fence(text, block)
    if block.kind is Kind.TABLE:
        return _parts_of_table(text, block)
    if block.kind in (Kind.PARAGRAPH, Kind.HEADING):
        return read_sentences(text, block.start, block.end, language)
    return [block]


def read_sentences(text: str, start: int, end: int, language: str = "en") -> list[Block]:
    """The sentences of `text[start:end]`; `language` is an ISO 639-1 code."""
    spans = (trim(text, low, high) for low, high in divide_at_stops(text, start, end, language))
    return [Block(Kind.SENTENCE, low, high) for low, high in spans if low < high]


def _read_lines(text: str, start: int, end: int) -> list[_Line]:
    matches = _LINE.finditer(text, start, end)
    return [_Line(match.start(), match.end(), match.group().rstrip("\n")) for match in matches]


def _scan(text: str, lines: list[_Line], first: int) -> Iterator[Block]:
    index = first
    while index < len(lines):
        if lines[index].blank:
            index += 1
            continue
        kind, stop = _measure(lines, index)
        low, high = trim(text, lines[index].start, lines[stop - 1].end)
        yield Block(kind, low, high)
        index = stop


def _measure(lines: list[_Line], index: int) -> tuple[Kind, int]:
    """The kind of the block that starts at a line that is not blank, and the line after it."""
    if _FENCE.match(lines[index].text):
        return Kind.FENCE, _end_of_fence(lines, index)
    if _starts_table(lines, index):
        return Kind.TABLE, _end_of_table(lines, index)
    if _starts_item(lines[index]):
        return Kind.ITEM, _end_of_item(lines, index)
    return Kind.PARAGRAPH, _end_of_paragraph(lines, index)


def _starts_item(line: _Line) -> bool:
    return _ITEM.match(line.text) is not None and _RULE.match(line.text) is None


def _starts_table(lines: list[_Line], index: int) -> bool:
    return (
        "|" in lines[index].text
        and index + 1 < len(lines)
        and "|" in lines[index + 1].text
        and _TABLE_RULE.match(lines[index + 1].text) is not None
    )


def _end_of_fence(lines: list[_Line], index: int) -> int:
    opening = _FENCE.match(lines[index].text)
    if opening is None:  # a fence that opens behind a list marker
        item = _ITEM.match(lines[index].text)
        opening = _FENCE.match(item.group(2)) if item else None
    marker = opening.group(1) if opening else "```"
    for stop in range(index + 1, len(lines)):
        closing = lines[stop].text.strip()
        if len(closing) >= len(marker) and closing == marker[0] * len(closing):
            return stop + 1
    return len(lines)


def _end_of_table(lines: list[_Line], index: int) -> int:
    stop = index + 2
    while stop < len(lines) and "|" in lines[stop].text:
        stop += 1
    return stop


def _end_of_paragraph(lines: list[_Line], index: int) -> int:
    stop = index + 1
    while stop < len(lines) and not lines[stop].blank:
        if _FENCE.match(lines[stop].text) or _starts_item(lines[stop]) or _starts_table(lines, stop):
            break
        stop += 1
    return stop


def _end_of_item(lines: list[_Line], index: int) -> int:
    indent = lines[index].indent
    opening = _ITEM.match(lines[index].text)
    stop = _end_of_fence(lines, index) if opening and _FENCE.match(opening.group(2)) else index + 1
    while stop < len(lines):
        line = lines[stop]
        if line.blank:
            stop += 1
            continue
        if line.indent <= indent:
            after_blank = lines[stop - 1].blank
            if after_blank or _starts_item(line) or _FENCE.match(line.text) or _starts_table(lines, stop):
                break
        stop = _end_of_fence(lines, stop) if _FENCE.match(line.text) else stop + 1
    return stop


def _parts_of_item(text: str, block: Block, language: str) -> list[Block]:
    lines = _read_lines(text, block.start, block.end)
    opening = _ITEM.match(lines[0].text)
    fenced = opening is not None and _FENCE.match(opening.group(2)) is not None
    own = _end_of_fence(lines, 0) if fenced else _end_of_paragraph(lines, 0)
    low, high = trim(text, lines[0].start, lines[own - 1].end)
    parts = [Block(Kind.PARAGRAPH, low, high), *_scan(text, lines, own)]
    return parts if len(parts) > 1 else read_sentences(text, block.start, block.end, language)


def _parts_of_fence(text: str, block: Block) -> list[Block]:
    """Its lines; the fence lines themselves stay with the code beside them."""
    lines = [line for line in _read_lines(text, block.start, block.end) if not line.blank]
    groups = [[line] for line in lines]
    if len(groups) > 2:
        groups[:2] = [groups[0] + groups[1]]
    if len(groups) > 2 and _FENCE.match(lines[-1].text):
        groups[-2:] = [groups[-2] + groups[-1]]
    return [Block(Kind.LINE, *trim(text, group[0].start, group[-1].end)) for group in groups]


def _parts_of_table(text: str, block: Block) -> list[Block]:
    """Its heading, which is the names of the columns with the rule below them, and its rows."""
    lines = _read_lines(text, block.start, block.end)
    heading = Block(Kind.HEADING, *trim(text, lines[0].start, lines[1].end))
    return [heading, *(Block(Kind.LINE, *trim(text, line.start, line.end)) for line in lines[2:])]
