"""What the way from an engine's events to a reader's socket costs: CPU a token, and gaps with many streams open.

    python -m tests.load.bench_http_stream [streams] [tokens a second and stream] [seconds]

The server runs in a process of its own (uvicorn, uvloop, the whole application over an engine that ticks); this process
only counts what arrives. The raw figure is the same ticking without any HTTP, in a further process.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncGenerator, Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, cast

import uvloop

from app.main import create_app
from app.server import Address, ReadyServer, build_config, open_listener, settle_garbage
from pipelines.events import Event, Finished, Retrieved, TextDelta
from pipelines.types import Answer, Question, Usage
from tests.fakes import FakeCorpus, FakeResources, InMemoryConversations, ScriptedEngine

_REQUEST = b'{"question": "Why?"}'


class TickingEngine(ScriptedEngine):
    """A token every 1/`rate` seconds, for `seconds`."""

    def __init__(self, rate: float, seconds: float) -> None:
        super().__init__([])
        self._rate, self._tokens = rate, int(rate * seconds)

    async def stream(self, question: Question) -> AsyncGenerator[Event, None]:
        """The ticks."""
        yield Retrieved((), {})
        began = asyncio.get_running_loop().time()
        for number in range(self._tokens):
            await asyncio.sleep(max(0.0, began + number / self._rate - asyncio.get_running_loop().time()))
            yield TextDelta(f"tick{number} ")
        yield Finished(Answer("answered", "", (), (), (), (), "ticks", Usage(), {}))


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def run_server(pipe: Connection, rate: float, seconds: float) -> None:
    """Serve until told to stop; sends the url, then the CPU seconds since."""
    resources = FakeResources({"docs": FakeCorpus(TickingEngine(rate, seconds))})
    app = create_app(resources.settings, resources.open(), build_conversations=lambda _: InMemoryConversations())
    with open_listener(Address(port=0)) as listener:

        async def serve() -> None:
            began: list[float] = []

            def ready() -> None:
                settle_garbage()
                began.append(_cpu_seconds())
                pipe.send(listener.getsockname()[1])

            server = ReadyServer(build_config(app, log_level="warning"), on_ready=ready)
            serving = asyncio.create_task(server._serve([listener]))
            await asyncio.to_thread(pipe.recv)
            pipe.send(_cpu_seconds() - began[0])
            server.should_exit = True
            await serving

        uvloop.run(serve())


def run_raw(pipe: Connection, streams: int, rate: float, seconds: float) -> None:
    """The same ticks, read by nobody but a loop; sends the CPU seconds."""

    async def read() -> None:
        async for _ in TickingEngine(rate, seconds).stream(Question("Why?")):
            pass

    async def read_all() -> None:
        await asyncio.gather(*(read() for _ in range(streams)))

    began = _cpu_seconds()
    uvloop.run(read_all())
    pipe.send(_cpu_seconds() - began)


async def _read_stream(port: int, gaps: list[float]) -> tuple[int, int]:
    """Tokens and writes of one stream; appends the gaps between its writes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = "POST /api/v1/chat HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n"
    writer.write(f"{head}content-length: {len(_REQUEST)}\r\n\r\n".encode() + _REQUEST)
    tokens = writes = 0
    last = None
    while data := await reader.read(65_536):
        now = time.perf_counter()
        if b"text-delta" in data:
            writes += 1
            tokens += data.count(b"tick")
            if last is not None:
                gaps.append(now - last)
            last = now
    writer.close()
    return tokens, writes


async def _read_all(port: int, streams: int) -> tuple[int, int, list[float]]:
    gaps: list[float] = []
    counts = await asyncio.gather(*(_read_stream(port, gaps) for _ in range(streams)))
    return sum(tokens for tokens, _ in counts), sum(writes for _, writes in counts), sorted(gaps)


def _ask(target: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    return process, cast(Connection, ours)


def measure(streams: int, rate: float, seconds: float) -> dict[str, float]:
    """One run; times in microseconds (a token) and milliseconds (gaps)."""
    process, pipe = _ask(run_raw, streams, rate, seconds)
    raw = pipe.recv()
    process.join(30)
    process, pipe = _ask(run_server, rate, seconds)
    port = pipe.recv()
    tokens, writes, gaps = uvloop.run(_read_all(port, streams))
    pipe.send("stop")
    served = pipe.recv()
    process.join(30)
    return {
        "streams": streams,
        "tokens": tokens,
        "writes": writes,
        "raw_us_per_token": round(raw / tokens * 1e6, 1),
        "served_us_per_token": round(served / tokens * 1e6, 1),
        "over_raw_us_per_token": round((served - raw) / tokens * 1e6, 1),
        "gap_p50_ms": round(gaps[len(gaps) // 2] * 1e3, 1),
        "gap_p99_ms": round(gaps[int(len(gaps) * 0.99)] * 1e3, 1),
        "gap_max_ms": round(gaps[-1] * 1e3, 1),
    }


if __name__ == "__main__":
    wanted = [float(argument) for argument in sys.argv[1:]] + [100.0, 20.0, 5.0][len(sys.argv) - 1 :]
    print(json.dumps(measure(int(wanted[0]), wanted[1], wanted[2])))
