"""Several sources of one corpus, read as one: docs, an OpenAPI document and PDF files in one index.

Each keeps to itself: one that cannot be read is told and costs none of its pages, nor those of the others.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, OpenApiSource, SitemapSource
from pipelines.errors import SourceMissing, SourceUnavailable
from pipelines.readers.page_document import with_uri
from pipelines.readers.page_source import (
    PackedPage,
    PageSource,
    ReadPage,
    SourcePage,
    SourceState,
    UnchangedPage,
    Validators,
)
from pipelines.readers.source_folder import matches
from pipelines.source_specs import labels_of
from pipelines.types import PageFailure, SourceFailure
from storage_config.editions import PublishedEdition


class SeveralSources:
    """The pages of all sources. `parts` are the corpora that each would be alone, `sources` their readers."""

    def __init__(self, parts: Sequence[CorpusSpec], sources: Sequence[PageSource]) -> None:
        self._parts = [(part, part.source.uri_prefix, source) for part, source in zip(parts, sources, strict=True)]
        self._labels = labels_of([part.source for part in parts])

    @property
    def folders(self) -> tuple[Path, ...]:
        """Those of every source that has any."""
        return tuple(dict.fromkeys(folder for _, _, source in self._parts for folder in source.folders))

    @property
    def editions(self) -> tuple[PublishedEdition, ...]:
        """Those of every source that can be read."""
        found: list[PublishedEdition] = []
        for _, _, source in self._parts:
            try:
                found += source.editions
            except SourceMissing:
                continue  # told where its pages are read
        return tuple(dict.fromkeys(found))

    async def pages(self, known: Mapping[str, Validators]) -> Sequence[SourcePage]:
        """How each source stands, and its pages after it.

        Of several pages with one uri the first is it, and the others are failures. Raises what the first source raised
        where none can be read.
        """
        read: list[SourcePage] = []
        taken: dict[str, int] = {}  # by its uri, which source has a page
        first: SourceMissing | SourceUnavailable | None = None
        for number, (part, prefix, source) in enumerate(self._parts):
            label, failure = self._labels[number], None
            own = {uri.removeprefix(prefix): sent for uri, sent in known.items() if uri.startswith(prefix)}
            try:
                pages = await source.pages(own)
            except (SourceMissing, SourceUnavailable) as error:
                first, pages = first or error, ()
                failure = SourceFailure(label, str(error).removeprefix(f"{part.name}: "))
            read.append(SourceState(label, self._claim(part, prefix, failed=failure is not None), failure))
            for page in (_placed(page, prefix) for page in pages):
                # What a source leaves out is no page: another source may have one of that uri.
                uri = _uri_of(page)
                if uri is None or (owner := taken.setdefault(uri, number)) == number:
                    read.append(page)
                else:
                    read.append(SourceFailure(f"{label}: {uri}", _taken(self._labels[owner])))
        if first is not None and all(isinstance(one, SourceState) and one.failure for one in read):
            raise first
        return read

    def uris_of(self, path: Path) -> tuple[str, ...]:
        """As each source names the file."""
        return tuple(f"{prefix}{uri}" for _, prefix, source in self._parts for uri in source.uris_of(path))

    def holds(self, uri: str) -> bool:
        """Whether one of the sources does."""
        return any(
            uri.startswith(prefix) and source.holds(uri.removeprefix(prefix)) for _, prefix, source in self._parts
        )

    def _claim(self, part: CorpusSpec, prefix: str, *, failed: bool) -> Callable[[str], bool]:
        """Which uris may be of a source, of pages whose record does not say it: by its name, else by what they are.

        One that has failed may have a folder called as another source is: nothing says that the pages in it are gone.
        """
        others = () if failed else tuple(other for _, other, _ in self._parts if other and other != prefix)
        own = _shape(part)
        return lambda uri: (
            uri.startswith(prefix) if prefix else not uri.startswith(others) and own(uri)
        )  # an empty tuple starts nothing


def _shape(part: CorpusSpec) -> Callable[[str], bool]:
    source = part.source
    if isinstance(source, SitemapSource):
        host = f"{urlsplit(source.url).scheme}://{urlsplit(source.url).netloc}/"
        return lambda uri: f"{uri}/".startswith(host)
    if isinstance(source, OpenApiSource):
        file = f"{source.path.name}/"
        return lambda uri: uri.startswith(file)
    return lambda uri: matches(PurePosixPath(uri), source.include) and not re.match(r"https?://", uri)


def _taken(label: str) -> str:
    return f"is a page of {label} too, by the same uri: give one of the sources a name, with which its uris begin"


def _placed(page: SourcePage, prefix: str) -> SourcePage:
    if not prefix or isinstance(page, SourceState):
        return page
    if isinstance(page, Document):
        return with_uri(page, f"{prefix}{page.metadata['uri']}")
    if isinstance(page, PackedPage):
        return PackedPage.of(with_uri(page.unpack(), f"{prefix}{page.metadata['uri']}"))
    if isinstance(page, UnchangedPage):
        return UnchangedPage(f"{prefix}{page.uri}")
    return replace(page, path=f"{prefix}{page.path}")


def _uri_of(page: SourcePage) -> str | None:
    """The uri that a page takes; None for what is no page of the corpus."""
    if isinstance(page, ReadPage):
        return str(page.metadata["uri"])
    if isinstance(page, UnchangedPage):
        return page.uri
    return page.path if isinstance(page, PageFailure) else None
