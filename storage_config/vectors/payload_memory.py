"""Payloads of one embedded collection that searches met before: reading one from the engine takes 12 µs of CPU."""

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Generic, TypeVar

Id = TypeVar("Id")
Known = TypeVar("Known")

# About 2 kB each. A collection with more passages than this forgets all of them now and then.
MEMORY_SIZE = 10_000


class PayloadMemory(Generic[Id, Known]):
    """Remembers payloads until the next write. Safe to use from several threads; what it gives out is read only."""

    def __init__(self, size: int = MEMORY_SIZE) -> None:
        self._size = size
        self._known: dict[Id, Known] = {}
        self._writes = 0
        self._lock = Lock()

    @property
    def writes(self) -> int:
        """How many writes there were: what was read under another number may be out of date."""
        return self._writes

    def forget(self) -> None:
        """To be called after every write: a reader that began before it keeps nothing of what it read."""
        with self._lock:
            self._writes += 1
            self._known = {}

    def get(self, ids: Iterable[Id], read: Callable[[list[Id]], Mapping[Id, Known]]) -> dict[Id, Known]:
        """Payloads by id; `read` is asked for those that are not known. What it does not have is left out."""
        with self._lock:
            began, known = self._writes, self._known
            found = {point_id: known[point_id] for point_id in ids if point_id in known}
        missing = [point_id for point_id in ids if point_id not in found]
        if not missing:
            return found
        fresh = read(missing)
        with self._lock:
            if began == self._writes:
                if len(self._known) + len(fresh) > self._size:
                    self._known = {}
                self._known.update(fresh)
        return {**found, **fresh}
