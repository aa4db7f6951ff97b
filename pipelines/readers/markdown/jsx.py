"""The syntax that MDX adds to markdown: where an expression, a tag or a block of JavaScript ends.

The grammar is that of micromark-extension-mdx-jsx and -mdx-expression, without checking the JavaScript inside.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z_$][\w$-]*(?:[.:][A-Za-z_$][\w$-]*)*")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_$][\w$-]*(?::[A-Za-z_$][\w$-]*)?")
_BLANKS = re.compile(r"\s*")
_STRING = re.compile(r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\"""", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
# Bounds of a template literal, so that text full of backticks is not walked again from each of them.
_TEMPLATE_CHARACTERS, _TEMPLATE_DEPTH = 20_000, 20
_COMMENT_CHARACTERS = 20_000
_CLOSERS = {"{": "}", "(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A JSX tag `source[start:end]`. `attributes` holds those whose value is a plain string."""

    name: str
    start: int
    end: int
    closing: bool = False
    self_closing: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


class Script:
    """A source text that may hold JSX and JavaScript.

    It remembers which brackets never close, so that a page of opening braces costs time linear in its length.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._unclosed: set[int] = set()

    def tag(self, start: int) -> Tag | None:
        """The tag that begins with `<` at `start`; None where there is none, or where it never ends."""
        source, position = self._source, start + 1
        if position >= len(source) or source[position].isspace():
            return None
        closing = source[position] == "/"
        position = _skip_blanks(source, position + 1) if closing else position
        name = _NAME.match(source, position)
        position = name.end() if name else position
        return self._rest_of_tag(position, start, name.group() if name else "", closing)

    def _rest_of_tag(self, position: int, start: int, name: str, closing: bool) -> Tag | None:
        source, attributes = self._source, dict[str, str]()
        while True:
            position = _skip_blanks(source, position)
            if source.startswith(">", position):
                return Tag(name, start, position + 1, closing, False, attributes)
            if source.startswith("/", position):
                end = _skip_blanks(source, position + 1)
                return Tag(name, start, end + 1, closing, True, attributes) if source.startswith(">", end) else None
            after = self._attribute(position, attributes) if name and not closing else None
            if after is None:
                return None
            position = after

    def _attribute(self, position: int, attributes: dict[str, str]) -> int | None:
        """The end of the attribute at `position`, written to `attributes` where its value is a string."""
        source = self._source
        if source.startswith("{", position):
            return self.expression_end(position)
        name = _ATTRIBUTE_NAME.match(source, position)
        if not name:
            return None
        position = _skip_blanks(source, name.end())
        if not source.startswith("=", position):
            return name.end()
        position = _skip_blanks(source, position + 1)
        quote = source[position : position + 1]
        if quote == "{":
            end = self.expression_end(position)
            if end is not None and (value := _literal_value(source[position + 1 : end - 1])) is not None:
                attributes[name.group()] = value
            return end
        end = source.find(quote, position + 1) if quote in ("'", '"') else -1
        if end < 0:
            return None
        attributes[name.group()] = html.unescape(source[position + 1 : end])
        return end + 1

    def expression_end(self, start: int) -> int | None:
        """The position after the `}` that closes the `{` at `start`; None where nothing closes it."""
        if start in self._unclosed:
            return None
        opened: list[int] = []
        position = start
        while position < len(self._source):
            skipped = _skip_literal(self._source, position)
            if skipped > position:
                position = skipped
                continue
            character = self._source[position]
            if character in _CLOSERS:
                opened.append(position)
            elif opened and character == _CLOSERS[self._source[opened[-1]]]:
                opened.pop()
                if not opened:
                    return position + 1
            position += 1
        self._unclosed.update(opened)
        return None


def _skip_blanks(source: str, position: int) -> int:
    match = _BLANKS.match(source, position)
    return match.end() if match else position


def _skip_literal(source: str, position: int) -> int:
    """The end of the string, template or comment at `position`; `position` itself where there is none.

    A quote after a letter is an apostrophe in JSX text (`don't`), not the start of a string.
    """
    character = source[position]
    if character in "'\"":
        apostrophe = position > 0 and source[position - 1].isalnum()
        string = None if apostrophe else _STRING.match(source, position)
        return string.end() if string else position
    if character == "`":
        return _template_end(source, position)
    if source.startswith("/*", position):
        end = source.find("*/", position + 2, position + _COMMENT_CHARACTERS)
        return position if end < 0 else end + 2
    # `//` after a colon is an address in JSX text.
    if source.startswith("//", position) and source[position - 1 : position] != ":":
        end = source.find("\n", position)
        return len(source) if end < 0 else end
    return position


def _template_end(source: str, start: int) -> int:
    """The end of a template literal, the holes in it included; `start` where it never ends, or only too far away."""
    position, depth = start + 1, 0
    stop = min(len(source), start + _TEMPLATE_CHARACTERS)
    while position < stop and depth < _TEMPLATE_DEPTH:
        character = source[position]
        if character == "\\":
            position += 1
        elif source.startswith("${", position):
            depth += 1
            position += 1
        elif depth and character == "}":
            depth -= 1
        elif character == "`" and not depth:
            return position + 1
        position += 1
    return start


def code_end(code: str, ends: Sequence[int]) -> int | None:
    """The first of the positions `ends` (ascending) at which every bracket, string and comment is closed."""
    opened: list[str] = []
    position = index = 0
    while index < len(ends):
        if position >= ends[index]:
            if position == ends[index] and not opened:
                return ends[index]
            index += 1
            continue
        skipped = _skip_literal(code, position)
        if skipped > position:
            position = skipped
            continue
        character = code[position]
        position += 1
        if character == "`" or code.startswith("/*", position - 1):
            return None
        if character in _CLOSERS:
            opened.append(_CLOSERS[character])
        elif opened and character == opened[-1]:
            opened.pop()
    return None


_LITERAL = re.compile(r"""\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\$]|\$(?!\{))*)`)\s*""", re.DOTALL)
_NUMBER = re.compile(r"\s*-?\d+(?:\.\d+)?\s*")
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_ITEM = r"""(?:'([^'\\\n]{0,300})'|"([^"\\\n]{0,300})")"""
# Possessive, so that blanks and items are divided in one way only: those that do not fit are not tried in all others.
_STRINGS = re.compile(rf"\[\s*+(?:{_ITEM}\s*+,?\s*+){{1,50}}+\]".replace("([^", "(?:[^"))
_STRING_ITEM = re.compile(_ITEM)
_LABELLED = re.compile(rf"\b(?:label|title)['\"]?\s*:\s*{_ITEM}")
LISTED = "\x1f"  # between the texts of a list
_LONGEST_LIST = 5_000


def literal_text(expression: str) -> str | None:
    """What a string, a template without holes or a number renders as; None for any other expression."""
    if match := _LITERAL.fullmatch(expression):
        value = next(group for group in match.groups() if group is not None)
        return _ESCAPE.sub(_unescaped, value)
    return expression.strip() if _NUMBER.fullmatch(expression) else None


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code is None:
        return {"n": "\n", "t": "\t"}.get(escape[4], escape[4])
    point = int(code, 16)
    return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\ufffd"


def _literal_value(expression: str) -> str | None:
    """The text of a literal, or the texts of a list of strings or of things that have a `label`."""
    if (text := literal_text(expression)) is not None:
        return text
    inside = expression.strip()
    if not inside.startswith("[") or len(inside) > _LONGEST_LIST:
        return None
    found = (_STRING_ITEM if _STRINGS.fullmatch(inside) else _LABELLED).findall(inside)
    return LISTED.join(one or other for one, other in found) or None


def is_comment(expression: str) -> bool:
    """Whether the inside of `{...}` holds nothing but comments."""
    return not _COMMENT.sub("", expression).strip()
