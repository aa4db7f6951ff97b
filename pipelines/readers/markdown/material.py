"""Pages of MkDocs with Python-Markdown and the extensions that Material for MkDocs recommends.

Two halves: what the extensions add to markdown is unwrapped (admonitions, tabs, blocks), and the anchors come from
Python-Markdown itself, run with those extensions, so that they are the ones the site has.
"""

import html
import re
from collections.abc import Generator, Iterator, MutableMapping, Sequence
from typing import Any

import markdown
from markdown.extensions.toc import slugify, unique

from pipelines.readers.lines import LineHeading
from pipelines.readers.markdown.heading_skeleton import heading_skeleton
from pipelines.readers.markdown.inlines import inline_tokens, shown_text

_EXTENSIONS = (
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc",
    "pymdownx.betterem", "pymdownx.blocks.admonition", "pymdownx.blocks.details", "pymdownx.blocks.html",
    "pymdownx.blocks.tab", "pymdownx.details", "pymdownx.emoji", "pymdownx.superfences", "pymdownx.tabbed",
)  # fmt: skip


def _any_fence(*_: object, **__: object) -> bool:
    return True


def _empty_fence(*_: object, **__: object) -> str:
    return "<pre></pre>"


# Every fence is one, whatever its options, and its code is not rendered: only the anchors are wanted.
_FENCE_OF_ANY_KIND = {"name": "*", "class": "", "validator": _any_fence, "format": _empty_fence}


class _Slugs:
    """Python-Markdown's anchors, numbered where they are made: its own way tries all numbers for each duplicate."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets the page before."""
        self._last: dict[str, str] = {}

    def slugify(self, text: str, separator: str) -> str:
        """The anchor of a heading's text, numbered behind the last one of the same text."""
        slug = slugify(text, separator)
        taken = self._last.get(slug)
        self._last[slug] = slug if taken is None else unique(taken, {taken})
        return self._last[slug]


_LOOK_AHEAD = 300  # headings of the built page that the source may not show: those of included files, of raw HTML
_CONFIGURATION: dict[str, dict[str, Any]] = {
    "pymdownx.superfences": {"custom_fences": [_FENCE_OF_ANY_KIND]},
    "pymdownx.tabbed": {"alternate_style": True},
}

# Python-Markdown takes time quadratic in the length of such runs; no page means more than these.
_RUN = re.compile(r"(([\[\]*_`<!(){}~^])\2{40})\2*")
_ICON = re.compile(r":(?:material|fontawesome|octicons|simple)-[\w-]+:")
_SHORTCODE = re.compile(r":[a-z0-9_+-]+:")
_TAGS = re.compile(r"<[^<>]*>")
_NOT_WORD = re.compile(r"[\W_]+")
_ATTRIBUTES = re.compile(r"(?<!\s)\s*\{:?\s*+(?P<inside>[^{}]*)\}\s*$")
_ID = re.compile(r"(?:^|\s)#([^\s}]*)")


class MkDocsAnchors:
    """The anchors of one page: its source with includes expanded, rendered by Python-Markdown."""

    def __init__(self, source: str, renderer: "Renderer") -> None:
        renderer.reset()
        renderer.slugs.reset()
        renderer.convert(_RUN.sub(r"\1", _ICON.sub("", heading_skeleton(source))))
        self._entries = list(_flatten(getattr(renderer, "toc_tokens", ())))
        self._next = 0

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading | None:
        """The next heading of the rendered page that says this; None where it says it nowhere: then it is none."""
        attributes = _ATTRIBUTES.search(content)
        plain = content[: attributes.start()] if attributes else content
        # Right behind a link or code they are its own, not the heading's: `## Limits [](){#limits}`.
        named = _ID.search(attributes["inside"]) if attributes and attributes[0][0].isspace() else None
        shown = shown_text(inline_tokens(plain, env))
        for index in range(self._next, min(self._next + _LOOK_AHEAD, len(self._entries))):
            entry = self._entries[index]
            same = (
                entry["id"] == named[1] if named else _key(html.unescape(_TAGS.sub("", entry["name"]))) == _key(shown)
            )
            if entry["level"] == level and same:
                self._next = index + 1
                computed = named is None and ("{{" in content or "{%" in content)
                return LineHeading(level, shown, None if computed else entry["id"] or None)
        return None


