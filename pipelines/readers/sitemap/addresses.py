"""What a sitemap file names: XML or lines of text (sitemaps.org 0.9), RSS and Atom."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from storage_config.errors import FootnotedError

_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,10};)")
_ADDRESS = re.compile(r"(?:https?://|/)\S+", re.IGNORECASE)


class NoSitemapError(FootnotedError):
    """The file is none; the message says why."""


@dataclass(frozen=True, slots=True)
class SitemapFile:
    """What a file names: further sitemaps where it `is_index`, else pages; and the `languages` that pages are in."""

    is_index: bool
    addresses: list[str]
    languages: frozenset[str] = frozenset()


def read_addresses(data: bytes, url: str) -> SitemapFile:
    """The addresses that the file names, absolute. Raises NoSitemapError.

    White space before it, and `&` that is not written as XML has it, are forgiven: many a site is built so.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").strip()
    if data.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        root = _parse(data)
        kind = etree.QName(root).localname.lower()
        found = list(_of_xml(root, kind))
        languages = frozenset(str(one.get("hreflang")).lower() for one in root.iterfind(".//{*}link[@hreflang]"))
        addresses = [_absolute(url, one) for one in found if one and one.strip()]
        return SitemapFile(kind == "sitemapindex", addresses, languages)
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    addresses = [line for line in lines if line and not line.startswith("#")]
    if wrong := next((line for line in addresses if not _ADDRESS.fullmatch(line)), None):
        raise NoSitemapError(f"is no sitemap: {wrong[:60]!r} is no address")
    return SitemapFile(False, [_absolute(url, address) for address in addresses])


def _absolute(url: str, address: str) -> str:
    try:
        return urljoin(url, address.strip())
    except ValueError:
        return address.strip()  # no address at all: it is refused when it is fetched


def _parse(data: bytes) -> etree._Element:
    # No network, no entities: a sitemap is data.
    def parse(text: bytes) -> etree._Element:
        return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))

    try:
        return parse(data)
    except (etree.XMLSyntaxError, ValueError) as error:
        if data[:200].lower().startswith((b"<!doctype html", b"<html")):
            raise NoSitemapError("is a page of HTML, no sitemap") from None
        try:
            return parse(_BARE_AMPERSAND.sub(b"&amp;", data))
        except (etree.XMLSyntaxError, ValueError):
            raise NoSitemapError(f"is no sitemap: {error}") from None


def _of_xml(root: etree._Element, kind: str) -> Iterator[str | None]:
    if kind in ("urlset", "sitemapindex"):
        # The entries' own: an entry's images and videos have a `loc` of their own deeper in it.
        yield from (one.text for one in root.iterfind("{*}*/{*}loc"))
    elif kind in ("rss", "rdf"):
        for item in root.iterfind(".//{*}item"):
            yield next((one.text for one in item.iterfind("{*}link") if one.text), None)
    elif kind == "feed":
        for entry in root.iterfind("{*}entry"):
            links = [one for one in entry.iterfind("{*}link") if one.get("rel") in (None, "alternate")]
            yield links[0].get("href") if links else None
    else:
        raise NoSitemapError(f"is no sitemap: its root is {kind[:40]}")
