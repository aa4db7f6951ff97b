"""Whether a question is one that the owner wrote an answer for: by meaning and by words.

A near miss ("How do I disable dark mode?" for "How do I enable dark mode?") has a higher cosine than many a paraphrase,
so that the cosine alone never decides: what one word swapped for another tells apart is another question, and so is
what words turn round that search leaves out (on and off, before and after, not, from one to the other), and what the
reader asks with a word more ("on Windows").
Figures: `python -m tests.load.bench_curated`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.languages.known import language_of
from pipelines.retrieval.fusion import FusedHit, Legs
from pipelines.text.bm25 import UNSPACED
from pipelines.text.synonyms import other_words
from pipelines.text.words import Words, asking_stems
from storage_config.vectors.points import PointHit

# The key of a point's payload that says which question its text answers.
QUESTION = "question"
# Where more of them are found than this, they took the places of passages.
CROWDED = 20
# What goes round a question and narrows nothing: "is it possible", "what are the steps".
_FRAMING = "possible able steps"
_ASKS = re.compile(r"\W*(who|when|where|why|how)\b", re.IGNORECASE)
_TOKEN = re.compile(r"n['’]t\b|\w+?(?=n['’]t\b)|\w+")


@dataclass(frozen=True, slots=True)
class SameQuestion:
    """Tells whether two questions ask the same. `least_cosine` is that of the embedding model, None where unmeasured.

    Then only questions of the same words are the same.
    """

    language: str = "english"
    synonyms: tuple[str, ...] = ()
    least_cosine: float | None = None

    def best(self, question: str, answers: Iterable[PointHit]) -> PointHit | None:
        """The nearest of the answers that are written for the question; None where none is."""
        matching = (one for one in answers if self.is_same(question, str(one.payload[QUESTION]), one.score))
        return min(matching, key=lambda one: (-one.score, one.id), default=None)

    def is_same(self, question: str, written: str, cosine: float) -> bool:
        """Whether the reader's question asks what the written one does."""
        found = _differences(question, written, self.language, self.synonyms)
        if found.turned:
            return False
        if not found.lacks and not found.has_not and not found.particles:
            return not _ask_for_others(question, written)
        if self.least_cosine is None or cosine < self.least_cosine:
            return False
        # Pairs of signs stand for the words of a script without spaces: a swapped word is several of them.
        if UNSPACED.search(written):
            return not found.lacks
        return not (found.lacks == found.has_not == 1 or found.lacks > 0 == found.has_not)


@dataclass(frozen=True, slots=True)
class _Differences:
    """What tells a reader's question and a written one apart.

    `lacks` and `has_not` are how many words of the reader's, and of the written one, the other says in no way;
    `particles` says that questions of the same words have more or fewer of those that search leaves out. Questions that
    are `turned` ask for opposites, or have the same words in another order or with others of those (log in, log out).
    """

    lacks: int
    has_not: int
    particles: bool
    turned: bool


def _ask_for_others(question: str, written: str) -> bool:
    """Whether the same words ask for different things: who, when, where, why; how asks for what no such word does."""
    kinds = (_ASKS.match(question), _ASKS.match(written))
    return len({found[1].lower() if found else "how" for found in kinds}) > 1


@lru_cache(maxsize=4_096)
def _differences(question: str, written: str, language: str, synonyms: tuple[str, ...]) -> _Differences:
    words = Words(language)
    in_order = tuple(tuple(dict.fromkeys(words.stems(text))) for text in (question, written))
    asked, had = (frozenset(stems) for stems in in_order)
    asking = asking_stems(language) | frozenset(words.stems(_FRAMING))
    asked, had = asked - asking or asked, had - asking or had
    others = other_words(question, language, synonyms), other_words(written, language, synonyms)
    lacks, has_not = _unsaid(asked, had, *others), _unsaid(had, asked, *others[::-1])
    tokens = [frozenset(_TOKEN.findall(text.lower())) for text in (question, written)]
    turned, particles = _contradict(tokens[0], tokens[1], language), frozenset[str]()
    if not lacks and not has_not and asked == had:  # without a synonym, which may be "turn off" for "disable"
        only, without = (own & _particles(language) for own in (tokens[0] - tokens[1], tokens[1] - tokens[0]))
        both = frozenset(in_order[0]) & frozenset(in_order[1])
        orders = [[stem for stem in stems if stem in both] for stems in in_order]
        turned = turned or bool(only and without) or not _is_rotated(orders[0], orders[1])
        particles = only | without
    return _Differences(len(lacks), len(has_not), bool(particles), turned)


def _is_rotated(first: list[int], second: list[int]) -> bool:
    """Whether an order is the other with its end moved to the front: "cite this book", "how is this book cited"."""
    return any(first == second[at:] + second[:at] for at in range(len(second) or 1))


def _contradict(asked: frozenset[str], had: frozenset[str], language: str) -> bool:
    """Whether one denies what the other does not, or has the opposite of a word of the other in its place."""
    if bool(asked & language_of(language).negations) != bool(had & language_of(language).negations):
        return True
    only, without = asked - had, had - asked
    pairs = _opposites(language)
    return any((one in only and other in without) or (other in only and one in without) for one, other in pairs)


@lru_cache(maxsize=16)
def _opposites(language: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("/") for pair in language_of(language).opposites.split())
    return tuple((one, other) for one, _, other in pairs)


@lru_cache(maxsize=16)
def _particles(language: str) -> frozenset[str]:
    """Words that have an opposite and that search leaves out (in, out, before), beside determiners and what asks."""
    known, words = language_of(language), Words(language)
    unlike = re.compile(f"{known.asks}|{known.determiners}", re.IGNORECASE)
    opposed = {word for pair in _opposites(language) for word in pair}
    return frozenset(word for word in opposed if not words.stems(word) and not unlike.fullmatch(word))


def _unsaid(
    own: frozenset[int], theirs: frozenset[int], for_own: Mapping[int, int], for_theirs: Mapping[int, int]
) -> set[int]:
    said = {stem for other, stem in for_own.items() if other in theirs}
    said |= {other for other, stem in for_theirs.items() if stem in theirs}
    return set(own - theirs - said)


def part_answers(legs: Sequence[Legs]) -> tuple[list[Legs], tuple[PointHit, ...]]:
    """The legs without the owner's answers, and those that the first text, the question, found."""
    if not any(QUESTION in hit.payload for leg in legs for hit in leg.dense):
        return list(legs), ()
    answers = tuple(hit for hit in legs[0].dense if QUESTION in hit.payload)
    return [Legs(_passages(leg.dense), _passages(leg.bm25)) for leg in legs], answers


def _passages(hits: Sequence[PointHit]) -> tuple[PointHit, ...]:
    return tuple(hit for hit in hits if QUESTION not in hit.payload)


def as_fused(answer: PointHit) -> FusedHit:
    """The answer as a hit of the ranking; it has no words that BM25 would look for."""
    return FusedHit(answer.id, answer.score, answer.score, 0.0, answer.payload)
