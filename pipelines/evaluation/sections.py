"""Which sections a golden set's urls mean, looked up in the headings of the corpus's pages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag

from pipelines.types import Heading, Source
from storage_config.postgres.database import Database, Session
from storage_config.records.document_texts import PublishedOutline, list_published_outlines

MAX_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class SectionSpan:
    """A part of a page: `end` is None to the page's end, `anchor` empty for the whole page."""

    page: str
    anchor: str
    start: int
    end: int | None

    def holds(self, source: Source) -> bool:
        """Whether the source stands there, in a section inside it or, as a widened passage, across its beginning."""
        page, anchor = _split(source.url)
        if page != self.page:
            return False
        if not self.anchor or anchor == self.anchor:
            return True
        return self.start <= source.start and (self.end is None or source.start < self.end)


@dataclass(frozen=True, slots=True)
class PageSections:
    """The pages of a corpus by url, each with its headings.

    An ending with an #anchor means that section with those inside it, one without an anchor the whole page. It is read
    from the site's root where a page is there, else it is the end of a page's url at a `/`. "" is the home page.
    """

    base_url: str
    pages: dict[str, list[Heading]] = field(default_factory=dict)

    @classmethod
    async def load(cls, database: Database, *, corpus: str, base_url: str) -> "PageSections":
        """As the corpus's documents are recorded."""

        async def read(session: Session) -> list[PublishedOutline]:
            return await list_published_outlines(session, corpus=corpus, groups=None, limit=MAX_PAGES)

        return cls.of(await database.run(read), base_url)

    @classmethod
    def of(cls, outlines: Iterable[PublishedOutline], base_url: str) -> "PageSections":
        """The outlines by their urls."""
        pages = {_split(one.url)[0]: [Heading(**heading) for heading in one.headings] for one in outlines}
        return cls(base_url.rstrip("/"), pages)

    def find(self, ending: str) -> list[SectionSpan]:
        """The places that an ending means; empty where no page has it, or none of those pages its anchor."""
        page, anchor = _split(ending)
        tail = page.removeprefix(self.base_url).strip("/")
        root = f"{self.base_url}/{tail}".rstrip("/")
        found = [root] if root in self.pages else [url for url in self.pages if tail and url.endswith(f"/{tail}")]
        places = [self._place(url, anchor) for url in found]
        return [place for place in places if place is not None]

    def _place(self, page: str, anchor: str) -> SectionSpan | None:
        if not anchor:
            return SectionSpan(page, "", 0, None)
        headings = self.pages[page]
        chosen = next((n for n, heading in enumerate(headings) if heading.anchor == anchor), None)
        if chosen is None:
            return None
        level = headings[chosen].level
        end = next((heading.start for heading in headings[chosen + 1 :] if heading.level <= level), None)
        return SectionSpan(page, anchor, headings[chosen].start, end)


def _split(url: str) -> tuple[str, str]:
    """The page without its last / and the anchor."""
    page, anchor = urldefrag(url.strip())
    return page.partition("?")[0].rstrip("/"), unquote(anchor)
