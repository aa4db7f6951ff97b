"""Inline rules for markdown-it that the generators add to CommonMark, for the text of a page rather than its HTML.

What a rule takes away leaves a token `removed`; a token `kept` is text that no other rule may touch.
"""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from pipelines.readers.markdown.inlines import footnote_rule, mdx_inline_rule

_DEEPEST = 3
_LONGEST_INDEX = 4
_LONGEST_STRUCK = 200  # characters between single tildes
_HIDDEN = re.compile(r"<(style|script|svg|template|math)\b[^>]{0,2000}>", re.IGNORECASE)
_TEX = re.compile(r"[\\{}_^=]")
_DOLLARS = re.compile(
    r"\$\$(?P<display>[^$]{1,4000})\$\$"
    r"|\$(?P<inline>(?![\s\d.,]*[\s$])[^$\n]{1,1000}(?<![\s\\]))\$(?!\d)"
)
_BRACKETS = re.compile(r"\\\((?P<inline>.{1,1000}?)\\\)|\\\[(?P<display>.{1,4000}?)\\\]", re.DOTALL)
# What a template's build puts in its place; other text in double braces is shown as it stands.
_TEMPLATE = re.compile(
    r"\{%.{0,2000}?%\}|\{#.{0,2000}?#\}|(?<!\$)\{\{-?\s*[\w.\[\]'\"]+(?:\([^{}]{0,500}\))?(?:\s*\|[^{}]{0,500})?\s*-?\}\}",
    re.DOTALL,
)
_ATTRIBUTE_LIST = re.compile(r"""\{:?\s*(?>[.#][\w:.-]+|[\w:-]+=(?:"[^"]*"|'[^']*'|[^\s}"']+)|\s){1,40}+\}""")
# After a `_` or `*` a brace may be a subscript: there the list has to say that it is one.
_SURE_LIST = re.compile(r"\{:|\{\s*[.#]|\{\s*[\w:-]+=[\"']")
_ROLE = re.compile(r":(?P<name>[a-z][\w+-]*(?::[a-z][\w+-]*)*):(?P<ticks>`+)(?!`)(?P<text>[^`]{1,500})(?P=ticks)(?!`)")
_BRACED_ROLE = re.compile(r"\{(?P<name>[a-z][\w:+-]*)\}(?P<ticks>`+)(?!`)(?P<text>[^`]{1,500})(?P=ticks)(?!`)")
# Roles whose text is a name for the build, not for a reader.
_NAMELESS = frozenset({"label", "eqlabel", "index", "begin_tab", "end_tab", "width", "alt", "cite"})
_TITLED = re.compile(r"(?s)(.*\S)\s*<[^<>]*>\s*$")
# The end of a part that opened with a role, as the books of d2l have it.
_END = re.compile(r":end_[a-z]{1,20}:(?!`)")
# What Vue puts in its place from the head of the page.
_FROM_HEAD = re.compile(r"\{\{\s*\$?(?P<name>frontmatter\.[\w$]{1,80})\s*\}\}")
_OF_ADDRESSES = frozenset("/\\=&@")  # beside them a short name is a parameter or a part of a path
_SHORTCODE = re.compile(r":[a-z0-9_+-]{1,60}:")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[\w-]+:(?:\{[^{}\n]{0,200}\})?")
# `#!python print()` of MkDocs' inlinehilite: the language is no part of the code.
_HIGHLIGHTED = re.compile(r"`(?:#!|:::)(?P<language>[\w+-]{1,30}) +(?P<code>[^`\n]{1,500})`(?!`)")
# A link whose target a template gives, and a word that one of its tags shows in a sentence.
_TEMPLATE_LINK = re.compile(r"\[(?P<text>[^\[\]\n]{1,500})\]\((?:\{\{.{1,300}?\}\}|\{%.{1,300}?%\})[^\s(){}]{0,300}\)")
_TEMPLATE_WORD = re.compile(
    r"""\{\{[<%]\s*[\w/-]{1,60}\s[^{}]{0,300}?\b(?:text|title|label)\s*=\s*"(?P<text>[^"{}]{1,300})"[^{}]{0,300}?[%>]\}\}"""
)
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(?P<raw>.{0,2000}?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
# A tag of Vue, whose names of attributes are none of HTML.
_VUE_TAG = re.compile(
    r"""<[A-Za-z][\w.-]{0,80}(?=[^<]{0,2000}?\s(?:[@#][\w.:\[\]-]{1,80}=["']|\#[\w-]{1,80}\s*/?>))"""
    r"""(?:\s+[@:#\w.\[\]-]{1,80}+(?:=(?:"[^"]{0,500}"|'[^']{0,500}'))?){1,40}+\s*/?>"""
)
_CRITIC = re.compile(
    r"\{--.{0,2000}?--\}|\{>>.{0,2000}?<<\}|\{~~(?P<old>.{0,1000}?)~>(?P<new>.{0,1000}?)~~\}|"
    r"\{(?P<mark>\+\+|==)(?P<kept>.{0,2000}?)(?P=mark)\}",
    re.DOTALL,
)
_CARET = re.compile(r"\^\^(?=\S)(?P<inserted>[^^\n]{1,500}(?<=\S))\^\^|\^(?P<raised>[^\s^~]{1,60})\^")
_TILDE = re.compile(r"~(?P<lowered>[^\s~^]{1,60})~(?!~)")
_MARKED = re.compile(r"==(?=[^\s=])(?P<text>[^=\n]{1,500}(?<=[^\s=]))==(?!=)")
# `[Loader][package.Loader]` of mkdocs-autorefs: a link to what another page or the API's reference defines.
_CROSS_REFERENCE = re.compile(
    r"\[(?P<text>(?!\^)(?:`[^`\n]{1,200}`|[^\[\]`]){2,300}?|`[^`\n]{1,200}`)\]\[(?!\^)[^\[\]\n]{0,200}\](?![(\[])"
)
_KEYS = re.compile(r"""\+\+(?P<keys>(?:[\w-]+|"[^"+\n]{1,20}")(?:\+(?:[\w-]+|"[^"+\n]{1,20}")){0,5})\+\+""")


def prose_parser(*, mdx: bool, templates: bool, single_tilde: bool = True, emoji: bool = False) -> MarkdownIt:
    """A parser of one paragraph at a time, for `parser.inline.parse`. `templates` are MkDocs sites."""
    parser = MarkdownIt("commonmark").enable("strikethrough")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # the link leaves, wherever it leads
    ruler = parser.inline.ruler
    ruler.at("newline", _newline)
    ruler.before("escape", "tex", _tex)
    ruler.before("backticks", "role", _pattern(":", _ROLE, _role))
    ruler.before("role", "end", _pattern(":", _END, _nothing))
    ruler.before("link", "footnote_reference", footnote_rule)
    if emoji:
        ruler.before("end", "emoji", _emoji)
    if mdx:
        parser.disable(["html_inline", "autolink"])
        ruler.before("backticks", "hidden", _hidden)
        ruler.before("backticks", "mdx_inline", mdx_inline_rule)
    else:
        ruler.before("html_inline", "hidden", _hidden)
        ruler.before("html_inline", "vue_tag", _pattern("<", _VUE_TAG, _vue_tag))
        ruler.before("backticks", "braced_role", _pattern("{", _BRACED_ROLE, _role))
        ruler.before("braced_role", "from_head", _pattern("{", _FROM_HEAD, _from_head))
        ruler.before("braced_role", "template_word", _pattern("{", _TEMPLATE_WORD, _text_of))
        ruler.before("link", "template_link", _pattern("[", _TEMPLATE_LINK, _text_of))
    if templates:
        ruler.before("backticks", "icon", _icon)
        ruler.before("braced_role", "critic", _pattern("{", _CRITIC, _critic))
        ruler.before("braced_role", "template", _template)
        ruler.before("backticks", "caret", _pattern("^", _CARET, _caret))
        ruler.before("strikethrough", "tilde", _pattern("~", _TILDE, _tilde))
        ruler.before("backticks", "marked", _pattern("=", _MARKED, _text_of))
        ruler.after("link", "cross_reference", _cross_reference)
        ruler.before("backticks", "keys", _pattern("+", _KEYS, _keys))
        ruler.before("backticks", "highlighted", _pattern("`", _HIGHLIGHTED, _highlighted))
    elif not mdx:
        ruler.before("braced_role", "attributes", _attributes)
    if single_tilde and not templates:
        ruler.before("strikethrough", "single_tilde", _single_tilde)
    return parser


Rule = Callable[[StateInline, bool], bool]
Write = Callable[[StateInline, "re.Match[str]"], None]


def _pattern(first: str, pattern: re.Pattern[str], write: Write) -> Rule:
    def rule(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] != first:
            return False
        match = pattern.match(state.src, state.pos, state.posMax)
        if match is None:
            return False
        if not silent:
            write(state, match)
        state.pos = match.end()
        return True

    return rule


def _push(state: StateInline, kind: str, content: str = "") -> None:
    state.push(kind, "", 0).content = content


def _nothing(state: StateInline, match: re.Match[str]) -> None:
    _push(state, "removed")


def _vue_tag(state: StateInline, match: re.Match[str]) -> None:
    _push(state, "html_inline", match[0])


def _inner(state: StateInline, content: str) -> None:
    """The content as the markdown that it is, once more through all rules; in parts of it only as often as it nests."""
    depth = state.env.get("depth", 0)
    if depth >= _DEEPEST:
        _push(state, "kept", content)
        return
    inner: list[Token] = []
    state.md.inline.parse(content, state.md, {**state.env, "depth": depth + 1}, inner)
    if state.pending:
        state.pushPending()
    state.tokens += inner
    state.tokens_meta += [None] * len(inner)


def _text_of(state: StateInline, match: re.Match[str]) -> None:
    _inner(state, match["text"])


def _newline(state: StateInline, silent: bool) -> bool:
    """Keeps the indent of the next line, which tells lists apart, and drops the blanks of a hard break."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("softbreak", "br", 0)
    state.pos += 1
    return True


def _tex(state: StateInline, silent: bool) -> bool:
    character = state.src[state.pos]
    if character == "$":
        match = _DOLLARS.match(state.src, state.pos, state.posMax)
    elif character == "\\" and state.src[state.pos + 1 : state.pos + 2] in ("(", "["):
        match = _BRACKETS.match(state.src, state.pos, state.posMax)
    else:
        return False
    if match is None or not _TEX.search(match["display"] or match["inline"]):
        return False
    if not silent:
        _push(state, "kept", match.group())
    state.pos = match.end()
    return True


def _role(state: StateInline, match: re.Match[str]) -> None:
    titled = _TITLED.fullmatch(match["text"])
    gone = match["name"].rpartition(":")[2] in _NAMELESS
    _push(state, "removed" if gone else "kept", "" if gone else (titled[1] if titled else match["text"]).lstrip("~!"))


def _emoji(state: StateInline, silent: bool) -> bool:
    """`:rocket:` where it is the name of an emoji and glued to no word or address: not `10:30:45`, `/users/:id:/x`."""
    found = _SHORTCODE.match(state.src, state.pos, state.posMax) if state.src[state.pos] == ":" else None
    if found is None:
        return False
    around = state.src[max(state.pos - 1, 0) : state.pos] + state.src[found.end() : found.end() + 1]
    if any(one.isalnum() or one in _OF_ADDRESSES for one in around):
        return False
    drawn = _emoji_named(found[0])
    if drawn is None:
        return False
    if not silent:
        _push(state, "kept", drawn)
    state.pos = found.end()
    return True


def _icon(state: StateInline, silent: bool) -> bool:
    """An icon with the blank between it and the edge of emphasis or a link, which would be none with a blank inside."""
    found = _ICON.match(state.src, state.pos, state.posMax) if state.src[state.pos] == ":" else None
    if found is None:
        return False
    before, end = state.src[state.pos - 1 : state.pos], found.end()
    if before in ("*", "_", "[") and state.src.startswith(" ", end, state.posMax):
        end += 1
    if not silent:
        if state.src[end : end + 1] in ("*", "_", "]"):
            state.pending = state.pending.rstrip(" ")
        _push(state, "removed")
    state.pos = end
    return True


def _emoji_named(name: str) -> str | None:
    from pymdownx.gemoji_db import aliases, emoji  # a table of 1,870 that most pages do not need

    points = emoji.get(aliases.get(name, name), {}).get("unicode")
    return "".join(chr(int(point, 16)) for point in points.split("-")) if points else None


def _from_head(state: StateInline, match: re.Match[str]) -> None:
    state.push("value", match["name"], 0).content = match.group()


def _highlighted(state: StateInline, match: re.Match[str]) -> None:
    _push(state, "kept", f"`{match['code']}`")


def _cross_reference(state: StateInline, silent: bool) -> bool:
    """What the page itself defines was a link before; two indexes behind a name, `rows[10][20]`, are none."""
    before = state.src[max(state.pos - 1, 0)] if state.pos else ""
    if state.src[state.pos] != "[" or before.isalnum() or before in ("_", "]", ")", "!"):
        return False
    match = _CROSS_REFERENCE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        _text_of(state, match)
    state.pos = match.end()
    return True


def _attributes(state: StateInline, silent: bool) -> bool:
    """`[link](x){target=_blank}` of markdown-it-attrs and kramdown, where it can be nothing else."""
    if state.src[state.pos] != "{" or state.src[state.pos - 1 : state.pos] not in (")", "]", "`"):
        return False
    sure = _SURE_LIST.match(state.src, state.pos)
    match = _ATTRIBUTE_LIST.match(state.src, state.pos, state.posMax) if sure else None
    if match is None:
        return False
    if not silent:
        _push(state, "removed")
    state.pos = match.end()
    return True


def _template(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "{":
        return False
    if raw := _RAW.match(state.src, state.pos, state.posMax):
        if not silent:
            _push(state, "kept", raw["raw"])
        state.pos = raw.end()
        return True
    match = _TEMPLATE.match(state.src, state.pos, state.posMax)
    before = state.src[state.pos - 1] if state.pos else ""
    if (match is None and before in (")", "]", "`")) or (
        before in ("*", "_") and _SURE_LIST.match(state.src, state.pos)
    ):
        match = _ATTRIBUTE_LIST.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        _push(state, "removed")
    state.pos = match.end()
    return True


def _critic(state: StateInline, match: re.Match[str]) -> None:
    _push(state, "removed")
    _inner(state, match["new"] or match["kept"] or "")


def _caret(state: StateInline, match: re.Match[str]) -> None:
    if match["inserted"]:
        _inner(state, match["inserted"])
    else:
        _push(state, "raised", match["raised"])


def _tilde(state: StateInline, match: re.Match[str]) -> None:
    _push(state, "lowered", match["lowered"])


def _keys(state: StateInline, match: re.Match[str]) -> None:
    keys = (key[1:-1] if key[0] == '"' else key.capitalize() for key in match["keys"].split("+"))
    _push(state, "kept", "+".join(keys))


def _single_tilde(state: StateInline, silent: bool) -> bool:
    """`~struck~` of GitHub's markdown: one tilde is as good as two."""
    if state.src[state.pos] != "~" or state.src[state.pos - 1 : state.pos] == "~":
        return False
    # `H~2~O`: what is glued to a word is a subscript of other dialects, and nobody strikes half a word.
    lowered = _TILDE.match(state.src, state.pos) if state.src[max(state.pos - 1, 0)].isalnum() and state.pos else None
    if lowered is not None and len(lowered["lowered"]) <= _LONGEST_INDEX and lowered["lowered"].isalnum():
        if not silent:
            _tilde(state, lowered)
        state.pos = lowered.end()
        return True
    scanned = state.scanDelims(state.pos, True)
    if scanned.length != 1:
        return False
    end = _closing_tilde(state, state.pos + 1) if scanned.can_open else None
    if not silent and end is not None:
        _push(state, "removed")
    elif not silent:
        state.pending += "~"
    state.pos = state.pos + 1 if end is None else end + 1
    return True


def _closing_tilde(state: StateInline, start: int) -> int | None:
    position = state.src.find("~", start, min(state.posMax, start + _LONGEST_STRUCK))
    while position >= 0:
        before = state.src[position - 1]
        if before != "~" and not before.isspace() and "\n\n" not in state.src[start:position]:
            found = state.scanDelims(position, True)
            if found.length == 1 and found.can_close:
                return position
        position = state.src.find("~", position + 1, min(state.posMax, start + _LONGEST_STRUCK))
    return None


def _hidden(state: StateInline, silent: bool) -> bool:
    """Elements whose content is no text; formulas are read as a whole."""
    if state.src[state.pos] != "<":
        return False
    opened = _HIDDEN.match(state.src, state.pos, state.posMax)
    never: set[str] = state.env.setdefault("never_closed", set())
    if opened is None or opened[1].lower() in never:
        return False
    closing = re.compile(rf"</{opened[1]}\s*>", re.IGNORECASE).search(state.src, opened.end(), state.posMax)
    if closing is None:
        never.add(opened[1].lower())
        return False
    if not silent:
        is_math = opened[1].lower() == "math"
        _push(state, "math" if is_math else "removed", state.src[state.pos : closing.end()] if is_math else "")
    state.pos = closing.end()
    return True
