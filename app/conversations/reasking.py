"""Questions without a good answer are asked again once pages have changed, so that owners see what they resolved."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from app.conversations.metered_corpus import MeteredCorpus
from app.errors import AppError
from pipelines.answering.describing import read_question
from pipelines.errors import PipelineError
from pipelines.types import Answer
from storage_config.errors import StorageError
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import get_corpus
from storage_config.records.insights import Period, WeakAnswer, list_answers_to_ask_again
from storage_config.records.reasked_answers import ReaskedVerdict, save_verdict

# How far back questions are taken up again.
REASKED_DAYS = 90
# Several pages that are sent one after another are one change.
_PAUSE_SECONDS = 5.0
_MAX_SECONDS = 300.0  # for all questions of one change
_DATABASE_SECONDS = 60.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reasked:
    """How many questions were asked again, and how many of them are answered well now."""

    asked: int = 0
    resolved: int = 0


class Reasking:
    """Asks at most `limit` questions after a change of a corpus: nobody's conversation, and no reader's statistics.

    Each is answered from what whoever asked it may read. What they cost counts against the budget of all.
    """

    def __init__(self, database: Database, corpora: Mapping[str, MeteredCorpus], *, limit: int) -> None:
        self._database = database
        self._corpora = corpora
        self._limit = limit
        self._changed: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self, corpus: str) -> None:
        """Ask again soon, in the background: pages of the corpus changed."""
        if not self._limit:
            return
        self._changed[corpus] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="questions asked again")

    async def close(self) -> None:
        """End what is under way; the next change takes it up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def ask_again(self, corpus: str) -> Reasked:
        """Ask now. What fails on the way, or is beyond the budget, is left for the next change, and logged."""
        if not self._limit:
            return Reasked()
        asked = resolved = 0
        try:
            async with asyncio.timeout(_MAX_SECONDS):
                revision, answers = await self._read(corpus)
                for answer in answers:
                    verdict = await self._judge(corpus, answer, revision)
                    await self._database.run(lambda session, verdict=verdict: save_verdict(session, verdict=verdict))  # type: ignore[misc]
                    asked, resolved = asked + 1, resolved + verdict.is_resolved
        except (AppError, PipelineError, StorageError, TimeoutError) as error:
            _log.warning("reasking_cut", corpus=corpus, error=type(error).__name__)
        except Exception:
            # The pages were ingested whatever becomes of this.
            _log.exception("reasking_broken", corpus=corpus)
        if asked:
            _log.info("questions_asked_again", corpus=corpus, asked=asked, resolved=resolved)
        return Reasked(asked, resolved)

    async def _work(self) -> None:
        while self._changed:
            await asyncio.sleep(_PAUSE_SECONDS)
            corpus = next(iter(self._changed))
            del self._changed[corpus]
            await self.ask_again(corpus)

    async def _read(self, corpus: str) -> tuple[int, list[WeakAnswer]]:
        now = datetime.now(UTC)
        period = Period(corpus, now - timedelta(days=REASKED_DAYS), now)

        async def read(session: Session) -> tuple[int, list[WeakAnswer]]:
            record = await get_corpus(session, name=corpus)
            revision = record.revision if record else 0
            return revision, await list_answers_to_ask_again(
                session, period=period, revision=revision, limit=self._limit
            )

        return await self._database.run(read, seconds=_DATABASE_SECONDS)

    async def _judge(self, corpus: str, weak: WeakAnswer, revision: int) -> ReaskedVerdict:
        question = read_question(weak.question)
        answer = await self._corpora[corpus].ask_again(question)
        verdict = ReaskedVerdict(weak.message_id, revision, datetime.now(UTC), answer.status, _is_good(answer))
        if not verdict.is_resolved:
            return verdict
        cited = answer.sources[0]
        return replace(verdict, url=cited.url, title=cited.title, heading_path=cited.heading_path)


def _is_good(answer: Answer) -> bool:
    """Whether insights would not call it weak."""
    supported = all(claim.status != "unsupported" for claim in answer.claims)
    return answer.status == "answered" and supported and bool(answer.sources)
