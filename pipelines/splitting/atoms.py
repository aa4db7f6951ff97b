"""The atoms of a section: the largest blocks that still fit into a node, and what a cut between them is worth."""

import hashlib
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from pipelines.splitting.blocks import Block, Kind, read_blocks, read_parts, read_sentences, trim
from pipelines.splitting.cutting import Atom, Room
from pipelines.splitting.sections import Section
from pipelines.splitting.tokens import TokenMap

# How good a cut before a block is. 0 ties a block to a lead-in before it; places inside words are the last resort.
_RANKS = {
    Kind.HEADING: 7, Kind.PARAGRAPH: 7, Kind.ITEM: 6, Kind.TABLE: 6, Kind.FENCE: 5,
    Kind.LINE: 4, Kind.SENTENCE: 4, Kind.WORD: 2,
}  # fmt: skip
_INSIDE_AN_ITEM = 5
_BESIDE_NO_SPACE = 1
_TIED = 0

# Characters on each side of a place that decide its strength: an edit further away leaves it as it is.
_CONTEXT = 48

# A block that introduces the next one is short.
_LEAD_IN_CHARS = 200


class SectionAtoms:
    """The atoms of one section of a page, and what a node repeats that starts at one of them."""

    def __init__(self, text: str, section: Section, tokens: TokenMap, room: Room, language: str = "en") -> None:
        self._text = text
        self._tokens = tokens
        self._room = room
        self._language = language
        self._blocks: list[Block] = []
        self._ranks: list[int] = []
        for block in self._outermost(section):
            self._take_apart(block, _RANKS[block.kind])
        self.atoms = [self._atom(index) for index in range(len(self._blocks))]

    def overlap_start(self, index: int) -> int:
        """Where a node starts that has atom `index` as its first: there, or before it at whole sentences.

        Only the block right before is repeated, so that an edit further up leaves the node as it is. Code and
        tables are repeated whole or not at all.
        """
        start = self._blocks[index].start
        if index == 0 or self._room.overlap == 0:
            return start
        before = self._blocks[index - 1]
        if before.kind in (Kind.LINE, Kind.WORD):
            return start
        if before.kind in (Kind.PARAGRAPH, Kind.SENTENCE):
            parts = read_sentences(self._text, before.start, before.end, self._language)
        else:
            parts = [before]
        for part in reversed(parts):
            if self._tokens.cost(part.start, self._blocks[index].start) > self._room.overlap:
                break
            start = part.start
        return start

    def overlap_cost(self, index: int) -> int:
        """What the node that starts at atom `index` repeats, in tokens."""
        return self._tokens.cost(self.overlap_start(index), self._blocks[index].start)

    def _outermost(self, section: Section) -> Iterator[Block]:
        low, high = trim(self._text, section.start, section.body)
        if low < high:
            yield Block(Kind.HEADING, low, high)
        yield from read_blocks(self._text, section.body, section.end)

    def _take_apart(self, whole: Block, rank: int) -> None:
        """Appends `whole` if it fits, else its parts, each taken apart in turn."""
        stack = [(whole, rank)]
        while stack:
            block, rank = stack.pop()
            if self._tokens.cost(block.start, block.end) <= self._room.core:
                self._blocks.append(block)
                self._ranks.append(rank)
            elif block.kind in (Kind.LINE, Kind.SENTENCE):
                self._append_words(block, rank)
            else:
                ceiling = _INSIDE_AN_ITEM if block.kind is Kind.ITEM else max(_RANKS.values())
                parts = read_parts(self._text, block, self._language)
                ranks = [rank, *(min(_RANKS[part.kind], ceiling) for part in parts[1:])]
                stack.extend(reversed(list(zip(parts, ranks, strict=True))))

    def _append_words(self, block: Block, rank: int) -> None:
        starts = [block.start, *self._tokens.word_starts(block.start + 1, block.end), block.end]
        for word_start, word_end in pairwise(starts):
            low, high = trim(self._text, word_start, word_end)
            for start, end in self._parts_of_word(low, high):
                self._blocks.append(Block(Kind.WORD, start, end))
                spaced = start == word_start and self._text[start - 1 : start].isspace()
                self._ranks.append(rank if start == block.start else _RANKS[Kind.WORD] if spaced else _BESIDE_NO_SPACE)

    def _parts_of_word(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The word itself if it fits, else parts of a quarter of the room that keep accents with their letters."""
        if low < high and self._tokens.cost(low, high) <= self._room.core:
            yield low, high
            return
        start, cost = low, 0
        for offset in range(low, high):
            letter = self._text[offset]
            width = len(unicodedata.normalize("NFD", letter))
            full = cost >= self._room.core // 4 and not unicodedata.category(letter).startswith("M")
            if cost and (full or cost + width > self._room.core):
                yield start, offset
                start, cost = offset, 0
            cost += width
        if start < high:
            yield start, high

    def _atom(self, index: int) -> Atom:
        block = self._blocks[index]
        cost = self._tokens.cost(block.start, block.end)
        if index == 0:
            return Atom(block.start, block.end, cost, self._ranks[0], 0)
        before = self._blocks[index - 1]
        rank = _TIED if self._leads_in(before) else self._ranks[index]
        return Atom(block.start, block.end, cost, rank, self._digest(before, block))

    def _leads_in(self, block: Block) -> bool:
        if block.kind is Kind.HEADING:
            return True
        if block.kind in (Kind.WORD, Kind.LINE, Kind.FENCE) or block.end - block.start > _LEAD_IN_CHARS:
            return False
        last = self._text[block.start : block.end].rstrip("*_ ")
        return last.endswith((":", "："))

    def _digest(self, before: Block, after: Block) -> int:
        # Beside a word its neighbours count too, since words repeat.
        low = 0 if before.kind is Kind.WORD else before.start
        high = len(self._text) if after.kind is Kind.WORD else after.end
        left = self._text[max(low, before.end - _CONTEXT) : before.end]
        right = self._text[after.start : min(high, after.start + _CONTEXT)]
        sides = f"{left}\0{right}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(sides, digest_size=8).digest(), "big")
