"""Commands that work in their own process, on what they open themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from app.auth.api_keys import ApiKeys
from app.cli.command_question import CommandQuestion, OnText, hear_nothing
from app.cli.options import Engine
from app.corpus.status import read_status
from app.schemas.credentials import KeyBody, NewKeyBody
from app.schemas.status import StatusBody
from app.wires.api_keys import build_key_body, build_new_key_body
from pipelines.corpus import CorpusSpec, choose_corpora, choose_corpus, read_corpora
from storage_config.postgres.database import open_database
from storage_config.postgres.migrations.schema import check_schema
from storage_config.records.insights import AskedQuestion
from storage_config.settings import Settings
from storage_config.storage import open_storage
from storage_config.vocabulary import CallerRole

if TYPE_CHECKING:
    from app.cli.local_pipelines import LocalPipelines
    from app.schemas.answers import AnswerBody
    from app.schemas.ingestions import PlanBody, ReportBody
    from app.schemas.insights import InsightsBody
    from app.schemas.replays import ReplayBody
    from pipelines.ingestion.progress import OnProgress
    from pipelines.insights import QuestionCluster


class LocalBackend:
    """See `CommandBackend`. What a command does not need stays closed, and its libraries are not loaded."""

    def __init__(
        self,
        settings: Settings,
        stack: AsyncExitStack,
        *,
        command: str,
        on_stage: Callable[[str], None],
        engine: Engine = "local",
    ) -> None:
        self._settings = settings
        self._stack = stack
        self._command = command
        self._on_stage = on_stage
        self._engine = engine
        self._opening = asyncio.Lock()
        self._pipelines: LocalPipelines | None = None

    def corpus_names(self, corpus: str | None) -> Sequence[str]:
        """As `CommandBackend` says."""
        return choose_corpora(corpus, read_corpora(self._settings.config, need_folders=False))

    async def ask(self, asked: CommandQuestion, *, on_text: OnText = hear_nothing) -> "AnswerBody":
        """As `CommandBackend` says."""
        return await (await self._open_pipelines()).ask(asked, on_text=on_text)

    async def replay(self, message_id: UUID) -> "ReplayBody":
        """As `CommandBackend` says."""
        return await (await self._open_pipelines()).replay(message_id)

    async def plan(self, corpus: str) -> "PlanBody":
        """As `CommandBackend` says."""
        return await (await self._open_pipelines()).plan(corpus)

    async def ingest(self, corpus: str, *, allow_removals: bool, on_progress: "OnProgress") -> "ReportBody":
        """As `CommandBackend` says."""
        pipelines = await self._open_pipelines()
        return await pipelines.ingest(corpus, allow_removals=allow_removals, on_progress=on_progress)

    async def ask_again(self, corpus: str, *, on_asking: Callable[[int], None]) -> None:
        """As `CommandBackend` says."""
        await (await self._open_pipelines()).ask_again(corpus, on_asking=on_asking)

    async def status(self) -> StatusBody:
        """As `CommandBackend` says."""
        names = self.corpus_names(None)
        async with open_storage(self._settings, command=self._command) as storage:
            return await read_status(storage, names)

    async def insights(self, corpus: str | None, *, since: date | None, until: date | None) -> "InsightsBody":
        """As `CommandBackend` says."""
        from app.corpus.insights import read_days, read_insights

        specs, days = read_corpora(self._settings.config, need_folders=False), read_days(since, until)
        spec = specs[choose_corpus(corpus, specs)]
        async with open_storage(self._settings, command=self._command) as storage:
            return await read_insights(storage.database, partial(self._cluster, spec), corpus=spec.name, days=days)

    async def create_key(
        self, *, name: str, role: CallerRole, groups: Sequence[str], lasts: timedelta | None = None
    ) -> NewKeyBody:
        """As `CommandBackend` says."""
        keys = await self._open_keys()
        return build_new_key_body(await keys.create(name=name, role=role, groups=groups, lasts=lasts))

    async def list_keys(self) -> Sequence[KeyBody]:
        """As `CommandBackend` says."""
        return [build_key_body(key) for key in await (await self._open_keys()).list()]

    async def revoke_key(self, key_id: UUID) -> None:
        """As `CommandBackend` says."""
        await (await self._open_keys()).revoke(key_id)

    async def rotate_key(self, key_id: UUID, *, overlap: timedelta) -> NewKeyBody:
        """As `CommandBackend` says."""
        return build_new_key_body(await (await self._open_keys()).rotate(key_id, overlap=overlap))

    async def _open_pipelines(self) -> "LocalPipelines":
        async with self._opening:
            if self._pipelines is None:
                self._on_stage("Loading the libraries of the models")
                from app.cli.local_pipelines import open_local_pipelines

                self._on_stage("Opening the database, the index and the models")
                opened = open_local_pipelines(self._settings, command=self._command, engine=self._engine)
                self._pipelines = await self._stack.enter_async_context(opened)
                self._on_stage("Working")
            return self._pipelines

    async def _cluster(self, spec: CorpusSpec, questions: Sequence[AskedQuestion]) -> "tuple[QuestionCluster, ...]":
        if not questions:
            return ()
        from app.limits.budget import Budget
        from app.limits.counters import open_counters
        from pipelines.bootstrap import open_clusterer
        from pipelines.model_registry import embed_calls

        async with open_counters(self._settings) as counters, open_clusterer(self._settings, spec) as clusterer:
            budget = Budget.from_settings(self._settings, counters=counters)
            await budget.reserve("local", calls=embed_calls(spec.embedding, len(questions)), has_llm=False)
            return await clusterer.cluster(questions)

    async def _open_keys(self) -> ApiKeys:
        database = await self._stack.enter_async_context(open_database(self._settings))
        if self._settings.database_url is not None:
            await database.run(check_schema)
        return ApiKeys(database)


@asynccontextmanager
async def open_local_backend(
    settings: Settings, *, command: str, on_stage: Callable[[str], None], engine: Engine = "local"
) -> AsyncIterator[LocalBackend]:
    """This process as a backend for the block; what it opened is closed at its end."""
    async with AsyncExitStack() as stack:
        yield LocalBackend(settings, stack, command=command, on_stage=on_stage, engine=engine)
