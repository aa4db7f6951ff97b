"""A corpus over a scripted engine, counted as by a server without limits."""

from collections.abc import Mapping
from typing import cast

from limits.aio.storage import MemoryStorage

from app.conversations.background_writer import BackgroundWriter
from app.conversations.metered_corpus import MeteredCorpus
from app.limits.admission import Admission
from app.limits.budget import Budget
from app.limits.counters import Counters
from app.limits.metering import Meter
from app.limits.rates import RateLimits
from app.telemetry.metrics import Metrics
from pipelines.bootstrap import CorpusResources
from storage_config.settings import Settings
from storage_config.vocabulary import BudgetShare
from tests.support.fakes import FakeCorpus, ScriptedEngine


def build_meter(*, admission: Admission | None = None, calls: Mapping[BudgetShare, float] | None = None) -> Meter:
    """A meter without limits but those calls of vendors a day."""
    counters = Counters(MemoryStorage(), seconds=None)
    return Meter(
        admission or Admission.from_settings(Settings(_env_file=None)),
        RateLimits((), counters=counters, own=counters),
        Budget(calls=calls or {}, cost={}, max_answer_cost=0.02, counters=counters),
        Metrics(),
    )


def metered(
    engine: ScriptedEngine, writer: BackgroundWriter, *, uses_llm: bool = False, admission: Admission | None = None
) -> MeteredCorpus:
    """The corpus `docs` that the engine answers from."""
    corpus = cast(CorpusResources, FakeCorpus(engine, uses_llm=uses_llm))
    return MeteredCorpus("docs", corpus, meter=build_meter(admission=admission), writer=writer)
