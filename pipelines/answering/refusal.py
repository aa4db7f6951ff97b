"""Whether the passages answer the question at all: a calibrated probability from what retrieval found."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.answering.question_kinds import expects_cue
from pipelines.answering.sentence_ranking import READ_PASSAGES, Ranking, WeightedQueries, rank_units
from pipelines.text.words import Words
from pipelines.types import ClosestSection, Passage

WEIGHTS_FILE = Path(__file__).with_name("refusal_weights.json")
# The variant for embedding models whose cosines were not measured: it looks at words, BM25 and ranks only.
ANY_EMBEDDING = "any"
_MAX_CLOSEST = 3


@dataclass(frozen=True, slots=True)
class RefusalModel:
    """A logistic model over `refusal_features`. Fitted by `notebooks/fit_refusal.py`, figures in docs/refusal.md."""

    intercept: float
    weights: Mapping[str, float]
    language: str = "english"

    @property
    def weights_hash(self) -> str:
        """Names the weights, so that a recorded answer can say which they were."""
        return hashlib.sha256(json.dumps([self.intercept, dict(self.weights)]).encode()).hexdigest()[:12]

    @classmethod
    def from_file(
        cls, *, embedding: str = "local/minilm", language: str = "english", path: Path = WEIGHTS_FILE
    ) -> "RefusalModel":
        """The model for an embedding as a corpus names it; one that was not measured gets the one without cosines."""
        variants = json.loads(path.read_text(encoding="utf-8"))["variants"]
        variant = variants.get(embedding, variants[ANY_EMBEDDING])
        return cls(variant["intercept"], variant["weights"], language)

    def probability(self, queries: WeightedQueries, passages: Sequence[Passage]) -> float:
        """How probable it is that the passages answer, 0 to 1; 0 without passages.

        `queries` are the texts and weights that were searched for (`CondensedQuestion.queries`), the main one first.
        Only that one is judged: of a follow-up's earlier turns the passages need not hold a word, and asking them to
        refused three times as many. Takes about 1 ms, of which the answerer's ranking of the same question is spared.
        """
        if not passages:
            return 0.0
        features = refusal_features(rank_units(tuple(queries[:1]), passages, self.language), passages, self.language)
        return logistic(self.intercept + sum(weight * features[name] for name, weight in self.weights.items()))


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else (e := math.exp(value)) / (1 + e)


def refusal_features(ranking: Ranking, passages: Sequence[Passage], language: str = "english") -> dict[str, float]:
    """What tells an answerable question, by name. Shares are 0 to 1; fused scores are left out, a reranker moves them.

    Only the passages that were read for the ranking count, so the figures do not depend on how many were kept.
    """
    read = passages[:READ_PASSAGES]
    best = ranking.units[0] if ranking.units else None
    number = best.passage if best else 0
    held = [frozenset(stem for unit in units for stem in unit.stems) for units in ranking.passages]
    around = [stems | heading for stems, heading in zip(held, ranking.headings, strict=True)]
    dense = sorted((passage.dense_score for passage in read), reverse=True)
    bm25 = sorted((passage.bm25_score for passage in read), reverse=True)
    return {
        "sentence_coverage": best.coverage if best else 0.0,
        "sentence_context": best.context if best else 0.0,
        "sentence_bigrams": best.bigrams if best else 0.0,
        "answer_kind": (float(best.cue) if best else 0.0) if expects_cue(ranking.kind) else 0.5,
        "passage_coverage": _coverage(ranking.weights, around[number]),
        "first_coverage": _coverage(ranking.weights, around[0]),
        "all_coverage": _coverage(ranking.weights, frozenset().union(*around)),
        "names": _names_held(ranking.question, around[number], language),
        "dense_best": dense[0],
        "dense_gap": dense[0] - sum(dense[1:]) / max(1, len(dense) - 1),
        "bm25_best": math.log1p(bm25[0]),
        "bm25_gap": (bm25[0] - bm25[-1]) / (bm25[0] + 1),
        "legs_agree": float(read[0].dense_score == dense[0] > 0 and read[0].bm25_score == bm25[0] > 0),
        "found_by_both": sum(passage.dense_score > 0 < passage.bm25_score for passage in read) / len(read),
        "question_length": math.log(max(1, len(ranking.weights))),
    }


def _coverage(weights: Mapping[int, float], stems: frozenset[int]) -> float:
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in stems) / total if total else 0.0


def _names_held(question: str, stems: frozenset[int], language: str) -> float:
    """The share of the question's names and numbers that the passage has; .7, about the mean, where it has none."""
    names = Words(language).names(question)
    return sum(bool(name & stems) for name in names) / len(names) if names else 0.7


def closest_sections(passages: Sequence[Passage], limit: int = _MAX_CLOSEST) -> tuple[ClosestSection, ...]:
    """The sections of the best passages, each once, for a reader who is refused."""
    sections: dict[str, ClosestSection] = {}
    for passage in passages:
        sections.setdefault(passage.url, ClosestSection(passage.title, passage.url, passage.heading_path))
    return tuple(sections.values())[:limit]


def describe_weights(path: Path = WEIGHTS_FILE) -> Mapping[str, Any]:
    """Where the weights come from and what they reach, as the file says it."""
    provenance: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))["provenance"]
    return provenance
