"""The use case of chatting: history → the engine's events → the record. No database session is open while streaming."""

import asyncio
import time
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

import structlog

from app.auth.callers import ANONYMOUS_SUBJECT
from app.conversations import Conversations, Exchange, PastMessage
from app.draft import Draft
from app.errors import ConversationNotFound, CorpusNotNamed, log_fields
from app.resources import Engine
from pipelines.events import Event, Failed, Finished
from pipelines.types import Answer, Filters, PageContext, Question, Turn
from storage_config.ids import new_id

HISTORY_TURNS = 20
# A sleeping or busy database must not hold back the end of an answer: its record goes on in the background.
RECORD_SECONDS = 2.0
NOT_RECORDED = "not_recorded"
RECORDS_AT_ONCE = 6
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a client asks, whatever the wire. `history` is what the client says was said; a stored one wins.

    `conversation_id` must exist unless `may_begin`; `regenerate` asks for another answer to the last question.
    """

    question: str
    history: tuple[Turn, ...] = ()
    corpus: str | None = None
    conversation_id: UUID | None = None
    may_begin: bool = False
    regenerate: bool = False
    page: PageContext | None = None
    filters: Filters = field(default_factory=Filters)
    owner: str = ANONYMOUS_SUBJECT


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn whose checks are done. `began` is `time.perf_counter()` when the request was received."""

    ask: Ask
    question: Question
    corpus: str
    engine: Engine
    conversation_id: UUID
    question_id: UUID
    answer_id: UUID
    began: float
    history_ms: float


class EngineSilent(RuntimeError):
    """An engine ended neither with an answer nor with an error: a fault of ours."""


class Recording:
    """Records that outlive their request, so that a reader who leaves cancels none; awaited at shutdown.

    Few at once: a rush of them would take the database's connections, and the loop's time, from what is being asked.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(RECORDS_AT_ONCE)

    def start(self, record: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Record in a task of its own."""
        task = asyncio.create_task(self._take_turn(record))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait for what is under way, at most `seconds`."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _take_turn(self, record: Coroutine[Any, Any, None]) -> None:
        async with self._turns:
            await record

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # it is logged where it is raised; unread, asyncio would report it again


class Outcomes(Protocol):
    """Is told how turns went."""

    def note_failure(self, error: Exception) -> None:
        """A turn failed, or was not recorded, with this error."""

    def note_answer(self) -> None:
        """A turn was answered and recorded."""


