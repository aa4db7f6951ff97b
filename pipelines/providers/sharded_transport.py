"""An httpx transport for very many connections: small pools of their own instead of one large pool.

httpcore's pool looks at all its connections for each request that begins or ends, and at all of them again for each
idle one: a thousand streams that end together stop the event loop for a minute. In pools of sixteen the same work is
a fraction of a millisecond a request.
"""

import ssl
from collections.abc import AsyncIterator
from functools import lru_cache

import httpx

CONNECTIONS_PER_SHARD = 16


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    """One for all: reading the authorities' certificates takes 20 ms."""
    return httpx.create_ssl_context()


class ShardedTransport(httpx.AsyncBaseTransport):
    """Up to `max_connections`, in shards that are made when they are needed.

    A request goes to the first shard with room, so that a small load stays on few, warm connections. Beyond the bound
    requests wait in httpx's own way, for its pool timeout.
    """

    def __init__(self, *, max_connections: int, keepalive_seconds: float) -> None:
        self._most_shards = -(-max_connections // CONNECTIONS_PER_SHARD)
        self._limits = httpx.Limits(
            max_connections=CONNECTIONS_PER_SHARD,
            # httpcore compares this with all connections of the pool, not with the idle ones.
            max_keepalive_connections=CONNECTIONS_PER_SHARD,
            keepalive_expiry=keepalive_seconds,
        )
        self._shards: list[httpx.AsyncHTTPTransport] = []
        self._busy: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request through the shard with the fewest open answers."""
        shard = self._choose()
        self._busy[shard] += 1
        try:
            response = await self._shards[shard].handle_async_request(request)
        except BaseException:
            self._busy[shard] -= 1
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _CountedStream(response.stream, self._busy, shard)
        return response

    def _choose(self) -> int:
        for shard, busy in enumerate(self._busy):
            if busy < CONNECTIONS_PER_SHARD:
                return shard
        if len(self._shards) < self._most_shards:
            self._shards.append(httpx.AsyncHTTPTransport(verify=_ssl_context(), limits=self._limits))
            self._busy.append(0)
            return len(self._shards) - 1
        return min(range(len(self._busy)), key=self._busy.__getitem__)

    async def aclose(self) -> None:
        """Closes every shard's connections."""
        for shard in self._shards:
            await shard.aclose()


class _CountedStream(httpx.AsyncByteStream):
    """Gives its place in the shard back when it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, busy: list[int], shard: int) -> None:
        self._stream, self._busy, self._shard = stream, busy, shard
        self._closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._stream.__aiter__()

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._busy[self._shard] -= 1
        await self._stream.aclose()
