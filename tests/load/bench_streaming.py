"""CPU a streamed token costs: our OpenRouter stream against a bare httpx loop over the same server in the same run.

    python -m tests.load.bench_streaming --tokens 20000 --rounds 5
    python -m tests.load.bench_streaming --streams 1000 --tokens 200 --tokens-per-second 10

The server runs in a process of its own; CPU is this process's. The bare loop reads lines and parses the JSON of each,
which is the least that any client must do.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.llms.openrouter import OpenRouter

from pipelines.events import TextDelta
from pipelines.providers.openrouter import OpenRouterLLM
from pipelines.providers.openrouter_stream import StreamLimits
from pipelines.providers.vendor_calls import build_http_client
from tests.emulators.openrouter import API_KEY

MODEL = "emulated/fast"
# The server shares the machine: its slowness is not what is measured.
PATIENT = StreamLimits(first_token=90, stall=90, total=300)


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU a token, by client; medians over rounds."""

    raw: float
    ours: float
    llama_index: float | None = None
    parent: float | None = None

    @property
    def over_raw(self) -> float:
        return self.ours - self.raw


def messages(tokens: int) -> list[ChatMessage]:
    return [ChatMessage(role=MessageRole.USER, content=f"say {tokens}")]


async def read_raw(client: httpx.AsyncClient, base_url: str, tokens: int) -> int:
    body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": f"say {tokens}"}]}
    headers = {"authorization": f"Bearer {API_KEY}"}
    seen = 0
    async with client.stream("POST", f"{base_url}/chat/completions", json=body, headers=headers) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                choices = json.loads(line[6:])["choices"]
                seen += bool(choices and choices[0]["delta"].get("content"))
    return seen


async def read_ours(llm: OpenRouterLLM, tokens: int) -> int:
    # What one read of the connection brought is one delta: the words are counted.
    said = [part.text async for part in llm.stream_parts(messages(tokens)) if isinstance(part, TextDelta)]
    return len("".join(said).split())


async def read_llama_index(llm: OpenRouter, tokens: int) -> int:
    said = [response.delta or "" async for response in await llm.astream_chat(messages(tokens))]
    return len("".join(said).split())


@asynccontextmanager
async def token_server(tokens_per_second: float | None = None) -> AsyncIterator[str]:
    """The base url of an emulator in a process of its own that says as many tokens as it is told."""
    command = [sys.executable, "-m", "tests.load.token_server", str(tokens_per_second or 0)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    finally:
        process.kill()
        await process.wait()


async def cpu_per_token(read: Callable[[int], Awaitable[int]], tokens: int) -> float:
    start = time.process_time()
    seen = await read(tokens)
    spent = time.process_time() - start
    assert seen == tokens, f"{seen} of {tokens} tokens came"
    return spent / tokens * 1e6


async def measure(*, tokens: int, rounds: int, with_llama_index: bool = False) -> Cost:
    """Rounds alternate between the clients, so that a change of the machine's pace meets all of them."""
    async with token_server() as base_url, build_http_client() as client:
        ours = OpenRouterLLM([MODEL], api_key=API_KEY, api_base=base_url, http_client=client)
        parent = OpenRouter(model=MODEL, api_key=API_KEY, api_base=base_url, async_http_client=client)
        readers: dict[str, Callable[[int], Awaitable[int]]] = {
            "raw": lambda count: read_raw(client, base_url, count),
            "ours": lambda count: read_ours(ours, count),
        }
        if with_llama_index:
            readers["llama_index"] = lambda count: read_llama_index(ours, count)
            readers["parent"] = lambda count: read_llama_index(parent, count)
        spent: dict[str, list[float]] = {name: [] for name in readers}
        for _ in range(rounds):
            for name, read in readers.items():
                # LlamaIndex's responses hold the whole text so far: their cost grows with its length.
                spent[name].append(await cpu_per_token(read, tokens if name in ("raw", "ours") else min(tokens, 1000)))
    return Cost(**{name: statistics.median(values) for name, values in spent.items()})


@dataclass(frozen=True, slots=True)
class Load:
    """Many streams at once: share of one core, microseconds of CPU a token, connecting included."""

    share: float
    per_token: float


async def measure_many(*, streams: int, tokens: int, tokens_per_second: float) -> dict[str, Load]:
    """The bare loop and ours, one after the other; each token comes in a network chunk of its own."""
    loads: dict[str, Load] = {}
    async with token_server(tokens_per_second) as base_url, build_http_client() as client:
        llm = OpenRouterLLM([MODEL], api_key=API_KEY, api_base=base_url, http_client=client, limits=PATIENT)
        readers: dict[str, Callable[[], Awaitable[int]]] = {
            "raw": lambda: read_raw(client, base_url, tokens),
            "ours": lambda: read_ours(llm, tokens),
        }
        for name, read in readers.items():
            start, cpu = time.perf_counter(), time.process_time()
            seen = await asyncio.gather(*(read() for _ in range(streams)))
            spent, wall = time.process_time() - cpu, time.perf_counter() - start
            assert seen == [tokens] * streams
            loads[name] = Load(spent / wall, spent / (streams * tokens) * 1e6)
    return loads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=0)
    parser.add_argument("--tokens-per-second", type=float, default=10)
    options = parser.parse_args()
    if options.streams:
        many = measure_many(streams=options.streams, tokens=options.tokens, tokens_per_second=options.tokens_per_second)
        for name, load in asyncio.run(many).items():
            print(f"{name}: {options.streams} streams, {load.share:.2f} of a core, {load.per_token:.1f} µs a token")
        return
    cost = asyncio.run(measure(tokens=options.tokens, rounds=options.rounds, with_llama_index=True))
    print(f"raw httpx {cost.raw:.1f} µs, ours {cost.ours:.1f} µs a token: {cost.over_raw:+.1f} µs over raw")
    print(f"as LlamaIndex's astream_chat {cost.llama_index:.1f} µs, its own class {cost.parent:.1f} µs (1,000 tokens)")


if __name__ == "__main__":
    main()
