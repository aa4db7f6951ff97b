"""In-memory stand-ins for what the application needs; they record their calls."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from app.conversations.branches import place_question
from app.conversations.store import Exchange, Past, PastQuery
from app.errors import ConversationNotFound
from pipelines.answering.chat_engine import ChatEngine
from pipelines.answering.replay import Replayer
from pipelines.bootstrap import Probe, Resources
from pipelines.events import ClaimChecked, Event, Failed, Finished, Refused, Restarted, Retrieved, TextDelta
from pipelines.ingestion.corpus_pages import Check, CorpusPages
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.own_answers import OwnAnswers
from pipelines.ingestion.plan import IngestionPlan, PageCost, PagePlan, PlanCost
from pipelines.ingestion.progress import IngestionProgress, OnProgress
from pipelines.ingestion.spending import Spend, spend_freely
from pipelines.insights import QuestionClusterer
from pipelines.types import (
    Answer,
    Chunk,
    Citation,
    Claim,
    ClosestSection,
    Filters,
    FoundPassage,
    IngestionReport,
    PageContext,
    Question,
    Source,
    Upload,
    Usage,
)
from storage_config.postgres.database import Database
from storage_config.records.branches import NamedMessage
from storage_config.records.ids import new_id
from storage_config.records.messages import LATEST, PastMessage
from storage_config.settings import Settings
from storage_config.storage import Storage
from storage_config.vectors.points import PointCollections
from tests.support.ingesting import HashedEmbedding


@dataclass(frozen=True, slots=True)
class Wait:
    """A step of a script that waits for `released`; `reached` tells that the engine is there."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


Step = Event | Wait | Exception


class ScriptedEngine(ChatEngine):
    """Plays the same steps for every question. `closed` counts the streams that ended, however they did."""

    def __init__(self, script: Sequence[Step]) -> None:
        self.script = list(script)
        self.questions: list[Question] = []
        self.searches: list[str] = []
        self.scopes: list[str] = []
        self.searched_with: tuple[Filters | None, PageContext | None] = (None, None)
        self.closed = 0
        self.ended = asyncio.Event()

    async def stream(self, question: Question) -> AsyncGenerator[Event, None]:
        """The script's events; an exception in it is raised there."""
        self.questions.append(question)
        try:
            for step in self.script:
                if isinstance(step, Wait):
                    step.reached.set()
                    await step.released.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed += 1
            self.ended.set()

    async def search(self, question: Question, *, limit: int) -> tuple[FoundPassage, ...]:
        """The candidates of the script; an exception that it begins with is raised."""
        self.searches.append(question.text)
        self.searched_with = (question.filters, question.page)
        self.scopes.append(question.scope)
        first = self.script[0]
        if isinstance(first, Exception):
            raise first
        sources = first.sources[:limit] if isinstance(first, Retrieved) else ()
        return tuple(FoundPassage(source, score=0.75, dense=0.5, bm25=7.25) for source in sources)


class InMemoryConversations:
    """Conversations in a dictionary. `broken` makes every call fail with it."""

    def __init__(self) -> None:
        self.exchanges: dict[UUID, list[Exchange]] = {}
        self.owners: dict[UUID, str] = {}
        self.parents: dict[UUID, UUID | None] = {}
        self.reads: list[UUID] = []
        self.recorded = asyncio.Event()
        self.broken: Exception | None = None

    async def read_past(self, query: PastQuery) -> Past | None:
        """As `Conversations` says."""
        self.reads.append(query.conversation_id)
        if self.broken is not None:
            raise self.broken
        if self.owners.get(query.conversation_id) != query.owner:
            return None
        kept = self.exchanges[query.conversation_id]
        place = place_question(query.position, query.question, self._named(kept, query.position.names))
        said: list[PastMessage] = []
        leaf = kept[-1].answer_id if place.parent_id == LATEST else place.parent_id
        while exchange := next((other for other in kept if other.answer_id == leaf), None):
            cited = tuple(sorted({source.url for source in exchange.answer.sources}))
            said.insert(0, PastMessage(exchange.answer_id, "assistant", exchange.answer.text, cited))
            said.insert(0, PastMessage(exchange.question_id, "user", exchange.question))
            leaf = self.parents[exchange.question_id]
        return Past(tuple(said[-query.limit :]), place)

    def _named(self, kept: Sequence[Exchange], names: Sequence[str]) -> list[NamedMessage]:
        found: dict[UUID, NamedMessage] = {}
        for one in reversed(kept):
            asked = NamedMessage(one.question_id, self.parents[one.question_id], one.client_id, "user", one.question)
            if str(one.answer_id) in names:
                found[one.answer_id] = NamedMessage(one.answer_id, asked.id, None, "assistant", one.answer.text)
            if one.answer_id in found or {str(asked.id), asked.client_id} & set(names):
                found[asked.id] = asked
        return list(found.values())

    async def record(self, exchange: Exchange) -> None:
        """As `Conversations` says."""
        if self.broken is not None:
            raise self.broken
        if exchange.begins:
            self.owners.setdefault(exchange.conversation_id, exchange.owner)
        if self.owners.get(exchange.conversation_id) != exchange.owner:
            raise ConversationNotFound(str(exchange.conversation_id))
        kept = self.exchanges.setdefault(exchange.conversation_id, [])
        latest = kept[-1].answer_id if kept else None
        self.parents.setdefault(exchange.question_id, latest if exchange.parent_id == LATEST else exchange.parent_id)
        if all(other.answer_id != exchange.answer_id for other in kept):
            kept.append(exchange)
        self.recorded.set()

    @property
    def all(self) -> list[Exchange]:
        """Every exchange, by conversation."""
        return [exchange for kept in self.exchanges.values() for exchange in kept]


