"""An OpenAPI document as a source."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, OpenApiSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.openapi.api_pages import read_api
from pipelines.readers.page import DescribedPage
from pipelines.readers.page_document import build_document
from pipelines.readers.page_process import PageProcess
from pipelines.readers.page_source import SourcePage, Validators
from pipelines.readers.source_folder import size_of
from pipelines.types import PageFailure
from storage_config.editions import PublishedEdition


class OpenApiPages:
    """The pages of one OpenAPI document.

    A page is a tag with its operations, or a path for operations without one; the uris are `<file>/tag/<tag>` and
    `<file>/path/<path>`, with one name more where each operation has a page of its own.
    """

    editions: tuple[PublishedEdition, ...] = ()

    def __init__(
        self, spec: CorpusSpec, source: OpenApiSource, *, max_page_chars: int, process: PageProcess | None = None
    ) -> None:
        self._spec, self._source = spec, source
        self._max_page_chars, self._process = max_page_chars, process
        self._path = (spec.folder / source.path).resolve()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The file."""
        return (self._path,)

    def uris_of(self, path: Path) -> tuple[str, ...]:
        """The file is many pages."""
        return ()

    def holds(self, uri: str) -> bool:
        """Whether the uri is one of the document's, whether or not it has such an operation today."""
        return PurePosixPath(uri).is_relative_to(self._path.name)

    async def pages(self, known: Mapping[str, Validators]) -> Sequence[SourcePage]:
        """Every page, read anew whatever is known. Raises SourceMissing where the file is no OpenAPI document."""
        return await asyncio.to_thread(lambda: list(self.read()))

    def read(self) -> Iterator[Document | PageFailure]:
        """The pages in order of their uris: synchronous and CPU bound. Raises SourceMissing."""
        try:
            read = self._read()
        except PageError as error:
            # None of its pages can be read, and none of them is to be removed.
            raise SourceMissing(f"{self._spec.name}: {error}") from None
        return (build_document(page) if isinstance(page, DescribedPage) else page for page in read)

    def _read(self) -> list[DescribedPage | PageFailure]:
        """By the process that is ended where it takes too much, where there is one."""
        if self._process is None:
            return read_api(self._spec, self._source, self._path, self._max_page_chars)
        size, name = size_of(self._path), str(self._source.path)
        return self._process.call(size, name, read_api, self._spec, self._source, self._path, self._max_page_chars)
