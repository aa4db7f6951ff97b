"""Files that a MkDocs page shows by including them: snippets, mdx_include, FastAPI's code includes.

Three syntaxes are known: `--8<-- "file"` (pymdownx.snippets, with lines `file:4:6` and sections `file:name`),
`{!file!}` and `{!> file!}` (mdx_include), `{* file ln[1:5] hl[3] *}` (markdown-include-variants). An include that
leads out of the source folder or nowhere is dropped with a warning, but for markdown in the folder of the site's
configuration: many home pages are `--8<-- "README.md"`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipelines.readers.markdown.included_files import IncludedFiles
from pipelines.readers.source_folder import SourceFolder

MAX_DEPTH = 5

_MARKER = r"-+8<-+"
_SNIPPET = re.compile(
    rf"""(?P<indent>[ \t]*)(?P<escape>;*){_MARKER}[ \t]+(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)')[ \t]*"""
)
_SNIPPET_BLOCK = re.compile(rf"(?P<indent>[ \t]*){_MARKER}[ \t]*")
_MDX_INCLUDE = re.compile(
    r"(?P<indent>[ \t]*)\{!>?\s*+(?P<path>[^\s!}|]++(?:\s++[^\s!}|]++)*+)\s*+(?:\|[^!}]*)?!\}[ \t]*"
)
_CODE_INCLUDE = re.compile(r"(?P<indent>[ \t]*)\{\*\s*+(?P<path>[^\s*]++)(?P<options>[^*]*)\*\}[ \t]*")
_SECTION = re.compile(rf"{_MARKER}[ \t]*\[[ \t]*(start|end)[ \t]*(?::[ \t]*([\w-]+))?[ \t]*\]")
_LINES = re.compile(r"(?P<path>.*?)(?::(?P<lines>\d*(?::\d*)?(?:,\d*(?::\d*)?)*)|:(?P<section>[A-Za-z][\w-]*))?$")
_DROPPED = "\x00dropped"
_EMPTY_FENCE = re.compile(
    rf"^([ \t]*)(`{{3,}}|~{{3,}})[^\n]*\n(?:[ \t]*\n)*[ \t]*{_DROPPED}\n(?:[ \t]*(?:{_DROPPED})?\n)*\1\2[ \t]*$",
    re.MULTILINE,
)
_LANGUAGES = {"py": "python", "js": "javascript", "ts": "typescript", "yml": "yaml", "rs": "rust", "sh": "bash"}


@dataclass(frozen=True, slots=True)
class IncludeBases:
    """The folder of a site's configuration, and the folders from there in which its generator looks for files."""

    folder: SourceFolder
    bases: tuple[PurePosixPath, ...]


def expand_includes(
    source: str, path: PurePosixPath, folder: SourceFolder, warnings: list[str], *, site: IncludeBases | None = None
) -> str:
    """The page with its includes in place. Bounded: five levels deep, at most `folder.max_chars` long in the end.

    `site` is what the site's configuration says, where it is known. What is dropped is told in `warnings`.
    """
    files = IncludedFiles(path, folder)
    expanded = "\n".join(_Expansion(path, folder, files, site).lines(source, 0))
    if dropped := files.warnings():
        warnings += dropped
        expanded = _EMPTY_FENCE.sub("", expanded).replace(_DROPPED, "")
    return expanded


class _Expansion:
    def __init__(
        self, path: PurePosixPath, folder: SourceFolder, files: IncludedFiles, site: IncludeBases | None
    ) -> None:
        self._path, self._folder, self._files, self._site = path, folder, files, site

    def lines(self, source: str, depth: int) -> Iterator[str]:
        block = False
        for line in source.split("\n"):
            snippet = _SNIPPET.fullmatch(line)
            if snippet and snippet["escape"]:
                yield line.replace(";", "", 1)
            elif snippet:
                yield from self._include(snippet["double"] or snippet["single"], snippet["indent"], depth)
            elif _SNIPPET_BLOCK.fullmatch(line):
                block = not block
            elif block:
                if line.strip() and not line.lstrip().startswith(";"):
                    yield from self._include(line.strip(), line[: len(line) - len(line.lstrip())], depth)
            elif included := _MDX_INCLUDE.fullmatch(line):
                yield from self._include(included["path"], included["indent"], depth)
            elif included := _CODE_INCLUDE.fullmatch(line):
                yield from self._code(included["path"], included["options"], included["indent"])
            elif not _SECTION.search(line):
                yield self._files.bounded(line)

    def _include(self, target: str, indent: str, depth: int) -> Iterator[str]:
        parts = _LINES.match(target)
        text = self._read(parts["path"] if parts else target) if depth < MAX_DEPTH else None
        if text is None or parts is None:
            yield from self._drop(target, indent)
            return
        ranges = parts["lines"]
        if ranges and ranges.isdecimal():
            ranges += ":"  # a snippet's single number means from there on
        chosen = _choose_section(text, parts["section"]) if parts["section"] else _choose_lines(text, ranges)
        if chosen is None:
            yield from self._drop(target, indent)
            return
        for line in self.lines(chosen.strip("\n"), depth + 1):
            yield indent + line if line else line

    def _code(self, target: str, options: str, indent: str) -> Iterator[str]:
        text = self._read(target)
        if text is None:
            yield from self._drop(target, indent)
            return
        wanted = re.search(r"ln\[([\d:,]+)\]", options)
        suffix = PurePosixPath(target).suffix.removeprefix(".")
        yield f"{indent}```{_LANGUAGES.get(suffix, suffix)}"
        for line in _choose_lines(text, wanted[1] if wanted else None).strip("\n").split("\n"):
            yield self._files.bounded(indent + line)
        yield f"{indent}```"

    def _read(self, target: str) -> str | None:
        """The file as MkDocs finds it: from the site's bases, else from the source folder, the page or the one above.

        Outside of the source folder only markdown is read: what else lies beside the configuration is for no reader.
        """
        if target.startswith(("http://", "https://")):
            return self._files.read(None)
        if (site := self._site) is not None:
            found = site.folder.find(target, *site.bases)
            if found is not None and (found.suffix == ".md" or self._is_inside(site.folder, found)):
                return self._files.read(found, site.folder)
        return self._files.read(self._folder.find(target, PurePosixPath("."), self._path.parent, PurePosixPath("..")))

    def _is_inside(self, folder: SourceFolder, found: PurePosixPath) -> bool:
        """Whether a file of another folder is one of the source folder, too."""
        roots = folder.root, self._folder.root
        return roots[0] is not None and roots[1] is not None and (roots[0] / found).is_relative_to(roots[1])

    def _drop(self, target: str, indent: str) -> Iterator[str]:
        self._files.drop(target)
        yield indent + _DROPPED


def _choose_lines(text: str, ranges: str | None) -> str:
    """Lines `4:6`, `4` or `:6`, several of them with commas; counted from 1, the last one included."""
    if not ranges:
        return text
    lines = text.split("\n")
    chosen: list[str] = []
    for part in ranges.split(","):
        first, colon, last = part.partition(":")
        start = max(int(first or 1), 1)
        chosen += lines[start - 1 : int(last or len(lines)) if colon else start]
    return "\n".join(chosen)


def _choose_section(text: str, name: str) -> str | None:
    chosen: list[str] | None = None
    for line in text.split("\n"):
        mark = _SECTION.search(line)
        if mark and mark[2] == name:
            if mark[1] == "end":
                break
            chosen = []
        elif chosen is not None:
            chosen.append(line)
    return None if chosen is None else "\n".join(chosen)
