"""A circuit: after repeated failures a vendor's model is left alone for a while instead of being called.

States as in Nygard, *Release It!* (2nd ed., chapter 5): closed lets every call pass; open lets none pass; half-open,
after the pause, lets one call pass and listens to how it went.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class CircuitLimits:
    """`failures` in a row open the circuit for `pause` seconds, doubled by each probe that fails, up to `max_pause`."""

    failures: int = 5
    pause: float = 15.0
    max_pause: float = 240.0


class Circuit:
    """Counts how the calls to one model went. It belongs to one event loop and takes no lock."""

    def __init__(self, limits: CircuitLimits | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits or CircuitLimits()
        self._clock = clock
        self._pause = self._limits.pause
        self._failures = 0
        self._opened_at: float | None = None
        self._probe: CircuitCall | None = None
        self._on_probation = False

    @property
    def state(self) -> State:
        """Whether calls pass, as things stand now."""
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._clock() - self._opened_at >= self._pause else "open"

    def blocked_for(self) -> float:
        """Seconds until a call may pass, 0 where one may pass now; 1, as a guess, while a probe is under way."""
        if self._opened_at is None:
            return 0.0
        left = self._opened_at + self._pause - self._clock()
        if left > 0:
            return left
        return 1.0 if self._probe else 0.0

    def enter(self) -> "CircuitCall":
        """A call starts, after `blocked_for` said 0; in the half-open state it is the probe."""
        call = CircuitCall(self)
        if self._opened_at is not None:
            self._probe = call
        return call

    def _answered(self) -> None:
        # The probe may stream for a minute, so its first token closes the circuit, but the next failure opens it again.
        if self._opened_at is not None:
            self._opened_at, self._probe = None, None
            self._failures, self._on_probation = self._limits.failures - 1, True

    def _succeeded(self) -> None:
        self._opened_at, self._probe = None, None
        self._failures, self._on_probation, self._pause = 0, False, self._limits.pause

    def _failed(self, call: "CircuitCall") -> None:
        probed = call is self._probe
        if self._opened_at is not None and not probed:
            return  # it was under way when the circuit opened and says nothing new
        if probed or self._on_probation:
            self._pause = min(self._pause * 2, self._limits.max_pause)
        self._probe, self._on_probation = None, False
        self._failures += 1
        if self._failures >= self._limits.failures:
            self._opened_at = self._clock()

    def _left(self, call: "CircuitCall") -> None:
        if call is self._probe:
            self._probe = None


class CircuitCall:
    """One call through a circuit. Only the first of `succeed`, `fail` and `leave` counts."""

    __slots__ = ("_circuit", "_ended")

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._ended = False

    def answered(self) -> None:
        """The first token came; the call goes on."""
        if not self._ended:
            self._circuit._answered()

    def succeed(self) -> None:
        """The call ended well."""
        if not self._ended:
            self._ended = True
            self._circuit._succeeded()

    def fail(self) -> None:
        """The call failed by the vendor's doing."""
        if not self._ended:
            self._ended = True
            self._circuit._failed(self)

    def leave(self) -> None:
        """The call ended without a verdict: the reader left, or the request itself was refused."""
        if not self._ended:
            self._ended = True
            self._circuit._left(self)
