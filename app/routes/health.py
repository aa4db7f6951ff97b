"""`GET /api/v1/health`: cheap by default, deep on request."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import AppState, StateDep, read_caller
from app.probing import probe_dependencies
from app.schemas.health import DependencyBody, HealthBody
from app.schemas.problems import ProblemBody
from app.telemetry.observations import DISK

router = APIRouter(tags=["health"])
_RETRY_AFTER = "5"


@router.head("/health", include_in_schema=False)
@router.get(
    "/health",
    summary="Is it well?",
    responses={
        401: {"model": ProblemBody},
        403: {"model": ProblemBody},
        429: {"model": ProblemBody},
        503: {"model": HealthBody, "description": "A deep check found a failure."},
    },
)
async def health(
    request: Request,
    response: Response,
    state: StateDep,
    deep: Annotated[bool, Query(description="Probe each dependency now; for writers.")] = False,
) -> HealthBody:
    """The last observed state of each dependency. Without `deep` no store is touched: a database may stay asleep.

    A deep check leaves out the vendor calls that the day's budget does not carry, names them and is not worse for it.
    """
    left_out: tuple[str, ...] = ()
    if deep:
        caller = await read_caller(request, state, "writer")
        left_out = await probe_dependencies(state.resources, state.use_cases, caller.kind)
    if (disk := state.resources.check_disk()) is not None:  # microseconds, and a full disk is told at once
        state.use_cases.observations.note_probes({DISK: disk})
    body = _read_health(state, request.app.version, left_out)
    if deep and body.status != "ok":
        response.status_code = 503
        response.headers["retry-after"] = _RETRY_AFTER
    response.headers["cache-control"] = "no-store"
    return body


def _read_health(state: AppState, version: str, left_out: Sequence[str]) -> HealthBody:
    observed = state.use_cases.observations.last()
    return HealthBody(
        status="ok" if all(observation.ok for observation in observed.values()) else "degraded",
        version=version,  # kept since the start: the package's own file cannot be opened where no descriptor is left
        corpora=[name for name, one in state.resources.corpora.items() if not one.access],  # who asks is not looked at
        dependencies={
            name: DependencyBody(
                ok=seen.ok,
                latency_ms=seen.latency_ms,
                detail=seen.detail,
                observed_at=seen.observed_at,
            )
            for name, seen in observed.items()
        },
        not_probed=list(left_out),
    )
