"""What a sitemap file names: XML or lines of text (sitemaps.org 0.9), RSS and Atom."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from storage_config.errors import FootnotedError

_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,10};)")
_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w{1,30};")
_NOT_OF_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# What programs write before and behind the file: warnings, comments, the time that they took.
_BEFORE = re.compile(r"<(?:\?xml|!DOCTYPE|(?:\w{1,20}:)?(?:urlset|sitemapindex|rss|feed|RDF)\b)", re.IGNORECASE)
_BEHIND = re.compile(r"</(?:\w{1,20}:)?(?:urlset|sitemapindex|rss|feed|RDF)\s*>", re.IGNORECASE)
_FORGIVEN_BEFORE = 4_000  # characters
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

    What stands before and behind it, a wrong declaration, and signs that are not written as XML has them are forgiven:
    many a site is built so. A file that is cut off is not: its other pages would be taken for removed.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").strip()
    text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace").strip()
    if _BEFORE.search(text[:_FORGIVEN_BEFORE]) or text.startswith("<"):
        root = _parse(data, text)
        kind = etree.QName(root).localname.lower()
        found = list(_of_xml(root, kind))
        languages = frozenset(str(one.get("hreflang")).lower() for one in root.iterfind(".//{*}link[@hreflang]"))
        addresses = [_absolute(url, one) for one in found if one and one.strip()]
        return SitemapFile(kind == "sitemapindex", addresses, languages)
    lines = [line.strip() for line in text.splitlines()]
    addresses = [line for line in lines if line and not line.startswith("#")]
    if wrong := next((line for line in addresses if not _ADDRESS.fullmatch(line)), None):
        raise NoSitemapError(f"is no sitemap: {wrong[:60]!r} is no address")
    return SitemapFile(False, [_absolute(url, address) for address in addresses])


def _absolute(url: str, address: str) -> str:
    try:
        return urljoin(url, address.strip())
    except ValueError:
        return address.strip()  # no address at all: it is refused when it is fetched


def _parse(data: bytes, text: str) -> etree._Element:
    # No network, no entities: a sitemap is data.
    def parse(said: bytes) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        return etree.fromstring(said, parser)

    try:
        return parse(data)
    except (etree.XMLSyntaxError, ValueError) as error:
        if text[:200].lower().startswith(("<!doctype html", "<html")):
            raise NoSitemapError("is a page of HTML, no sitemap") from None
        try:
            return parse(_mended(text).encode())
        except (etree.XMLSyntaxError, ValueError):
            raise NoSitemapError(f"is no sitemap: {error}") from None


def _mended(text: str) -> str:
    """The file without what stands around it, and with its signs as XML has them."""
    begin = _BEFORE.search(text[:_FORGIVEN_BEFORE])
    ends = [found.end() for found in _BEHIND.finditer(text)]
    text = text[begin.start() if begin else 0 : ends[-1] if ends else len(text)]
    text = _HTML_ENTITY.sub(lambda entity: html.unescape(entity[0]), _DECLARATION.sub("", text))
    return _BARE_AMPERSAND.sub("&amp;", _NOT_OF_XML.sub("", text))


def _of_xml(root: etree._Element, kind: str) -> Iterator[str | None]:
    if kind in ("urlset", "sitemapindex"):
        # The entries' own: an entry's images and videos have a `loc` of their own deeper in it.
        yield from (_text(one) for entry in root for one in entry if _name(one) == "loc")
    elif kind in ("rss", "rdf"):
        for item in root.iterfind(".//{*}item"):
            permanent = (one for one in item.iterfind("{*}guid") if one.get("isPermaLink", "true") == "true")
            links = [one.text for one in (*item.iterfind("{*}link"), *permanent) if one.text]
            yield next((one for one in links if _ADDRESS.fullmatch(one.strip())), links[0] if links else None)
    elif kind == "feed":
        for entry in root.iterfind("{*}entry"):
            named = [one for one in entry.iterfind("{*}link") if one.get("rel") in (None, "alternate")]
            yield named[0].get("href") if named else None
    else:
        raise NoSitemapError(f"is no sitemap: its root is {kind[:40]}")


def _text(element: etree._Element) -> str:
    """The text of an element around comments; an entity that it names says nothing."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _name(element: etree._Element) -> str:
    """The name of an element in small letters, without its namespace; empty for a comment."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
