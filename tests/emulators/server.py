"""A small HTTP/1.1 server on loopback for vendor emulators: it counts, it notices who leaves, and it can misbehave.

Written on asyncio's streams rather than on a web framework, since an emulator must cut a connection in the middle of
an answer, send garbage and hold back bytes, and must see at once that a client left.
"""

import asyncio
import contextlib
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

REASONS = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    408: "Request Timeout", 422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable",
}  # fmt: skip
MAX_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """How one call goes wrong. `kind` is one of KINDS of the emulator; `after` counts the tokens sent before."""

    kind: str
    status: int = 200
    retry_after: str | None = None
    seconds: float = 0.0
    after: int = 3


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class ClientLeft(Exception):
    """The client closed its connection before the answer was complete."""


@dataclass(slots=True)
class Exchange:
    """One request and the answer that is being written to it."""

    request: Received
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    left: asyncio.Event = field(default_factory=asyncio.Event)
    keeps_alive: bool = True

    async def send_json(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        await self.send_body(
            json.dumps(value).encode(), status, {"content-type": "application/json", **(headers or {})}
        )

    async def send_body(self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        await self._write_head(status, {**(headers or {}), "content-length": str(len(body))})
        await self._write(body)

    async def start(self, headers: Mapping[str, str]) -> None:
        """Begins an answer of unknown length."""
        await self._write_head(200, {**headers, "transfer-encoding": "chunked"})

    async def send(self, data: bytes) -> None:
        await self._write(b"%x\r\n%b\r\n" % (len(data), data))

    async def end(self) -> None:
        await self._write(b"0\r\n\r\n")

    async def pause(self, seconds: float | None) -> None:
        """Waits so long, for ever with None. Raises ClientLeft as soon as the client goes."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.left.wait(), seconds)
            raise ClientLeft

    def cut(self) -> None:
        """Closes the connection without finishing the answer."""
        self.keeps_alive = False
        self.writer.transport.abort()

    async def _write_head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}", *(f"{k}: {v}" for k, v in headers.items())]
        await self._write("\r\n".join([*lines, "", ""]).encode())

    async def _write(self, data: bytes) -> None:
        if self.left.is_set() or self.writer.is_closing():
            raise ClientLeft
        self.writer.write(data)
        try:
            await self.writer.drain()
        except ConnectionError:
            raise ClientLeft from None


class Emulator(ABC):
    """Answers requests with `answer`, or fails as told. `async with` starts and stops it on a free port.

    `failures` is a queue for the next calls; `failing` holds until it is set to None; `failures_by_model` goes by the
    `model` of the request. A request can also ask for a failure with the header `x-emulate: kind` or `kind:status`.
    """

    def __init__(self, *, port: int = 0) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.received: list[Received] = []
        self.failures: deque[Failure | None] = deque()
        self.failing: Failure | None = None
        self.failures_by_model: dict[str, Failure] = {}
        self.connections = 0
        self.open_answers = 0
        self.disconnects = 0
        self._changed = asyncio.Event()

    @property
    def calls(self) -> int:
        return len(self.received)

    @property
    def url(self) -> str:
        assert self._server is not None, "the emulator is not started"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port, backlog=2048)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Waits until the condition holds, looked at whenever a call arrives or ends. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def client_left(self, seconds: float = 2.0) -> None:
        """Waits until a client left in the middle of an answer. Raises TimeoutError."""
        await self.until(lambda: self.disconnects > 0, seconds)

    @abstractmethod
    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        """Each vendor's own: answers the exchange, or fails as told."""

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            # A client leaves when it likes; the task is cancelled only when the emulator stops.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while (request := await _read_request(reader)) is not None:
                    if not await self._exchange(Exchange(request, reader, writer)):
                        break
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _exchange(self, exchange: Exchange) -> bool:
        self.received.append(exchange.request)
        self.open_answers += 1
        self._changed.set()
        watch = asyncio.create_task(_watch(exchange))
        try:
            await self.answer(exchange, self._failure_for(exchange.request))
        except ClientLeft:
            self.disconnects += 1
            return False
        finally:
            self.open_answers -= 1
            self._changed.set()
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        return exchange.keeps_alive and not exchange.left.is_set()

    def _failure_for(self, request: Received) -> Failure | None:
        if wanted := request.headers.get("x-emulate"):
            kind, _, status = wanted.partition(":")
            return Failure(kind, status=int(status or 200))
        if self.failures:
            return self.failures.popleft()
        with contextlib.suppress(ValueError, AttributeError):
            if failure := self.failures_by_model.get(request.json().get("model")):
                return failure
        return self.failing


async def _watch(exchange: Exchange) -> None:
    # A client sends nothing while it waits for an answer, so that whatever ends this read is its leaving.
    with contextlib.suppress(ConnectionError):
        if await exchange.reader.read(1):
            return
    exchange.left.set()


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = dict(_header(line) for line in lines)
    length = int(headers.get("content-length", "0"))
    if length > MAX_BODY:
        return None
    return Received(method, path, headers, await reader.readexactly(length))


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def words(text: str) -> Iterator[str]:
    """Lower-case words, crudely stemmed, for emulated models that must find things."""
    for raw in "".join(c.lower() if c.isalnum() else " " for c in text).split():
        yield raw[:-1] if len(raw) > 3 and raw.endswith("s") else raw


async def serve_forever(emulator: Emulator) -> None:
    """For `python -m`: prints the address on one line and serves until it is interrupted."""
    async with emulator:
        print(emulator.url, flush=True)  # noqa: T201
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def started(emulator: Emulator) -> AsyncIterator[str]:
    """The address of the emulator while it runs."""
    async with emulator:
        yield emulator.url
