"""`GET /api/v1/health`: cheap by default, deep on request."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.dependencies import AppState, StateDep, read_caller
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
    """The last observed state of each dependency. Without `deep` no store is touched: a database may stay asleep."""
    if deep:
        caller = await read_caller(request, state, "writer")
        calls = state.resources.probe_calls
        await state.use_cases.meter.budget.reserve(caller.kind, calls=calls, has_llm=False)
        state.use_cases.observations.note_probes(await state.resources.check_health())
    if (disk := state.resources.check_disk()) is not None:  # microseconds, and a full disk is told at once
        state.use_cases.observations.note_probes({DISK: disk})
    body = _read_health(state, request.app.version)
    if deep and body.status != "ok":
        response.status_code = 503
        response.headers["retry-after"] = _RETRY_AFTER
    response.headers["cache-control"] = "no-store"
    return body


def _read_health(state: AppState, version: str) -> HealthBody:
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
    )
