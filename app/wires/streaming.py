"""An answer's events on the way to a reader: bare ASGI, since FastAPI's own streaming costs several times the CPU."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, TypeVar

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.wires.native import server_timing
from app.wires.playing import Wire, play
from pipelines.events import Event, Failed, Retrieved

_KEEP_ALIVE_SECONDS = 15.0
_MAX_STREAM_SECONDS = 900.0
# A writer that is woken later than this after its event finds the loop busy, and lets tokens gather.
_BUSY_SECONDS = 0.02
_MAX_GATHER_SECONDS = 0.05
CLIENT_CLOSED_REQUEST = 499
T = TypeVar("T")
_log = structlog.get_logger(__name__)


class EventStream(Response):
    """Sends events through a wire as they come. A reader who leaves ends `events` at once.

    One task pulls events (all of them, since an engine may hold timeouts open across events), one writes: what comes
    while a write waits leaves with the next one. On a busy event loop the writer gathers up to 50 ms of tokens.
    """

    def __init__(self, events: AsyncGenerator[Event, None], wire: Wire) -> None:
        super().__init__(headers=wire.headers)
        del self.headers["content-length"]
        self._events = events
        self._wire = wire
        self._news = asyncio.Event()
        self._news_at = 0.0
        self._first: asyncio.Future[Event | None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._reminder: asyncio.TimerHandle | None = None
        self._reminder_due = False

    async def begin(self, receive: Receive) -> None:
        """Wait for the first event, so that what fails before it has a status of its own. Raises that failure."""
        pump = asyncio.create_task(self._pump())
        self._tasks = [pump, asyncio.create_task(_cancel_when_gone(receive, pump))]
        pump.add_done_callback(lambda _: self._tell())
        try:
            first = await self._first
            if isinstance(first, Failed):
                raise first.error
            if isinstance(first, Retrieved):
                self.headers["server-timing"] = server_timing(first.timings)
        except BaseException:
            await self._end()
            raise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application, after `begin`."""
        self._remind()
        try:
            async with asyncio.timeout(_MAX_STREAM_SECONDS):
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                await self._write(self._tasks[0], send)
        except TimeoutError:
            _log.warning("stream_too_long", seconds=_MAX_STREAM_SECONDS)
        finally:
            await self._end()

    async def _end(self) -> None:
        if self._reminder is not None:
            self._reminder.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pump(self) -> None:
        await play(self._events, self._wire, self._first, self._tell)
        self._wire.close()

    def _tell(self) -> None:
        if not self._news.is_set():
            self._news_at = asyncio.get_running_loop().time()
            self._news.set()

    async def _write(self, pump: asyncio.Task[None], send: Send) -> None:
        clock = asyncio.get_running_loop().time
        while not pump.done():
            await self._news.wait()
            late = clock() - self._news_at
            if late > _BUSY_SECONDS and not pump.done():
                await asyncio.sleep(min(_MAX_GATHER_SECONDS, late))
            self._news.clear()
            if body := self._wire.take() or self._due_reminder():
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": self._wire.take(), "more_body": False})

    def _remind(self) -> None:
        """Every 15 seconds: proxies drop a connection that says nothing."""
        loop = asyncio.get_running_loop()
        self._reminder_due = self._reminder is not None
        self._reminder = loop.call_later(_KEEP_ALIVE_SECONDS, self._remind)
        if self._reminder_due:
            self._tell()

    def _due_reminder(self) -> bytes:
        due, self._reminder_due = self._reminder_due, False
        return self._wire.keep_alive if due else b""


async def unless_gone(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """The work's response. A client who leaves meanwhile cancels the work."""
    response = await while_there(request.receive, work)
    return Response(status_code=CLIENT_CLOSED_REQUEST) if response is None else response


async def while_there(receive: Receive, work: Coroutine[Any, Any, T], *, seconds: float | None = None) -> T | None:
    """What the work gives; None where the client left, or the seconds passed, before it was done and it was cancelled.

    Raises what the work raises.
    """
    task = asyncio.create_task(work)
    leaving = asyncio.create_task(wait_until_gone(receive))
    try:
        await asyncio.wait((task, leaving), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        leaving.cancel()
        await asyncio.gather(task, leaving, return_exceptions=True)


async def _cancel_when_gone(receive: Receive, task: asyncio.Task[None]) -> None:
    await wait_until_gone(receive)
    task.cancel()


async def wait_until_gone(receive: Receive) -> None:
    """Until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
