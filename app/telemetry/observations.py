"""What was last seen of each dependency, so that a cheap health check needs to touch none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.errors import VendorError
from storage_config.errors import DatabaseUnavailable, DiskFull, SchemaOutdated, VectorsUnavailable

if TYPE_CHECKING:
    from pipelines.bootstrap import Probe

DISK = "disk"
_NAMES: Mapping[type[Exception], str] = {
    DatabaseUnavailable: "database",
    SchemaOutdated: "database",
    VectorsUnavailable: "vectors",
    DiskFull: DISK,
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at a dependency; `latency_ms` is None where a request saw it fail. `detail` is never a vendor's text."""

    ok: bool
    latency_ms: float | None
    detail: str
    observed_at: datetime


class Observations:
    """The last observation by the dependency's name."""

    def __init__(self) -> None:
        self._last: dict[str, Observation] = {}

    def note_probes(self, probes: "Mapping[str, Probe]") -> None:
        """Keep the results of a deep check: {name: (ok, latency in milliseconds, detail)}."""
        now = datetime.now(UTC)
        for name, (ok, latency_ms, detail) in probes.items():
            self._last[name] = Observation(ok=ok, latency_ms=round(latency_ms, 2), detail=detail, observed_at=now)

    def note_failure(self, error: Exception) -> None:
        """Keep that a request failed because of a dependency; other errors say nothing about one."""
        name = error.vendor if isinstance(error, VendorError) else _NAMES.get(type(error))
        if name is not None:
            self._last[name] = Observation(
                ok=False, latency_ms=None, detail=type(error).__name__, observed_at=datetime.now(UTC)
            )

    def note_answer(self) -> None:
        """Keep that a request was answered and recorded: what requests saw failing works again."""
        for name, last in self._last.items():
            if not last.ok and last.latency_ms is None:
                self._last[name] = Observation(ok=True, latency_ms=None, detail="", observed_at=datetime.now(UTC))

    def last(self) -> Mapping[str, Observation]:
        """The last observations, by name."""
        return dict(self._last)