class Renderer(markdown.Markdown):
    """Python-Markdown as MkDocs sites run it. It keeps state: one renderer serves one thread."""

    def __init__(self) -> None:
        self.slugs = _Slugs()
        configuration = {**_CONFIGURATION, "toc": {"slugify": self.slugs.slugify}}
        super().__init__(extensions=list(_EXTENSIONS), extension_configs=configuration)


def _flatten(entries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        yield entry
        yield from _flatten(entry["children"])


def _key(text: str) -> str:
    return _NOT_WORD.sub("", _SHORTCODE.sub("", text)).lower()


_FENCE = re.compile(r"(?P<indent>[ \t>]*)(?:[-*+]\s+|\d+[.)]\s+)?(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)")
_ADMONITION = re.compile(r"""(?P<indent> *)(?:!!!|\?\?\?\+?) ?(?P<kind>[\w-]+(?: +[\w-]+)*)?(?: +"(?P<title>.*)")? *""")
_TAB = re.compile(r"""(?P<indent> *)===[+!]* +(?P<quote>["'])(?P<title>.*)(?P=quote) *""")
_BLOCK = re.compile(r"(?P<indent> *)(?P<slashes>/{3,}) *(?P<kind>[a-z][\w-]*)?(?: *\|(?P<title>.*))? *")
_GENERATED = re.compile(r"(?P<indent> *)::: +[\w.:\[\]<>/-]+ *")
_DEFINITION = re.compile(r"(?P<indent> {0,3}):(?P<blank> {1,3}|\t)(?P<text>\S.*)")
# What opens a block of another kind, and is no term to be defined; and what stands apart from the term above it.
_NO_TERM = re.compile(r"\s|[#>|<]|[-*+] |\d+[.)] |`{3}|~{3}|!!!|\?\?\?|===|/{3}|:|-{3}|\*{3}")
_OPENS_BLOCK = re.compile(r"\s*(?:[-*+] |\d+[.)] |`{3}|~{3}|[>|#])")
_MAX_TERMS = 6
_DROPPED = re.compile(r" *(?:\[TOC\]|\{:?\s*[.#\w][^{}%]*\}|\*\[[^\]]+\]:.*) *")
_HEADING_WITHOUT_BLANK = re.compile(r"^(#{1,6})(?=[^#\s])")


def unwrap(source: str) -> str:
    """The page as CommonMark: admonitions, tabs and blocks keep title and text, their markers and indents leave."""
    return "\n".join(_unwrap(source.split("\n")))


def _unwrap(lines: list[str]) -> Iterator[str]:
    index = 0
    unclosed: dict[str, int] = {}  # the shortest fence of each character that nothing closes any more
    while index < len(lines):
        line = lines[index]
        if fence := _FENCE.fullmatch(line):
            stop = _fence_end(lines, index, fence["ticks"], unclosed)
            yield from lines[index:stop]
        elif opened := _ADMONITION.fullmatch(line) or _TAB.fullmatch(line):
            stop = _indented_end(lines, index, len(opened["indent"]) + 4)
            yield from _titled(opened["indent"], opened["title"])
            yield from _unwrap([inner[4:] if inner.strip() else "" for inner in lines[index + 1 : stop]])
            yield ""
        elif block := _BLOCK.fullmatch(line):
            stop = index + 1
            if block["kind"]:
                stop = _options_end(lines, index, len(block["indent"]) + 4)
                yield from _titled(block["indent"], None if block["kind"] == "html" else block["title"])
            else:
                yield ""
        elif defined_at := _definition_of(lines, index):
            stop = yield from _entries(lines, index, defined_at)
        elif index and _DEFINITION.fullmatch(line):
            stop = _definition_end(lines, index)
            yield ""
            yield from _definition(lines, index, stop)
            yield ""
        elif generated := _GENERATED.fullmatch(line):
            stop = _indented_end(lines, index, len(generated["indent"]) + 4)
        else:
            stop = index + 1
            if not _DROPPED.fullmatch(line):
                yield _HEADING_WITHOUT_BLANK.sub(r"\1 ", line, count=1) if line.startswith("#") else line
        index = stop


def _definition_of(lines: list[str], index: int) -> int:
    """Where the definition of the terms begins that the block from `index` is; 0 where it is no block of terms."""
    if (index and lines[index - 1].strip()) or not lines[index].strip() or _NO_TERM.match(lines[index]):
        return 0
    for at in range(index + 1, min(index + _MAX_TERMS + 2, len(lines))):
        if _DEFINITION.fullmatch(lines[at]):
            return at
        # One blank line may stand between the terms and their definition.
        if not lines[at].strip():
            return at + 1 if at + 1 < len(lines) and _DEFINITION.fullmatch(lines[at + 1]) else 0
        if _NO_TERM.match(lines[at]):
            return 0
    return 0


def _entries(lines: list[str], index: int, defined_at: int) -> Generator[str, None, int]:
    """The entries of a definition list as items: terms, and below them what is said of them. Returns where it ends."""
    while defined_at:
        terms = [line.strip() for line in lines[index:defined_at] if line.strip()]
        yield f"- {terms[0]}"
        yield from (f"  {term}" for term in terms[1:])
        index, first = defined_at, True
        while index < len(lines) and _DEFINITION.fullmatch(lines[index]):
            stop = _definition_end(lines, index)
            said = list(_definition(lines, index, stop))
            if not first or _OPENS_BLOCK.match(said[0]):
                yield ""
            yield from (f"  {line}" if line else "" for line in said)
            index, first = _after_blank(lines, stop), False
        defined_at = _definition_of(lines, index) if index < len(lines) else 0
    yield ""
    return index


def _definition(lines: list[str], index: int, stop: int) -> Iterator[str]:
    found = _DEFINITION.fullmatch(lines[index])
    inner = [line[4:] if line.startswith("    ") else line.lstrip() for line in lines[index + 1 : stop]]
    while inner and not inner[-1].strip():
        inner.pop()
    yield from _unwrap([found["text"] if found else "", *inner])


def _definition_end(lines: list[str], index: int) -> int:
    """The line after a definition: what is indented below it, and the rest of its paragraph, which need not be."""
    found = _DEFINITION.fullmatch(lines[index])
    stop = index + 1
    while stop < len(lines) and lines[stop].strip() and not _DEFINITION.fullmatch(lines[stop]):
        stop += 1
    return _indented_end(lines, stop - 1, len(found["indent"] if found else "") + 4)


def _after_blank(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip():
        index += 1
    return index


def _titled(indent: str, title: str | None) -> Iterator[str]:
    yield ""
    if title and title.strip():
        yield f"{indent}{title.strip()}"
        yield ""


def _fence_end(lines: list[str], start: int, ticks: str, unclosed: dict[str, int]) -> int:
    """The line after the fence that opens at `start`; the one after the opening line where nothing closes it."""
    closing = re.compile(rf"[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*")
    if len(ticks) < unclosed.get(ticks[0], len(ticks) + 1):
        for index in range(start + 1, len(lines)):
            if closing.fullmatch(lines[index]):
                return index + 1
        unclosed[ticks[0]] = len(ticks)
    return start + 1


def _indented_end(lines: list[str], start: int, indent: int) -> int:
    """The line after the block under `start` whose lines stand in by `indent` or are blank."""
    stop = start + 1
    for index in range(start + 1, len(lines)):
        line = lines[index].expandtabs(4)
        if line.strip():
            if len(line) - len(line.lstrip()) < indent:
                break
            stop = index + 1
    return stop


def _options_end(lines: list[str], start: int, indent: int) -> int:
    """The line after the options of a `///` block: indented YAML right under its first line."""
    stop = start + 1
    while stop < len(lines) and lines[stop].strip() and len(lines[stop]) - len(lines[stop].lstrip()) >= indent:
        stop += 1
    return stop
