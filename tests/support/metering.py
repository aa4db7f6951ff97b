"""A corpus over a scripted engine, counted as by a server without limits."""

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
from tests.support.fakes import FakeCorpus, ScriptedEngine


def metered(
    engine: ScriptedEngine, writer: BackgroundWriter, *, uses_llm: bool = False, admission: Admission | None = None
) -> MeteredCorpus:
    """The corpus `docs` that the engine answers from."""
    counters = Counters(MemoryStorage(), seconds=None)
    meter = Meter(
        admission or Admission.from_settings(Settings(_env_file=None)),
        RateLimits((), counters=counters, own=counters),
        Budget(calls={}, cost={}, max_answer_cost=0.02, counters=counters),
        Metrics(),
    )
    corpus = cast(CorpusResources, FakeCorpus(engine, uses_llm=uses_llm))
    return MeteredCorpus("docs", corpus, meter=meter, writer=writer)
