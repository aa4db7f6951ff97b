"""Resumable answers of this process and, where processes share a Redis, of the others."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from app.errors import TurnsUnavailable
from app.wires.resumable import ResumableTurn, ResumableTurns
from app.wires.shared_turns import SharedTurns, TurnKey
from app.wires.turn_sharing import TurnSharing
from pipelines.events import Event
from storage_config.records.ids import new_id

_CLOSE_SECONDS = 2.0


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
        self._sharings: dict[str, TurnSharing] = {}  # by the names of their turns in Redis

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
        sharing = self._sharings[name] = TurnSharing(self._shared, key, name, turn)
        sharing.start(lambda: self._sharings.pop(name))
        return first, True

    async def find(self, key: TurnKey) -> ReadableAnswer | None:
        """The answer under way, or one whose end no reader has got yet. Raises TurnsUnavailable."""
        own = self._turns.find(key)
        if self._shared is None or (own is not None and not own.is_over):
            return own
        try:
            placed = await self._shared.find(key)
        except TurnsUnavailable:
            if own is None:
                raise
            return own
        if placed is None:
            return own  # Redis lost it, or it was never there
        sharing = self._sharings.get(placed.name)
        if placed.is_delivered or (sharing is not None and sharing.turn.was_delivered):
            return None
        return sharing.turn if sharing is not None else ForeignAnswer(self._shared, key, placed.name)

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
        sharings = list(self._sharings.values())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                for sharing in sharings:
                    await sharing.has_told_end.wait()
        for sharing in sharings:
            await sharing.close()
