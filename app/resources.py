"""What the application needs of the floors below: the shape of what `open_resources(settings)` yields."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from app.corpus.ingestions import Ingests
from pipelines.answering.replay import RecordedAnswer, Replay
from pipelines.events import Event
from pipelines.insights import QuestionClusterer
from pipelines.readers import Upload
from pipelines.types import Chunk, Question, Source
from storage_config.postgres.database import Database
from storage_config.settings import Settings
from storage_config.vectors.points import PointCollections

Probe = tuple[bool, float, str]


class Engine(Protocol):
    """Answers questions from one corpus."""

    def stream(self, question: Question) -> AsyncGenerator[Event, None]:
        """What happens while the question is answered; closed when its reader leaves."""
        ...


class PageEngine(Engine, Protocol):
    """Answers questions from one corpus, and finds its passages."""

    async def search(self, query: str, *, limit: int) -> Sequence[Source]:
        """The best passages for a query, by rank, whether or not they answer it."""
        ...


class AnswerReplayer(Protocol):
    """Makes recorded answers again."""

    async def replay(self, recorded: RecordedAnswer) -> Replay:
        """The answer made again, and what differs."""
        ...


class Pages(Protocol):
    """The pages of a corpus, one by one."""

    async def chunks(self, uri: str) -> Sequence[Chunk]:
        """The chunks of a page, in its order."""
        ...

    async def add(self, upload: Upload) -> tuple[UUID, bool]:
        """Keeps or replaces a page that is no file of the source: its document's id, and whether it is new."""
        ...

    async def remove(self, uri: str) -> None:
        """Removes such a page."""
        ...


class OpenCorpus(Protocol):
    """A corpus that can be asked and ingested."""

    @property
    def engine(self) -> PageEngine:
        """What answers from it."""
        ...

    @property
    def ingestion(self) -> Ingests:
        """What brings it up to date."""
        ...

    @property
    def clusterer(self) -> QuestionClusterer:
        """What groups its readers' questions by meaning."""
        ...

    @property
    def pages(self) -> Pages:
        """Its pages, one by one."""
        ...

    @property
    def declared(self) -> str:
        """Digest of how the corpus file declares it."""
        ...

    @property
    def uses_llm(self) -> bool:
        """Whether a vendor's LLM works for its answers, which costs money."""
        ...

    @property
    def replayer(self) -> AnswerReplayer:
        """What makes its recorded answers again."""
        ...


class Resources(Protocol):
    """Everything that is open while the application runs."""

    @property
    def settings(self) -> Settings:
        """The environment."""
        ...

    @property
    def database(self) -> Database:
        """Where records are kept."""
        ...

    @property
    def vectors(self) -> PointCollections:
        """Where vectors are kept."""
        ...

    @property
    def corpora(self) -> Mapping[str, OpenCorpus]:
        """The corpora by name."""
        ...

    @property
    def local_token(self) -> str | None:
        """What the command line of this machine shows to act through a server; None without embedded storage."""
        ...

    def publish(self, url: str) -> None:
        """Tells the other processes of this machine where this one serves."""
        ...

    def circuits(self) -> Mapping[str, str]:
        """`closed`, `half_open` or `open` by the name of what a vendor's circuit leads to."""
        ...

    async def check_health(self) -> Mapping[str, Probe]:
        """Probe each dependency: {name: (ok, latency in milliseconds, detail)}; never raises."""
        ...


OpenResources = Callable[[Settings], AbstractAsyncContextManager[Resources]]
