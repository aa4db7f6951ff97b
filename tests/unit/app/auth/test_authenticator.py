"""The policy: what is accepted, from whom, and how much of it is believed without asking the database."""

from typing import Any, cast
from uuid import UUID

import httpx
import pytest
from starlette.requests import HTTPConnection

from app.auth.api_keys import ApiKeys, make_secret
from app.auth.authenticator import AccessPolicy, Authenticator, CredentialVerifiers, build_policy
from app.auth.callers import Caller
from app.auth.jwks import Jwks
from app.auth.sessions import Sessions
from app.auth.user_tokens import UserTokens
from app.errors import NotSignedIn, OriginRefused
from storage_config.postgres.database import Database
from storage_config.records.api_keys import ApiKey
from storage_config.records.better_auth import UserSession
from storage_config.records.ids import new_id
from storage_config.settings import Settings
from storage_config.vocabulary import CallerRole
from tests.support.fakes import NoDatabase, answered_script
from tests.support.serving import build_world, open_client
from tests.support.tokens import AUDIENCE, ISSUER, CountingTransport, Issuer

SITE = "https://docs.example.org"
KEY_ID = UUID("0192f0c1-0000-7000-8000-000000000001")
NO_DATABASE = cast(Database, NoDatabase())
_ISSUER = Issuer()


class FakeApiKeys(ApiKeys):
    """One key of each role, by its name; records what was confirmed."""

    def __init__(self) -> None:
        super().__init__(NO_DATABASE)
        self.asked: list[tuple[str, bool]] = []

    async def find(self, secret: str, *, confirmed: bool) -> ApiKey | None:
        self.asked.append((secret, confirmed))
        scopes = secret.removeprefix("fn_").split("+")
        return None if secret == "fn_gone" else ApiKey(KEY_ID, "ci", scopes, None, None, None)  # type: ignore[arg-type]


class FakeSessions(Sessions):
    """Sessions by what is shown; records what was asked."""

    def __init__(self, **sessions: UserSession) -> None:
        super().__init__(NO_DATABASE, schema="public", secret=None)
        self.sessions = sessions
        self.asked: list[tuple[str, bool]] = []

    async def find_by_token(self, shown: str, *, confirmed: bool) -> UserSession | None:
        self.asked.append((shown, confirmed))
        return self.sessions.get(shown)

    async def find_by_cookie(self, value: str, *, confirmed: bool) -> UserSession | None:
        return await self.find_by_token(value, confirmed=confirmed)

    async def find_by_id(self, session_id: str) -> UserSession | None:
        return await self.find_by_token(session_id, confirmed=True)


def build(
    sessions: Sessions | None = None, policy: AccessPolicy = AccessPolicy(allowed_origins=(SITE,))
) -> Authenticator:
    client = httpx.AsyncClient(transport=CountingTransport(_ISSUER.document))
    tokens = UserTokens(Jwks("https://auth.example.org/jwks", client), issuer=ISSUER, audience=AUDIENCE)
    return Authenticator(CredentialVerifiers(FakeApiKeys(), tokens, sessions), policy, local_token="local-token")


def asking(token: str | None = None, method: str = "GET", **headers: str) -> HTTPConnection:
    shown = {"authorization": f"Bearer {token}"} if token else {}
    raw = [(name.encode(), value.encode()) for name, value in {**headers, **shown}.items()]
    return HTTPConnection({"type": "http", "method": method, "headers": raw})


@pytest.mark.parametrize(
    ("names", "role"),
    [
        (None, "reader"),
        ("", "reader"),
        ("writer", "writer"),
        ("reader,owner,writer", "owner"),
        ("owner ", "reader"),
        ("reader, owner", "reader"),
        ("Owner", "reader"),
        ("admin", "reader"),
    ],
)
def test_names_of_roles_are_compared_as_they_stand(names: str | None, role: CallerRole) -> None:
    assert AccessPolicy().role(names) == role


def test_other_names_replace_ours() -> None:
    policy = build_policy(
        Settings(_env_file=None, better_auth_url=ISSUER, better_auth_audience=AUDIENCE, roles={"admin": "owner"})
    )
    assert [policy.role(names) for names in ("admin", "owner", "user,admin")] == ["owner", "reader", "owner"]


