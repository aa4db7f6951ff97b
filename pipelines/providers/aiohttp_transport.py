"""An httpx transport over aiohttp, whose parser and buffers are in C: for many streams, read a token at a time.

With a thousand readers, httpx's own transport (httpcore, h11, anyio) takes a quarter of the server's thread, most of it
for reading deltas, and its pool looks at all its connections for each request. The package httpx-aiohttp does the
same work, but reports a vendor that hangs up as one that was too slow to connect; callers here tell these apart.
"""

import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import aiohttp
import httpx
from yarl import URL

# The more special errors first.
_ERRORS: tuple[tuple[type[Exception], type[httpx.RequestError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.SocketTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.NonHttpUrlClientError, httpx.UnsupportedProtocol),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientError, httpx.ReadError),
    (TimeoutError, httpx.ReadTimeout),
    (OSError, httpx.ReadError),
)
# An extension of responses: a context manager in which nothing is read of the connection, so that what comes gathers
# in the system's buffers and costs one read instead of many.
PAUSED = "paused_reading"
_MAX_HEADER_BYTES = 65_536  # gateways in between add long ones
# Sent by httpx where they are wanted.
_NOT_ADDED = ("accept", "accept-encoding", "user-agent", "content-type")


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    """One for all: reading the authorities' certificates takes 20 ms."""
    return httpx.create_ssl_context()


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Up to `max_connections` at once; beyond them requests wait for the client's pool timeout.

    Idle connections are kept for `keepalive_seconds`. Raises httpx's errors. Belongs to one event loop.
    """

    def __init__(self, *, max_connections: int, keepalive_seconds: float) -> None:
        self._max_connections = max_connections
        self._keepalive_seconds = keepalive_seconds
        self._opened: aiohttp.ClientSession | None = None

    def _session(self) -> aiohttp.ClientSession:
        """Made with the first request, since it needs the running loop."""
        if self._opened is None:
            connector = aiohttp.TCPConnector(
                limit=self._max_connections, keepalive_timeout=self._keepalive_seconds, ssl=_ssl_context()
            )
            self._opened = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # httpx does
                max_line_size=_MAX_HEADER_BYTES,
                max_field_size=_MAX_HEADER_BYTES,
                skip_auto_headers=_NOT_ADDED,
            )
        return self._opened

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request; the response's stream gives what each read of the connection brought."""
        limits = request.extensions.get("timeout", {})
        body = await request.aread()
        # aiohttp writes the length and the host of its own.
        headers = [(name, value) for name, value in request.headers.multi_items() if name != "content-length"]
        waits = _timeout(limits.get("pool"), limits.get("connect"), limits.get("read"))
        with _httpx_errors(request):
            return await self._send(request.method, _url(str(request.url)), headers, body, waits)

    async def post(
        self, url: str, headers: Mapping[str, str], content: bytes, *, limits: httpx.Timeout
    ) -> httpx.Response:
        """As `handle_async_request`, without httpx's requests, whose making takes as long as aiohttp's sending."""
        waits = _timeout(limits.pool, limits.connect, limits.read)
        with _httpx_errors():
            return await self._send("POST", _url(url), headers, content, waits)

    async def _send(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str] | Sequence[tuple[str, str]],
        body: bytes,
        waits: aiohttp.ClientTimeout,
    ) -> httpx.Response:
        response = await self._session().request(
            method, url, headers=headers, data=body or None, allow_redirects=False, timeout=waits
        )
        return httpx.Response(
            response.status,
            headers=list(response.raw_headers),
            stream=_Body(response),
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": (response.reason or "").encode(),
                PAUSED: partial(_paused, response),
            },
        )

    async def aclose(self) -> None:
        """Closes all connections."""
        if self._opened is not None:
            await self._opened.close()


@contextmanager
def _paused(response: aiohttp.ClientResponse) -> Iterator[None]:
    transport: Any = response.connection.transport if response.connection is not None else None
    if transport is None or transport.is_closing():
        yield
        return
    transport.pause_reading()
    try:
        yield
    finally:
        if not transport.is_closing():
            transport.resume_reading()


class _Body(httpx.AsyncByteStream):
    """A response's body. Closing it before its end closes the connection; after it, the connection is kept."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._response.content
        with _httpx_errors():
            while True:
                # aiohttp tells of a vendor that hung up before it gives what had come until then.
                if content.exception() is not None and (rest := content._read_nowait(-1)):
                    yield rest
                if not (chunk := await content.readany()):
                    return
                yield chunk

    async def aclose(self) -> None:
        self._response.close()  # nothing to close where the body was read to its end: its connection went back then


@lru_cache(maxsize=64)
def _url(url: str) -> URL:
    return URL(str(httpx.URL(url)), encoded=True)  # as httpx writes it


@lru_cache(maxsize=64)
def _timeout(pool: float | None, connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    # aiohttp's `connect` bounds waiting for a place and connecting together.
    return aiohttp.ClientTimeout(total=None, connect=_sum(pool, connect), sock_connect=connect, sock_read=read)


def _sum(*seconds: float | None) -> float | None:
    return sum(part for part in seconds if part is not None) if None not in seconds else None


@contextmanager
def _httpx_errors(request: httpx.Request | None = None) -> Iterator[None]:
    try:
        yield
    except (aiohttp.ClientError, OSError) as error:
        for kind, meant in _ERRORS:
            if isinstance(error, kind):
                raise meant(type(error).__name__, request=request) from error
        raise
