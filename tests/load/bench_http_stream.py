"""What the way from an engine's events to a reader's socket costs: CPU a token, and gaps with many streams open.

    python -m tests.load.bench_http_stream [streams] [tokens a second and stream] [seconds]

The server runs in a process of its own (uvicorn, uvloop, the whole application over an engine that ticks); this process
only counts what arrives. The raw figure is the same ticking from a bare ASGI application that writes each token.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

import structlog
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.serving.server import Address, ReadyServer, build_config, open_listener, settle_garbage
from app.wires.encoding import dump_json
from pipelines.events import Event, Finished, Retrieved, TextDelta
from pipelines.types import Answer, Question, Usage
from storage_config.settings import Settings
from tests.support.fakes import FakeCorpus, FakeResources, InMemoryConversations, ScriptedEngine

# What each server is asked: the bare one, and the whole application over each of its streaming wires.
_REQUESTS = {
    "raw": ("/", b"{}"),
    "ai_sdk": ("/api/v1/chat", b'{"question": "Why?"}'),
    "openai": ("/v1/chat/completions", b'{"stream": true, "messages": [{"role": "user", "content": "Why?"}]}'),
}
_UNLIMITED = Settings(_env_file=None, ask_rate_address="off", read_rate_address="off")


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


def _build_app(engine: ScriptedEngine) -> ASGIApp:
    resources = FakeResources({"docs": FakeCorpus(engine)}, settings=_UNLIMITED)
    return create_app(
        resources.settings, resources.open(), listens_on=None, build_conversations=lambda _: InMemoryConversations()
    )


def _build_bare_app(engine: ScriptedEngine) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for outcome in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{outcome}.complete"})
            return
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        async for event in engine.stream(Question("Why?")):
            if isinstance(event, TextDelta):
                body = b'data: {"type":"text-delta","id":"text","delta":%s}\n\n' % dump_json(event.text)
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return app


def run_server(pipe: Connection, bare: bool, rate: float, seconds: float) -> None:
    """Serve until told to stop; sends the port, then the CPU seconds since."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    engine = TickingEngine(rate, seconds)
    app = _build_bare_app(engine) if bare else _build_app(engine)
    with open_listener(Address(port=0)) as listener:

        async def serve() -> None:
            began: list[float] = []

            def ready() -> None:
                settle_garbage()
                began.append(_cpu_seconds())
                pipe.send(listener.getsockname()[1])

            server = ReadyServer(build_config(app, _UNLIMITED), on_ready=ready)
            serving = asyncio.create_task(server._serve([listener]))
            await asyncio.to_thread(pipe.recv)
            pipe.send(_cpu_seconds() - began[0])
            server.should_exit = True
            await serving

        uvloop.run(serve())


async def _read_stream(port: int, name: str, gaps: list[float]) -> tuple[int, int]:
    """Tokens and writes of one stream; appends the gaps between its writes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    path, body = _REQUESTS[name]
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n"
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    tokens = writes = 0
    last = None
    while data := await reader.read(65_536):
        now = time.perf_counter()
        if b"tick" in data:
            writes += 1
            tokens += data.count(b"tick")
            if last is not None:
                gaps.append(now - last)
            last = now
    writer.close()
    return tokens, writes


async def _read_all(port: int, name: str, streams: int) -> tuple[int, int, list[float]]:
    gaps: list[float] = []
    counts = await asyncio.gather(*(_read_stream(port, name, gaps) for _ in range(streams)))
    return sum(tokens for tokens, _ in counts), sum(writes for _, writes in counts), sorted(gaps)


@dataclass(frozen=True, slots=True)
class Run:
    """What one server needed, and what arrived."""

    cpu_seconds: float
    tokens: int
    writes: int
    gaps: list[float]


def run(name: str, *, streams: int, rate: float, seconds: float) -> Run:
    """One server and its readers."""
    ours, theirs = get_context("spawn").Pipe()
    arguments = (theirs, name == "raw", rate, seconds)
    process = get_context("spawn").Process(target=run_server, args=arguments, daemon=True)
    process.start()
    tokens, writes, gaps = uvloop.run(_read_all(ours.recv(), name, streams))
    ours.send("stop")
    served = Run(ours.recv(), tokens, writes, gaps)
    process.join(30)
    return served


def measure(streams: int, rate: float, seconds: float) -> dict[str, float]:
    """The servers in turn; microseconds of CPU a token, milliseconds between writes."""
    figures: dict[str, float] = {"streams": streams}
    for name in _REQUESTS:
        served = run(name, streams=streams, rate=rate, seconds=seconds)
        figures[f"{name}_tokens"], figures[f"{name}_writes"] = served.tokens, served.writes
        figures[f"{name}_us_per_token"] = round(served.cpu_seconds / served.tokens * 1e6, 1)
        for share in (0.5, 0.99):
            gap = served.gaps[int(len(served.gaps) * share)] * 1e3
            figures[f"{name}_gap_p{share * 100:.0f}_ms"] = round(gap, 1)
    return figures


if __name__ == "__main__":
    wanted = [float(argument) for argument in sys.argv[1:]] + [100.0, 20.0, 5.0][len(sys.argv) - 1 :]
    print(json.dumps(measure(int(wanted[0]), wanted[1], wanted[2])))
