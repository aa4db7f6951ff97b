"""The rendered text of a heading, as mdast-util-to-string gives it to the slugger."""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from pipelines.readers.markdown.jsx import Script

_DIRECTIVE_NAME = re.compile(r":([A-Za-z](?:[\w-]*[A-Za-z0-9])?)(?![\w:-])", re.ASCII)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]")
# The first `{#` of a heading is escaped by Docusaurus, so no list of attributes begins with an id.
_ATTRIBUTES = re.compile(
    r"""\{(?!#)(?:\s*(?:[.#][^\s"'<=>`{}.#]+|[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<=>`{}]+))?))*\s*\}""",
    re.ASCII,
)
_FOOTNOTE = re.compile(r"\[\^([^\s\[\]]+)\]")
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")
_PRIVATE_CHARACTERS = 6_400
_EMPTY = frozenset({"html_inline", "footnote_reference", "hardbreak", "mdx_comment"})


@cache
def _inline_parser(*, mdx: bool, directives: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("strikethrough")
    parser.inline.ruler.before("link", "footnote_reference", footnote_rule)
    if mdx:
        parser.disable(["html_inline", "autolink"])
        parser.inline.ruler.before("backticks", "mdx_inline", mdx_inline_rule)
    if directives:
        parser.inline.ruler.before("backticks", "text_directive", _text_directive)
    return parser


def inline_tokens(
    content: str, env: MutableMapping[str, Any], *, mdx: bool = False, directives: bool = False
) -> list[Token]:
    """The heading's inline tokens. `env` holds the page's link references and footnotes, as block parsing leaves it."""
    parser = _inline_parser(mdx=mdx, directives=directives)
    tokens: list[Token] = []
    # The generators' parser sees UTF-16 halves, which are letters to it: `🚀__x__` is not strong there. Private
    # characters stand in for what needs two halves.
    beyond = sorted(set(_BEYOND_BMP.findall(content)))[:_PRIVATE_CHARACTERS]
    private = {ord(character): 0xE000 + number for number, character in enumerate(beyond)}
    parser.inline.parse(content.translate(private), parser, env, tokens)
    if private:
        _restore(tokens, {stand_in: point for point, stand_in in private.items()})
    return tokens


def _restore(tokens: Sequence[Token], characters: Mapping[int, int]) -> None:
    for token in tokens:
        token.content = token.content.translate(characters)
        _restore(token.children or (), characters)


def slug_text(tokens: Sequence[Token]) -> str:
    """The text that the slugger sees: text, code, alternative texts; an expression as its source; no tags."""
    return "".join(_one(token, shown=False) for token in tokens)


def shown_text(tokens: Sequence[Token]) -> str:
    """The text that the reader sees, on one line."""
    return " ".join("".join(_one(token, shown=True) for token in tokens).split())


def _one(token: Token, *, shown: bool) -> str:
    if token.type in _EMPTY:
        return " " if shown and token.type == "hardbreak" else ""
    if token.type == "softbreak":
        return "\n"
    if token.type == "mdx_expression":
        return "" if shown else token.content
    if token.type == "text_directive":
        return token.markup if shown and not token.content else token.content
    if token.type == "image":
        return "".join(_one(child, shown=shown) for child in token.children or [])
    return token.content


def mdx_inline_rule(state: StateInline, silent: bool) -> bool:
    """Tags, comments and expressions of MDX."""
    character = state.src[state.pos]
    if character == "<":
        return _inline_tag(state, silent)
    # Docusaurus escapes the first `{#` of a heading's line: an id, not an expression.
    if character != "{" or state.src.startswith("{#", state.pos):
        return False
    end = _script(state).expression_end(state.pos)
    if end is None or end > state.posMax:
        return False
    if not silent:
        token = state.push("mdx_expression", "", 0)
        token.content = state.src[state.pos + 1 : end - 1]
    state.pos = end
    return True


def _script(state: StateInline) -> Script:
    """One for all of a text: it remembers what nothing closes, which it would look for from every place again."""
    scripts: dict[str, Script] = state.env.setdefault("scripts", {})
    return scripts.setdefault(state.src, Script(state.src))


def _inline_tag(state: StateInline, silent: bool) -> bool:
    if state.src.startswith("<!--", state.pos):
        close = state.src.find("-->", state.pos)
        end = close + 3 if close >= 0 else -1
        kind = "mdx_comment"
    else:
        tag = _script(state).tag(state.pos)
        end = tag.end if tag else -1
        kind = "html_inline"
    if not 0 <= end <= state.posMax:
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content = state.src[state.pos : end]
    state.pos = end
    return True


def _text_directive(state: StateInline, silent: bool) -> bool:
    """`:name[label]{...}` of remark-directive, which Docusaurus has switched on: only the label counts as text."""
    match = _DIRECTIVE_NAME.match(state.src, state.pos)
    if not match or (state.pos and state.src[state.pos - 1] == ":" and state.src[state.pos - 2 : state.pos] != "\\:"):
        return False
    end, label = match.end(), ""
    if bracketed := _LABEL.match(state.src, end):
        end, label = bracketed.end(), bracketed.group(1)
    if attributes := _ATTRIBUTES.match(state.src, end):
        end = attributes.end()
    if not silent:
        token = state.push("text_directive", "", 0)
        token.content = slug_text(inline_tokens(label, state.env, mdx=True, directives=True)) if label else ""
        token.markup = state.src[state.pos : end]
    state.pos = end
    return True


def footnote_rule(state: StateInline, silent: bool) -> bool:
    """`[^1]` where the page has a note of that name."""
    match = _FOOTNOTE.match(state.src, state.pos)
    if not match or match.group(1) not in state.env.get("footnotes", ()):
        return False
    if not silent:
        state.push("footnote_reference", "", 0)
    state.pos = match.end()
    return True
