"""What commands do, whether in this process or through the server that owns the data."""

from datetime import date
from typing import Protocol

from app.schemas.answers import AnswerBody
from app.schemas.ingestions import PlanBody, ReportBody
from app.schemas.insights import InsightsBody
from app.schemas.status import StatusBody
from pipelines.ingestion.progress import OnProgress


class Operator(Protocol):
    """Works on the corpora of one corpus file."""

    def names(self, corpus: str | None) -> list[str]:
        """The corpus of that name, all for None. Raises UnknownCorpus."""
        ...

    async def ask(self, question: str, *, corpus: str | None) -> AnswerBody:
        """The answer. Raises what the engine failed with."""
        ...

    async def plan(self, corpus: str) -> PlanBody:
        """What an ingestion would do and cost."""
        ...

    async def ingest(self, corpus: str, *, allow_removals: bool, on_progress: OnProgress) -> ReportBody:
        """Brings the corpus up to date."""
        ...

    async def status(self) -> StatusBody:
        """What is kept, against the limits."""
        ...

    async def insights(self, corpus: str | None, *, since: date | None, until: date | None) -> InsightsBody:
        """How the corpus, the only one for None, is used. Raises UnknownCorpus and, for other days, InvalidRequest."""
        ...