class FakeIngestion(Ingestion):
    """Plans and reports what it is told; an ingestion waits for `released` after its first progress.

    `busy` makes it refuse to start, `failure` makes it end early.
    """

    def __init__(self, corpus: str = "docs") -> None:
        self.corpus = corpus
        self.released = asyncio.Event()
        self.busy: Exception | None = None
        self.failure: Exception | None = None
        self.calls: list[tuple[UUID, bool]] = []
        self.ended: list[str] = []

    async def plan(self) -> IngestionPlan:
        """One page to add."""
        page = PagePlan("a.md", "added", None, None)
        return IngestionPlan(self.corpus, f"{self.corpus}-f1", "f1", False, (page,), 2, ())

    async def cost(self, plan: IngestionPlan) -> PlanCost:
        """Three chunks a page."""
        return PlanCost(tuple(PageCost(page.uri, page.action, 3, 2) for page in plan.pages), plan.failures)

    async def ingest(
        self,
        *,
        allow_removals: bool = False,
        on_start: Callable[[], None] = lambda: None,
        on_progress: OnProgress = lambda progress: None,
        run_id: UUID | None = None,
        spend: Spend = spend_freely,
    ) -> IngestionReport:
        """One page added, of three chunks."""
        assert run_id is not None
        self.calls.append((run_id, allow_removals))
        if self.busy is not None:
            raise self.busy
        on_start()
        try:
            on_progress(IngestionProgress(self.corpus, 1))
            await self.released.wait()
            await spend(3)
            if self.failure is not None:
                raise self.failure
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        self.ended.append("done")
        return IngestionReport(self.corpus, 1, 0, 2, 0, 0, 5, 3, 0.1, ())


class FakePages(CorpusPages):
    """Keeps uploads without reading them. `failure` makes it refuse; every page has one chunk."""

    def __init__(self) -> None:
        self.added: list[Upload] = []
        self.removed: list[str] = []
        self.failure: Exception | None = None

    async def chunks(self, uri: str) -> tuple[Chunk, ...]:
        """The first ten characters of any page."""
        return (
            Chunk("n1", 0, f"https://example.org/docs/{uri}#weights", ("Weights",), "weights", "🔎 Ranking\n", 0, 10),
        )

    async def add(
        self, upload: Upload, *, spend: Spend = spend_freely, check: Check | None = None
    ) -> tuple[UUID, bool]:
        """Keeps it unchecked, as one chunk; there is no record of it."""
        await spend(1)
        if self.failure is not None:
            raise self.failure
        self.added.append(upload)
        return new_id(), True

    async def remove(self, uri: str) -> None:
        """Notes it."""
        self.removed.append(uri)


