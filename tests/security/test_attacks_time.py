"""Bodies made to take long: while one is refused, or read, the server goes on for everybody else."""

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from app.http.request_body import CONVERSATION_BOUNDS, MAX_ITEMS
from tests.support.fakes import answered_script
from tests.support.figures import note_figures
from tests.support.serving import build_world, open_client

HEADERS = {
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2025-06-18",
}
LONGEST_SECONDS = 0.25
CHAT, COMPLETIONS = "/api/v1/chat", "/v1/chat/completions"
SEARCH = "/api/v1/search"
FULL = CONVERSATION_BOUNDS.max_items - 100
KEYS = {f"k{number}": number for number in range(180_000)}
FEW_KEYS = {f"k{number}": number for number in range(FULL)}
USER = {"role": "user", "parts": [{"type": "text", "text": "Why?"}]}


def _call(arguments: dict[str, Any]) -> dict[str, Any]:
    params = {"name": "search_docs", "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def _messages(values: list[Any]) -> dict[str, Any]:
    return {"id": "c", "trigger": "submit-message", "messages": values}


# Beyond the bounds, and just below them, where everything is parsed and validated.
BODIES: list[tuple[str, Any]] = [
    (CHAT, {"messages": [1] * 1_000_000}),
    (CHAT, {"filters": {"source_quality": ["x"] * 400_000}, "question": "Why?"}),
    (CHAT, {"question": "Why?", **KEYS}),
    (CHAT, {"messages": [1] * FULL}),
    (CHAT, _messages([{}] * FULL)),
    (CHAT, _messages([{"role": "user", "parts": [1] * FULL}])),
    (CHAT, _messages([{"role": "user", "parts": [1] * 90} for _ in range(500)])),
    (
        CHAT,
        _messages([*({"role": "assistant", "parts": [{"type": "text", "text": "x"}] * 49} for _ in range(450)), USER]),
    ),
    (CHAT, {"filters": {"source_quality": ["x"] * FULL}, "question": "Why?"}),
    (CHAT, {"filters": FEW_KEYS, "question": "Why?"}),
    (CHAT, {"question": "Why?", **FEW_KEYS}),
    (CHAT, {"page": FEW_KEYS, "question": "Why?"}),
    (COMPLETIONS, {"messages": [1] * 1_000_000}),
    (COMPLETIONS, {"messages": [{"role": "user", "content": [1] * FULL}]}),
    (COMPLETIONS, {"messages": [{}] * FULL}),
    (COMPLETIONS, {"messages": [{"role": "user", "content": "Why?"}], "metadata": FEW_KEYS}),
    (COMPLETIONS, {"messages": [{"role": "user", "content": "Why?"}], **FEW_KEYS}),
    (SEARCH, {"query": "Why?", **FEW_KEYS}),
    (SEARCH, {"query": "Why?", "filters": {"source_quality": ["x"] * FULL}}),
    (SEARCH, {"query": "Why? " * 12_000}),
    ("/mcp", _call(KEYS)),
    ("/mcp", _call({f"k{number}": number for number in range(MAX_ITEMS - 10)})),
    ("/mcp", [_call({})] * (MAX_ITEMS // 8)),
    ("/api/v1/ingestions", KEYS),
    ("/api/v1/keys", {f"k{number}": number for number in range(MAX_ITEMS - 10)}),
]


_TRIES = 3


@asynccontextmanager
async def _watched_loop() -> AsyncIterator[list[float]]:
    """How long the event loop was held, stretch by stretch, while the block ran."""
    held: list[float] = []

    async def watch() -> None:
        while True:
            before = time.thread_time()  # the loop's own CPU: other processes of the suite take turns with it
            await asyncio.sleep(0)
            held.append(time.thread_time() - before)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    try:
        yield held
    finally:
        watching.cancel()


@pytest.mark.parametrize(("path", "body"), BODIES, ids=[f"{n} {path}" for n, (path, _) in enumerate(BODIES)])
async def test_no_body_holds_the_loop(path: str, body: Any) -> None:
    content = json.dumps(body).encode()
    async with open_client(build_world(answered_script()), token="local-token") as client:
        await client.post(path, content=b"{}", headers=HEADERS)  # what a first request loads is not the body's
        longest = math.inf
        for _ in range(_TRIES):  # the least is what the body costs; the rest is what else the machine did
            async with _watched_loop() as held:
                response = await client.post(path, content=content, headers=HEADERS)
                await asyncio.sleep(0)
            assert response.status_code < 500, response.text
            longest = min(longest, max(held))
            if longest < LONGEST_SECONDS:
                break
    assert longest < LONGEST_SECONDS
    note_figures("hostile body", path=path, bytes=len(content), longest_hold_seconds=longest)
    assert len(response.content) < 100_000


async def test_a_long_conversation_goes_on() -> None:
    """What is bounded leaves room for what honest clients send: their own parts come back with each question."""
    claim = {
        "type": "data-claim",
        "data": {"start": 0, "end": 9, "status": "supported", "citations": [{"quote": "q" * 80}]},
    }
    answer = {"role": "assistant", "parts": [{"type": "text", "text": "So. [1]" * 30}, *[claim] * 8]}
    body = _messages([*[USER, answer] * 200, USER])
    async with open_client(build_world(answered_script())) as client:
        response: httpx.Response = await client.post(CHAT, content=json.dumps(body).encode(), headers=HEADERS)
    assert response.status_code == 200
