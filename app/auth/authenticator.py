"""From what a request shows to who is asking."""

import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from starlette.requests import HTTPConnection

from app.auth.api_keys import ApiKeys, groups_of, role_of
from app.auth.callers import ANONYMOUS_SUBJECT, KEY_PREFIX, LOCAL_OWNER, Caller, groups_in, highest
from app.auth.credentials import Credential, read_credential, read_origin
from app.auth.jwks import Jwks
from app.auth.sessions import Sessions
from app.auth.user_tokens import UserTokens
from app.auth.visitors import VisitorTokens
from app.errors import NotSignedIn, OriginRefused
from storage_config.postgres.database import Database
from storage_config.records.better_auth import UserSession, check_better_auth_tables
from storage_config.settings import Settings
from storage_config.vocabulary import CALLER_ROLES, CallerRole

_OPEN_READER = Caller(ANONYMOUS_SUBJECT, "reader", "anonymous")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_ROLES: Mapping[str, CallerRole] = {role: role for role in CALLER_ROLES}


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Who may do what. docs/security.md has it as a table.

    `roles` are ours by the names that the issuer of users gives them: a user has the highest that is named, and a
    user without any is a reader.
    """

    anyone_reads: bool = True
    allowed_origins: tuple[str, ...] = ()
    roles: Mapping[str, CallerRole] = field(default_factory=lambda: OWN_ROLES)

    def role(self, names: str | None) -> CallerRole:
        """Our role for names between commas, each compared as it stands."""
        return highest([self.roles[name] for name in (names or "").split(",") if name in self.roles]) or "reader"


@dataclass(frozen=True, slots=True)
class CredentialVerifiers:
    """What verifies credentials of each kind. None: that kind is not accepted."""

    api_keys: ApiKeys
    user_tokens: UserTokens | None = None
    sessions: Sessions | None = None
    visitors: VisitorTokens | None = None


class Authenticator:
    """Identifies callers. `local_token` is known to who may read the data folder, and lets them do everything."""

    def __init__(self, verifiers: CredentialVerifiers, policy: AccessPolicy, *, local_token: str | None) -> None:
        self._verifiers = verifiers
        self._policy = policy
        self._local_token = local_token

    async def identify(self, request: HTTPConnection, *, confirmed: bool = False) -> Caller:
        """Who is asking.

        With `confirmed` a user's session and an API key are looked up now; without, a JWT is believed for as long as
        it says, and what the database said some seconds ago is too.

        Raises NotSignedIn where a credential is shown that is none of ours, or none is shown and readers have to;
        OriginRefused where a page of another website uses a cookie to write, or a visitor's token.
        """
        credential = read_credential(request)
        caller = await self._recognise(credential, request, confirmed) if credential else None
        if caller is not None:
            return caller
        # A cookie comes along unasked: one that has ended is as good as none.
        if credential is not None and credential.kind != "cookie":
            raise NotSignedIn
        if not self._policy.anyone_reads:
            raise NotSignedIn
        return _OPEN_READER

    async def _recognise(self, credential: Credential, request: HTTPConnection, confirmed: bool) -> Caller | None:
        match credential.kind:
            case "api_key":
                return await self._key_holder(credential.value, confirmed)
            case "jwt":
                return await self._token_holder(credential.value, confirmed)
            case "visitor":
                return self._visitor(credential.value, read_origin(request.headers))
            case "cookie":
                return await self._cookie_holder(credential.value, request, confirmed)
            case "session":
                if self._is_local(credential.value):
                    return LOCAL_OWNER
                return await self._session_holder(credential.value, confirmed)

    def _is_local(self, token: str) -> bool:
        return self._local_token is not None and hmac.compare_digest(token.encode(), self._local_token.encode())

    async def _key_holder(self, secret: str, confirmed: bool) -> Caller | None:
        key = await self._verifiers.api_keys.find(secret, confirmed=confirmed)
        role = role_of(key.scopes) if key else None
        return Caller(f"{KEY_PREFIX}{key.id}", role, "api_key", groups_of(key.scopes)) if key and role else None

    def _visitor(self, token: str, origin: str | None) -> Caller | None:
        if self._verifiers.visitors is None:
            return None
        return Caller(self._verifiers.visitors.verify(token, origin=origin).subject, "reader", "visitor")

    async def _token_holder(self, token: str, confirmed: bool) -> Caller | None:
        if self._verifiers.user_tokens is None:
            return None
        said = await self._verifiers.user_tokens.verify(token)
        role, groups = self._policy.role(said.role), groups_in(said.role)
        if confirmed and self._verifiers.sessions is not None:
            session = await self._verifiers.sessions.find_by_id(said.session_id) if said.session_id else None
            if session is None or session.user_id != said.subject:
                return None
            # Neither a role that was taken away since nor one that the token was not made with.
            role = min(role, self._policy.role(session.role), key=CALLER_ROLES.index)
            groups = tuple(group for group in groups if group in groups_in(session.role))
        return Caller(said.subject, role, "user", groups)

    async def _session_holder(self, token: str, confirmed: bool) -> Caller | None:
        if self._verifiers.sessions is None:
            return None
        session = await self._verifiers.sessions.find_by_token(token, confirmed=confirmed)
        return self._user(session) if session else None

    async def _cookie_holder(self, value: str, request: HTTPConnection, confirmed: bool) -> Caller | None:
        if self._verifiers.sessions is None:
            return None
        session = await self._verifiers.sessions.find_by_cookie(value, confirmed=confirmed)
        if session is None:
            return None
        # Browsers send cookies for any page; only those of the named websites may make them act (CSRF).
        if request.scope["method"] not in _SAFE_METHODS and not self._is_allowed(request.headers.get("origin")):
            raise OriginRefused
        return self._user(session)

    def _user(self, session: UserSession) -> Caller:
        return Caller(session.user_id, self._policy.role(session.role), "user", groups_in(session.role))

    def _is_allowed(self, origin: str | None) -> bool:
        return origin in self._policy.allowed_origins


@asynccontextmanager
async def open_verifiers(settings: Settings, database: Database) -> AsyncIterator[CredentialVerifiers]:
    """What `settings` accept, until the block ends. Raises ConfigurationError without Better Auth's tables."""
    async with _open_user_tokens(settings) as user_tokens:
        if settings.better_auth_schema is not None:
            schema = settings.better_auth_schema
            await database.run(lambda session: check_better_auth_tables(session, schema=schema))
        yield CredentialVerifiers(
            api_keys=ApiKeys(database),
            user_tokens=user_tokens,
            sessions=_build_sessions(settings, database),
            visitors=_build_visitors(settings),
        )


