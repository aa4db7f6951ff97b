"""The names of the columns, for the parts of a table that a cut left without them."""

from bisect import bisect_right

from pipelines.splitting.blocks import Kind, read_blocks
from pipelines.splitting.sections import Section
from pipelines.splitting.tokens import TokenMap


class TableHeads:
    """The heads of one section's tables. One that costs more than `most` tokens is not repeated."""

    def __init__(self, text: str, section: Section, tokens: TokenMap, most: int) -> None:
        self._text = text
        self._tables: list[tuple[int, int, int]] = []  # where the table begins, its head's line ends, the table ends
        self.tokens = 0  # of the dearest head
        if "|" not in text[section.body : section.end]:
            return
        for block in read_blocks(text, section.body, section.end):
            if block.kind is not Kind.TABLE:
                continue
            line_end = text.index("\n", block.start, block.end)
            cost = tokens.cost(block.start, line_end)
            if cost <= most:
                self._tables.append((block.start, line_end, block.end))
                self.tokens = max(self.tokens, cost)
        self._starts = [start for start, _, _ in self._tables]

    def above(self, start: int) -> str:
        """The head of the table in whose rows `start` is; empty where it is in none, or before its head."""
        index = bisect_right(self._starts, start) - 1 if self._tables else -1
        if index < 0:
            return ""
        begin, line_end, end = self._tables[index]
        return self._text[begin:line_end].strip() if line_end < start < end else ""
