"""Where a corpus's pages come from: one shape for every kind of source."""

import pickle
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.readers.edition_pages import PageFile
from pipelines.types import LeftOutPage, PageFailure, SourceFailure
from storage_config.editions import PublishedEdition


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server sent with a page, to ask for it again only if it changed (RFC 9110, 8.8).

    `edition` is that which the page was read as: one that is another's now is read anew.
    """

    etag: str | None = None
    last_modified: str | None = None
    edition: str = ""

    def headers(self) -> dict[str, str]:
        """The headers of a conditional request."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class UnchangedPage:
    """A page that its server says did not change since its validators were kept."""

    uri: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """One of several sources as it was read; its pages follow.

    `claims` tells which uris may be of its pages, where their records do not say. Where it has a `failure`, none of its
    pages was read, and none is gone.
    """

    label: str
    claims: Callable[[str], bool]
    failure: SourceFailure | None = None


def document_with(metadata: dict[str, Any], text: str) -> Document:
    """A page as a document with its uri as id; its metadata is for our own stages and never embedded as it is."""
    return Document(
        id_=metadata["uri"],
        text=text,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=list(metadata),
    )


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A page of which only what a plan looks at lies open: a hundred thousand of them are held at once.

    `metadata` is its Document's but for the headings; `chars` is the length of its text.
    """

    metadata: dict[str, Any]
    chars: int
    packed: bytes

    @classmethod
    def of(cls, page: Document) -> "PackedPage":
        """The page, packed: about a third of a Document, and less of a long one."""
        open_ = {key: value for key, value in page.metadata.items() if key != "headings"}
        rest = pickle.dumps((page.text, page.metadata["headings"]), pickle.HIGHEST_PROTOCOL)
        return cls(open_, len(page.text), zlib.compress(rest, 1))

    @property
    def text(self) -> str:
        """The page's text."""
        text: str = pickle.loads(zlib.decompress(self.packed))[0]
        return text

    def unpack(self) -> Document:
        """The page as its reader made it, another object each time."""
        text, headings = pickle.loads(zlib.decompress(self.packed))
        return document_with(self.metadata | {"headings": headings}, text)


ReadPage = Document | PackedPage
FileOutcome = Document | LeftOutPage | PageFailure
PackedOutcome = PackedPage | LeftOutPage | PageFailure
SourcePage = ReadPage | UnchangedPage | LeftOutPage | PageFailure | SourceState


class FilePool(Protocol):
    """Reads page files elsewhere, many at once."""

    async def read(self, spec: CorpusSpec, files: Sequence[PageFile]) -> Sequence[PackedOutcome]:
        """What each file is, in their order. `spec` declares one source, a folder."""
        ...


class PageSource(Protocol):
    """The pages that a corpus file declares."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders whose files are the pages; empty where they are no files."""
        ...

    @property
    def editions(self) -> tuple[PublishedEdition, ...]:
        """The versions and locales of its pages beside the default ones. Raises SourceMissing as `pages` does."""
        ...

    async def pages(self, known: Mapping[str, Validators]) -> Sequence[SourcePage]:
        """Every page, in order of the uris; of several sources each has its state before them.

        One that cannot be read is a PageFailure, and the rest goes on. `known` are the validators kept of pages that
        are ingested already, which need not be fetched again where their server calls them unchanged. Raises
        SourceMissing, and SourceUnavailable where a site does not answer.
        """
        ...

    def uris_of(self, path: Path) -> tuple[str, ...]:
        """The uris of the pages that a file is, by its absolute path, that of the default edition first."""
        ...

    def holds(self, uri: str) -> bool:
        """Whether a file of the source has that uri; of pages that are no files nobody knows. Looks through folders."""
        ...
