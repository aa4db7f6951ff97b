"""What was looked up in the last seconds, so that a credential shown with every request costs a query now and then."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class RecentLookups(Generic[T]):
    """Results of lookups by key, each for `seconds` from the beginning of its lookup; the oldest of `size` go first.

    Those who ask for the same key at once share one lookup. One that fails is not remembered.
    """

    def __init__(self, *, seconds: float, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._size = size
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, asyncio.Task[T]]] = OrderedDict()

    async def find(self, key: str, look_up: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result for `key`, of `look_up()` where none is held. Raises what it raises."""
        now = self._clock()
        until, task = self._held.get(key, (now, None))
        if task is None or until <= now:
            task = asyncio.create_task(look_up())
            task.add_done_callback(self._forget_failed(key))
            self._held[key] = now + self._seconds, task
            self._held.move_to_end(key)
            if len(self._held) > self._size:
                self._held.popitem(last=False)
        # Who leaves meanwhile does not take the lookup away from the others.
        return await asyncio.shield(task)

    def forget(self) -> None:
        """Lets go of every result, so that what is asked next is looked up."""
        self._held.clear()

    def _forget_failed(self, key: str) -> Callable[[asyncio.Task[T]], None]:
        def forget(task: asyncio.Task[T]) -> None:
            if task.cancelled() or task.exception() is not None:
                held = self._held.get(key)
                if held is not None and held[1] is task:
                    del self._held[key]

        return forget
