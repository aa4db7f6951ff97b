"""The content of an HTML page → lines of markdown-like text with headings, whose anchors are the page's own ids.

Code stays as it is, in fences; lists, quotations and tables keep their markdown form; links leave their text.
"""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from pipelines.readers.html.skipping import is_permalink, is_skipped
from pipelines.readers.lines import BLANK, Line, LineHeading

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "main", "ol", "p",
        "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_HEADING = re.compile(r"h([1-6])")
_LANGUAGE = re.compile(r"(?:language|lang|highlight)-(?:source-)?([\w+#-]+)")
_NO_LANGUAGE = frozenset({"none", "default", "text", "plaintext", "notranslate"})
_NUMBERS = frozenset({"linenos", "lineno", "linenodiv", "gutter", "hljs-ln-numbers", "rouge-gutter"})
_LINE_BREAK = "\x00"


def html_lines(content: HtmlElement) -> list[Line]:
    """The lines of everything in the element that the reader sees. Raises RecursionError for absurd nesting."""
    return _Writer(content).children(content)


class _Writer:
    def __init__(self, root: HtmlElement) -> None:
        self._with_blocks: set[HtmlElement] = set()
        for element in root.iter():
            if element.tag in _BLOCKS:
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
                if child.tag in _BLOCKS or child in self._with_blocks:
                    lines += [*_paragraph(paragraph), BLANK, *self._block(child), BLANK]
                    paragraph = []
                else:
                    paragraph.append(_inline(child))
            paragraph.append(child.tail or "")
        return lines + _paragraph(paragraph)

    def _block(self, element: HtmlElement) -> list[Line]:
        tag = element.tag
        if match := _HEADING.fullmatch(tag):
            return _heading(element, int(match[1]))
        if tag == "pre":
            return _fence(element)
        if tag in ("ul", "ol"):
            return self._list(element, ordered=tag == "ol")
        if tag == "blockquote":
            return list(_prefixed(_trimmed(self.children(element)), "> ", "> "))
        if tag == "table":
            return self._table(element)
        return [Line("---")] if tag == "hr" else self.children(element)

    def _list(self, element: HtmlElement, *, ordered: bool) -> list[Line]:
        lines: list[Line] = []
        number = 0
        for item in element:
            if is_skipped(item):
                continue
            number += 1
            marker = f"{number}. " if ordered else "- "
            lines += _prefixed(_trimmed(self.children(item)), marker, " " * len(marker))
        return lines

    def _table(self, table: HtmlElement) -> list[Line]:
        rows = _rows(table)
        codes = [cell for row in rows for cell in row if _classes(cell) & {"code", "rouge-code"}]
        if codes and any(_classes(cell) & _NUMBERS for row in rows for cell in row):
            return [line for cell in codes for line in self.children(cell)]
        # What holds another table, or has a single column, lays out a page.
        is_layout = table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None
        if is_layout or max((len(row) for row in rows), default=0) < 2:
            return [line for row in rows for cell in row for line in [*self.children(cell), BLANK]]
        shown = [[self._cell(cell) for cell in row] for row in rows]
        width = max(len(row) for row in shown)
        # Only the head, which must be as wide as the rule below it: all rows of a page that has one wide one and many
        # short ones would be thousands of times its size.
        shown[0] += [""] * (width - len(shown[0]))
        written = ["| " + " | ".join(row) + " |" for row in shown]
        return [Line(line) for line in [written[0], "|" + " --- |" * width, *written[1:]]]

    def _cell(self, cell: HtmlElement) -> str:
        text = " ".join(line.text.strip() for line in self.children(cell) if line.text.strip())
        return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _rows(table: HtmlElement) -> list[list[HtmlElement]]:
    """The cells of the table's own rows, not those of tables inside it."""
    groups = [table, *(child for child in table if child.tag in ("thead", "tbody", "tfoot"))]
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for group in groups for row in group if row.tag == "tr"]
    return [row for row in rows if row]


def _heading(element: HtmlElement, level: int) -> list[Line]:
    text = _collapsed("".join(_inline_parts(element, in_heading=True))).replace("\n", " ").strip()
    if not text:
        return []
    plain = re.sub(r"`+", "", text)
    return [Line(f"{'#' * level} {text}", heading=LineHeading(level, plain, _anchor(element)))]


def _anchor(heading: HtmlElement) -> str | None:
    """The id of the heading, else of a target in it, right before it, or of the section that it opens."""
    if heading.get("id"):
        return str(heading.get("id"))
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


def _fence(pre: HtmlElement) -> list[Line]:
    code = "".join(_code_parts(pre)).replace("\r\n", "\n").strip("\n")
    if not code.strip():
        return []
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return [Line(line, verbatim=True) for line in [fence + _language(pre), *code.split("\n"), fence]]


def _code_parts(element: HtmlElement) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == "br":
            yield "\n"
        elif isinstance(child.tag, str) and child.tag != "button" and not _classes(child) & _NUMBERS:
            yield from _code_parts(child)
        yield child.tail or ""


def _language(pre: HtmlElement) -> str:
    around = [*pre.iter("code"), pre, *list(pre.iterancestors())[:3]]
    found = (match[1] for element in around for match in _LANGUAGE.finditer(element.get("class") or ""))
    return next((language for language in found if language not in _NO_LANGUAGE), "")


def _inline(element: HtmlElement) -> str:
    if element.tag == "br":
        return _LINE_BREAK
    if element.tag in _CODE:
        return _code_span("".join(element.itertext()))
    formula = next(element.iter("annotation"), None) if element.tag in ("math", "span") else None
    if formula is not None and "tex" in (formula.get("encoding") or ""):
        return f"${''.join(formula.itertext()).strip()}$"
    return "".join(_inline_parts(element, in_heading=False))


def _inline_parts(element: HtmlElement, *, in_heading: bool) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if not is_skipped(child) and not (in_heading and is_permalink(child)):
            yield _inline(child)
        yield child.tail or ""


def _code_span(code: str) -> str:
    code = re.sub(r"\s+", " ", code).strip()
    if not code:
        return ""
    longest = max((len(ticks) for ticks in re.findall(r"`+", code)), default=0)
    ticks = "`" * (longest + 1)
    padding = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{ticks}{padding}{code}{padding}{ticks}"


def _paragraph(parts: Iterable[str]) -> list[Line]:
    text = _collapsed("".join(parts))
    # What is no heading of the page must not look like one.
    return [Line(re.sub(r"^(#{1,6}(?:\s|$))", r"\\\1", line)) for line in text.split("\n")] if text else []


def _collapsed(text: str) -> str:
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.split(_LINE_BREAK))
    return "\n".join(line for line in lines if line)


def _prefixed(lines: Iterable[Line], first: str, rest: str) -> Iterator[Line]:
    prefix = first
    for line in lines:
        blank = not line.text and not line.verbatim
        yield line if blank else Line(prefix + line.text, line.verbatim, line.heading)
        prefix = prefix if blank else rest


def _trimmed(lines: list[Line]) -> list[Line]:
    shown = [
        line for line, before in zip(lines, [BLANK, *lines], strict=False) if not (line is BLANK and before is BLANK)
    ]
    return shown[:-1] if shown and shown[-1] is BLANK else shown


def _classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())
