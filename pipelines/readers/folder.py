"""A folder of page files as a source, whatever their format."""

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, HtmlSource, MarkdownSource, PdfSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.duplicates import leave_out_duplicates
from pipelines.readers.html.tree import HtmlTree
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page, build_document
from pipelines.readers.page_source import SourcePage, Validators
from pipelines.readers.pdf import PdfTree
from pipelines.readers.source_folder import SourceFolder, printable
from pipelines.types import LeftOutPage, PageFailure
from storage_config.vocabulary import LeftOutReason

_log = logging.getLogger(__name__)

# Formats that only their own generator's build tells.
_NOT_READ = {".rst": "reStructuredText", ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc"}

FolderSpec = MarkdownSource | HtmlSource | PdfSource


class PageTree(Protocol):
    """The page files of a folder in one format."""

    def paths(self) -> Iterator[PurePosixPath]:
        """The files that are pages, in order of their uris."""
        ...

    def read(self, path: PurePosixPath) -> Page | LeftOutReason:
        """The page, or why its readers do not see it. Raises PageError."""
        ...


class FolderPages:
    """The pages of one declared folder."""

    def __init__(self, spec: CorpusSpec, source: FolderSpec, *, max_page_chars: int) -> None:
        self._spec, self._source, self._max_page_chars = spec, source, max_page_chars
        self._path = (spec.folder / source.path).resolve()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folder."""
        return (self._path,)

    async def pages(self, known: Mapping[str, Validators]) -> Sequence[SourcePage]:
        """Every page, read anew whatever is known. Raises SourceMissing."""
        return await asyncio.to_thread(lambda: leave_out_duplicates(list(self.read())))

    def holds(self, uri: str) -> bool:
        """Whether the folder has a page file of that uri; of one that is not here nobody knows."""
        return self._path.is_dir() and any(str(path) == uri for path in self._tree(0).paths())

    def read(self) -> Iterator[Document | LeftOutPage | PageFailure]:
        """The pages in order of their uris, as they are read: synchronous and CPU bound.

        Raises SourceMissing, before the first page, where the folder is missing or holds no page.
        """
        tree = self._tree(self._max_page_chars)
        paths = list(tree.paths())
        if not paths:
            raise SourceMissing(f"{self._spec.name}: no page in {self._path}; {self._advice()}")
        return self._read(tree, paths)

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

    def _tree(self, max_chars: int) -> PageTree:
        folder = SourceFolder.open(self._spec.name, self._path, max_chars)
        if isinstance(self._source, HtmlSource):
            return HtmlTree(self._spec, self._source, folder)
        if isinstance(self._source, PdfSource):
            return PdfTree(self._spec, self._source, folder)
        return MarkdownTree(self._spec, self._source, folder)

    def _read(self, tree: PageTree, paths: list[PurePosixPath]) -> Iterator[Document | LeftOutPage | PageFailure]:
        read = 0
        for path in paths:
            outcome = _read_page(tree, path)
            read += not isinstance(outcome, LeftOutPage)
            yield outcome
        if not read:
            raise SourceMissing(f"{self._spec.name}: every page in {self._path} is one that the site does not show")


def _read_page(tree: PageTree, path: PurePosixPath) -> Document | LeftOutPage | PageFailure:
    if (name := printable(path)) != str(path):
        return PageFailure(name, "has a name that is not UTF-8: rename the file")
    try:
        page = tree.read(path)
        return LeftOutPage(str(path), page) if isinstance(page, str) else build_document(page)
    except PageError as error:
        return PageFailure(str(path), error.reason)
    except Exception as error:
        # One page that a parser chokes on must not cost the others; the log keeps the trace.
        _log.exception("%s cannot be read", path)
        return PageFailure(str(path), f"cannot be read: {type(error).__name__}")
