"""Sentences of an answer while it streams, with the markers that belong to them.

A sentence ends by a decision that looks no further than the next word, so it is the same for every way of cutting
the stream. `sentencex` makes it (abbreviations, initials, numbers, several languages); what is ours is the markdown
around it: list items, table rows, headings, code blocks and wrapped lines.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import Literal

from sentencex import get_sentence_boundaries

from pipelines.languages.known import language_of
from pipelines.languages.scripts import STOPS
from pipelines.text.boundaries import ends_sentence
from pipelines.text.markup_writer import Piece

SegmentKind = Literal["sentence", "heading", "table_row", "code"]

# Names of the corpus file's languages as sentencex knows them.
_CONTAINERS = r"[ \t]*(?:(?:>[ \t]?)+[ \t]*)?(?:(?:[-*+•]|[0-9]{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)*"
_BLOCK_START = re.compile(rf"{_CONTAINERS}(#{{1,6}}[ \t]+)?")
_MAY_BE_BLOCK_START = re.compile(rf"{_CONTAINERS}(?:#{{1,6}}[ \t]*|[-*+•]|[0-9]{{1,9}}[.)]?|\[[ xX]?\]?)?$")
_CLOSERS = r"[\"'”’»)\]*_]"
# What may end a sentence: a line break, full-width punctuation (1), or punctuation before white space.
_END = re.compile(rf"\n|([。！？｡]{{1,20}}[\"'”’»」』）)\]*_]{{0,8}})|[.!?…{STOPS}]{{1,20}}{_CLOSERS}{{0,8}}(?=\s)")
_SPACES = re.compile(r"[ \t]*")
_NON_SPACE = re.compile(r"\S{1,100}")
_LETTER_OR_DIGIT = re.compile(r"\w")
# Titles that sentencex knows in some languages only.
_TITLE = re.compile(r"(?:^|[\s(])(?:Mme|Mlle|MM|Dr|Drs|Prof|Sr|Sra|Srta|Hr|Fr|Ing|Mag)\.$")
_BOLD_LINE = re.compile(r"(\*\*|__)(?:(?!\1)[^\n.!?。！？।۔؟]){1,80}\1:?")
# A line at least this long that ends inside a sentence was wrapped by its writer; a shorter one ends there.
_WRAPPED_LINE = 50
# A sentence that no punctuation ends is cut here, at a space: nothing grows without bound.
_MAX_SENTENCE = 2_000
# An open bracket or quotation mark keeps a sentence together, up to this length.
_MAX_ENCLOSED = 300


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of an answer that is checked as one. `start:end` are into the answer's text, in code points.

    `end` leaves out trailing markers, and the punctuation behind them; `tail` is where they end. `text` is free of
    markers and keeps its punctuation.
    """

    start: int
    end: int
    tail: int
    text: str
    kind: SegmentKind
    ids: tuple[str, ...]


