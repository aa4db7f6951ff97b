"""A question made ready for ranking: what it asks for, and how much each of its words counts."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from pipelines.answering.question_kinds import QuestionKind, last_question, question_kind
from pipelines.grounding.verifier import rarity_of
from pipelines.text.definitions import asked_term
from pipelines.text.identifiers import identifiers
from pipelines.text.quotable import Unit
from pipelines.text.synonyms import other_words
from pipelines.text.words import Words

_WRITTEN = re.compile(r"(?:--?)?[\w$][\w$.-]*[\w$]")

# "What's the point of X?" asks for no point, unless a page says what the point of something is.
_POINT = r"(?:deal|idea|point|purpose|use) (?:behind|of|with)\b"
_ASKS_POINT = re.compile(rf"\bwhat(?:['’]?s| is| are) the {_POINT}(?! (?:contact|it|that|this)\b)", re.IGNORECASE)
_SAYS_POINT = re.compile(rf"\bthe (?:\w+ )?{_POINT}", re.IGNORECASE)

WeightedQueries = tuple[tuple[str, float], ...]


def with_meant(others: Mapping[int, int], stems: AbstractSet[int]) -> AbstractSet[int]:
    """The stems together with those that they stand for."""
    found = {others[stem] for stem in others.keys() & stems} if others else None
    return stems | found if found else stems


@dataclass(frozen=True, slots=True)
class ReadyQuestion:
    """The question and its words; stems are numbers, as `Words` gives them."""

    question: str
    kind: QuestionKind
    weights: dict[int, float]
    general: dict[int, float]
    pairs: frozenset[tuple[int, int]]
    term: frozenset[int]
    identifiers: tuple[str, ...]
    written: frozenset[str]  # its words as they are written, in lower case
    others: Mapping[int, int]
    held: Sequence[Sequence[AbstractSet[int]]]  # of each unit of each passage the stems that are asked for
    language: str
    weighed: float  # all weights together
    generally: float  # all rarities together

    def meant(self, stems: Iterable[int]) -> AbstractSet[int]:
        """The stems together with those of the question that they say in another word."""
        return with_meant(self.others, frozenset(stems))

    def general_share(self, stems: AbstractSet[int]) -> float:
        """The part of the question that is among the stems, by rarity in general text."""
        if not self.generally or not stems:
            return 0.0
        held = 0.0
        for stem, rarity in self.general.items():
            if stem in stems:
                held += rarity
        return held / self.generally

    @classmethod
    def of(
        cls, queries: WeightedQueries, units: Sequence[Sequence[Unit]], language: str, synonyms: tuple[str, ...]
    ) -> "ReadyQuestion":
        """From the texts that were searched for, the question first, and the units of each passage that was found."""
        words, question = Words(language), queries[0][0]
        others = other_words(question, language, synonyms)
        bare = queries
        if _ASKS_POINT.search(question) and not any(_SAYS_POINT.search(unit.text) for read in units for unit in read):
            bare = tuple((_ASKS_POINT.sub("what is", text), weight) for text, weight in queries)
        wanted = _wanted(bare, words)
        looked_for = wanted.keys() | others.keys()
        held = [[with_meant(others, looked_for.intersection(unit.stems)) for unit in read] for read in units]
        weights = _weights(wanted, held)
        rarity = rarity_of(language)
        last = last_question(question)
        kind, term = question_kind(last), asked_term(last, language)
        if kind == "definition" and not term:  # "what is the second argument of createStore" wants no definition
            kind = "other"
        stems = words.stems(bare[0][0])
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
            held,
            language,
            sum(weights.values()),
            sum(general.values()),
        )


def _pairs(stems: Sequence[int]) -> frozenset[tuple[int, int]]:
    return frozenset(pairwise(stems))


def _wanted(queries: WeightedQueries, words: Words) -> dict[int, float]:
    """The stems of all queries, each with the most that a query of it counts."""
    wanted: dict[int, float] = {}
    for text, weight in queries:
        for stem in words.stems(text):
            wanted[stem] = max(weight, wanted.get(stem, 0.0))
    return wanted


def _weights(wanted: Mapping[int, float], held: Sequence[Sequence[AbstractSet[int]]]) -> dict[int, float]:
    count = Counter(stem for units in held for stems in units for stem in stems)
    total = sum(map(len, held))
    return {
        stem: weight * math.log(1 + (total - count[stem] + 0.5) / (count[stem] + 0.5))
        for stem, weight in wanted.items()
    }
