"""Answers that go on for a while without their reader, who may come back to them: from another connection or tab."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import structlog

from app.wires.ai_sdk import UiMessageStream
from app.wires.playing import play
from app.wires.shared_turns import KEPT_SECONDS, TurnKey
from pipelines.events import Event, Failed

MAX_SECONDS = 900.0
_MAX_TURNS = 256
_MAX_TURNS_OWNER = 4
_MAX_TURN_BYTES = 8_000_000
_MAX_BYTES = 64_000_000
_log = structlog.get_logger(__name__)


class ResumableTurn:
    """One answer as the bytes of its stream, written by a task of its own and read by whoever is there, from the start.

    It is stopped where nobody reads it for a minute, or where it becomes too long to be kept.
    """

    def __init__(self, events: AsyncGenerator[Event, None], wire: UiMessageStream) -> None:
        self._events = events
        self._wire = wire
        self._chunks: list[bytes] = []
        self.news = asyncio.Event()  # set by the next bytes, its end or its delivery, and another one then
        self._readers = 0
        self._kept_seconds: float = KEPT_SECONDS
        self._was_delivered = False
        self._abandoned: asyncio.TimerHandle | None = None
        self._first: asyncio.Future[Event | None] = asyncio.get_running_loop().create_future()
        self._pump: asyncio.Task[None] | None = None
        self.size = 0
        self.is_over = False

    async def begin(self, on_over: Callable[[], None]) -> Event | None:
        """Start it, and wait for its first event; `on_over` is called at its end. Raises what fails before that."""
        self._pump = asyncio.create_task(self._run(), name="resumable answer")
        self._pump.add_done_callback(lambda _: on_over())
        try:
            first = await asyncio.shield(self._first)
        except asyncio.CancelledError:
            self.stop()  # its reader left before anything was there
            raise
        if isinstance(first, Failed):
            await self.wait()
            raise first.error
        return first

    def stop(self) -> None:
        """End it: what was said so far is recorded, and readers are told that it was broken off."""
        if self._pump is not None:
            self._pump.cancel()

    async def wait(self) -> None:
        """Until it is over."""
        if self._pump is not None:
            await asyncio.wait((self._pump,))

    @property
    def was_delivered(self) -> bool:
        """To its end, to a reader: there is nothing to come back for."""
        return self._was_delivered

    def note_delivered(self) -> None:
        """A reader got its end, here or elsewhere."""
        self._was_delivered = True
        self._tell()

    def told_from(self, at: int) -> bytes:
        """What it told so far, from that byte on."""
        found, start = [], self.size
        for chunk in reversed(self._chunks):
            if start <= at:
                break
            start -= len(chunk)
            found.append(chunk)
        return b"".join(reversed(found))[max(0, at - start) :]

    def leave_with_reader(self) -> None:
        """End it with its last reader: nobody could find it again."""
        self._kept_seconds = 0.0

    def keep(self) -> None:
        """Somebody reads it elsewhere: it is not abandoned yet."""
        if self._abandoned is not None and not self._abandoned.cancelled():
            self._abandoned.cancel()
            self._abandon()

    async def read(self) -> AsyncGenerator[bytes, None]:
        """All of its bytes: those that are there at once, then the others as they come."""
        self._readers += 1
        if self._abandoned is not None:
            self._abandoned.cancel()
        try:
            at = 0
            while not self.is_over or at < len(self._chunks):
                news = self.news
                if at < len(self._chunks):
                    chunk, at = b"".join(self._chunks[at:]), len(self._chunks)
                    yield chunk
                else:
                    await news.wait()
            self.note_delivered()
        finally:
            self._readers -= 1
            if not (self._readers or self.is_over):
                self._abandon()

    def _abandon(self) -> None:
        self._abandoned = asyncio.get_running_loop().call_later(self._kept_seconds, self.stop)

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(MAX_SECONDS):
                await play(self._events, self._wire, self._first, self._keep)
        except asyncio.CancelledError:
            self._wire.abort()
            raise
        except TimeoutError:
            _log.warning("stream_too_long", seconds=MAX_SECONDS)
            self._wire.abort()
        finally:
            self._wire.close()
            self.is_over = True
            self._keep()
            if self._abandoned is not None:
                self._abandoned.cancel()

    def _keep(self) -> None:
        chunk = self._wire.take()
        if chunk:
            self._chunks.append(chunk)
            self.size += len(chunk)
            if self.size > _MAX_TURN_BYTES and not self.is_over:
                _log.warning("resumable_answer_too_long", bytes=self.size)
                raise asyncio.CancelledError  # as `stop`, and at once
        self._tell()

    def _tell(self) -> None:
        # Whoever waits has the event of before; the next one is for what comes.
        self.news.set()
        self.news = asyncio.Event()


class ResumableTurns:
    """The resumable answers of this process, one for each conversation of an owner: the newest."""

    def __init__(self) -> None:
        self._turns: dict[TurnKey, ResumableTurn] = {}

    def has_room(self, owner: str | None) -> bool:
        """Whether one more may be kept; where not, an answer is told without that.

        None stands for readers without a name: each of them may be another, and all share what the process keeps.
        """
        self._forget_delivered()
        own = sum(key.owner == owner for key in self._turns)
        held = sum(turn.size for turn in self._turns.values())
        return len(self._turns) < _MAX_TURNS and own < _MAX_TURNS_OWNER and held < _MAX_BYTES

    async def begin(self, key: TurnKey, turn: ResumableTurn) -> Event | None:
        """Start it, kept until a minute after its end. Its first event; raises what fails before that.

        One that is under way in the same conversation is ended then: nobody could find it any more.
        """
        before = self._turns.get(key)
        self._turns[key] = turn

        def is_over() -> None:
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self._forget, key, turn)

        try:
            first = await turn.begin(is_over)
        except BaseException:
            self._forget(key, turn)
            if before is not None:
                self._turns.setdefault(key, before)  # a question that found no place ends no other one's answer
            raise
        if before is not None:
            before.stop()
        return first

    def find(self, key: TurnKey) -> ResumableTurn | None:
        """The answer under way, or one whose end no reader has got yet."""
        turn = self._turns.get(key)
        return None if turn is None or turn.was_delivered else turn

    async def close(self) -> None:
        """End them all."""
        for turn in self._turns.values():
            turn.stop()
        await asyncio.gather(*(turn.wait() for turn in self._turns.values()))

    def _forget(self, key: TurnKey, turn: ResumableTurn) -> None:
        if self._turns.get(key) is turn:
            del self._turns[key]

    def _forget_delivered(self) -> None:
        for key, turn in list(self._turns.items()):
            if turn.was_delivered:
                del self._turns[key]
