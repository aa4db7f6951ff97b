"""How many answers are begun and open at once: a question beyond that waits for a moment, and is then told so.

Without it every question is begun at once and all get slow together, the health check too.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.errors import Overloaded
from storage_config.settings import Settings

# How often the event loop is looked at while answers are open, and how late it may be: a question on its way to its
# passages meets the loop a dozen times, and what it waits there adds up.
_LOOK_SECONDS, _LATE_SECONDS = 0.05, 0.006
# One answer's own work holds the loop up for longer than that; a loop that is so late has too much to do.
_FULL_SECONDS = 0.025
# On a late loop fewer answers are begun at once, down to so many; each look in time lets one more begin.
_FEWER, _LEAST_STARTING = 0.85, 6
# Questions that waited for so long without a pause in between are no burst: then each waits for a moment only, since
# who is told at once asks again sooner (controlled delay, in Maurer, "Fail at Scale", ACM Queue 13:8, 2015).
_STANDING_SECONDS, _SHORT_WAIT_SECONDS = 1.0, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _InLine:
    """What a question waits for: whether it is let in."""

    let_in: "asyncio.Future[bool]"
    since: float


class Admission:
    """Bounds of one process: `max_open` answers, of which `max_starting` have told nothing yet.

    While the event loop is late, fewer are begun; while questions stand in line all the time, each waits briefly.

    Of what waits the callers take turns, so that one with a hundred questions holds nobody up; of a caller the newest
    question is first, since who asked the others is closest to giving up. When `max_waiting` wait, the oldest question
    of the caller who has most leaves.
    """

    def __init__(self, *, max_open: int, max_starting: int, max_waiting: int, wait_seconds: float) -> None:
        self._max_open = max_open
        self._max_starting = max_starting
        self._max_waiting = max_waiting
        self._wait_seconds = wait_seconds
        self._open = 0
        self._starting = 0
        # In the order of the callers' turns; no caller without a question.
        self._waiting: dict[str, deque[_InLine]] = {}
        self._line_since: float | None = None  # when the first of those that wait came, without a pause since
        self._may_start = float(max_starting)
        self._full_at: float | None = None  # when the event loop was seen to have too much to do
        self._looks: asyncio.TimerHandle | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "Admission":
        """As the environment says."""
        return cls(
            max_open=settings.max_open_answers,
            max_starting=settings.max_starting_answers,
            max_waiting=settings.max_waiting_questions,
            wait_seconds=settings.max_wait_seconds,
        )

    @asynccontextmanager
    async def admit(self, caller: str) -> AsyncIterator["Admitted"]:
        """A place for one answer, for the block. Raises Overloaded where none gets free in time."""
        await self._enter(caller)
        admitted = Admitted(self)
        try:
            yield admitted
        finally:
            admitted.has_begun()
            self._open -= 1
            self._let_in()
            self._rest()

    @property
    def waiting(self) -> int:
        """The questions that wait for a place."""
        return sum(map(len, self._waiting.values()))

    def note_lateness(self, seconds: float) -> None:
        """The event loop was so late: how many may begin at once, and who waited for too long, follows from it."""
        if seconds > _FULL_SECONDS:
            self._full_at = time.monotonic()
        if seconds > _LATE_SECONDS:
            self._may_start = max(min(_LEAST_STARTING, self._max_starting), self._may_start * _FEWER)
        else:
            self._may_start = min(self._max_starting, self._may_start + 1)
            self._let_in()
        if not self._waiting:
            self._line_since = None
        elif self._is_standing():
            latest = time.monotonic() - min(_SHORT_WAIT_SECONDS, self._wait_seconds)
            for place in [one for places in self._waiting.values() for one in places if one.since < latest]:
                if not place.let_in.done():
                    place.let_in.set_result(False)

    def _is_standing(self) -> bool:
        """Whether questions wait all the time since the loop has too much to do, and not for a vendor that is slow."""
        now = time.monotonic()
        is_full = self._full_at is not None and now - self._full_at < _STANDING_SECONDS
        return is_full and self._line_since is not None and now - self._line_since > _STANDING_SECONDS

    def _look(self, due: float) -> None:
        self.note_lateness(asyncio.get_running_loop().time() - due)
        self._look_later()

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._looks = loop.call_later(_LOOK_SECONDS, self._look, loop.time() + _LOOK_SECONDS)

    async def _enter(self, caller: str) -> None:
        if not self._waiting and self._has_room():
            self._take()
            return
        place = _InLine(asyncio.get_running_loop().create_future(), time.monotonic())
        if self._line_since is None:
            self._line_since = place.since
        self._waiting.setdefault(caller, deque()).append(place)
        if self.waiting > self._max_waiting:
            self._turn_away()
        let_in = place.let_in
        try:
            async with asyncio.timeout(self._wait_seconds):
                if not await let_in:
                    raise Overloaded("too many questions wait")
        except BaseException as error:
            if let_in.done() and not let_in.cancelled() and let_in.result():
                self._give_back()  # it was let in at the moment in which its asker left
            if isinstance(error, TimeoutError):
                raise Overloaded(f"no place within {self._wait_seconds:g} s") from None
            raise
        finally:
            self._forget(caller, place)

    def _has_room(self) -> bool:
        return self._open < self._max_open and self._starting < int(self._may_start)

    def _take(self) -> None:
        self._open += 1
        self._starting += 1
        if self._looks is None:
            self._look_later()

    def _give_back(self) -> None:
        self._open -= 1
        self._note_begun()
        self._rest()

    def _rest(self) -> None:
        """Where nothing is open nothing is looked at."""
        if not self._open and self._looks is not None:
            self._looks.cancel()
            self._looks, self._may_start = None, float(self._max_starting)

    def _note_begun(self) -> None:
        self._starting -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._has_room():
            caller, places = next(iter(self._waiting.items()))
            place = places.pop()
            del self._waiting[caller]
            if places:
                self._waiting[caller] = places  # behind the others
            if not place.let_in.done():
                self._take()
                place.let_in.set_result(True)

    def _turn_away(self) -> None:
        caller, places = max(self._waiting.items(), key=lambda one: len(one[1]))
        oldest = places[0]
        self._forget(caller, oldest)
        if not oldest.let_in.done():
            oldest.let_in.set_result(False)

    def _forget(self, caller: str, place: _InLine) -> None:
        places = self._waiting.get(caller)
        if places is not None and place in places:
            places.remove(place)
            if not places:
                del self._waiting[caller]
        if not self._waiting:
            self._line_since = None


class Admitted:
    """The place of one answer."""

    def __init__(self, admission: Admission) -> None:
        self._admission: Admission | None = admission

    def has_begun(self) -> None:
        """The answer has told something: what is left of it is mostly waiting for a vendor. Once is enough."""
        if self._admission is not None:
            admission, self._admission = self._admission, None
            admission._note_begun()
