"""What of the pages a question is answered from: all, the reader's page, a section of it, or what they selected."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urlsplit

from pipelines.errors import PathTooWide
from pipelines.retrieval.follow_ups import points_at_selection
from pipelines.splitting.sections import Section, read_sections
from pipelines.text.selections import find_selection
from pipelines.types import Filters, Heading, PageContext, Passage, Question
from storage_config.editions import DEFAULT_EDITION, PublishedEdition, edition_at
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import get_corpus
from storage_config.records.document_places import (
    DocumentOutline,
    list_documents_at,
    list_outlines_at,
    list_uris_below,
)
from storage_config.records.documents import StoredDocument
from storage_config.records.text_hash import hash_text
from storage_config.vocabulary import QUALITIES

# A site may show several documents at one address.
_DOCUMENTS_AT_ONE = 8
# A search that is kept to so many pages by their uris takes 16 ms more.
MAX_PAGES_BELOW = 5_000
SELECTION_ID = "selection"


class PagePlaces:
    """Finds the reader's page among those of a corpus."""

    def __init__(self, corpus: str, database: Database, base_urls: Sequence[str]) -> None:
        self._corpus = corpus
        self._database = database
        self._base_urls = tuple(dict.fromkeys(url.rstrip("/") for url in base_urls))

    async def bounds(self, question: Question) -> Filters | None:
        """The filters that retrieval keeps to; None where nothing lies within scope and paths.

        A section is that of the heading whose id is the #anchor of the page's url, with the sections below it. Raises
        DatabaseUnavailable and PathTooWide.
        """
        filters = await self._with_paths(question)
        if filters is None or question.scope not in ("page", "section") or question.page is None:
            return filters
        address, anchor = urldefrag(question.page.url)
        find = partial(
            list_outlines_at,
            corpus=self._corpus,
            urls=spellings(address),
            groups=filters.groups,
            limit=_DOCUMENTS_AT_ONE,
        )
        outlines = await self._database.run(find)
        if question.scope == "section":
            return _section_filters(filters, outlines, anchor)
        uris = _among(filters, [one.uri for one in outlines])
        return replace(filters, uris=uris) if uris else None

    async def _with_paths(self, question: Question) -> Filters | None:
        """The filters with the pages at or below their paths by uri."""
        filters = question.filters
        if not filters.paths:
            return filters

        async def find(session: Session) -> list[str]:
            corpus = await get_corpus(session, name=self._corpus)
            published = [PublishedEdition.from_json(one) for one in corpus.editions] if corpus else []
            roots = [*self._base_urls, *_addresses(published, question)]
            meant = (address for path in filters.paths for address in addresses_of(path, roots))
            addresses = sorted({spelt.rstrip("/") for address in meant for spelt in spellings(address)})
            limit = MAX_PAGES_BELOW + 1
            return await list_uris_below(
                session, corpus=self._corpus, addresses=addresses, groups=filters.groups, limit=limit
            )

        found = await self._database.run(find)
        if len(found) > MAX_PAGES_BELOW:
            raise PathTooWide(f"more than {MAX_PAGES_BELOW:,} pages lie below {', '.join(filters.paths)}")
        uris = _among(filters, found)
        return replace(filters, uris=uris) if uris else None

    async def selection(self, page: PageContext, groups: Sequence[str] | None = ()) -> Passage:
        """What the reader selected, as the one passage; with its place where it stands in a page of the corpus.

        Of the pages only those count that may be read by who is of these groups. `page_text[start:end] == text`, else
        it is cut from what was sent. Raises DatabaseUnavailable.
        """
        address, anchor = urldefrag(page.url)
        find = partial(
            list_documents_at, corpus=self._corpus, urls=spellings(address), groups=groups, limit=_DOCUMENTS_AT_ONE
        )
        documents = await self._database.run(find)
        # Of a long page it takes a while, in which others are answered.
        placed = await asyncio.to_thread(_find_selected, documents, page.selected_text, anchor)
        if placed is not None:
            return placed
        text = page.selected_text.strip()
        start = page.selected_text.find(text)
        title = documents[0].title if documents else address
        return _passage(page.url, title, text, start, hash_text(page.selected_text))


