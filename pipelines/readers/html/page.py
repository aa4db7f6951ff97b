"""An HTML page → what is read of it: text, title, canonical address, publication.

The content is what the site's generator marks as such, not the guess of an extractor: one such as trafilatura drops the
ids of headings, without which no link leads to its section, and keeps permalink signs in their texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter, FrontMatterError, read_front_matter
from pipelines.readers.html.lines import html_lines
from pipelines.readers.html.skipping import content_of
from pipelines.readers.lines import Body, join_lines

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_HEAD_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as its HTML says it. `title` is its first h1, else its `<title>`, else None; `canonical` is absolute."""

    body: Body
    title: str | None
    canonical: str | None
    front_matter: FrontMatter


def read_html(path: str, data: bytes, *, max_chars: int, charset: str | None = None) -> HtmlPage | None:
    """The page; None where it is none for readers: one that sends on to another, or asks not to be indexed.

    `charset` is what the HTTP header says; else UTF-8 is tried, then what the page says. Raises PageError.
    """
    document = _parse(path, _decode(path, data, charset))
    meta = _meta(document)
    if "refresh" in meta or "noindex" in meta.get("robots", "").lower():
        return None
    try:
        body = join_lines(html_lines(content_of(document)))
    except RecursionError:
        raise PageError(path, "nests its elements too deep") from None
    if len(body.text) > max_chars:
        raise PageError(path, f"has {len(body.text):,} characters; at most {max_chars:,} are allowed")
    first = next((heading.text for heading in body.headings if heading.level == 1), None)
    return HtmlPage(body, first or _title(document, meta), _canonical(document), _front_matter(path, document, meta))


def _decode(path: str, data: bytes, charset: str | None) -> str:
    declared = _CHARSET.search(data[:_HEAD_BYTES])
    named = declared.group(1).decode("ascii", "replace") if declared else ""
    for name in filter(None, (charset, "utf-8-sig", named)):
        try:
            # A control character is no text, and lxml refuses NUL.
            return _CONTROL.sub("\ufffd", data.decode(name))
        except (UnicodeDecodeError, LookupError):
            continue
    raise PageError(path, "is neither UTF-8 nor what it says it is")


def _parse(path: str, text: str) -> HtmlElement:
    # As text, not bytes: the encoding is known, and a declaration in the page must not override it.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        document = (
            document_fromstring(text, parser=HTMLParser(encoding="utf-8", no_network=True)) if text.strip() else None
        )
    except (etree.ParserError, ValueError) as error:
        raise PageError(path, f"is not HTML: {error}") from None
    if document is None:
        raise PageError(path, "is empty")
    return document


def _meta(document: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in document.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("http-equiv")
        if name:
            found.setdefault(name.lower(), element.get("content") or "")
    return found


def _title(document: HtmlElement, meta: Mapping[str, str]) -> str | None:
    title = document.find(".//title")
    words = meta.get("og:title") or ("" if title is None else "".join(title.itertext()))
    return " ".join(words.split()) or None


def _canonical(document: HtmlElement) -> str | None:
    for link in document.iter("link"):
        href = (link.get("href") or "").strip()
        if (link.get("rel") or "").lower() == "canonical" and href.startswith(("http://", "https://")):
            return href.partition("#")[0]
    return None


def _front_matter(path: str, document: HtmlElement, meta: Mapping[str, str]) -> FrontMatter:
    """The publication as Highwire's `citation_...` tags tell it, which Google Scholar reads, too."""
    authors = [element.get("content") for element in document.iter("meta") if element.get("name") == "citation_author"]
    date = re.match(r"\d{4}", meta.get("citation_publication_date") or meta.get("citation_date") or "")
    values: dict[str, Any] = {
        "authors": [author for author in authors if author] or None,
        "year": date.group() if date else None,
        "doi": meta.get("citation_doi"),
        "container_title": meta.get("citation_journal_title") or meta.get("citation_conference_title"),
        "publisher": meta.get("citation_publisher"),
        "source_quality": meta.get("source_quality"),
    }
    try:
        return read_front_matter(values)
    except FrontMatterError as error:
        raise PageError(path, str(error)) from None
