"""A markdown or MDX page → its lines of text with headings and their anchors.

Block structure comes from markdown-it-py; the lines themselves are the source's, so that code stays as it is.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Protocol

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from pipelines.readers.html.lines import table_lines
from pipelines.readers.html.tables import trim_row
from pipelines.readers.lines import BLANK, Line, LineHeading, fence_of
from pipelines.readers.markdown.jsx import LISTED, Tag
from pipelines.readers.markdown.markup import SPLICE, Markup
from pipelines.readers.markdown.mdx_rules import add_directive_rule, add_mdx_rules, add_template_rule
from pipelines.readers.markdown.tokens import dedent_notes, number_items, table_cells, whole_html_lines
from pipelines.readers.markdown.whole_blocks import add_whole_block_rules

_FOOTNOTE_DEFINITION = re.compile(r"^ {0,3}\[\^([^\s\[\]]+)\]:", re.MULTILINE)
_LINK_DEFINITION = re.compile(r"[ >]*\[(?!\^)(?:[^\[\]\\]|\\.)+\]:\s*\S")
_NOTE = re.compile(r"[ >]*\[\^[^\s\[\]]+\]:[ \t]*")
# GitHub's alerts, and callouts as Obsidian and VitePress have them: of any name, folded, with a title of their own.
_ALERT = re.compile(r"(?<![ >])([ >]*>[ \t]*)\[!([A-Za-z][\w-]{0,30})\][+-]?[ \t]*(.*)$", re.MULTILINE)
# Patterns that begin with blanks begin at the first of them, else a run of blanks is looked through from each of them;
# and what opens again is no part of the comment that was open, else each is looked through to the end.
_EXPLICIT_ID = re.compile(
    r"(?<!\s)\s*(?:\\?\{:?\s*[#.][^{}]*\}|\{/\*\s*#(?:(?!\{/\*|\*/\}).)*\*/\}|<!--\s*#(?:(?!<!--|-->).)*-->)\s*$",
    re.DOTALL,
)
# What a heading's text for the slugger leaves out and its reader sees, or the other way round.
_SCRIPTS = re.compile(r"<(?:su[bp]|del|s|math|img)\b|!\[|[~^$]|:`|:[a-z0-9_+-]+:")
# Python-Markdown's, of the cell. `{min=1, max=10}` is what the cell says.
_CELL_ATTRIBUTES = re.compile(
    r"""(?<!\s)\s+\{:?(?>\s*(?:[.#][\w:.-]+|[\w:-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s"'{},;]+))){1,40}+\s*\}\s*$"""
)
_PREFIX = re.compile(r"[^#]*?(?=#{1,6}(?:[ \t]|$))")


class Anchors(Protocol):
    """How a generator names headings. Called once for each heading, in the page's order."""

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading | None:
        """The heading of this source text; None where the generator does not take the line for a heading."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which markdown a page is written in."""

    mdx: bool = False
    directives: bool = False
    templates: bool = False
    template_lines: bool = False  # tags of a template that stand alone, of a generator that nobody named
    emoji: bool = False  # whether `:rocket:` is drawn
    cell_attributes: bool = False  # whether `{.wide}` at a cell's end is none of its text
    single_tilde: bool = True  # whether `~x~` is struck, as on GitHub


@dataclass(slots=True)
class PageMarkup:
    """What a page's JavaScript means for its text."""

    values: dict[str, str] = field(default_factory=dict)
    keep_unknown: bool = False
    # By the path of an import and the plain attributes of the tag.
    read_partial: Callable[[str, Mapping[str, str]], Sequence[Line] | None] = lambda target, attributes: None
    unknown: Counter[str] = field(default_factory=Counter)  # components whose text only a build could tell
    frames: Counter[str] = field(default_factory=Counter)  # pages that it shows in frames
    # By what stands behind its opening fence, the lines of a code block that a page shows.
    shown_code: Callable[[str, list[str]], list[str]] = lambda info, lines: lines


@cache
def _block_parser(dialect: Dialect) -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    add_whole_block_rules(parser, mdx=dialect.mdx)
    if dialect.mdx:
        parser.disable(["code", "html_block"])
        add_mdx_rules(parser)
    if dialect.directives:
        add_directive_rule(parser)
    if dialect.template_lines:
        add_template_rule(parser)
    return parser


def read_lines(source: str, dialect: Dialect, anchors: Anchors, page: PageMarkup) -> list[Line]:
    """The lines of the page's text. `source` has no front matter, LF line endings and no NUL."""
    parser = _block_parser(dialect)
    env: dict[str, Any] = {"footnotes": frozenset(_FOOTNOTE_DEFINITION.findall(source))}
    state = StateBlock(dedent_notes(source) if env["footnotes"] else source, parser, env, [])
    parser.block.tokenize(state, 0, state.lineMax)
    return _Reader(state, dialect, anchors, page).read()


_IMPORT = re.compile(r"""import\s+(?P<names>[^'"]{0,1000}?)\s*from\s*['"](?P<path>[^'"]+)['"]""")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_NAMED = re.compile(r"[A-Za-z_$][\w$]*")
_CONSTANT = re.compile(
    r"""export\s+const\s+([A-Za-z_$][\w$]*)\s*(?::\s*\w+\s*)?=\s*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`$]*)`|(\d+))\s*;?\s*$""",
    re.M,
)


class _Reader:
    """One pass over a page's block tokens."""

    def __init__(self, parsed: StateBlock, dialect: Dialect, anchors: Anchors, page: PageMarkup) -> None:
        self._source, self._tokens, self._env = parsed.src.split("\n"), parsed.tokens, parsed.env
        self._dialect, self._anchors, self._page = dialect, anchors, page
        self._imports: dict[str, str] = {}
        self._splices: list[Sequence[Line]] = []
        self._values = dict(page.values)
        self._names: set[str] = set()
        self._tabs_are_labelled = False
        self._outer = 0  # the line at which the block begins that stands in no other
        self._markup = Markup(
            mdx=dialect.mdx, templates=dialect.templates, emoji=dialect.emoji, values=self._values,
            keep_unknown=page.keep_unknown, splice=self._splice, names=self._names, env=self._env,
            single_tilde=dialect.single_tilde, frames=page.frames,
        )  # fmt: skip

    def read(self) -> list[Line]:
        for token in self._tokens:
            if token.type == "mdx_esm":
                self._learn(token.content)
        number_items(self._tokens, self._source)
        lines: list[Line] = []
        position = 0
        for token, start, end in self._leaves():
            lines += self._between(position, start)
            lines += self._leaf(token, start, end)
            position = max(position, end)
        return lines + self._between(position, len(self._source))

    def _leaves(self) -> Iterator[tuple[Token, int, int]]:
        """The blocks that hold text themselves, in order; a table is one, since its lines belong together."""
        inside_table = False
        for index, token in enumerate(self._tokens):
            if not token.level and token.map:
                self._outer = token.map[0]
            inside_table = token.type == "table_open" or (inside_table and token.type != "table_close")
            if token.map is None or (inside_table and token.type != "table_open"):
                continue
            if token.type == "heading_open":
                token.content = self._tokens[index + 1].content
            if token.type == "table_open":
                token.meta["rows"] = table_cells(self._tokens, index)
            if token.type in _LEAVES:
                yield token, token.map[0], token.map[1]

    def _leaf(self, token: Token, start: int, end: int) -> list[Line]:
        indent = self._indent(token, start)
        lines = [line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in self._source[start:end]]
        if token.type == "code_block":
            lines = _fenced(token.content, self._source[start])
        if token.type in ("fence", "code_block"):
            return [Line(line, verbatim=True) for line in self._page.shown_code(token.info, lines)]
        if token.type in ("mdx_esm", "gone"):
            return [BLANK]
        if token.type == "whole_math":
            return [Line(line) for line in lines]
        if token.type == "table_open":
            return self._table(token, lines[0])
        if token.type in ("html_block", "whole_html") and (read := self._html(token)) is not None:
            return read
        if token.type == "directive":
            return [BLANK, Line(self._markup.text_of(token.content)), BLANK]
        if token.type == "heading_open":
            return self._heading(token, lines)
        if token.type in ("html_block", "whole_html", "mdx_flow"):
            # Indents show the nesting of tags; without the tags they would be read as code.
            lines = [line.lstrip() for line in lines]
        text = "\n".join(lines)
        if note := _NOTE.match(text):
            text = text[: note.end()].partition("[")[0] + text[note.end() :]
        return self._text(_ALERT.sub(lambda alert: alert[1] + (alert[3] or alert[2].capitalize()), text))

    def _table(self, token: Token, first: str) -> list[Line]:
        """Cells are markdown of their own: what one opens another does not close."""
        prefix = first[: len(first) - len(first.lstrip(" \t>"))]
        cells = token.meta["rows"]
        if self._dialect.cell_attributes:
            cells = [[_CELL_ATTRIBUTES.sub("", cell) for cell in row] for row in cells]
        rows = [[" ".join(self._markup.text_of(cell).split()) for cell in row] for row in cells]
        shown = [[SPLICE.sub("", cell).replace("\\|", "|").replace("|", "\\|") for cell in row] for row in rows]
        return [Line(prefix + line) for line in table_lines(shown[0], [trim_row(row) for row in shown[1:]])]

    def _html(self, token: Token) -> list[Line] | None:
        """The lines of whole HTML; None where the block is a part of it, or holds markdown."""
        lines = whole_html_lines(token.content, self._markup)
        return None if lines is None else [BLANK, *lines, BLANK]

    def _indent(self, token: Token, start: int) -> int:
        """How far an MDX block stands in only because of the tags around it, where markdown would see code."""
        if not self._dialect.mdx:
            return 0
        line = self._source[self._outer if token.level else start]
        indent = len(line) - len(line.lstrip(" "))
        return indent if indent >= 4 or token.type == "heading_open" else 0

    def _heading(self, token: Token, lines: list[str]) -> list[Line]:
        level = int(token.tag[1])
        heading = self._anchors.heading(level, token.content, self._env)
        if heading is None:
            return self._text("\n".join(lines))
        content = self._markup.text_of(_EXPLICIT_ID.sub("", token.content))
        content, spliced = SPLICE.sub("", " ".join(content.split())), SPLICE.findall(content)
        prefix = _PREFIX.match(lines[0]) if token.markup.startswith("#") else None
        before = prefix.group() if prefix and token.level else ""
        if _SCRIPTS.search(token.content) or (self._dialect.templates and "{" in token.content):
            heading = replace(heading, text=re.sub(r"[`*]", "", content))
        shown = [Line(f"{before}{'#' * level} {content}".rstrip(), heading=heading)]
        return shown + [line for number in spliced for line in self._splices[int(number)]]

    def _between(self, start: int, end: int) -> list[Line]:
        """Lines that no block holds: blank ones, rules; link definitions, which nobody sees; notes of one word."""
        lines: list[Line] = []
        defined = False
        for line in self._source[start:end]:
            note = _NOTE.match(line)
            defined = bool(line.strip()) and (defined or _LINK_DEFINITION.match(line) is not None)
            if note:
                lines += self._text(line[note.end() :])
            elif not defined:
                lines.append(Line(line))
        return lines

    def _text(self, source: str) -> list[Line]:
        stripped = self._markup.text_of(source)
        if stripped == source:
            return [Line(line) for line in source.split("\n")]
        # A line that held nothing but markup leaves no gap; between blocks the blank lines of the source remain.
        return [line for row in stripped.split("\n") if row.strip() for line in self._with_splices(row)]

    def _with_splices(self, line: str) -> list[Line]:
        if "\x00" not in line:
            return [Line(line)]
        lines: list[Line] = []
        for index, part in enumerate(SPLICE.split(line)):
            if index % 2:
                lines += [BLANK, *self._splices[int(part)], BLANK]
            elif part.strip():
                lines.append(Line(part.strip()))
        return lines

    def _learn(self, code: str) -> None:
        """Note what the page imports, and the plain values that it exports."""
        self._names.update(_WORD.findall(code))
        for match in _IMPORT.finditer(code):
            for name in _NAMED.findall(match["names"].partition("{")[0]):
                self._imports[name] = match["path"]
        for match in _CONSTANT.finditer(code):
            self._values[match[1]] = next((value for value in match.groups()[1:] if value is not None), "")

    def _splice(self, tag: Tag) -> int | None:
        if tag.closing or not tag.name[:1].isupper():
            return None
        target = self._imports.get(tag.name, "")
        lines: Sequence[Line] | None = None
        if target.endswith((".md", ".mdx")):
            lines = self._page.read_partial(target, tag.attributes)
        elif tag.name in _CODE and tag.attributes.get("code"):
            title = tag.attributes.get("title", "")
            code = ["```", *tag.attributes["code"].strip("\n").split("\n"), "```"]
            lines = [*([Line(title), BLANK] if title else []), *(Line(line, verbatim=True) for line in code)]
        elif texts := self._texts_of(tag):
            lines = [line for text in texts for line in (Line(" ".join(text.split())), BLANK)][:-1]
        elif tag.self_closing and tag.name not in _TEXTLESS:
            self._page.unknown[tag.name] += 1
        if lines is None:
            return None
        self._splices.append(lines)
        return len(self._splices) - 1

    def _texts_of(self, tag: Tag) -> list[str]:
        """What the tag shows of its attributes; a tab that nothing labels shows the value that it stands for."""
        self._tabs_are_labelled = self._tabs_are_labelled if tag.name != "Tabs" else "values" in tag.attributes
        texts = _texts_of(tag)
        if tag.name == "TabItem" and not texts and not self._tabs_are_labelled:
            texts = list(filter(None, [tag.attributes.get("value")]))
        return texts


def _texts_of(tag: Tag) -> list[str]:
    """What a component shows of its attributes; what describes a field begins with its name and type."""
    said = tag.attributes
    texts = [part for name in _TEXTS for part in said.get(name, "").split(LISTED) if part.strip()]
    if tag.name not in _FIELDS:
        return texts
    described = [said[name] for name in (*_FIELD_NAMES, "type") if said.get(name, "").strip()]
    default = said.get("default", "").strip()
    texts = [text for text in texts if text not in described]
    return [" ".join([*described, *([f"(default: {default})"] if default else [])]), *texts] if described else texts


def _fenced(code: str, first: str) -> list[str]:
    """Code that only stands in, between fences: cut from its page it would look like prose."""
    lines = code.rstrip("\n").split("\n")
    before = first[: len(first) - len(lines[0])].expandtabs(4)[:-4] if first.endswith(lines[0]) else ""
    fence = fence_of(code)
    return [f"{before}{line}".rstrip() if not line else f"{before}{line}" for line in (fence, *lines, fence)]


_FIELDS = frozenset({"ParamField", "ResponseField", "Property", "Param", "Parameter", "Field"})
_FIELD_NAMES = ("name", "path", "query", "body", "header", "param")
# Attributes of components that are text which the reader sees, in the order in which most show them.
_TEXTS = ("label", "title", "header", "heading", "question", "summary", "subtitle", "description", "caption", "answer",
          "text", "content", "message", "tagline", "term", "definition", "body", "values", "items", "alt")  # fmt: skip
_CODE = frozenset({"Code", "CodeBlock"})
_TEXTLESS = frozenset({"Icon", "Image", "Picture", "Video", "YouTube"})

_LEAVES = frozenset(
    {
        "fence",
        "code_block",
        "mdx_esm",
        "mdx_flow",
        "gone",
        "directive",
        "heading_open",
        "paragraph_open",
        "table_open",
        "html_block",
        "whole_html",
        "whole_math",
    }
)