class Chat:
    """Opens turns and plays their events. `engines` are by corpus name."""

    def __init__(
        self,
        *,
        engines: Mapping[str, Engine],
        conversations: Conversations,
        recording: Recording,
        outcomes: Outcomes,
    ) -> None:
        self._engines = engines
        self._conversations = conversations
        self._recording = recording
        self._outcomes = outcomes

    async def open_turn(self, ask: Ask, *, began: float) -> OpenTurn:
        """Check the request and load its past. Raises CorpusNotNamed, ConversationNotFound, DatabaseUnavailable."""
        corpus = self._choose_corpus(ask.corpus)
        loading = time.perf_counter()
        past = await self._read_past(ask)
        history = ask.history if past is None else past.turns
        return OpenTurn(
            ask=ask,
            question=Question(text=ask.question, history=history[-HISTORY_TURNS:], page=ask.page, filters=ask.filters),
            corpus=corpus,
            engine=self._engines[corpus],
            conversation_id=ask.conversation_id or new_id(),
            question_id=past.asked_before if past and past.asked_before else new_id(),
            answer_id=new_id(),
            began=began,
            history_ms=(time.perf_counter() - loading) * 1000,
        )

    async def events(self, turn: OpenTurn) -> AsyncGenerator[Event, None]:
        """The turn's events, ending with `Finished` or `Failed`; never raises but when cancelled or closed.

        The exchange is recorded before `Finished` is told, so that a follow-up finds it. A turn that is left or fails
        after its first words is recorded as `interrupted`.
        """
        draft = Draft(began=turn.began, history_ms=turn.history_ms)
        try:
            # Closed by hand: garbage collection would leave the vendor's stream open for a while.
            async with aclosing(turn.engine.stream(turn.question)) as events:
                async for event in events:
                    told = draft.take(event)
                    if isinstance(told, Finished):
                        told = await self._recorded(turn, told)
                    elif isinstance(told, Failed):
                        self._note_failure(turn, told.error)
                    yield told
            if not draft.finished and not draft.failed:
                raise EngineSilent("the engine ended without an answer")
        except Exception as error:
            self._note_failure(turn, error)
            yield draft.take(Failed(error))
        finally:
            if draft.is_cut_off:
                self._recording.start(self._record(turn, Finished(draft.interrupted())))

    async def answer(self, turn: OpenTurn) -> Answer:
        """The turn's answer, complete. Raises what the engine failed with."""
        async with aclosing(self.events(turn)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    return event.answer
                if isinstance(event, Failed):
                    raise event.error
        raise EngineSilent("the turn ended without an answer")

    def _choose_corpus(self, name: str | None) -> str:
        return choose_corpus(name, list(self._engines))

    async def _read_past(self, ask: Ask) -> "_Past | None":
        if ask.conversation_id is None:
            return None
        stored = await self._conversations.read_past(
            conversation_id=ask.conversation_id, owner=ask.owner, limit=HISTORY_TURNS
        )
        if stored is None:
            if ask.may_begin:
                return None
            raise ConversationNotFound(str(ask.conversation_id))
        return _read_past(stored, ask.question if ask.regenerate else None)

    def _note_failure(self, turn: OpenTurn, error: Exception) -> None:
        _log.warning("answer_failed", answer_id=str(turn.answer_id), corpus=turn.corpus, **log_fields(error))
        self._outcomes.note_failure(error)

    async def _recorded(self, turn: OpenTurn, finished: Finished) -> Finished:
        record = self._recording.start(self._record(turn, finished))
        await asyncio.wait((record,), timeout=RECORD_SECONDS)
        if record.done() and record.exception() is None:
            self._outcomes.note_answer()
            return finished
        # The answer is good, only its record is not (or not yet): say so instead of taking the answer away.
        if record.done() and isinstance(error := record.exception(), Exception):
            self._outcomes.note_failure(error)
        return replace(finished, answer=replace(finished.answer, flags=(*finished.answer.flags, NOT_RECORDED)))

    async def _record(self, turn: OpenTurn, finished: Finished) -> None:
        exchange = Exchange(
            conversation_id=turn.conversation_id,
            question_id=turn.question_id,
            answer_id=turn.answer_id,
            owner=turn.ask.owner,
            corpus=turn.corpus,
            question=turn.question.text,
            answer=finished.answer,
            provenance=finished.provenance,
        )
        try:
            await self._conversations.record(exchange)
        except Exception as error:
            _log.warning("exchange_not_recorded", answer_id=str(turn.answer_id), **log_fields(error))
            raise


def choose_corpus(name: str | None, names: Sequence[str]) -> str:
    """The corpus that is meant; it need not be named where there is one. Raises CorpusNotNamed."""
    if name is None and len(names) == 1:
        return names[0]
    if name is None or name not in names:
        raise CorpusNotNamed(names)
    return name


@dataclass(frozen=True, slots=True)
class _Past:
    """The stored turns before a question; `asked_before` is the message of the same question, asked again."""

    turns: tuple[Turn, ...]
    asked_before: UUID | None = None


def _read_past(stored: tuple[PastMessage, ...], asked_again: str | None) -> _Past:
    last = max((index for index, message in enumerate(stored) if message.role == "user"), default=None)
    if last is None or stored[last].text != asked_again:
        return _Past(_turns(stored))
    return _Past(_turns(stored[:last]), asked_before=stored[last].id)


def _turns(messages: tuple[PastMessage, ...]) -> tuple[Turn, ...]:
    # An answer that was cut off before its first word says nothing to the next one.
    return tuple(Turn(message.role, message.text) for message in messages if message.text)
