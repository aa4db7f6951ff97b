"""Which sentences of the passages answer a question: one ranking for quoting and for refusing."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipelines.answering.question_kinds import QuestionKind, has_cue, question_kind
from pipelines.text.quotable import Unit, quotable_units
from pipelines.text.words import Words
from pipelines.types import Passage

WeightedQueries = tuple[tuple[str, float], ...]

# Passages further down hold the answer in 1 of 40 questions, and cost the time of those above.
READ_PASSAGES = 5
_CACHED_RANKINGS = 256

# Weights of the features, near those of a listwise fit on the answerable questions of SQuAD 2.0, rounded; the figures
# that they reach are printed by tests/load/bench_extractive.py.
_PASSAGE, _BIGRAM, _CUE, _CONTEXT, _HEADING = 1.6, 0.2, 0.18, 0.35, 0.3
# What a list item loses where no list is asked for: it seldom says what it is an item of.
_ITEM = 0.1
# What a section beside the matter loses: it names what others explain.
_ASIDE = 0.3
_ASIDE_HEADING = re.compile(
    r"\b(learning (objectives|outcomes|goals)|objectives|(additional |related |external )?resources"
    r"|(further|additional) reading|references|see also|next (steps|lesson)|table of contents"
    r"|check your (understanding|knowledge)|quiz"
    r"|exercises?|assessment|rubric|deliverables|what you(['’]ll| will) learn|external links|learn more)\b",
    re.IGNORECASE,
)
LISTING: tuple[QuestionKind, ...] = ("list", "how_to", "code")


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A unit and how well it answers. `coverage` is the share of the question's words in it, by rarity, 0 to 1."""

    passage: int  # index of its passage
    unit: Unit
    score: float
    coverage: float
    bigrams: float  # share of the question's neighbouring words that neighbour in it
    cue: bool  # it holds the kind of thing that is asked for
    context: float  # share of the question's words that only the unit before it has
    about: float  # share of the question's words in it, the unit before it and the headings


@dataclass(frozen=True, slots=True)
class Ranking:
    """Units of the passages, best first, with what they were measured by."""

    question: str
    kind: QuestionKind
    weights: dict[int, float]  # of each stem asked for: rarity among the units times weight of its query
    units: tuple[RankedUnit, ...]
    passages: tuple[tuple[Unit, ...], ...]
    headings: tuple[frozenset[int], ...]  # stems of title and heading path of each passage


def rank_units(queries: WeightedQueries, passages: Sequence[Passage], language: str = "english") -> Ranking:
    """Ranks the units of the first `READ_PASSAGES` passages. `queries` are texts and weights, the question first.

    Score = coverage of the question's words (by rarity among these units) + passage score relative to the best one +
    kept word pairs + the kind of answer asked for + words that stand in the sentence before.
    """
    read = passages[:READ_PASSAGES]
    texts = tuple((p.text, " ".join((p.title, *p.heading_path)), p.score) for p in read)
    return _rank(queries, texts, language)


@lru_cache(maxsize=_CACHED_RANKINGS)
def _rank(queries: WeightedQueries, passages: tuple[tuple[str, str, float], ...], language: str) -> Ranking:
    words = Words(language)
    question = queries[0][0]
    units = tuple(quotable_units(text, language) for text, _, _ in passages)
    headings = tuple(frozenset(words.stems(heading)) for _, heading, _ in passages)
    weights = _weights(queries, units, words)
    asked = _Asked(question, question_kind(question), weights, _pairs(words.stems(question)))
    scores = [score for _, _, score in passages]
    best = max(scores, default=0.0) or 1.0
    asides = [_aside(heading, question) for _, heading, _ in passages]
    ranked = [
        _score(asked, _Place(n, before, headings[n], _PASSAGE * scores[n] / best, asides[n]), unit)
        for n, held in enumerate(units)
        for before, unit in zip((None, *held), held, strict=False)
    ]
    ranked.sort(key=lambda one: (-one.score, one.passage, one.unit.start))
    return Ranking(question, asked.kind, weights, tuple(ranked), units, headings)


def _aside(heading: str, question: str) -> float:
    """What a passage's units lose by its headings, unless the question is about such a section."""
    found = _ASIDE_HEADING.search(heading)
    return _ASIDE if found and found.group().lower() not in question.lower() else 0.0


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    kind: QuestionKind
    weights: dict[int, float]
    pairs: frozenset[tuple[int, int]]


def _pairs(stems: Sequence[int]) -> frozenset[tuple[int, int]]:
    return frozenset(pairwise(stems))


def _weights(queries: WeightedQueries, units: Sequence[Sequence[Unit]], words: Words) -> dict[int, float]:
    wanted: dict[int, float] = {}
    for text, weight in queries:
        for stem in words.stems(text):
            wanted[stem] = max(weight, wanted.get(stem, 0.0))
    everything = [unit.stems for held in units for unit in held]
    count = Counter(stem for stems in everything for stem in wanted.keys() & stems)
    total = len(everything)
    return {
        stem: weight * math.log(1 + (total - count[stem] + 0.5) / (count[stem] + 0.5))
        for stem, weight in wanted.items()
    }


@dataclass(frozen=True, slots=True)
class _Place:
    passage: int
    before: Unit | None
    heading: frozenset[int]
    score: float
    aside: float


def _score(asked: _Asked, place: _Place, unit: Unit) -> RankedUnit:
    weights = asked.weights
    total = sum(weights.values()) or 1.0
    held = weights.keys() & unit.stems
    lacking = weights.keys() - held
    before = lacking & frozenset(place.before.stems) if place.before else frozenset()
    coverage, context, heading = (
        sum(weights[stem] for stem in stems) / total for stems in (held, before, (lacking - before) & place.heading)
    )
    bigrams = len(asked.pairs & _pairs(unit.stems)) / len(asked.pairs) if asked.pairs and len(held) > 1 else 0.0
    cue = _has_cue(asked, unit)
    score = coverage + place.score + _BIGRAM * bigrams + _CUE * cue + _CONTEXT * context + _HEADING * heading
    score -= unit.flaw + place.aside + (_ITEM if unit.kind == "list" and asked.kind not in LISTING else 0.0)
    return RankedUnit(place.passage, unit, score, coverage, bigrams, cue, context, coverage + context + heading)


def _has_cue(asked: _Asked, unit: Unit) -> bool:
    """A definition must also be one of a thing that is asked for: it opens the sentence."""
    about_it = asked.kind != "definition" or not asked.weights.keys().isdisjoint(unit.stems[:2])
    return about_it and has_cue(asked.kind, unit.text, asked.question)
