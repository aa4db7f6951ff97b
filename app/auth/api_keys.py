"""Our own API keys: `fn_`, 36 random characters and 6 of a checksum, by which scanners of secrets know one.

A key is shown once, when it is made; what is kept is its hash.
"""

import re
import secrets
import string
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.auth.callers import highest
from app.auth.recent_lookups import RecentLookups
from app.errors import ApiKeyNotFound
from storage_config.postgres.database import Database, Session
from storage_config.records.api_keys import (
    ApiKey,
    create_api_key,
    find_api_key,
    get_api_key,
    hash_key,
    list_api_keys,
    note_api_key_use,
    revoke_api_key,
)
from storage_config.records.ids import new_id
from storage_config.vocabulary import CALLER_ROLES, CallerRole

KEY_MARK = "fn_"
GROUP_SCOPE = "group:"
# Until then a key that was revoked in another process may still read; writing asks the database each time.
REMEMBERED_SECONDS = 5.0
_REMEMBERED = 4_096
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM, _CHECKSUM = 36, 6
_KEY = re.compile(rf"{KEY_MARK}[0-9A-Za-z]{{{_RANDOM + _CHECKSUM}}}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `secret` is shown to whoever asked for it and kept nowhere."""

    id: UUID
    name: str
    role: CallerRole
    secret: str
    groups: tuple[str, ...] = ()


class ApiKeys:
    """The keys in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: RecentLookups[ApiKey | None] = RecentLookups(seconds=REMEMBERED_SECONDS, size=_REMEMBERED)

    async def find(self, secret: str, *, confirmed: bool) -> ApiKey | None:
        """The valid key of that secret; looked up now where `confirmed`, else at most 5 seconds ago."""
        if not is_well_formed(secret):
            return None
        if confirmed:
            return await self._look_up(secret)
        return await self._recent.find(hash_key(secret), lambda: self._look_up(secret))

    async def create(
        self, *, name: str, role: CallerRole, groups: Sequence[str] = (), lasts: timedelta | None = None
    ) -> NewKey:
        """Makes a key, which ends after `lasts` where that is given. It reads what is for these groups."""
        made = NewKey(new_id(), name, role, make_secret(), tuple(groups))
        await self._database.run(lambda session: _insert(session, made, lasts))
        return made

    async def list(self) -> list[ApiKey]:
        """Every key, revoked ones too, the newest first."""
        return await self._database.run(lambda session: list_api_keys(session))

    async def revoke(self, key_id: UUID) -> None:
        """Makes the key useless, if it is not so already. Raises ApiKeyNotFound where it is unknown."""

        async def revoke(session: Session) -> bool:
            return await revoke_api_key(session, key_id=key_id) or await get_api_key(session, key_id=key_id) is not None

        if not await self._database.run(revoke):
            raise ApiKeyNotFound(str(key_id))
        self._recent.forget()

    async def rotate(self, key_id: UUID, *, overlap: timedelta, lasts: timedelta | None = None) -> NewKey:
        """Makes a key that takes over from a valid one, which ends after `overlap`; the new one may end after `lasts`.

        Raises ApiKeyNotFound.
        """
        successor, secret = new_id(), make_secret()

        async def replace(session: Session) -> NewKey:
            key = await get_api_key(session, key_id=key_id)
            role = role_of(key.scopes) if key else None
            if key is None or role is None:
                raise ApiKeyNotFound(str(key_id))
            made = NewKey(successor, key.name, role, secret, groups_of(key.scopes))
            # A transaction whose COMMIT was done and whose answer was lost runs again.
            if await get_api_key(session, key_id=successor) is None:
                if not await revoke_api_key(session, key_id=key_id, after=overlap):
                    raise ApiKeyNotFound(str(key_id))
                await _insert(session, made, lasts)
            return made

        made = await self._database.run(replace)
        self._recent.forget()
        return made

    async def _look_up(self, secret: str) -> ApiKey | None:
        async def find_and_note(session: Session) -> ApiKey | None:
            key = await find_api_key(session, key=secret)
            if key is not None:
                await note_api_key_use(session, key_id=key.id)
            return key

        return await self._database.run(find_and_note)


async def _insert(session: Session, made: NewKey, lasts: timedelta | None) -> None:
    scopes = [made.role, *(f"{GROUP_SCOPE}{group}" for group in made.groups)]
    await create_api_key(session, key_id=made.id, name=made.name, key=made.secret, scopes=scopes)
    if lasts is not None:
        await revoke_api_key(session, key_id=made.id, after=lasts)


def role_of(scopes: Sequence[str]) -> CallerRole | None:
    """The role that a key's scopes give; None where they give none."""
    return highest([role for role in CALLER_ROLES if role in scopes])


def groups_of(scopes: Sequence[str]) -> tuple[str, ...]:
    """The groups whose pages a key may read."""
    return tuple(scope.removeprefix(GROUP_SCOPE) for scope in scopes if scope.startswith(GROUP_SCOPE))


def make_secret() -> str:
    """A new key: 214 random bits."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return KEY_MARK + random + _checksum(random)


def is_well_formed(secret: str) -> bool:
    """Whether it can be one of our keys at all: guesses and cut keys cost no query."""
    if not _KEY.fullmatch(secret):
        return False
    return _checksum(secret[len(KEY_MARK) : -_CHECKSUM]) == secret[-_CHECKSUM:]


def _checksum(random: str) -> str:
    """CRC-32 in base 62, six digits."""
    number, digits = zlib.crc32(random.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
