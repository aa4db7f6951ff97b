"""The cells of an HTML table, each in every row and column that it spans, and the rows of its head."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

# A table's grid may be this many times its cells: spans of a thousand rows and columns would be a page of their own.
_TABLE_ROLES = frozenset({"table", "grid", "treegrid"})
_ROW_ROLES = frozenset({"row"})
_CELL_ROLES = frozenset({"cell", "gridcell", "columnheader", "rowheader"})
_MOST_PAIRED = 2  # columns of a table whose first row is no head unless it says so: a name, and its value
_ORDER = {"thead": 0, "tbody": 1, "tr": 1, "tfoot": 2}
_GROWTH, _FREE_CELLS = 8, 2_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells with their text; `heads` is how many of them are the head."""

    rows: list[list[str]]
    heads: int


def is_table(element: HtmlElement) -> bool:
    """Whether an element is a table by its tag, or by the role that its author gave it."""
    return element.tag == "table" or element.get("role") in _TABLE_ROLES


def own_rows(table: HtmlElement) -> list[list[HtmlElement]]:
    """The cells of the table's own rows, not those of tables inside it; a foot is last wherever it stands."""
    if table.tag != "table":
        return [cells for cells in (list(_by_role(row, _CELL_ROLES)) for row in _by_role(table, _ROW_ROLES)) if cells]
    found: list[HtmlElement] = []
    for part in sorted((child for child in table if child.tag in _ORDER), key=lambda child: _ORDER[child.tag]):
        found += [part] if part.tag == "tr" else [row for row in part if row.tag == "tr"]
    rows = [
        [cell for cell in row if cell.tag in ("td", "th") and not _is_unseen(cell)]
        for row in found
        if not _is_unseen(row)
    ]
    return [row for row in rows if row]


def _is_unseen(part: HtmlElement) -> bool:
    """Whether a row or cell says by an attribute that it is not there: what a style hides, a script unfolds."""
    return part.get("hidden") is not None or part.get("aria-hidden") == "true"


def _by_role(element: HtmlElement, roles: frozenset[str]) -> Iterator[HtmlElement]:
    """The elements of these roles, not those in one of them or in another table."""
    for child in element:
        if child.get("role") in roles:
            if not _is_unseen(child):
                yield child
        elif isinstance(child.tag, str) and not is_table(child):
            yield from _by_role(child, roles)


def read_grid(rows: Sequence[Sequence[HtmlElement]], texts: dict[HtmlElement, str]) -> Grid:
    """The table with its spans laid out: a value stands under each head, and in each row, that it is said of."""
    count = sum(len(row) for row in rows)
    width = _width(rows)
    spread = width * len(rows) <= max(_FREE_CELLS, _GROWTH * count)
    laid = _lay_out(rows, texts, width) if spread else [[texts[cell] for cell in row] for row in rows]
    heads = _count_heads(rows)
    if not heads and _begins_without_head(rows):
        return Grid([[""] * width, *laid], 1)
    if not heads or not spread:
        return Grid(laid, 1)
    head = [_joined([row[column] for row in laid[:heads] if column < len(row)]) for column in range(width)]
    return Grid([head, *laid[heads:]], 1)


def _width(rows: Sequence[Sequence[HtmlElement]]) -> int:
    """The columns in which a cell begins: a span that reaches beyond the last of them spans nothing."""
    widest, hanging = 0, list[int]()
    ends = _group_ends(rows)
    for number, row in enumerate(rows):
        # No cell hangs down into the next group.
        hanging = [left - 1 for left in hanging if left > 1] if number and ends[number - 1] != number else []
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
    groups = [_group(row) for row in rows]
    ends = [len(rows)] * len(rows)
    for number in range(len(rows) - 2, -1, -1):
        ends[number] = ends[number + 1] if groups[number] is groups[number + 1] else number + 1
    return ends


def _count_heads(rows: Sequence[Sequence[HtmlElement]]) -> int:
    """Rows of the `thead`, else the first rows that hold nothing but `th`; never all of them."""
    is_named = _group(rows[0]).tag == "thead"
    heads = 0
    for row in rows:
        # Below a head that says so, a row of names heads the rows below it.
        if not (_group(row).tag == "thead" if is_named else all(_is_head(cell) for cell in row)):
            break
        heads += 1
    return heads if heads < len(rows) else min(heads, 1)


def _group(row: Sequence[HtmlElement]) -> HtmlElement:
    """What the row stands in: the head, a body, the foot, or the table itself."""
    return row[0].getparent().getparent()


def _is_head(cell: HtmlElement) -> bool:
    """Whether the cell names a column: by its tag or role, or since all of its text is bold."""
    if cell.tag == "th" or cell.get("role") == "columnheader":
        return True
    bold = "".join("".join(one.itertext()) for one in cell if one.tag in ("b", "strong"))
    return bool(bold.strip()) and bold.split() == "".join(cell.itertext()).split()


def _begins_without_head(rows: Sequence[Sequence[HtmlElement]]) -> bool:
    """Whether the first row is one like the others: names beside their values, not above them."""
    if len(rows) < 2:
        return False
    return _are_named_by_side(rows) or all(len(row) <= _MOST_PAIRED for row in rows)


def _are_named_by_side(rows: Sequence[Sequence[HtmlElement]]) -> bool:
    """Whether each row begins with its name, or stands beside one that spans several rows."""
    covered = 0
    for row in rows:
        if not covered and row[0].tag != "th" and row[0].get("role") != "rowheader":
            return False
        covered = (covered or _span(row[0], "rowspan", len(rows))) - 1
    return True


def _joined(texts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(text for text in texts if text))


def _span(cell: HtmlElement, name: str, most: int) -> int:
    value = (cell.get(name) or "1").strip()
    number = int(value[:6]) if value[:6].isdecimal() else 1
    # A row span of 0 reaches to the end of its group.
    return max(1, min(number or (most if name == "rowspan" else 1), most))
