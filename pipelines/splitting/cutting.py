"""Where a long section is cut into nodes: content decides, so that an edit moves the cuts around it and no others.

A packing from the left would shift every cut behind an edit, and every node there would have to be embedded anew.
Here each place between two atoms has a strength that only its neighbourhood determines (what stands there, then
a hash of the characters on both sides), and a cut is a place that is the strongest within a quarter of the room in
both directions: a local maximum, as in content-defined chunking (Bjørner, Blass, Gurevich, "Content-Dependent
Chunking for Differential Compression, the Local Maximum Approach", 2010). Two cuts are thus never close, an edited
atom can move at most the one cut before it and the one cut after it, and at most three nodes change.

Local maxima alone would now and then leave more between them than a node may hold. Two rules keep that rare: an
atom of more than half the room stands alone, and what is still too long is cut at its strongest place in the
middle. Only an edit beside such a stretch can change a fourth node: a few in ten thousand do. A paragraph longer than
a node is several nodes itself, and a section that outgrows one node is cut for the first time: all its nodes are new.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

_ALONE = 1 << 72  # stronger than every rank
_RANK_BITS = 64


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a section that is never cut: `text[start:end]`, at most `room - overlap` tokens.

    `rank` says how good a cut before it is (0 and up), `digest` is a hash of the characters on both sides of it.
    """

    start: int
    end: int
    cost: int
    rank: int
    digest: int


@dataclass(frozen=True, slots=True)
class Room:
    """Tokens that a node has for its text: `whole` altogether, of which an overlap may take `overlap`."""

    whole: int
    overlap: int

    @property
    def core(self) -> int:
        """The room that the overlap leaves."""
        return self.whole - self.overlap


def cut(atoms: Sequence[Atom], room: Room, overlap_cost: Callable[[int], int]) -> list[tuple[int, int]]:
    """The nodes of one section as half-open ranges of atoms; each fits into the room together with its overlap.

    `overlap_cost(i)` is what a node that starts at atom `i > 0` repeats of the text before it, in tokens, at most
    `room.overlap`. Takes time linear in the number of atoms, with a logarithm at worst.
    """
    costs = [0, *accumulate(atom.cost for atom in atoms)]
    if costs[-1] <= room.whole:
        return [(0, len(atoms))]
    strengths = _strengths(atoms, room)
    cuts = [0, *_local_maxima(strengths, costs, room.core // 4), len(atoms)]
    stretches = list(pairwise(cuts))[::-1]
    ranges: list[tuple[int, int]] = []
    while stretches:
        first, stop = stretches.pop()
        if stop - first == 1 or costs[stop] - costs[first] + (overlap_cost(first) if first else 0) <= room.whole:
            ranges.append((first, stop))
        else:
            middle = _strongest_in_the_middle(first, stop, strengths, costs, room)
            stretches += [(middle, stop), (first, middle)]
    return ranges


def _strengths(atoms: Sequence[Atom], room: Room) -> list[int]:
    """The strength of the place before each atom, greater than `_ALONE` where it is a cut in any case."""
    strengths = [(atom.rank << _RANK_BITS) + atom.digest for atom in atoms]
    large = [atom.cost > room.core // 2 for atom in atoms]
    for index in range(1, len(atoms)):
        # Rank 0 ties a lead-in ("For example:") to what it introduces, however large that is.
        if (large[index] or large[index - 1]) and (
            atoms[index].rank > 0 or atoms[index - 1].cost + atoms[index].cost > room.core
        ):
            strengths[index] += _ALONE
    return strengths


def _local_maxima(strengths: Sequence[int], costs: Sequence[int], reach: int) -> list[int]:
    """The places that are stronger than every other one within `reach` tokens, and those that are cuts anyway.

    Both ends of the section count as cuts, so that it neither starts nor ends with a crumb.
    """
    count = len(strengths)
    places = range(1, count)
    before = _greatest_within(places, strengths, costs, reach)
    after = _greatest_within(reversed(places), strengths, costs, reach)
    return [
        place
        for place in places
        if strengths[place] >= _ALONE
        or (
            strengths[place] >= before[place]
            and strengths[place] > after[place]
            and costs[place] > reach
            and costs[count] - costs[place] > reach
        )
    ]


def _greatest_within(places: Iterable[int], strengths: Sequence[int], costs: Sequence[int], reach: int) -> list[int]:
    """For each place the greatest strength among the places that come before it in `places` and are in reach."""
    greatest = [-1] * len(strengths)
    falling: deque[int] = deque()  # places in reach whose strength no later one exceeds
    for place in places:
        while falling and abs(costs[place] - costs[falling[0]]) > reach:
            falling.popleft()
        if falling:
            greatest[place] = strengths[falling[0]]
        while falling and strengths[falling[-1]] <= strengths[place]:
            falling.pop()
        falling.append(place)
    return greatest


def _strongest_in_the_middle(first: int, stop: int, strengths: Sequence[int], costs: Sequence[int], room: Room) -> int:
    """Where a stretch that is too long is cut: where both halves fit, else in its middle third."""
    low, high = costs[first], costs[stop]
    places = range(first + 1, stop)
    fitting = [place for place in places if costs[place] - low <= room.core and high - costs[place] <= room.core]
    third = (high - low) / 3
    central = fitting or [place for place in places if low + third <= costs[place] <= high - third]
    middle = (low + high) / 2
    return max(
        central or [min(places, key=lambda place: abs(costs[place] - middle))], key=lambda place: strengths[place]
    )