def build_policy(settings: Settings) -> AccessPolicy:
    """The policy that `settings` say."""
    return AccessPolicy(
        anyone_reads=settings.readers != "signed_in",
        allowed_origins=settings.allowed_origins,
        roles=settings.roles or OWN_ROLES,
    )


@asynccontextmanager
async def _open_user_tokens(settings: Settings) -> AsyncIterator[UserTokens | None]:
    """A client is made only where there are keys to fetch: reading the machine's certificates takes it 30 ms."""
    issuer, audience = settings.better_auth_url, settings.better_auth_audience
    if issuer is None or audience is None:
        yield None
        return
    async with httpx.AsyncClient(follow_redirects=False) as client:
        jwks = Jwks(settings.better_auth_jwks_url or _jwks_url(issuer), client)
        yield UserTokens(jwks, issuer=issuer, audience=audience)


def _jwks_url(base_url: str) -> str:
    """Where Better Auth publishes its keys: under `/api/auth`, unless its base url has a path of its own."""
    path = "/jwks" if urlsplit(base_url).path.strip("/") else "/api/auth/jwks"
    return base_url.rstrip("/") + path


def _build_sessions(settings: Settings, database: Database) -> Sessions | None:
    if settings.better_auth_schema is None:
        return None
    secret = settings.better_auth_secret.get_secret_value() if settings.better_auth_secret else None
    return Sessions(database, schema=settings.better_auth_schema, secret=secret)


def _build_visitors(settings: Settings) -> VisitorTokens | None:
    if settings.token_secret is None:
        return None
    return VisitorTokens(settings.token_secret.get_secret_value(), allowed_origins=settings.allowed_origins)
