"""The turns under way: a server that stops waits for them, and then ends them while their records can be kept."""

import asyncio
import contextlib

from app.errors import ServerStopping


class TurnUnderWay:
    """One turn, played by `task`. It is not ended once it `is_over`: what is left of it is its record."""

    def __init__(self, task: "asyncio.Task[object] | None") -> None:
        self._task = task
        self._ended = False
        self.is_over = False

    def end(self) -> None:
        """Break it off where it waits."""
        if not (self.is_over or self._ended or self._task is None):
            self._ended = True
            self._task.cancel()

    def was_ended(self) -> bool:
        """Whether a cancellation that came was that of `end` and nobody else's, whose is then taken back."""
        return self._ended and self._task is not None and self._task.uncancel() == 0


class OpenTurns:
    """Ends what is still under way some seconds after the server began to stop. `drain_seconds` are those."""

    def __init__(self, *, drain_seconds: float) -> None:
        self._drain_seconds = drain_seconds
        self._turns: set[TurnUnderWay] = set()
        self._none = asyncio.Event()
        self._none.set()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    @property
    def count(self) -> int:
        """How many are under way."""
        return len(self._turns)

    def enter(self) -> TurnUnderWay:
        """A turn begins, in the current task. Raises ServerStopping where none may any more."""
        if self._stopped:
            raise ServerStopping("the server has stopped")
        turn = TurnUnderWay(asyncio.current_task())
        self._turns.add(turn)
        self._none.clear()
        return turn

    def leave(self, turn: TurnUnderWay) -> None:
        """The turn is over, however it ended."""
        self._turns.discard(turn)
        if not self._turns:
            self._none.set()

    def begin_shutdown(self) -> None:
        """Give the turns their last seconds. Called again it changes nothing."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._drain_seconds, self.end)

    def end(self) -> None:
        """End them all now, and let none begin."""
        self._stopped = True
        for turn in list(self._turns):
            turn.end()

    async def close(self, seconds: float) -> None:
        """End them all, and wait until they are over, at most so long."""
        if self._timer is not None:
            self._timer.cancel()
        self.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none.wait()
