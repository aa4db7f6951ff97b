"""What leaves a paragraph on its way to the page's text: tags, links, comments, expressions. Their text stays.

Emphasis and code keep their marks; what the page shows as struck, as a note's number or not at all leaves.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lxml import etree
from lxml.html import fragment_fromstring
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipelines.readers.html.frames import frame_name
from pipelines.readers.html.mathml import math_text
from pipelines.readers.html.pictures import alternative_text, words_between
from pipelines.readers.markdown.expressions import expression_text
from pipelines.readers.markdown.jsx import Script, Tag
from pipelines.readers.markdown.prose_rules import prose_parser
from pipelines.readers.scripts import is_note, lowered, raised

# Stands for lines that are put in a tag's place. No source holds it: NUL is replaced when a file is read.
SPLICE = re.compile("\x00(\\d+)\x00")

_MARKS = re.compile(r"[\\`<{\[&*_~$:^=+!]")
_BREAKING = re.compile(
    "br|p|div|t[dhr]|li|[uod]l|d[dt]|summary|details|h[1-6]|section|table|TabItem|Tabs", re.IGNORECASE
)
_TAG_NAME = re.compile(r"</?\s*([A-Za-z][\w.:-]*)")
_PAIRED = frozenset({"sup", "sub", "del", "s", "strike"})
_ATTRIBUTES = {
    name: re.compile(rf"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>{{]+))""", re.IGNORECASE)
    for name in ("alt", "src")
}
# What only Vue makes a value of; the others are as in HTML.
_VUE_ATTRIBUTE = re.compile(
    r"""\s+(?:[@:#][\w.:\[\]-]{1,80}+|v-[\w.:-]{1,80}+)(?:=(?:"[^"]{0,500}"|'[^']{0,500}'))?(?=[\s/>])"""
)
_NOTE = re.compile(r"""<a\b[^>]*\bhref\s*=\s*["']?#""", re.IGNORECASE)
# What would be another block at a line's start, and is not, since it is escaped.
_BLOCK_MARKS = "#>+-=*~|"
# The rules cost more than linear time on text that is made to cost it: a longer paragraph is read in parts.
WINDOW = 3_000


@dataclass(slots=True)
class Markup:
    """How the markup of one page is taken away.

    `values` are names that an expression may say, `names` those that the page's JavaScript declares; `splice` gives the
    number of the lines that a tag shows, or None. With `keep_unknown` a page may be built as something else than MDX.
    """

    mdx: bool = False
    templates: bool = False  # Jinja, attribute lists and more marks, as MkDocs sites have them
    emoji: bool = False  # whether `:rocket:` is drawn
    values: Mapping[str, str] = field(default_factory=dict)
    keep_unknown: bool = False
    splice: Callable[[Tag], int | None] = lambda tag: None
    names: Collection[str] = ()
    env: Mapping[str, Any] = field(default_factory=dict)  # link references and notes, as block parsing leaves them
    single_tilde: bool = True
    frames: Counter[str] = field(default_factory=Counter)  # pages that the page shows in frames

    def text_of(self, source: str, *, plain: bool = False) -> str:
        """The paragraph (cell, html block) without its markup; `plain` without the marks of emphasis and code, too."""
        if not _MARKS.search(source):
            return source
        parser = _parser(self.mdx, self.templates, self.single_tilde, self.emoji)
        known = {"references": self.env.get("references", {}), "footnotes": self.env.get("footnotes", ())}
        written = []
        for part in _windows(source):
            tokens: list[Token] = []
            parser.inline.parse(part, parser, dict(known), tokens)
            written.append(_ProseWriter(self, plain=plain).write(tokens))
        return "".join(written)

    def expression(self, inside: str) -> str | None:
        """What the reader sees for `{inside}`; None where the braces are text."""
        return expression_text(inside, self.values, self.names, keep_unknown=self.keep_unknown)


@cache
def _parser(mdx: bool, templates: bool, single_tilde: bool, emoji: bool) -> MarkdownIt:
    return prose_parser(mdx=mdx, templates=templates, single_tilde=single_tilde, emoji=emoji)


def _windows(source: str) -> Iterator[str]:
    start = 0
    while len(source) - start > WINDOW:
        end = source.rfind("\n", start, start + WINDOW) + 1 or source.rfind(" ", start, start + WINDOW) + 1
        end = end if end > start else start + WINDOW
        yield source[start:end]
        start = end
    yield source[start:]


