"""The page files of a declared folder, edition by edition: what reads them, in whichever process that is."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Protocol
from uuid import UUID

from pipelines.corpus import CorpusSpec, HtmlSource, MarkdownSource, PdfSource
from pipelines.errors import PageError
from pipelines.readers.edition_folders import EditionFolder
from pipelines.readers.editions import find_editions
from pipelines.readers.html.tree import HtmlTree
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import DescribedPage, Page, describe_page
from pipelines.readers.pdf import PdfTree
from pipelines.readers.source_folder import SourceFolder, printable, size_of
from pipelines.types import LeftOutPage, PageFailure
from storage_config.vocabulary import LeftOutReason

FolderSpec = MarkdownSource | HtmlSource | PdfSource
FileRead = DescribedPage | LeftOutPage


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file that is a page: of which edition of its source, by number, and its path there."""

    edition: int
    path: PurePosixPath


@dataclass(frozen=True, slots=True)
class FolderReading:
    """One reading of a declared folder, and the most characters that a page of it may have."""

    id: UUID
    spec: CorpusSpec
    source: FolderSpec
    max_chars: int

    @property
    def path(self) -> Path:
        """The declared folder."""
        return (self.spec.folder / self.source.path).resolve()

    def open(self) -> "list[EditionPages]":
        """The default edition, then those beside it. Raises SourceMissing."""
        return [EditionPages(one, self) for one in find_editions(self.spec, self.source, self.path)]


class PageTree(Protocol):
    """The page files of a folder in one format."""

    def paths(self) -> Iterator[PurePosixPath]:
        """The files that are pages, in order of their uris."""
        ...

    def read(self, path: PurePosixPath) -> Page | LeftOutReason:
        """The page, or why its readers do not see it. Raises PageError."""
        ...


class EditionPages:
    """The pages of one edition: files of its own folder before those of its fallback."""

    def __init__(self, found: EditionFolder, reading: "FolderReading") -> None:
        self.found = found
        spec = reading.spec.model_copy(update={"base_url": found.base_url})
        source = reading.source.model_copy(update={"exclude": (*reading.source.exclude, *found.exclude)})
        self._own = _open_tree(spec, source, found.folder, found.site, reading)
        self._fallback = _open_tree(spec, source, found.fallback, found.site, reading) if found.fallback else None

    def paths(self) -> Iterator[PurePosixPath]:
        """The pages as the site has them, in order of their uris."""
        if self.found.suffixes is not None:
            return iter(self._files)
        if self._fallback is None or not self.found.has_own_pages:
            tree = self._fallback or self._own
            return (path for path in tree.paths() if path.with_suffix("") not in self.found.hidden)
        own = list(self._own.paths())
        named = {path.with_suffix("") for path in own}
        shown = [path for path in self._fallback.paths() if path.with_suffix("") not in named]
        return iter(sorted([*own, *shown], key=str))

    def unread(self) -> Iterator[LeftOutPage]:
        """What its generator knows and shows nowhere, which is no file of a page."""
        if isinstance(self._own, MarkdownTree):
            yield from (LeftOutPage(f"{self.found.uri_prefix}{name}", why) for name, why in self._own.unread())

    def uri_of(self, path: PurePosixPath) -> str:
        """What the page is called in its corpus."""
        return f"{self.found.uri_prefix}{printable(path)}"

    def size_of(self, path: PurePosixPath) -> int:
        """Bytes of the file that the page's text is in; 0 where its reader will say what is wrong with it."""
        _, folder, file = self._place_of(path)
        return size_of(folder / file)

    def read(self, path: PurePosixPath) -> FileRead:
        """The page, or why it is left out. Raises PageError."""
        if printable(path) != str(path):
            raise PageError(self.uri_of(path), "has a name that is not UTF-8: rename the file")
        tree, _, file = self._place_of(path)
        page = tree.read(path, file) if isinstance(tree, MarkdownTree) else tree.read(path)
        uri = self.uri_of(path)
        return LeftOutPage(uri, page) if isinstance(page, str) else describe_page(self._placed(page, uri))

    def _place_of(self, path: PurePosixPath) -> tuple[PageTree, Path, PurePosixPath]:
        """The tree that reads the page, the folder of that tree, and the file there that the page's text is in."""
        file = path if self.found.suffixes is None else self._files.get(path, path)
        if self._fallback is None or self.found.fallback is None or os.path.lexists(self.found.folder / file):
            return self._own, self.found.folder, file
        return self._fallback, self.found.fallback, file

    @cached_property
    def _files(self) -> dict[PurePosixPath, PurePosixPath]:
        """The files of the pages whose names say the language."""
        assert self.found.suffixes is not None
        return self.found.suffixes.files(self._own.paths())

    def _placed(self, page: Page, uri: str) -> Page:
        described = {**page.bibliography, "id": uri} if page.bibliography else None
        return replace(page, uri=uri, bibliography=described, edition=self.found.edition)


_opened: dict[UUID, list[EditionPages]] = {}  # in the process that reads pages: of the last reading


def read_files(reading: FolderReading, files: Sequence[PageFile]) -> list[FileRead | PageFailure]:
    """These files, in a process that opens the folder of each reading once.

    What a parser raises on a page besides PageError goes through: read alone it is that page's failure.
    """
    if reading.id not in _opened:
        _opened.clear()
        _opened[reading.id] = reading.open()
    editions, outcomes = _opened[reading.id], list[FileRead | PageFailure]()
    for file in files:
        try:
            outcomes.append(editions[file.edition].read(file.path))
        except PageError as error:
            outcomes.append(PageFailure(editions[file.edition].uri_of(file.path), error.reason))
    return outcomes


def _open_tree(
    spec: CorpusSpec, source: FolderSpec, path: Path, site: PurePosixPath, reading: FolderReading
) -> PageTree:
    folder = SourceFolder.open(spec.name, path, reading.max_chars)
    if isinstance(source, HtmlSource):
        return HtmlTree(spec, source, folder)
    if isinstance(source, PdfSource):
        return PdfTree(spec, source, folder)
    return MarkdownTree(spec, source, folder, site=site)
