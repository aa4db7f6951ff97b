"""Users of a real Better Auth server: signing up and in, every credential, rotation of keys, and how it all ends."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt
import pytest

from app.auth import jwks, sessions
from app.auth.authenticator import open_verifiers
from storage_config.errors import ConfigurationError
from storage_config.postgres.database import open_url
from storage_config.settings import Settings
from tests.support.better_auth import AUDIENCE, NODE, SECRET, BetterAuth, User, run_better_auth
from tests.support.fakes import answered_script
from tests.support.serving import World, build_world, open_server

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="no `node` on this machine"),
    pytest.mark.skipif(
        not (NODE / "node_modules" / "better-auth").is_dir(), reason="no npm packages: `make node-packages`"
    ),
]
SITE = "https://docs.example.org"
WRITERS, OWNERS = "/api/v1/health?deep=1", "/api/v1/keys"


@pytest.fixture(scope="module")
def better_auth(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BetterAuth]:
    with run_better_auth(tmp_path_factory.mktemp("better-auth"), module_database_url) as server:
        yield server


class Site:
    """Footnoted, serving on a port."""

    def __init__(self, url: str, world: World) -> None:
        self.url = url
        self.world = world

    async def get(self, path: str, token: str | None = None, **headers: str) -> int:
        """The status of reading a path."""
        more = {"authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(base_url=self.url) as client:
            return (await client.get(path, headers={**headers, **more})).status_code

    async def ask(self, token: str | None = None, **headers: str) -> tuple[int, str | None]:
        """The status of asking a question, and who owns its conversation."""
        more = {"authorization": f"Bearer {token}"} if token else {}
        body = {"question": "Why?", "stream": False}
        async with httpx.AsyncClient(base_url=self.url) as client:
            answer = await client.post("/api/v1/chat", json=body, headers={**headers, **more})
        owners = list(self.world.conversations.owners.values())
        return answer.status_code, owners[-1] if answer.status_code == 200 else None


def settings_for(server: BetterAuth) -> dict[str, Any]:
    """What docs/better-auth.md has Footnoted set."""
    return {
        "better_auth_url": server.url,
        "better_auth_audience": AUDIENCE,
        "better_auth_schema": "public",
        "better_auth_secret": SECRET,
        "database_url": server.database_url,
        "allowed_origins": SITE,
        "readers": "signed_in",
    }


@asynccontextmanager
async def serving(server: BetterAuth, **changes: Any) -> AsyncIterator[Site]:
    """Footnoted with Better Auth's users and a shared database."""
    settings = Settings(_env_file=None, **{**settings_for(server), **changes})
    async with open_url(server.database_url) as database:
        world = build_world(answered_script(), settings=settings, database=database)
        async with open_server(world) as url:
            yield Site(url, world)


def shown(user: User) -> dict[str, dict[str, str]]:
    """Each credential of the user as the arguments that show it."""
    return {
        "jwt": {"token": user.jwt},
        "session token": {"token": user.session_token},
        "signed token": {"token": user.signed_token},
        "cookie": {"cookie": user.cookie, "origin": SITE},
    }


async def test_a_user_reads_with_every_credential_as_themselves(better_auth: BetterAuth) -> None:
    user = await better_auth.sign_up()
    async with serving(better_auth) as site:
        seen = {name: await site.ask(**credential) for name, credential in shown(user).items()}
        assert seen == dict.fromkeys(shown(user), (200, user.id))
        assert await site.ask() == (401, None)


async def test_the_jwt_holds_nothing_but_what_is_needed(better_auth: BetterAuth) -> None:
    user = await better_auth.sign_up("writer")
    claims = jwt.decode(user.jwt, options={"verify_signature": False})
    assert claims.keys() == {"iss", "aud", "sub", "iat", "exp", "role", "sid"}
    assert (claims["iss"], claims["aud"], claims["sub"]) == (better_auth.url, AUDIENCE, user.id)
    assert (claims["exp"] - claims["iat"], claims["role"]) == (300, "writer")
    assert jwt.get_unverified_header(user.jwt)["alg"] == "EdDSA"


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (None, (403, 403)),
        ("user", (403, 403)),
        ("writer", (200, 403)),
        ("user,writer", (200, 403)),
        ("owner", (200, 200)),
        ("admin", (403, 403)),
        ("reader,owner ", (403, 403)),
        ("Owner", (403, 403)),
        ("owner;writer", (403, 403)),
    ],
)
async def test_the_role_says_what_a_user_may(better_auth: BetterAuth, role: str, statuses: tuple[int, int]) -> None:
    user = await better_auth.sign_up(role)
    async with serving(better_auth) as site:
        for credential in shown(user).values():
            assert (await site.get(WRITERS, **credential), await site.get(OWNERS, **credential)) == statuses


async def test_roles_may_have_other_names(better_auth: BetterAuth) -> None:
    admin, owner = await better_auth.sign_up("user,admin"), await better_auth.sign_up("owner")
    async with serving(better_auth, roles="admin=owner,editor=writer") as site:
        assert await site.get(OWNERS, admin.jwt) == 200
        assert await site.get(WRITERS, owner.jwt) == 403


async def test_a_cookie_writes_from_pages_of_the_site_only(better_auth: BetterAuth) -> None:
    user = await better_auth.sign_up()
    async with serving(better_auth) as site:
        origins = [SITE, "https://evil.example", "null", SITE + ".evil.example", None]
        headers = [{"origin": origin} if origin else {} for origin in origins]
        statuses = [(await site.ask(cookie=user.cookie, **header))[0] for header in headers]
        assert statuses == [200, 403, 403, 403, 403]
        assert [await site.get("/api/v1/health", cookie=user.cookie, **header) for header in headers] == [200] * 5


