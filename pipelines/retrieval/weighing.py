"""What counts beside the fused score: quality, the reader's page, headings, definitions, whether a page is news."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipelines.retrieval.fusion import FusedHit
from pipelines.retrieval.gathering import RankedHit, quality_of
from pipelines.text.definitions import asked_term, definition_level, heading_stems, is_headed_by
from pipelines.text.identifiers import split_name
from pipelines.text.quotable import quotable_units
from pipelines.text.signatures import opens_entry
from pipelines.text.words import Words, asking_stems
from storage_config.vectors.points import Payload
from storage_config.vocabulary import Quality

# What a passage of the page that the reader is on gains: as much as a cosine .06 higher.
PAGE_BONUS = 0.03
# What one gains that stands on a page from which the answer before a follow-up was made: "can I cancel it?" is mostly
# answered beside what was told. Of 116 follow-ups about 19 documentation sites 8 more are answered right, 2 less.
CITED_BONUS = 0.06
# Gains and losses below were set on questions about three documentation sites (tests/load/golden), each with the
# others held out: the first passage holds the answer of 67 % instead of 61 %, the first three of 86 % instead of 82 %.
# A heading gains by the share of its words that are asked for times the share of what is asked for that it has.
_HEADING, _TITLE = 0.10, 0.05
_IS_HEADING, _DEFINES = 0.10, 0.10
_DEFINING_CANDIDATES = 24
# What a sentence that opens the home page and says what the product is, is worth: as much as a heading and a definition
# together. Every page names the product, so that neither leg of the search tells the home page from others.
_OPENS_HOME = 0.35
# News, and how to work on the product itself, stand behind reference and guide, unless they are asked for.
_NEWS, _CONTRIBUTING = 0.15, 0.12
# An entry of an API's reference, which opens with its signature, stands behind guides unless the question names it.
_ENTRY = 0.06
_CONTRIBUTING_PAGE = re.compile(
    r"(?:^|[/_\s-])(?:contribut(?:e|ing|ion|ions|ors?)|code[-_ ]of[-_ ]conduct|governance|maintain(?:ers?|ing)|hacking)"
    r"(?:[/._\s-]|$)",
    re.IGNORECASE,
)
_ASKS_TO_CONTRIBUTE = re.compile(
    r"\b(?:contribut\w*|pull requests?|patch(?:es)?|fork|maintain\w*|code of conduct|governance|hack\w*"
    r"|(?:report|file|open) (?:a |an )?(?:bugs?|issues?)|(?:develop|build|test|release|translat)\w* \w+ itself"
    r"|(?:run|write|add) (?:the |a |its )?(?:tests?|test suite|docs|documentation|translations?))\b",
    re.IGNORECASE,
)
_NEWS_PAGE = re.compile(
    r"(?:^|[/_\s-])"
    r"(?:change-?logs?|changes|releases?|release[-_ ]notes|what['’]?s[-_ ]new|news|blog|posts?)"
    # "History-of-redux" tells of a product's past, not of its releases; "3.0-announcement" of a release.
    r"(?:[/._\s-]|$)|(?:^|/)(?:history|(?:v?\d[\w.]*[-_ ])?announcements?)(?:/|\.\w+$|$)",
    re.IGNORECASE,
)
_HOME = re.compile(r"(?:\./)?(?:index|readme|home)\.\w{2,5}", re.IGNORECASE)
# "Which Python version", "a new project" and "how do I change it" ask for none.
_ASKS_FOR_NEWS = re.compile(
    r"\b(?:what(?:['’]?s| is| are)? new|new (?:in|since|features?)|news|changelogs?|what (?:has )?changed|since"
    r"|(?:which|what|in|latest|newest|last|current) (?:version|release)|(?:version|release) v?\d|v?\d+\.\d+"
    r"|(?:breaking|recent|latest) changes?|changed? (?:in|between)|releas(?:es?|ed)|introduced|deprecat\w*|blog"
    r"|announc\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageBonuses:
    """What passages gain by their page: that which the reader is on, and those that were cited before."""

    bonuses: Mapping[str, float]  # by address without anchor and query

    @classmethod
    def of(
        cls, page: str, cited: Sequence[str], *, page_bonus: float = PAGE_BONUS, cited_bonus: float = CITED_BONUS
    ) -> "PageBonuses":
        """From the addresses of the reader's page, empty where it is not known, and of the sections cited before."""
        bonuses = {page_url(url): cited_bonus for url in cited if page_url(url)}
        if page:
            here = page_url(page)
            bonuses[here] = bonuses.get(here, 0.0) + page_bonus
        return cls(bonuses)

    def of_page(self, url: str) -> float:
        """What a passage gains that has this address."""
        return self.bonuses.get(page_url(url), 0.0) if self.bonuses else 0.0


NOWHERE = PageBonuses({})


