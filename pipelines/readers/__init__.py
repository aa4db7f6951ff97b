"""Pages of a site → LlamaIndex documents with stable uris, public urls and the anchors their generator gives."""

import logging
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Protocol

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, HtmlSource, PdfSource, SitemapSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.html.tree import HtmlTree
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page, build_document
from pipelines.readers.pdf import PdfTree
from pipelines.readers.sitemap.fetching import Validators
from pipelines.readers.sitemap.sitemap import ReadPage, UnchangedPage, read_sitemap
from pipelines.readers.source_folder import SourceFolder
from pipelines.readers.upload import Upload, UploadKind, read_upload
from pipelines.types import PageFailure

__all__ = [
    "ReadPage", "UnchangedPage", "Upload", "UploadKind", "Validators", "holds_page", "read_documents", "read_sitemap",
    "read_upload",
]  # fmt: skip

_log = logging.getLogger(__name__)


class _Tree(Protocol):
    def paths(self) -> Iterator[PurePosixPath]: ...

    def read(self, path: PurePosixPath) -> Page | None: ...


def read_documents(spec: CorpusSpec, *, max_page_chars: int) -> Iterator[Document | PageFailure]:
    """The corpus' pages in order of their uris; a page that cannot be read is a PageFailure, and the rest goes on.

    Synchronous and CPU bound: call it in a thread. Raises SourceMissing, before the first page, where the folder is
    missing or holds no page.
    """
    tree = _open_tree(spec, max_page_chars)
    paths = list(tree.paths())
    if not paths:
        raise SourceMissing(f"{spec.name}: no page in {spec.source_path}; source.include names what is looked for")
    return _read(spec, tree, paths)


def holds_page(spec: CorpusSpec, uri: str) -> bool:
    """Whether the source folder has a page file of that uri; of a sitemap, or a folder that is not here, nobody knows.

    Synchronous: it looks through the folder.
    """
    if isinstance(spec.source, SitemapSource) or not spec.source_path.is_dir():
        return False
    return any(str(path) == uri for path in _open_tree(spec, 0).paths())


def _open_tree(spec: CorpusSpec, max_page_chars: int) -> _Tree:
    if isinstance(spec.source, SitemapSource):
        raise TypeError("a sitemap has no folder: read_sitemap reads it")
    folder = SourceFolder.open(spec.source_path, max_page_chars)
    if isinstance(spec.source, HtmlSource):
        return HtmlTree(spec, spec.source, folder)
    if isinstance(spec.source, PdfSource):
        return PdfTree(spec, spec.source, folder)
    return MarkdownTree(spec, spec.source, folder)


def _read(spec: CorpusSpec, tree: _Tree, paths: list[PurePosixPath]) -> Iterator[Document | PageFailure]:
    read = 0
    for path in paths:
        outcome = _read_page(tree, path)
        read += outcome is not None
        if outcome is not None:
            yield outcome
    if not read:
        raise SourceMissing(f"{spec.name}: every page in {spec.source_path} is one that the site does not show")


def _read_page(tree: _Tree, path: PurePosixPath) -> Document | PageFailure | None:
    try:
        page = tree.read(path)
        return build_document(page) if page else None
    except PageError as error:
        return PageFailure(str(path), error.reason)
    except Exception as error:
        # One page that a parser chokes on must not cost the others; the log keeps the trace.
        _log.exception("%s cannot be read", path)
        return PageFailure(str(path), f"cannot be read: {type(error).__name__}")
