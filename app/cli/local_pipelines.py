"""What commands do in their own process with the models loaded: ask, ingest, replay."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from uuid import UUID

from app.auth.callers import LOCAL_OWNER
from app.cli.command_question import CommandQuestion, OnText
from app.cli.options import Engine
from app.conversations.chat import Ask
from app.conversations.metered_corpus import Asker
from app.conversations.replays import build_replay_body
from app.conversations.use_cases import UseCases, open_use_cases
from app.corpus.ingestions import build_plan_body
from app.schemas.answers import AnswerBody
from app.schemas.ingestions import PlanBody, ReportBody
from app.schemas.replays import ReplayBody
from app.wires.native import dump_answer
from pipelines.bootstrap import Cluster, Resources, open_resources
from pipelines.ingestion.progress import OnProgress
from pipelines.types import PageContext
from storage_config.settings import Settings


class LocalPipelines:
    """Everything of `LocalBackend` that needs a model."""

    def __init__(self, resources: Resources, use_cases: UseCases) -> None:
        self._resources = resources
        self._use_cases = use_cases

    async def ask(self, asked: CommandQuestion, *, on_text: OnText) -> AnswerBody:
        """Through the same use case as the API, recorded like every other question."""
        ask = Ask(
            asked.question,
            corpus=asked.corpus,
            conversation_id=asked.conversation_id,
            scope=asked.scope,
            page=PageContext(asked.page) if asked.page else None,
            owner=LOCAL_OWNER.subject,
            caller_kind=LOCAL_OWNER.kind,
            queue=LOCAL_OWNER.subject,
            reads=LOCAL_OWNER.reads,
        )
        turn = await self._use_cases.chat.open_turn(ask, began=time.perf_counter())
        answer = await self._use_cases.chat.answer(turn, on_text=on_text)
        wire = dump_answer(answer, answer_id=turn.answer_id, conversation_id=turn.conversation_id)
        return AnswerBody.model_validate_json(wire)

    async def replay(self, message_id: UUID) -> ReplayBody:
        """A recorded answer made again."""
        asker = Asker(LOCAL_OWNER.kind, time.perf_counter(), LOCAL_OWNER.subject, LOCAL_OWNER.reads)
        return build_replay_body(await self._use_cases.replays.replay(message_id, asker))

    async def plan(self, corpus: str) -> PlanBody:
        """What an ingestion would do and cost; touches nothing."""
        ingestion = self._resources.corpora[corpus].ingestion
        plan = await ingestion.plan()
        return build_plan_body(plan, await ingestion.cost(plan))

    async def ingest(self, corpus: str, *, allow_removals: bool, on_progress: OnProgress) -> ReportBody:
        """Brings the corpus up to date."""
        ingestion = self._resources.corpora[corpus].ingestion
        spend = self._use_cases.corpora[corpus].spender(LOCAL_OWNER.kind)
        report = await ingestion.ingest(allow_removals=allow_removals, on_progress=on_progress, spend=spend)
        return ReportBody.model_validate(asdict(report))

    async def ask_again(self, corpus: str, *, on_asking: Callable[[int], None]) -> None:
        """As `CommandBackend` says."""
        await self._use_cases.reasking.ask_again(corpus, on_asking=on_asking)


@asynccontextmanager
async def open_local_pipelines(
    settings: Settings, *, command: str, engine: Engine = "local"
) -> AsyncIterator[LocalPipelines]:
    """Opens storage, models and the cluster of another engine for the block.

    Raises what `open_resources` and `open_ray_cluster` raise.
    """
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(_open_cluster(settings)) if engine == "ray" else None
        resources = await stack.enter_async_context(open_resources(settings, command=command, cluster=cluster))
        use_cases = await stack.enter_async_context(open_use_cases(resources))
        yield LocalPipelines(resources, use_cases)


def _open_cluster(settings: Settings) -> AbstractAsyncContextManager[Cluster]:
    from pipelines.cluster.ray_cluster import open_ray_cluster

    return open_ray_cluster(settings)
