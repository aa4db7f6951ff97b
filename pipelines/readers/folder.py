"""A folder of page files as a source, whatever their format."""

import asyncio
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TypeVar
from uuid import uuid4

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.duplicates import leave_out_duplicates
from pipelines.readers.edition_folders import EditionFolder, published_editions
from pipelines.readers.edition_pages import EditionPages, FileRead, FolderReading, FolderSpec, PageFile
from pipelines.readers.editions import find_editions
from pipelines.readers.files_apart import read_files_apart
from pipelines.readers.page import DescribedPage
from pipelines.readers.page_document import build_document
from pipelines.readers.page_process import PageProcess
from pipelines.readers.page_source import (
    FileOutcome,
    FilePool,
    PackedOutcome,
    PackedPage,
    ReadPage,
    SourcePage,
    Validators,
)
from pipelines.types import LeftOutPage, PageFailure, SourceFailure
from storage_config.editions import PublishedEdition

_log = logging.getLogger(__name__)

# Formats that only their own generator's build tells.
_NOT_READ = {".rst": "reStructuredText", ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc"}

Outcome = TypeVar("Outcome", FileOutcome, PackedOutcome)


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
        self._path = self._reading(max_page_chars).path

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
        work = await asyncio.to_thread(lambda: self._find_files(self._reading(self._max_page_chars).open()))
        outcomes = iter(await self._pool.read(self._spec, _files(work)))
        return await asyncio.to_thread(lambda: leave_out_duplicates(list(self._judge(work, outcomes))))

    def read_files(self, files: Sequence[PageFile]) -> list[PackedOutcome]:
        """What these files are, each by itself: synchronous and CPU bound. Raises SourceMissing."""
        return _packed(self._read(*self._opened, files))

    @cached_property
    def _opened(self) -> tuple[FolderReading, list[EditionPages]]:
        reading = self._reading(self._max_page_chars)
        return reading, reading.open()

    def uris_of(self, path: Path) -> tuple[str, ...]:
        """The uris that a file of these folders has, as the page of an edition and as one that is not translated."""
        places = ((one, folder) for one in self._find() for folder in one.folders if path.is_relative_to(folder))
        return tuple(one.uri_of(PurePosixPath(path.relative_to(folder).as_posix())) for one, folder in places)

    def holds(self, uri: str) -> bool:
        """Whether one of the folders has a page file of that uri; of one that is not here nobody knows."""
        if not self._path.is_dir():
            return False
        return any(f"{one.found.uri_prefix}{path}" == uri for one in self._reading(0).open() for path in one.paths())

    def read(self) -> Iterator[FileOutcome]:
        """The pages of each edition in order of their uris, the default one's first: synchronous and CPU bound.

        Raises SourceMissing, before the first page, where a folder is missing or holds no page.
        """
        reading = self._reading(self._max_page_chars)
        editions = reading.open()
        work = self._find_files(editions)
        return self._judge(work, self._read(reading, editions, _files(work)))

    def _read(
        self, reading: FolderReading, editions: Sequence[EditionPages], files: Sequence[PageFile]
    ) -> Iterator[FileOutcome]:
        if self._process is None:
            found: Iterator[FileRead | PageFailure] = (_read_here(editions[one.edition], one.path) for one in files)
        else:
            found = read_files_apart(self._process, reading, editions, files)
        return (build_document(one) if isinstance(one, DescribedPage) else one for one in found)

    def _find_files(self, editions: Iterable[EditionPages]) -> list[tuple[EditionPages, list[PurePosixPath]]]:
        work = []
        for edition in editions:
            paths = list(edition.paths())
            if not paths:
                raise SourceMissing(f"{self._spec.name}: no page in {edition.found.folder}; {self._advice()}")
            work.append((edition, paths))
        return work

    def _find(self) -> Sequence[EditionFolder]:
        return find_editions(self._spec, self._source, self._path)

    def _reading(self, max_chars: int) -> FolderReading:
        return FolderReading(uuid4(), self._spec, self._source, max_chars)

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
        self, work: list[tuple[EditionPages, list[PurePosixPath]]], outcomes: Iterator[Outcome]
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


def _files(work: list[tuple[EditionPages, list[PurePosixPath]]]) -> list[PageFile]:
    return [PageFile(number, path) for number, (_, paths) in enumerate(work) for path in paths]


def _read_here(edition: EditionPages, path: PurePosixPath) -> FileRead | PageFailure:
    """The page by this process, without a bound."""
    try:
        return edition.read(path)
    except PageError as error:
        return PageFailure(edition.uri_of(path), error.reason)
    except Exception as error:
        # One page that a parser chokes on must not cost the others; the log keeps the trace.
        _log.exception("%s cannot be read", edition.uri_of(path))
        return PageFailure(edition.uri_of(path), f"cannot be read: {type(error).__name__}")


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
