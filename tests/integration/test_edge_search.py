from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage_config.vectors.edge import EdgePoints, EdgeShards
from storage_config.vectors.points import LegPair, PointHit, PointSearch, SparseVector, StoredPoint

COUNT = 6
WORD = 7  # what the last three points say


@pytest.fixture
async def points(tmp_path: Path) -> AsyncIterator[EdgePoints]:
    """By the dense leg 0 is nearest to (1, 0), then 1 and so on."""
    shards = EdgeShards(tmp_path / "vectors")
    found = await shards.open("site", dimension=2)
    await found.upsert(
        [
            StoredPoint(
                f"00000000-0000-0000-0000-{n:012}",
                [1.0, n / 4],
                SparseVector([WORD if n >= COUNT - 3 else 5], [1 + n / 8]),
                {"n": n},
            )
            for n in range(COUNT)
        ]
    )
    yield found
    await shards.close()


def numbers(hits: list[PointHit]) -> list[int]:
    return [hit.payload["n"] for hit in hits]


def pair(limit: int, *, words: bool = True) -> LegPair:
    word = PointSearch(SparseVector([WORD], [1.0]), limit) if words else None
    return LegPair(PointSearch([1.0, 0.0], limit), word)


async def test_each_leg_scores_what_only_the_other_found(points: EdgePoints) -> None:
    ((dense, bm25),) = await points.search_both([pair(2)])
    assert numbers(dense) == [0, 1, 4, 5]
    assert numbers(bm25) == [5, 4]  # 0 and 1 do not say the word
    alone, words = await points.search(
        [PointSearch([1.0, 0.0], COUNT), PointSearch(SparseVector([WORD], [1.0]), COUNT)]
    )
    scores = {hit.id: hit.score for hit in alone}
    assert {hit.id: hit.score for hit in dense} == pytest.approx({hit.id: scores[hit.id] for hit in dense})
    assert [hit for hit in words if hit.payload["n"] > 3] == bm25


async def test_a_full_leg_of_words_is_filled_by_the_dense_ones(points: EdgePoints) -> None:
    ((dense, bm25),) = await points.search_both([LegPair(PointSearch([1.0, 0.9], 3), pair(1).bm25)])
    assert numbers(bm25)[0] == 5
    found = {hit.payload["n"] for hit in dense}
    assert {hit.payload["n"] for hit in bm25} == {n for n in found if n >= COUNT - 3}


async def test_a_text_without_words_has_one_leg(points: EdgePoints) -> None:
    (first, (dense, bm25)) = await points.search_both([pair(1), pair(2, words=False)])
    assert numbers(first[0])[0] == 0
    assert numbers(first[1]) == [5]
    assert numbers(dense) == [0, 1]
    assert bm25 == []


async def test_a_deleted_point_is_no_hit(points: EdgePoints) -> None:
    await points.search_both([pair(COUNT)])
    await points.delete([f"00000000-0000-0000-0000-{COUNT - 1:012}"])
    ((dense, bm25),) = await points.search_both([pair(COUNT)])
    assert numbers(dense) == [0, 1, 2, 3, 4]
    assert numbers(bm25) == [4, 3]