class _ProseWriter:
    def __init__(self, markup: Markup, *, plain: bool) -> None:
        self._markup, self._plain = markup, plain
        self._out: list[str] = []
        self._opened: list[
            tuple[str, int, bool]
        ] = []  # paired tags: name, where their text begins, whether a link is in
        self._removed = self._breaking = False
        self._ahead: Sequence[Token] = ()

    def write(self, tokens: Sequence[Token]) -> str:
        for number, token in enumerate(tokens):
            self._ahead = tokens[number + 1 : number + 3]
            self._token(token)
        return "".join(self._out)

    def _token(self, token: Token) -> None:
        kind = token.type
        if kind in ("text", "kept"):
            self._put(token.content)
        elif kind == "text_special":
            self._put(self._special(token))
        elif kind in ("softbreak", "hardbreak"):
            self._put(" " if self._plain else "\n")
        elif kind == "code_inline":
            self._put(token.content if self._plain else _code(token))
        elif kind in ("em_open", "em_close", "strong_open", "strong_close"):
            if not self._plain:
                self._put(token.markup)
        elif kind == "image":
            words = _ProseWriter(self._markup, plain=True).write(token.children or [])
            self._picture(words, str(token.attrs.get("src", "")))
        elif kind == "mdx_expression":
            text = self._markup.expression(token.content)
            self._put(f"{{{token.content}}}" if text is None else text)
            self._removed = self._removed or not text
        elif kind in ("raised", "lowered"):
            self._script(kind, token.content)
        elif kind == "value":
            self._put(self._markup.values.get(token.tag, token.content))
        elif kind == "math":
            self._put(_formula(token.content))
        elif kind == "s_open":
            self._opened.append(("s", len(self._out), False))
        elif kind == "s_close":
            self._close("s")
        elif kind == "html_inline":
            self._tag(token.content)
        elif kind == "link_open":
            if str(token.attrs.get("href", "")).startswith("#"):
                self._link_inside()
        elif kind != "link_close":
            self._remove()

    def _special(self, token: Token) -> str:
        if token.info != "escape":
            return token.content
        before = self._before()
        at_start = not before or before == "\n"
        # Other text that looks like a block would be one to whoever reads the lines.
        return token.markup if at_start and token.content in _BLOCK_MARKS and not self._plain else token.content

    def _before(self) -> str:
        return next((piece[-1] for piece in reversed(self._out) if piece), "")

    def _put(self, text: str) -> None:
        if not text:
            self._removed = True
            return
        if self._removed:
            before = self._before()
            if text[0] == " " and before in ("", " ", "\n"):
                text = text[1:]
            elif self._breaking and before and not before.isspace() and not text[0].isspace():
                self._out.append(" ")
        self._removed = self._breaking = False
        self._out.append(text)

    def _remove(self, *, breaking: bool = False) -> None:
        """Words on both sides must not run together, nor two blanks stand side by side."""
        self._removed = True
        self._breaking = self._breaking or breaking

    def _tag(self, source: str) -> None:
        # Vue's components stand in markdown that is no MDX.
        is_component = self._markup.mdx or source[1:2].isupper()
        written = source if self._markup.mdx else _VUE_ATTRIBUTE.sub("", source)
        tag = Script(written).tag(0) if is_component and not source.startswith("<!--") else None
        if tag is not None and (number := self._markup.splice(tag)) is not None:
            self._put(f"\x00{number}\x00")
        found = _TAG_NAME.match(source)
        name = found[1] if found else ""
        if name.lower() in _PAIRED and not source.endswith("/>"):
            if source.startswith("</"):
                self._close(name.lower())
            else:
                self._opened.append((name.lower(), len(self._out), False))
            return
        if name.lower() == "img":
            self._picture(_attribute(source, "alt"), _attribute(source, "src"))
            return
        if name.lower() == "iframe" and (framed := frame_name(_attribute(source, "src"))):
            self._markup.frames[framed] += 1
        if _NOTE.match(source):
            self._link_inside()
        self._remove(breaking=_BREAKING.fullmatch(name) is not None)

    def _picture(self, alternative: str, source: str) -> None:
        words = alternative_text(alternative, source)
        before = "".join(self._out[-4:])
        if words and (said := words_between(words, before, self._text_ahead())):
            self._put(said)
        else:
            self._remove()

    def _text_ahead(self) -> str:
        """The text that stands right behind, also behind the link that ends there."""
        for token in self._ahead:
            if token.type != "link_close" and not token.content.startswith("</a"):
                return token.content if token.type == "text" else ""
        return ""

    def _link_inside(self) -> None:
        """A link to another place of the page stands in the innermost paired tag."""
        if self._opened:
            opened, start, _ = self._opened[-1]
            self._opened[-1] = (opened, start, True)

    def _close(self, name: str) -> None:
        while self._opened:
            opened, start, linked = self._opened.pop()
            if opened == name:
                inner = "".join(self._out[start:])
                del self._out[start:]
                if name not in ("sup", "sub") or (linked and is_note(inner)):
                    self._remove()
                else:
                    self._script("raised" if name == "sup" else "lowered", inner)
                return

    def _script(self, kind: str, content: str) -> None:
        before = "".join(self._out[-4:])
        self._removed = False
        self._out.append((raised if kind == "raised" else lowered)(before, content))


def _attribute(source: str, name: str) -> str:
    """What a tag of HTML or JSX says of the name; empty where it says nothing, or what only a build tells."""
    if found := _ATTRIBUTES[name].search(source):
        return html.unescape(next(group for group in found.groups() if group is not None))
    tag = Script(source).tag(0)
    return tag.attributes.get(name, "") if tag else ""


def _code(token: Token) -> str:
    padding = " " if token.content[:1] == "`" or token.content[-1:] == "`" else ""
    return f"{token.markup}{padding}{token.content}{padding}{token.markup}"


def _formula(source: str) -> str:
    try:
        return math_text(fragment_fromstring(source)) or ""
    except (etree.LxmlError, AssertionError, RecursionError):
        return ""