@dataclass(frozen=True)
class FakeCorpus:
    """A corpus that answers from a script."""

    engine: ScriptedEngine
    ingestion: Ingestion = field(default_factory=FakeIngestion)
    declared: str = "d" * 64
    uses_llm: bool = False
    access: tuple[str, ...] = ()
    search_calls: int = 0
    replayer: Replayer = field(default_factory=lambda: cast(Replayer, None))
    clusterer: QuestionClusterer = field(
        default_factory=lambda: QuestionClusterer(HashedEmbedding(model_name="hashed"))
    )
    pages: CorpusPages = field(default_factory=FakePages)
    answers: OwnAnswers = field(default_factory=lambda: cast(OwnAnswers, None))
    embed_batch: int = 0  # texts that a call of a vendor embeds; none: no vendor does

    def embed_calls(self, texts: int) -> int:
        """As `CorpusResources` says."""
        return -(-texts // self.embed_batch) if self.embed_batch else 0


class NoDatabase:
    """Stands where no database may be touched."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the database was touched: {name}")


@dataclass
class FakeResources:
    """What is open while the application under test runs."""

    corpora: Mapping[str, FakeCorpus]
    settings: Settings = field(default_factory=lambda: Settings(_env_file=None))
    database: Database = field(default_factory=lambda: cast(Database, NoDatabase()))
    vectors: PointCollections = field(default_factory=lambda: cast(PointCollections, NoDatabase()))
    probes: dict[str, Probe] = field(default_factory=lambda: {"database": (True, 1.5, ""), "vectors": (True, 0.4, "")})
    disk: Probe | None = None
    checks: int = 0
    paid_probes: tuple[str, ...] = ()
    local_token: str | None = "local-token"
    published: list[str] = field(default_factory=list)

    def publish(self, url: str) -> None:
        """Keeps the url."""
        self.published.append(url)

    def circuits(self) -> Mapping[str, str]:
        """One that is closed."""
        return {"openrouter vendor/model": "closed"}

    def check_disk(self) -> Probe | None:
        """As set."""
        return self.disk

    async def check_health(self, *, without: Collection[str] = ()) -> Mapping[str, Probe]:
        """The probes as set, but for those."""
        self.checks += 1
        return {name: probe for name, probe in self.probes.items() if name not in without}

    @property
    def storage(self) -> Storage:
        """The stores."""
        return Storage(self.settings, self.database, self.vectors, None)

    @property
    def typed(self) -> Resources:
        """This, as what takes resources wants them."""
        return cast(Resources, self)

    def open(self) -> Callable[[Settings], AbstractAsyncContextManager[Resources]]:
        """What `create_app` takes as `open_resources`."""

        @asynccontextmanager
        async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
            yield self.typed

        return open_resources


def build_source(number: int = 1, **changes: Any) -> Source:
    """A cited passage."""
    values: dict[str, Any] = {
        "id": str(number),
        "document_id": f"0192f0c1-0000-7000-8000-00000000000{number}",
        "title": "Ranking",
        "url": f"https://example.org/docs/ranking#part-{number}",
        "heading_path": ("Term weights", f"Part {number}"),
        "text": "BM25 saturates the weight of a repeated term. A second sentence stands here.",
        "start": 100,
        "end": 176,
        "quality": "official",
        "reference": None,
    }
    return Source(**{**values, **changes})


def answered_script(*, candidates: int = 3) -> list[Step]:
    """Two claims, the first quoted from source 1, the second (checked twice) from 2; source 3 is never cited.

    The text begins beyond the basic plane of Unicode, where code points and UTF-16 units differ.
    """
    sources = tuple(build_source(number) for number in range(1, candidates + 1))
    parts = ["🔎 BM25 saturates ", "the weight of a repeated term. [1]", " It is **twice** as fast. [2]"]
    text = "".join(parts)
    first_end = text.index(" [1]")
    second_start, second_end = text.index("It is"), text.index(" [2]")
    first = Claim(
        2,
        first_end,
        "supported",
        0.97,
        True,
        (Citation("1", "BM25 saturates the weight of a repeated term.", 100, 145),),
    )
    doubted = Claim(
        second_start,
        second_end,
        "not_evaluated",
        None,
        False,
        (Citation("2", "A second sentence stands here.", 146, 176),),
    )
    second = Claim(second_start, second_end, "unsupported", 0.12, False, doubted.citations)
    answer = Answer(
        status="partial",
        text=text,
        claims=(first, second),
        sources=sources[:2],
        closest=(),
        flags=("not_peer_reviewed",),
        model="extractive",
        usage=Usage(prompt_tokens=12, completion_tokens=7, calls=1, cost=None),
        timings={"embed_ms": 5.0, "search_ms": 1.25},
    )
    return [
        Retrieved(sources, {"embed_ms": 5.0, "search_ms": 1.25}),
        Restarted("vendor/second-model"),
        TextDelta(parts[0]),
        TextDelta(parts[1]),
        ClaimChecked(first),
        TextDelta(parts[2]),
        ClaimChecked(doubted),
        ClaimChecked(second),
        Finished(answer, {"prompt_version": "1"}),
    ]


def refused_script() -> list[Step]:
    """The pages do not carry an answer; one section is near."""
    closest = (ClosestSection("Ranking", "https://example.org/docs/ranking#term-weights", ("Term weights",)),)
    text = "These pages do not answer that."
    answer = Answer("refused", text, (), (), closest, (), "extractive", Usage(), {"embed_ms": 5.0})
    return [Retrieved((build_source(),), {"embed_ms": 5.0}), Refused("low_score", text, closest), Finished(answer)]


def failed_script(error: Exception) -> list[Step]:
    """Something breaks after the first words."""
    return [Retrieved((build_source(),), {}), TextDelta("BM25 "), Failed(error)]
