"""What answers by a vendor's LLM may take a day: calls, and money as far as the vendor tells it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from app.errors import BudgetSpent, LimitsUnavailable
from app.limits.counters import KEPT_PREFIX, Counters, Storage
from storage_config.settings import Settings
from storage_config.vocabulary import BUDGET_SHARES, BudgetShare, CallerKind

_EXPIRY_SECONDS = 2 * 24 * 3_600
_MICRO = 1_000_000
_OWN_PART = 0.5  # of a day: the other half is left for who asks
_log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Spending:
    """Calls of vendors, and their cost in US dollars."""

    calls: int
    cost: float = 0.0


class Budget:
    """Reserves what an answer may take at most, and settles it with what it took. Days are UTC's.

    What is never settled stays taken: who leaves an answer early saves nothing, and no number of answers under way
    passes a bound. An answer may cost `max_answer_cost`; where one cost more, that much is reserved from then on.
    Redis away, answers that cost money are not begun: what was spent elsewhere is not known.
    """

    def __init__(
        self,
        *,
        calls: Mapping[BudgetShare, float],
        cost: Mapping[BudgetShare, float],
        max_answer_cost: float,
        counters: Counters,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._calls = dict(calls)
        self._cost = dict(cost)
        self._answer_cost = max_answer_cost
        self._counters = counters
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings, *, counters: Counters) -> "Budget":
        """The budget of the environment."""
        return cls(
            calls=settings.daily_llm_calls,
            cost=settings.daily_llm_cost,
            max_answer_cost=settings.max_answer_cost,
            counters=counters,
        )

    @property
    def is_bounded(self) -> bool:
        """Whether anything is counted at all."""
        return bool(self._calls or self._cost)

    async def read_today(self) -> "DaySpending":
        """What is taken of the day's budget until now, answers under way with what they reserved.

        Zeros where nothing is bounded, since then nothing is counted. Raises LimitsUnavailable.
        """
        day = f"{self._clock():%Y-%m-%d}"

        async def read(storage: Storage) -> list[SpentShare]:
            return [
                SpentShare(
                    share=share,
                    calls=await storage.get(_key(day, share, "calls")),
                    cost=await storage.get(_key(day, share, "cost")) / _MICRO,
                    max_calls=self._calls.get(share),
                    max_cost=self._cost.get(share),
                )
                for share in BUDGET_SHARES
            ]

        return DaySpending(day, tuple(await self._counters.run(read)))

    async def reserve(self, kind: CallerKind | None, *, calls: int, has_llm: bool) -> "Reservation | None":
        """Take `calls`, and what an answer by an LLM may cost; None where nothing is counted or nothing is asked for.

        The local owner is counted and never refused; None is of nobody, for what the server asks on its own, and
        refused once half of the day's budget is taken. Raises BudgetSpent and LimitsUnavailable.
        """
        if not self.is_bounded or not calls:
            return None
        now = self._clock()
        shares: tuple[BudgetShare, ...] = ("all",) if kind is None or kind == "local" else (kind, "all")
        cost = math.ceil(self._answer_cost * _MICRO) if has_llm and self._cost else 0
        reserved = Reservation(shares, f"{now:%Y-%m-%d}", calls, cost, _OWN_PART if kind is None else 1.0)
        spent = await self._counters.run(lambda storage: self._take(storage, reserved, refuses=kind != "local"))
        if spent is not None:
            midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
            raise BudgetSpent(spent, retry_after=(midnight - now).total_seconds())
        return reserved

    async def settle(self, reserved: "Reservation", spent: Spending) -> None:
        """What was taken really: the rest is given back, or what goes beyond the reservation counted too."""
        self._answer_cost = max(self._answer_cost, spent.cost)
        calls, cost = spent.calls - reserved.calls, round(spent.cost * _MICRO) - reserved.cost
        try:
            await self._counters.run(lambda storage: _add(storage, reserved, calls=calls, cost=cost))
        except LimitsUnavailable:
            _log.error("budget_not_settled", calls=calls, cost_micro=cost)

    async def _take(self, storage: Storage, reserved: "Reservation", *, refuses: bool) -> str | None:
        """The share that is spent, in words; None where all was taken."""
        # Looked at before, so that a budget that is spent is not counted up and down by everyone who asks.
        if refuses and (spent := await self._find_spent(storage, reserved, more=reserved)):
            return spent
        await _add(storage, reserved, calls=reserved.calls, cost=reserved.cost)
        # Another process may have taken the last of it between the look and this.
        if refuses and (spent := await self._find_spent(storage, reserved)):
            await _add(storage, reserved, calls=-reserved.calls, cost=-reserved.cost)
            return spent
        return None

    async def _find_spent(
        self, storage: Storage, reserved: "Reservation", *, more: "Reservation | None" = None
    ) -> str | None:
        for share in reserved.shares:
            calls, cost = self._calls.get(share), self._cost.get(share)
            if (
                calls is not None
                and await storage.get(reserved.key(share, "calls")) + (more.calls if more else 0)
                > calls * reserved.part
            ):
                return f"calls of {share}"
            if cost is None or not reserved.cost:
                continue
            spent = await storage.get(reserved.key(share, "cost"))
            if spent + (more.cost if more else 0) > cost * reserved.part * _MICRO:
                return f"cost of {share}"
        return None


@dataclass(frozen=True, slots=True)
class Reservation:
    """Calls, and millionths of a dollar, that were taken from a `part` of the `shares` of a day's budget."""

    shares: tuple[BudgetShare, ...]
    day: str
    calls: int
    cost: int
    part: float = 1.0

    def key(self, share: BudgetShare, what: str) -> str:
        """The counter of a share."""
        return _key(self.day, share, what)


@dataclass(frozen=True, slots=True)
class SpentShare:
    """Calls of vendors and US dollars that one share of a day's budget gave, and its bounds; None for none."""

    share: BudgetShare
    calls: int
    cost: float
    max_calls: float | None
    max_cost: float | None


@dataclass(frozen=True, slots=True)
class DaySpending:
    """A UTC day (YYYY-MM-DD) with every share: `all`, then those of the kinds of callers, which are parts of it."""

    day: str
    shares: tuple[SpentShare, ...]


def _key(day: str, share: BudgetShare, what: str) -> str:
    return f"{KEPT_PREFIX}{day}/{share}/{what}"


async def _add(storage: Storage, reserved: Reservation, *, calls: int = 0, cost: int = 0) -> None:
    for share in reserved.shares:
        for what, amount in (("calls", calls), ("cost", cost)):
            if amount:
                await storage.incr(reserved.key(share, what), _EXPIRY_SECONDS, amount)
