"""What is counted of those who ask: how often, how much it may cost, and the numbers for Prometheus."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.limits.admission import Admission
from app.limits.budget import Budget
from app.limits.counters import open_counters, open_memory
from app.limits.rates import RateLimits
from app.telemetry.metrics import Metrics
from storage_config.settings import Settings


@dataclass(frozen=True, slots=True)
class Meter:
    """What is counted, for all corpora."""

    admission: Admission
    limits: RateLimits
    budget: Budget
    metrics: Metrics


@asynccontextmanager
async def open_meter(settings: Settings, circuits: Callable[[], Mapping[str, str]]) -> AsyncIterator[Meter]:
    """The counters for the block; `circuits` says the state of each vendor's circuit when asked."""
    async with open_counters(settings) as counters, open_memory() as own:
        limits = RateLimits.from_settings(settings, counters=counters, own=own)
        budget = Budget.from_settings(settings, counters=counters)
        yield Meter(Admission.from_settings(settings), limits, budget, Metrics(circuits))
