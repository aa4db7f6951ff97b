"""An HTML page → what is read of it: text, title, canonical address, publication.

The content is what the site's generator marks as such, not the guess of an extractor: one such as trafilatura drops the
ids of headings, without which no link leads to its section, and keeps permalink signs in their texts.
"""

import contextlib
import email.utils
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter, FrontMatterError, read_front_matter
from pipelines.readers.html.encoding import decode_html
from pipelines.readers.html.frames import frame_warnings, frames_of
from pipelines.readers.html.lines import element_lines, html_lines
from pipelines.readers.html.neighbours import drop_menus_above, drop_neighbours, drop_page_tools
from pipelines.readers.html.skipping import contents_of, reveal_panels
from pipelines.readers.html.titles import name_doxygen_page, title_of
from pipelines.readers.lines import BLANK, Body, join_lines
from storage_config.vocabulary import LeftOutReason

_FLOOD, _MOST_ATTRIBUTES = 10_000, 1_000
# Comments, what holds no elements, and tags with their quoted values.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|textarea|title)\b.*?(?:</(?P=raw)|\Z)"
    r"|<(?P<name>[A-Za-z][^\s/>]*+)(?P<attributes>(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)(?:(?P<end>>)|[\"'].*\Z|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_UNTIL = re.compile(r"unavailable_after\s*:\s*([^,;]*(?:,\s*\d[^,;]*)?)", re.IGNORECASE)
