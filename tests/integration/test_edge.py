import asyncio
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from qdrant_edge import EdgeShard

from storage_config.errors import StateInUse, VectorsUnavailable
from storage_config.vectors.conditions import Filter, match_page, one_of
from storage_config.vectors.edge import EdgeShards
from storage_config.vectors.points import PointSearch, SparseVector, StoredPoint

NAME = "site-0123456789abcdef"
ROOT = Path(__file__).parents[2]


def point_id(number: int, copy: int = 0) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number}-{copy}"))


def point(number: int, copy: int = 0) -> StoredPoint:
    sparse = SparseVector([number + 1], [1.5])
    return StoredPoint(point_id(number, copy), [1.0, 2.0, 3.0, 4.0], sparse, {"uri": f"p{copy}.md", "number": number})


@pytest.fixture
async def shards(tmp_path: Path) -> AsyncIterator[EdgeShards]:
    shards = EdgeShards(tmp_path / "vectors")
    yield shards
    await shards.close()


async def test_the_folder_is_for_its_owner_only(shards: EdgeShards, tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    await shards.open(NAME, dimension=4)
    assert folder.stat().st_mode & 0o777 == 0o700
    await shards.close()
    folder.chmod(0o755)  # as an older version made it
    again = EdgeShards(folder)
    assert await again.find(NAME) is not None
    assert folder.stat().st_mode & 0o777 == 0o700
    await again.close()


async def test_everything_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    last = -1
    for _ in range(2):  # the second writer opens what the first one left
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.integration.edge_writer", str(folder),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert writer.stdout is not None
        async with asyncio.timeout(60):
            acknowledged = [int(await writer.stdout.readline()) for _ in range(8)]
            writer.kill()
            acknowledged += [int(line) for line in (await writer.stdout.read()).split()]
            await writer.wait()
        last = max(last, *acknowledged)
    shards = EdgeShards(folder)
    points = await shards.open(NAME, dimension=4)
    kept = await points.scroll()
    for number in range(last + 1):
        assert kept[point_id(number, 0)] == {"uri": "p0.md", "number": number}
        assert kept[point_id(number, 1)] == {"uri": "moved.md", "number": number}
        assert point_id(number, 2) not in kept
    assert len(kept) <= 2 * (last + 1) + 3  # what was under way may be there, at most once
    found = await points.search([PointSearch(SparseVector([last + 1], [1.0]), 10)])
    assert {hit.id for hit in found[0]} >= {point_id(last, 0), point_id(last, 1)}
    await shards.close()


async def test_one_process_owns_a_collection(shards: EdgeShards, tmp_path: Path) -> None:
    points = await shards.open(NAME, dimension=4)
    second = EdgeShards(tmp_path / "vectors")
    with pytest.raises(StateInUse):
        await second.open(NAME, dimension=4)
    await second.close()
    await points.upsert([point(1)])
    assert await points.count() == 1


async def test_closing_flushes_and_is_final(shards: EdgeShards, tmp_path: Path) -> None:
    points = await shards.open(NAME, dimension=4)
    await points.upsert([point(1)])
    await shards.close()
    await shards.close()
    with pytest.raises(VectorsUnavailable, match="closed"):
        await points.count()
    again = EdgeShards(tmp_path / "vectors")
    assert await (await again.open(NAME, dimension=4)).count() == 1
    await again.close()


async def test_a_collection_is_there_whole_or_not_at_all(
    shards: EdgeShards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start that ends between making the shard and naming it leaves a draft, which the next one clears away."""

    def killed(_: Path, target: Path) -> Path:
        raise KeyboardInterrupt(f"killed before {target.name} was named")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            shards._create(NAME, 4)
    (draft,) = (tmp_path / "vectors").iterdir()
    assert await shards.names() == []
    assert await shards.find(NAME) is None
    await shards.open(NAME, dimension=4)
    assert [path.name for path in (tmp_path / "vectors").iterdir()] == [NAME]
    assert not draft.exists()


async def test_names_stay_inside_the_folder(shards: EdgeShards, tmp_path: Path) -> None:
    for name in ("../out", "", ".hidden", "a/b", "/tmp/x", "a\0b"):
        with pytest.raises(ValueError, match="no name for a collection"):
            await shards.open(name, dimension=4)
        with pytest.raises(ValueError, match="no name for a collection"):
            await shards.delete(name)
    assert not (tmp_path / "vectors").exists()
    assert not (tmp_path / "out").exists()


async def test_a_filter_without_conditions_deletes_nothing(shards: EdgeShards) -> None:
    points = await shards.open(NAME, dimension=4)
    await points.upsert([point(1)])
    with pytest.raises(ValueError, match="matches every point"):
        await points.delete_matching(Filter())
    with pytest.raises(ValueError, match="matches every point"):
        await points.delete_matching(Filter(must=()))
    assert await points.count() == 1


async def test_deleting_what_is_open_and_what_is_not(shards: EdgeShards, tmp_path: Path) -> None:
    points = await shards.open(NAME, dimension=4)
    await points.upsert([point(1)])
    await shards.delete(NAME)
    await shards.delete(NAME)
    assert list((tmp_path / "vectors").iterdir()) == []
    assert await (await shards.open(NAME, dimension=4)).count() == 0


async def test_a_folder_of_somebody_else(shards: EdgeShards, tmp_path: Path) -> None:
    (tmp_path / "vectors" / NAME).mkdir(parents=True)
    with pytest.raises(VectorsUnavailable):
        await shards.open(NAME, dimension=4)


async def test_bytes_are_those_on_disk(shards: EdgeShards) -> None:
    points = await shards.open(NAME, dimension=4)
    empty = await shards.stats(NAME)
    await points.upsert(
        [StoredPoint(point_id(n), [1.0] * 4, SparseVector([], []), {"text": "x" * 9_000}) for n in range(400)]
    )
    filled = await shards.stats(NAME)
    assert (empty.points, filled.points) == (0, 400)
    assert filled.bytes > empty.bytes


async def test_no_optimizer_ever_runs(shards: EdgeShards, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds the interpreter for seconds. Points stay in the plain segment and are all found."""
    points = await shards.open(NAME, dimension=4)
    await points.upsert([point(n) for n in range(2_000)])
    assert await shards.read(NAME, lambda shard: shard.info().segments_count) == 1
    ((*hits,),) = await points.search([PointSearch([1.0, 2.0, 3.0, 4.0], 2_000)])
    assert len(hits) == 2_000


async def test_searching_many_pages_at_once(shards: EdgeShards) -> None:
    points = await shards.open(NAME, dimension=4)
    await points.upsert([point(n, copy) for n in range(5) for copy in range(3)])
    both = Filter(must=(one_of("uri", ["p0.md", "p2.md"]),))
    one, two = await points.search(
        [PointSearch([1.0, 0.0, 0.0, 0.0], 50, both), PointSearch(SparseVector([3], [1.0]), 50, match_page("p1.md"))]
    )
    assert len(one) == 10
    assert [hit.id for hit in two] == [point_id(2, 1)]


@pytest.mark.parametrize("work", [EdgeShard.flush, EdgeShard.info], ids=["flush", "info"])
async def test_the_engines_errors_become_ours(shards: EdgeShards, work: Callable[[EdgeShard], object]) -> None:
    await shards.open(NAME, dimension=4)
    shards._shards[NAME].close()
    with pytest.raises(VectorsUnavailable, match="embedded vectors failed"):
        await shards.read(NAME, work)
    del shards._shards[NAME]
