"""Connections to Redis: bounded in number, and given up soon, since readers wait for what they tell."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis.asyncio import BlockingConnectionPool

REDIS_SECONDS = 0.5
_CONNECTIONS = 64


def build_redis_pool(url: str) -> "BlockingConnectionPool":
    """The connections to the Redis at a url, which need not be there yet."""
    # Here, since it takes 0.3 s and most servers need none.
    from redis.asyncio import BlockingConnectionPool
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    return BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=REDIS_SECONDS,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 1),  # one more, for a connection that a restart has cut
    )
