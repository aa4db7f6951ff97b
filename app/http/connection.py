"""A connection of the HTTP server, bounded before a request is complete.

httptools (llhttp, the parser of Node.js) decides what a request is, and refuses what smuggles one into another: two
lengths, a bad chunk, a header without colon. It bounds neither how large nor how slow a head may be; this does.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.http.connection_bounds import ConnectionBounds

MAX_HEAD_BYTES = 32 * 1024
MAX_HEAD_SECONDS = 15.0
# For the rest of a body that nobody wants: a client that still sends would not read why.
LINGER_SECONDS = 10.0
# Where in its state the application leaves what is to be called when the server begins to stop.
BEGIN_SHUTDOWN = "begin_shutdown"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LOOKS = 6  # at what a client took, in the time that it may take nothing
_log = structlog.get_logger(__name__)


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's connection, which ends where a head is too large or late, or a body goes on after its answer.

    It ends too where its client reads nothing of what is written, and at once where its address has too many.
    """

    _counted_as: str | None = None
    _looking: asyncio.TimerHandle | None = None
    _unread = 0
    _idle_looks = 0
    _head_bytes = 0
    _in_head = True
    _in_message = False
    _head_timer: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, bounds: ConnectionBounds, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._bounds = bounds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connected, and owes the head of its request."""
        super().connection_made(transport)
        self._counted_as = self._bounds.enter(self.client[0] if self.client else "")
        if self._counted_as is None:
            transport.write(_TOO_MANY)
            transport.close()
            return
        self._look_later()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._forget_timer()
        if self._looking is not None:
            self._looking.cancel()
        if self._counted_as is not None:
            self._bounds.leave(self._counted_as)
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        """The client took what waited."""
        self._idle_looks = 0
        super().resume_writing()

    def shutdown(self) -> None:
        """The server begins to stop; the application is told, since it hears of that by no other way in time."""
        super().shutdown()
        begin: Callable[[], None] | None = self.app_state.get(BEGIN_SHUTDOWN)
        if begin is not None:
            begin()

    def data_received(self, data: bytes) -> None:
        """Bytes came in."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(_TOO_LARGE)
        elif self._is_idle and self._head_timer is None:
            # Blank lines before a request begin none, but end uvicorn's wait for one.
            self._await_head()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head = self._in_message = True
        if self._head_timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The head is complete; one that came whole in one read may be too large all the same."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        self._take_authority()
        self._in_head, self._head_bytes = False, 0
        self._forget_timer()
        app = self.app
        if size > MAX_HEAD_BYTES:
            self.app = _head_too_large
        super().on_headers_complete()
        self.app = app

    def on_message_complete(self) -> None:
        """The request is complete."""
        self._in_message = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is complete."""
        super().on_response_complete()
        if self._in_message:
            self.loop.call_later(LINGER_SECONDS, self._end_unfinished)

    def _take_authority(self) -> None:
        """A target in absolute form names the host, whatever the one `Host` line says (RFC 9112, 3.2.2)."""
        _, scheme, rest = self.url.partition(b"://")
        hosts = [number for number, (name, _) in enumerate(self.headers) if name == b"host"]
        if scheme and not self.url.startswith(b"/") and len(hosts) == 1:
            authority = re.split(rb"[/?#]", rest, maxsplit=1)[0]
            self.headers[hosts[0]] = (b"host", authority)

    @property
    def _is_idle(self) -> bool:
        return not self._in_message and (self.cycle is None or self.cycle.response_complete)

    def _look_later(self) -> None:
        self._looking = self.loop.call_later(self._bounds.stalled_seconds / _LOOKS, self._look)

    def _look(self) -> None:
        """A transport that is closing waits for its client too: without this for ever."""
        unread = self.transport.get_write_buffer_size()
        # More waits than before: the client took nothing, or less than came to it.
        self._idle_looks = self._idle_looks + 1 if unread and unread >= self._unread > 0 else 0
        self._unread = unread
        if self._idle_looks >= _LOOKS:
            _log.warning("reader_stalled", unread=unread, seconds=self._bounds.stalled_seconds)
            self.transport.abort()
        else:
            self._look_later()

    def _end_unfinished(self) -> None:
        if self._in_message and not self.transport.is_closing():
            self.transport.close()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(MAX_HEAD_SECONDS, self._refuse, _TOO_SLOW)

    def _forget_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, answer: bytes) -> None:
        self._forget_timer()
        if self.transport.is_closing():
            return
        if self._head_bytes:  # a browser that connected ahead of time is told nothing
            self.transport.write(answer)
        self.transport.close()


async def _head_too_large(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"connection", b"close"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 431, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
