"""Whether the passages answer the question at all: a calibrated probability from what retrieval found."""

import hashlib
import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pipelines.answering.missing_words import BeyondTopic, names_unknown, price_unknown, release_unknown
from pipelines.answering.names_asked_for import has_option, has_own_entry
from pipelines.answering.question_kinds import expects_cue, lacks_value
from pipelines.answering.ready_question import WeightedQueries
from pipelines.answering.sentence_ranking import READ_PASSAGES, RankedUnit, Ranking, rank_units
from pipelines.languages.detection import in_other_script, language_in
from pipelines.languages.known import language_of
from pipelines.text.words import Words
from pipelines.types import ClosestSection, Passage

# Another judge of whether passages answer a question, such as a cross-encoder: the probability, 0 without passages.
Judge = Callable[[str, Sequence[Passage]], Awaitable[float]]

WEIGHTS_FILE = Path(__file__).with_name("refusal_weights.json")
# The variant for embedding models whose cosines were not measured: it looks at words, BM25 and ranks only.
ANY_EMBEDDING = "any"
# The variant for questions in another language than the passages, beside that of the embedding: words say little there.
OTHER_LANGUAGE = "{}, other language"
_ENGLISH_ONLY = ("local/minilm",)
_MAX_CLOSEST = 3
# Below the threshold of answers by quotes, above that of a model, which says itself what its passages lack.
_LACKING = 0.1
# Of code that has an entry of its own, in a list, a table or below its heading, the passages say something, in however
# few words: what is nearly answerable otherwise is answered then.
_NEARLY, _OWN_ENTRY = 0.15, 0.5
# How sure it must be of what asks for something by a name that no passage has: "does it work with Kafka?".
_SURE_OF_NAMED = 0.35
_MAX_UNKNOWN = 2
_BEST = 3  # sentences that are looked at where the first unit says nothing itself


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """A logistic model over `refusal_features`. Fitted by `notebooks/fit_refusal.py`, figures in docs/refusal.md.

    `across` judges questions in another language than `language`, the passages'; None where the embedding model finds
    nothing across languages, so that this one judges them, too.
    """

    intercept: float
    weights: Mapping[str, float]
    language: str = "english"
    across: "RefusalModel | None" = None
    synonyms: tuple[str, ...] = ()  # a corpus's own groups of words

    @property
    def weights_hash(self) -> str:
        """Names the weights, so that a recorded answer can say which they were."""
        return _digest(self.intercept, tuple(self.weights.items()), self.across.weights_hash if self.across else None)

    @classmethod
    def from_file(
        cls,
        *,
        embedding: str = "local/minilm",
        language: str = "english",
        synonyms: tuple[str, ...] = (),
        path: Path = WEIGHTS_FILE,
    ) -> "RefusalModel":
        """The model for an embedding as a corpus names it; one that was not measured gets the one without cosines.

        So does MiniLM over pages in a script that it does not know: whatever they say, their vectors are alike.
        """
        variants = json.loads(path.read_text(encoding="utf-8"))["variants"]
        measured = embedding not in _ENGLISH_ONLY or not language_of(language).folded
        variant = variants.get(embedding if measured else ANY_EMBEDDING, variants[ANY_EMBEDDING])
        across = None
        if embedding not in _ENGLISH_ONLY:
            # What a vendor's model finds for such a question cannot be judged, its cosines were not measured: .5.
            other = variants.get(OTHER_LANGUAGE.format(embedding), {"intercept": 0.0, "weights": {}})
            across = cls(other["intercept"], other["weights"], language)
        return cls(variant["intercept"], variant["weights"], language, across, synonyms)

    def probability(self, queries: WeightedQueries, passages: Sequence[Passage], *, selected_for: str = "") -> float:
        """How probable it is that the passages answer, 0 to 1; 0 without passages.

        `selected_for` is the question, where the only passage is what its reader selected: all of its words may be
        there, an option and its name, and the default that it asks for is not. Nor do passages answer for an option
        whose name none of them has, or for a release whose number none has. They do for code with an entry of its own,
        where they nearly would anyway.

        `queries` are the texts and weights that were searched for (`CondensedQuestion.queries`), the main one first.
        A follow-up is judged by itself and together with the turn before it, and the better counts: of earlier turns
        the passages need not hold a word, and a few words of its own say little.
        """
        if not passages:
            return 0.0
        main = queries[0][0]
        if self.across is not None and asks_in_other_language(main, self.language):
            return self.across.probability(queries, passages)
        texts = [main] if len(queries) == 1 else [main, f"{main} {queries[1][0]}"]
        probability = max(self._judge(((text, 1.0),), passages) for text in texts)
        if probability < _OWN_ENTRY and self._has_entry(main, passages, nearly=probability >= _NEARLY):
            probability = _OWN_ENTRY
        if _LACKING < probability < _SURE_OF_NAMED and self._lacks_named(main, passages):
            probability = _LACKING
        without_value = selected_for and lacks_value(selected_for, passages[0].text)
        lacking = names_unknown(main, passages, self.language)
        lacking = lacking or any(lacks(main, passages) for lacks in (release_unknown, price_unknown))
        return min(probability, _LACKING) if lacking or without_value else probability

    def _has_entry(self, question: str, passages: Sequence[Passage], *, nearly: bool) -> bool:
        if has_option(question, passages):
            return True
        ranking = rank_units(((question, 1.0),), passages, self.language, self.synonyms) if nearly else None
        return ranking is not None and has_own_entry(ranking, passages, self.language)

    def _lacks_named(self, question: str, passages: Sequence[Passage]) -> bool:
        ranking = rank_units(((question, 1.0),), passages, self.language, self.synonyms)
        return refusal_features(ranking, passages, self.language)["entity_missing"] > 0

    def _judge(self, queries: WeightedQueries, passages: Sequence[Passage]) -> float:
        ranking = rank_units(queries, passages, self.language, self.synonyms)
        features = refusal_features(ranking, passages, self.language)
        return logistic(self.intercept + sum(weight * features[name] for name, weight in self.weights.items()))


