"""The memory of query embeddings for a model that is awaited: one call for all who ask, whoever of them leaves."""

import asyncio
from collections.abc import Awaitable

import pytest

from pipelines.retrieval.query_cache import QueryCache


class AwaitedModel:
    """Answers when it is let go."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.go = asyncio.Event()
        self._failure = failure

    async def embed(self, text: str) -> list[float]:
        self.asked.append(text)
        await self.go.wait()
        if self._failure is not None:
            raise self._failure
        return [float(len(text)), 0.5]


async def ask(cache: QueryCache, model: AwaitedModel, text: str) -> list[float]:
    vector: list[float] = (await cache.get_or_await("m", text, model.embed)).tolist()
    return vector


async def test_who_asks_the_same_at_once_shares_one_call() -> None:
    cache, model = QueryCache(), AwaitedModel()
    asking = [asyncio.create_task(ask(cache, model, text)) for text in ("one", "one", "three")]
    await asyncio.sleep(0.01)
    model.go.set()
    assert await asyncio.gather(*asking) == [[3.0, 0.5], [3.0, 0.5], [5.0, 0.5]]
    assert await ask(cache, model, "one") == [3.0, 0.5]
    assert model.asked == ["one", "three"]


@pytest.mark.parametrize("leaver", [0, 1])
async def test_whoever_leaves_the_others_get_the_vector(leaver: int) -> None:
    cache, model = QueryCache(), AwaitedModel()
    asking = [asyncio.create_task(ask(cache, model, "one")) for _ in range(2)]
    await asyncio.sleep(0.01)
    asking[leaver].cancel()
    await asyncio.sleep(0.01)
    model.go.set()
    assert await asking[1 - leaver] == [3.0, 0.5]
    assert asking[leaver].cancelled()
    assert len(model.asked) == 1
    assert len(cache) == 1


async def test_a_call_goes_on_when_all_have_left() -> None:
    cache, model = QueryCache(), AwaitedModel()
    asking = asyncio.create_task(ask(cache, model, "one"))
    await asyncio.sleep(0.01)
    asking.cancel()
    model.go.set()
    await asyncio.sleep(0.01)
    assert cache.get("m", "one") is not None


async def test_a_failure_goes_to_all_who_wait_and_is_not_remembered() -> None:
    cache, model = QueryCache(), AwaitedModel(ValueError("no vector"))
    asking = [asyncio.create_task(ask(cache, model, "one")) for _ in range(2)]
    await asyncio.sleep(0.01)
    model.go.set()
    failures = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(failure) for failure in failures] == ["no vector"] * 2
    assert len(cache) == 0
    with pytest.raises(ValueError, match="no vector"):
        await ask(cache, model, "one")


async def test_a_model_that_cannot_even_be_asked_is_asked_again_by_the_next() -> None:
    cache, model = QueryCache(), AwaitedModel()
    model.go.set()

    def refuse(text: str) -> Awaitable[list[float]]:
        raise LookupError(text)

    with pytest.raises(LookupError):
        await cache.get_or_await("m", "one", refuse)
    assert await asyncio.wait_for(ask(cache, model, "one"), 5.0) == [3.0, 0.5]


def test_a_loop_that_ends_before_a_call_began_leaves_nobody_waiting() -> None:
    cache = QueryCache()

    async def leave_at_once() -> asyncio.Task[list[float]]:
        return asyncio.create_task(ask(cache, AwaitedModel(), "one"))

    async def ask_again() -> list[float]:
        model = AwaitedModel()
        model.go.set()
        return await asyncio.wait_for(ask(cache, model, "one"), 5.0)

    assert asyncio.run(leave_at_once()).cancelled()
    assert asyncio.run(ask_again()) == [3.0, 0.5]


async def test_who_began_a_call_has_its_vector_in_the_next_turn_of_the_loop() -> None:
    cache, turns = QueryCache(), 0
    loop = asyncio.get_running_loop()

    def tick() -> None:
        nonlocal turns
        turns += 1
        if turns < 100:
            loop.call_soon(tick)

    async def embed(text: str) -> list[float]:
        return [1.0]

    loop.call_soon(tick)
    await cache.get_or_await("m", "one", embed)
    assert turns <= 3  # one to begin, one to come back
    turns = 100
