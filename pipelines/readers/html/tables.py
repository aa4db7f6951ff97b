"""The cells of an HTML table, each in every row and column that it spans, and the rows of its head."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

# A table's grid may be this many times its cells: spans of a thousand rows and columns would be a page of their own.
_ORDER = {"thead": 0, "tbody": 1, "tr": 1, "tfoot": 2}
_GROWTH, _FREE_CELLS = 8, 2_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells with their text; `heads` is how many of them are the head."""

    rows: list[list[str]]
    heads: int


def own_rows(table: HtmlElement) -> list[list[HtmlElement]]:
    """The cells of the table's own rows, not those of tables inside it; a foot is last wherever it stands."""
    found: list[HtmlElement] = []
    for part in sorted((child for child in table if child.tag in _ORDER), key=lambda child: _ORDER[child.tag]):
        found += [part] if part.tag == "tr" else [row for row in part if row.tag == "tr"]
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in found]
    return [row for row in rows if row]


def read_grid(rows: Sequence[Sequence[HtmlElement]], texts: dict[HtmlElement, str]) -> Grid:
    """The table with its spans laid out: a value stands under each head, and in each row, that it is said of."""
    count = sum(len(row) for row in rows)
    width = _width(rows)
    spread = width * len(rows) <= max(_FREE_CELLS, _GROWTH * count)
    laid = _lay_out(rows, texts, width) if spread else [[texts[cell] for cell in row] for row in rows]
    heads = _count_heads(rows)
    if not heads or not spread:
        return Grid(laid, 1)
    head = [_joined([row[column] for row in laid[:heads] if column < len(row)]) for column in range(width)]
    return Grid([head, *laid[heads:]], 1)


def _width(rows: Sequence[Sequence[HtmlElement]]) -> int:
    """The columns in which a cell begins: a span that reaches beyond the last of them spans nothing."""
    widest, hanging = 0, list[int]()
    for row in rows:
        hanging = [left - 1 for left in hanging if left > 1]
        spans = [_span(cell, "colspan", 1_000) for cell in row[:-1]] + [1]
        widest = max(widest, min(len(hanging) + sum(spans), 1_000))
        below = [_span(cell, "rowspan", len(rows)) for cell in row]
        hanging = [*hanging, *(left for left, span in zip(below, spans, strict=True) for _ in range(span))][:1_000]
    return widest


def _lay_out(rows: Sequence[Sequence[HtmlElement]], texts: dict[HtmlElement, str], width: int) -> list[list[str]]:
    laid: list[list[str | None]] = [[None] * width for _ in rows]
    ends = _group_ends(rows)
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while column < width and laid[number][column] is not None:
                column += 1
            across = _span(cell, "colspan", width)
            alone = len(row) == 1 and across >= width  # a line across the table, which heads the rows below it
            last = min(number + _span(cell, "rowspan", ends[number] - number), len(rows))
            for below in range(number, last):
                for step in range(column, min(column + across, width)):
                    if laid[below][step] is None:
                        laid[below][step] = "" if alone and step > column else texts[cell]
            column += across
    return [trim_row([text or "" for text in row]) for row in laid]


def trim_row(row: list[str]) -> list[str]:
    """The row without the empty cells at its end, of which a table with one wide row has many."""
    while row and not row[-1]:
        row.pop()
    return row


def _group_ends(rows: Sequence[Sequence[HtmlElement]]) -> list[int]:
    """For each row the one after its group (head, body, foot), which no cell spans beyond."""
    groups = [row[0].getparent().getparent() for row in rows]
    ends = [len(rows)] * len(rows)
    for number in range(len(rows) - 2, -1, -1):
        ends[number] = ends[number + 1] if groups[number] is groups[number + 1] else number + 1
    return ends


def _count_heads(rows: Sequence[Sequence[HtmlElement]]) -> int:
    """Rows of the `thead`, else the first rows that hold nothing but `th`; never all of them."""
    heads = 0
    for row in rows:
        group = row[0].getparent().getparent()
        if group.tag != "thead" and not all(cell.tag == "th" for cell in row):
            break
        heads += 1
    return heads if heads < len(rows) else min(heads, 1)


def _joined(texts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(text for text in texts if text))


def _span(cell: HtmlElement, name: str, most: int) -> int:
    value = (cell.get(name) or "1").strip()
    number = int(value[:6]) if value[:6].isdecimal() else 1
    # A row span of 0 reaches to the end of its group.
    return max(1, min(number or (most if name == "rowspan" else 1), most))
