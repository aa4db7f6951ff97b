"""What a site sent, read: its pages and its sitemap's files, in whichever process that is."""

import gzip
import zlib
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pipelines.corpus import CorpusSpec
from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter
from pipelines.readers.html.page import HtmlPage, join_address, read_html
from pipelines.readers.page import DescribedPage, describe_page, page_of
from pipelines.readers.pdf import read_pdf
from pipelines.readers.sitemap.addresses import NoSitemapError, SitemapFile, read_addresses
from pipelines.types import LeftOutPage
from storage_config.editions import Edition

MAX_SITEMAP_BYTES = 50_000_000  # the protocol's own bound


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page of the sitemap as its server sent it from `url`, after redirects."""

    uri: str
    url: str
    data: bytes
    media_type: str  # lower case, without parameters
    charset: str | None
    edition: Edition


def read_fetched_page(spec: CorpusSpec, fetched: FetchedPage, max_chars: int) -> DescribedPage | LeftOutPage:
    """The page, or why it is left out. Raises PageError."""
    uri, path = fetched.uri, path_of(fetched.url)
    if fetched.media_type == "application/pdf":
        body, name = read_pdf(uri, fetched.data, max_chars=max_chars)
        read = HtmlPage(body, name, None, FrontMatter())
    elif fetched.media_type in ("text/html", "application/xhtml+xml"):
        html = read_html(uri, fetched.data, max_chars=max_chars, charset=fetched.charset)
        if isinstance(html, str):
            return LeftOutPage(uri, html)
        read = html
    else:
        raise PageError(uri, f"is {fetched.media_type or 'of no type'}; allowed: text/html, application/pdf")
    canonical = join_address(fetched.url, read.canonical) if read.canonical else fetched.url
    own = fetched.url.partition("#")[0]
    url = canonical.partition("#")[0] if _host(canonical) == _host(fetched.url) else own
    title, said = read.title or path.stem, read.front_matter
    page = page_of(spec, path, said, read.body, uri=uri, url=url, title=title, own_url=own, warnings=read.warnings)
    return describe_page(replace(page, edition=fetched.edition))


def read_sitemap_file(url: str, data: bytes) -> SitemapFile:
    """What a file of the sitemap names, packed or not. Raises PageError."""
    try:
        return read_addresses(_unpacked(url, data) if data.startswith(b"\x1f\x8b") else data, url)
    except NoSitemapError as error:
        raise PageError(url, str(error)) from None


def path_of(url: str) -> PurePosixPath:
    """The path that globs match; that of the site's root is `index`."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        path = url  # no address at all: it is refused when it is fetched
    return PurePosixPath(path.strip("/") or "index")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None  # a canonical address that is none


def _unpacked(url: str, data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            unpacked = file.read(MAX_SITEMAP_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise PageError(url, "is no gzip file") from None
    if len(unpacked) > MAX_SITEMAP_BYTES:
        raise PageError(url, f"is larger than {MAX_SITEMAP_BYTES:,} bytes")
    return unpacked
