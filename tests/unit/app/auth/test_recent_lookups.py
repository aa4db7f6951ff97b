"""Lookups are shared, remembered for seconds, bounded, and forgotten where they fail."""

import asyncio

import pytest

from app.auth.recent_lookups import RecentLookups


class Source:
    """Counts what is looked up; `gate` holds lookups back."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False
        self.lookups: RecentLookups[int] = RecentLookups(seconds=5, size=2, clock=lambda: self.now)

    async def find(self, key: str) -> int:
        async def look_up() -> int:
            self.asked.append(key)
            await self.gate.wait()
            if self.broken:
                raise ConnectionError
            return len(self.asked)

        return await self.lookups.find(key, look_up)


async def test_a_result_is_remembered_for_seconds() -> None:
    source = Source()
    assert await source.find("a") == 1
    source.now = 4.9
    assert await source.find("a") == 1
    source.now = 5.0
    assert await source.find("a") == 2


async def test_the_seconds_count_from_the_beginning_of_the_lookup() -> None:
    source = Source()
    source.gate.clear()
    slow = asyncio.create_task(source.find("a"))
    await asyncio.sleep(0)
    source.now = 5.0
    source.gate.set()
    assert await slow == 1
    assert await source.find("a") == 2


async def test_those_who_ask_at_once_share_a_lookup_and_one_may_leave() -> None:
    source = Source()
    source.gate.clear()
    first, second = asyncio.create_task(source.find("a")), asyncio.create_task(source.find("a"))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.gate.set()
    assert await second == 1
    assert source.asked == ["a"]
    assert first.cancelled()


async def test_the_oldest_goes_when_there_are_too_many() -> None:
    source = Source()
    for key in ("a", "b", "c", "c", "b", "a"):
        await source.find(key)
    assert source.asked == ["a", "b", "c", "a"]


async def test_a_failed_lookup_is_not_remembered() -> None:
    source = Source()
    source.broken = True
    with pytest.raises(ConnectionError):
        await source.find("a")
    source.broken = False
    assert await source.find("a") == 2


async def test_everything_can_be_forgotten() -> None:
    source = Source()
    await source.find("a")
    source.lookups.forget()
    assert await source.find("a") == 2
