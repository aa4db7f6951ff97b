"""The parts of a passage that can be quoted: sentences, list items, code blocks and tables, as exact slices of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sentencex import get_sentence_boundaries

from pipelines.words import Words

BlockKind = Literal["paragraph", "list", "code", "table"]

_ISO = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "dutch": "nl", "russian": "ru",
}  # fmt: skip
_FENCE = re.compile(r"^\s*(```+|~~~+)(.*)$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}(\s|$)")
_SETEXT = re.compile(r"^\s{0,3}(=+|-{2,})\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_TABLE = re.compile(r"^\s*\|")
# What opens or closes an admonition, a tab or an include, a rule, a raw tag or an image alone: decoration.
_DECORATION = re.compile(
    r"^\s*(:::|!!!|\?\?\?|///|===|\{[%*!]|<[/!a-zA-Z]|!\[|\[!|(\*\s*){3,}$|(-\s*){3,}$|(_\s*){3,}$|\[\^?[^\]]+\]:)"
)
_QUOTE_MARK = re.compile(r"^\s*(>\s?)+")
_CACHED_PASSAGES = 4_096


@dataclass(frozen=True, slots=True)
class Unit:
    """A part that can be quoted: `passage_text[start:end] == text`. A code block and a table are one unit each."""

    kind: BlockKind
    text: str
    start: int
    end: int
    block: int  # number of its block in the passage
    item: int  # number of its item in a list, 0 elsewhere
    stems: tuple[int, ...]
    readable: bool  # a whole sentence without markup that a reader would stumble over


@dataclass(slots=True)
class _Block:
    kind: BlockKind
    spans: list[tuple[int, int]]  # of each item in a list, of the whole block elsewhere


@lru_cache(maxsize=_CACHED_PASSAGES)
def quotable_units(text: str, language: str) -> tuple[Unit, ...]:
    """The units of a passage's markdown in order. Headings, rules, images alone and admonition marks are left out."""
    words = Words(language)
    units: list[Unit] = []
    for number, block in enumerate(_blocks(text)):
        for item, (start, end) in enumerate(block.spans):
            pieces = [(start, end)] if block.kind in ("code", "table") else _sentences(text, start, end, language)
            for a, b in pieces:
                piece = text[a:b]
                readable = block.kind in ("code", "table") or _reads_well(piece, opens_passage=a == 0)
                units.append(Unit(block.kind, piece, a, b, number, item, words.stems(piece), readable))
    return tuple(units)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line
        start += len(line)


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    fence = ""
    cut = _opens_inside_code(text)
    open_kind: BlockKind | None = None
    for start, line in _lines(text):
        end = start + len(line.rstrip())
        mark = _FENCE.match(line)
        if cut:  # the passage begins inside a code block: nothing to quote before its end
            cut = mark is None
        elif fence:
            blocks[-1].spans[0] = (blocks[-1].spans[0][0], max(end, blocks[-1].spans[0][0]))
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark:
            fence, open_kind = mark[1], None
            blocks.append(_Block("code", [(start + len(line) - len(line.lstrip()), end)]))
        else:
            open_kind = _add_line(blocks, open_kind, start, line)
    if fence:  # cut inside a code block: half a block is no quote
        blocks.pop()
    return blocks


def _opens_inside_code(text: str) -> bool:
    """An odd number of fences whose first has no language: the opening one was left behind by the cut."""
    marks = [mark for _, line in _lines(text) if (mark := _FENCE.match(line))]
    return len(marks) % 2 == 1 and not marks[0][2].strip() and not text.lstrip().startswith(marks[0][1])


def _add_line(blocks: list[_Block], open_kind: BlockKind | None, start: int, line: str) -> BlockKind | None:
    """Adds a line outside code to the open block or to a new one; the kind of the block that stays open."""
    quote = _QUOTE_MARK.match(line)
    body = line[quote.end() :] if quote else line
    begin = start + len(line) - len(body) + len(body) - len(body.lstrip())
    end = start + len(line.rstrip())
    if begin >= end or _HEADING.match(body) or _SETEXT.match(body) or _DECORATION.match(body):
        return None
    if _TABLE.match(body):
        return _extend(blocks, "table", begin, end, open_kind == "table")
    if item := _ITEM.match(body):
        begin = start + len(line) - len(body) + item.end()
        if open_kind == "list" or _last_is_list(blocks, start, line):
            blocks[-1].spans.append((begin, end))
        else:
            blocks.append(_Block("list", [(begin, end)]))
        return "list"
    if open_kind in ("paragraph", "list") and not quote:
        return _extend(blocks, open_kind, begin, end, True)
    return _extend(blocks, "paragraph", begin, end, False)


def _last_is_list(blocks: list[_Block], start: int, line: str) -> bool:
    """A loose list has blank lines between its items; nothing but them may stand between."""
    return bool(blocks) and blocks[-1].kind == "list" and start - blocks[-1].spans[-1][1] <= 2 and bool(line)


def _extend(blocks: list[_Block], kind: BlockKind, begin: int, end: int, goes_on: bool) -> BlockKind:
    if goes_on:
        blocks[-1].spans[-1] = (blocks[-1].spans[-1][0], end)
    else:
        blocks.append(_Block(kind, [(begin, end)]))
    return kind


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Sentences of a stretch, without white space and unpaired emphasis around them."""
    for boundary in get_sentence_boundaries(_ISO.get(language, "en"), text[start:end]):
        a, b = _trimmed(text, start + boundary["start_index"], start + boundary["end_index"])
        if a < b:
            yield a, b


_EDGES = ("**", "__", "*", "_", '"', "“", "”")


def _trimmed(text: str, a: int, b: int) -> tuple[int, int]:
    while a < b and text[a].isspace():
        a += 1
    while a < b and text[b - 1].isspace():
        b -= 1
    for mark in _EDGES:
        if text[a:b].count(mark) % 2 == 0:
            continue
        if text.startswith(mark, a, b):
            a += len(mark)
        elif text.endswith(mark, a, b):
            b -= len(mark)
    return a, b


_LINK = re.compile(r"\]\(|\]\[|!\[|<[/a-zA-Z][^>]*>|https?://")


def _reads_well(piece: str, *, opens_passage: bool) -> bool:
    """Three words or more, no link or tag, pairs of marks closed, an end, and no beginning in the middle."""
    if len(piece.split()) < 3 or _LINK.search(piece) or piece.count("`") % 2 or piece.count("**") % 2:
        return False
    first = next((char for char in piece if char.isalnum()), "")
    if opens_passage and first.islower() and piece[0] != "`":
        return False
    return piece.rstrip("*_`\"'”’)")[-1:] in ".!?:;…。！？" or not opens_passage
