"""The content of an HTML page → lines of markdown-like text with headings, whose anchors are the page's own ids.

Code stays as it is, in fences; lists, quotations and tables keep their markdown form; links leave their text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipelines.readers.html.boxes import holds_listings, is_box_title, layout_lines
from pipelines.readers.html.code import cell_lines, code_lines, code_span, inline_code, keeps_lines, table_code
from pipelines.readers.html.mathml import math_text
from pipelines.readers.html.numbering import integer, numbering, numeral
from pipelines.readers.html.pictures import picture_text, sign_text
from pipelines.readers.html.skipping import classes_of, is_permalink, is_skipped, script_of
from pipelines.readers.html.tables import is_table, own_rows, read_grid
from pipelines.readers.html.terms import Term, has_stray_text, is_plain_list, linked_term, restore_signatures
from pipelines.readers.lines import BLANK, Line, LineHeading, prefixed, trimmed
from pipelines.readers.scripts import joined_fractions, lowered, raised

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
        "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hgroup", "hr", "legend", "li", "main", "menu", "ol", "p", "pre", "search",
        "section", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr", "ul", "listing", "xmp",
    }
)  # fmt: skip
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_TAB_LABELS = frozenset({"tabbed-labels", "tabbed-set", "sd-tab-set", "tabs"})
_HEADING = re.compile(r"h([1-6])")
_BLOCK_ROLES = frozenset({"tab", "heading", "table", "grid", "treegrid", "row"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_BLOCK_STYLE = re.compile(r"(?:^|;)display:(?:block|flex|grid|table|list-item)\b", re.IGNORECASE)
_SIDE_NOTES = frozenset({"sidenote", "marginnote", "margin-note"})  # beside the line, not in it
_NO_PARAGRAPH = ("blockquote", "dl", "hr", "pre", "table", *sorted(_LISTS))
_LINE_BREAK = "\x00"


def html_lines(content: HtmlElement) -> list[Line]:
    """The lines of everything in the element that the reader sees. Raises RecursionError for absurd nesting."""
    return _Writer(content).children(content)


def element_lines(element: HtmlElement) -> list[Line]:
    """The lines of the element itself, such as a heading. Raises RecursionError as above."""
    return _Writer(element).block(element)


class _Writer:
    def __init__(self, root: HtmlElement) -> None:
        self._level = 1  # of the last heading
        self._depth = 0  # of definition lists around what is written
        self._with_blocks: set[HtmlElement] = set()
        for element in root.iter():
            if _is_block(element):
                for ancestor in element.iterancestors():
                    if ancestor in self._with_blocks:
                        break
                    self._with_blocks.add(ancestor)

    def children(self, element: HtmlElement) -> list[Line]:
        """Blocks and paragraphs directly under the element."""
        lines: list[Line] = []
        paragraph = [element.text or ""]
        for child in element:
            if not is_skipped(child):
                if _is_block(child) or child in self._with_blocks:
                    lines += [*_paragraph(paragraph), BLANK, *self.block(child), BLANK]
                    paragraph = []
                else:
                    paragraph.append(_inline_after("".join(paragraph[-3:]), child))
            paragraph.append(child.tail or "")
        return lines + _paragraph(paragraph)

    def block(self, element: HtmlElement) -> list[Line]:
        """The lines of an element that stands on its own."""
        tag = element.tag
        if level := _heading_level(element):
            if is_box_title(element) and _anchor(element) is None:
                return self.children(element)
            self._level = level
            return _heading(element, level)
        if tag in ("listing", "pre", "textarea", "xmp") or keeps_lines(element, _BLOCKS):
            return code_lines(element)
        if tag in _LISTS:
            return self._list(element, ordered=tag == "ol")
        if tag == "blockquote":
            return list(prefixed(trimmed(self.children(element)), "> ", "> "))
        if is_table(element):
            return self._table(element)
        if tag == "dl":
            is_fields = "field-list" in classes_of(element) and not has_stray_text(element)
            return self._fields(element) if is_fields else self._definitions(element)
        if tag == "dt" and (term := linked_term(element)):
            return [_term_heading(element, term, min(self._level + self._depth, 6))]
        if tag == "dd":
            return self._said(element)
        return [Line("---")] if tag == "hr" else self.children(element)

    def _definitions(self, element: HtmlElement) -> list[Line]:
        restore_signatures(element)
        self._depth += 1
        lines = self._entries(element) if is_plain_list(element) else self.children(element)
        self._depth -= 1
        return lines

    def _said(self, entry: HtmlElement) -> list[Line]:
        """What stands below a term. Headings in it are its own: the next term is no part of theirs."""
        level = self._level
        lines = self.children(entry)
        self._level = level
        return lines

    def _entries(self, element: HtmlElement) -> list[Line]:
        """Terms that nobody links to, each an item of a list with what is said of it."""
        items: list[list[Line]] = []
        before = ""
        for child in (child for child in element if not is_skipped(child)):
            said = trimmed(self._said(child))
            if child.tag == "dt" and before != "dt":
                items.append(said)
            elif said:
                goes_on = before == "dt" and next(child.iter(*_NO_PARAGRAPH), None) is None
                items[-1] += said if goes_on else [BLANK, *said]
            before = str(child.tag)
        return [line for item in items if item for line in prefixed(item, "- ", "  ")]

    def _fields(self, element: HtmlElement) -> list[Line]:
        """Fields of docutils ("Returns:"), which themes draw beside their texts: a field of one paragraph is a line."""
        lines: list[Line] = []
        label: Line | None = None
        for child in (child for child in element if not is_skipped(child)):
            said = trimmed(self._said(child))
            is_text = said and _is_text(said[0]) and next(child.iter(*_NO_PARAGRAPH), None) is None
            if label is not None and child.tag == "dd" and is_text:
                said[0] = replace(said[0], text=f"{label.text} {said[0].text}")
                del lines[-2:]
            label = said[-1] if child.tag == "dt" and said and _is_text(said[-1]) else None
            lines += [*said, BLANK]
        return lines

    def _list(self, element: HtmlElement, *, ordered: bool) -> list[Line]:
        lines = _paragraph([element.text or ""])
        items = [item for item in element if not is_skipped(item)]
        step = -1 if element.get("reversed") is not None else 1
        number = integer(element.get("start"), len(items) if step < 0 else 1)
        kind = numbering(element)
        for item in items:
            if item.tag in _LISTS:  # one that stands in this one and in no item of it
                lines += prefixed(trimmed(self.block(item)), "  ", "  ")
            else:
                number = integer(item.get("value"), number) if item.tag == "li" else number
                marker = f"{numeral(number, kind)}. " if ordered else "- "
                lines += prefixed(trimmed(self.children(item)), marker, " " * len(marker))
                number += step
            lines += _paragraph([item.tail or ""])
        return lines

    def _table(self, table: HtmlElement) -> list[Line]:
        rows = own_rows(table)
        if codes := table_code(rows):
            return cell_lines(codes) if len(codes) > 1 else self.children(codes[0])
        caption = next((child for child in table if child.tag == "caption"), None)
        above = [*self.children(caption), BLANK] if caption is not None and not is_skipped(caption) else []
        # Text between the rows is shown above the table.
        if stray := _paragraph([table.text or "", *(f" {child.tail or ''}" for child in table)]):
            above = [*stray, BLANK, *above]
        if (laid_out := layout_lines(table, rows, self.children, self._level)) is not None:
            return above + laid_out
        # What holds another table, or has a single column, lays out a page.
        is_layout = table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None
        if is_layout or holds_listings(rows) or max((len(row) for row in rows), default=0) < 2:
            return above + [line for row in rows for cell in row for line in [*self.children(cell), BLANK]]
        grid = read_grid(rows, {cell: self._cell(cell) for row in rows for cell in row})
        return above + [Line(line) for line in table_lines(grid.rows[0], grid.rows[1:])]

    def _cell(self, cell: HtmlElement) -> str:
        shown = [line for line in self.children(cell) if line.text.strip()]
        # Each line of code by itself: a row has no room for a fence.
        said = [
            replace(line, text=line.heading.text) if line.heading else line for line in shown if not _is_fence(line)
        ]
        parts = [code_span(line.text) if line.verbatim else line.text.strip() for line in said]
        # A cell without text may hold a sign, such as a hook for yes.
        return re.sub(r"\s+", " ", " ".join(parts) or sign_text(cell)).replace("|", "\\|")


def table_lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of markdown, in whose cells `|` is escaped already.

    Only the head is as wide as the widest row: all rows of a page that has one wide one and many short ones would be
    thousands of times its size.
    """
    rows = list(rows)
    width = max([len(head), *(len(row) for row in rows)])
    shown = [[*head, *[""] * (width - len(head))], *rows]
    written = ["| " + " | ".join(row) + " |" for row in shown]
    return [written[0], "|" + " --- |" * width, *written[1:]]


