"""A corpus with a meter: what each answer takes is counted, one that costs money is begun within the budget only."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.conversations.background_writer import BackgroundWriter
from app.errors import Overloaded
from app.limits.admission import Admitted
from app.limits.budget import Spending
from app.limits.metering import Meter
from pipelines.answering.recorded_answer import RecordedAnswer, Replay
from pipelines.events import Event, Failed, Finished, Retrieved, TextDelta
from pipelines.ingestion.spending import Spend
from pipelines.types import Answer, Filters, FoundPassage, PageContext, Question, Usage
from storage_config.records.access import may_read
from storage_config.records.insights import AskedQuestion
from storage_config.vocabulary import CallerKind, Scope

if TYPE_CHECKING:
    from pipelines.bootstrap import CorpusResources
    from pipelines.corpus import CorpusSpec
    from pipelines.insights import QuestionCluster

_ASKED_AGAIN = "asked again"  # the queue of questions that no reader waits for


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks now. `received_at` is `time.perf_counter()` when the request came.

    Questions of one `queue` share a turn where they wait. `reads` are the groups whose pages may be found; None: all.
    """

    kind: CallerKind
    received_at: float
    queue: str
    reads: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: at most `limit` passages within scope and filters, the reader's page weighing a little."""

    query: str
    limit: int
    filters: Filters = field(default_factory=Filters)
    page: PageContext | None = None
    scope: Scope = "all"


@dataclass(slots=True)
class _Seen:
    """How an answer went so far. `calls` are those that were reserved; `spent` is None while it can only be guessed."""

    calls: int
    spent: Spending | None = None
    status: str = "left"
    complete: bool = False
    told: bool = False


