"""Queries on API keys, which are kept as hashes only. They never commit; `Database.run` does."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.records.rows import columns_of
from storage_config.records.tables import API_KEYS

_KEYS = API_KEYS.c
# `last_used_at` is for people who tidy up: not worth a write for every request.
_USE_RESOLUTION = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. It is useless from `revoked_at` on, which may lie ahead."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


_KEY = columns_of(API_KEYS, ApiKey)
_IS_VALID = _KEYS.revoked_at.is_(None) | (_KEYS.revoked_at > func.now())


def hash_key(key: str) -> str:
    """What is kept of a key. A plain sha256 does: keys are long random values, which nobody can guess through."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


async def create_api_key(session: AsyncSession, *, key_id: UUID, name: str, key: str, scopes: Sequence[str]) -> None:
    """Keeps a new key; `key` is the secret itself, which only its maker sees."""
    values = {"id": key_id, "name": name, "key_hash": hash_key(key), "scopes": list(scopes)}
    await session.execute(insert(API_KEYS).values(values).on_conflict_do_nothing(index_elements=["id"]))


async def find_api_key(session: AsyncSession, *, key: str) -> ApiKey | None:
    """The key of that secret; None where it is unknown or revoked."""
    query = select(*_KEY).where((_KEYS.key_hash == hash_key(key)) & _IS_VALID)
    row = (await session.execute(query)).one_or_none()
    return ApiKey(*row) if row else None


async def note_api_key_use(session: AsyncSession, *, key_id: UUID) -> None:
    """Notes that the key was used, to within five minutes."""
    old = _KEYS.last_used_at.is_(None) | (_KEYS.last_used_at < func.now() - _USE_RESOLUTION)
    await session.execute(update(API_KEYS).where((_KEYS.id == key_id) & old).values(last_used_at=func.now()))


async def revoke_api_key(session: AsyncSession, *, key_id: UUID, after: timedelta = timedelta()) -> bool:
    """Makes the key useless from now on, or `after` that. False where it is useless already, or unknown."""
    ends = func.least(_KEYS.revoked_at, func.now() + after)  # an end that was set is never put off
    revoked = await session.execute(
        update(API_KEYS).where((_KEYS.id == key_id) & _IS_VALID).values(revoked_at=ends).returning(_KEYS.id)
    )
    return revoked.first() is not None


async def get_api_key(session: AsyncSession, *, key_id: UUID) -> ApiKey | None:
    """The key of that id, revoked or not."""
    row = (await session.execute(select(*_KEY).where(_KEYS.id == key_id))).one_or_none()
    return ApiKey(*row) if row else None


async def list_api_keys(session: AsyncSession) -> list[ApiKey]:
    """Every key, revoked ones too, the newest first."""
    return [ApiKey(*row) for row in await session.execute(select(*_KEY).order_by(_KEYS.id.desc()))]
