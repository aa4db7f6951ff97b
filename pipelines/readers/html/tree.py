"""A tree of built HTML pages → pages."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import quote

from pipelines.corpus import CorpusSpec, HtmlSource
from pipelines.readers.html.page import HtmlPage, join_address, read_html
from pipelines.readers.page import Page, page_of
from pipelines.readers.source_folder import SourceFolder
from storage_config.vocabulary import LeftOutReason

# Pages that every generator adds and no reader asks about; Sphinx' `_static` holds parts of its themes, its `_modules`
# the documented source code.
_GENERATED = (
    "**/_static/**", "**/_modules/**", "404.html", "search.html", "search/index.html", "genindex*.html",
    "genindex*/index.html", "py-modindex.html", "py-modindex/index.html",
)  # fmt: skip
# Markup takes more room than the text in it.
_BYTES_PER_CHARACTER = 16


class HtmlTree:
    """The pages of a folder that a site generator has built."""

    def __init__(self, spec: CorpusSpec, source: HtmlSource, folder: SourceFolder) -> None:
        self._spec, self._source, self._folder = spec, source, folder

    def paths(self) -> Iterator[PurePosixPath]:
        """The files that are pages, in order of their uris."""
        return self._folder.paths(self._source.include, (*self._source.exclude, *_GENERATED))

    def read(self, path: PurePosixPath) -> Page | LeftOutReason:
        """The page, or why its readers do not see it. Raises PageError."""
        data = self._folder.read_bytes(path, self._folder.max_chars * _BYTES_PER_CHARACTER)
        read = read_html(str(path), data, max_chars=self._folder.max_chars)
        if isinstance(read, str):
            return read
        own = self._own_url(path)
        url = self._url(read, own) or own
        title, said = read.title or path.stem, read.front_matter
        return page_of(self._spec, path, said, read.body, url=url, title=title, own_url=own, warnings=read.warnings)

    def _url(self, read: HtmlPage, own: str) -> str | None:
        """The page's own canonical address where it lies under the base."""
        base = self._spec.base_url.rstrip("/")
        if self._source.trailing_slash is not None or not read.canonical:
            return None
        canonical = join_address(own, read.canonical)
        return canonical if f"{canonical}/".startswith(f"{base}/") else None

    def _own_url(self, path: PurePosixPath) -> str:
        """The file's place in the folder, as an address."""
        base, slash = self._spec.base_url.rstrip("/"), self._source.trailing_slash
        folder = "".join(f"{name}/" for name in path.parent.parts)
        if path.stem == "index":
            route = folder if slash is not False else folder.rstrip("/")
        elif slash is None:
            route = f"{folder}{path.name}"
        else:
            route = f"{folder}{path.stem}{'/' if slash else ''}"
        return f"{base}/{quote(route)}"
