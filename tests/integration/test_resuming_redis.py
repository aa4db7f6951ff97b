"""Answers that are read on, and stopped, at another process than the one that plays them: two servers at one Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import redis as redis_client

from app.wires import resumable, shared_turns, turn_sharing
from app.wires.shared_turns import SharedTurns, TurnKey, open_shared_turns
from storage_config.records.ids import new_id
from storage_config.settings import Settings
from tests.support.fakes import Step, Wait, answered_script
from tests.support.redis import Redis
from tests.support.serving import World, build_world, of_type, open_server, read_parts
from tests.support.waiting import eventually

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


@asynccontextmanager
async def shared_at(redis: Redis) -> AsyncIterator[SharedTurns]:
    async with open_shared_turns(Settings(_env_file=None, REDIS_URL=redis.url)) as shared:
        assert shared is not None
        yield shared


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


async def test_a_process_that_is_gone_leaves_an_end(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_turns, "_PATIENCE_SECONDS", 0.5)
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        monkeypatch.setattr(turn_sharing, "_WATCH_SECONDS", 30.0)  # it says nothing any more
        await one.cut(chat)
        resuming = asyncio.create_task(other.resume(chat))
        await asyncio.sleep(0.3)
        with redis_client.Redis(port=redis.port) as client:  # as if a minute had passed
            client.flushdb()
        resumed = await resuming
        assert [part["type"] for part in read_parts(resumed.text)[-2:-1]] == ["abort"]
        assert WHOLE.startswith(text_of(resumed))


@pytest.mark.parametrize("loss", ["flushed", "restarted"])
async def test_a_redis_that_loses_its_data_costs_no_reader_a_word(redis: Redis, loss: str) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        async with one.client.stream("POST", CHAT, json=asked(chat), headers=LOCAL) as response:
            await asyncio.wait_for(one.wait.reached.wait(), 10)
            elsewhere = asyncio.create_task(other.resume(chat))
            await asyncio.sleep(0.3)
            if loss == "flushed":
                with redis_client.Redis(port=redis.port) as client:
                    client.flushdb()
            else:
                redis.stop()
                redis.start()
            await asyncio.sleep(1.2)  # whoever watches has looked
            one.wait.released.set()
            told = "".join([piece async for piece in response.aiter_text()])
        assert "".join(part["delta"] for part in of_type(read_parts(told), "text-delta")) == WHOLE
        assert text_of(await asyncio.wait_for(elsewhere, 15)) == WHOLE
        assert one.world.conversations.all[0].answer.status == "partial"


async def test_what_was_told_while_redis_was_away_is_read_elsewhere_once_it_is_back(
    redis: Redis,
) -> None:
    async with two_places(redis) as (one, other):
        chat = str(uuid4())
        await one.cut(chat)
        redis.stop()
        await asyncio.sleep(0.3)
        one.wait.released.set()
        await asyncio.wait_for(one.world.conversations.recorded.wait(), 5)
        await asyncio.sleep(0.7)
        redis.start()

        async def is_there() -> bool:
            return any(name.endswith("/end") for name in keys(redis))

        await eventually(is_there)
        assert text_of(await other.resume(chat)) == WHOLE


async def test_an_answer_that_redis_lost_after_its_end_is_still_fetched_where_it_was_played(redis: Redis) -> None:
    async with place(redis) as one:
        chat = str(uuid4())
        await one.cut(chat)
        await asyncio.sleep(0.3)
        one.wait.released.set()
        await one.world.conversations.recorded.wait()
        with redis_client.Redis(port=redis.port) as client:
            client.flushdb()
            assert text_of(await one.resume(chat)) == WHOLE


async def test_the_bytes_of_what_was_delivered_go_in_seconds(redis: Redis) -> None:
    async with place(redis) as one:
        chat = str(uuid4())
        one.wait.released.set()
        response = await one.client.post(CHAT, json=asked(chat), headers=LOCAL)
        assert text_of(response) == WHOLE

        async def go() -> bool:
            kept = keys(redis)
            return all(seconds <= 5 for name, seconds in kept.items() if name.endswith(("/bytes", "/end")))

        await eventually(go, 3.0)
        assert (await one.resume(chat)).status_code == 204


async def test_a_redis_that_goes_after_the_last_byte_breaks_no_stream(redis: Redis) -> None:
    key = TurnKey("me", new_id())
    async with shared_at(redis) as shared:
        await shared.begin(key, "turn")
        await shared.write(key, "turn", 0, b"data: all\n\n", is_last=True)
        pieces = shared.read(key, "turn")
        assert await anext(pieces) == b"data: all\n\n"
        redis.stop()
        assert [piece async for piece in pieces] == []


async def test_what_is_written_twice_or_behind_a_loss_leaves_neither_double_nor_gap(redis: Redis) -> None:
    key = TurnKey("me", new_id())
    async with shared_at(redis) as shared:
        await shared.begin(key, "turn")
        assert (await shared.write(key, "turn", 0, b"one")).written == 3
        assert (await shared.write(key, "turn", 0, b"one")).written == 3
        with redis_client.Redis(port=redis.port) as client:
            client.flushdb()
        assert (await shared.write(key, "turn", 3, b"two")).written == 0
        assert (await shared.write(key, "turn", 0, b"onetwo", is_last=True)).written == 6
        assert b"".join([piece async for piece in shared.read(key, "turn")]) == b"onetwo"
        news = await shared.write(key, "turn", 6, b"")
        assert (news.is_delivered, news.is_taken) == (True, False)
        await shared.begin(key, "another")
        assert (await shared.write(key, "turn", 6, b"")).is_taken


async def test_a_server_that_stops_waits_for_no_reader_of_what_is_told(redis: Redis) -> None:
    async with place(redis) as one:
        chat = str(uuid4())
        await one.cut(chat)
        await asyncio.sleep(0.3)
        one.wait.released.set()
        await one.world.conversations.recorded.wait()
        await asyncio.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 1.5


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
    monkeypatch.setattr(shared_turns, "_PATIENCE_SECONDS", 0.5)
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
