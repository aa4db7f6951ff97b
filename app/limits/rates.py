"""How often a caller may ask, and how often request anything, in windows that slide."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from limits import RateLimitItemPerMinute, parse_many
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from app.auth.callers import Caller
from app.errors import LimitReached, LimitsUnavailable
from app.limits.allowances import Action, Allowance, RateLimit, Scope, rate_limit_fields
from app.limits.counters import Counters, Storage
from storage_config.settings import Settings
from storage_config.vocabulary import CallerKind

# A key is a server's, which calls for all of its readers from one address; the local owner is not limited.
SCOPES: Mapping[CallerKind, tuple[Scope, ...]] = {
    "anonymous": ("address",),
    "visitor": ("token", "address"),
    "user": ("user", "address"),
    "api_key": ("key",),
    "local": (),
}
# Credentials that are none of ours, by address. Generous: a school's readers share one, and their tokens expire.
_FAILED = RateLimit("sign_in", "address", RateLimitItemPerMinute(120))


class RateLimits:
    """Counts requests. Redis away, each process goes on counting for itself: a reader must not be locked out."""

    def __init__(self, policies: Sequence[RateLimit], *, counters: Counters, own: Counters) -> None:
        self._policies = tuple(policies)
        self._counters = counters
        self._own = own

    @classmethod
    def from_settings(cls, settings: Settings, *, counters: Counters, own: Counters) -> "RateLimits":
        """The limits of the environment; `own` are this process's counters."""
        rates: dict[tuple[Action, Scope], str] = {
            ("ask", "address"): settings.ask_rate_address,
            ("ask", "token"): settings.ask_rate_token,
            ("ask", "user"): settings.ask_rate_user,
            ("ask", "key"): settings.ask_rate_key,
            ("read", "address"): settings.read_rate_address,
            ("read", "token"): settings.read_rate_token,
            ("read", "user"): settings.read_rate_user,
            ("read", "key"): settings.read_rate_key,
        }
        policies = [
            RateLimit(action, scope, item)
            for (action, scope), rate in rates.items()
            if rate != "off"
            for item in parse_many(rate)
        ]
        return cls(policies, counters=counters, own=own)

    async def admit(self, action: Action, caller: Caller, address: str) -> tuple[Allowance, ...]:
        """Count a request; what is left of each limit. Raises LimitReached."""
        ids = {"address": address}
        asked = [
            (policy, _key(ids.get(scope, caller.subject)))
            for scope in SCOPES[caller.kind]
            for policy in self._policies
            if (policy.action, policy.scope) == (action, scope)
        ]
        if not asked:
            return ()
        try:
            return await self._counters.run(lambda storage: _count(storage, asked))
        except LimitsUnavailable:
            return await self._own.run(lambda storage: _count(storage, asked))

    async def check_sign_in(self, address: str) -> None:
        """Raises LimitReached where the address showed too many credentials that were none of ours."""

        async def check(storage: Storage) -> None:
            limiter = SlidingWindowCounterRateLimiter(storage)
            if not await limiter.test(_FAILED.item, _FAILED.name, _key(address)):
                raise _reached(await _left(limiter, _FAILED, _key(address)))

        await self._own.run(check)

    async def note_failed_sign_in(self, address: str) -> None:
        """Count a credential that was none of ours; in this process, for it must cost nothing."""
        await self._own.run(
            lambda storage: SlidingWindowCounterRateLimiter(storage).hit(_FAILED.item, _FAILED.name, _key(address))
        )


async def _count(storage: Storage, asked: Sequence[tuple[RateLimit, str]]) -> tuple[Allowance, ...]:
    """One after the other: a request that its own limit refuses takes nothing from those that others share."""
    limiter = SlidingWindowCounterRateLimiter(storage)
    refused = None
    for policy, key in asked:
        if not await limiter.hit(policy.item, policy.name, key):
            refused = policy
            break
    left = tuple(await asyncio.gather(*(_left(limiter, policy, key) for policy, key in asked)))
    for allowance in left:
        if allowance.policy is refused:
            raise _reached(allowance, left)
    return left


def _reached(allowance: Allowance, all_of_them: Sequence[Allowance] = ()) -> LimitReached:
    fields = rate_limit_fields(all_of_them or (allowance,))
    return LimitReached(allowance.policy.name, retry_after=allowance.reset, fields=fields)


async def _left(limiter: SlidingWindowCounterRateLimiter, policy: RateLimit, key: str) -> Allowance:
    reset, remaining = await limiter.get_window_stats(policy.item, policy.name, key)
    seconds = max(1, min(policy.seconds, round(reset - time.time())))
    return Allowance(policy, max(0, remaining), seconds)


def _key(identity: str) -> str:
    """Bounded, and no address or user's id in Redis."""
    return blake2b(identity.encode(), digest_size=12).hexdigest()
