"""What belongs to a node without being embedded with it: the rest of its section, or of the blocks that a cut divided.

A node is small so that it can be found; a reader needs the list, the steps, the code or the sentence around it whole.
"""

from bisect import bisect_right
from collections.abc import Sequence

from pipelines.splitting.blocks import Block, Kind, read_blocks, trim
from pipelines.splitting.sections import Section
from pipelines.splitting.tokens import TokenMap

# What a passage may hold with its surroundings, in tokens of MiniLM: a section of this size is handed on whole.
MAX_TOKENS = 640


class Surroundings:
    """Widens the nodes of one section; `start:end` of a node are offsets in the page's text."""

    def __init__(self, text: str, section: Section, tokens: TokenMap) -> None:
        self._text = text
        self._tokens = tokens
        self._start, self._end = trim(text, section.start, section.end)
        self._whole = tokens.cost(self._start, self._end) <= MAX_TOKENS
        self._blocks: Sequence[Block] = () if self._whole else self._read(section)
        self._starts = [block.start for block in self._blocks]

    def widen(self, start: int, end: int) -> tuple[int, int]:
        """The section where it is short enough; else the node's blocks whole, with as many around them as fit.

        A block that is too long to be taken whole stays cut where the node was. What stands before gets half of the
        room that is left, and what follows the rest.
        """
        if self._whole:
            return self._start, self._end
        first = max(0, bisect_right(self._starts, start) - 1)
        last = max(first, bisect_right(self._starts, end - 1) - 1)
        start = self._begin_at(min(start, self._blocks[first].start), start, end, MAX_TOKENS)
        end = self._end_at(max(end, self._blocks[last].end), start, end)
        half = (MAX_TOKENS + self._tokens.cost(start, end)) // 2
        for before in reversed(self._blocks[:first]):
            if start == (start := self._begin_at(before.start, start, end, half)):
                break
        for after in self._blocks[last + 1 :]:
            if end == (end := self._end_at(after.end, start, end)):
                break
        return start, end

    def _read(self, section: Section) -> list[Block]:
        low, high = trim(self._text, section.start, section.body)
        heading = [Block(Kind.HEADING, low, high)] if low < high else []
        return [*heading, *read_blocks(self._text, section.body, section.end)]

    def _begin_at(self, wanted: int, start: int, end: int, most: int) -> int:
        return wanted if self._tokens.cost(wanted, end) <= most else start

    def _end_at(self, wanted: int, start: int, end: int) -> int:
        return wanted if self._tokens.cost(start, wanted) <= MAX_TOKENS else end
