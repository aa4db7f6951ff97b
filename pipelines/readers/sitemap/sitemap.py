"""The pages that a sitemap names (sitemaps.org 0.9), as far as they changed."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

import httpx
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, SitemapSource, reading_hash
from pipelines.errors import PageError, SourceMissing, SourceUnavailable
from pipelines.readers.duplicates import leave_out_duplicates
from pipelines.readers.page import DescribedPage
from pipelines.readers.page_document import build_document
from pipelines.readers.page_process import PageProcess
from pipelines.readers.page_source import SourcePage, UnchangedPage, Validators
from pipelines.readers.sitemap.addresses import SitemapFile
from pipelines.readers.sitemap.fetched import (
    MAX_SITEMAP_BYTES,
    FetchedPage,
    path_of,
    read_fetched_page,
    read_sitemap_file,
)
from pipelines.readers.sitemap.fetching import FetchError, Gone, HostFetcher, Unavailable
from pipelines.readers.sitemap.page_says import PageSays, read_says
from pipelines.readers.sitemap.site_editions import find_site_editions
from pipelines.readers.source_folder import matches
from pipelines.types import LeftOutPage, PageFailure
from storage_config.editions import Edition, PublishedEdition

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)

CONCURRENT_PAGES = 4
MAX_SITEMAPS = 200
# Each costs its tries and their limits of time: a site that went down ends the run instead.
UNANSWERED_ALLOWED = 8
_BYTES_PER_CHARACTER = 16
_NEVER = Validators()
_MOST_EDITIONS = 20  # as many times the allowed pages may be named, of which those of one edition are read


class SitemapPages:
    """The pages of the site behind a sitemap. Their uris are their addresses in it."""

    folders: tuple[Path, ...] = ()

    def __init__(
        self,
        spec: CorpusSpec,
        source: SitemapSource,
        *,
        max_page_chars: int,
        process: PageProcess | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._spec, self._source = spec, source
        self._max_page_chars, self._process, self._transport = max_page_chars, process, transport
        self._editions: tuple[PublishedEdition, ...] = ()

    @property
    def editions(self) -> tuple[PublishedEdition, ...]:
        """The editions of the pages that were read last; without reading the sitemap none is known."""
        return self._editions

    def uris_of(self, path: Path) -> tuple[str, ...]:
        """No page of it is a file."""
        return ()

    def holds(self, uri: str) -> bool:
        """No page of it is a file."""
        return False

    async def pages(self, known: Mapping[str, Validators]) -> Sequence[SourcePage]:
        """The pages in order of their uris.

        One that did not change costs no download and is an UnchangedPage. A page of another host, forbidden by
        robots.txt or broken is a PageFailure; one that is gone is none. Raises SourceUnavailable where the site does
        not answer, and SourceMissing where there is no sitemap, where it names no page or more than it may, and where
        every page is gone: a site that moved is no removal.
        """
        reader = _SitemapReader(self._spec, self._source, self._max_page_chars, self._process)
        self._editions = ()
        url = self._source.url
        try:
            async with HostFetcher(url, transport=self._transport) as fetcher:
                pages = await _read_all(reader, fetcher, known)
        except Unavailable as error:
            raise SourceUnavailable(f"{self._spec.name}: {url} {error}") from None
        except FetchError as error:
            raise SourceMissing(f"{self._spec.name}: {url} {error}") from None
        if all(isinstance(page, LeftOutPage) for page in pages):
            raise SourceMissing(f"{self._spec.name}: every page that {url} names is gone, or none that the site shows")
        self._editions = reader.published
        return leave_out_duplicates(pages)


async def _read_all(
    reader: "_SitemapReader", fetcher: HostFetcher, known: Mapping[str, Validators]
) -> list[SourcePage]:
    uris = await reader.uris(fetcher)
    pages: list[SourcePage] = [LeftOutPage(uri, "edition") for uri in reader.others]
    for start in range(0, len(uris), CONCURRENT_PAGES):
        batch = uris[start : start + CONCURRENT_PAGES]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(reader.read(fetcher, uri, known.get(uri, _NEVER))) for uri in batch]
        if reader.unanswered >= UNANSWERED_ALLOWED:
            raise Unavailable(f"can be read, but {reader.unanswered} pages in a row got no answer")
        pages += [outcome for task in tasks if (outcome := task.result()) is not None]
    return pages


class _SitemapReader:
    def __init__(
        self, spec: CorpusSpec, source: SitemapSource, max_page_chars: int, process: PageProcess | None
    ) -> None:
        self._spec, self._source, self._max_chars, self._process = spec, source, max_page_chars, process
        self.unanswered = 0  # pages in a row without any answer
        self.others: list[str] = []  # pages of editions that are not read
        self.published: tuple[PublishedEdition, ...] = ()
        self._edition: dict[str, Edition] = {}

    async def uris(self, fetcher: HostFetcher) -> list[str]:
        """The pages of the editions that are read, sorted. Raises SourceMissing for an edition that is not there."""
        addresses, languages = await self._all_addresses(fetcher)

        async def ask(pages: Sequence[str]) -> PageSays | None:
            return await self._ask(fetcher, pages)

        editions = await find_site_editions(self._spec, self._source, addresses, languages, ask)
        self._edition, self.others = editions.choose(self._spec, addresses)
        self.published = editions.published(self._edition)
        if len(self._edition) > self._source.max_pages:
            # Pages beyond the bound would be removed, or come and go as others do.
            raise FetchError(
                f"names more than {self._source.max_pages:,} pages; source.max_pages allows more, "
                "source.include and source.exclude choose among them"
            )
        return list(self._edition)

    async def _ask(self, fetcher: HostFetcher, pages: Sequence[str]) -> PageSays | None:
        """What the first of the pages says that can be read; None where the site refuses all of them.

        Raises Unavailable where none can be read now: an answer that is missing must not make another site of it.
        """
        silent: Unavailable | None = None
        for address in pages:
            try:
                found = await fetcher.fetch(address, _NEVER, max_bytes=self._max_chars * _BYTES_PER_CHARACTER)
            except Unavailable as error:
                silent = Unavailable(f"names {address}, whose edition cannot be told: it {error}", error.status)
            except FetchError:
                continue
            else:
                return read_says(found.data or b"", found.url)
        if silent is not None:
            raise silent
        return None

    async def _all_addresses(self, fetcher: HostFetcher) -> tuple[list[str], frozenset[str]]:
        """Every page of the sitemap, and of those it names, that the globs let through; sorted. And its languages."""
        waiting, seen, pages = [self._source.url], set[str](), set[str]()
        languages = frozenset[str]()
        while waiting:
            url = waiting.pop(0)
            if url in seen:
                continue
            if len(seen) >= MAX_SITEMAPS:
                raise FetchError(f"names more than {MAX_SITEMAPS} further sitemaps")
            seen.add(url)
            try:
                file = await self._addresses(fetcher, url)
            except FetchError as error:
                if url == self._source.url:
                    raise
                raise type(error)(f"names {url}, which {error}", error.status) from None
            languages |= file.languages
            if file.is_index:
                waiting += file.addresses
            else:
                named = (one.partition("#")[0] for one in file.addresses)
                pages.update(page for page in named if self._is_wanted(page))
            if len(pages) > self._source.max_pages * _MOST_EDITIONS:
                raise FetchError(f"names more than {_MOST_EDITIONS} times the {self._source.max_pages:,} pages allowed")
        if not pages:
            raise FetchError("names no page that source.include and source.exclude let through")
        return sorted(pages), languages

    def _is_wanted(self, url: str) -> bool:
        path, source = path_of(url), self._source
        return matches(path, source.include, hidden=True) and not matches(path, source.exclude, hidden=True)

    async def _addresses(self, fetcher: HostFetcher, url: str) -> SitemapFile:
        """What one file of the sitemap names.

        A part that fails fails it all: pages that are only missing from a half-read sitemap would be taken for removed.
        """
        found = await fetcher.fetch(url, _NEVER, max_bytes=MAX_SITEMAP_BYTES)
        data = found.data or b""
        try:
            return await self._apart(len(data), found.url, read_sitemap_file, found.url, data)
        except PageError as error:
            raise FetchError(error.reason) from None

    async def read(self, fetcher: HostFetcher, uri: str, known: Validators) -> SourcePage | None:
        """One page; None where it is gone."""
        known = known if known.edition == self._edition[uri].name else _NEVER
        try:
            found = await fetcher.fetch(uri, known, max_bytes=self._max_chars * _BYTES_PER_CHARACTER)
            self.unanswered = 0
            if found.data is None:
                return UnchangedPage(uri)
            if found.noindex:
                return LeftOutPage(uri, "noindex")
            page = FetchedPage(uri, found.url, found.data, found.media_type, found.charset, self._edition[uri])
            read = await self._apart(len(found.data), uri, read_fetched_page, self._spec, page, self._max_chars)
        except Gone:
            _log.warning("%s is in the sitemap and gone", uri)
            return None
        except FetchError as error:
            self.unanswered += isinstance(error, Unavailable) and error.status is None
            return PageFailure(uri, str(error))
        except PageError as error:
            return PageFailure(uri, error.reason)
        except Exception as error:
            # One page that a parser chokes on must not cost the others; the log keeps the trace.
            _log.exception("%s cannot be read", uri)
            return PageFailure(uri, f"cannot be read: {type(error).__name__}")
        return read if isinstance(read, LeftOutPage) else self._document(read, found.validators)

    async def _apart(self, size: int, path: str, read: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
        """What `read` makes of so many bytes, by the process that is ended where it takes too much.

        Raises PageError.
        """
        if (process := self._process) is None:
            return await asyncio.to_thread(read, *arguments, **keywords)
        return await asyncio.to_thread(lambda: process.call(size, path, read, *arguments, **keywords))

    def _document(self, page: DescribedPage, sent: Validators) -> Document:
        """The page with what to ask its server by the next time, and the rules and edition that it was read by."""
        document = build_document(page)
        read_with = f"{reading_hash(self._spec)} {self._edition[document.metadata['uri']].name}".strip()
        document.metadata |= {"etag": sent.etag, "last_modified": sent.last_modified, "read_with": read_with}
        return document
