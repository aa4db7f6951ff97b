"""Which units of the passages answer a question: one ranking for quoting and for refusing.

A unit (sentence, list item, code block, row of a table) is measured by `NAMES`; what they weigh was fitted on questions
of readers (`python -m notebooks.fit_answers`, figures in docs/answers.md).
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from pipelines.answering.asides import is_aside
from pipelines.answering.question_kinds import QuestionKind, has_cue, holds_value
from pipelines.answering.ready_question import ReadyQuestion, WeightedQueries, with_meant
from pipelines.text.definitions import definition_level, heading_stems, is_headed_by
from pipelines.text.identifiers import are_same, label_of, names_exactly
from pipelines.text.quotable import Unit, is_setting, quotable_units
from pipelines.text.words import Words
from pipelines.types import Passage

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
    "aside",  # its section is beside the matter, such as learning objectives
    "literal_heading",  # share of the question's identifiers that its headings have as they are written
    "heading_beyond",  # share of its heading's words that nobody asked for
    "flaw",  # how badly it reads when quoted alone
    "list", "code", "table",
    "found",  # it stands in what the search found, not only around it
    "first", "second",  # it is the first, the second prose unit of its passage
    "defines", "half_defines",  # "a T is a ...", "T is ..."
    "opens_definition",  # first in the section whose heading is what is to be defined
    "code_asked",
    "code_for_code",  # code is asked for, and it is code
    "value_cue",  # a number, a date or a default is asked for, and it holds one
    "list_asked",
    "literal",  # share of the question's identifiers that it has as they are written
    "labelled",  # it begins with a name that is asked for, and speaks of that: "`html` - Run in HTML mode."
)  # fmt: skip

_NOTHING: Mapping[str, float] = dict.fromkeys(NAMES, 0.0)

LISTING: tuple[QuestionKind, ...] = ("list", "how_to", "code")
COUNTED: tuple[QuestionKind, ...] = ("number", "date", "value")
# Where a thing is used, a guide says more of it than its own section.
OF_USE: tuple[QuestionKind, ...] = ("how_to", "code", "reason")


class RankedUnit(NamedTuple):
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

    def without(self, places: AbstractSet[tuple[int, int]]) -> "Ranking":
        """Without the units at these places (passage, start); as it is where none would be left."""
        units = tuple(one for one in self.units if (one.passage, one.unit.start) not in places)
        if not places or not units:
            return self
        passages = tuple(
            tuple(unit for unit in read if (number, unit.start) not in places)
            for number, read in enumerate(self.passages)
        )
        return replace(self, units=units, passages=passages)

    def meant_by(self, stems: AbstractSet[int]) -> AbstractSet[int]:
        """The stems together with those of the question that they say in another word."""
        return with_meant(self.others, stems)


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
    asked = ReadyQuestion.of(queries, units, language, synonyms)
    headings = tuple(frozenset(asked.meant(words.stems(" ".join((one.title, *one.path))))) for one in read)
    best = max((one.score for one in read), default=0.0) or 1.0
    weights = read_answer_weights()
    measured: list[tuple[int, Unit, dict[str, float], float]] = []
    for number, one in enumerate(read):
        place = _Place.of(asked, one, headings[number], number, best)
        measures = _measure(asked, place, units[number], asked.held[number])
        for unit, features in zip(units[number], measures, strict=True):
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
class _Place:
    """A passage, and what all of its units share."""

    heading: frozenset[int]
    hits: tuple[tuple[int, int], ...]
    is_term: bool  # its heading is what is to be defined
    shared: dict[str, float]  # all features, 0 where units differ

    @classmethod
    def of(cls, asked: ReadyQuestion, read: _Read, heading: frozenset[int], number: int, best: float) -> "_Place":
        last = heading_stems(read.path[-1] if read.path else read.title, asked.language)
        names = " ".join((read.title, *read.path)).replace("`", " ")
        shared = {
            **_NOTHING,
            "passage_score": read.score / best,
            "passage_rank": 1 / (number + 1),
            "dense": read.dense,
            "aside": float(is_aside(names, asked.question)),
            "literal_heading": _share(
                names_exactly(name, names) or any(are_same(name, one) for one in read.path)
                for name in asked.identifiers
            ),
            "heading_beyond": len(last - asked.general.keys()) / len(last) if last else 0.0,
        }
        return cls(heading, read.hits, is_headed_by(asked.term, (read.title, *read.path), asked.language), shared)


def _share(holds: Iterable[bool]) -> float:
    found = list(holds)
    return sum(found) / len(found) if found else 0.0


def _measure(
    asked: ReadyQuestion, place: _Place, units: Sequence[Unit], held: Sequence[AbstractSet[int]]
) -> list[dict[str, float]]:
    """The features of each unit of a passage; `held` are the stems of each that are asked for."""
    blocks: dict[int, AbstractSet[int]] = {}
    for unit, stems in zip(units, held, strict=True):
        blocks[unit.block] = blocks[unit.block] | stems if unit.block in blocks else stems
    in_blocks = {block: asked.general_share(stems) for block, stems in blocks.items()}
    prose = _first_prose(units)
    before: AbstractSet[int] = _NO_STEMS
    measured = []
    for unit, stems in zip(units, held, strict=True):
        features = place.shared.copy()
        _measure_words(features, asked, place, unit, (stems, before))
        features["block"] = in_blocks[unit.block]
        features["flaw"] = unit.flaw
        if not place.hits or _is_hit(place.hits, unit):
            features["found"] = 1.0
        _measure_kind(features, asked, unit)
        if unit.start in prose:
            features["first" if unit.start == prose[0] else "second"] = 1.0
            if place.is_term and unit.start == prose[0]:
                features["opens_definition"] = 1.0
        if asked.identifiers:
            features["literal"] = _share(names_exactly(name, unit.text) for name in asked.identifiers)
        if (label := label_of(unit.text)) and label.casefold() in asked.written:
            features["labelled"] = 1.0
        measured.append(features)
        before = stems
    return measured


def _measure_kind(features: dict[str, float], asked: ReadyQuestion, unit: Unit) -> None:
    """What kind of unit it is, where that matters for what is asked."""
    kind = unit.kind
    if kind != "paragraph":
        features[kind] = 1.0
    if kind == "code":
        if asked.kind in ("how_to", "code") or asked.identifiers:
            features["code_asked"] = 1.0
        if asked.kind == "code":
            features["code_for_code"] = 1.0
    elif kind == "list" and asked.kind in LISTING:
        features["list_asked"] = 1.0
    if asked.term and kind in ("paragraph", "list"):
        level = definition_level(asked.term, unit.text, asked.language)
        if level:
            features["defines" if level == 2 else "half_defines"] = 1.0


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


def _measure_words(
    features: dict[str, float],
    asked: ReadyQuestion,
    place: _Place,
    unit: Unit,
    held: tuple[AbstractSet[int], AbstractSet[int]],
) -> None:
    """`held` are the stems asked for that the unit has, and those that the unit before it has."""
    stems, before = held
    coverage = context = heading = 0.0
    for stem, weight in asked.weights.items():
        if stem in stems:
            coverage += weight
        elif stem in before:
            context += weight
        elif stem in place.heading:
            heading += weight
    if asked.weighed:
        features["coverage"] = coverage / asked.weighed
        features["context"] = context / asked.weighed
        features["heading"] = heading / asked.weighed
    if stems:
        features["general_coverage"] = asked.general_share(stems)
        # Neighbouring words of the question neighbour only where they are.
        if asked.pairs and not asked.general.keys().isdisjoint(stems):
            features["bigrams"] = len(asked.pairs.intersection(pairwise(unit.stems))) / len(asked.pairs)
    if _has_cue(asked, unit):
        features["cue"] = 1.0
        if asked.kind in COUNTED and holds_value(asked.kind, unit.text, asked.question):
            features["value_cue"] = 1.0


_NO_STEMS = frozenset[int]()


def _has_cue(asked: ReadyQuestion, unit: Unit) -> bool:
    """A definition must also be one of a thing that is asked for: it opens the sentence."""
    about_it = asked.kind != "definition" or not asked.weights.keys().isdisjoint(unit.stems[:2])
    return about_it and has_cue(asked.kind, unit.text, asked.question, asked.language)