# Whose names a tag or header may say: everybody's, ours, and the crawler that sites name when they mean all.
ROBOTS = frozenset({"robots", "footnoted", "googlebot"})
# A page that only reloads itself names no other, and one that is shown for minutes is read.
_REFRESH = re.compile(r"^\s*(?!\d{3})[\d.]*\s*[;,]\s*(?:url\s*=\s*)?['\"]?[^\s'\"]", re.IGNORECASE)
# All that a page says whose text its script brings, or which its script leaves.
_NOTHING_YET = re.compile(
    r"(?:loading|please wait|one moment)\W*"
    r"|[^.]{0,60}(?:enable|requires?|without) javascript[^.]{0,60}(?:enabled|to (?:run|use|view)[^.]{0,60})?\W*",
    re.IGNORECASE,
)
_SENT_ON = re.compile(r"(?:you are being )?(?:redirecting|redirected)(?: to)?(?: \S{1,300})?\W*", re.IGNORECASE)
_MOST_OF_A_NOTICE = 300
_FIRST_SECTION = re.compile(r"[01]\.?0?\.?\s")


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page as its HTML says it, with `warnings` of what it shows and is not read.

    `title` is its h1, else its `<title>`, else None; `canonical` is absolute, or seen from the page.
    """

    body: Body
    title: str | None
    canonical: str | None
    front_matter: FrontMatter
    warnings: tuple[str, ...] = ()


def read_html(path: str, data: bytes, *, max_chars: int, charset: str | None = None) -> HtmlPage | LeftOutReason:
    """The page, or why it is none for readers: it sends on to another, asks not to be indexed, or holds no text.

    `charset` is what the HTTP header says. Raises PageError.
    """
    document = _parse(path, decode_html(data, charset))
    meta = _meta(document)
    if "noindex" in meta:
        return "noindex"
    if "refresh" in meta:
        return "redirect"
    reveal_panels(document)
    drop_neighbours(document)
    drop_page_tools(document)
    name_doxygen_page(document, meta.get("generator") or "")
    try:
        body = _body(document)
    except RecursionError:
        raise PageError(path, "nests its elements too deep") from None
    if len(body.text) > max_chars:
        raise PageError(path, f"has {len(body.text):,} characters; at most {max_chars:,} are allowed")
    if not body.text or (len(body.text) < _MOST_OF_A_NOTICE and _NOTHING_YET.fullmatch(body.text)):
        return "empty"
    if len(body.text) < _MOST_OF_A_NOTICE and _SENT_ON.fullmatch(body.text):
        return "redirect"
    title, said = _page_title(body, _title(document, meta)), _front_matter(path, document, meta)
    return HtmlPage(body, title, _canonical(document), said, frame_warnings(frames_of(document)))


def _page_title(body: Body, named: str | None) -> str | None:
    """Its h1, else its `<title>`; the `<title>`, too, where the h1 are its numbered sections: "1. Overview"."""
    found = [heading.text for heading in body.headings if heading.level == 1]
    if not found or (len(found) > 1 and named and _FIRST_SECTION.match(found[0]) and found[0] not in named):
        return named
    return found[0]


def _body(document: HtmlElement) -> Body:
    """The text of the page's content. An element that a generator would use may be there and empty.

    Then the next one counts, and the whole page only where it has headings: what stands around a page that its script
    makes is no page.
    """
    body = Body("", ())
    for number, content in enumerate(contents_of(document)):
        if number and content.tag == "body" and next(content.iter("h1", "h2", "h3"), None) is None:
            break
        if content.tag == "body" or content.get("id"):  # what is marked by a class is the text alone
            drop_menus_above(content)
        lines = html_lines(content)
        body = join_lines(lines)
        if body.text:
            title = title_of(document, content)
            return body if title is None else join_lines([*element_lines(title), BLANK, *lines])
    return body


def _without_floods(text: str) -> str:
    """The page without attributes of elements that have thousands, which libxml2 compares each with each."""
    if len(text) < _FLOOD:
        return text
    if not any(len(part) > _FLOOD and part[0].isalpha() for part in text.split("<")):
        return text
    return _MARKUP.sub(_plain_tag, text)


def _plain_tag(found: re.Match[str]) -> str:
    attributes = (found["end"] and found["attributes"]) or ""
    is_flood = len(attributes) > _FLOOD and len(_QUOTED.sub("", attributes).split()) > _MOST_ATTRIBUTES
    return f"<{found['name']}>" if is_flood else found[0]


def _parse(path: str, text: str) -> HtmlElement:
    # As text, not bytes: the encoding is known, and a declaration in the page must not override it.
    text = _without_floods(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
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
    """What the page says of itself; `noindex` and `refresh` are there where they hold for us."""
    found: dict[str, str] = {}
    for element in document.iter("meta"):
        name = (element.get("name") or element.get("property") or element.get("http-equiv") or "").strip().lower()
        name = "robots" if name == "x-robots-tag" else name
        content = element.get("content") or ""
        # What a page says to readers without JavaScript is not what it says to all.
        hidden = next(element.iterancestors("noscript"), None) is not None
        if name in ROBOTS and forbids_index(content):
            found["noindex"] = content
        elif name == "refresh":
            if _REFRESH.search(content) and not hidden:
                found.setdefault(name, content)
        elif name and name != "noindex":
            found.setdefault(name, content)
    return found


def forbids_index(directives: str) -> bool:
    """Whether the directives of a robots tag or header forbid to index the page."""
    words = {word.strip().lower() for word in re.split(r"[,;\s]", directives)}
    until = _UNTIL.search(directives)
    return bool(words & {"noindex", "none"}) or (until is not None and is_past(until[1]))


def is_past(date: str) -> bool:
    """Whether a date of `unavailable_after` is over; what is no date is not."""
    with contextlib.suppress(ValueError):
        there = datetime.fromisoformat(date.strip())
        return (there if there.tzinfo else there.replace(tzinfo=UTC)) < datetime.now(UTC)
    parsed = email.utils.parsedate_tz(date.replace("-", " "))
    try:
        return parsed is not None and email.utils.mktime_tz(parsed) < time.time()
    except (ValueError, OverflowError):
        return False


def _title(document: HtmlElement, meta: Mapping[str, str]) -> str | None:
    title = document.find(".//title")
    words = meta.get("og:title") or ("" if title is None else "".join(title.itertext()))
    return " ".join(words.split()) or None


# "../../https://docs.example/": a way from the page that was put before an address.
_EMBEDDED_ADDRESS = re.compile(r"(?:\.{0,2}/)+https?://", re.IGNORECASE)


def _canonical(document: HtmlElement) -> str | None:
    for link in document.iter("link"):
        href = (link.get("href") or "").strip()
        if href and not _EMBEDDED_ADDRESS.match(href) and "canonical" in (link.get("rel") or "").lower().split():
            base = next((one.get("href") for one in document.iter("base") if one.get("href")), None)
            return join_address(base, href).partition("#")[0] or None
    return None


def join_address(base: str | None, address: str) -> str:
    """An address seen from another one, absolute where that is; empty for what is none."""
    try:
        return urljoin(base or "", address)
    except ValueError:
        return ""  # no address at all


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