async def test_each_credential_says_who() -> None:
    authenticator = build(FakeSessions(abc=UserSession("user-2", "writer")))
    assert await authenticator.identify(asking()) == Caller("anonymous", "reader", "anonymous")
    assert await authenticator.identify(asking("local-token")) == Caller("command-line", "owner", "local")
    assert await authenticator.identify(asking("fn_writer")) == Caller(f"key:{KEY_ID}", "writer", "api_key")
    assert await authenticator.identify(asking("abc")) == Caller("user-2", "writer", "user", ("writer",))
    assert await authenticator.identify(asking(_ISSUER.sign(role="owner"))) == Caller(
        "user-1", "owner", "user", ("owner",)
    )


@pytest.mark.parametrize("token", ["fn_gone", "fn_documents:write", "unknown", "local-token2", "fnv_a.b.c", "a.b.c"])
async def test_a_bad_credential_is_never_as_none(token: str) -> None:
    with pytest.raises(NotSignedIn):
        await build(FakeSessions()).identify(asking(token))


async def test_a_jwt_is_believed_for_reading_and_confirmed_for_more() -> None:
    sessions = FakeSessions(good=UserSession("user-1", "writer"), other=UserSession("user-2", "owner"))
    authenticator = build(sessions)
    assert (await authenticator.identify(asking(_ISSUER.sign(role="owner", sid="good")))).role == "owner"
    assert sessions.asked == []
    confirmed = {
        (claimed, sid): await _role(authenticator, _ISSUER.sign(role=claimed, sid=sid))
        for claimed, sid in [
            ("owner", "good"),
            ("reader", "good"),
            ("owner", "other"),
            ("owner", "gone"),
            ("owner", None),
        ]
    }
    assert list(confirmed.values()) == ["writer", "reader", None, None, None]


async def _role(authenticator: Authenticator, token: str) -> str | None:
    try:
        return (await authenticator.identify(asking(token), confirmed=True)).role
    except NotSignedIn:
        return None


async def test_without_a_session_table_a_jwt_is_all_there_is() -> None:
    assert await _role(build(None), _ISSUER.sign(role="owner")) == "owner"
    with pytest.raises(NotSignedIn):
        await build(None).identify(asking("abc"))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_cookie_acts_only_for_pages_that_may(method: str) -> None:
    authenticator = build(FakeSessions(abc=UserSession("user-1", None)))
    cookie = {"cookie": "better-auth.session_token=abc"}
    assert (await authenticator.identify(asking(**cookie))).subject == "user-1"
    assert (await authenticator.identify(asking(method=method, origin=SITE, **cookie))).subject == "user-1"
    for headers in ({}, {"origin": "null"}, {"origin": "https://evil.example"}, {"referer": SITE + "/"}):
        with pytest.raises(OriginRefused):
            await authenticator.identify(asking(method=method, **headers, **cookie))


async def test_where_readers_sign_in_nobody_else_reads() -> None:
    authenticator = build(FakeSessions(), AccessPolicy(anyone_reads=False))
    for request in (asking(), asking(cookie="better-auth.session_token=ended")):
        with pytest.raises(NotSignedIn):
            await authenticator.identify(request)
    assert (await authenticator.identify(asking("fn_reader"))).role == "reader"


async def test_reading_trusts_what_was_looked_up_and_writing_asks_again() -> None:
    world = build_world(answered_script())
    keys = FakeApiKeys()
    async with open_client(world, token="fn_owner") as client:
        app: Any = client._transport.app  # type: ignore[attr-defined]
        app.state.footnoted.authenticator._verifiers = CredentialVerifiers(keys)
        await client.post("/api/v1/chat", json={"question": "Why?", "stream": False})
        await client.get("/api/v1/health?deep=1")
    assert keys.asked == [("fn_owner", False), ("fn_owner", True)]


async def test_with_nothing_configured_no_token_costs_a_query() -> None:
    async with open_client(build_world(answered_script())) as client:
        for token in (_ISSUER.sign(), "session-token", "fnv_a.b.c", make_secret()[:-1], "fn_" + "a" * 42):
            answer = await client.get("/api/v1/health?deep=1", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 401
        refused = await client.post("/api/v1/tokens/anonymous", headers={"origin": "http://test"})
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:footnoted:problem:origin-refused")


async def test_health_is_for_everyone_even_where_readers_sign_in() -> None:
    world = build_world(answered_script(), settings=Settings(_env_file=None, readers="signed_in"))
    async with open_client(world) as client:
        assert (await client.get("/api/v1/health")).status_code == 200
        assert (await client.get(f"/api/v1/conversations/{new_id()}")).status_code == 401
        assert (await client.post("/api/v1/chat", json={"question": "Why?"})).status_code == 401
