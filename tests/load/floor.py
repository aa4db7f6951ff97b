"""The floor: a bare ASGI app with the same two vendor calls that streams the tokens; no retrieval, claims, records.

    python -m uvicorn tests.load.floor:app --port 0

What an answer costs here, nobody who streams from two vendors on this machine can go below. Addresses and keys are
those of the environment that `tests.load.reader_servers.vendors` gives.
"""

import gc
import os
import time
from typing import Any

import aiohttp
import orjson

_PASSAGE = (
    "The quick brown fox number {n} jumps over the lazy dog near the river bank and then goes home to rest a while. "
    "It was seen by many people of the town in that year."
)
_PASSAGES = "\n".join(f'<p n="{n}">\n{_PASSAGE.format(n=n)}\n</p>' for n in range(1, 9))
_EVENT_STREAM = [(b"content-type", b"text/event-stream")]
_RETRIEVED = b'data: {"type":"data-progress","data":{"stage":"retrieved"}}\n\n'
_FINISH = b'data: {"type":"finish","timings":{"retrieval_ms":%.1f}}\n\ndata: [DONE]\n\n'


async def app(scope: Any, receive: Any, send: Any) -> None:
    """One route, whatever its path: a question in, tokens out."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    began = time.perf_counter()
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    question = orjson.loads(body)["question"]
    await _embed(question)
    retrieval_ms = (time.perf_counter() - began) * 1e3
    await send({"type": "http.response.start", "status": 200, "headers": _EVENT_STREAM})
    await send({"type": "http.response.body", "body": _RETRIEVED, "more_body": True})
    async with _sessions[0].post(
        os.environ["OPENROUTER_BASE_URL"] + "/chat/completions",
        json={
            "model": "emulated/model",
            "stream": True,
            "messages": [{"role": "user", "content": f"{_PASSAGES}\n{question}"}],
        },
        headers={"authorization": "Bearer " + os.environ["OPENROUTER_API_KEY"]},
    ) as response:
        rest = b""
        async for chunk in response.content.iter_any():
            *lines, rest = (rest + chunk).split(b"\n")
            if out := b"".join(map(_part, lines)):
                await send({"type": "http.response.body", "body": out, "more_body": True})
    await send({"type": "http.response.body", "body": _FINISH % retrieval_ms})


_sessions: list[aiohttp.ClientSession] = []


async def _live(receive: Any, send: Any) -> None:
    await receive()
    _sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _sessions.pop().close()
    await send({"type": "lifespan.shutdown.complete"})


async def _embed(question: str) -> list[float]:
    async with _sessions[0].post(
        os.environ["COHERE_BASE_URL"] + "/v2/embed",
        json={
            "model": "embed-v4.0",
            "texts": [question],
            "input_type": "search_query",
            "embedding_types": ["float"],
            "output_dimension": 1536,
        },
        headers={"authorization": "Bearer " + os.environ["COHERE_API_KEY"]},
    ) as response:
        vector: list[float] = orjson.loads(await response.read())["embeddings"]["float"][0]
        return vector


def _part(line: bytes) -> bytes:
    if not line.startswith(b"data: {"):
        return b""
    choices = orjson.loads(line[6:])["choices"]
    text = choices[0]["delta"].get("content") if choices else None
    return b"data: " + orjson.dumps({"type": "text-delta", "id": "1", "delta": text}) + b"\n\n" if text else b""