def weigh(
    hits: Sequence[FusedHit],
    question: str,
    *,
    qualities: Mapping[Quality, float],
    bonuses: PageBonuses = NOWHERE,
    language: str = "english",
) -> list[RankedHit]:
    """The hits by their fused score times the weight of their quality, plus what else speaks for them."""
    asked = frozenset(Words(language).stems(question)) - asking_stems(language)
    wants_news = asks_for_news(question)
    contributes = _ASKS_TO_CONTRIBUTE.search(question) is not None
    gains = _HeadingGains(asked, language)
    scored: list[tuple[float, str, FusedHit]] = []
    for hit in hits:
        place = _place_of(hit.payload)
        score = hit.score * qualities[place.quality] + bonuses.of_page(place.url)
        score += gains.of(place.headings)
        if not wants_news and place.is_news:
            score -= _NEWS
        if opens_entry(hit.payload["text"]) and not _names_entry(place.headings[0], asked, language):
            score -= _ENTRY
        if not contributes and place.is_contributing:
            score -= _CONTRIBUTING
        scored.append((-score, hit.id, hit))
    scored.sort()
    # A tuple's own constructor: a named tuple's is a Python function, and a question has hundreds of hits.
    ranked = [tuple.__new__(RankedHit, (hit, -negative, None)) for negative, _, hit in scored]
    return _with_definitions(ranked, asked_term(question, language), language)


class _HitPlace(NamedTuple):
    """What is looked at of a hit for every question."""

    quality: Quality
    url: str
    headings: tuple[str, str]  # its own heading, else its page's title; then the title
    is_news: bool
    is_contributing: bool


def _place_of(payload: Payload) -> _HitPlace:
    path = payload.get("heading_path") or ()
    title = str(payload.get("title") or "")
    key = payload.get("source_quality"), payload.get("url"), payload.get("uri"), title, path[-1] if path else title
    return _place(*key)


@lru_cache(maxsize=65_536)
def _place(quality: str | None, url: str | None, uri: str | None, title: str, heading: str) -> _HitPlace:
    known = quality_of({"source_quality": quality})
    name = str(uri or "")
    contributing = any(_CONTRIBUTING_PAGE.search(one) for one in (name, title))
    return _HitPlace(known, str(url or ""), (heading, title), is_news(name, title), contributing)


def page_url(url: str) -> str:
    """A page's address without anchor, query and trailing slash."""
    return url.partition("#")[0].partition("?")[0].rstrip("/")


class _HeadingGains:
    """What hits gain by their headings. Few pages and sections share most hits of a question: each is read once."""

    def __init__(self, asked: frozenset[int], language: str) -> None:
        self._asked = asked
        self._language = language
        self._likenesses: dict[str, float] = {}
        self._gains: dict[tuple[str, str], float] = {}

    def of(self, headings: tuple[str, str]) -> float:
        """For a section's heading and its page's title."""
        gain = self._gains.get(headings)
        if gain is None:
            heading, title = headings
            gain = _HEADING * self._likeness(heading) + _TITLE * self._likeness(title)
            self._gains[headings] = gain
        return gain

    def _likeness(self, heading: str) -> float:
        known = self._likenesses.get(heading)
        if known is None:
            known = self._likenesses[heading] = _likeness(_matter_of(heading, self._language), self._asked)
        return known


def _likeness(stems: frozenset[int], asked: frozenset[int]) -> float:
    if asked.isdisjoint(stems):
        return 0.0
    common = len(stems & asked)
    return common / len(stems) * common / len(asked)


def _names_entry(heading: str, asked: frozenset[int], language: str) -> bool:
    """Whether the question has the name of a function, class or option, in one word or in several."""
    return not asked.isdisjoint(heading_stems(split_name(heading)[1], language))


@lru_cache(maxsize=65_536)
def _matter_of(heading: str, language: str) -> frozenset[int]:
    return heading_stems(heading, language) - asking_stems(language)


def asks_for_news(question: str) -> bool:
    """Whether it asks what is new, or about a release."""
    return _ASKS_FOR_NEWS.search(question) is not None


def is_news(uri: str, title: str) -> bool:
    """Whether a page tells what is new: a changelog, release notes, a blog."""
    return _NEWS_PAGE.search(uri) is not None or _NEWS_PAGE.fullmatch(title) is not None


def _with_definitions(ranked: list[RankedHit], term: frozenset[int], language: str) -> list[RankedHit]:
    """Sections that are about the term, or define it, gain; only the first candidates are read for that."""
    if not term:
        return ranked
    weighed = []
    for number, one in enumerate(ranked):
        payload, gain = one.hit.payload, 0.0
        headings = (str(payload.get("title") or ""), *(payload.get("heading_path") or ()))
        opens_home = len(headings) == 1 and _HOME.fullmatch(str(payload.get("uri") or "")) is not None
        if is_headed_by(term, headings, language) or (opens_home and _is_home(payload, headings, term, language)):
            gain += _IS_HEADING
        if (number < _DEFINING_CANDIDATES or opens_home) and _defines(payload["text"], term, language):
            gain += _OPENS_HOME if opens_home else _DEFINES
        weighed.append(RankedHit(one.hit, one.score + gain) if gain else one)
    return sorted(weighed, key=lambda one: (-one.score, one.hit.id))


def _is_home(payload: Payload, headings: tuple[str, ...], term: frozenset[int], language: str) -> bool:
    """Whether it begins the site's home page, and that names the term: "Welcome to Alembic's documentation"."""
    return not payload.get("start") and term <= heading_stems(headings[0], language)


@lru_cache(maxsize=16_384)
def _defines(text: str, term: frozenset[int], language: str) -> bool:
    # Most sentences do not hold the term's words, which costs little to see.
    prose = (
        unit
        for unit in quotable_units(text, language)
        if unit.kind in ("paragraph", "list") and term.issubset(unit.stems)
    )
    return any(definition_level(term, unit.text, language) == 2 for unit in prose)
