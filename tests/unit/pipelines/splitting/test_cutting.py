"""Cuts are local maxima, never leave too much between them, and are found in linear time."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.splitting.cutting import Atom, Room, cut

ROOM = Room(whole=100, overlap=20)
_sizes = st.lists(st.tuples(st.integers(0, ROOM.core), st.integers(0, 7), st.integers(0, 2**64 - 1)), min_size=1)


def build_atoms(sizes: list[tuple[int, int, int]]) -> list[Atom]:
    return [Atom(i, i + 1, cost, rank, digest) for i, (cost, rank, digest) in enumerate(sizes)]


def no_overlap(index: int) -> int:
    return 0


@settings(max_examples=200, deadline=None)
@given(sizes=_sizes, overlap=st.integers(0, ROOM.overlap))
def test_ranges_tile_the_atoms_and_fit(sizes: list[tuple[int, int, int]], overlap: int) -> None:
    atoms = build_atoms(sizes)
    ranges = cut(atoms, ROOM, lambda index: overlap)
    assert [first for first, _ in ranges] == [0, *(stop for _, stop in ranges[:-1])]
    assert ranges[-1][1] == len(atoms)
    for first, stop in ranges:
        assert first < stop
        assert sum(atom.cost for atom in atoms[first:stop]) + (overlap if first else 0) <= ROOM.whole


def test_what_fits_is_not_cut() -> None:
    assert cut(build_atoms([(50, 7, 1), (50, 7, 2)]), ROOM, no_overlap) == [(0, 2)]


def test_the_strongest_place_wins_by_rank_before_hash() -> None:
    sizes = [(15, 7, 0), (15, 4, 9), (15, 6, 1), (15, 4, 8), (15, 4, 7), (15, 4, 6), (15, 4, 5)]
    assert cut(build_atoms(sizes), ROOM, no_overlap)[0] == (0, 2)


def test_a_large_atom_stands_alone_except_with_its_lead_in() -> None:
    around = [(10, 7, 1)] * 3
    assert (3, 4) in cut(build_atoms([*around, (60, 7, 0), *around]), ROOM, no_overlap)
    assert (2, 4) in cut(build_atoms([(35, 7, 1), (35, 7, 5), (10, 7, 9), (60, 0, 0), *around]), ROOM, no_overlap)


def test_neither_end_is_a_crumb() -> None:
    generator = random.Random(4)
    for _ in range(200):
        sizes = [(generator.randint(1, 9), 7, generator.getrandbits(64)) for _ in range(60)]
        ranges = cut(build_atoms(sizes), ROOM, no_overlap)
        costs = [sum(cost for cost, _, _ in sizes[first:stop]) for first, stop in ranges]
        assert min(costs) > ROOM.core // 4 - 9
        assert max(costs) <= ROOM.whole


def test_only_cuts_beside_an_edit_move() -> None:
    """Statistical, over a fixed stream: five thousand edits of sections of every mix of sizes."""
    generator = random.Random(11)
    changes = [0] * 8
    for _ in range(5_000):
        atoms = _random_sizes(generator)
        place = generator.randrange(len(atoms))
        edited = atoms[:place] + _random_sizes(generator)[: generator.randint(0, 1)] + atoms[place + 1 :]
        old, new = _nodes(atoms), _nodes(edited)
        changes[len(new - old)] += 1
    assert sum(changes[4:]) <= 5
    assert changes[1] > changes[2] > changes[3] > 0


def _random_sizes(generator: random.Random) -> list[tuple[int, int, int]]:
    largest = generator.choice([10, 30, ROOM.core])
    return [
        (generator.randint(1, largest), generator.choice([4, 5, 6, 7, 7, 7]), generator.getrandbits(64))
        for _ in range(2 * ROOM.whole // largest + 12)
    ]


def _nodes(sizes: list[tuple[int, int, int]]) -> set[tuple[tuple[int, int, int], ...]]:
    return {tuple(sizes[first:stop]) for first, stop in cut(build_atoms(sizes), ROOM, no_overlap)}


@pytest.mark.parametrize("digests", ["equal", "rising", "falling"])
def test_the_worst_orders_are_cut_and_in_time(digests: str) -> None:
    """Sixteen times the atoms take less than eighty times as long; quadratic would be 256 times."""

    def seconds(count: int) -> float:
        strengths = {"equal": [0] * count, "rising": range(count), "falling": range(count, 0, -1)}[digests]
        atoms = build_atoms([(1, 4, strength) for strength in strengths])
        began = time.process_time()
        assert max(stop - first for first, stop in cut(atoms, ROOM, no_overlap)) <= ROOM.whole
        return time.process_time() - began

    small = min(seconds(1_000) for _ in range(3))
    assert any(seconds(16_000) < 80 * small for _ in range(3))  # a busy machine gets another try