def _find_selected(documents: Sequence[StoredDocument], selected: str, anchor: str) -> Passage | None:
    for document in documents:
        begin = next((one["start"] for one in document.headings if one["anchor"] in _names(anchor)), 0)
        found = find_selection(document.text, selected, begin)
        if found is not None:
            return _placed(document, *found)
    return None


def question_of_selection(question: Question, selection: Passage, language: str) -> Question:
    """The question as it is put to the selection alone: it is no hint beside it, but where it is what "this" means."""
    if question.page is None or not points_at_selection(question.text, language):
        return replace(question, page=None)
    return replace(question, page=replace(question.page, selected_text=selection.text))


def addresses_of(path: str, roots: Sequence[str]) -> list[str]:
    """What a path of a filter means, without a `/` at the end: below each root, or on its host."""
    place = path.strip("/")
    if not path.startswith("/"):
        return [f"{root}/{place}" for root in roots]
    hosts = dict.fromkeys("{0.scheme}://{0.netloc}".format(urlsplit(root)) for root in roots)
    return [f"{host}/{place}".rstrip("/") for host in hosts]


def _addresses(published: Sequence[PublishedEdition], question: Question) -> list[str]:
    """Of the editions that are searched beside the default one."""
    own = edition_at(question.page.url, published) if question.page else DEFAULT_EDITION
    versions = question.filters.versions or (own.version,)
    locales = question.filters.locales or (own.locale,)
    searched = (one for one in published if one.edition.version in versions and one.edition.locale in locales)
    return [one.url.rstrip("/") for one in searched]


def spellings(address: str) -> list[str]:
    """How a page's address may be recorded that a browser calls so."""
    page = address.partition("?")[0].rstrip("/")
    paths = {page, unquote(page), quote(unquote(page), safe="/:@!$&'()*+,;=~%")}
    return sorted(spelt for path in paths for spelt in (path, f"{path}/"))


def _names(anchor: str) -> set[str]:
    """Some viewers have escapes in the ids themselves, others in the urls."""
    return {anchor, unquote(anchor)} - {""}


def _section_filters(filters: Filters, outlines: Sequence[DocumentOutline], anchor: str) -> Filters | None:
    for one in outlines:
        span = _span(one.headings, anchor)
        if span is not None and (uris := _among(filters, [one.uri])):
            return replace(filters, uris=uris, section=span)
    return None


def _span(headings: Sequence[Mapping[str, Any]], anchor: str) -> tuple[int, int] | None:
    """From the heading of that id to the next of its level or above; the rest of the page where there is none."""
    chosen = next((n for n, heading in enumerate(headings) if heading["anchor"] in _names(anchor)), None)
    if chosen is None:
        return None
    ends = (one["start"] for one in headings[chosen + 1 :] if one["level"] <= headings[chosen]["level"])
    return int(headings[chosen]["start"]), int(next(ends, END_OF_PAGE))


END_OF_PAGE = 2**53  # beyond any page, and still exact as a number of JSON


def _among(filters: Filters, uris: Sequence[str]) -> tuple[str, ...]:
    """Those of the pages that the filters let through."""
    return tuple(uri for uri in uris if not filters.uris or uri in filters.uris)


def _placed(document: StoredDocument, start: int, end: int) -> Passage:
    sections = read_sections(document.text, [Heading(**heading) for heading in document.headings])
    around = next((one for one in reversed(sections) if one.start <= start), None) or Section(0, 0, 0, (), None)
    url = f"{document.url}#{around.anchor}" if around.anchor else document.url
    passage = _passage(url, document.title, document.text[start:end], start, hash_text(document.text))
    return replace(
        passage,
        document_id=str(document.id),
        uri=document.uri,
        heading_path=around.heading_path,
        anchor=around.anchor,
        quality=next((one for one in QUALITIES if one == document.source_quality), "unknown"),
        bibliography=document.bibliography,
        version=document.version,
        access=tuple(document.access or ()),
    )


def _passage(url: str, title: str, text: str, start: int, text_hash: str) -> Passage:
    return Passage(
        node_id=SELECTION_ID,
        document_id="",
        uri="",
        url=url,
        title=title,
        heading_path=(),
        anchor=None,
        text=text,
        start=start,
        end=start + len(text),
        quality="unknown",
        ordinal=0,
        bibliography=None,
        score=0.0,
        dense_score=0.0,
        bm25_score=0.0,
        text_hash=text_hash,
    )
