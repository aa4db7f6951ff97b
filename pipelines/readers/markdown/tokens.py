"""What the block tokens of markdown-it say about lists, tables and whole HTML."""

import html
import re
import textwrap
from collections.abc import Sequence

from lxml import etree
from lxml.html import fragment_fromstring
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipelines.readers.html.frames import frames_of
from pipelines.readers.html.lines import html_lines
from pipelines.readers.lines import Line
from pipelines.readers.markdown.jsx import Script, literal_text
from pipelines.readers.markdown.markup import Markup

_WHOLE = re.compile(
    r"\s*<(table|ol|ul|dl|pre|p|details|figure|blockquote|math|div|section|h[1-6])\b([^<>]*)>", re.IGNORECASE
)
_MARKDOWN = re.compile(r"^[ \t]*(?:```|~~~|[-*+] |#{1,6} |\d+\. )", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,1000}\)")


def number_items(tokens: Sequence[Token], source: list[str]) -> None:
    """Writes into the lines the numbers that the page shows: `1. 1. 1.` counts on from its first."""
    counts: list[int | None] = []
    for token in tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            counts.append(int(token.attrGet("start") or token.attrs.get("start", 1)) if token.tag == "ol" else None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            counts.pop()
        elif token.type == "list_item_open" and counts and counts[-1] is not None and token.map:
            shown, line = str(counts[-1]), token.map[0]
            counts[-1] += 1
            if token.info != shown and token.info:
                source[line] = re.sub(rf"(?<!\d){re.escape(token.info)}(?=[.)])", shown, source[line], count=1)


def table_cells(tokens: Sequence[Token], start: int) -> list[list[str]]:
    """The source of each cell of the table that opens at `start`, the head first."""
    rows: list[list[str]] = []
    for index in range(start + 1, len(tokens)):
        token = tokens[index]
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and tokens[index - 1].type in ("th_open", "td_open"):
            rows[-1].append(token.content)
    return rows


def whole_html_lines(source: str, markup: Markup) -> list[Line] | None:
    """The lines of HTML that closes what it opens; None where it does not, or where markdown stands in it."""
    opened = _WHOLE.match(source)
    if opened is None or "markdown" in opened[2]:
        return None
    name = opened[1].lower()
    found = re.findall(rf"<(/?){name}\b", source, re.IGNORECASE)
    if found.count("") != found.count("/") or not re.search(rf"</{name}\s*>[^<]*$", source, re.IGNORECASE):
        return None
    if name == "table":
        source = _with_rendered_cells(source)
    if name not in ("pre", "table") and "\n\n" in source and _MARKDOWN.search(source):
        return None
    try:
        element = fragment_fromstring(_resolved(source, markup) if markup.mdx else source, create_parent="div")
        lines = html_lines(element)
        markup.frames.update(frames_of(element))
    except (etree.LxmlError, RecursionError, ValueError):
        return None
    return [line if line.verbatim else Line(_LINK.sub(r"\1", line.text), heading=line.heading) for line in lines]


_CELL_TAG = re.compile(r"<(/?)(t[dh])\b[^<>]{0,2000}>", re.IGNORECASE)
_NOTE_OPENS, _FENCE = re.compile(r" {0,3}\[\^[^\s\[\]]+\]:"), re.compile(r" {0,3}(`{3,}|~{3,})")


def _with_rendered_cells(source: str) -> str:
    """The table with the markdown in its cells, which stands between blank lines, as HTML."""
    out, position, opened = list[str](), 0, None
    for tag in _CELL_TAG.finditer(source):
        if not tag[1]:
            opened = tag.end()
        elif opened is not None:
            inside = source[opened : tag.start()]
            if _BLANK_LINE.match(inside):
                rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(textwrap.dedent(inside))
                out += [source[position:opened], rendered]
                position = tag.start()
            opened = None
    return "".join([*out, source[position:]]) if out else source


_BLANK_LINE = re.compile(r"[ \t]*\n[ \t]*\n")


def dedent_notes(source: str) -> str:
    """The page with the paragraphs of its notes, which stand in below the note's mark, as paragraphs and no code."""
    lines, inside, fence = source.split("\n"), False, ""
    for index, line in enumerate(lines):
        if inside and line.startswith("    "):
            lines[index] = line = line[4:]
        elif inside and line.strip():
            # A line that does not stand in goes on with the paragraph above it, or ends the note.
            inside = bool(lines[index - 1].strip())
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and _NOTE_OPENS.match(line):
            inside = True
    return "\n".join(lines)


def _resolved(source: str, markup: Markup) -> str:
    """JSX as HTML: what is known of its expressions in their place."""
    script, out, position = Script(source), list[str](), 0
    while (start := source.find("{", position)) >= 0:
        end = script.expression_end(start)
        if end is None:
            break
        inside = source[start + 1 : end - 1]
        if source[start - 1 : start] == "=":
            shown = f'"{html.escape(literal_text(inside) or "")}"'
        else:
            text = markup.expression(inside)
            shown = html.escape(source[start:end] if text is None else text)
        out += [source[position:start], shown]
        position = end
    return "".join([*out, source[position:]])
