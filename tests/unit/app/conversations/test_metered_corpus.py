"""Replays cost what answers cost, and are counted like them."""

import time
from typing import cast

import pytest
from limits.aio.storage import MemoryStorage

from app.conversations.background_writer import BackgroundWriter
from app.conversations.metered_corpus import Asker, MeteredCorpus, Search
from app.errors import BudgetSpent, Overloaded
from app.limits.admission import Admission
from app.limits.budget import Budget
from app.limits.counters import Counters
from app.limits.metering import Meter
from app.limits.rates import RateLimits
from app.telemetry.metrics import Metrics
from pipelines.answering.recorded_answer import RecordedAnswer, Replay
from pipelines.answering.replay import Replayer
from pipelines.bootstrap import CorpusResources
from pipelines.errors import NotReplayable
from pipelines.events import Failed, Finished
from pipelines.types import Question
from storage_config.settings import Settings
from tests.support.fakes import FakeCorpus, ScriptedEngine, answered_script

RECORDED = RecordedAnswer("So. [1]", "answered", (), (), "vendor/model", {})


class ScriptedReplayer(Replayer):
    """Gives the script's answer, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked = 0

    async def replay(self, recorded: RecordedAnswer) -> Replay:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        finished = answered_script()[-1]
        assert isinstance(finished, Finished)
        return Replay(finished.answer, (), "active")


class Stage:
    """A corpus whose answers cost money, with some calls a day to spend."""

    def __init__(
        self,
        replayer: ScriptedReplayer,
        admission: Admission | None = None,
        engine: ScriptedEngine | None = None,
        *,
        calls: int = 1,
    ) -> None:
        counters = Counters(MemoryStorage(), seconds=None)
        self.metrics = Metrics()
        self.writer = BackgroundWriter()
        budget = Budget(calls={"all": calls}, cost={}, max_answer_cost=0.02, counters=counters)
        meter = Meter(
            admission or Admission.from_settings(Settings(_env_file=None)),
            RateLimits((), counters=counters, own=counters),
            budget,
            self.metrics,
        )
        corpus = FakeCorpus(engine or ScriptedEngine(answered_script()), uses_llm=True, replayer=replayer)
        self.corpus = MeteredCorpus("docs", cast(CorpusResources, corpus), meter=meter, writer=self.writer)

    def tokens(self) -> float | None:
        labels = {"corpus": "docs", "direction": "input"}
        return self.metrics.registry.get_sample_value("footnoted_llm_tokens_total", labels)


def _asker(kind: str = "user") -> Asker:
    return Asker(kind, time.perf_counter(), "reader")  # type: ignore[arg-type]


async def test_a_replay_takes_its_call_from_the_budget_and_is_counted() -> None:
    replayer = ScriptedReplayer()
    stage = Stage(replayer)
    assert (await stage.corpus.replay(RECORDED, _asker())).collection_state == "active"
    await stage.writer.drain(5)
    assert stage.tokens() == 12
    with pytest.raises(BudgetSpent):
        await stage.corpus.replay(RECORDED, _asker())
    assert replayer.asked == 1


async def test_the_command_line_is_counted_and_not_refused() -> None:
    replayer = ScriptedReplayer()
    stage = Stage(replayer)
    for _ in range(2):
        await stage.corpus.replay(RECORDED, _asker("local"))
    await stage.writer.drain(5)
    assert stage.tokens() == 24
    with pytest.raises(BudgetSpent):  # what it took is gone for the others
        await stage.corpus.replay(RECORDED, _asker())


async def test_a_replay_that_fails_keeps_its_call() -> None:
    stage = Stage(ScriptedReplayer(NotReplayable("gone")))
    with pytest.raises(NotReplayable):
        await stage.corpus.replay(RECORDED, _asker())
    await stage.writer.drain(5)
    with pytest.raises(BudgetSpent):
        await stage.corpus.replay(RECORDED, _asker())
    assert stage.tokens() is None


async def test_replays_and_searches_wait_for_a_place_like_answers() -> None:
    admission = Admission(max_open=1, max_starting=1, max_waiting=0, wait_seconds=1)
    replayer = ScriptedReplayer()
    stage = Stage(replayer, admission)
    async with admission.admit("somebody"):
        with pytest.raises(Overloaded):
            await stage.corpus.replay(RECORDED, _asker())
        with pytest.raises(Overloaded):
            await stage.corpus.search(Search("weights", limit=1), _asker())
    assert replayer.asked == 0
    assert len(await stage.corpus.search(Search("weights", limit=1), _asker())) == 1


async def test_what_is_asked_again_costs_and_is_no_readers_answer() -> None:
    stage = Stage(ScriptedReplayer(), calls=2)
    assert (await stage.corpus.ask_again(Question("Why?"))).text
    await stage.writer.drain(5)
    assert stage.tokens() == 12
    answers = {"corpus": "docs", "status": "answered"}
    assert stage.metrics.registry.get_sample_value("footnoted_answers_total", answers) is None
    with pytest.raises(BudgetSpent):  # the other call of the day is for readers
        await stage.corpus.ask_again(Question("Why?"))


async def test_what_is_asked_again_fails_as_its_engine_does() -> None:
    stage = Stage(ScriptedReplayer(), engine=ScriptedEngine([Failed(NotReplayable("away"))]), calls=2)
    with pytest.raises(NotReplayable):
        await stage.corpus.ask_again(Question("Why?"))
