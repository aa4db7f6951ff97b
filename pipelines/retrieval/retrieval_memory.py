"""What was found for the questions that were asked last, for as long as nothing is written: readers ask the same."""

from collections.abc import Hashable

from pipelines.types import Passage

# About 20 kB each.
_SIZE = 512


class RetrievalMemory:
    """The passages found last, at most `size` times, each under the revision of the store that it was found in."""

    def __init__(self, size: int = _SIZE) -> None:
        self._size = size
        self._known: dict[Hashable, tuple[int, tuple[Passage, ...]]] = {}  # the least recently used first

    def get(self, wanted: Hashable, revision: int) -> tuple[Passage, ...] | None:
        """What was found, unless the store was written since."""
        found = self._known.pop(wanted, None)
        if found is None or found[0] != revision:
            return None
        self._known[wanted] = found
        return found[1]

    def keep(self, wanted: Hashable, revision: int, passages: tuple[Passage, ...]) -> None:
        """To be given out again. The least recently used one leaves."""
        self._known.pop(wanted, None)
        while len(self._known) >= self._size:
            del self._known[next(iter(self._known))]
        self._known[wanted] = revision, passages
