"""Questions to begin with: the owner's, those that many asked, and those that headings make. Each is tried first."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from urllib.parse import urldefrag

import structlog

from app.auth.callers import ANONYMOUS_SUBJECT
from app.conversations.metered_corpus import Asker, MeteredCorpus, Search
from app.errors import AppError, Overloaded
from pipelines.answering.sections import quoted_heading
from pipelines.answering.small_talk import OPENING_QUERY
from pipelines.answering.suggesting import SectionToAsk, in_order_of_use, phrase, section_of, sections_of
from pipelines.errors import PipelineError
from pipelines.languages.known import Language, language_by_code, language_of
from pipelines.types import PageContext, Question, Suggestion
from storage_config.errors import StorageError
from storage_config.postgres.database import Database, Session
from storage_config.records.document_texts import read_published_version
from storage_config.records.documents import StoredDocument, find_document_at
from storage_config.records.popular_questions import list_popular_questions
from storage_config.records.suggested_questions import list_suggested_questions, read_suggested_version

MAX_SUGGESTIONS = 8
FOLLOW_UPS = 3
_MAX_QUESTION_CHARS = 120
_MAX_SECTIONS = 48  # of a page that are looked at
_MAX_TRIES = 24  # questions that one page may be tried with: each is a search
_MAX_POPULAR = 4
_SECTIONS = 16  # of the site, to begin with
_MAX_PAGES = 2_000  # that are remembered
# Pages change seldom, and a database that sleeps must not be woken for each look.
_FRESH_SECONDS = 60.0
_WAIT_SECONDS = 20.0  # for those of another page to be made
_log = structlog.get_logger(__name__)

# How many pages, and how many with questions of the owner, and when one of either was last saved.
Version = tuple[tuple[int, datetime | None], tuple[int, datetime | None]]
# A corpus, a page, and the groups of readers that what is made is for.
_Key = tuple[str, str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class _MadeQuestions:
    version: Version
    looked_at: float
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be tried, in order: questions as somebody wrote them, then sections."""

    questions: Sequence[str]
    sections: Sequence[SectionToAsk]
    language: Language
    page: str | None  # its url, where the questions are those of a page


