"""A folder of page files as a source, whatever their format."""

import asyncio
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar
from uuid import UUID, uuid4

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, HtmlSource, MarkdownSource, PdfSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.duplicates import leave_out_duplicates
from pipelines.readers.edition_folders import EditionFolder, published_editions
from pipelines.readers.editions import find_editions
from pipelines.readers.html.tree import HtmlTree
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page, build_document
from pipelines.readers.page_process import PageProcess
from pipelines.readers.page_source import (
    FileOutcome,
    FilePool,
    PackedOutcome,
    PackedPage,
    PageFile,
    ReadPage,
    SourcePage,
    Validators,
)
from pipelines.readers.pdf import PdfTree
from pipelines.readers.source_folder import SourceFolder, printable
from pipelines.types import LeftOutPage, PageFailure, SourceFailure
from storage_config.editions import PublishedEdition
from storage_config.vocabulary import LeftOutReason

_log = logging.getLogger(__name__)

# Formats that only their own generator's build tells.
_NOT_READ = {".rst": "reStructuredText", ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc"}

# From this size on a file is read in the process that can be ended: readers take linear time, but much of it is much.
LARGE_BYTES = 100_000

FolderSpec = MarkdownSource | HtmlSource | PdfSource
Outcome = TypeVar("Outcome", FileOutcome, PackedOutcome)


class PageTree(Protocol):
    """The page files of a folder in one format."""

    def paths(self) -> Iterator[PurePosixPath]:
        """The files that are pages, in order of their uris."""
        ...

    def read(self, path: PurePosixPath) -> Page | LeftOutReason:
        """The page, or why its readers do not see it. Raises PageError."""
        ...


class FolderPages:
    """The pages of one declared folder, and of those that hold the declared versions and locales of its site."""

    def __init__(
        self,
        spec: CorpusSpec,
        source: FolderSpec,
        *,
        max_page_chars: int,
        process: PageProcess | None = None,
        pool: FilePool | None = None,
    ) -> None:
        self._spec, self._source, self._max_page_chars, self._process = spec, source, max_page_chars, process
        self._pool = pool
        self._path = (spec.folder / source.path).resolve()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The declared folder, and those of the editions beside it."""
        return tuple(dict.fromkeys([self._path, *(path for one in self._find() for path in one.folders)]))

    @property
    def editions(self) -> tuple[PublishedEdition, ...]:
        """The editions beside the default one."""
        return published_editions(self._find())

    async def pages(self, known: Mapping[str, Validators]) -> Sequence[SourcePage]:
        """Every page, read anew whatever is known. Raises SourceMissing."""
        if self._pool is None:
            return await asyncio.to_thread(lambda: leave_out_duplicates(_packed(self.read())))
        work = await asyncio.to_thread(self._find_files)
        files = [PageFile(number, path) for number, (_, paths) in enumerate(work) for path in paths]
        outcomes = iter(await self._pool.read(self._spec, files))
        return await asyncio.to_thread(lambda: leave_out_duplicates(list(self._judge(work, outcomes))))

    def read_files(self, files: Sequence[PageFile]) -> list[PackedOutcome]:
        """What these files are, each by itself: synchronous and CPU bound. Raises SourceMissing."""
        return _packed(self._opened[file.edition].read(file.path) for file in files)

    def edition(self, number: int) -> "EditionPages":
        """The pages of the edition of that number, whose folder is opened once."""
        return self._opened[number]

    @cached_property
    def _opened(self) -> "list[EditionPages]":
        return self._open(self._max_page_chars)

    def uris_of(self, path: Path) -> tuple[str, ...]:
        """The uris that a file of these folders has, as the page of an edition and as one that is not translated."""
        places = ((one, folder) for one in self._find() for folder in one.folders if path.is_relative_to(folder))
        return tuple(one.uri_of(PurePosixPath(path.relative_to(folder).as_posix())) for one, folder in places)

    def holds(self, uri: str) -> bool:
        """Whether one of the folders has a page file of that uri; of one that is not here nobody knows."""
        if not self._path.is_dir():
            return False
        return any(f"{one.found.uri_prefix}{path}" == uri for one in self._open(0) for path in one.paths())

    def read(self) -> Iterator[FileOutcome]:
        """The pages of each edition in order of their uris, the default one's first: synchronous and CPU bound.

        Raises SourceMissing, before the first page, where a folder is missing or holds no page.
        """
        work = self._find_files()
        return self._judge(work, (edition.read(path) for edition, paths in work for path in paths))

    def _find_files(self) -> "list[tuple[EditionPages, list[PurePosixPath]]]":
        work = []
        for edition in self._open(self._max_page_chars):
            paths = list(edition.paths())
            if not paths:
                raise SourceMissing(f"{self._spec.name}: no page in {edition.found.folder}; {self._advice()}")
            work.append((edition, paths))
        return work

    def _find(self) -> Sequence[EditionFolder]:
        return find_editions(self._spec, self._source, self._path)

    def _open(self, max_chars: int) -> "list[EditionPages]":
        reading = _Reading(uuid4(), self._spec, self._source, max_chars, self._process)
        return [EditionPages(number, one, reading) for number, one in enumerate(self._find())]

    def _advice(self) -> str:
        """What to do about a folder without pages."""
        for _, _, names in os.walk(self._path):
            if isinstance(self._source, MarkdownSource) and any(name.endswith(".ipynb") for name in names):
                return 'notebooks are read where source.include names them: include = ["**/*.md", "**/*.ipynb"]'
            ending = next(
                (ending for name in sorted(names) if (ending := PurePosixPath(name).suffix) in _NOT_READ), None
            )
            if ending is not None:
                return f'{_NOT_READ[ending]} is not read itself: build the site and read that with kind = "html"'
        return "source.include names what is looked for"

    def _judge(
        self, work: "list[tuple[EditionPages, list[PurePosixPath]]]", outcomes: Iterator[Outcome]
    ) -> Iterator[Outcome | LeftOutPage | PageFailure]:
        read, taken = 0, set[str]()
        for edition, paths in work:
            yield from edition.unread()
            for found in islice(outcomes, len(paths)):
                outcome = _judge_repeated(found, taken)
                read += not isinstance(outcome, LeftOutPage)
                yield outcome
        if not read:
            raise SourceMissing(f"{self._spec.name}: every page in {self._path} is one that the site does not show")


class EditionPages:
    """The pages of one edition: files of its own folder before those of its fallback."""

    def __init__(self, number: int, found: EditionFolder, reading: "_Reading") -> None:
        self.found = found
        self._number, self._reading = number, reading
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

    def read(self, path: PurePosixPath) -> FileOutcome:
        """The page, why it is left out, or why it cannot be read."""
        uri = f"{self.found.uri_prefix}{printable(path)}"
        if printable(path) != str(path):
            return PageFailure(uri, "has a name that is not UTF-8: rename the file")
        try:
            page = self._read_apart(path) or self.page(path)
            return LeftOutPage(uri, page) if isinstance(page, str) else build_document(self._placed(page, uri))
        except PageError as error:
            return PageFailure(uri, error.reason)
        except Exception as error:
            # One page that a parser chokes on must not cost the others; the log keeps the trace.
            _log.exception("%s cannot be read", uri)
            return PageFailure(uri, f"cannot be read: {type(error).__name__}")

    def page(self, path: PurePosixPath) -> Page | LeftOutReason:
        """The page, not yet placed in its edition. Raises PageError."""
        tree, _, file = self._place_of(path)
        if isinstance(tree, MarkdownTree):
            return tree.read(path, file)
        return tree.read(path)

    def _place_of(self, path: PurePosixPath) -> tuple[PageTree, Path, PurePosixPath]:
        """The tree that reads the page, the folder of that tree, and the file there that the page's text is in."""
        file = path if self.found.suffixes is None else self._files.get(path, path)
        if self._fallback is None or self.found.fallback is None or os.path.lexists(self.found.folder / file):
            return self._own, self.found.folder, file
        return self._fallback, self.found.fallback, file

    def _read_apart(self, path: PurePosixPath) -> Page | LeftOutReason | None:
        """The same by the process that is ended where it takes too much; None for a file that is read here."""
        reading = self._reading
        if reading.process is None or isinstance(reading.source, PdfSource):  # its tree has the process itself
            return None
        _, folder, file = self._place_of(path)
        try:
            size = (folder / file).stat().st_size
        except OSError:
            return None  # its reader says what is wrong with it
        if size < LARGE_BYTES:
            return None
        apart = replace(reading, process=None)
        return reading.process.call(size, str(path), read_large_file, apart, self._number, path)

    @cached_property
    def _files(self) -> dict[PurePosixPath, PurePosixPath]:
        """The files of the pages whose names say the language."""
        assert self.found.suffixes is not None
        return self.found.suffixes.files(self._own.paths())

    def _placed(self, page: Page, uri: str) -> Page:
        described = {**page.bibliography, "id": uri} if page.bibliography else None
        return replace(page, uri=uri, bibliography=described, edition=self.found.edition)


def _packed(outcomes: Iterable[FileOutcome]) -> list[PackedOutcome]:
    return [PackedPage.of(one) if isinstance(one, Document) else one for one in outcomes]


def _judge_repeated(outcome: Outcome, taken: set[str]) -> Outcome | SourceFailure:
    """A failure for a page whose uri another one has, which stays; `taken` grows by the uris of pages."""
    if not isinstance(outcome, ReadPage):
        return outcome
    uri = str(outcome.metadata["uri"])
    if uri in taken:
        # The record of that uri is the other page's, so the failure goes by the address.
        return SourceFailure(
            str(outcome.metadata["url"]), f"has the uri of another page, {uri}: rename one of the files"
        )
    taken.add(uri)
    return outcome


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of a declared folder, with the most characters of a page and the process for what may take long."""

    id: UUID
    spec: CorpusSpec
    source: FolderSpec
    max_chars: int
    process: PageProcess | None


_opened: dict[UUID, FolderPages] = {}  # in the process that reads large files: the last one


def read_large_file(reading: _Reading, number: int, path: PurePosixPath) -> Page | LeftOutReason:
    """A file of the edition of that number, in the process that opens each reading's folder once. Raises PageError."""
    if reading.id not in _opened:
        _opened.clear()
        _opened[reading.id] = FolderPages(reading.spec, reading.source, max_page_chars=reading.max_chars)
    return _opened[reading.id].edition(number).page(path)


def _open_tree(spec: CorpusSpec, source: FolderSpec, path: Path, site: PurePosixPath, reading: _Reading) -> PageTree:
    folder = SourceFolder.open(spec.name, path, reading.max_chars)
    if isinstance(source, HtmlSource):
        return HtmlTree(spec, source, folder)
    if isinstance(source, PdfSource):
        return PdfTree(spec, source, folder, reading.process)
    return MarkdownTree(spec, source, folder, site=site)
