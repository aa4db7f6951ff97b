"""Answers that are read on, and stopped, at another process than the one that plays them: two servers at one Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import redis as redis_client

from app.wires import resumable, shared_turns
from storage_config.settings import Settings
from tests.support.fakes import Step, Wait, answered_script
from tests.support.redis import Redis
from tests.support.serving import World, build_world, of_type, open_server, read_parts

CHAT = "/api/v1/chat"
LOCAL = {"authorization": "Bearer local-token"}
WHOLE = "🔎 BM25 saturates the weight of a repeated term. [1] It is **twice** as fast. [2]"


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    server.start()
    yield server
    server.stop()


@dataclass
class Place:
    """One server: its world, a client of it, and where its answers wait."""

    world: World
    client: httpx.AsyncClient
    wait: Wait

    async def cut(self, chat: str, headers: dict[str, str] = LOCAL) -> httpx.Response:
        """Asks, and cuts the connection after the first words."""
        async with self.client.stream("POST", CHAT, json=asked(chat), headers=headers) as response:
            assert response.status_code == 200
            await asyncio.wait_for(self.wait.reached.wait(), 10)
            return response

    async def resume(self, chat: str, headers: dict[str, str] = LOCAL) -> httpx.Response:
        return await self.client.get(f"{CHAT}/{chat}/stream", headers=headers)


def asked(chat: str) -> dict[str, Any]:
    message = {"id": "m", "role": "user", "parts": [{"type": "text", "text": "Why?"}]}
    return {"messages": [message], "id": chat, "resumable": True}


def script(wait: Wait) -> list[Step]:
    steps = answered_script()
    return [*steps[:4], wait, *steps[4:]]


@asynccontextmanager
async def place(redis: Redis) -> AsyncIterator[Place]:
    wait = Wait()
    world = build_world(script(wait), settings=Settings(_env_file=None, REDIS_URL=redis.url))
    async with open_server(world) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        yield Place(world, client, wait)


@asynccontextmanager
async def two_places(redis: Redis) -> AsyncIterator[tuple[Place, Place]]:
    async with place(redis) as one, place(redis) as other:
        yield one, other


def text_of(response: httpx.Response) -> str:
    return "".join(part["delta"] for part in of_type(read_parts(response.text), "text-delta"))


def keys(redis: Redis) -> dict[str, int]:
    """What is kept of answers, and for how many seconds still."""
    with redis_client.Redis(port=redis.port) as client:
        return {key.decode(): client.ttl(key) for key in client.scan_iter("footnoted/resumable/*")}


@pytest.mark.parametrize("headers", [LOCAL, {}], ids=["named", "anonymous"])
async def test_another_process_reads_it_from_its_start_to_its_end_and_then_nobody_does(
    redis: Redis, headers: dict[str, str]
) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        response = await one.cut(chat, headers)
        assert response.headers["x-resumable"] == "true"
        resuming = asyncio.create_task(other.resume(chat, headers))
        await asyncio.sleep(0.3)
        assert not resuming.done()
        one.wait.released.set()
        resumed = await resuming
        assert resumed.headers["x-vercel-ai-ui-message-stream"] == "v1"
        parts = read_parts(resumed.text)
        assert text_of(resumed) == WHOLE
        assert (parts[0]["type"], parts[-1]) == ("start", "[DONE]")
        assert len(of_type(parts, "finish")) == 1
        for somewhere in (one, other):
            assert (await somewhere.resume(chat, headers)).status_code == 204
        # Whoever is still at it may read to its end, and nothing stays.
        assert all(0 < seconds <= 60 for seconds in keys(redis).values())
        assert one.world.conversations.all[0].answer.status == "partial"


async def test_what_is_kept_expires_a_minute_after_its_process_was_last_there(redis: Redis) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        kept = keys(redis)
        assert len(kept) == 2
        assert all(0 < seconds <= 60 for seconds in kept.values())
        assert not any("local" in name or chat in name for name in kept)
        await asyncio.sleep(0.3)  # until the cut is noticed
        one.wait.released.set()
        await one.world.conversations.recorded.wait()
        assert text_of(await other.resume(chat)) == WHOLE  # its end, which nobody got


async def test_two_tabs_read_it_whole(redis: Redis) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        tabs = [asyncio.create_task(other.resume(chat)) for _ in range(2)]
        await asyncio.sleep(0.3)
        one.wait.released.set()
        assert [text_of(await tab) for tab in tabs] == [WHOLE, WHOLE]


async def test_it_is_stopped_from_another_process(redis: Redis) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        async with one.client.stream("POST", CHAT, json=asked(chat), headers=LOCAL) as response:
            await asyncio.wait_for(one.wait.reached.wait(), 10)
            assert (await other.client.delete(f"{CHAT}/{chat}/stream", headers=LOCAL)).status_code == 204
            told = "".join([piece async for piece in response.aiter_text()])
        assert of_type(read_parts(told), "abort")
        await asyncio.wait_for(one.world.conversations.recorded.wait(), 5)
        assert one.world.conversations.all[0].answer.status == "interrupted"


async def test_a_new_question_elsewhere_ends_the_one_under_way(redis: Redis) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        await other.cut(chat)
        await asyncio.wait_for(one.world.engine.ended.wait(), 5)
        other.wait.released.set()
        assert text_of(await one.resume(chat)) == WHOLE


async def test_a_reader_elsewhere_keeps_it(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumable, "KEPT_SECONDS", 1.0)
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        resuming = asyncio.create_task(other.resume(chat))
        await asyncio.sleep(2.0)
        one.wait.released.set()
        assert text_of(await resuming) == WHOLE
        left = str(uuid4())
        one.wait.reached.clear()
        one.wait.released.clear()
        one.world.engine.ended.clear()
        await one.cut(left)
        await asyncio.wait_for(one.world.engine.ended.wait(), 5)


async def test_nobody_else_reads_or_stops_it_at_another_process(redis: Redis) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        assert (await other.resume(chat, {})).status_code == 204
        assert (await other.client.delete(f"{CHAT}/{chat}/stream")).status_code == 204
        await asyncio.sleep(0.7)
        one.wait.released.set()
        assert text_of(await other.resume(chat)) == WHOLE


async def test_a_process_that_is_gone_leaves_an_end(redis: Redis) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        resuming = asyncio.create_task(other.resume(chat))
        await asyncio.sleep(0.3)
        with redis_client.Redis(port=redis.port) as client:  # as if a minute had passed
            client.flushdb()
        resumed = await resuming
        assert [part["type"] for part in read_parts(resumed.text)[-2:-1]] == ["abort"]
        assert WHOLE.startswith(text_of(resumed))


async def test_a_server_that_stops_tells_its_readers_elsewhere(redis: Redis) -> None:
    async with place(redis) as other:
        chat = str(uuid4())
        async with place(redis) as one:
            await one.cut(chat)
            resuming = asyncio.create_task(other.resume(chat))
            await asyncio.sleep(0.3)
        resumed = await resuming
        assert of_type(read_parts(resumed.text), "abort")
        assert one.world.conversations.all[0].answer.status == "interrupted"


async def test_without_redis_an_answer_is_told_to_its_reader_alone(redis: Redis) -> None:
    async with two_places(redis) as (one, other):
        redis.stop()
        chat = str(uuid4())
        response = await one.cut(chat)
        assert "x-resumable" not in response.headers
        await asyncio.wait_for(one.world.engine.ended.wait(), 5)  # with its reader
        for refused in (await other.resume(chat), await other.client.delete(f"{CHAT}/{chat}/stream", headers=LOCAL)):
            assert refused.status_code == 503
            assert refused.json()["type"] == "urn:footnoted:problem:turns-unavailable"
            assert int(refused.headers["retry-after"]) > 0


async def test_a_redis_that_goes_costs_no_reader_of_the_process_that_plays_it(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_turns, "REDIS_SECONDS", 0.2)
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        elsewhere = asyncio.create_task(other.resume(chat))
        await asyncio.sleep(0.3)
        redis.stop()
        assert of_type(read_parts((await elsewhere).text), "abort")
        here = asyncio.create_task(one.resume(chat))
        one.wait.released.set()
        assert text_of(await here) == WHOLE
