"""Resumable answers where other processes can read and stop them: in Redis, for a minute behind what was last heard.

Of each conversation there is a place, a hash of `turn` and `stopped`, and of each turn a Redis stream of its bytes. All
of it expires a minute after the turn's process was last there; the place leaves once its end was delivered.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import structlog

from app.errors import TurnsUnavailable
from app.redis_calls import RedisCalls
from app.wires.ai_sdk import BROKEN_OFF
from storage_config.redis_pool import build_redis_pool
from storage_config.settings import Settings

KEPT_SECONDS = 60
_PREFIX = "footnoted/resumable/"
# How often who reads looks for more, how much of it at a time, and for how long their visit counts.
_LOOK_SECONDS = 0.1
_CHUNKS_AT_ONCE = 64
_VISIT_SECONDS = 5
_log = structlog.get_logger(__name__)
T = TypeVar("T")
# redis.asyncio.Redis, or a pipeline of it: its own types say that each call may be sync as well.
Client = Any


@dataclass(frozen=True, slots=True)
class TurnKey:
    """Whose answer in which conversation."""

    owner: str
    conversation_id: UUID

    @property
    def digest(self) -> str:
        """Names it where others may look, without naming its owner."""
        return hashlib.sha256(f"{self.owner}\n{self.conversation_id}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TurnNews:
    """What others did with a turn: it `is_over` where it was stopped, or another one took its conversation's place."""

    is_over: bool
    has_readers: bool


class SharedTurns:
    """The answers under way of all processes at one Redis. Each call raises TurnsUnavailable where that fails."""

    def __init__(self, redis: Client) -> None:
        from redis.exceptions import RedisError

        self._redis = redis
        self._calls = RedisCalls((RedisError,), TurnsUnavailable, event="resumable_answers_unavailable")

    async def begin(self, key: TurnKey, turn: str) -> None:
        """The turn takes its conversation's place; one that has it is over."""

        async def work(redis: Client) -> None:
            pipeline = redis.pipeline()
            pipeline.delete(_place(key))
            pipeline.hset(_place(key), "turn", turn)
            await _append(pipeline, key, turn, b"", is_last=False)

        await self._run(work)

    async def append(self, key: TurnKey, turn: str, chunk: bytes, *, is_last: bool = False) -> None:
        """More of its bytes, or its last ones."""
        await self._run(lambda redis: _append(redis.pipeline(), key, turn, chunk, is_last=is_last))

    async def look(self, key: TurnKey, turn: str) -> TurnNews:
        """What became of it; it is kept for another minute."""

        async def work(redis: Client) -> TurnNews:
            pipeline = redis.pipeline()
            pipeline.hmget(_place(key), "turn", "stopped")
            pipeline.exists(_visit(turn))
            pipeline.expire(_place(key), KEPT_SECONDS)
            pipeline.expire(_chunks(turn), KEPT_SECONDS)
            (placed, stopped), visited, *_ = await pipeline.execute()
            return TurnNews(placed != turn.encode() or stopped is not None, bool(visited))

        return await self._run(work)

    async def find(self, key: TurnKey) -> str | None:
        """The turn that has the conversation's place, as long as its end was not delivered."""
        found: bytes | None = await self._run(lambda redis: redis.hget(_place(key), "turn"))
        return found.decode() if found else None

    async def stop(self, key: TurnKey) -> None:
        """Tell the process that plays the turn to end it, wherever that is; nothing where there is none."""

        async def work(redis: Client) -> None:
            if await redis.exists(_place(key)):
                pipeline = redis.pipeline()
                pipeline.hset(_place(key), "stopped", 1)
                pipeline.expire(_place(key), KEPT_SECONDS)
                await pipeline.execute()

        await self._run(work)

    async def forget(self, key: TurnKey, turn: str) -> None:
        """Its end was delivered: nobody will come back for it. Whoever still reads it has its bytes for a minute."""

        async def work(redis: Client) -> None:
            if await redis.hget(_place(key), "turn") == turn.encode():
                await redis.delete(_place(key))

        await self._run(work)

    async def read(self, key: TurnKey, turn: str) -> AsyncGenerator[bytes, None]:
        """All of its bytes from the start, then the others as they come.

        Where its process is gone, or Redis is, readers are told that it was broken off.
        """
        at = "0"
        while True:
            try:
                found = await self._run(lambda redis, at=at: self._next(redis, turn, at))  # type: ignore[misc]
            except TurnsUnavailable:
                found = None
            if found is None:
                yield BROKEN_OFF
                return
            for number, fields in found:
                at = number
                if fields[b"bytes"]:
                    yield fields[b"bytes"]
                if fields[b"last"] == b"1":
                    await self.forget(key, turn)
                    return
            if not found:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _next(self, redis: Client, turn: str, at: str) -> list[tuple[str, dict[bytes, bytes]]] | None:
        """The next bytes behind `at`; None where the turn is gone."""
        pipeline = redis.pipeline()
        pipeline.xrange(_chunks(turn), min=f"({at}", count=_CHUNKS_AT_ONCE)
        pipeline.exists(_chunks(turn))
        pipeline.set(_visit(turn), 1, ex=_VISIT_SECONDS)
        found, is_there, _ = await pipeline.execute()
        return [(number.decode(), fields) for number, fields in found] if is_there else None

    async def _run(self, work: Callable[[Client], Awaitable[T]]) -> T:
        return await self._calls.run(lambda: work(self._redis))


@asynccontextmanager
async def open_shared_turns(settings: Settings) -> AsyncIterator[SharedTurns | None]:
    """Where REDIS_URL says, for the block; None without one. Redis need not be there yet."""
    if settings.redis_url is None:
        yield None
        return
    from redis.asyncio import Redis

    pool = build_redis_pool(settings.redis_url.get_secret_value())
    try:
        yield SharedTurns(Redis(connection_pool=pool))
    finally:
        await pool.disconnect()


async def _append(pipeline: Client, key: TurnKey, turn: str, chunk: bytes, *, is_last: bool) -> None:
    pipeline.xadd(_chunks(turn), {"bytes": chunk, "last": int(is_last)})
    pipeline.expire(_chunks(turn), KEPT_SECONDS)
    pipeline.expire(_place(key), KEPT_SECONDS)
    await pipeline.execute()


def _place(key: TurnKey) -> str:
    return f"{_PREFIX}{key.digest}"


def _chunks(turn: str) -> str:
    return f"{_PREFIX}{turn}/bytes"


def _visit(turn: str) -> str:
    return f"{_PREFIX}{turn}/read"
