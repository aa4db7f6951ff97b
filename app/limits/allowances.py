"""What is left of limits, as values and as header fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from limits import RateLimitItem

Action = Literal["ask", "read", "sign_in"]
Scope = Literal["address", "token", "user", "key"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One limit: `quota` requests in a window of `seconds` that slides."""

    action: Action
    scope: Scope
    item: RateLimitItem

    @property
    def name(self) -> str:
        """Such as `ask-user-minute`."""
        return f"{self.action}-{self.scope}-{self.item.GRANULARITY.name}"

    @property
    def quota(self) -> int:
        """Requests in a window."""
        return self.item.amount

    @property
    def seconds(self) -> int:
        """Length of the window."""
        return self.item.get_expiry()


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: `remaining` requests, some more after `reset` seconds."""

    policy: RateLimit
    remaining: int
    reset: int


def rate_limit_fields(allowances: Sequence[Allowance]) -> Mapping[str, str]:
    """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10), one item for each limit.

    With them the three fields of the drafts up to 06, which most clients still read; they tell of the limit that has
    least left.
    """
    if not allowances:
        return {}
    tightest = min(allowances, key=lambda one: one.remaining / one.policy.quota)
    return {
        "ratelimit-policy": ", ".join(
            f'"{one.policy.name}";q={one.policy.quota};w={one.policy.seconds}' for one in allowances
        ),
        "ratelimit": ", ".join(f'"{one.policy.name}";r={one.remaining};t={one.reset}' for one in allowances),
        "ratelimit-limit": str(tightest.policy.quota),
        "ratelimit-remaining": str(tightest.remaining),
        "ratelimit-reset": str(tightest.reset),
    }
