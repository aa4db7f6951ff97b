"""API keys and visitors' tokens."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.auth.callers import MAX_KEY_NAME
from app.schemas.bodies import StrictBody, StrictRequest, Text
from pipelines.source_specs import GROUP_PATTERN
from storage_config.vocabulary import CallerRole

MAX_OVERLAP_SECONDS = 30 * 86_400
MAX_KEY_SECONDS = 366 * 86_400

Lasts = Annotated[
    int | None, Field(strict=True, ge=1, le=MAX_KEY_SECONDS, description="After how many seconds it ends; null: never.")
]


class NewKeyRequest(StrictRequest):
    """A key to make."""

    name: Annotated[Text, Field(min_length=1, max_length=MAX_KEY_NAME, examples=["ci of the docs site"])]
    role: CallerRole
    groups: Annotated[
        list[Annotated[str, Field(pattern=GROUP_PATTERN)]],
        Field(max_length=20, fail_fast=True, description="Groups whose pages it may read beside those for everybody."),
    ] = Field(default_factory=list)
    expires_seconds: Lasts = None


class RotationRequest(StrictRequest):
    """For how long the key that is replaced still works, at most 30 days, and the new one, at most a year."""

    overlap_seconds: Annotated[int, Field(strict=True, ge=0, le=MAX_OVERLAP_SECONDS)] = 86_400
    expires_seconds: Lasts = None


class NewKeyBody(StrictBody):
    """A key that was just made. `key` is the secret and is shown this once."""

    id: UUID
    name: str
    role: CallerRole
    groups: list[str]
    key: str


class KeyBody(StrictBody):
    """A key without its secret. It is useless from `revoked_at` on, which may lie ahead; `role` null gives nothing."""

    id: UUID
    name: str
    role: CallerRole | None
    groups: list[str]
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class KeysBody(StrictBody):
    """Every key, revoked ones too, the newest first."""

    items: list[KeyBody]


class VisitorTokenBody(StrictBody):
    """A visitor's token; `Authorization: Bearer <token>` from the page's own origin shows it."""

    token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: Annotated[int, Field(description="In seconds.")]
