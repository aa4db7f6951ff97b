"""The syntax that MDX adds to markdown: where an expression, a tag or a block of JavaScript ends.

The grammar is that of micromark-extension-mdx-jsx and -mdx-expression, without checking the JavaScript inside.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z_$][\w$-]*(?:[.:][A-Za-z_$][\w$-]*)*")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_$][\w$-]*(?::[A-Za-z_$][\w$-]*)?")
_BLANKS = re.compile(r"\s*")
_STRING = re.compile(r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\"""", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
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


def read_tag(source: str, start: int) -> Tag | None:
    """The tag that begins with `<` at `start`; None where there is none, or where it never ends."""
    position = start + 1
    if position >= len(source) or source[position].isspace():
        return None
    closing = source[position] == "/"
    position = _skip_blanks(source, position + 1) if closing else position
    name = _NAME.match(source, position)
    position = name.end() if name else position
    return _read_attributes(source, position, start, name.group() if name else "", closing)


def _read_attributes(source: str, position: int, start: int, name: str, closing: bool) -> Tag | None:
    attributes: dict[str, str] = {}
    while True:
        position = _skip_blanks(source, position)
        if source.startswith(">", position):
            return Tag(name, start, position + 1, closing, False, attributes)
        if source.startswith("/", position):
            end = _skip_blanks(source, position + 1)
            return Tag(name, start, end + 1, closing, True, attributes) if source.startswith(">", end) else None
        if not name or closing:
            return None
        after = _read_attribute(source, position, attributes)
        if after is None:
            return None
        position = after


def _read_attribute(source: str, position: int, attributes: dict[str, str]) -> int | None:
    """The end of the attribute at `position`, written to `attributes` where its value is a string."""
    if source.startswith("{", position):
        return expression_end(source, position)
    name = _ATTRIBUTE_NAME.match(source, position)
    if not name:
        return None
    position = _skip_blanks(source, name.end())
    if not source.startswith("=", position):
        return name.end()
    position = _skip_blanks(source, position + 1)
    quote = source[position : position + 1]
    if quote == "{":
        end = expression_end(source, position)
        if end is not None and (value := literal_text(source[position + 1 : end - 1])) is not None:
            attributes[name.group()] = value
        return end
    if quote not in ("'", '"') or not quote:
        return None
    end_quote = source.find(quote, position + 1)
    if end_quote < 0:
        return None
    attributes[name.group()] = source[position + 1 : end_quote]
    return end_quote + 1


def _skip_blanks(source: str, position: int) -> int:
    match = _BLANKS.match(source, position)
    return match.end() if match else position


def expression_end(source: str, start: int) -> int | None:
    """The position after the `}` that closes the `{` at `start`; None where nothing closes it."""
    return _closed_at(source, start, len(source))


def _closed_at(source: str, start: int, stop: int) -> int | None:
    """Walk JavaScript from `start` until every bracket opened there is closed."""
    expected: list[str] = []
    position = start
    while position < stop:
        skipped = _skip_literal(source, position)
        if skipped > position:
            position = skipped
            continue
        character = source[position]
        position += 1
        if character in _CLOSERS:
            expected.append(_CLOSERS[character])
        elif expected and character == expected[-1]:
            expected.pop()
            if not expected:
                return position
    return None


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
    if character == "/":
        comment = _COMMENT.match(source, position)
        # `//` after a colon is an address in JSX text.
        if comment and not (comment.group().startswith("//") and source[position - 1 : position] == ":"):
            return comment.end()
    return position


def _template_end(source: str, start: int) -> int:
    position = start + 1
    while position < len(source):
        if source[position] == "\\":
            position += 2
        elif source[position] == "`":
            return position + 1
        elif source.startswith("${", position):
            end = _closed_at(source, position + 1, len(source))
            if end is None:
                return start
            position = end
        else:
            position += 1
    return start


def is_complete(code: str) -> bool:
    """Whether a block of JavaScript may end here: every bracket, string and comment in it is closed."""
    expected: list[str] = []
    position = 0
    while position < len(code):
        skipped = _skip_literal(code, position)
        if skipped > position:
            position = skipped
            continue
        character = code[position]
        if character == "`" or code.startswith("/*", position):
            return False
        position += 1
        if character in _CLOSERS:
            expected.append(_CLOSERS[character])
        elif expected and character == expected[-1]:
            expected.pop()
    return not expected


_LITERAL = re.compile(r"""\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\$]|\$(?!\{))*)`)\s*""", re.DOTALL)
_NUMBER = re.compile(r"\s*-?\d+(?:\.\d+)?\s*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def literal_text(expression: str) -> str | None:
    """What a string, a template without holes or a number renders as; None for any other expression."""
    if match := _LITERAL.fullmatch(expression):
        value = next(group for group in match.groups() if group is not None)
        return _ESCAPE.sub(lambda escape: {"n": "\n", "t": "\t"}.get(escape.group(1), escape.group(1)), value)
    return expression.strip() if _NUMBER.fullmatch(expression) else None


def is_comment(expression: str) -> bool:
    """Whether the inside of `{...}` holds nothing but comments."""
    return not _COMMENT.sub("", expression).strip()
