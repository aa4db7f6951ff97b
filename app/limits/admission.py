"""How many answers are begun and open at once: a question beyond that waits for a moment, and is then told so.

Without it every question is begun at once and all get slow together, the health check too.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.errors import Overloaded
from storage_config.settings import Settings


class Admission:
    """Bounds of one process: `max_open` answers, of which `max_starting` have told nothing yet.

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
        self._waiting: dict[str, deque[asyncio.Future[bool]]] = {}

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

    @property
    def waiting(self) -> int:
        """The questions that wait for a place."""
        return sum(map(len, self._waiting.values()))

    async def _enter(self, caller: str) -> None:
        if not self._waiting and self._has_room():
            self._take()
            return
        place: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(place)
        if self.waiting > self._max_waiting:
            self._turn_away()
        try:
            async with asyncio.timeout(self._wait_seconds):
                if not await place:
                    raise Overloaded("too many questions wait")
        except BaseException as error:
            if place.done() and not place.cancelled() and place.result():
                self._give_back()  # it was let in at the moment in which its asker left
            if isinstance(error, TimeoutError):
                raise Overloaded(f"no place within {self._wait_seconds:g} s") from None
            raise
        finally:
            self._forget(caller, place)

    def _has_room(self) -> bool:
        return self._open < self._max_open and self._starting < self._max_starting

    def _take(self) -> None:
        self._open += 1
        self._starting += 1

    def _give_back(self) -> None:
        self._open -= 1
        self._note_begun()

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
            if not place.done():
                self._take()
                place.set_result(True)

    def _turn_away(self) -> None:
        caller, places = max(self._waiting.items(), key=lambda one: len(one[1]))
        oldest = places[0]
        self._forget(caller, oldest)
        if not oldest.done():
            oldest.set_result(False)

    def _forget(self, caller: str, place: asyncio.Future[bool]) -> None:
        places = self._waiting.get(caller)
        if places is not None and place in places:
            places.remove(place)
            if not places:
                del self._waiting[caller]


class Admitted:
    """The place of one answer."""

    def __init__(self, admission: Admission) -> None:
        self._admission: Admission | None = admission

    def has_begun(self) -> None:
        """The answer has told something: what is left of it is mostly waiting for a vendor. Once is enough."""
        if self._admission is not None:
            admission, self._admission = self._admission, None
            admission._note_begun()