class Suggestions:
    """Makes the questions of a page when they are first wanted, and again once the corpus has changed.

    What is shown was answered by the pages as they are: its answer cites the section that it was made from. One page is
    made at a time; nothing of it is kept beyond this process.
    """

    def __init__(self, database: Database, corpora: Mapping[str, MeteredCorpus]) -> None:
        self._database = database
        self._corpora = corpora
        self._made: OrderedDict[_Key, _MadeQuestions] = OrderedDict()
        self._making = asyncio.Lock()
        self._background: asyncio.Task[None] | None = None

    async def page_at(self, corpus: str, url: str | None, asker: Asker) -> str:
        """The page at a url as it is remembered; empty, which is the site, for none and for one of another site."""
        page = _page_of(url) if url else ""
        if not page or self.is_ready(corpus, page, asker):
            return page
        find = partial(find_document_at, corpora=[corpus], urls=[page, f"{page}/"], groups=asker.reads)
        return page if await self._database.run(find) is not None else ""

    def is_ready(self, corpus: str, page: str, asker: Asker) -> bool:
        """Whether the questions of a page are there to be read, without a search."""
        return self._fresh((corpus, page, asker.reads)) is not None

    def asks_vendor(self, corpus: str) -> bool:
        """Whether the searches for questions ask a vendor."""
        return self._corpora[corpus].search_calls > 0

    async def read(self, corpus: str, page: str, asker: Asker, *, limit: int) -> tuple[Suggestion, ...]:
        """The questions of a page, as `page_at` names it.

        Raises what a search raises; a budget that is spent meanwhile shortens the list.
        """
        fresh = self._fresh((corpus, page, asker.reads))
        if fresh is None:
            try:
                async with asyncio.timeout(_WAIT_SECONDS):
                    await self._making.acquire()
            except TimeoutError:
                raise Overloaded("the questions of other pages are being made") from None
            try:
                fresh = self._fresh((corpus, page, asker.reads)) or await self._look(corpus, page, asker)
            finally:
                self._making.release()
        return fresh.suggestions[:limit]

    def follow_up(
        self, corpus: str, answer_urls: Sequence[str], question: str, *, reads: tuple[str, ...] | None
    ) -> tuple[Suggestion, ...]:
        """Questions about the first cited page that it has not just answered, as far as they are made already."""
        made = self._made.get((corpus, _page_of(answer_urls[0]), reads))
        told = {*answer_urls, _plain(question)}
        found = made.suggestions if made else ()
        return tuple(one for one in found if one.url not in told and _plain(one.text) not in told)[:FOLLOW_UPS]

    def forget(self, corpus: str) -> None:
        """Make the questions of the corpus anew when they are next wanted."""
        for key in [key for key in self._made if key[0] == corpus]:
            del self._made[key]

    def prepare(self, corpus: str, url: str, asker: Asker) -> None:
        """Make the questions of a page in the background, unless they are, or another page's are being made."""
        busy = self._background is not None and not self._background.done()
        if not busy and self._fresh((corpus, _page_of(url), asker.reads)) is None:
            self._background = asyncio.create_task(self._prepare(corpus, url, asker))

    async def close(self) -> None:
        """End what is made in the background."""
        if self._background is not None:
            self._background.cancel()
            await asyncio.wait((self._background,))

    async def _prepare(self, corpus: str, url: str, asker: Asker) -> None:
        try:
            await self.read(corpus, await self.page_at(corpus, url, asker), asker, limit=1)
        except (AppError, PipelineError, StorageError) as error:
            _log.info("suggestions_not_made", corpus=corpus, error=type(error).__name__)

    def _fresh(self, key: _Key) -> _MadeQuestions | None:
        made = self._made.get(key)
        if made is None or time.monotonic() - made.looked_at > _FRESH_SECONDS:
            return None
        self._made.move_to_end(key)
        return made

    async def _look(self, corpus: str, page: str, asker: Asker) -> _MadeQuestions:
        key = (corpus, page, asker.reads)
        known = self._made.get(key)
        version = await self._database.run(partial(_read_version, corpus=corpus, asker=asker))
        if known is not None and known.version == version:
            made = replace(known, looked_at=time.monotonic())
        else:
            suggestions, is_whole = await self._make(corpus, page, asker)
            made = _MadeQuestions(version, time.monotonic(), suggestions)
            if not is_whole:
                return made
        self._made[key] = made
        self._made.move_to_end(key)
        if len(self._made) > _MAX_PAGES:
            self._made.popitem(last=False)
        return made

    async def _make(self, corpus: str, page: str, asker: Asker) -> tuple[tuple[Suggestion, ...], bool]:
        """The questions, and whether all that was wanted could be tried."""
        metered = self._corpora[corpus]
        wanted = await self._wanted(corpus, page, asker)
        found: dict[str, Suggestion] = {}
        tries = 0
        for texts, url in _tries(wanted):
            if len(found) == MAX_SUGGESTIONS or tries >= _MAX_TRIES:
                break
            for text in texts:
                tries += 1
                asked = Question(text, page=PageContext(wanted.page) if wanted.page else None)
                try:
                    cited = await metered.cited_urls(asked, replace(asker, received_at=time.perf_counter()))
                except AppError as error:  # what a day may cost is spent, or the server has more to do
                    _log.info("suggestions_cut", corpus=corpus, error=type(error).__name__)
                    return tuple(found.values()), False
                if where := _place(cited, url, wanted.page):
                    found.setdefault(_plain(text), Suggestion(text, where))
                    break
        return tuple(found.values()), True

    async def _wanted(self, corpus: str, page: str, asker: Asker) -> _Wanted:
        spec = self._corpora[corpus].spec

        async def load(session: Session) -> tuple[StoredDocument | None, list[str]]:
            urls = [page, f"{page}/"]
            document = (
                await find_document_at(session, corpora=[corpus], urls=urls, groups=asker.reads) if page else None
            )
            path = spec.path_of(document.url) if document else ""
            kept = await list_suggested_questions(session, corpus=corpus, path=path)
            popular = await list_popular_questions(
                session,
                corpus=corpus,
                document_id=document.id if document else None,
                groups=asker.reads,
                anonymous=ANONYMOUS_SUBJECT,
                max_chars=_MAX_QUESTION_CHARS,
                limit=_MAX_POPULAR,
            )
            declared = [asked for key, asked in spec.suggestions.items() if key.strip("/") == path]
            own = [*(page.questions for page in kept), *declared]
            return document, [*chain.from_iterable(own), *popular]

        document, questions = await self._database.run(load)
        language = (document and document.locale and language_by_code(document.locale)) or language_of(spec.language)
        if document is None:
            opening = Search(OPENING_QUERY, _SECTIONS)
            found = await self._corpora[corpus].search(opening, asker)
            sections = in_order_of_use(section_of(one.source) for one in found)
            return _Wanted(questions, _by_pages(sections), language, None)
        sections = sections_of(document.url, document.title, document.headings, document.text)
        return _Wanted(questions, sections, language, document.url)


async def _read_version(session: Session, *, corpus: str, asker: Asker) -> Version:
    pages = await read_published_version(session, corpus=corpus, groups=asker.reads)
    return pages, await read_suggested_version(session, corpus=corpus)


def _tries(wanted: _Wanted) -> Iterable[tuple[tuple[str, ...], str | None]]:
    """Texts of which the first that works is taken, with the section that its answer has to cite; None for any."""
    for question in wanted.questions:
        yield (question,), None
    last = []  # what only a heading in quotation marks can ask for
    for section in wanted.sections[:_MAX_SECTIONS]:  # each when its turn has come: a page may have thousands
        texts = phrase(section, wanted.language)
        if texts and quoted_heading(texts[0]):
            last.append((texts, section.url))
        elif texts:
            yield texts, section.url
    yield from last


def _place(cited: Sequence[str], url: str | None, page: str | None) -> str | None:
    """Where the question leads, or None where its answer does not come from where it should."""
    if url is not None:
        return url if url in cited else None
    inside = [one for one in cited if page is None or _page_of(one) == _page_of(page)]
    return inside[0] if inside else None


def _by_pages(sections: Sequence[SectionToAsk]) -> list[SectionToAsk]:
    """The first of each page, then the second of each: the site is more than its first page."""
    seen: dict[str, int] = {}
    turns = []
    for section in sections:
        page = _page_of(section.url)
        turns.append((seen.setdefault(page, 0), section))
        seen[page] += 1
    return [section for _, section in sorted(turns, key=lambda one: one[0])]


def _page_of(url: str) -> str:
    return urldefrag(url.strip()).url.partition("?")[0].rstrip("/")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(" ?？")
