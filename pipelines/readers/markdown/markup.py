"""What leaves a paragraph on its way to the page's text: tags, comments and expressions. Their text stays."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markdown_it.common.html_re import close_tag, open_tag

from pipelines.readers.markdown.jsx import Script, Tag, is_comment, literal_text

# Stands for lines that are put in a tag's place. No source holds it: NUL is replaced when a file is read.
SPLICE = re.compile("\x00(\\d+)\x00")

_TICKS = re.compile(r"`+")
_HIDDEN = re.compile(r"<(style|script|svg|template)\b[^>]*>", re.IGNORECASE)
_HTML_TAG = re.compile(rf"{open_tag}|{close_tag}|<\?[^>]*\?>|<![A-Za-z][^>]*>")
_TAG_NAME = re.compile(r"</?\s*([A-Za-z][\w.-]*)")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_BREAKING = re.compile(
    "br|p|div|t[dhr]|li|[uod]l|d[dt]|summary|details|h[1-6]|section|table|TabItem|Tabs", re.IGNORECASE
)
_TEMPLATE = re.compile(r"\{%.{0,2000}?%\}|\{\{.{0,2000}?\}\}|\{#.{0,2000}?#\}", re.DOTALL)
_ATTRIBUTE_LIST = re.compile(r"""\{:?\s*(?:[.#][\w:.-]+|[\w:-]+=(?:"[^"]*"|'[^']*'|[^\s}"']+)|\s)+\}""")


@dataclass(slots=True)
class Markup:
    """How the markup of one page is taken away.

    `values` are names that an expression may say; `splice` gives the number of the lines that a tag shows, or None.
    `keep_unknown` leaves `{name}` as it stands where no such name exists: then the page is not built as MDX.
    """

    mdx: bool = False
    templates: bool = False  # Jinja and attribute lists, as MkDocs sites have them
    values: Mapping[str, str] = field(default_factory=dict)
    keep_unknown: bool = False
    splice: Callable[[Tag], int | None] = lambda tag: None
    _script: Script = field(default_factory=lambda: Script(""))
    _never_closed: set[str] = field(default_factory=set)

    def text_of(self, source: str) -> str:
        """The paragraph (table, html block) without its markup; code spans and escapes stay as they are."""
        if not any(mark in source for mark in "<{"):
            return source
        self._script, self._never_closed = Script(source), set()
        out: list[str] = []
        position = 0
        while position < len(source):
            position = self._step(source, position, out)
        return "".join(out)

    def _step(self, source: str, position: int, out: list[str]) -> int:
        character = source[position]
        if character == "\\" and position + 1 < len(source):
            escaped = source[position + 1]
            out.append(escaped if self.mdx and escaped in "{}" else source[position : position + 2])
            return position + 2
        if character == "`":
            end = _code_span_end(source, position)
            out.append(source[position:end])
            return end
        if character == "<" and (after := self._strip_tag(source, position, out)) is not None:
            return after
        if character == "{" and (after := self._strip_braces(source, position, out)) is not None:
            return after
        next_mark = position + 1
        while next_mark < len(source) and source[next_mark] not in "\\`<{":
            next_mark += 1
        out.append(source[position:next_mark])
        return next_mark

    def _strip_tag(self, source: str, position: int, out: list[str]) -> int | None:
        if source.startswith("<!--", position):
            end = source.find("-->", position)
            return self._remove(source, len(source) if end < 0 else end + 3, out)
        if not self.mdx:
            return self._strip_html(source, position, out)
        tag = self._script.tag(position)
        if tag is None:
            return None
        number = self.splice(tag)
        if number is not None:
            out.append(f"\x00{number}\x00")
        return self._remove(source, tag.end, out, breaking=_BREAKING.fullmatch(tag.name) is not None)

    def _strip_html(self, source: str, position: int, out: list[str]) -> int | None:
        tag = _HTML_TAG.match(source, position)
        if not tag:
            return None
        hidden = _HIDDEN.match(source, position)
        name = _TAG_NAME.match(tag.group())
        end = (hidden and self._hidden_end(source, hidden.end(), hidden.group(1).lower())) or tag.end()
        breaking = name is not None and _BREAKING.fullmatch(name.group(1)) is not None
        return self._remove(source, end, out, breaking=breaking)

    def _hidden_end(self, source: str, position: int, name: str) -> int | None:
        """The end of an element whose content is no text (`<style>`); None where nothing closes it."""
        if name in self._never_closed:
            return None
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(source, position)
        if closing is None:
            self._never_closed.add(name)
        return closing.end() if closing else None

    def _strip_braces(self, source: str, position: int, out: list[str]) -> int | None:
        if self.templates:
            removed = _TEMPLATE.match(source, position)
            if not removed and out and out[-1][-1:] in ")]*_`":
                removed = _ATTRIBUTE_LIST.match(source, position)
            return self._remove(source, removed.end(), out) if removed else None
        if not self.mdx:
            return None
        end = self._script.expression_end(position)
        if end is None:
            return None
        inside = source[position + 1 : end - 1]
        text = self._expression_text(inside)
        if text is None:
            return None
        out.append(text)
        return end if text else self._remove(source, end, out)

    def _expression_text(self, inside: str) -> str | None:
        """What the reader sees for `{inside}`: nothing, where only running it could tell. None keeps the braces."""
        if is_comment(inside):
            return ""
        if (literal := literal_text(inside)) is not None:
            return literal
        name = inside.strip()
        if name in self.values:
            return self.values[name]
        return None if self.keep_unknown and _IDENTIFIER.fullmatch(name) else ""

    @staticmethod
    def _remove(source: str, end: int, out: list[str], *, breaking: bool = False) -> int:
        """Go on at `end`, leaving one blank where words would otherwise run together or stand two blanks apart."""
        before = out[-1][-1:] if out else ""
        after = source[end : end + 1]
        if after == " " and (not out or before in ("", " ", "\n")) and out:
            return end + 1
        if breaking and before and after and not before.isspace() and not after.isspace() and after != "<":
            out.append(" ")
        return end


def _code_span_end(source: str, position: int) -> int:
    """The end of the code span that opens here, or of its backticks where nothing closes them."""
    opening = _TICKS.match(source, position)
    length = opening.end() - position if opening else 1
    for ticks in _TICKS.finditer(source, position + length):
        if ticks.end() - ticks.start() == length:
            return ticks.end()
    return position + length