class SentenceStream:
    """Cuts the pieces of an answer into `Segment`s."""

    def __init__(self, language: str = "english") -> None:
        self._language = language
        self._iso = language_of(language).code
        self._plain = ""  # the answer without its markers
        self._mask = ""  # the same length, with inline code made opaque
        self._mark_places: list[int] = []  # where each marker stood in `_plain`
        self._widths = [0]  # characters of all markers up to each
        self._mark_ids: list[tuple[str, ...]] = []
        self._given = 0  # markers that belong to a segment already
        self._start = 0  # where the uncut part begins in `_plain`
        self._searched = 0  # no sentence ends before it
        self._pending: Segment | None = None  # cut, but a line of markers may follow
        self._row_end = -2  # where the last table row ended
        self._rows: list[Segment] = []  # of a table that may still be followed by its markers
        self._code: tuple[int, int] | None = None  # the code lines of the block that is open, in `_plain`
        self._final = False

    def feed(self, piece: Piece) -> list[Segment]:
        """The segments that are certain with this piece."""
        if piece.kind in ("fence", "code"):
            return self._feed_code(piece)
        out = self._close_code()
        if piece.kind == "marker":
            self._mark(len(piece.text), piece.ids)
            return out
        self._plain += piece.text
        self._mask += "x" * len(piece.text) if piece.kind == "inline_code" else piece.text
        if piece.ids:
            self._mark(0, piece.ids)
        return out + self._drain()

    def finish(self) -> list[Segment]:
        """The answer is complete."""
        out = self._close_code()
        self._final = True
        return out + self._drain() + self._release() + self._release_rows()

    def _mark(self, width: int, ids: tuple[str, ...]) -> None:
        self._mark_places.append(len(self._plain))
        self._widths.append(self._widths[-1] + width)
        self._mark_ids.append(ids)

    # Code blocks

    def _feed_code(self, piece: Piece) -> list[Segment]:
        out: list[Segment] = []
        at = len(self._plain)
        if self._code is None:
            self._final = True
            out = self._drain() + self._release() + self._release_rows()
            self._final = False
            self._code = (at, at)
        self._plain += piece.text
        self._mask += piece.text
        if piece.kind == "code":
            first, last = self._code
            self._code = (at if first == last else first, len(self._plain))
        elif self._code[0] == self._code[1]:
            self._code = (len(self._plain), len(self._plain))
        self._start = self._searched = len(self._plain)
        return out

    def _close_code(self) -> list[Segment]:
        if self._code is None:
            return []
        (first, last), self._code = self._code, None
        text = self._plain[first:last].rstrip()
        if not text:
            return []
        start = self._at(first)
        tail = self._at(len(self._plain) - self._plain.endswith("\n"))
        self._pending = Segment(start, start + len(text), tail, text, "code", ())
        return []

    # Prose

    def _drain(self) -> list[Segment]:
        out: list[Segment] = []
        while True:
            at = _first_content(self._plain, self._start)
            line = self._line_of(at)
            if at == len(self._plain):
                if self._final:
                    self._adopt(at + 1)
                return out
            if line is not None and not self._final and _MAY_BE_BLOCK_START.match(self._mask, line):
                return out
            if line is not None:
                self._adopt(line)
            out += self._release()
            if not self._cut(at, line):
                return out

    def _line_of(self, at: int) -> int | None:
        """Where the line of `at` begins, if nothing was cut from it yet."""
        line = self._plain.rfind("\n", self._start, at) + 1
        if line == 0 and (self._start == 0 or self._plain[self._start - 1] == "\n"):
            return self._start
        return line or None

    def _cut(self, at: int, line: int | None) -> bool:
        """Cuts the next segment, if its end is certain."""
        kind: SegmentKind = "sentence"
        start = at
        if line is not None:
            block = _BLOCK_START.match(self._mask, line)
            start = max(at, block.end()) if block else at
            if self._mask.startswith("\n", start):  # an empty item
                self._start = self._searched = start
                return True
            if block and block.group(1):
                kind = "heading"
            elif self._mask.startswith("|", start):
                kind = "table_row" if self._plain[self._row_end : start].strip(" \t") == "\n" else "heading"
        row = self._mask.startswith("|", start) and line is not None
        end = self._line_end(start) if kind == "heading" or row else self._sentence_end(start)
        if end is None:
            return False
        if row:
            self._row_end = end
        text = self._plain[start:end].rstrip()
        if kind == "sentence" and line is not None and _BOLD_LINE.fullmatch(text):
            kind = "heading"
        marked = self._given < bisect_right(self._mark_places, start + len(text))
        if _LETTER_OR_DIGIT.search(text) or (text and marked):  # a marker belongs to a claim, whatever it stands at
            self._pending = self._segment(start, start + len(text), kind)
        self._start = self._searched = max(end, start)
        return True

    def _segment(self, start: int, end: int, kind: SegmentKind) -> Segment:
        ids = self._take_ids(end + 1)
        text = self._plain[start:end]
        stop = end
        for place in reversed(self._mark_places[bisect_right(self._mark_places, start) : self._given]):
            if _LETTER_OR_DIGIT.search(self._plain, place, stop):
                break
            stop = start + len(self._plain[start:place].rstrip())
        tail = end + self._widths[bisect_right(self._mark_places, end)]
        stop = stop if stop > start else end
        return Segment(
            self._at(start), stop + self._widths[bisect_left(self._mark_places, stop)], tail, text, kind, ids
        )

    def _at(self, plain: int) -> int:
        """Where a character of `_plain` stands in the answer."""
        return plain + self._widths[bisect_right(self._mark_places, plain)]

    def _take_ids(self, before: int) -> tuple[str, ...]:
        """The ids of the markers before a place that belong to nothing yet."""
        upto = bisect_left(self._mark_places, before)
        ids = dict.fromkeys(id_ for ids in self._mark_ids[self._given : upto] for id_ in ids)
        self._given = max(self._given, upto)
        return tuple(ids)

    def _adopt(self, before: int) -> None:
        """Gives markers that stand on a line of their own to the segment before them."""
        held = self._pending
        if held is None:
            return
        ids = self._take_ids(before)
        if ids:
            place = self._mark_places[self._given - 1]
            tail = max(held.tail, place + self._widths[self._given])
            self._pending = replace(held, tail=tail, ids=tuple(dict.fromkeys([*held.ids, *ids])))
            # Markers below a table are those of all its rows.
            self._rows = [row if row.ids or held.kind != "table_row" else replace(row, ids=ids) for row in self._rows]

    def _release(self) -> list[Segment]:
        held, self._pending = self._pending, None
        if held is None:
            return []
        if held.kind == "table_row":
            self._rows.append(held)
            return []
        return [*self._release_rows(), held]

    def _release_rows(self) -> list[Segment]:
        rows, self._rows = self._rows, []
        return rows

    # Where a sentence ends

    def _line_end(self, start: int) -> int | None:
        end = self._plain.find("\n", start, start + _MAX_SENTENCE)
        if end >= 0:
            return end
        if len(self._plain) >= start + _MAX_SENTENCE:
            return start + _MAX_SENTENCE
        return len(self._plain) if self._final else None

    def _sentence_end(self, start: int) -> int | None:
        """The end of the sentence that starts here; None while that takes more text."""
        at = max(start, self._searched)
        while (match := _END.search(self._mask, at)) is not None and match.start() <= start + _MAX_SENTENCE:
            ends = self._ends_line(start, match.start()) if match.group() == "\n" else self._ends_here(start, match)
            if ends is None:
                self._searched = match.start()
                return None
            if ends:
                return match.start() if match.group() == "\n" else match.end()
            at = match.end()
        if match is not None or len(self._mask) > start + _MAX_SENTENCE + 50:
            space = self._mask.rfind(" ", start, start + _MAX_SENTENCE)
            return space if space > start else start + _MAX_SENTENCE
        self._searched = max(at, len(self._mask) - 30)
        return len(self._mask) if self._final else None

    def _ends_here(self, start: int, match: re.Match[str]) -> bool | None:
        """Whether this punctuation ends the sentence; None while the next word is incomplete."""
        end = match.end()
        if match.group(1):
            return True if end < len(self._mask) or self._final else None
        spaces = _SPACES.match(self._mask, end)
        following = spaces.end() if spaces else end
        if self._mask.startswith("\n", following):
            new_block = self._new_block_after(following)
            if new_block is not False:
                return new_block
            following = _first_content(self._mask, following)
        word = _NON_SPACE.match(self._mask, following)
        if word is None:
            return True if self._final else None
        if word.end() == len(self._mask) and len(word.group()) < 100 and not self._final:
            return None
        return self._boundary_between(start, end, following, word.end())

    def _boundary_between(self, start: int, end: int, following: int, word_end: int) -> bool:
        text = self._mask[start:word_end]
        inside = text[: end - start]
        if len(inside) < _MAX_ENCLOSED and (inside.count('"') % 2 or inside.count("(") > inside.count(")")):
            return False
        if _TITLE.search(inside):
            return False
        if not ends_sentence(inside, text[len(inside) :], self._language):
            return False
        boundaries = get_sentence_boundaries(self._iso, text.replace("\n", " "))
        return any(end - start <= boundary["end_index"] <= following - start for boundary in boundaries)

    def _ends_line(self, start: int, at: int) -> bool | None:
        """Whether the line break ends the sentence, or only wraps it; None while that takes more text."""
        new_block = self._new_block_after(at)
        if new_block is not False:
            return new_block
        line = self._plain[max(self._plain.rfind("\n", 0, at) + 1, start) : at].rstrip()
        following = self._mask[_first_content(self._mask, at)]
        wrapped = at - (self._plain.rfind("\n", 0, at) + 1) >= _WRAPPED_LINE
        return line.endswith((":", ";")) or not (wrapped or following.islower())

    def _new_block_after(self, at: int) -> bool | None:
        """Whether the line break at this place separates blocks; None while the next line's start is incomplete."""
        content = _first_content(self._mask, at)
        if "\n" in self._mask[at + 1 : content]:
            return True
        if content == len(self._mask):
            return True if self._final else None
        if not self._final and _MAY_BE_BLOCK_START.match(self._mask, at + 1):
            return None
        block = _BLOCK_START.match(self._mask, at + 1)
        marked = block is not None and block.group().strip() != ""
        return marked or self._mask.startswith("|", block.end() if block else content)


def _first_content(text: str, at: int) -> int:
    """The first character from here on that is not white space; the text's length if there is none."""
    match = _NON_SPACE.search(text, at)
    return match.start() if match else len(text)
