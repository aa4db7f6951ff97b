"""What answers by a vendor's LLM may take a day: calls, and money as far as the vendor tells it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from app.errors import BudgetSpent, LimitsUnavailable
from app.limits.counters import KEPT_PREFIX, Counters, Storage
from pipelines.types import Usage
from storage_config.settings import Settings
from storage_config.vocabulary import BudgetShare, CallerKind

_EXPIRY_SECONDS = 2 * 24 * 3_600
_MICRO = 1_000_000
_log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Budget:
    """Reserves a call before an answer and settles it afterwards. Days are UTC's.

    Redis away, answers that cost money are not begun: what was spent elsewhere is not known. Cost is known afterwards,
    so the answers under way may overdraw it; their number is bounded by the calls.
    """

    def __init__(
        self,
        *,
        calls: Mapping[BudgetShare, float],
        cost: Mapping[BudgetShare, float],
        counters: Counters,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._calls = dict(calls)
        self._cost = dict(cost)
        self._counters = counters
        self._clock = clock
        self._last_cost = 0

    @classmethod
    def from_settings(cls, settings: Settings, *, counters: Counters) -> "Budget":
        """The budget of the environment."""
        return cls(calls=settings.daily_llm_calls, cost=settings.daily_llm_cost, counters=counters)

    @property
    def is_bounded(self) -> bool:
        """Whether anything is counted at all."""
        return bool(self._calls or self._cost)

    async def reserve(self, kind: CallerKind) -> "Reservation | None":
        """Take one call; None where nothing is counted. The local owner is counted and never refused.

        Raises BudgetSpent and LimitsUnavailable.
        """
        if not self.is_bounded:
            return None
        now = self._clock()
        reserved = Reservation(("all",) if kind == "local" else (kind, "all"), f"{now:%Y-%m-%d}")
        refuses = kind != "local"
        spent = await self._counters.run(lambda storage: self._take_call(storage, reserved, refuses=refuses))
        if spent is not None:
            midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
            raise BudgetSpent(spent, retry_after=(midnight - now).total_seconds())
        return reserved

    async def settle(self, reserved: "Reservation", usage: Usage | None) -> None:
        """What the answer took. None where it was left: its call stays taken, its cost is that of the last one."""
        more_calls = usage.calls - 1 if usage is not None else 0
        cost = self._last_cost
        if usage is not None:
            cost = round((usage.cost or 0.0) * _MICRO)
            self._last_cost = cost or self._last_cost
        try:
            await self._counters.run(lambda storage: _add(storage, reserved, calls=more_calls, cost=cost))
        except LimitsUnavailable:
            _log.error("budget_not_settled", calls=more_calls, cost_micro=cost)

    async def _take_call(self, storage: Storage, reserved: "Reservation", *, refuses: bool) -> str | None:
        """The share that is spent, in words; None where the call was taken."""
        if refuses and (spent := await self._find_spent(storage, reserved)):
            return spent
        await _add(storage, reserved, calls=1)
        # Another process may have taken the last one between the look and this.
        for share in reserved.shares if refuses else ():
            if await storage.get(reserved.key(share, "calls")) > self._calls.get(share, math.inf):
                await _add(storage, reserved, calls=-1)
                return f"calls of {share}"
        return None

    async def _find_spent(self, storage: Storage, reserved: "Reservation") -> str | None:
        for share in reserved.shares:
            calls, cost = self._calls.get(share), self._cost.get(share)
            if calls is not None and await storage.get(reserved.key(share, "calls")) + 1 > calls:
                return f"calls of {share}"
            if cost is not None and await storage.get(reserved.key(share, "cost")) >= cost * _MICRO:
                return f"cost of {share}"
        return None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A call that was taken from `shares` of a day's budget."""

    shares: tuple[BudgetShare, ...]
    day: str

    def key(self, share: BudgetShare, what: str) -> str:
        """The counter of a share."""
        return f"{KEPT_PREFIX}{self.day}/{share}/{what}"


async def _add(storage: Storage, reserved: Reservation, *, calls: int = 0, cost: int = 0) -> None:
    for share in reserved.shares:
        for what, amount in (("calls", calls), ("cost", cost)):
            if amount:
                await storage.incr(reserved.key(share, what), _EXPIRY_SECONDS, amount)
