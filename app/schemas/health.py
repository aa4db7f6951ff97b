"""How well the server is."""

from datetime import datetime
from typing import Literal

from app.schemas.bodies import StrictBody


class DependencyBody(StrictBody):
    """What was last observed of a dependency; `latency_ms` is null where it was not probed."""

    ok: bool
    latency_ms: float | None
    detail: str
    observed_at: datetime


class HealthBody(StrictBody):
    """`degraded`: at least one dependency was last seen failing.

    `not_probed` are those that a deep check left out, since probing them calls a vendor and the day's budget is spent.
    """

    status: Literal["ok", "degraded"]
    version: str
    corpora: list[str]
    dependencies: dict[str, DependencyBody]
    not_probed: list[str]