class MeteredCorpus:
    """Answers from one corpus, counted. Settling outlives its request in `writer`."""

    def __init__(self, name: str, corpus: "CorpusResources", *, meter: Meter, writer: BackgroundWriter) -> None:
        self._name = name
        self._corpus = corpus
        self._meter = meter
        self._writer = writer
        self.declared = corpus.declared  # how it is declared, as a digest: of a dump of the whole declaration

    async def stream(self, question: Question, asker: Asker) -> AsyncGenerator[Event, None]:
        """The engine's events. Raises Overloaded, BudgetSpent and LimitsUnavailable before the first one."""
        metrics = self._meter.metrics
        async with self._admitted(asker) as admitted, self._reserved(asker.kind, question) as seen:
            try:
                with metrics.open_answer(self._name):
                    asked = kept_to(question, asker)
                    async with aclosing(self._corpus.engine.stream(asked)) as events:
                        async for event in events:
                            admitted.has_begun()
                            if isinstance(event, TextDelta):
                                seen.told = True
                            else:
                                self._note(event, asker, seen)
                            yield event
            except Exception:
                self._note_failure(seen)
                raise
            finally:
                if not seen.complete:
                    metrics.note_ended(self._name, seen.status)

    async def ask_again(self, question: Question) -> Answer:
        """The answer to what no reader asks now: paid for as any, and counted as nobody's question.

        Raises what `stream` does before the first event, and what fails on the way.
        """
        async with (
            self._meter.admission.admit(_ASKED_AGAIN) as admitted,
            self._reserved(None, question) as seen,
            aclosing(self._corpus.engine.stream(question)) as events,
        ):
            async for event in events:
                admitted.has_begun()
                if isinstance(event, Failed):
                    self._note_failure(seen)
                    raise event.error
                if isinstance(event, Finished):
                    seen.spent = self._spent(event.answer.usage)
                    self._meter.metrics.note_usage(self._name, event.answer.usage)
                    return event.answer
        raise AssertionError("an answer ends with `Finished` or `Failed`")

    @property
    def access(self) -> tuple[str, ...]:
        """The groups that may know of the corpus; all for none."""
        return self._corpus.access

    @property
    def search_calls(self) -> int:
        """How many calls of vendors a search takes."""
        return self._corpus.search_calls

    async def search(self, search: Search, asker: Asker) -> Sequence[FoundPassage]:
        """The best passages. Raises what `stream` does before the first event."""
        async with self._admitted(asker):
            # Not settled: what a vendor was asked for, it was asked for.
            await self._meter.budget.reserve(asker.kind, calls=self._corpus.search_calls, has_llm=False)
            asked = Question(search.query, page=search.page, filters=search.filters, scope=search.scope)
            return await self._corpus.engine.search(kept_to(asked, asker), limit=search.limit)

    @property
    def spec(self) -> "CorpusSpec":
        """How the corpus is declared."""
        return self._corpus.spec

    def note_cached(self, status: str, saved: Usage) -> None:
        """An answer was given again without being made."""
        self._meter.metrics.note_cached(self._name, status, saved)

    async def cited_urls(self, question: Question, asker: Asker) -> tuple[str, ...]:
        """The sections that an answer by quotes would cite. Raises what `stream` does before the first event."""
        async with self._admitted(asker):
            await self._meter.budget.reserve(asker.kind, calls=self._corpus.search_calls, has_llm=False)
            return await self._corpus.cited_urls(kept_to(question, asker))

    def spender(self, kind: CallerKind) -> Spend:
        """What takes the calls to embed texts from the budget of who has them embedded: pages, questions to group.

        Not settled: what a vendor was asked for, it was asked for. It raises BudgetSpent and LimitsUnavailable.
        """

        async def spend(texts: int) -> None:
            await self._meter.budget.reserve(kind, calls=self._corpus.embed_calls(texts), has_llm=False)

        return spend

    async def cluster(self, questions: Sequence[AskedQuestion], kind: CallerKind) -> "tuple[QuestionCluster, ...]":
        """The questions grouped by meaning. Raises what `spender` says, and VendorError."""
        await self.spender(kind)(len(questions))
        return await self._corpus.clusterer.cluster(questions)

    async def replay(self, recorded: RecordedAnswer, asker: Asker) -> Replay:
        """The answer made again. Raises what `Replayer.replay` raises, and what `stream` does before an answer."""
        async with self._admitted(asker), self._reserved(asker.kind) as seen:
            replayed = await self._corpus.replayer.replay(recorded)
            seen.spent = self._spent(replayed.answer.usage)
            self._meter.metrics.note_usage(self._name, replayed.answer.usage)
            return replayed

    @asynccontextmanager
    async def _admitted(self, asker: Asker) -> AsyncIterator[Admitted]:
        try:
            async with self._meter.admission.admit(asker.queue) as admitted:
                yield admitted
        except Overloaded:
            self._meter.metrics.note_ended(self._name, "overloaded")
            raise

    @asynccontextmanager
    async def _reserved(self, kind: CallerKind | None, question: Question | None = None) -> AsyncIterator[_Seen]:
        """What the block may take of the budget, settled with what it took."""
        seen, budget = _Seen(self._max_calls(question)), self._meter.budget
        reserved = await budget.reserve(kind, calls=seen.calls, has_llm=self._corpus.uses_llm)
        try:
            yield seen
        finally:
            if reserved is not None and seen.spent is not None:
                self._writer.start(budget.settle(reserved, seen.spent), at_once=True)

    def _max_calls(self, question: Question | None) -> int:
        """Of vendors, unless one fails and another is asked: to search, to answer, to understand a follow-up."""
        llm_calls = 1 + bool(question is not None and question.history)
        return self._corpus.search_calls + (llm_calls if self._corpus.uses_llm else 0)

    def _spent(self, usage: Usage) -> Spending:
        return Spending(self._corpus.search_calls + usage.calls, usage.cost or 0.0)

    def _note(self, event: Event, asker: Asker, seen: _Seen) -> None:
        match event:
            case Retrieved():
                self._meter.metrics.note_retrieved(self._name, time.perf_counter() - asker.received_at)
            case Finished():
                seen.complete = True
                seen.spent = self._spent(event.answer.usage)
                self._meter.metrics.note_answer(self._name, event.answer)
            case Failed():
                self._note_failure(seen)

    def _note_failure(self, seen: _Seen) -> None:
        """Vendors are paid for what they write: one that wrote nothing took its calls only."""
        seen.status = "failed"
        if not seen.told and not seen.complete:
            seen.spent = Spending(seen.calls)


def kept_to(question: Question, asker: Asker) -> Question:
    """The question, answered from what who asks may read: whatever came with it does not count."""
    return replace(question, filters=replace(question.filters, groups=asker.reads))


def seen_by(corpora: Mapping[str, MeteredCorpus], reads: Collection[str] | None) -> list[str]:
    """The names of the corpora that who is of these groups may know of."""
    return [name for name, corpus in corpora.items() if may_read(corpus.access, reads)]
