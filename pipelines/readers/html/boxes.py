"""Boxes beside the text (notes, tips, warnings) and what generators lay out as tables that hold no values.

DocBook and Asciidoctor draw an admonition, the notes of a listing, a quotation and questions with their answers in the
cells of a table; read as one, a paragraph of two hundred words would be a cell.
"""

import re
from collections.abc import Callable, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipelines.readers.html.skipping import classes_of
from pipelines.readers.lines import BLANK, Line, LineHeading, prefixed, trimmed

_BOXES = frozenset({"admonition", "caution", "danger", "important", "note", "tip", "warning"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SIGN = re.compile(r"\[.{1,40}\]")  # the alternative of the picture beside a box, if it has one: "[Note]"
_SIDE_BY_SIDE = 2
_LINES = 4
_NUMBER = re.compile(r"(?:[QA]|[\dIVXLC]{1,6}(?:\.\d{1,4}){0,3})?[.:]?")
_MOST_CHARS = 200  # of a question

Rows = Sequence[Sequence[HtmlElement]]
Children = Callable[[HtmlElement], list[Line]]


def is_box_title(heading: HtmlElement) -> bool:
    """Whether a heading titles a box, which opens no section: the text behind the box goes on as before."""
    box = heading.getparent()
    if box is None or box.tag not in ("aside", "div") or _BOXES.isdisjoint(classes_of(box)) or heading.tag == "h1":
        return False
    is_named = "title" in classes_of(heading) or "".join(heading.itertext()).strip(" :").lower() in _BOXES
    return is_named and len(list(islice(box.iter(*_HEADINGS), 2))) == 1


def holds_listings(rows: Rows) -> bool:
    """Whether a table shows code side by side, of more lines than a row has room for; more columns hold values."""
    if max((len(row) for row in rows), default=0) > _SIDE_BY_SIDE:
        return False
    codes = (code for row in rows for cell in row for code in _listings(cell))
    return any(_lines(code) > _LINES for code in codes)


def _lines(code: HtmlElement) -> int:
    own = sum("line" in classes_of(one) for one in code)  # Doxygen's lines are elements
    return max(own, "".join(code.itertext()).strip("\n").count("\n") + 1)


def _listings(cell: HtmlElement) -> list[HtmlElement]:
    return [one for one in cell.iter("pre", "div") if one.tag == "pre" or "fragment" in classes_of(one)]


def layout_lines(table: HtmlElement, rows: Rows, children: Children, level: int) -> list[Line] | None:
    """The lines of a table that a generator lays a part of the page out with; None for any other table.

    `children` reads a cell; `level` is that of the last heading, below which questions stand.
    """
    around = table.getparent()
    named = set() if around is None else classes_of(around)
    if not rows:
        return None
    if not named.isdisjoint(("admonitionblock", "calloutlist", "colist")):
        return _signed_rows(rows, children)
    if not _BOXES.isdisjoint(named) and _is_signed(rows):
        return _signed_box(rows, children)
    if "blockquote" in classes_of(table):
        return list(prefixed(trimmed(_cells(rows, children)), "> ", "> "))
    if _asks_and_answers(rows):
        return [line for row in rows for line in [*_asked(row, children, min(level + 1, 6)), BLANK]]
    return None


def _signed_box(rows: Rows, children: Children) -> list[Line]:
    """A box with a picture: its title, in the picture's row or the picture alone, and its text."""
    signs = [picture.get("alt") or "" for cell in rows[0] for picture in cell.iter("img")]
    title, said = signs[0].strip("[] "), list[Line]()
    is_titled = False
    for cell in rows[0]:
        lines = trimmed(children(cell)) if not _is_sign(cell) else []
        if len(lines) == 1 and len(rows) > 1 and not is_titled:
            title, is_titled = lines[0].text, True
        else:
            said += [*lines, BLANK]
    return [Line(title), BLANK, *said, *_cells(rows[1:], children)]


def _asks_and_answers(rows: Rows) -> bool:
    """Whether rows are questions and answers as DocBook has them: beside each its number, or nothing."""
    kinds = [classes_of(row[0].getparent()) for row in rows]
    named = [not kind.isdisjoint(("question", "answer")) for kind in kinds]
    numbered = all(len(row) == 2 and _NUMBER.fullmatch("".join(row[0].itertext()).strip()) for row in rows)
    return all(named) and numbered and any("question" in kind for kind in kinds) and any("answer" in k for k in kinds)


def _is_sign(cell: HtmlElement) -> bool:
    """Whether a cell holds the picture of a box and nothing else: one that says so, or one that says nothing."""
    said = [(picture.get("alt") or "").strip() for picture in cell.iter("img")]
    return len(said) == 1 and not "".join(cell.itertext()).strip() and (not said[0] or bool(_SIGN.fullmatch(said[0])))


def _is_signed(rows: Rows) -> bool:
    """Whether the first row has such a picture; a silent one beside the title of the box, over all of its rows."""
    first = rows[0]
    if any(_SIGN.fullmatch((picture.get("alt") or "").strip()) for cell in first for picture in cell.iter("img")):
        return any(map(_is_sign, first))
    over_all = len(rows) == 1 or first[0].get("rowspan") is not None
    return len(first) == _SIDE_BY_SIDE and over_all and _is_sign(first[0])


def _cells(rows: Rows, children: Children) -> list[Line]:
    return [line for row in rows for cell in row for line in [*children(cell), BLANK]]


def _signed_rows(rows: Rows, children: Children) -> list[Line]:
    """An admonition or the notes of a listing: its sign, and its text."""
    lines: list[Line] = []
    for first, *rest in rows:
        icon = next(first.iter("i"), None)
        picture = next(first.iter("img"), None)
        said = _cells([rest], children)
        drawn = (picture.get("alt") or "").strip("() ") if picture is not None else ""
        numbered = (icon.get("data-value") if icon is not None else None) or (drawn if drawn.isdecimal() else None)
        named = (icon.get("title") if icon is not None else None) or " ".join("".join(first.itertext()).split())
        if numbered:
            lines += prefixed(trimmed(said), f"{numbered}. ", "   ")
        else:
            lines += [Line(named or drawn), BLANK, *said]
    return lines


def _asked(row: Sequence[HtmlElement], children: Children, level: int) -> list[Line]:
    """A question as a heading that links lead to, an answer as the text below it."""
    said = trimmed(_cells([row[1:]], children))
    anchor = next((target for one in row[0].iter("a") if (target := one.get("id") or one.get("name"))), None)
    text = said[0].text if len(said) == 1 and not said[0].verbatim else ""
    if "question" not in classes_of(row[0].getparent()) or not anchor or not text or len(text) > _MOST_CHARS:
        return said
    return [Line(f"{'#' * level} {text}", heading=LineHeading(level, text, anchor))]
