"""Block rules for what has to be read as a whole, blank lines included: HTML tables and lists, formulas, heads."""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

_OPENING = re.compile(r"<(table|ol|dl|math|h[1-6])\b", re.IGNORECASE)
_MDX_OPENING = re.compile(r"<(table|ol|dl|math|pre|h[1-6])\b")
_HEAD = re.compile(r"<(head)\s*>", re.IGNORECASE)
_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def add_whole_block_rules(parser: MarkdownIt, *, mdx: bool) -> None:
    """Tokens `whole_html`, `whole_math`, and `gone`: what Docusaurus moves to the head of its page."""

    def head(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        position = state.bMarks[start] + state.tShift[start]
        opened = _HEAD.match(state.src, position)
        if not opened or (not mdx and state.is_code_block(start)):
            return False
        stop = _closing(state, position, "head", state.eMarks[end - 1])
        ends_line = stop is not None and not state.src[stop : state.eMarks[_line_at(state, start, stop)]].strip()
        return stop is not None and ends_line and _take(state, "gone", start, stop, silent=silent)

    def html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        position = state.bMarks[start] + state.tShift[start]
        opened = (_MDX_OPENING if mdx else _OPENING).match(state.src, position)
        if not opened or (not mdx and state.is_code_block(start)):
            return False
        stop = _closing(state, position, opened[1].lower(), state.eMarks[end - 1])
        return stop is not None and _take(state, "whole_html", start, stop, silent=silent)

    def math(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        position = state.bMarks[start] + state.tShift[start]
        if not state.src.startswith("$$", position) or (not mdx and state.is_code_block(start)):
            return False
        stop = state.src.find("$$", position + 2, state.eMarks[end - 1])
        if stop < 0 or state.src[stop + 2 : state.src.find("\n", stop) if "\n" in state.src[stop:] else None].strip():
            return False
        return _take(state, "whole_math", start, stop + 2, silent=silent)

    parser.block.ruler.before("table", "whole_math", math, _INTERRUPTS)
    parser.block.ruler.before("table", "whole_html", html, _INTERRUPTS)
    parser.block.ruler.before("whole_html", "head", head, _INTERRUPTS)


def _closing(state: StateBlock, position: int, name: str, limit: int) -> int | None:
    """Where the element that opens here is closed. What is not once will not be looked for again."""
    never: set[str] = state.env.setdefault("never_closed", set())
    if name in never:
        return None
    depth = 0
    for tag in re.compile(rf"<(/?){name}\b[^<>]{{0,2000}}>", re.IGNORECASE).finditer(state.src, position, limit):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    never.add(name)
    return None


def _line_at(state: StateBlock, start: int, stop: int) -> int:
    last = start
    while state.eMarks[last] < stop:
        last += 1
    return last


def _take(state: StateBlock, kind: str, start: int, stop: int, *, silent: bool) -> bool:
    if silent:
        return True
    last = _line_at(state, start, stop)
    token = state.push(kind, "", 0)
    token.map = [start, last + 1]
    token.content = state.getLines(start, last + 1, state.blkIndent, False)
    state.line = last + 1
    return True
