"""What the process that plays a turn does for the others: they read and stop it in Redis."""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable

import structlog

from app.errors import TurnsUnavailable
from app.wires.resumable import ResumableTurn
from app.wires.shared_turns import KEPT_SECONDS, SharedTurns, TurnKey, TurnNews, whole_frames

# How often it is asked what became of the turn elsewhere: one that is stopped there ends within it.
_WATCH_SECONDS = 0.5
_GATHER_SECONDS = 0.05
_log = structlog.get_logger(__name__)


class TurnSharing:
    """Keeps Redis up with a turn, and the turn with what others do to it, until somebody got its end or a minute after.

    What Redis missed or lost meanwhile is written once it is there: the turn goes on without it.
    """

    def __init__(self, shared: SharedTurns, key: TurnKey, name: str, turn: ResumableTurn) -> None:
        self.turn = turn
        self.has_told_end = asyncio.Event()  # or there is nothing more to wait for
        self._shared = shared
        self._key = key
        self._name = name
        self._written = 0
        self._was_stopped = False
        self._is_failing = False
        self._kept_until: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, on_over: Callable[[], object]) -> None:
        """Begin; `on_over` is called at its end."""
        self._task = asyncio.create_task(self._run(), name="shared answer")

        def end(_: object) -> None:
            self.has_told_end.set()
            on_over()

        self._task.add_done_callback(end)

    async def close(self) -> None:
        """End it, wherever it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _run(self) -> None:
        while (left := self._seconds_left()) > 0:
            news = self.turn.news  # before it is looked at: what comes meanwhile sets it
            try:
                if await self._keep_up(math.ceil(left)):
                    return
                self._is_failing = False
            except TurnsUnavailable:
                if not self._is_failing:
                    _log.warning("resumable_answer_not_shared")  # this process still has it
                self._is_failing = True
            await asyncio.sleep(_GATHER_SECONDS)
            if self._is_failing or self._written == self.turn.size:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_WATCH_SECONDS):
                        await news.wait()

    def _seconds_left(self) -> float:
        if not self.turn.is_over:
            return KEPT_SECONDS
        if self._kept_until is None:
            self._kept_until = time.monotonic() + KEPT_SECONDS
        return self._kept_until - time.monotonic()

    async def _keep_up(self, seconds: int) -> bool:
        """Write what is new and heed what is told; whether there is nothing left to do."""
        piece = whole_frames(self.turn.told_from(self._written))
        end = self._written + len(piece)
        is_last = self.turn.is_over and end == self.turn.size
        news = await self._shared.write(self._key, self._name, self._written, piece, is_last=is_last, seconds=seconds)
        self._written = news.written
        if is_last and news.written == end:
            self.has_told_end.set()
        return await self._heed(news)

    async def _heed(self, news: TurnNews) -> bool:
        is_told = self.has_told_end.is_set()
        if news.is_taken or news.is_stopped:
            self._stop()
            if news.is_taken:
                return is_told
        if news.is_delivered:
            self.turn.note_delivered()
            return True
        if news.has_readers:
            self.turn.keep()
        if is_told and self.turn.was_delivered:
            await self._shared.forget(self._key, self._name)
            return True
        return False

    def _stop(self) -> None:
        if not self._was_stopped:  # once: what it still does is to record what was said
            self._was_stopped = True
            self.turn.stop()
