"""Resumable answers of this process and, where processes share a Redis, of the others."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

import structlog

from app.errors import TurnsUnavailable
from app.wires.resumable import KEPT_SECONDS, ResumableTurn, ResumableTurns
from app.wires.shared_turns import SharedTurns, TurnKey
from pipelines.events import Event
from storage_config.records.ids import new_id

# How often a process asks what became of its turns elsewhere: a turn that is stopped there ends within it.
_WATCH_SECONDS = 0.5
_GATHER_SECONDS = 0.05
_CLOSE_SECONDS = 2.0
_log = structlog.get_logger(__name__)


class ReadableAnswer(Protocol):
    """An answer that can be read from its start, wherever it is played."""

    def read(self) -> AsyncGenerator[bytes, None]:
        """All of its bytes: those that are there at once, then the others as they come."""
        ...


@dataclass(frozen=True, slots=True)
class ForeignAnswer:
    """One that another process plays."""

    shared: SharedTurns
    key: TurnKey
    turn: str

    def read(self) -> AsyncGenerator[bytes, None]:
        """As `ReadableAnswer` says; what is cut on the way is told to be broken off."""
        return self.shared.read(self.key, self.turn)


class ResumableAnswers:
    """Begins, finds and stops them. Without `shared` each process knows its own only."""

    def __init__(self, shared: SharedTurns | None = None) -> None:
        self._turns = ResumableTurns()
        self._shared = shared
        self._sharing: dict[str, asyncio.Task[None]] = {}
        self._played: dict[str, ResumableTurn] = {}  # by their names in Redis

    def has_room(self, owner: str | None) -> bool:
        """See `ResumableTurns.has_room`."""
        return self._turns.has_room(owner)

    async def begin(self, key: TurnKey, turn: ResumableTurn) -> tuple[Event | None, bool]:
        """Its first event, and whether it can be resumed; raises what fails before that.

        Where the others cannot be told of it, it cannot, and ends with its reader.
        """
        first = await self._turns.begin(key, turn)
        if self._shared is None:
            return first, True
        name = new_id().hex
        try:
            await self._shared.begin(key, name)
        except TurnsUnavailable:
            turn.leave_with_reader()
            return first, False
        except asyncio.CancelledError:
            turn.stop()  # its reader left
            raise
        self._played[name] = turn
        self._sharing[name] = asyncio.create_task(self._share(self._shared, key, name), name="shared answer")
        return first, True

    async def find(self, key: TurnKey) -> ReadableAnswer | None:
        """The answer under way, or one whose end no reader has got yet. Raises TurnsUnavailable."""
        own = self._turns.find(key)
        if self._shared is None or (own is not None and not own.is_over):
            return own
        try:
            name = await self._shared.find(key)
        except TurnsUnavailable:
            if own is None:
                raise
            return own
        if name is None:
            return None  # its end was delivered, here or elsewhere
        return self._played.get(name) or ForeignAnswer(self._shared, key, name)

    async def stop(self, key: TurnKey) -> None:
        """End the answer under way, where there is one. Raises TurnsUnavailable."""
        own = self._turns.find(key)
        if own is not None and not own.is_over:
            own.stop()
        elif self._shared is not None:
            await self._shared.stop(key)

    async def close(self) -> None:
        """End them all, and tell the others."""
        await self._turns.close()
        tasks = list(self._sharing.values())
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _share(self, shared: SharedTurns, key: TurnKey, name: str) -> None:
        turn = self._played[name]
        watching = asyncio.create_task(self._watch(shared, key, name))
        try:
            async for chunk in turn.follow():
                await shared.append(key, name, chunk)
                await asyncio.sleep(_GATHER_SECONDS)
            await shared.append(key, name, b"", is_last=True)
            watching.cancel()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(KEPT_SECONDS):
                    await turn.wait_delivered()
                await shared.forget(key, name)
        except TurnsUnavailable:
            _log.warning("resumable_answer_not_shared")  # this process still has it
        finally:
            watching.cancel()
            del self._played[name], self._sharing[name]

    async def _watch(self, shared: SharedTurns, key: TurnKey, name: str) -> None:
        turn = self._played[name]
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            with contextlib.suppress(TurnsUnavailable):
                news = await shared.look(key, name)
                if news.is_over:
                    turn.stop()
                    return
                if news.has_readers:
                    turn.keep()
