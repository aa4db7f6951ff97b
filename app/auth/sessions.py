"""Sessions of Better Auth, as its own table has them."""

import base64
import hashlib
import hmac
from urllib.parse import unquote

from app.auth.recent_lookups import RecentLookups
from storage_config.postgres.database import Database
from storage_config.records.better_auth import UserSession, find_session_by_id, find_session_by_token

COOKIE_NAMES = ("__Secure-better-auth.session_token", "better-auth.session_token")
REMEMBERED_SECONDS = 5.0
_REMEMBERED = 4_096


class Sessions:
    """Finds sessions. `secret` is Better Auth's: without it neither cookies nor signed tokens are accepted."""

    def __init__(self, database: Database, *, schema: str, secret: str | None) -> None:
        self._database = database
        self._schema = schema
        self._secret = secret
        self._recent: RecentLookups[UserSession | None] = RecentLookups(seconds=REMEMBERED_SECONDS, size=_REMEMBERED)

    async def find_by_token(self, shown: str, *, confirmed: bool) -> UserSession | None:
        """The session of a token, signed or not; looked up now where `confirmed`, else at most 5 seconds ago."""
        token = self._unsign(shown) if "." in shown else shown
        return await self._find(token, confirmed=confirmed) if token else None

    async def find_by_cookie(self, value: str, *, confirmed: bool) -> UserSession | None:
        """The session of a cookie's value, which is a signed token."""
        token = self._unsign(unquote(value))
        return await self._find(token, confirmed=confirmed) if token else None

    async def find_by_id(self, session_id: str) -> UserSession | None:
        """The session of that id, looked up now."""
        return await self._database.run(
            lambda session: find_session_by_id(session, schema=self._schema, session_id=session_id)
        )

    async def _find(self, token: str, *, confirmed: bool) -> UserSession | None:
        async def look_up() -> UserSession | None:
            return await self._database.run(
                lambda session: find_session_by_token(session, schema=self._schema, token=token)
            )

        if confirmed:
            return await look_up()
        return await self._recent.find(hashlib.sha256(token.encode()).hexdigest(), look_up)

    def _unsign(self, signed: str) -> str | None:
        """The token in `token.signature` (HMAC-SHA256, base64), where the signature is Better Auth's."""
        token, _, signature = unquote(signed).rpartition(".")
        if self._secret is None:
            return None
        made = hmac.new(self._secret.encode(), token.encode(), hashlib.sha256).digest()
        # A browser's cookie has the padding, which Better Auth's own bearer tokens may lack.
        expected = base64.b64encode(made).rstrip(b"=")
        return token if hmac.compare_digest(signature.rstrip("=").encode(), expected) else None
