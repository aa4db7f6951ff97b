"""Where limits are counted: in Redis for all processes together, or in this process's memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from limits.aio.storage import MemoryStorage, RedisStorage

from app.errors import LimitsUnavailable
from app.redis_calls import RedisCalls
from storage_config.redis_pool import REDIS_SECONDS, build_redis_pool
from storage_config.settings import Settings

Storage = MemoryStorage | RedisStorage
T = TypeVar("T")

_SWEEP_SECONDS = 10.0
# 150 bytes each. Beyond it memory is worth more than the counts of addresses that came once.
_MAX_KEYS = 200_000
# Of what begins so there are few, and whoever has many addresses must not be able to have it forgotten.
KEPT_PREFIX = "budget/"
_log = structlog.get_logger(__name__)


class Counters:
    """Counters that `limits` reads and writes. A Redis that fails is left alone for a while, so that nobody waits.

    `seconds` bounds a use of them; None in memory, where only a busy event loop makes anything wait.
    """

    def __init__(self, storage: Storage, *, seconds: float | None = REDIS_SECONDS) -> None:
        self._storage = storage
        vendor = storage.base_exceptions
        failures = vendor if isinstance(vendor, tuple) else (vendor,)
        self._calls = RedisCalls(failures, LimitsUnavailable, event="limits_unavailable", seconds=seconds)

    async def run(self, work: Callable[[Storage], Awaitable[T]]) -> T:
        """What `work` makes of the counters. Raises LimitsUnavailable."""
        return await self._calls.run(lambda: work(self._storage))


@asynccontextmanager
async def open_memory() -> AsyncIterator[Counters]:
    """Counters of this process."""
    storage = MemoryStorage()
    # While this timer is not done the storage starts none of its own, which would look at every key on every request.
    storage.timer = asyncio.create_task(_keep_swept(storage), name="sweep of limits")
    try:
        yield Counters(storage, seconds=None)
    finally:
        storage.timer.cancel()
        # Not awaited with its CancelledError suppressed: that could be this task's own, and Ctrl+C would be lost.
        await asyncio.wait([storage.timer])


@asynccontextmanager
async def open_counters(settings: Settings) -> AsyncIterator[Counters]:
    """Counters where REDIS_URL says, else of this process. Redis need not be there yet."""
    if settings.redis_url is None:
        async with open_memory() as counters:
            yield counters
        return
    url = settings.redis_url.get_secret_value()
    pool = build_redis_pool(url)
    try:
        yield Counters(
            RedisStorage(f"async+{url}", implementation="redispy", key_prefix="footnoted", connection_pool=pool)  # type: ignore[arg-type]
        )
    finally:
        await pool.disconnect()


async def _keep_swept(storage: MemoryStorage) -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        await sweep(storage)


async def sweep(storage: MemoryStorage) -> None:
    """Forgets what expired, and where too much is left everything but what is kept."""
    for key in list(storage.expirations):
        await storage.get(key)  # forgets it where it expired
    if len(storage.expirations) > _MAX_KEYS:
        _log.warning("limits_forgotten", counters=len(storage.expirations))
        for key in list(storage.expirations):
            if not key.startswith(KEPT_PREFIX):
                await storage.clear(key)
