"""Questions without a good answer are asked again once pages have changed, so that owners see what they resolved."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from app.conversations.metered_corpus import MeteredCorpus
from app.errors import AppError
from pipelines.answering.describing import read_question
from pipelines.types import Answer
from storage_config.errors import StorageError
from storage_config.postgres.database import Database, Session
from storage_config.records.corpora import get_corpus
from storage_config.records.insights import Period, WeakAnswer, list_answers_to_ask_again
from storage_config.records.reasked_answers import (
    ReaskedVerdict,
    claim_question,
    find_last_asked,
    save_verdict,
)

# How far back questions are taken up again.
REASKED_DAYS = 90
# Several pages that are sent one after another are one change.
_PAUSE_SECONDS = 5.0
# A corpus whose pages change again and again is asked this seldom, by all processes together.
_QUIET_SECONDS = 600.0
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
        self._changed: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, corpus: str) -> None:
        """Ask again soon, in the background: pages of the corpus changed."""
        if not self._limit:
            return
        self._changed.add(corpus)
        if (task := self._tasks.get(corpus)) is None or task.done():
            self._tasks[corpus] = asyncio.create_task(self._work(corpus), name="questions asked again")

    async def close(self) -> None:
        """End what is under way; the next change takes it up."""
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    async def ask_again(self, corpus: str, *, on_asking: Callable[[int], None] = lambda questions: None) -> Reasked:
        """Ask now. What fails on the way, or is beyond the budget, is left for the next change, and logged.

        `on_asking` is told how many questions there are, where there are some.
        """
        if not self._limit:
            return Reasked()
        verdicts: list[ReaskedVerdict] = []
        try:
            async with asyncio.timeout(_MAX_SECONDS):
                revision, answers = await self._read(corpus)
                if answers:
                    on_asking(len(answers))
                for answer in answers:
                    if verdict := await self._judge(corpus, answer, revision):
                        verdicts.append(verdict)
        except (AppError, StorageError, TimeoutError) as error:
            _log.warning("reasking_cut", corpus=corpus, error=type(error).__name__)
        except Exception:
            # The pages were ingested whatever becomes of this.
            _log.exception("reasking_broken", corpus=corpus)
        reasked = Reasked(len(verdicts), sum(verdict.is_resolved for verdict in verdicts))
        if verdicts:
            _log.info("questions_asked_again", corpus=corpus, asked=reasked.asked, resolved=reasked.resolved)
        return reasked

    async def _work(self, corpus: str) -> None:
        while corpus in self._changed:
            await asyncio.sleep(max(_PAUSE_SECONDS, await self._quiet_seconds(corpus)))
            self._changed.discard(corpus)
            await self.ask_again(corpus)

    async def _quiet_seconds(self, corpus: str) -> float:
        try:
            last = await self._database.run(lambda session: find_last_asked(session, corpus=corpus))
        except StorageError as error:
            _log.warning("reasking_delayed", corpus=corpus, error=type(error).__name__)
            return _QUIET_SECONDS
        return 0.0 if last is None else _QUIET_SECONDS - (datetime.now(UTC) - last).total_seconds()

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

    async def _judge(self, corpus: str, weak: WeakAnswer, revision: int) -> ReaskedVerdict | None:
        """None where another process asks it, or where it fails: the next revision of the corpus is its next turn."""
        asked_at = datetime.now(UTC)  # before the pages are looked at: what changes meanwhile is newer than the verdict
        claim = partial(claim_question, message_id=weak.message_id, revision=revision, asked_at=asked_at)
        if not await self._database.run(claim):
            return None
        try:
            answer = await self._corpora[corpus].ask_again(read_question(weak.question))
        except (AppError, StorageError, TimeoutError):
            raise  # so would the others
        except Exception as error:
            _log.warning("question_not_asked_again", corpus=corpus, error=type(error).__name__)
            return None
        verdict = ReaskedVerdict(weak.message_id, revision, asked_at, answer.status, _is_good(answer))
        if verdict.is_resolved:
            cited = answer.sources[0]
            verdict = replace(verdict, url=cited.url, title=cited.title, heading_path=cited.heading_path)
        await self._database.run(partial(save_verdict, verdict=verdict))
        return verdict


def _is_good(answer: Answer) -> bool:
    """Whether insights would not call it weak."""
    supported = all(claim.status != "unsupported" for claim in answer.claims)
    return answer.status == "answered" and supported and bool(answer.sources)
