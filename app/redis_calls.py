"""Calls of a Redis that is left alone for a while when it fails, so that nobody waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from app.errors import AppError
from pipelines.providers.circuit import Circuit, CircuitLimits
from storage_config.redis_pool import REDIS_SECONDS

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class RedisCalls:
    """What fails by one of `failures`, or takes longer than `seconds`, is told as `unavailable`; None: no bound.

    `event` names a failure in the log.
    """

    def __init__(
        self,
        failures: tuple[type[Exception], ...],
        unavailable: type[AppError],
        *,
        event: str,
        seconds: float | None = REDIS_SECONDS,
    ) -> None:
        self._failures: tuple[type[Exception], ...] = (*failures, OSError, TimeoutError)
        self._unavailable = unavailable
        self._event = event
        self._seconds = seconds
        self._circuit = Circuit(CircuitLimits(failures=2, pause=2.0, max_pause=30.0))

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """What the work gives. Raises `unavailable`."""
        if wait := self._circuit.blocked_for():
            raise self._unavailable(f"Redis is left alone for {wait:.1f} s")
        call = self._circuit.enter()
        try:
            async with asyncio.timeout(self._seconds):
                result = await work()
        except self._failures as error:
            call.fail()
            _log.error(self._event, error=type(error).__name__, circuit=self._circuit.state)
            raise self._unavailable(f"Redis failed: {type(error).__name__}") from error
        else:
            call.succeed()
            return result
        finally:
            call.leave()
