"""What counters are opened with."""

import asyncio

import pytest

from app.limits.counters import open_memory


async def test_a_task_that_is_cancelled_while_it_closes_them_ends_so() -> None:
    async def use() -> None:
        async with open_memory():
            await asyncio.sleep(0)  # their sweep has begun
            task = asyncio.current_task()
            assert task is not None
            task.cancel()  # as by Ctrl+C: what is awaited next raises it

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(use())
