"""Waiting for what another process does: until it is so, never for a fixed time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(check: Callable[[], Awaitable[bool] | bool], seconds: float = 15.0) -> None:
    """Returns once `check` is true; an AssertionError where it is not so in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        await asyncio.sleep(0.01)
