"""The pages as something to look things up in: the section behind a url."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urldefrag

from rapidfuzz import fuzz, process

from app.errors import SectionNotFound
from storage_config.editions import PublishedEdition, edition_at
from storage_config.postgres.database import Database, Session
from storage_config.records.access import may_read
from storage_config.records.corpora import get_corpus
from storage_config.records.documents import StoredDocument, find_document_at, list_document_urls

# What an agent can read in one go, about ten thousand tokens; a longer section names those inside it.
MAX_SECTION_CHARS = 40_000
MAX_SECTION_LINKS = 500
_MAX_URLS_COMPARED = 5_000
_CLOSEST = 3


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A heading with an anchor inside a section."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class PageSection:
    """A section as its page has it: `page_text[start:end] == text`. `sections` are the first inside it, in order.

    `is_whole` is False where the section is longer than what is given of it.
    """

    url: str
    document_id: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    start: int
    end: int
    is_whole: bool
    quality: str
    sections: tuple[SectionLink, ...]


class Library:
    """Looks up what the corpora hold."""

    def __init__(self, database: Database, corpora: Mapping[str, Collection[str]]) -> None:
        """`corpora` are the groups that may know of each, by its name; all for none."""
        self._database = database
        self._corpora = dict(corpora)

    async def read_section(self, url: str, *, reads: Collection[str] | None) -> PageSection:
        """The section at a url, the whole page where it has no #anchor, of what who is of these groups may read.

        Raises SectionNotFound, naming the closest pages of the version and locale that the url is of.
        """
        address, anchor = urldefrag(url.strip())
        page = address.partition("?")[0].rstrip("/")
        names = [name for name, access in self._corpora.items() if may_read(access, reads)]

        async def find(session: Session) -> StoredDocument | list[str]:
            anchors = list({anchor, unquote(anchor)})
            urls = [page, f"{page}/"]
            found = await find_document_at(session, corpora=names, urls=urls, groups=reads, anchors=anchors)
            if found is not None:
                return found
            corpora = [await get_corpus(session, name=name) for name in names]
            editions = [PublishedEdition.from_json(one) for corpus in corpora if corpus for one in corpus.editions]
            edition = edition_at(address, editions)
            return await list_document_urls(
                session, corpora=names, groups=reads, limit=_MAX_URLS_COMPARED, edition=edition
            )

        found = await self._database.run(find)
        if isinstance(found, list):
            raise SectionNotFound(url, find_closest(page, found))
        return cut_section(found, anchor)


def cut_section(document: StoredDocument, anchor: str) -> PageSection:
    """From the heading with that id to the next of its level or above; without an id the whole page.

    Raises SectionNotFound naming the nearest sections of the page.
    """
    headings = document.headings
    # Some viewers have escapes in the ids themselves, others in the urls.
    spellings = (anchor, unquote(anchor))
    chosen = next((n for n, heading in enumerate(headings) if heading["anchor"] in spellings), None)
    if anchor and chosen is None:
        urls = [f"{document.url}#{heading['anchor']}" for heading in headings if heading["anchor"]]
        anchor = unquote(anchor)
        raise SectionNotFound(f"{document.url}#{anchor}", find_closest(f"{document.url}#{anchor}", urls))
    if not anchor or chosen is None:
        start, end, inside, path = 0, len(document.text), headings, []
    else:
        level = headings[chosen]["level"]
        after = [n for n in range(chosen + 1, len(headings)) if headings[n]["level"] <= level]
        stop = after[0] if after else len(headings)
        start, end = headings[chosen]["start"], headings[stop]["start"] if after else len(document.text)
        inside, path = headings[chosen + 1 : stop], _heading_path(headings[: chosen + 1])
    text = document.text[start:end][:MAX_SECTION_CHARS].rstrip()
    linked = islice((one for one in inside if one["anchor"]), MAX_SECTION_LINKS)
    return PageSection(
        url=f"{document.url}#{anchor}" if anchor else document.url,
        document_id=str(document.id),
        title=document.title,
        heading_path=tuple(path),
        text=text,
        start=start,
        end=start + len(text),
        is_whole=end - start <= MAX_SECTION_CHARS,
        quality=document.source_quality,
        sections=tuple(SectionLink(one["text"], f"{document.url}#{one['anchor']}") for one in linked),
    )


def find_closest(wanted: str, urls: Iterable[str]) -> list[str]:
    """The urls most like `wanted`, best first, whatever their case and escapes."""
    found = process.extract(wanted, sorted(urls), scorer=fuzz.ratio, processor=_plain, limit=_CLOSEST)
    return [url for url, _, _ in found]


def _plain(url: str) -> str:
    return unquote(url).lower()


def _heading_path(headings: Sequence[Mapping[str, object]]) -> list[str]:
    """The headings around the last one, itself included; the page's own h1 is its title and no part of the path."""
    around: list[Mapping[str, object]] = []
    for n, heading in enumerate(headings):
        while around and int(str(around[-1]["level"])) >= int(str(heading["level"])):
            around.pop()
        if n > 0 or heading["level"] != 1:
            around.append(heading)
    return [str(heading["text"]) for heading in around]