def _is_text(line: Line) -> bool:
    return bool(line.text) and not line.verbatim and line.heading is None


def _is_fence(line: Line) -> bool:
    return line.verbatim and line.text.startswith("```")


def _is_block(element: HtmlElement) -> bool:
    """Whether it stands on lines of its own: by its tag, or as the label of a tab, which are drawn apart."""
    if element.tag in _BLOCKS or element.get("role") in _BLOCK_ROLES or keeps_lines(element, _BLOCKS):
        return True
    if element.get("data-as") == "p" or _BLOCK_STYLE.search((element.get("style") or "").replace(" ", "")):
        return element.tag not in ("img", "math", "mjx-container")
    above, before = element.getparent(), element.getprevious()
    if element.tag != "label" or above is None:
        return False
    chooses = before is not None and before.tag == "input" and before.get("type") == "radio"  # tabs without a script
    return chooses or not _TAB_LABELS.isdisjoint(classes_of(above))


def _heading_level(element: HtmlElement) -> int | None:
    """1 to 6 for a heading, by its tag or its role; a page's own headings go no deeper."""
    if match := _HEADING.fullmatch(element.tag):
        return int(match[1])
    said = element.get("aria-level") or "" if element.get("role") == "heading" else ""
    return min(max(int(said), 1), 6) if said.isdecimal() and len(said) < 4 else None


