"""mdBook: the anchors of its headings, the files that its pages include, the lines of code that they hide.

As mdBook 0.5 has them: ids made of a heading's letters, digits, `_`, `-` and blanks; `{{#include file:3:9}}`,
`{{#include file:anchor}}`, `{{#rustdoc_include …}}` and `{{#playground …}}`; lines `# ` of Rust, and `hidelines`.
"""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import regex

from pipelines.readers.lines import LineHeading
from pipelines.readers.markdown.included_files import IncludedFiles
from pipelines.readers.markdown.inlines import inline_tokens, shown_text
from pipelines.readers.markdown.summary import Book
from pipelines.readers.markdown.vitepress import VitePressAnchors

_MAX_DEPTH = 10
_NOT_IN_ID = regex.compile(r"[^\p{Alphabetic}\p{N}\s_-]")  # what Rust calls alphanumeric; `re` knows fewer marks
_BLANK = re.compile(r"\s")
_ATTRIBUTES = re.compile(r"(?<!\s)\s*\{([^{}\n]*)\}\s*$")
_ID = re.compile(r"(?:^|\s)#([^\s}]+)")
_DASHES = re.compile("-{2,}")

_LINK = re.compile(r"\\\{\{#[^\n]{0,1000}\}\}|\{\{\s*#(?P<kind>[a-zA-Z0-9_]+)\s++(?P<rest>[^}]{1,1000})\}\}")
_ANCHOR = re.compile(r"ANCHOR(?P<end>_END)?:\s*(?P<name>[\w-]+)")
_RUST_HIDDEN = re.compile(r"(?P<indent>[ \t>]*)#(?P<after>#| |$)(?P<rest>.*)")
_LANGUAGE = re.compile(r"[^\s,{]+")
_HIDELINES = re.compile(r"hidelines=([^\s,}]+)")


class MdBookAnchors(VitePressAnchors):
    """The anchors of one page. Ids in braces are taken as they are and count for no other heading."""

    def __init__(self, *, smart: bool = True) -> None:
        super().__init__()
        self._smart = smart

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading:
        """The second `setup` becomes `setup-1`."""
        attributes = _ATTRIBUTES.search(content)
        if attributes is not None:
            content = content[: attributes.start()]
        tokens = inline_tokens(content, env)
        if attributes and (named := _ID.search(attributes[1])):
            return LineHeading(level, shown_text(tokens), named[1])
        # With smart punctuation two hyphens of a text are a dash, which no id has.
        text = "".join(
            _DASHES.sub("–", token.content) if self._smart and token.type == "text" else token.content
            for token in tokens
            if token.type not in ("html_inline", "image")
        )
        anchor = self._unique(mdbook_id(text))
        # The number of a note is in the id, and only the whole page tells it.
        noted = any(token.type == "footnote_reference" for token in tokens)
        return LineHeading(level, shown_text(tokens), None if noted else anchor or None)


def mdbook_id(text: str) -> str:
    """The anchor of a heading's text, before duplicates are numbered."""
    return _BLANK.sub("-", _NOT_IN_ID.sub("", text.strip().lower()))


def expand_mdbook(source: str, path: PurePosixPath, book: Book, warnings: list[str]) -> tuple[str, str | None]:
    """The page with its includes in place, at most `max_chars` of its folder long, and the title that it names.

    What is dropped is told in `warnings`.
    """
    files, circles = IncludedFiles(path, book.files), IncludedFiles(path, book.files)
    expansion = _BookExpansion(book, files, circles)
    expanded = expansion.text(source, book.here / path, ())
    warnings += [*files.warnings("lead out of the book or nowhere"), *circles.warnings("lead in a circle")]
    return expanded, expansion.title


class _BookExpansion:
    def __init__(self, book: Book, files: IncludedFiles, circles: IncludedFiles) -> None:
        self._folder, self._files, self._circles = book.files, files, circles
        self.title: str | None = None

    def text(self, source: str, path: PurePosixPath, parents: tuple[PurePosixPath, ...]) -> str:
        return _LINK.sub(lambda found: self._shown(found, path, parents), source)

    def _shown(self, found: re.Match[str], path: PurePosixPath, parents: tuple[PurePosixPath, ...]) -> str:
        if found["kind"] is None:
            return found.group()[1:]  # escaped
        if found["kind"] == "title":
            self.title = found["rest"].strip()
            return ""
        target, *options = found["rest"].split() or [""]
        if found["kind"] not in ("include", "rustdoc_include", "playground", "playpen") or not target:
            return found.group()  # another preprocessor's
        file, _, part = (target, "", "") if found["kind"] in ("playground", "playpen") else target.partition(":")
        place = self._folder.find(file, path.parent)
        if place is not None and (place == path or place in parents or len(parents) >= _MAX_DEPTH):
            self._circles.drop(target)
            return ""
        content = self._files.read(place)
        if content is None or place is None:
            self._files.drop(target)
            return ""
        chosen = self._files.bounded(_choose(content, part, rustdoc=found["kind"] == "rustdoc_include"))
        inner = self.text(chosen, place, (*parents, path))
        is_code = found["kind"] in ("playground", "playpen")
        return f"```{','.join(['rust', *options])}\n{inner.rstrip()}\n```\n" if is_code else inner


def _choose(text: str, part: str, *, rustdoc: bool) -> str:
    """The lines `3:9`, `3`, `3:`, `:9`, or those of an anchor; for rustdoc the others stay as hidden ones."""
    lines = text.split("\n")[: -1 if text.endswith("\n") else None]
    if not part:
        return "\n".join(lines)
    first, colon, last = part.partition(":")
    last = last.partition(":")[0]
    if first and not first.isdecimal():
        chosen: Sequence[int] = _anchored(lines, first)
    else:
        start = max(int(first or 1), 1) - 1
        stop = (int(last) if last.isdecimal() else len(lines)) if colon else start + 1
        chosen = range(start, min(stop, len(lines)))
    if not rustdoc:
        return "\n".join(lines[number] for number in chosen)
    kept = set(chosen)
    return "\n".join(line if number in kept else f"# {line}" for number, line in enumerate(lines))


def _anchored(lines: Sequence[str], name: str) -> Sequence[int]:
    chosen: list[int] = []
    inside = False
    for number, line in enumerate(lines):
        mark = _ANCHOR.search(line)
        if mark is None:
            if inside:
                chosen.append(number)
        elif mark["name"] == name:
            if inside and mark["end"]:
                break
            inside = inside or not mark["end"]
    return chosen


def shown_code(hidden: Mapping[str, str], info: str, lines: list[str]) -> list[str]:
    """The lines of a code block, its fences included, as a page shows them before its reader asks for the rest."""
    found = _LANGUAGE.match(info)
    language = found.group() if found else ""
    own = _HIDELINES.search(info)
    mark = own[1] if own else hidden.get(language)
    inner = lines[1:-1]
    if language == "rust":
        inner = [shown for line in inner if (shown := _rust(line)) is not None]
    elif mark:
        inner = [line for line in inner if not line.lstrip(" \t>").startswith(mark)]
    return [lines[0], *inner, *lines[-1:]] if len(lines) > 1 else lines


def _rust(line: str) -> str | None:
    found = _RUST_HIDDEN.fullmatch(line)
    if found is None:
        return line
    return f"{found['indent']}#{found['rest']}" if found["after"] == "#" else None
