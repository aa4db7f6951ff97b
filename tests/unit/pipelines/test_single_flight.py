"""Values that are built once, however many ask for them at the same time."""

import asyncio

import pytest

from pipelines.single_flight import SingleFlight


class Builder:
    """Builds "built N" the Nth time, once it may; fails where it is told to."""

    def __init__(self, *, fails: int = 0) -> None:
        self.may_finish = asyncio.Event()
        self.calls = 0
        self._fails = fails

    async def __call__(self) -> str:
        self.calls += 1
        await self.may_finish.wait()
        if self.calls <= self._fails:
            raise OSError("no room")
        return f"built {self.calls}"


async def test_all_who_ask_at_once_get_the_same() -> None:
    flight, build = SingleFlight(), Builder()
    waiting = [asyncio.create_task(flight.get("a", build)) for _ in range(5)]
    await asyncio.sleep(0)
    build.may_finish.set()
    assert await asyncio.gather(*waiting) == ["built 1"] * 5
    assert await flight.get("a", build) == "built 1"
    assert await flight.get("b", build) == "built 2"
    assert build.calls == 2


async def test_who_leaves_leaves_it_to_the_others() -> None:
    flight, build = SingleFlight(), Builder()
    first = asyncio.create_task(flight.get("a", build))
    second = asyncio.create_task(flight.get("a", build))
    await asyncio.sleep(0)
    first.cancel()
    build.may_finish.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == "built 1"


async def test_a_failure_goes_to_all_who_wait_and_is_not_remembered() -> None:
    flight, build = SingleFlight(), Builder(fails=1)
    build.may_finish.set()
    failed = await asyncio.gather(*(flight.get("a", build) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in failed] == [OSError] * 3
    assert await flight.get("a", build) == "built 2"


async def test_what_is_being_built_ends_with_it() -> None:
    flight, build = SingleFlight(), Builder()
    waiting = asyncio.create_task(flight.get("a", build))
    await asyncio.sleep(0)
    await flight.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
