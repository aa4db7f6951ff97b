"""What is quoted where things are compared: what sets them against each other, else what is said of each."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipelines.answering.compared_sides import asks_which, compared_sides
from pipelines.answering.question_kinds import question_kind
from pipelines.answering.quoting import Quote
from pipelines.answering.sections import heading_of
from pipelines.answering.sentence_ranking import RankedUnit, Ranking
from pipelines.retrieval.weighing import asks_for_news, is_news
from pipelines.text.definitions import definition_level, heading_stems
from pipelines.text.identifiers import identifiers, label_of, names_all, names_exactly
from pipelines.text.quotable import LINKED, Unit, leads_nowhere, leans
from pipelines.text.words import Words
from pipelines.types import Passage

# What is quoted around a unit of a ranking, in so many characters.
WindowOf = Callable[[Ranking, RankedUnit, int], list[Unit]]

_COMPARES = re.compile(
    r"\b(?:differences?|differs?|unlike|whereas|compar(?:able|ed) (?:to|with)|in contrast|as opposed to"
    r"|differentiat\w*|distinguish\w*|distinctions?|(?:dis)?advantages? over"
    r"|(?:same as|similar to|like)\b.{1,80}\bexcept (?:for|that))\b",
    re.IGNORECASE,
)
# Of one of the best sentences that names all sides by itself: "You must use X instead of Y".
_PREFERS = re.compile(
    r"\b(?:instead of|in favou?r of|rather than|over|\w+er than|more \w+ than|less \w+ than)\b", re.IGNORECASE
)
_NOTE = re.compile(r"^\W*(?:note|hint|tip):\s+", re.IGNORECASE)
_BEST = 3
# A heading that says so too: "How does X compare to Y?", "Choosing between X and Y".
_COMPARES_ALL = re.compile(
    r"\b(?:differ\w*|compar\w+|versus|vs|choos\w+|separate|which|when to use|or|unlike|trade-?offs?)\b", re.IGNORECASE
)
# "Use X", up to "instead of Y".
_USE = re.compile(
    r"\b(?:choose|pick|prefer|take|use) ((?:(?!instead\b|over\b|rather\b|than\b)\S+ ?){1,4})", re.IGNORECASE
)
_RECOMMENDS = re.compile(
    r"\b(?:recommend(?:s|ed)?(?! against)|preferred|preferable|best (?:choice|option)|good (?:choice|default)"
    r"|default choice|(?:we|i) suggest)\b",
    re.IGNORECASE,
)
# Right before that: "it is no longer", "there is no need to", "don't".
_NOT = re.compile(r"(?:n['’]t|\b(?:against|cannot|hardly|never|no longer|no need|not)) (?:\w+ ){0,3}$", re.IGNORECASE)
_MAX_NOT = 60  # characters
_NEAR = 4  # passages
_ITEM_NUMBER, _MAX_NUMBER = re.compile(r"(?:^|\n)\s*(\d{1,3})[.)]\s+$"), 12
_MOSTLY = 0.6  # of a heading's words are those of the sides, where it only names them
# The room of what sets things against each other, where its section is about them all, and of what is said of one.
_ROOM_OF_ALL, _ROOM_OF_SIDE = 800, 360
_ROOM_OF_PAIR = 600  # of what sets two things against each other: nothing else is quoted, if it says both
_PAIR = 2  # what one sentence can set against each other
# What a unit gains where it, or its heading, is about one side, in units of the ranking's scores.
_HEADED, _HOLDS, _DEFINES, _SHOWN, _ADVISES = 6.0, 2.0, 4.0, 2.0, 6.0
# An entry of a list opens with a name within so many other words, and says something of it in so many; only the first
# passages are looked at.
_BESIDE, _SAYING, _FIRST = 1, 3, 3
_OPENING = 2  # units
_IS_DEFINED = 2  # of `definition_level`


def of_each_side(
    ranking: Ranking, candidates: Sequence[RankedUnit], passages: Sequence[Passage], language: str, window: WindowOf
) -> list[Quote]:
    """What is said of each of the things that are compared; nothing where the question compares none.

    First of all the section that is about all of them, or the table that has a column for each; then the sentence that
    sets them against each other; what it does not say of one is said by that one's own section.
    """
    texts = compared_sides(ranking.question) if ranking.kind == "comparison" else ()
    if not texts:
        return []
    comparison = _Comparison.of(texts, ranking, candidates, passages, language)
    whole = comparison.of_all()
    each = [comparison.best_of(side) for side in comparison.sides]
    entries = [] if whole else comparison.in_one_list()
    if entries and (not comparison.are_headed(each) or all(_announces(one.unit) for one in entries)):
        quotes = [Quote(one.passage, unit) for one in entries for unit in window(ranking, one, _ROOM_OF_SIDE)]
        return list(dict.fromkeys(quotes))
    pair = len(texts) == _PAIR
    advised = all(comparison.advises(side, one) for side, one in zip(comparison.sides, each, strict=True))
    comparing = whole or (None if advised else comparison.best_of_all() or _one_for_all(each))
    room = _ROOM_OF_ALL if whole else _ROOM_OF_PAIR if pair else _ROOM_OF_SIDE
    chosen = [Quote(comparing.passage, one) for one in window(ranking, comparing, room)] if comparing else []
    if not advised and (best := comparison.recommended()) and best.unit not in [quote.unit for quote in chosen]:
        chosen = [*(Quote(best.passage, one) for one in window(ranking, best, _ROOM_OF_SIDE)), *chosen]
    said = frozenset(stem for quote in chosen for stem in quote.unit.stems)
    if whole is not None and chosen:
        said |= heading_stems(heading_of(passages[whole.passage]), language)
    for side, best in zip(comparison.sides, each, strict=True):
        in_its_list = whole is not None and best is not None and best.passage == whole.passage and side.labels(best)
        enough = chosen and (whole or pair) and said >= side.stems
        if enough and not in_its_list:
            continue
        if best is None:
            return chosen if whole else []
        taken = {(quote.passage, quote.unit.start) for quote in chosen}
        if (best.passage, best.unit.start) not in taken:
            units = window(ranking, best, _ROOM_OF_SIDE)
            chosen += [Quote(best.passage, one) for one in units if (best.passage, one.start) not in taken]
    return chosen


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the things that are compared."""

    text: str
    stems: frozenset[int]
    names: tuple[str, ...]  # its identifiers

    def opens(self, one: RankedUnit) -> bool:
        """Whether an entry opens with it and says more, or announces more."""
        says_more = len(one.unit.stems) >= len(self.stems) + _SAYING or _announces(one.unit)
        return says_more and self.stems <= frozenset(one.unit.stems[: len(self.stems) + _BESIDE])

    def labels(self, one: RankedUnit) -> bool:
        """Whether a unit is the entry of a list or a table that speaks of it: "**`updateTag`**: Expires data"."""
        says_more = len(one.unit.stems) >= len(self.text.split()) + _SAYING
        return says_more and label_of(one.unit.text).casefold() == self.text.casefold()

    def is_spelled(self, heading: str) -> bool:
        """Whether a heading is its name, in one word or several: "Background Task" for `BackgroundTask`."""
        joined = "".join(heading.replace("`", "").split()).casefold()
        return any(joined == name.casefold() for name in self.names)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The things that a question compares, and the units that may tell of them, best first."""

    sides: tuple[_Side, ...]
    ranking: Ranking
    candidates: Sequence[RankedUnit]
    passages: Sequence[Passage]
    language: str
    asks_which: bool  # of them to use

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        ranking: Ranking,
        candidates: Sequence[RankedUnit],
        passages: Sequence[Passage],
        language: str,
    ) -> "_Comparison":
        """News tell of no side, unless they are asked for, nothing else is there or a side is what they are called."""
        words = Words(language)
        sides = tuple(_Side(text, frozenset(words.stems(text)), identifiers(text)) for text in texts)
        if not asks_for_news(ranking.question):
            titles = [frozenset(words.stems(one.title)) for one in passages]
            news = {
                number
                for number, one in enumerate(passages)
                if is_news(one.uri, one.title) and not any(side.stems <= titles[number] for side in sides)
            }
            candidates = [one for one in candidates if one.passage not in news] or candidates
        return cls(sides, ranking, candidates, passages, language, asks_which(ranking.question))

    def of_all(self) -> RankedUnit | None:
        """The best unit of a section whose heading names all sides, else of a table whose head does."""
        headed = [n for n in range(len(self.ranking.passages)) if self._heads_all(self.passages[n])]
        headed.sort(key=lambda n: _COMPARES_ALL.search(heading_of(self.passages[n])) is None)
        inside = [one for one in self.candidates if headed and one.passage == headed[0] and _may_compare(one)]
        if inside:
            return replace(self, candidates=inside).best_of_all() or inside[0]
        rows = [one for one in self.candidates if one.unit.kind == "table" and self._columns_are(one)]
        beside = self.ranking.general.keys() - frozenset().union(*(side.stems for side in self.sides))

        def worth(one: RankedUnit) -> tuple[float, float]:
            held = beside & self.ranking.meant_by(frozenset(one.unit.stems))
            return sum(self.ranking.general[stem] for stem in held), one.score

        return max(rows, key=worth, default=None)

    def in_one_list(self) -> list[RankedUnit]:
        """The entries of one list, each of which opens with another side; none where no list has one for each."""
        lists: dict[tuple[int, int], list[RankedUnit]] = {}
        sections: dict[tuple[str, tuple[str, ...]], list[RankedUnit]] = {}  # whose numbered list is cut into passages
        for one in self.candidates:
            if one.unit.kind == "list" and one.passage < _FIRST and _is_readable(one):
                place = self.passages[one.passage]
                lists.setdefault((one.passage, one.unit.block), []).append(one)
                if self._number_of(one):
                    sections.setdefault((place.uri, place.heading_path), []).append(one)
        whole = (self._one_for_each(entries, lambda one: str(one.unit.item)) for entries in lists.values())
        cut = (self._one_for_each(entries, self._number_of) for entries in sections.values())
        return next(filter(None, chain(whole, cut)), [])

    def _one_for_each(self, entries: Sequence[RankedUnit], place_of: Callable[[RankedUnit], str]) -> list[RankedUnit]:
        """The best entry that opens with each side, if each has one at a place of its own in the list; else none."""
        found = [next((one for one in entries if side.stems and side.opens(one)), None) for side in self.sides]
        named = [one for one in found if one is not None]
        return named if len(named) == len(self.sides) == len(set(map(place_of, named))) else []

    def _number_of(self, one: RankedUnit) -> str:
        """The number of the entry of a list that a unit opens; empty where it has none."""
        start = one.unit.start
        found = _ITEM_NUMBER.search(self.passages[one.passage].text, max(0, start - _MAX_NUMBER), start)
        return found[1] if found else ""

    def are_headed(self, each: Sequence[RankedUnit | None]) -> bool:
        """Whether what says most of each side stands in that side's own section."""
        return all(
            one is not None and side.stems <= heading_stems(heading_of(self.passages[one.passage]), self.language)
            for side, one in zip(self.sides, each, strict=True)
        )

    def advises(self, side: _Side, one: RankedUnit | None) -> bool:
        """Whether it is asked which to use, and a unit says when to use one: "For files, use `<Directory>`"."""
        if one is None or not self.asks_which:
            return False
        words = Words(self.language)
        advice = (found[1] for found in _USE.finditer(one.unit.text) if _says_so(found))
        return any(side.stems <= frozenset(words.stems(said)) for said in advice)

    def recommended(self) -> RankedUnit | None:
        """The best sentence of the first passages that recommends one, where it is asked which to take."""
        if not self.asks_which:
            return None
        near = (one for one in self.candidates if one.passage < _NEAR and _is_readable(one))
        said = (one for one in near if any(_says_so(found) for found in _RECOMMENDS.finditer(one.unit.text)))
        return next((one for one in said if any(side.stems <= frozenset(one.unit.stems) for side in self.sides)), None)

    def best_of(self, side: _Side) -> RankedUnit | None:
        """The unit that says most of one of the things; None where none names it."""
        if not side.stems:
            return None
        of_others = frozenset[int]().union(*(other.stems for other in self.sides if other.text != side.text))

        def worth(one: RankedUnit) -> float:
            headed, held = self._tells_of(side, of_others, one)
            shown = one.unit.kind == "code"  # which shows a thing, and says of it what it shares with the other
            prose = one.unit.kind in ("paragraph", "list")
            defined = prose and definition_level(side.stems, one.unit.text, self.language) == _IS_DEFINED
            defines = defined or side.labels(one)
            score = one.score + _HEADED * headed + _HOLDS * (held and not headed) + _DEFINES * defines - _SHOWN * shown
            return score + _ADVISES * (prose and self.advises(side, one))

        about = [one for one in self.candidates if side.stems & (frozenset(one.unit.stems) | self._headings(one))]
        return max(about, key=worth, default=None)

    def _tells_of(self, side: _Side, of_others: frozenset[int], one: RankedUnit) -> tuple[bool, bool]:
        """Whether a unit's section is about a side, and whether the unit names it."""
        title, stems = heading_of(self.passages[one.passage]), frozenset(one.unit.stems)
        named = bool(side.names) and names_all(side.names, one.unit.text)
        if side.names and side.stems <= of_others:  # `BackgroundTask` and `BackgroundTasks` differ in letters alone
            return side.is_spelled(title), named
        heading, others = heading_stems(title, self.language), of_others - side.stems
        headed = names_all(side.names, title) or (side.stems <= heading and not heading & others)
        if side.stems <= of_others and stems & others:  # "report" is told of by no sentence about "short-report"
            return headed, False
        return headed, side.stems <= stems or named

    def best_of_all(self) -> RankedUnit | None:
        """The unit that sets them against each other: it names one and compares, its headings name the others."""
        for rank, one in enumerate(self.candidates):
            prefers = rank < _BEST and _PREFERS.search(one.unit.text) and self._are_named(one.unit.text)
            if not (prefers or _COMPARES.search(one.unit.text)) or not _is_readable(one):
                continue
            place = self.passages[one.passage]
            # "This is similar to 301, except": what "this" is says the section's heading or its opening.
            opening = self.ranking.passages[one.passage][:_OPENING] if leans(_NOTE.sub("", one.unit.text)) else ()
            said = " ".join((place.title, *place.heading_path, *(unit.text for unit in opening), one.unit.text))
            if any(side.stems <= frozenset(one.unit.stems) for side in self.sides) and self._are_named(said):
                return one
        return None

    def _heads_all(self, passage: Passage) -> bool:
        """Whether the section is about all of the things: "How does Redux compare to Context?"."""
        heading = heading_of(passage)
        said = heading_stems(heading, self.language)
        # Below the page "git" the heading "Reset, restore and revert" is about `git reset`.
        if question_kind(heading) == "how_to" or not self._are_named(f"{passage.title} {heading}"):
            return False
        if not self._are_named(heading) and not all(side.stems & said for side in self.sides):
            return False
        own = frozenset[int]().union(*(side.stems for side in self.sides))
        return _COMPARES_ALL.search(heading) is not None or len(said & own) >= _MOSTLY * len(said)

    def _columns_are(self, row: RankedUnit) -> bool:
        """Whether the head of the table that a row stands in names all sides."""
        units = self.ranking.passages[row.passage]
        head = next((one for one in units if one.block == row.unit.block and one.item == 0), None)
        return head is not None and self._are_named(head.text)

    def _are_named(self, text: str) -> bool:
        """Whether a text names each of the sides; "BeautifulSoup" is beautiful soup, "apt-get" alone is no `apt`."""
        stems, spelled = frozenset(Words(self.language).stems(text)), re.findall(r"\w+", text.casefold())
        for side in self.sides:
            if not side.stems:
                return False
            if any(side.stems <= other.stems for other in self.sides if other is not side):
                if not names_exactly(side.text, text.replace("`", " ")):  # they differ in letters alone
                    return False
            elif not side.stems <= stems and "".join(side.text.split()).casefold() not in spelled:
                return False
        return True

    def _headings(self, one: RankedUnit) -> frozenset[int]:
        place = self.passages[one.passage]
        return frozenset(Words(self.language).stems(" ".join((place.title, *place.heading_path))))


def _says_so(found: re.Match[str]) -> bool:
    """Whether no word right before a match turns it round: "is no longer recommended"."""
    return _NOT.search(found.string, max(0, found.start() - _MAX_NOT), found.start()) is None


def _announces(unit: Unit) -> bool:
    """Whether an entry goes on in a list of its own: "borg mount - use this if:"."""
    return unit.text.rstrip("*_` ").endswith((":", "："))


def _one_for_all(each: Sequence[RankedUnit | None]) -> RankedUnit | None:
    """The unit that says most of every side, where it is one."""
    one = each[0]
    return one if one is not None and _may_compare(one) and all(other is one for other in each) else None


def _may_compare(one: RankedUnit) -> bool:
    return one.unit.kind == "table" or _is_readable(one)


def _is_readable(one: RankedUnit) -> bool:
    prose = one.unit.kind in ("paragraph", "list")
    return prose and not one.features["aside"] and one.unit.flaw < LINKED and not leads_nowhere(one.unit.text)