def _heading(element: HtmlElement, level: int) -> list[Line]:
    text = _collapsed("".join(_inline_parts(element, in_heading=True))).replace("\n", " ").strip()
    if not text:
        # The heading of an accordion is a button, and nothing else.
        text = " ".join(" ".join(_inline_parts(button, in_heading=True)) for button in element.iter("button"))
        text = " ".join(text.split())
    if not text:
        return []
    plain = re.sub(r"`+", "", text)
    return [Line(f"{'#' * level} {text}", heading=LineHeading(level, plain, _anchor(element)))]


def _term_heading(element: HtmlElement, term: Term, level: int) -> Line:
    """A signature as it stands there; another term as a heading's text is read."""
    name = term.name
    if term.signature is None:
        name = next((line.heading.text for line in _heading(element, level) if line.heading), name)
    return Line(f"{'#' * level} {term.signature or name}", heading=LineHeading(level, name, term.anchor))


def _anchor(heading: HtmlElement) -> str | None:
    """The id of the heading, else what its permalink names, a target in it, before it, or the section it opens."""
    if heading.get("id"):
        return str(heading.get("id"))
    for link in heading.iter("a"):
        if is_permalink(link) and (named := unquote(link.get("href") or "")[1:]):
            return named
    for inner in heading.iter("a", "span"):
        if target := inner.get("id") or inner.get("name"):
            return str(target)
    before = heading.getprevious()
    if before is not None and before.tag in ("a", "span") and not "".join(before.itertext()).strip():
        return str(before.get("id") or before.get("name") or "") or None
    parent = heading.getparent()
    if parent is not None and parent.tag in ("section", "div", "article", "header") and parent.get("id"):
        # From the heading backwards: from the front every heading of the section would walk through all before it.
        earlier = (child for child in heading.itersiblings(preceding=True) if isinstance(child.tag, str))
        return str(parent.get("id")) if all(child.tag == "span" for child in earlier) else None
    return None


def _inline(element: HtmlElement, before: str) -> str:
    tag = element.tag
    if tag == "br":
        return _LINE_BREAK
    if tag in _CODE:
        return _LINE_BREAK.join(inline_code(element))
    if (formula := math_text(element)) is not None:
        return formula
    if tag == "img":
        return picture_text(element, before)
    if tag == "input":
        checkbox = (element.get("type") or "").lower() == "checkbox"
        return ("[x] " if element.get("checked") is not None else "[ ] ") if checkbox else ""
    text = "".join(_inline_parts(element, in_heading=False))
    if element.get("role") == "tooltip" or not _SIDE_NOTES.isdisjoint(classes_of(element)):
        return f" ({text.strip()}) " if text.strip() else ""
    if "eqno" in classes_of(element):  # at the other end of the line
        return f"{text} "
    if tag == "rt":
        return f"({text})"
    return f"“{text}”" if tag == "q" else text


def _inline_parts(element: HtmlElement, *, in_heading: bool) -> Iterator[str]:
    before = element.text or ""
    yield before
    for child in element:
        if not is_skipped(child) and not (in_heading and (is_permalink(child) or child.tag == "button")):
            text = _inline_after(before, child)
            text = f" {text} " if in_heading and _is_block(child) else text
            yield text
            before = text or before
        yield child.tail or ""
        before = child.tail or before


def _inline_after(before: str, element: HtmlElement) -> str:
    text, script = _inline(element, before), script_of(element)
    before = before.rpartition(_LINE_BREAK)[2]  # nothing is above or below the line before
    if text.startswith("`") and before.endswith("`"):
        return f" {text}"  # side by side, two keys would be code between double marks
    if script == "sup":
        return raised(before, text)
    return lowered(before, text) if script == "sub" else text


def _paragraph(parts: Iterable[str]) -> list[Line]:
    text = _collapsed("".join(parts))
    # What is no heading of the page must not look like one.
    return [Line(re.sub(r"^(#{1,6}(?:\s|$))", r"\\\1", line)) for line in text.split("\n")] if text else []


def _collapsed(text: str) -> str:
    lines = (re.sub(r"\s+", " ", line).strip() for line in joined_fractions(text).split(_LINE_BREAK))
    return "\n".join(line for line in lines if line)
