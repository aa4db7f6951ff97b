"""A corpus with a meter: what each answer takes is counted, one that costs money is begun within the budget only."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.conversations.background_writer import BackgroundWriter
from app.errors import Overloaded
from app.limits.admission import Admitted
from app.limits.metering import Meter
from pipelines.answering.recorded_answer import RecordedAnswer, Replay
from pipelines.events import Event, Failed, Finished, Retrieved, TextDelta
from pipelines.types import Question, Usage
from storage_config.vocabulary import CallerKind

if TYPE_CHECKING:
    from pipelines.bootstrap import CorpusResources


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks now. `received_at` is `time.perf_counter()` when the request came.

    Askers of one `subject` share a turn where questions wait.
    """

    kind: CallerKind
    received_at: float
    subject: str


@dataclass(slots=True)
class _Seen:
    """How an answer went so far."""

    usage: Usage | None = None
    status: str = "left"


class MeteredCorpus:
    """Answers from one corpus, counted. Settling outlives its request in `writer`."""

    def __init__(self, name: str, corpus: "CorpusResources", *, meter: Meter, writer: BackgroundWriter) -> None:
        self._name = name
        self._corpus = corpus
        self._meter = meter
        self._writer = writer

    async def stream(self, question: Question, asker: Asker) -> AsyncGenerator[Event, None]:
        """The engine's events. Raises Overloaded, BudgetSpent and LimitsUnavailable before the first one."""
        metrics = self._meter.metrics
        async with self._admitted(asker) as admitted, self._reserved(asker) as seen:
            try:
                with metrics.open_answer(self._name):
                    async with aclosing(self._corpus.engine.stream(question)) as events:
                        async for event in events:
                            admitted.has_begun()
                            if not isinstance(event, TextDelta):
                                self._note(event, asker, seen)
                            yield event
            except Exception:
                seen.status = "failed"
                raise
            finally:
                if seen.usage is None:
                    metrics.note_ended(self._name, seen.status)

    async def replay(self, recorded: RecordedAnswer, asker: Asker) -> Replay:
        """The answer made again. Raises what `Replayer.replay` raises, and what `stream` does before an answer."""
        async with self._admitted(asker), self._reserved(asker) as seen:
            replayed = await self._corpus.replayer.replay(recorded)
            seen.usage = replayed.answer.usage
            self._meter.metrics.note_usage(self._name, seen.usage)
            return replayed

    @asynccontextmanager
    async def _admitted(self, asker: Asker) -> AsyncIterator[Admitted]:
        try:
            async with self._meter.admission.admit(asker.subject) as admitted:
                yield admitted
        except Overloaded:
            self._meter.metrics.note_ended(self._name, "overloaded")
            raise

    @asynccontextmanager
    async def _reserved(self, asker: Asker) -> AsyncIterator[_Seen]:
        """A call of the budget for the block, settled with what it took."""
        seen = _Seen()
        reserved = await self._meter.budget.reserve(asker.kind) if self._corpus.uses_llm else None
        try:
            yield seen
        finally:
            if reserved is not None:
                self._writer.start(self._meter.budget.settle(reserved, seen.usage), at_once=True)

    def _note(self, event: Event, asker: Asker, seen: _Seen) -> None:
        match event:
            case Retrieved():
                self._meter.metrics.note_retrieved(self._name, time.perf_counter() - asker.received_at)
            case Finished():
                seen.usage = event.answer.usage
                self._meter.metrics.note_answer(self._name, event.answer)
            case Failed():
                seen.status = "failed"
