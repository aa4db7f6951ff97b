"""Which units of the passages answer a question: one ranking for quoting and for refusing.

A unit (sentence, list item, code block, row of a table) is measured by `NAMES`; what they weigh was fitted on questions
of readers (`python -m notebooks.fit_answers`, figures in docs/answers.md).
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from pipelines.answering.asides import is_aside
from pipelines.answering.question_kinds import QuestionKind, has_cue, last_question, question_kind
from pipelines.grounding.lexical_features import Rarity
from pipelines.grounding.verifier import WordRules
from pipelines.text.definitions import asked_term, definition_level, heading_stems, is_headed_by
from pipelines.text.identifiers import identifiers, label_of, names_exactly
from pipelines.text.quotable import Unit, is_setting, quotable_units
from pipelines.text.synonyms import other_words
from pipelines.text.words import Words
from pipelines.types import Passage

_WRITTEN = re.compile(r"(?:--?)?[\w$][\w$.-]*[\w$]")

WeightedQueries = tuple[tuple[str, float], ...]

WEIGHTS_FILE = Path(__file__).with_name("answer_weights.json")
# Passages further down hold the answer in 1 of 20 questions, and cost the time of those above.
READ_PASSAGES = 6
_CACHED_RANKINGS = 256

NAMES = (
    "coverage",  # share of the question's words in it, by rarity among these units
    "general_coverage",  # the same by rarity in general text, which does not move with the passages
    "bigrams",  # share of the question's neighbouring words that neighbour in it
    "cue",  # it holds the kind of thing that is asked for
    "context",  # share of the question's words that only the unit before it has
    "heading",  # share of them that only the title and the headings have
    "block",  # share of the question's words in its paragraph, list, table or code block, in general
    "passage_score",  # its passage's score relative to the best one
    "passage_rank",  # 1 / rank
    "dense",  # its passage's cosine
    "flaw",  # how badly it reads when quoted alone
    "list", "code", "table",
    "found",  # it stands in what the search found, not only around it
    "first", "second",  # it is the first, the second prose unit of its passage
    "defines", "half_defines",  # "a T is a ...", "T is ..."
    "opens_definition",  # first in the section whose heading is what is to be defined
    "code_asked", "list_asked",
    "code_for_code",  # code is asked for, and it is code
    "value_cue",  # a number, a date or a default is asked for, and it holds one
    "aside",  # its section is beside the matter, such as learning objectives
    "literal",  # share of the question's identifiers that it has as they are written
    "literal_heading",  # the same of its headings
    "heading_beyond",  # share of its heading's words that nobody asked for
    "labelled",  # it begins with a name that is asked for, and speaks of that: "`html` - Run in HTML mode."
)  # fmt: skip

LISTING: tuple[QuestionKind, ...] = ("list", "how_to", "code")
COUNTED: tuple[QuestionKind, ...] = ("number", "date", "value")


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A unit and how well it answers. `share` is its part of the whole ranking's odds, so that all add up to 1."""

    passage: int  # index of its passage
    unit: Unit
    score: float
    share: float
    features: Mapping[str, float]

    @property
    def coverage(self) -> float:
        """The share of the question's words in it, by rarity among the units."""
        return self.features["coverage"]

    @property
    def bigrams(self) -> float:
        """The share of the question's neighbouring words that neighbour in it."""
        return self.features["bigrams"]

    @property
    def cue(self) -> bool:
        """Whether it holds the kind of thing that is asked for."""
        return self.features["cue"] > 0

    @property
    def context(self) -> float:
        """The share of the question's words that only the unit before it has."""
        return self.features["context"]

    @property
    def about(self) -> float:
        """The share of the question's words in it, the unit before it and the headings."""
        return self.features["coverage"] + self.features["context"] + self.features["heading"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units of the passages, best first, with what they were measured by."""

    question: str
    kind: QuestionKind
    weights: dict[int, float]  # of each stem asked for: rarity among the units times weight of its query
    general: dict[int, float]  # of each stem asked for: rarity in general text
    units: tuple[RankedUnit, ...]
    passages: tuple[tuple[Unit, ...], ...]
    headings: tuple[frozenset[int], ...]  # stems of title and heading path of each passage
    others: Mapping[int, int]  # stems that say what a word of the question says, with that word's stem

    def meant_by(self, stems: AbstractSet[int]) -> AbstractSet[int]:
        """The stems together with those of the question that they say in another word."""
        return with_meant(self.others, stems)


def with_meant(others: Mapping[int, int], stems: AbstractSet[int]) -> AbstractSet[int]:
    """The stems together with those that they stand for."""
    found = {others[stem] for stem in others.keys() & stems} if others else None
    return stems | found if found else stems


@cache
def read_answer_weights(path: Path = WEIGHTS_FILE) -> Mapping[str, float]:
    """The weight of each of `NAMES`."""
    weights: Mapping[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return weights


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read of a passage."""

    text: str
    title: str
    path: tuple[str, ...]
    score: float
    dense: float
    hits: tuple[tuple[int, int], ...]


def rank_units(
    queries: WeightedQueries, passages: Sequence[Passage], language: str = "english", synonyms: tuple[str, ...] = ()
) -> Ranking:
    """Ranks the units of the first `READ_PASSAGES` passages. `queries` are texts and weights, the question first.

    `synonyms` are a corpus's own groups of words, as `other_words` takes them.
    """
    read = tuple(
        _Read(one.text, one.title, one.heading_path, one.score, one.dense_score, one.hits)
        for one in passages[:READ_PASSAGES]
    )
    return _rank(queries, read, language, synonyms)


@lru_cache(maxsize=_CACHED_RANKINGS)
def _rank(queries: WeightedQueries, read: tuple[_Read, ...], language: str, synonyms: tuple[str, ...]) -> Ranking:
    words = Words(language)
    question = queries[0][0]
    units = tuple(quotable_units(one.text, language) for one in read)
    asked = _Asked.of(queries, units, language, synonyms)
    headings = tuple(frozenset(asked.meant(words.stems(" ".join((one.title, *one.path))))) for one in read)
    best = max((one.score for one in read), default=0.0) or 1.0
    weights = read_answer_weights()
    measured: list[tuple[int, Unit, dict[str, float], float]] = []
    for number, one in enumerate(read):
        place = _Place.of(asked, one, headings[number], number, best)
        for unit, features in zip(units[number], _measure(asked, place, units[number]), strict=True):
            score = 0.0
            for name, value in features.items():
                if value:  # most are 0
                    score += weights[name] * value
            measured.append((number, unit, features, score))
    top = max((score for *_, score in measured), default=0.0)
    total = sum(math.exp(score - top) for *_, score in measured) or 1.0
    ranked = [
        RankedUnit(number, unit, score, math.exp(score - top) / total, features)
        for number, unit, features, score in measured
    ]
    ranked.sort(key=lambda one: (-one.score, one.passage, one.unit.start))
    return Ranking(question, asked.kind, asked.weights, asked.general, tuple(ranked), units, headings, asked.others)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question, made ready."""

    question: str
    kind: QuestionKind
    weights: dict[int, float]
    general: dict[int, float]
    pairs: frozenset[tuple[int, int]]
    term: frozenset[int]
    identifiers: tuple[str, ...]
    written: frozenset[str]  # its words as they are written, in lower case
    others: Mapping[int, int]
    language: str
    weighed: float  # all weights together
    generally: float  # all rarities together

    def meant(self, stems: Iterable[int]) -> AbstractSet[int]:
        """The stems together with those of the question that they say in another word."""
        return with_meant(self.others, frozenset(stems))

    def share(self, stems: AbstractSet[int]) -> float:
        """The part of the question, by its weights, that is among the stems."""
        return _part(self.weights, self.weighed, stems)

    def general_share(self, stems: AbstractSet[int]) -> float:
        """The same by rarity in general text."""
        return _part(self.general, self.generally, stems)

    @classmethod
    def of(
        cls, queries: WeightedQueries, units: Sequence[Sequence[Unit]], language: str, synonyms: tuple[str, ...]
    ) -> "_Asked":
        words, question = Words(language), queries[0][0]
        others = other_words(question, language, synonyms)
        weights = _weights(queries, units, words, others)
        rarity = _rarity(language)
        last = last_question(question)
        kind, term = question_kind(last), asked_term(last, language)
        if kind == "definition" and not term:  # "what is the second argument of createStore" wants no definition
            kind = "other"
        stems = words.stems(question)
        general = {stem: rarity.of(stem) for stem in stems}
        return cls(
            question,
            "definition" if term and kind == "other" else kind,  # "explain reducers to a beginner"
            weights,
            general,
            _pairs(stems),
            term,
            identifiers(question),
            frozenset(_WRITTEN.findall(question.casefold())),
            others,
            language,
            sum(weights.values()),
            sum(general.values()),
        )


@cache
def _rarity(language: str) -> Rarity:
    return WordRules(language).rarity


def _pairs(stems: Sequence[int]) -> frozenset[tuple[int, int]]:
    return frozenset(pairwise(stems))


def _weights(
    queries: WeightedQueries, units: Sequence[Sequence[Unit]], words: Words, others: Mapping[int, int]
) -> dict[int, float]:
    wanted: dict[int, float] = {}
    for text, weight in queries:
        for stem in words.stems(text):
            wanted[stem] = max(weight, wanted.get(stem, 0.0))
    looked_for = wanted.keys() | others.keys()
    held = [looked_for & frozenset(unit.stems) for read in units for unit in read]
    everything = [with_meant(others, stems) for stems in held]
    count = Counter(stem for stems in everything for stem in wanted.keys() & stems)
    total = len(everything)
    return {
        stem: weight * math.log(1 + (total - count[stem] + 0.5) / (count[stem] + 0.5))
        for stem, weight in wanted.items()
    }


@dataclass(frozen=True, slots=True)
class _Place:
    """A passage, and what all of its units share."""

    heading: frozenset[int]
    hits: tuple[tuple[int, int], ...]
    is_term: bool  # its heading is what is to be defined
    shared: Mapping[str, float]

    @classmethod
    def of(cls, asked: _Asked, read: _Read, heading: frozenset[int], number: int, best: float) -> "_Place":
        last = heading_stems(read.path[-1] if read.path else read.title, asked.language)
        names = " ".join((read.title, *read.path)).replace("`", " ")
        shared = {
            "passage_score": read.score / best,
            "passage_rank": 1 / (number + 1),
            "dense": read.dense,
            "aside": float(is_aside(names, asked.question)),
            "literal_heading": _share(names_exactly(name, names) for name in asked.identifiers),
            "heading_beyond": len(last - asked.general.keys()) / len(last) if last else 0.0,
        }
        return cls(heading, read.hits, is_headed_by(asked.term, (read.title, *read.path), asked.language), shared)


def _share(holds: Iterable[bool]) -> float:
    found = list(holds)
    return sum(found) / len(found) if found else 0.0


def _measure(asked: _Asked, place: _Place, units: Sequence[Unit]) -> list[dict[str, float]]:
    """The features of each unit of a passage."""
    meant = [asked.meant(unit.stems) for unit in units]
    blocks: dict[int, AbstractSet[int]] = {}
    for unit, stems in zip(units, meant, strict=True):
        blocks[unit.block] = blocks[unit.block] | stems if unit.block in blocks else stems
    prose = _first_prose(units)
    measured = []
    for number, unit in enumerate(units):
        position = prose.index(unit.start) if unit.start in prose else 2
        level = definition_level(asked.term, unit.text, asked.language) if asked.term else 0
        prosaic = unit.kind in ("paragraph", "list")
        words = _of_words(asked, place, unit, meant[number], meant[number - 1] if number else None)
        measured.append(
            {
                **words,
                "block": asked.general_share(blocks[unit.block]),
                **place.shared,
                "flaw": unit.flaw,
                "list": float(unit.kind == "list"),
                "code": float(unit.kind == "code"),
                "table": float(unit.kind == "table"),
                "found": float(not place.hits or _is_hit(place.hits, unit)),
                "first": float(position == 0),
                "second": float(position == 1),
                "defines": float(level == 2 and prosaic),
                "half_defines": float(level == 1 and prosaic),
                "opens_definition": float(place.is_term and position == 0),
                "code_asked": float(
                    unit.kind == "code" and (asked.kind in ("how_to", "code") or bool(asked.identifiers))
                ),
                "code_for_code": float(unit.kind == "code" and asked.kind == "code"),
                "value_cue": float(asked.kind in COUNTED and words["cue"] > 0),
                "list_asked": float(unit.kind == "list" and asked.kind in LISTING),
                "literal": _share(names_exactly(name, unit.text) for name in asked.identifiers),
                "labelled": float(label_of(unit.text).casefold() in asked.written),
            }
        )
    return measured


def _first_prose(units: Sequence[Unit]) -> list[int]:
    """Where the first two units of prose begin."""
    found: list[int] = []
    for unit in units:
        if unit.kind in ("paragraph", "list") and not is_setting(unit.text):
            found.append(unit.start)
            if len(found) == 2:
                break
    return found


def _is_hit(hits: Sequence[tuple[int, int]], unit: Unit) -> bool:
    return any(low < unit.end and unit.start < high for low, high in hits)


def _of_words(
    asked: _Asked, place: _Place, unit: Unit, stems: AbstractSet[int], before: AbstractSet[int] | None
) -> dict[str, float]:
    """`stems` are what the unit means, `before` what the unit before it does."""
    lacking = asked.weights.keys() - stems
    only_before = lacking & before if before else _NO_STEMS
    # Neighbouring words of the question neighbour only where they are.
    near = asked.pairs and not asked.general.keys().isdisjoint(stems)
    pairs = len(asked.pairs & _pairs(unit.stems)) / len(asked.pairs) if near else 0.0
    return {
        "coverage": asked.share(stems),
        "general_coverage": asked.general_share(stems),
        "bigrams": pairs,
        "cue": float(_has_cue(asked, unit)),
        "context": asked.share(only_before),
        "heading": asked.share((lacking - only_before) & place.heading),
    }


_NO_STEMS = frozenset[int]()


def _part(weights: Mapping[int, float], total: float, stems: AbstractSet[int]) -> float:
    """What those of the stems that are weighed make up of `total`."""
    if not total or not stems:
        return 0.0
    held = 0.0
    for stem, weight in weights.items():
        if stem in stems:
            held += weight
    return held / total


def _has_cue(asked: _Asked, unit: Unit) -> bool:
    """A definition must also be one of a thing that is asked for: it opens the sentence."""
    about_it = asked.kind != "definition" or not asked.weights.keys().isdisjoint(unit.stems[:2])
    return about_it and has_cue(asked.kind, unit.text, asked.question)
