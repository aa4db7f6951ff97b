"""The use case of chatting: history → the engine's events → the record. No database session is open while streaming."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import structlog

from app.auth.callers import ANONYMOUS_SUBJECT
from app.conversations.answer_accumulator import AnswerAccumulator
from app.conversations.answer_cache import AnswerCache
from app.conversations.background_writer import BackgroundWriter
from app.conversations.branches import MessagePosition
from app.conversations.metered_corpus import Asker, MeteredCorpus, kept_to, seen_by
from app.conversations.open_turns import OpenTurns, TurnUnderWay
from app.conversations.store import Conversations, Exchange, Past, PastQuery
from app.conversations.suggestions import Suggestions
from app.errors import AppError, ConversationNotFound, ServerStopping, log_fields
from app.telemetry.observations import Observations
from app.telemetry.webhooks import Webhooks
from pipelines.answering.history import MAX_HISTORY_TOKENS, fit_history
from pipelines.corpus import choose_corpus
from pipelines.events import Event, Failed, Finished, Refused, TextDelta
from pipelines.tracing import stage
from pipelines.types import Answer, Audience, Filters, HistoryMessage, PageContext, Question
from pipelines.voice_spec import contact_for
from storage_config.records.ids import new_id
from storage_config.records.messages import PastMessage
from storage_config.vocabulary import CallerKind, Scope

HISTORY_MESSAGES = 60  # read at most; how much of them the engine gets is bounded in tokens
# A sleeping or busy database must not hold back the end of an answer: its record goes on in the background.
RECORD_SECONDS = 2.0
NOT_RECORDED = "not_recorded"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a client asks, whatever the wire. `history` is what the client says was said; a stored one wins.

    `conversation_id` must exist unless `may_begin`; `position` says where in it the question stands. The question
    is empty where the position names a recorded one. Questions of one `queue` share a turn where they wait. `reads` are
    the groups whose pages may be found, None for all.
    """

    question: str
    history: tuple[HistoryMessage, ...] = ()
    corpus: str | None = None
    conversation_id: UUID | None = None
    may_begin: bool = False
    position: MessagePosition = field(default_factory=MessagePosition)
    page: PageContext | None = None
    filters: Filters = field(default_factory=Filters)
    audience: Audience = field(default_factory=Audience)
    scope: Scope = "all"
    owner: str = ANONYMOUS_SUBJECT
    caller_kind: CallerKind = "anonymous"
    queue: str = ANONYMOUS_SUBJECT
    reads: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn whose checks are done. `began` is `time.perf_counter()` when the request was received."""

    ask: Ask
    question: Question
    corpus: str
    metered: MeteredCorpus
    conversation_id: UUID
    question_id: UUID
    answer_id: UUID
    past: Past | None
    began: float
    history_ms: float

    @property
    def asker(self) -> Asker:
        """Who asks, for what is counted."""
        return Asker(self.ask.caller_kind, self.began, self.ask.queue, self.ask.reads)


class EngineSilent(AppError):
    """An engine ended neither with an answer nor with an error: a fault of ours."""


class Chat:
    """Opens turns and plays their events. `corpora` are by name."""

    def __init__(
        self,
        *,
        corpora: Mapping[str, MeteredCorpus],
        conversations: Conversations,
        writer: BackgroundWriter,
        outcomes: Observations,
        open_turns: OpenTurns,
        suggestions: Suggestions | None = None,
        webhooks: Webhooks | None = None,
        cache: AnswerCache | None = None,
        max_history_tokens: int = MAX_HISTORY_TOKENS,
    ) -> None:
        self._corpora = corpora
        self._conversations = conversations
        self._writer = writer
        self._outcomes = outcomes
        self._open_turns = open_turns
        self._suggestions = suggestions
        self._webhooks = webhooks
        self._cache = cache
        self._max_history_tokens = max_history_tokens

    async def open_turn(self, ask: Ask, *, began: float) -> OpenTurn:
        """Check the request and load its past.

        Raises UnknownCorpus, ConversationNotFound, MessageNotFound and DatabaseUnavailable.
        """
        corpus = choose_corpus(ask.corpus, seen_by(self._corpora, ask.reads))
        loading = time.perf_counter()
        past = await self._read_past(ask)
        again = past.place.question if past else None
        history = fit_history(ask.history if past is None else _history_of(past.messages), self._max_history_tokens)
        text = ask.question or (again.text if again else "")
        return OpenTurn(
            ask=ask,
            question=Question(text, history, ask.page, ask.filters, ask.audience, ask.scope),
            corpus=corpus,
            metered=self._corpora[corpus],
            conversation_id=ask.conversation_id or new_id(),
            question_id=again.id if again else new_id(),
            answer_id=new_id(),
            past=past,
            began=began,
            history_ms=(time.perf_counter() - loading) * 1000,
        )

    async def events(self, turn: OpenTurn) -> AsyncGenerator[Event, None]:
        """The turn's events, ending with `Finished` or `Failed`; never raises but when cancelled or closed.

        The exchange is recorded before `Finished` is told, so that a follow-up finds it. A turn that is left, ended
        by the stop of the server, or fails after its first words is recorded as `interrupted`.
        """
        told_so_far = AnswerAccumulator(began=turn.began, history_ms=turn.history_ms)
        under_way: TurnUnderWay | None = None
        try:
            under_way = self._open_turns.enter()
            # Closed by hand: garbage collection would leave the vendor's stream open for a while.
            async with aclosing(self._stream(turn)) as events:
                async for event in events:
                    told = told_so_far.take(event)
                    if isinstance(told, Finished):
                        told = self._completed(turn, told)
                        under_way.is_over = True
                        self._tell_refused(turn, told.answer)
                        told = await self._recorded(turn, told)
                    elif isinstance(told, Failed):
                        self._note_failure(turn, told.error)
                    yield told
            if not told_so_far.finished and not told_so_far.failed:
                raise EngineSilent("the engine ended without an answer")
        except Exception as error:
            self._note_failure(turn, error)
            yield told_so_far.take(Failed(error))
        except asyncio.CancelledError:
            if under_way is None or not under_way.was_ended():
                raise
            # Not taken as a failure: the reader learns why, and what was said so far is kept, as of one who left.
            stopping = ServerStopping("ended by the stop of the server")
            self._note_failure(turn, stopping)
            yield Failed(stopping)
        finally:
            if under_way is not None:
                self._open_turns.leave(under_way)
            if told_so_far.is_cut_off:
                self._writer.start(self._record(turn, Finished(told_so_far.interrupted(), told_so_far.provenance)))

    async def _stream(self, turn: OpenTurn) -> AsyncGenerator[Event, None]:
        """The corpus's events; those of an answer that is kept, where the question begins a conversation."""
        lookup = None
        if self._cache is not None and turn.past is None and not turn.question.history:
            asked = kept_to(turn.question, turn.asker)
            lookup = await self._cache.find(turn.corpus, turn.metered.declared, asked)
            if (made := lookup.answer) is not None:
                for event in lookup.events(made):
                    if isinstance(event, Finished):
                        turn.metered.note_cached(made.status, made.usage)
                    yield event
                return
        async with aclosing(turn.metered.stream(turn.question, turn.asker)) as events:
            async for event in events:
                if isinstance(event, Finished) and self._cache is not None and lookup is not None:
                    self._writer.start(self._cache.keep(lookup, event))
                yield event

    async def answer(self, turn: OpenTurn, *, on_text: Callable[[str], None] = lambda text: None) -> Answer:
        """The turn's answer, complete; `on_text` is told its text as it comes. Raises what the engine failed with."""
        async with aclosing(self.events(turn)) as events:
            async for event in events:
                if isinstance(event, TextDelta | Refused):
                    on_text(event.text)
                if isinstance(event, Finished):
                    return event.answer
                if isinstance(event, Failed):
                    raise event.error
        raise EngineSilent("the turn ended without an answer")

    async def _read_past(self, ask: Ask) -> Past | None:
        if ask.conversation_id is None:
            return None
        query = PastQuery(ask.conversation_id, ask.owner, HISTORY_MESSAGES, ask.question, ask.position, ask.reads)
        past = await self._conversations.read_past(query)
        if past is None and not ask.may_begin:
            raise ConversationNotFound(str(ask.conversation_id))
        return past

    def _completed(self, turn: OpenTurn, finished: Finished) -> Finished:
        """With what the engine does not know: the conversation, and what may be asked next."""
        answer, changes = finished.answer, dict[str, Any]()
        if answer.contact is not None:
            changes["contact"] = contact_for(answer.contact, str(turn.conversation_id))
        if self._suggestions is not None and answer.status == "answered" and answer.sources:
            urls = [source.url for source in answer.sources]
            changes["suggestions"] = self._suggestions.follow_up(
                turn.corpus, urls, turn.question.text, reads=turn.ask.reads
            )
            if self._open_turns.count <= 1:  # nobody else waits
                self._suggestions.prepare(turn.corpus, urls[0], turn.asker)
        return replace(finished, answer=replace(answer, **changes)) if changes else finished

    def _tell_refused(self, turn: OpenTurn, answer: Answer) -> None:
        """Tell the owner what was asked and not answered; never by whom."""
        if self._webhooks is None or answer.status != "refused":
            return
        data = {
            "answer_id": str(turn.answer_id),
            "conversation_id": str(turn.conversation_id),
            "corpus": turn.corpus,
            "question": turn.question.text,
            "closest": [{"title": one.title, "url": one.url} for one in answer.closest],
        }
        self._webhooks.send("answer.refused", data)

    def _note_failure(self, turn: OpenTurn, error: Exception) -> None:
        _log.warning("answer_failed", answer_id=str(turn.answer_id), corpus=turn.corpus, **log_fields(error))
        self._outcomes.note_failure(error)

    async def _recorded(self, turn: OpenTurn, finished: Finished) -> Finished:
        record = self._writer.start(self._record(turn, finished))
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
            begins=turn.past is None,
            parent_id=turn.past.place.parent_id if turn.past else None,
            client_id=turn.ask.position.question,
        )
        try:
            with stage("record"):
                await self._conversations.record(exchange)
        except Exception as error:
            _log.warning("exchange_not_recorded", answer_id=str(turn.answer_id), **log_fields(error))
            raise


def _history_of(messages: tuple[PastMessage, ...]) -> tuple[HistoryMessage, ...]:
    # An answer that was cut off before its first word says nothing to the next one.
    return tuple(HistoryMessage(message.role, message.text, message.cited) for message in messages if message.text)
