"""Pages of a site → LlamaIndex documents with stable uris, public urls and the anchors their generator gives."""

from collections.abc import Iterator

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, OpenApiSource, SitemapSource
from pipelines.readers.folder import FolderPages
from pipelines.readers.openapi.source import OpenApiPages
from pipelines.readers.page_document import build_document
from pipelines.readers.page_process import PageProcess
from pipelines.readers.page_source import FilePool, PageSource
from pipelines.readers.several import SeveralSources
from pipelines.readers.sitemap.sitemap import SitemapPages
from pipelines.readers.upload import describe_upload
from pipelines.types import LeftOutPage, PageFailure, Upload


def open_source(
    spec: CorpusSpec, *, max_page_chars: int, process: PageProcess | None = None, pool: FilePool | None = None
) -> PageSource:
    """The pages that the corpus file declares: the one place where a kind of source becomes its reader.

    `process` reads the pages, each within a bound; without one they are read here, without any.
    `pool` reads the files of folders, where there is one.
    """
    sources = [_open_part(part, max_page_chars, process, pool) for part in spec.parts]
    return sources[0] if len(sources) == 1 else SeveralSources(spec.parts, sources)


def _open_part(spec: CorpusSpec, max_page_chars: int, process: PageProcess | None, pool: FilePool | None) -> PageSource:
    if isinstance(spec.source, SitemapSource):
        return SitemapPages(spec, spec.source, max_page_chars=max_page_chars, process=process)
    if isinstance(spec.source, OpenApiSource):
        return OpenApiPages(spec, spec.source, max_page_chars=max_page_chars, process=process)
    return FolderPages(spec, spec.source, max_page_chars=max_page_chars, process=process, pool=pool)


def read_upload(spec: CorpusSpec, upload: Upload, *, max_page_chars: int) -> Document:
    """An uploaded page, read here without a bound. Raises PageError."""
    return build_document(describe_upload(spec, upload, max_page_chars=max_page_chars))


def read_documents(spec: CorpusSpec, *, max_page_chars: int) -> Iterator[Document | PageFailure]:
    """The pages of a corpus whose source is a folder, one by one, without those that are left out.

    Synchronous and CPU bound. Raises SourceMissing.
    """
    source = open_source(spec, max_page_chars=max_page_chars)
    if not isinstance(source, FolderPages):
        raise TypeError(f"the source of {spec.name} is no folder")
    return (page for page in source.read() if not isinstance(page, LeftOutPage))
