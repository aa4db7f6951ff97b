"""What is built once for everyone who asks for it, however many ask at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class SingleFlight:
    """Values by key, each built by the first who asks; the others wait for the same one. Belongs to one event loop.

    Who leaves while it is built leaves it to the others. A failure goes to everyone who waits, and is forgotten: the
    next one tries again.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}

    async def get(self, key: Hashable, build: Callable[[], Awaitable[T]]) -> T:
        """The value of the key; `build` makes it unless it is known or being made."""
        if key in self._known:
            known: T = self._known[key]
            return known
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._build(key, build), name=f"building {key}")
            task.add_done_callback(lambda done: self._settle(key, done))
        built: T = await asyncio.shield(task)
        return built

    async def aclose(self) -> None:
        """Ends what is being built, for nobody waits any more."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _build(self, key: Hashable, build: Callable[[], Awaitable[T]]) -> T:
        value = self._known[key] = await build()
        return value

    def _settle(self, key: Hashable, done: "asyncio.Task[Any]") -> None:
        del self._under_way[key]
        if not done.cancelled():
            done.exception()  # seen, even where everyone who waited has left