async def test_a_forged_or_ended_cookie_is_as_none(better_auth: BetterAuth) -> None:
    user = await better_auth.sign_up()
    forged = {
        "unsigned": f"better-auth.session_token={user.session_token}",
        "badly signed": f"better-auth.session_token={user.session_token}.{'A' * 43}%3D",
        "unknown": "better-auth.session_token=abc",
    }
    async with serving(better_auth) as closed, serving(better_auth, readers="public") as open_site:
        for cookie in forged.values():
            assert await closed.ask(cookie=cookie, origin=SITE) == (401, None)
            assert await open_site.ask(cookie=cookie, origin=SITE) == (200, "anonymous")
        secure = "__Secure-" + user.cookie
        assert await closed.ask(cookie=secure, origin=SITE) == (200, user.id)


async def test_after_signing_out_a_jwt_reads_but_does_not_write(
    better_auth: BetterAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "REMEMBERED_SECONDS", 0.5)
    user = await better_auth.sign_up("owner")
    async with serving(better_auth) as site:
        for credential in shown(user).values():
            assert (await site.get(OWNERS, **credential), (await site.ask(**credential))[0]) == (200, 200)
        await better_auth.sign_out(user)
        for credential in shown(user).values():
            assert [await site.get(path, **credential) for path in (OWNERS, "/api/v1/me")] == [401, 401]
        await asyncio.sleep(0.5)
        reads = {name: (await site.ask(**credential))[0] for name, credential in shown(user).items()}
        assert reads == {"jwt": 200, "session token": 401, "signed token": 401, "cookie": 401}


async def test_a_session_that_ran_out_or_a_banned_user_does_not_write(better_auth: BetterAuth) -> None:
    old, banned = await better_auth.sign_up("owner"), await better_auth.sign_up("owner")
    better_auth.execute('UPDATE session SET "expiresAt" = now() WHERE "userId" = %s', old.id)
    better_auth.execute('UPDATE "user" SET banned = true WHERE id = %s', banned.id)
    async with serving(better_auth) as site:
        for user in (old, banned):
            assert [await site.get(OWNERS, **credential) for credential in shown(user).values()] == [401] * 4


async def test_a_role_that_was_taken_away_is_gone_at_once(better_auth: BetterAuth) -> None:
    user = await better_auth.sign_up("owner")
    async with serving(better_auth) as site:
        assert await site.get(OWNERS, user.jwt) == 200
        better_auth.execute('UPDATE "user" SET role = %s WHERE id = %s', "writer", user.id)
        for credential in shown(user).values():
            assert (await site.get(OWNERS, **credential), await site.get(WRITERS, **credential)) == (403, 200)


async def test_another_users_session_does_not_confirm_a_jwt(better_auth: BetterAuth) -> None:
    user, owner = await better_auth.sign_up("owner"), await better_auth.sign_up("owner")
    sid = jwt.decode(owner.jwt, options={"verify_signature": False})["sid"]
    now = int(time.time())
    for session_id in (sid, "unknown", None):
        token = await better_auth.sign(sub=user.id, role="owner", sid=session_id, iat=now)
        async with serving(better_auth) as site:
            assert await site.get(OWNERS, token) == 401


async def test_without_a_shared_database_a_jwt_is_believed_until_it_ends(better_auth: BetterAuth) -> None:
    user = await better_auth.sign_up("owner")
    await better_auth.sign_out(user)
    async with serving(better_auth, better_auth_schema=None, better_auth_secret=None) as site:
        assert await site.get(OWNERS, user.jwt) == 200
        for name in ("session token", "signed token", "cookie"):
            assert await site.get(OWNERS, **shown(user)[name]) == 401


async def test_keys_rotate_while_readers_read(better_auth: BetterAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(jwks, "FRESH_SECONDS", 1.0)
    before = await better_auth.sign_up()
    async with serving(better_auth) as site:
        assert (await site.ask(before.jwt))[0] == 200
        better_auth.execute('UPDATE jwks SET "expiresAt" = now()')
        after = await better_auth.sign_in(before.email)
        kids = [jwt.get_unverified_header(user.jwt)["kid"] for user in (before, after)]
        assert kids[0] != kids[1]
        await asyncio.sleep(0.1)
        assert [(await site.ask(user.jwt))[0] for user in (after, before)] == [200, 200]
        better_auth.execute("DELETE FROM jwks WHERE id = %s", kids[0])
        await asyncio.sleep(1.0)
        assert [(await site.ask(user.jwt))[0] for user in (after, before)] == [200, 401]


async def test_expired_and_future_tokens_are_refused(better_auth: BetterAuth) -> None:
    user, now = await better_auth.sign_up(), int(time.time())
    async with serving(better_auth, readers="public") as site:
        for times, status in [
            ({"iat": now - 360, "exp": now - 60}, 401),
            ({"iat": now + 60, "exp": now + 360}, 401),
            ({"iat": now, "nbf": now + 60}, 401),
            ({"iat": now}, 200),
        ]:
            token = await better_auth.sign(sub=user.id, **times)
            assert (await site.ask(token))[0] == status


async def test_the_tables_must_be_there(better_auth: BetterAuth) -> None:
    settings = Settings(_env_file=None, **{**settings_for(better_auth), "better_auth_schema": "elsewhere"})
    async with open_url(better_auth.database_url) as database:
        with pytest.raises(ConfigurationError, match="BETTER_AUTH_SCHEMA"):
            async with open_verifiers(settings, database):
                pytest.fail("opened")
