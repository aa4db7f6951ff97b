"""Two legs become one ranking: half cosine, half BM25 squashed by the query's best BM25.

`0.5 cos + 0.5 bm25 / (bm25 + max bm25)`; a passage missing from one leg counts 0 there. Measured against reciprocal
rank fusion it ranks better, and unlike min-max scaling it keeps an absolute part that a refusal can rest on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from storage_config.vectors.points import Payload, PointHit
from storage_config.vocabulary import Quality

DENSE_WEIGHT = 0.5

# Mild by design: a quality outweighs at most 8 % of a passage's score, so it decides between passages of about equal
# relevance and never lifts an irrelevant one. `unknown` is 1, so a corpus without declared qualities ranks unchanged.
QUALITY_WEIGHTS: Mapping[Quality, float] = {
    "peer_reviewed": 1.05,
    "official": 1.02,
    "book": 1.02,
    "preprint": 1.01,
    "unknown": 1.0,
    "blog": 0.97,
}


@dataclass(frozen=True, slots=True)
class Legs:
    """The raw hits of one query text: `dense` by cosine, `bm25` by BM25, each best first."""

    dense: tuple[PointHit, ...]
    bm25: tuple[PointHit, ...]

    def above(self, least: float) -> "Legs":
        """The legs with cosines from `least` to 1 spread over 0 to 1.

        Models whose cosines are all high would else count for little beside BM25, and mean something else than the
        cosines that rankings and refusals were fitted on.
        """
        if not least:
            return self
        spread = [hit._replace(score=max(0.0, (hit.score - least) / (1 - least))) for hit in self.dense]
        return Legs(tuple(spread), self.bm25)


class FusedHit(NamedTuple):
    """A passage of any leg. `dense` and `bm25` are its raw scores for the first query text, 0 where missing."""

    id: str
    score: float
    dense: float
    bm25: float
    payload: Payload


def fuse(legs: Legs, *, dense_weight: float = DENSE_WEIGHT) -> list[FusedHit]:
    """The hits of both legs, best first; equal scores in order of their ids, so that a ranking can be repeated.

    `dense_weight` from 0 (BM25 alone) to 1 (cosine alone).
    """
    return fuse_weighted([(legs, 1.0)], dense_weight=dense_weight)


def fuse_weighted(several: Sequence[tuple[Legs, float]], *, dense_weight: float = DENSE_WEIGHT) -> list[FusedHit]:
    """The weighted mean of several query texts' fused scores; a passage that a text did not find counts 0 there.

    Weights are positive. Raw scores are those of the first text: a question's own evidence, whatever is added to it.
    """
    if not several:
        return []
    payloads: dict[str, Payload] = {}
    for legs, _ in several:
        for leg in (legs.dense, legs.bm25):
            for hit_id, _score, payload in leg:
                payloads[hit_id] = payload
    scores = _scores(several[0][0], dense_weight) if len(several) == 1 else _weighted(several, dense_weight)
    dense = {hit_id: score for hit_id, score, _ in several[0][0].dense}
    bm25 = {hit_id: score for hit_id, score, _ in several[0][0].bm25}
    ranked = sorted([(-score, hit_id) for hit_id, score in scores.items()])
    # A tuple's own constructor: a named tuple's is a Python function, and a question has hundreds of hits.
    return [
        _new_hit(FusedHit, (i, -negative, dense.get(i, 0.0), bm25.get(i, 0.0), payloads[i])) for negative, i in ranked
    ]


_new_hit = tuple.__new__


def _weighted(several: Sequence[tuple[Legs, float]], dense_weight: float) -> dict[str, float]:
    total = sum(weight for _, weight in several)
    scores: dict[str, float] = {}
    for legs, weight in several:
        for hit_id, score in _scores(legs, dense_weight).items():
            scores[hit_id] = scores.get(hit_id, 0.0) + score * weight / total
    return scores


def _scores(legs: Legs, dense_weight: float) -> dict[str, float]:
    """From 0 to 1; a negative cosine counts 0, as much as being missing from the leg."""
    best = max((score for _, score, _ in legs.bm25), default=0.0)
    scores = {hit_id: dense_weight * score if score > 0 else 0.0 for hit_id, score, _ in legs.dense}
    for hit_id, score, _ in legs.bm25:
        if score > 0:
            scores[hit_id] = scores.get(hit_id, 0.0) + (1 - dense_weight) * score / (score + best)
    return scores
