"""`/api/v1/keys`: API keys, for owners."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.auth.api_keys import NewKey
from app.dependencies import OwnerDep, StateDep
from app.schemas.credentials import KeysBody, NewKeyBody, NewKeyRequest, RotationRequest
from app.schemas.problems import ProblemBody
from app.wires.api_keys import build_key_body, build_new_key_body

router = APIRouter(tags=["credentials"])
_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 403, 422, 503)}
_OF_ONE: dict[int | str, dict[str, Any]] = {**_PROBLEMS, 404: {"model": ProblemBody}}


@router.get("/keys", summary="List the API keys", responses=_PROBLEMS)
async def read_keys(state: StateDep, caller: OwnerDep) -> KeysBody:
    """Every key, revoked ones too, the newest first; without secrets, which are kept nowhere."""
    return KeysBody(items=[build_key_body(key) for key in await state.verifiers.api_keys.list()])


@router.post("/keys", summary="Make an API key", status_code=201, responses=_PROBLEMS)
async def create_key(body: NewKeyRequest, response: Response, state: StateDep, caller: OwnerDep) -> NewKeyBody:
    """A new key, whose secret is shown this once."""
    lasts = _lasts(body.expires_seconds)
    keys = state.verifiers.api_keys
    return _show(await keys.create(name=body.name, role=body.role, groups=body.groups, lasts=lasts), response)


@router.delete("/keys/{key_id}", summary="Revoke an API key", status_code=204, responses=_OF_ONE)
async def revoke_key(key_id: UUID, state: StateDep, caller: OwnerDep) -> None:
    """The key can write nothing from now on, and read nothing after five seconds."""
    await state.verifiers.api_keys.revoke(key_id)


@router.post("/keys/{key_id}/rotate", summary="Rotate an API key", responses=_OF_ONE)
async def rotate_key(
    key_id: UUID, body: RotationRequest, response: Response, state: StateDep, caller: OwnerDep
) -> NewKeyBody:
    """A key of the same name and role; the one before ends after the overlap."""
    overlap = timedelta(seconds=body.overlap_seconds)
    lasts = _lasts(body.expires_seconds)
    return _show(await state.verifiers.api_keys.rotate(key_id, overlap=overlap, lasts=lasts), response)


def _lasts(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _show(made: NewKey, response: Response) -> NewKeyBody:
    response.headers["cache-control"] = "no-store"
    return build_new_key_body(made)
