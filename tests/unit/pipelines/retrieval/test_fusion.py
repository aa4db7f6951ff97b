import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.retrieval.fusion import QUALITY_WEIGHTS, Legs, fuse, fuse_weighted
from storage_config.vectors.points import PointHit
from storage_config.vocabulary import QUALITIES


def hits(**scores: float) -> tuple[PointHit, ...]:
    return tuple(PointHit(name, score, {"text": name}) for name, score in scores.items())


COSINES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 1), max_size=8)
BM25S = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 60), max_size=8)
LEGS = st.builds(lambda dense, bm25: Legs(hits(**dense), hits(**bm25)), COSINES, BM25S)


def test_half_cosine_half_squashed_bm25() -> None:
    fused = fuse(Legs(hits(a=0.8, b=0.6), hits(b=12.0, c=4.0)))
    assert {hit.id: hit.score for hit in fused} == pytest.approx(
        {"a": 0.5 * 0.8, "b": 0.5 * 0.6 + 0.5 * 12 / 24, "c": 0.5 * 4 / 16}
    )
    assert [hit.id for hit in fused] == ["b", "a", "c"]
    by_id = {hit.id: hit for hit in fused}
    assert (by_id["a"].dense, by_id["a"].bm25) == (0.8, 0.0)
    assert (by_id["c"].dense, by_id["c"].bm25) == (0.0, 4.0)
    assert by_id["c"].payload == {"text": "c"}


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        (Legs((), ()), []),
        (Legs(hits(a=0.5), ()), [("a", 0.25)]),
        (Legs((), hits(a=3.0)), [("a", 0.25)]),
        (Legs(hits(a=-0.4), ()), [("a", 0.0)]),
        (Legs((), hits(a=0.0)), []),
    ],
    ids=["nothing", "dense only", "bm25 only", "opposite vectors", "bm25 of 0"],
)
def test_missing_legs(legs: Legs, expected: list[tuple[str, float]]) -> None:
    assert [(hit.id, hit.score) for hit in fuse(legs)] == expected


def test_the_weight_of_the_dense_leg() -> None:
    legs = Legs(hits(a=0.9), hits(b=5.0))
    assert [(h.id, h.score) for h in fuse(legs, dense_weight=1.0)] == [("a", 0.9), ("b", 0.0)]
    assert [(h.id, h.score) for h in fuse(legs, dense_weight=0.0)] == [("b", 0.5), ("a", 0.0)]


def test_equal_scores_keep_an_order() -> None:
    assert [h.id for h in fuse(Legs(hits(c=0.5, a=0.5, b=0.5), ()))] == ["a", "b", "c"]


def test_a_second_text_adds_its_share_and_leaves_raw_scores_alone() -> None:
    question, before = Legs(hits(a=0.4, b=0.3), hits(a=2.0)), Legs(hits(b=0.9, c=0.8), hits(c=7.0))
    fused = {hit.id: hit for hit in fuse_weighted([(question, 1.0), (before, 0.3)])}
    alone = {hit.id: hit.score for hit in fuse(question)}
    added = {hit.id: hit.score for hit in fuse(before)}
    for name in "abc":
        expected = (alone.get(name, 0.0) + 0.3 * added.get(name, 0.0)) / 1.3
        assert fused[name].score == pytest.approx(expected)
    assert (fused["b"].dense, fused["b"].bm25) == (0.3, 0.0)
    assert (fused["c"].dense, fused["c"].bm25) == (0.0, 0.0)
    assert fuse_weighted([]) == []


@given(LEGS)
def test_scores_are_between_0_and_1_and_fall(legs: Legs) -> None:
    fused = fuse(legs)
    scores = [hit.score for hit in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    expected = {hit.id for hit in legs.dense} | {hit.id for hit in legs.bm25 if hit.score > 0}
    assert {hit.id for hit in fused} == expected


@given(LEGS, st.floats(0.1, 5))
def test_one_text_is_itself_whatever_its_weight(legs: Legs, weight: float) -> None:
    alone = {hit.id: hit.score for hit in fuse(legs)}
    assert {hit.id: hit.score for hit in fuse_weighted([(legs, weight)])} == pytest.approx(alone)
    assert {hit.id: hit.score for hit in fuse_weighted([(legs, weight), (legs, 1.0)])} == pytest.approx(alone)


@given(COSINES.filter(lambda c: len(c) > 1), BM25S, st.floats(0.01, 0.5))
def test_more_of_a_leg_never_ranks_lower(dense: dict[str, float], bm25: dict[str, float], gain: float) -> None:
    name = sorted(dense)[0]
    before = fuse(Legs(hits(**dense), hits(**bm25)))
    after = fuse(Legs(hits(**{**dense, name: dense[name] + gain}), hits(**bm25)))
    place = {hit.id: rank for rank, hit in enumerate(before)}[name]
    assert {hit.id: rank for rank, hit in enumerate(after)}[name] <= place


def test_quality_weights_are_mild_and_put_peer_review_first() -> None:
    assert set(QUALITY_WEIGHTS) == set(QUALITIES)
    ranked = sorted(QUALITIES, key=lambda quality: -QUALITY_WEIGHTS[quality])
    assert (ranked[0], ranked[-1]) == ("peer_reviewed", "blog")
    assert QUALITY_WEIGHTS["unknown"] == 1.0
    assert max(QUALITY_WEIGHTS.values()) / min(QUALITY_WEIGHTS.values()) < 1.1
