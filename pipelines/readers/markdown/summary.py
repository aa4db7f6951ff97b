"""SUMMARY.md of an mdBook: which files are chapters, in which order and under which titles; and its book.toml."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipelines.errors import PageError, SourceMissing
from pipelines.readers.markdown.inlines import shown_text
from pipelines.readers.source_folder import SourceFolder, decode

_NAME, _HERE = PurePosixPath("SUMMARY.md"), PurePosixPath(".")
# A list and its item are two levels: chapters are found 49 lists deep, where the parser's own bound is nine.
_MAX_NESTING = 100
_MAX_DEPTH = 3  # folders between book.toml and the chapters: `src`, as a rule


@dataclass(frozen=True, slots=True)
class Book:
    """A book. `files` is the folder that its includes may read, `here` that of the chapters, seen from it.

    `titles` are those of the chapters in the order of the book, `drafts` the titles of those without a file.
    `hidden` are the marks of lines that a code block of a language does not show, besides Rust's.
    """

    files: SourceFolder
    here: PurePosixPath
    titles: dict[PurePosixPath, str] = field(default_factory=dict)
    drafts: tuple[str, ...] = ()
    hidden: dict[str, str] = field(default_factory=dict)
    smart: bool = True


def read_book(corpus: str, folder: SourceFolder) -> Book:
    """The book whose chapters lie in the folder. Raises SourceMissing where it has no SUMMARY.md that can be read."""
    if folder.root is None:
        return Book(folder, _HERE)
    try:
        titles, drafts = _read_summary(folder.read_text(_NAME))
    except PageError as error:
        raise SourceMissing(f"{corpus}: the chapters of an mdBook are those of its SUMMARY.md: {error}") from None
    root = next((place for place in [folder.root, *folder.root.parents][:_MAX_DEPTH] if _config(place).is_file()), None)
    if root is None:
        return Book(folder, _HERE, titles, drafts)
    html = _table(_table(_read_config(corpus, _config(root)), "output"), "html")
    marks = _table(_table(html, "code"), "hidelines")
    return Book(
        SourceFolder(root, folder.max_chars),
        PurePosixPath(folder.root.relative_to(root).as_posix()),
        titles,
        drafts,
        {str(language): mark for language, mark in marks.items() if isinstance(mark, str) and mark},
        html.get("smart-punctuation", True) is not False,
    )


def _read_summary(source: str) -> tuple[dict[PurePosixPath, str], tuple[str, ...]]:
    """Every link of the file is a chapter, in lists and around them; one that leads nowhere is a draft."""
    titles: dict[PurePosixPath, str] = {}
    drafts: list[str] = []
    for block in MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).parse(source):
        target, words = "", list[Token]()
        for token in block.children or ():
            if token.type == "link_open":
                target, words = str(token.attrGet("href") or ""), []
            elif token.type != "link_close":
                words.append(token)
            elif not target:
                drafts.append(shown_text(words))
            elif (path := _normal(unquote(target))) is not None:
                titles.setdefault(path, shown_text(words))
    return titles, tuple(drafts)


def _normal(target: str) -> PurePosixPath | None:
    """The path without `.` and `..`; None where it leads out of the folder or is none."""
    parts: list[str] = []
    for part in PurePosixPath(target).parts:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts) if parts and not target.startswith("/") and "://" not in target else None


def _config(folder: Path) -> Path:
    return folder / "book.toml"


def _read_config(corpus: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(decode(path.name, path.read_bytes()))
    except (OSError, PageError, tomllib.TOMLDecodeError) as error:
        raise SourceMissing(f"{corpus}: {path} cannot be read: {error}") from None


def _table(values: dict[str, object], key: str) -> dict[str, object]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}
