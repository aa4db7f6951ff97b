"""Resuming and stopping an answer over HTTP, on a real port: a connection is cut, another one reads on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.wires import resumable
from tests.support.fakes import Wait, answered_script
from tests.support.serving import World, build_world, of_type, open_server, read_parts

CHAT = "/api/v1/chat"
LOCAL = {"authorization": "Bearer local-token"}
WHOLE = "🔎 BM25 saturates the weight of a repeated term. [1] It is **twice** as fast. [2]"


@asynccontextmanager
async def _serving(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with open_server(world) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        yield client


def _waiting() -> tuple[World, Wait]:
    """A world whose answer stops after its first words until it is released."""
    script, wait = answered_script(), Wait()
    return build_world([*script[:4], wait, *script[4:]]), wait


async def _ask_and_leave(client: httpx.AsyncClient, wait: Wait) -> None:
    """Read until the first words, and cut the connection."""
    asked = {"question": "Why?", "resumable": True}
    async with client.stream("POST", CHAT, json=asked, headers=LOCAL) as response:
        assert response.status_code == 200
        await asyncio.wait_for(wait.reached.wait(), 10)


def _text(body: str) -> str:
    return "".join(part["delta"] for part in of_type(read_parts(body), "text-delta"))


@pytest.mark.parametrize("headers", [LOCAL, {}], ids=["named", "anonymous"])
async def test_a_cut_answer_is_read_on_from_its_start(headers: dict[str, str]) -> None:
    world, wait = _waiting()
    chat = str(uuid4())
    async with _serving(world) as client:
        body = {"messages": [{"id": "m", "role": "user", "parts": [{"type": "text", "text": "Why?"}]}], "id": chat}
        asked = {**body, "resumable": True}
        async with client.stream("POST", CHAT, json=asked, headers=headers) as response:
            assert response.headers["x-resumable"] == "true"
            await asyncio.wait_for(wait.reached.wait(), 10)
        resuming = asyncio.create_task(client.get(f"{CHAT}/{chat}/stream", headers=headers))
        await asyncio.sleep(0.2)
        wait.released.set()
        resumed = await resuming
        assert resumed.headers["x-vercel-ai-ui-message-stream"] == "v1"
        assert _text(resumed.text) == WHOLE
        again = await client.get(f"{CHAT}/{chat}/stream", headers=headers)
        assert (again.status_code, again.content) == (204, b"")
    (exchange,) = world.conversations.all
    assert exchange.answer.status == "partial"


async def test_nobody_else_reads_or_stops_it() -> None:
    world, wait = _waiting()
    chat = str(uuid4())
    async with _serving(world) as client:
        message = {"id": "m", "role": "user", "parts": [{"type": "text", "text": "Why?"}]}
        asked = {"messages": [message], "id": chat, "resumable": True}
        async with client.stream("POST", CHAT, json=asked, headers=LOCAL):
            await asyncio.wait_for(wait.reached.wait(), 10)
        assert (await client.get(f"{CHAT}/{chat}/stream")).status_code == 204
        assert (await client.delete(f"{CHAT}/{chat}/stream")).status_code == 204
        wait.released.set()
        assert _text((await client.get(f"{CHAT}/{chat}/stream", headers=LOCAL)).text) == WHOLE


async def test_stopped_from_another_tab_it_is_recorded_as_interrupted() -> None:
    world, wait = _waiting()
    async with _serving(world) as client:
        asked = {"question": "Why?", "resumable": True}
        async with client.stream("POST", CHAT, json=asked, headers=LOCAL) as response:
            pieces = response.aiter_text()
            first = await anext(pieces)
            chat = read_parts(first)[0]["messageMetadata"]["conversation_id"]
            await asyncio.wait_for(wait.reached.wait(), 10)
            assert (await client.delete(f"{CHAT}/{chat}/stream", headers=LOCAL)).status_code == 204
            rest = first + "".join([piece async for piece in pieces])
        assert of_type(read_parts(rest), "abort")
        await asyncio.wait_for(world.conversations.recorded.wait(), 5)
    (exchange,) = world.conversations.all
    assert exchange.answer.status == "interrupted"
    assert exchange.answer.text


async def test_a_reader_who_never_comes_back_stops_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumable, "KEPT_SECONDS", 0.1)
    world, wait = _waiting()
    async with _serving(world) as client:
        await _ask_and_leave(client, wait)
        await asyncio.wait_for(world.engine.ended.wait(), 5)
        await asyncio.wait_for(world.conversations.recorded.wait(), 5)
    assert world.conversations.all[0].answer.status == "interrupted"


@pytest.mark.parametrize("body", [{"resumable": False}, {"id": "chat-1", "resumable": True}])
async def test_what_was_not_asked_for_as_resumable_or_by_nobody_in_particular_ends_at_once(
    body: dict[str, Any],
) -> None:
    world, wait = _waiting()
    message = {"id": "m", "role": "user", "parts": [{"type": "text", "text": "Why?"}]}
    asked = {"messages": [message], **body} if "id" in body else {"question": "Why?", **body}
    async with _serving(world) as client:
        async with client.stream("POST", CHAT, json=asked) as response:
            assert "x-resumable" not in response.headers
            await asyncio.wait_for(wait.reached.wait(), 10)
        await asyncio.wait_for(world.engine.ended.wait(), 5)
        assert (await client.get(f"{CHAT}/chat-1/stream")).status_code == 204


async def test_a_reader_without_a_name_comes_back_by_the_id_that_the_stream_begins_with() -> None:
    world, wait = _waiting()
    async with _serving(world) as client:
        async with client.stream("POST", CHAT, json={"question": "Why?", "resumable": True}) as response:
            assert response.headers["x-resumable"] == "true"
            lines = response.aiter_lines()
            start = json.loads((await anext(lines)).removeprefix("data: "))
            await asyncio.wait_for(wait.reached.wait(), 10)
        resuming = asyncio.create_task(client.get(f"{CHAT}/{start['messageMetadata']['conversation_id']}/stream"))
        await asyncio.sleep(0.2)
        wait.released.set()
        assert _text((await resuming).text) == WHOLE


async def test_a_server_that_stops_ends_and_records_it() -> None:
    world, wait = _waiting()
    async with _serving(world) as client:
        await _ask_and_leave(client, wait)
    assert world.conversations.all[0].answer.status == "interrupted"


async def test_without_room_an_answer_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumable, "_MAX_TURNS_OWNER", 0)
    world = build_world(answered_script())
    async with _serving(world) as client:
        response = await client.post(CHAT, json={"question": "Why?", "resumable": True})
    assert "x-resumable" not in response.headers
    assert _text(response.text) == WHOLE


async def test_a_failure_before_the_first_word_has_a_status() -> None:
    world = build_world([RuntimeError("ours")])
    async with _serving(world) as client:
        response = await client.post(CHAT, json={"question": "Why?", "resumable": True})
    assert response.status_code == 500
