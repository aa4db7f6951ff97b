"""Connections in shards: reused when idle, counted back when closed, bounded, and cheap for many."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from pipelines.providers.sharded_transport import CONNECTIONS_PER_SHARD, ShardedTransport
from tests.emulators.server import Emulator, Exchange, Failure


class Slow(Emulator):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        await self.go.wait()
        await exchange.send_json({"ok": True})


@pytest.fixture
async def slow() -> AsyncIterator[Slow]:
    async with Slow() as emulator:
        yield emulator


def sharded(most: int = 64) -> tuple[ShardedTransport, httpx.AsyncClient]:
    transport = ShardedTransport(max_connections=most, keepalive_seconds=30)
    return transport, httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(10, pool=0.05))


async def test_one_after_the_other_reuses_one_connection(slow: Slow) -> None:
    slow.go.set()
    transport, client = sharded()
    async with client:
        for _ in range(5):
            assert (await client.get(slow.url)).json() == {"ok": True}
    assert slow.connections == 1
    assert len(transport._shards) == 1


async def test_many_at_once_spread_and_give_their_places_back(slow: Slow) -> None:
    transport, client = sharded()
    async with client, asyncio.timeout(10):
        tasks = [asyncio.create_task(client.get(slow.url)) for _ in range(40)]
        await slow.until(lambda: slow.calls == 40)
        assert transport._busy == [CONNECTIONS_PER_SHARD, CONNECTIONS_PER_SHARD, 8]
        slow.go.set()
        assert {response.status_code for response in await asyncio.gather(*tasks)} == {200}
        assert transport._busy == [0, 0, 0]
        await asyncio.gather(*(client.get(slow.url) for _ in range(40)))
    assert slow.connections == 40, "the second burst reuses the connections of the first"


async def test_beyond_the_bound_requests_wait_for_the_pool_and_give_up(slow: Slow) -> None:
    transport, client = sharded(CONNECTIONS_PER_SHARD)
    async with client, asyncio.timeout(10):
        tasks = [asyncio.create_task(client.get(slow.url)) for _ in range(CONNECTIONS_PER_SHARD)]
        await slow.until(lambda: slow.calls == CONNECTIONS_PER_SHARD)
        with pytest.raises(httpx.PoolTimeout):
            await client.get(slow.url)
        assert transport._busy == [CONNECTIONS_PER_SHARD]
        slow.go.set()
        await asyncio.gather(*tasks)
        assert (await client.get(slow.url)).status_code == 200


async def test_failures_give_their_places_back() -> None:
    transport, client = sharded()
    async with client:
        for _ in range(3):
            with pytest.raises(httpx.ConnectError):
                await client.get("http://127.0.0.1:1/")
    assert transport._busy == [0]


async def test_a_request_costs_the_same_beside_many_connections(slow: Slow) -> None:
    """In one pool of httpcore the same burst takes more than ten times as long, and grows with the square."""
    slow.go.set()
    _, client = sharded(400)
    async with client:
        spent = []
        for burst in (20, 200):
            await asyncio.gather(*(client.get(slow.url) for _ in range(burst)))  # opens the connections
            start = time.process_time()
            await asyncio.gather(*(client.get(slow.url) for _ in range(burst)))
            spent.append((time.process_time() - start) / burst)
    assert spent[1] < 5 * spent[0], f"{spent[0] * 1e3:.2f} ms a request beside 20, {spent[1] * 1e3:.2f} ms beside 200"
