"""Resumable answers where other processes can read and stop them: in Redis, for a minute behind what was last heard.

Of each conversation there is a place, a hash of `turn`, `stopped` and `delivered`, and of each turn a string of its
bytes so far and, once it is over, their number. All of it expires a minute after the turn's process was last there; the
bytes of what was delivered in seconds. The turn's process has them too, and writes again what Redis lost.
"""

import asyncio
import contextlib
import hashlib
import time
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

# How long an answer goes on without a reader, and how long its end can still be fetched.
KEPT_SECONDS = 60
_PREFIX = "footnoted/resumable/"
# How often who reads looks for more: soon after there was some, less often while there is none.
_LOOK_SECONDS = 0.1
_MAX_LOOK_SECONDS = 0.5
_BYTES_AT_ONCE = 250_000
_VISIT_SECONDS = 5
# How long who reads waits for a Redis that is away, or for bytes that it lost to be written again.
_PATIENCE_SECONDS = 10.0
_AFTERWARDS_SECONDS = 5  # for whoever still reads what another tab got to its end
_FRAME_END = b"\n\n"
# What was written is told by the string itself, so that a write that is repeated, or comes after a loss, leaves neither
# gap nor double. KEYS: place, bytes, end, visit. ARGV: turn, at, more bytes, whether they are the last ones, seconds.
_WRITE = """
redis.call('HSETNX', KEYS[1], 'turn', ARGV[1])
local place = redis.call('HMGET', KEYS[1], 'turn', 'stopped', 'delivered')
local written = redis.call('STRLEN', KEYS[2])
if place[1] ~= ARGV[1] or not place[3] then
  if written == tonumber(ARGV[2]) then
    written = redis.call('APPEND', KEYS[2], ARGV[3])
    if ARGV[4] == '1' then redis.call('SET', KEYS[3], written) end
  end
  for number = 1, 3 do redis.call('EXPIRE', KEYS[number], ARGV[5]) end
end
return {written, place[1], place[2], place[3], redis.call('EXISTS', KEYS[4])}
"""
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
    """How many bytes of a turn are there, and what others did with it: its conversation `is_taken` by another one."""

    written: int
    is_stopped: bool
    is_taken: bool
    is_delivered: bool
    has_readers: bool


@dataclass(frozen=True, slots=True)
class PlacedTurn:
    """The newest turn of a conversation, and whether somebody got its end."""

    name: str
    is_delivered: bool


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
            pipeline.set(_bytes(turn), b"", ex=KEPT_SECONDS)
            pipeline.expire(_place(key), KEPT_SECONDS)
            await pipeline.execute()

        await self._run(work)

    async def write(
        self, key: TurnKey, turn: str, at: int, piece: bytes, *, is_last: bool = False, seconds: int = KEPT_SECONDS
    ) -> TurnNews:
        """More of its bytes where that many are there already, and what became of it; it is kept for these seconds."""

        async def work(redis: Client) -> TurnNews:
            names = [_place(key), _bytes(turn), _end(turn), _visit(turn)]
            told = await redis.register_script(_WRITE)(names, [turn, at, piece, int(is_last), seconds])
            written, placed, stopped, delivered, visited = told
            is_taken = placed != turn.encode()
            return TurnNews(written, stopped is not None, is_taken, delivered is not None, bool(visited))

        return await self._run(work)

    async def find(self, key: TurnKey) -> PlacedTurn | None:
        """The turn that has the conversation's place."""
        turn, delivered = await self._run(lambda redis: redis.hmget(_place(key), "turn", "delivered"))
        return PlacedTurn(turn.decode(), delivered is not None) if turn else None

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
        """Its end was delivered: nobody will come back for it. Whoever still reads it has its bytes for seconds."""

        async def work(redis: Client) -> None:
            pipeline = redis.pipeline()
            if await redis.hget(_place(key), "turn") == turn.encode():
                pipeline.hset(_place(key), "delivered", 1)
                pipeline.expire(_place(key), KEPT_SECONDS)
            for name in (_bytes(turn), _end(turn)):
                pipeline.expire(name, _AFTERWARDS_SECONDS)
            await pipeline.execute()

        await self._run(work)

    async def read(self, key: TurnKey, turn: str) -> AsyncGenerator[bytes, None]:
        """All of its bytes from the start, then the others as they come.

        Where its process is gone, or Redis stays away, readers are told that it was broken off.
        """
        at, wait, heard_at = 0, _LOOK_SECONDS, time.monotonic()
        while time.monotonic() - heard_at < _PATIENCE_SECONDS:
            found = None
            with contextlib.suppress(TurnsUnavailable):
                found = await self._run(lambda redis, at=at: self._next(redis, turn, at))  # type: ignore[misc]
            if found is not None:
                piece, end = found
                at, heard_at = at + len(piece), time.monotonic()
                if piece:
                    yield piece
                    heard_at, wait = time.monotonic(), _LOOK_SECONDS
                if end is not None and at >= end:
                    with contextlib.suppress(TurnsUnavailable):  # its reader has all of it
                        await self.forget(key, turn)
                    return
                if piece:
                    continue
            await asyncio.sleep(wait)
            wait = min(2 * wait, _MAX_LOOK_SECONDS)
        yield BROKEN_OFF

    async def _next(self, redis: Client, turn: str, at: int) -> tuple[bytes, int | None] | None:
        """The next bytes from `at` on, and how many there are in all once it is over; None where the turn is gone."""
        pipeline = redis.pipeline()
        pipeline.getrange(_bytes(turn), at, at + _BYTES_AT_ONCE - 1)
        pipeline.get(_end(turn))
        pipeline.exists(_bytes(turn))
        pipeline.set(_visit(turn), 1, ex=_VISIT_SECONDS)
        found, end, is_there, _ = await pipeline.execute()
        return (whole_frames(found), None if end is None else int(end)) if is_there else None

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


def whole_frames(told: bytes) -> bytes:
    """As much from its start as is handled at once, cut between two events where one that long has an end."""
    if len(told) < _BYTES_AT_ONCE:
        return told
    cut = told.rfind(_FRAME_END, 0, _BYTES_AT_ONCE)
    return told[: cut + len(_FRAME_END)] if cut >= 0 else told[:_BYTES_AT_ONCE]


def _place(key: TurnKey) -> str:
    return f"{_PREFIX}{key.digest}"


def _bytes(turn: str) -> str:
    return f"{_PREFIX}{turn}/bytes"


def _end(turn: str) -> str:
    return f"{_PREFIX}{turn}/end"


def _visit(turn: str) -> str:
    return f"{_PREFIX}{turn}/read"
