"""The application under test, beside the browser."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from tests.support.fakes import Wait
from tests.support.serving import World, open_server


class Site:
    """The application on a loopback port, in a thread with an event loop of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def open(self) -> "Site":
        """Start and wait until it answers."""
        self._thread.start()
        assert self._ready.wait(20), "the site did not start"
        return self

    def close(self) -> None:
        """Stop and wait."""
        self.do(self._end.set)
        self._thread.join(20)

    def do(self, action: Callable[[], object]) -> None:
        """Run in the site's event loop."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(action)

    def wait_for(self, work: Callable[[], Coroutine[Any, Any, None]], seconds: float = 60) -> None:
        """Run it in the site's event loop, and wait until it is done."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work(), self._loop).result(seconds)

    def release(self, wait: Wait) -> None:
        """Let the engine go on."""
        self.do(wait.released.set)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with open_server(self.world) as self.url:
            self._ready.set()
            await self._end.wait()
