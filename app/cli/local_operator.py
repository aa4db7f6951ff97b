"""Commands that work in their own process, on storage that they open themselves."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date

from app.auth.callers import LOCAL_SUBJECT
from app.conversations.background_writer import BackgroundWriter
from app.conversations.chat import Ask, Chat
from app.conversations.store import StoredConversations
from app.corpus.ingestions import plan_body
from app.corpus.insights import read_days, read_insights
from app.corpus.status import read_status
from app.schemas.answers import AnswerBody
from app.schemas.ingestions import PlanBody, ReportBody
from app.schemas.insights import InsightsBody
from app.schemas.status import StatusBody
from app.telemetry.observations import Observations
from app.wires.native import dump_answer
from pipelines.bootstrap import Resources, open_resources
from pipelines.ingestion.progress import OnProgress
from storage_config.settings import Settings

_RECORD_SECONDS = 10.0


class LocalOperator:
    """See `Operator`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def names(self, corpus: str | None) -> list[str]:
        """The corpus of that name, all for None. Raises UnknownCorpus."""
        return list(self._resources.corpora) if corpus is None else [self._resources.corpus(corpus).spec.name]

    async def ask(self, question: str, *, corpus: str | None) -> AnswerBody:
        """Through the same use case as the API, recorded like every other question."""
        chosen = self._resources.corpus(corpus)
        writer = BackgroundWriter()
        chat = Chat(
            engines={chosen.spec.name: chosen.engine},
            conversations=StoredConversations(self._resources.database),
            writer=writer,
            outcomes=Observations(),
            max_history_tokens=self._resources.settings.max_history_tokens,
        )
        turn = await chat.open_turn(Ask(question=question, owner=LOCAL_SUBJECT), began=time.perf_counter())
        try:
            answer = await chat.answer(turn)
        finally:
            await writer.drain(_RECORD_SECONDS)
        wire = dump_answer(answer, answer_id=turn.answer_id, conversation_id=turn.conversation_id)
        return AnswerBody.model_validate_json(wire)

    async def plan(self, corpus: str) -> PlanBody:
        """What an ingestion would do and cost; touches nothing."""
        ingestion = self._resources.corpus(corpus).ingestion
        plan = await ingestion.plan()
        return plan_body(plan, await ingestion.cost(plan))

    async def ingest(self, corpus: str, *, allow_removals: bool, on_progress: OnProgress) -> ReportBody:
        """Brings the corpus up to date."""
        ingestion = self._resources.corpus(corpus).ingestion
        report = await ingestion.ingest(allow_removals=allow_removals, on_progress=on_progress)
        return ReportBody.model_validate(asdict(report))

    async def status(self) -> StatusBody:
        """What is kept, against the limits."""
        return await read_status(self._resources)

    async def insights(self, corpus: str | None, *, since: date | None, until: date | None) -> InsightsBody:
        """How the corpus is used."""
        chosen, days = self._resources.corpus(corpus), read_days(since, until)
        return await read_insights(self._resources.database, chosen.clusterer, corpus=chosen.spec.name, days=days)


@asynccontextmanager
async def open_local_operator(settings: Settings, *, command: str) -> AsyncIterator[LocalOperator]:
    """Opens the storage for the block. Raises what `open_resources` raises."""
    async with open_resources(settings, command=command) as resources:
        yield LocalOperator(resources)
