"""Whether a question is one that the owner wrote an answer for: by meaning and by words.

A near miss ("How do I disable dark mode?" for "How do I enable dark mode?") has a higher cosine than many a paraphrase,
so that the cosine alone never decides: what one word swapped for another tells apart is another question.
Figures: `python -m tests.load.bench_curated`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.retrieval.fusion import FusedHit, Legs
from pipelines.text.bm25 import UNSPACED
from pipelines.text.synonyms import other_words
from pipelines.text.words import Words, asking_stems
from storage_config.vectors.points import PointHit

# The key of a point's payload that says which question its text answers.
QUESTION = "question"
# Where more of them are found than this, they took the places of passages.
CROWDED = 20
_ASKS = re.compile(r"\W*(who|when|where|why|how)\b", re.IGNORECASE)


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
        lacks, has_not = _differences(question, written, self.language, self.synonyms)
        if not lacks and not has_not:
            return not _ask_for_others(question, written)
        if self.least_cosine is None or cosine < self.least_cosine:
            return False
        # Pairs of signs stand for the words of a script without spaces: a swapped word is several of them.
        is_swapped = lacks > 0 < has_not if UNSPACED.search(written) else lacks == has_not == 1
        return not is_swapped


def _ask_for_others(question: str, written: str) -> bool:
    """Whether the same words ask for different things: who, when, where, why, how."""
    kinds = (_ASKS.match(question), _ASKS.match(written))
    return None not in kinds and len({found[1].lower() for found in kinds if found}) > 1


@lru_cache(maxsize=4_096)
def _differences(question: str, written: str, language: str, synonyms: tuple[str, ...]) -> tuple[int, int]:
    """How many words of each, beside those that ask, the other says in no way."""
    words = Words(language)
    asked, had = (frozenset(words.stems(text)) for text in (question, written))
    asking = asking_stems(language)
    asked, had = asked - asking or asked, had - asking or had
    others = other_words(question, language, synonyms), other_words(written, language, synonyms)
    return len(_unsaid(asked, had, *others)), len(_unsaid(had, asked, *others[::-1]))


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