@lru_cache(maxsize=64)
def _digest(intercept: float, weights: tuple[tuple[str, float], ...], across: str | None) -> str:
    shape = [intercept, dict(weights), *([across] if across else [])]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:12]


def asks_in_other_language(question: str, language: str) -> bool:
    """Whether a question is plainly in another language than the one of that name."""
    found = language_in(question, language)
    if found is None:  # none that is known here, such as Persian
        return in_other_script(question, language)
    return found is not language_of(language)


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else (e := math.exp(value)) / (1 + e)


def refusal_features(ranking: Ranking, passages: Sequence[Passage], language: str = "english") -> dict[str, float]:
    """What tells an answerable question, by name. None of it moves with the size of the corpus.

    Rarities are those of general text: BM25's own, the gaps between scores and the coverage among a few passages all
    shrink with a corpus, and refused nearly everything on a site of one page. Fused scores are left out, since a
    reranker moves them. Only the passages that were read for the ranking count.
    """
    read = passages[:READ_PASSAGES]
    asked = _Mass(ranking.general)
    best = _best_of(ranking, asked)
    number = best.passage if best else 0
    held = [ranking.meant_by(frozenset().union(*(unit.stems for unit in units))) for units in ranking.passages]
    around = [stems | heading for stems, heading in zip(held, ranking.headings, strict=True)]
    sentence = ranking.meant_by(frozenset(best.unit.stems)) if best else frozenset[int]()
    everywhere = frozenset[int]().union(*around)
    beyond = BeyondTopic.of(ranking, around, read, language)
    return {
        "sentence_context": best.context if best else 0.0,
        "sentence_bigrams": best.bigrams if best else 0.0,
        "answer_kind": (float(best.cue) if best else 0.0) if expects_cue(ranking.kind) else 0.5,
        "names": _names_held(ranking.question, around[number], language),
        "dense_best": max(passage.dense_score for passage in read),
        "question_length": math.log(max(1, len(ranking.general))),
        "share_in_sentence": asked.share(sentence),
        "share_with_heading": asked.share(sentence | ranking.headings[number]),
        "share_in_passage": asked.share(around[number]),
        "share_in_first": asked.share(around[0]),
        "share_in_all": asked.share(everywhere),
        "mass_in_sentence": math.log1p(asked.of(sentence)),
        "mass_in_passage": math.log1p(asked.of(around[number])),
        "mass_in_best": math.log1p(max(asked.of(stems) for stems in around)),
        "mass_missing": math.log1p(asked.total - asked.of(everywhere)),
        "rarest_missing": asked.rarest(ranking.general.keys() - around[number]),
        "rarest_held": asked.rarest(ranking.general.keys() & around[number]),
        "beyond_missing": beyond.share_missing,
        "unknown_missing": float(min(_MAX_UNKNOWN, len(beyond.unknown))),
        "entity_missing": beyond.share_missing if beyond.entities else 0.0,
    }


class _Mass:
    """The question's words by their rarity in general text."""

    def __init__(self, rarity: Mapping[int, float]) -> None:
        self._rarity = rarity
        self.total = sum(rarity.values())

    def of(self, stems: AbstractSet[int]) -> float:
        """The rarity of those that are among the stems, added up."""
        return sum(rarity for stem, rarity in self._rarity.items() if stem in stems)

    def share(self, stems: AbstractSet[int]) -> float:
        """The same as a share of all."""
        return self.of(stems) / self.total if self.total else 0.0

    def rarest(self, stems: AbstractSet[int]) -> float:
        """The rarity of the rarest of them."""
        return max((self._rarity[stem] for stem in stems), default=0.0)


def _best_of(ranking: Ranking, asked: _Mass) -> RankedUnit | None:
    """The best unit; where that has no word of the question, the one of the best sentences that has most of them.

    Code and a label ("How it works:") may stand first for what is around them, and say nothing themselves.
    """

    def share(one: RankedUnit) -> float:
        return asked.share(ranking.meant_by(frozenset(one.unit.stems)))

    best = ranking.units[0] if ranking.units else None
    if best is None or share(best):
        return best
    prose = (one for one in ranking.units if one.unit.kind != "code" and one.unit.stems)
    return max(islice(prose, _BEST), key=share, default=best)


def _names_held(question: str, stems: AbstractSet[int], language: str) -> float:
    """The share of the question's names and numbers that the passage has; .7, about the mean, where it has none."""
    names = Words(language).names(question)
    return sum(bool(name & stems) for name in names) / len(names) if names else 0.7


def closest_sections(passages: Sequence[Passage], limit: int = _MAX_CLOSEST) -> tuple[ClosestSection, ...]:
    """The sections of the best passages, each once, for a reader who is refused."""
    sections: dict[str, ClosestSection] = {}
    for passage in passages:
        sections.setdefault(passage.url, ClosestSection(passage.title, passage.url, passage.heading_path))
    return tuple(sections.values())[:limit]
