"""`footnoted keys`: API keys in the database, or through the server that owns the data folder."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.auth.api_keys import ApiKeys
from app.errors import ApiKeyNotFound
from app.schemas.credentials import KeyBody, KeysBody, NewKeyBody
from app.wires.api_keys import build_key_body, build_new_key_body
from storage_config.errors import DatabaseUnavailable, StateInUse
from storage_config.postgres.database import open_database
from storage_config.postgres.migrations.schema import check_schema
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner, owner_of
from storage_config.vocabulary import CallerRole

_SECONDS = 30.0
_PATH = "/api/v1/keys"


class Keys(Protocol):
    """Where keys are made and ended."""

    async def create(self, *, name: str, role: CallerRole) -> NewKeyBody:
        """Makes a key."""
        ...

    async def list(self) -> Sequence[KeyBody]:
        """Every key, the newest first."""
        ...

    async def revoke(self, key_id: UUID) -> None:
        """Makes the key useless. Raises ApiKeyNotFound."""
        ...

    async def rotate(self, key_id: UUID, *, overlap: timedelta) -> NewKeyBody:
        """Makes a key that takes over. Raises ApiKeyNotFound."""
        ...


@asynccontextmanager
async def open_keys(settings: Settings) -> AsyncIterator[Keys]:
    """The keys of these settings. Raises what `open_database` raises, and SchemaOutdated."""
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(open_database(settings))
        except StateInUse:
            owner = owner_of(settings.data_folder)
            if owner is None or owner.url is None:
                raise
            yield ServerKeys(owner)
            return
        if settings.database_url is not None:
            await database.run(check_schema)
        yield StoredKeys(ApiKeys(database))


class StoredKeys:
    """Keys in the database."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys

    async def create(self, *, name: str, role: CallerRole) -> NewKeyBody:
        """As `Keys` says."""
        return build_new_key_body(await self._keys.create(name=name, role=role))

    async def list(self) -> Sequence[KeyBody]:
        """As `Keys` says."""
        return [build_key_body(key) for key in await self._keys.list()]

    async def revoke(self, key_id: UUID) -> None:
        """As `Keys` says."""
        await self._keys.revoke(key_id)

    async def rotate(self, key_id: UUID, *, overlap: timedelta) -> NewKeyBody:
        """As `Keys` says."""
        return build_new_key_body(await self._keys.rotate(key_id, overlap=overlap))


class ServerKeys:
    """Keys through the server that owns the data folder."""

    def __init__(self, owner: StateOwner) -> None:
        self._owner = owner

    async def create(self, *, name: str, role: CallerRole) -> NewKeyBody:
        """As `Keys` says."""
        return NewKeyBody.model_validate_json(await self._call("POST", "", {"name": name, "role": role}))

    async def list(self) -> Sequence[KeyBody]:
        """As `Keys` says."""
        return KeysBody.model_validate_json(await self._call("GET", "")).items

    async def revoke(self, key_id: UUID) -> None:
        """As `Keys` says."""
        await self._call("DELETE", f"/{key_id}")

    async def rotate(self, key_id: UUID, *, overlap: timedelta) -> NewKeyBody:
        """As `Keys` says."""
        body = {"overlap_seconds": int(overlap.total_seconds())}
        return NewKeyBody.model_validate_json(await self._call("POST", f"/{key_id}/rotate", body))

    async def _call(self, method: str, path: str, body: Any = None) -> bytes:
        headers = {"authorization": f"Bearer {self._owner.token}"}
        try:
            async with httpx.AsyncClient(base_url=self._owner.url or "", timeout=_SECONDS, trust_env=False) as client:
                response = await client.request(method, _PATH + path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise DatabaseUnavailable(
                f"The server at {self._owner.url} holds the database and does not answer ({type(error).__name__})."
            ) from None
        if response.status_code == 404:
            raise ApiKeyNotFound(path.split("/")[1])
        if not response.is_success:
            raise DatabaseUnavailable(f"The server at {self._owner.url} answered {response.status_code}.")
        return response.content


async def create_key(settings: Settings, *, name: str, role: CallerRole) -> NewKeyBody:
    """A new key."""
    async with open_keys(settings) as keys:
        return await keys.create(name=name, role=role)


async def list_keys(settings: Settings) -> Sequence[KeyBody]:
    """Every key, the newest first."""
    async with open_keys(settings) as keys:
        return await keys.list()


async def revoke_key(settings: Settings, key_id: UUID) -> None:
    """Makes the key useless. Raises ApiKeyNotFound."""
    async with open_keys(settings) as keys:
        await keys.revoke(key_id)


async def rotate_key(settings: Settings, key_id: UUID, *, overlap: timedelta) -> NewKeyBody:
    """A key that takes over. Raises ApiKeyNotFound."""
    async with open_keys(settings) as keys:
        return await keys.rotate(key_id, overlap=overlap)


def print_keys(console: Console, keys: Sequence[KeyBody]) -> None:
    """The keys as a table; times are in UTC."""
    table = Table()
    for column in ("id", "name", "role", "made", "last used", "state"):
        table.add_column(column, no_wrap=column == "id")
    for key in keys:
        times = [f"{time:%Y-%m-%d %H:%M}" if time else "never" for time in (key.created_at, key.last_used_at)]
        table.add_row(str(key.id), Text(key.name), key.role or "none", *times, _state(key))
    console.print(table)


def _state(key: KeyBody) -> str:
    if key.revoked_at is None:
        return "valid"
    ended = key.revoked_at <= datetime.now(UTC)
    return f"{'ended' if ended else 'ends'} {key.revoked_at:%Y-%m-%d %H:%M}"
