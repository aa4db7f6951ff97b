"""Engines with a meter: what each answer takes is counted, and one that costs money is begun within the budget only."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from app.conversations.background_writer import BackgroundWriter
from app.limits.budget import Budget
from app.limits.counters import open_counters, open_memory
from app.limits.rates import RateLimits
from app.resources import OpenCorpus, Resources
from app.telemetry.metrics import Metrics, serve_metrics
from pipelines.events import Event, Failed, Finished, Retrieved, TextDelta
from pipelines.types import Question, Usage
from storage_config.settings import Settings
from storage_config.vocabulary import CallerKind


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks now. `received_at` is `time.perf_counter()` when the request came."""

    kind: CallerKind
    received_at: float


# Set where a question is admitted. Unset, the caller counts as one without a name, who gets least.
current_asker: ContextVar[Asker | None] = ContextVar("current_asker", default=None)


@dataclass(frozen=True, slots=True)
class Meter:
    """What is counted, for all corpora. Settling outlives its request in `writer`."""

    limits: RateLimits
    budget: Budget
    metrics: Metrics
    writer: BackgroundWriter

    def engines(self, corpora: Mapping[str, OpenCorpus]) -> dict[str, "MeteredEngine"]:
        """The engines of the corpora, counted."""
        return {name: MeteredEngine(name, corpus, self) for name, corpus in corpora.items()}


@asynccontextmanager
async def open_meter(settings: Settings, resources: Resources) -> AsyncIterator[Meter]:
    """The counters, and /metrics where its port is set, for the block. Raises ConfigurationError."""
    metrics = Metrics(resources.circuits)
    async with open_counters(settings) as counters, open_memory() as own:
        limits = RateLimits.from_settings(settings, counters=counters, own=own)
        budget = Budget.from_settings(settings, counters=counters)
        with serve_metrics(settings, metrics):
            yield Meter(limits, budget, metrics, BackgroundWriter())


class MeteredEngine:
    """An engine whose answers are counted; see `app.resources.Engine`."""

    def __init__(self, name: str, corpus: OpenCorpus, meter: Meter) -> None:
        self._name = name
        self._engine = corpus.engine
        self._uses_llm = corpus.uses_llm
        self._meter = meter

    async def stream(self, question: Question) -> AsyncGenerator[Event, None]:
        """The engine's events. Raises BudgetSpent and LimitsUnavailable before the first one."""
        asker = current_asker.get() or Asker("anonymous", time.perf_counter())
        reserved = await self._meter.budget.reserve(asker.kind) if self._uses_llm else None
        seen = _Seen()
        try:
            with self._meter.metrics.open_answer(self._name):
                async with aclosing(self._engine.stream(question)) as events:
                    async for event in events:
                        if not isinstance(event, TextDelta):
                            self._note(event, asker, seen)
                        yield event
        except Exception:
            seen.status = "failed"
            raise
        finally:
            if seen.usage is None:
                self._meter.metrics.note_ended(self._name, seen.status)
            if reserved is not None:
                self._meter.writer.start(self._meter.budget.settle(reserved, seen.usage), at_once=True)

    def _note(self, event: Event, asker: Asker, seen: "_Seen") -> None:
        match event:
            case Retrieved():
                self._meter.metrics.note_retrieved(self._name, time.perf_counter() - asker.received_at)
            case Finished():
                seen.usage = event.answer.usage
                self._meter.metrics.note_answer(self._name, event.answer)
            case Failed():
                seen.status = "failed"


@dataclass(slots=True)
class _Seen:
    """How an answer went so far."""

    usage: Usage | None = None
    status: str = "left"
