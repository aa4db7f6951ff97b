"""Attacks on who is asking, each against a real server, a real database and an issuer's keys over HTTP.

Anyone may read here, so that being let in by a bad credential as nobody in particular would show as 200.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.auth.api_keys import ApiKeys, make_secret
from app.main import create_app
from storage_config.postgres.database import Database
from storage_config.records.ids import new_id
from storage_config.settings import Settings
from tests.support.fakes import FakeCorpus, FakeResources, ScriptedEngine, answered_script
from tests.support.serving import World, open_client, open_server
from tests.support.tokens import AUDIENCE, ISSUER, Issuer, JwksServer, encode, unsigned

SITE, OTHER_SITE = "https://docs.example.org", "https://blog.example.org"
SECRET = "a secret of the tests, long enough 0123456789"
CHAT, DOCUMENTS, KEYS = "/api/v1/chat", "/api/v1/documents", "/api/v1/keys"
WRITERS = "/api/v1/health?deep=1"
QUESTION = {"question": "Why?", "stream": False}
# What anyone may call without being told who they are.
OPEN = {"/api/v1/health", "/api/v1/tokens/anonymous"}


class RecordedWorld(World):
    """A world that records conversations in its database."""

    def build(self) -> Any:
        return create_app(self.resources.settings, self.resources.open(), listens_on=None)


@dataclass
class Site:
    """Footnoted on a port, the issuer of its users and the keys of its programs."""

    client: httpx.AsyncClient
    world: RecordedWorld
    issuer: Issuer
    jwks: JwksServer
    api_keys: ApiKeys
    seen: list[int] = field(default_factory=list)

    async def call(self, token: str | None, path: str = DOCUMENTS, method: str = "GET", **more: Any) -> httpx.Response:
        """A request that shows the token."""
        headers = {"authorization": f"Bearer {token}"} if token is not None else {}
        return await self.client.request(method, path, headers={**headers, **more.pop("headers", {})}, **more)

    async def status(self, token: str | None, path: str = DOCUMENTS, **more: Any) -> int:
        """The status of that request."""
        return (await self.call(token, path, **more)).status_code

    async def visit(self, origin: str = SITE, token: str | None = None) -> str:
        """A visitor's token for pages of that website."""
        answer = await self.call(token, "/api/v1/tokens/anonymous", method="POST", headers={"origin": origin})
        return str(answer.raise_for_status().json()["token"])


def build(database: Database, jwks_url: str) -> RecordedWorld:
    settings = Settings(
        _env_file=None,
        better_auth_url=ISSUER,
        better_auth_audience=AUDIENCE,
        better_auth_jwks_url=jwks_url,
        token_secret=SECRET,
        allowed_origins=(SITE, OTHER_SITE),
    )
    corpora = {"docs": FakeCorpus(ScriptedEngine(answered_script()))}
    return RecordedWorld(FakeResources(corpora, settings=settings, database=database))


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    issuer = Issuer()
    async with JwksServer(issuer) as jwks:
        world = build(database, jwks.url)
        async with open_server(world) as url, httpx.AsyncClient(base_url=url) as client:
            yield Site(client, world, issuer, jwks, ApiKeys(database))


async def test_the_good_token_is_let_in(site: Site) -> None:
    assert await site.status(site.issuer.sign()) == 200


async def test_a_token_without_a_signature(site: Site) -> None:
    for algorithm in ("none", "None", "NONE", "nOnE", ""):
        header = {"alg": algorithm, "typ": "JWT", "kid": site.issuer.current}
        for signature in (b"", b"x" * 64):
            assert await site.status(unsigned(header, site.issuer.claims(role="owner"), signature)) == 401


async def test_a_token_signed_with_the_public_key_as_a_secret(site: Site) -> None:
    assert await site.status(site.issuer.sign()) == 200
    public = site.issuer.keys[site.issuer.current].public_key()
    (published,) = site.issuer.document()["keys"]
    secrets = [site.issuer.public(site.issuer.current), published["x"].encode(), str(published).encode()]
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in secrets:
        token = jwt.encode(site.issuer.claims(), secret, algorithm="HS256", headers={"kid": site.issuer.current})
        assert await site.status(token) == 401
    # PyJWT refuses to sign with this one: by hand.
    signed = f"{encode({'alg': 'HS256', 'kid': site.issuer.current})}.{encode(site.issuer.claims())}"
    made = jwt.api_jws.PyJWS().get_algorithm_by_name("HS256").sign(signed.encode(), pem)
    assert await site.status(f"{signed}.{encode(made)}") == 401


WRONG: dict[str, list[dict[str, Any]]] = {
    "issuer": [{"iss": "https://evil.example"}, {"iss": ISSUER + ".evil.example"}, {"iss": None}],
    "audience": [{"aud": "another-service"}, {"aud": ["another-service"]}, {"aud": None}],
    "expiry": [{"exp": -60}, {"exp": None}, {"exp": 86_400}],
    "beginning": [{"iat": 120}, {"nbf": 120}, {"iat": None}],
    "subject": [{"sub": None}, {"sub": "command-line"}, {"sub": "anonymous"}, {"sub": "visitor:a"}],
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_token_with_the_wrong(site: Site, what: str) -> None:
    for changes in WRONG[what]:
        now = int(time.time())
        claims: dict[str, Any] = {
            name: now + value if isinstance(value, int) else value for name, value in changes.items()
        }
        assert await site.status(site.issuer.sign(**claims)) == 401, changes


async def test_a_flood_of_unknown_key_ids_fetches_a_bounded_number_of_times(database: Database) -> None:
    issuer = Issuer()
    async with JwksServer(issuer) as jwks:
        world = build(database, jwks.url)
        async with open_client(world) as client:
            app: Any = client._transport.app  # type: ignore[attr-defined]

            async def flood(number: int) -> int:
                # Each from an address of its own, which no limit by address stops.
                transport = httpx.ASGITransport(app, client=(f"10.0.{number // 250}.{number % 250}", 1234))
                token = issuer.sign(headers={"kid": f"made-up-{number}"})
                async with httpx.AsyncClient(transport=transport, base_url="http://test") as attacker:
                    answer = await attacker.get(DOCUMENTS, headers={"authorization": f"Bearer {token}"})
                return answer.status_code

            statuses = await asyncio.gather(*(flood(number) for number in range(400)))
            assert set(statuses) == {401}
            assert jwks.calls == 1
            good = await client.get(DOCUMENTS, headers={"authorization": f"Bearer {issuer.sign()}"})
            assert good.status_code == 200
            assert jwks.calls == 1


async def test_addresses_of_keys_in_a_token_are_never_followed(site: Site) -> None:
    evil = Issuer()
    async with JwksServer(evil) as server:
        for headers in (
            {"jku": server.url},
            {"x5u": server.url},
            {"jwk": evil.document()["keys"][0]},
            {"kid": server.url},
            {"kid": "../../../../dev/null"},
            {"kid": "key-1' UNION SELECT 'x"},
            {"kid": "key-1\r\nx-injected: 1"},
            {"kid": "x" * 5_000},
        ):
            assert await site.status(evil.sign(headers=headers)) == 401
        assert server.calls == 0
    assert {request.path for request in site.jwks.received} == {"/"}


async def test_another_readers_conversation(site: Site) -> None:
    mine, visitor = site.issuer.sign(sub="user-1"), await site.visit()
    key = (await site.api_keys.create(name="ci", role="owner")).secret
    asked = await site.call(mine, CHAT, method="POST", json=QUESTION)
    conversation = asked.json()["conversation_id"]
    follow_up = {**QUESTION, "conversation_id": conversation}
    strangers = [(site.issuer.sign(sub="user-2", role="owner"), {}), (visitor, {"origin": SITE}), (key, {}), (None, {})]
    for token, headers in strangers:
        for method, path, body in [
            ("POST", CHAT, follow_up),
            ("GET", f"/api/v1/conversations/{conversation}", None),
            ("PATCH", f"/api/v1/conversations/{conversation}", {"title": "mine now"}),
            ("DELETE", f"/api/v1/conversations/{conversation}", None),
            ("POST", f"/api/v1/messages/{asked.json()['id']}/feedback", {"rating": "down"}),
        ]:
            answer = await site.call(token, path, method=method, json=body, headers=headers)
            assert answer.status_code in (401, 404), (method, path)
    assert await site.status(mine, CHAT, method="POST", json=follow_up) == 200
    again = (await site.call(mine, f"/api/v1/conversations/{conversation}")).json()
    assert again["title"] == "Why?"


async def test_erasing_and_exporting_takes_ones_own_only(site: Site) -> None:
    mine, other = site.issuer.sign(sub="user-1"), site.issuer.sign(sub="user-2", role="owner")
    asked = await site.call(mine, CHAT, method="POST", json=QUESTION)
    assert (await site.call(other, "/api/v1/me")).json()["conversations"] == []
    assert (await site.call(other, "/api/v1/me", method="DELETE")).json() == {"conversations": 0}
    (kept,) = (await site.call(mine, "/api/v1/me")).json()["conversations"]
    assert kept["id"] == asked.json()["conversation_id"]


async def test_a_visitors_token_of_another_website(site: Site) -> None:
    token = await site.visit(SITE)
    assert await site.status(token, headers={"origin": SITE}) == 200
    assert await site.status(token, headers={"referer": f"{SITE}/guide/"}) == 200
    for headers in [
        {"origin": OTHER_SITE},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": SITE + ".evil.example"},
        {"referer": f"https://evil.example/?{SITE}"},
        {"origin": "https://evil.example", "referer": f"{SITE}/guide/"},
        {},
    ]:
        assert await site.status(token, headers=headers) == 403
        for_others = await site.call(token, "/api/v1/tokens/anonymous", method="POST", headers=headers)
        assert for_others.status_code == 403
    evil = await site.call(None, "/api/v1/tokens/anonymous", method="POST", headers={"origin": "https://evil.example"})
    assert (evil.status_code, evil.json()["type"]) == (403, "urn:footnoted:problem:origin-refused")


async def test_a_visitor_keeps_their_conversations_and_is_nobody_else(site: Site) -> None:
    first, stranger = await site.visit(), await site.visit()
    asked = await site.call(first, CHAT, method="POST", json=QUESTION, headers={"origin": SITE})
    follow_up = {**QUESTION, "conversation_id": asked.json()["conversation_id"]}
    renewed = await site.visit(token=first)
    statuses = [
        await site.status(token, CHAT, method="POST", json=follow_up, headers={"origin": SITE})
        for token in (renewed, stranger)
    ]
    assert statuses == [200, 404]


WRITES: list[tuple[str, str, Any]] = [
    ("GET", WRITERS, None),
    ("POST", "/api/v1/ingestions", {"corpus": "docs"}),
    ("POST", "/api/v1/ingestions/plan", {"corpus": "docs"}),
    ("DELETE", f"/api/v1/ingestions/{new_id()}", None),
    ("GET", KEYS, None),
    ("POST", KEYS, {"name": "mine", "role": "owner"}),
]


async def test_a_reader_is_no_writer(site: Site) -> None:
    key = (await site.api_keys.create(name="reads", role="reader")).secret
    shown = [(site.issuer.sign(role="reader"), 403), (key, 403), (await site.visit(), 403), (None, 401)]
    headers = {"origin": SITE, "x-role": "owner", "x-user-role": "owner", "x-forwarded-user": "admin"}
    for credential, status in shown:
        for method, path, body in WRITES:
            assert await site.status(credential, path, method=method, json=body, headers=headers) == status
    assert len(await site.api_keys.list()) == 1


async def test_roles_that_only_look_like_ours(site: Site) -> None:
    tricks: list[Any] = [
        "reader,owner ",
        " owner",
        "OWNER",
        "owner;writer",
        "owner\u200b",
        "owner\x00",
        ["owner"],
        True,
    ]
    for role in [None, "", ",", "user", *tricks]:
        for method, path, body in (WRITES[0], WRITES[-1]):
            assert await site.status(site.issuer.sign(role=role), path, method=method, json=body) == 403
    assert await site.status(site.issuer.sign(role="reader,owner"), KEYS) == 200


async def test_a_writer_is_no_owner(site: Site) -> None:
    for token in (site.issuer.sign(role="writer"), (await site.api_keys.create(name="ci", role="writer")).secret):
        assert await site.status(token, WRITERS) == 200
        assert await site.status(token, KEYS, method="POST", json={"name": "mine", "role": "owner"}) == 403


async def test_a_role_that_was_changed_in_the_token(site: Site) -> None:
    header, _, signature = site.issuer.sign(role="reader").split(".")
    for claims in (site.issuer.claims(role="owner"), site.issuer.claims(role="reader,owner", sub="user-2")):
        assert await site.status(f"{header}.{encode(claims)}.{signature}", KEYS) == 401


async def test_a_revoked_key(site: Site) -> None:
    made = await site.api_keys.create(name="ci", role="owner")
    assert await site.status(made.secret, KEYS) == 200
    await site.api_keys.revoke(made.id)
    assert await site.status(made.secret, KEYS) == 401
    assert await site.status(made.secret, WRITERS) == 401


async def test_guessed_and_cut_keys(site: Site) -> None:
    key = (await site.api_keys.create(name="ci", role="owner")).secret
    for guess in (make_secret(), key[:-1], key + "a", key.lower(), key.upper(), "fn_", "fn_" + "a" * 42, key[3:]):
        assert await site.status(guess) == 401
        assert await site.status(None, headers={"x-api-key": guess}) == 401


async def test_cut_and_oversized_tokens(site: Site) -> None:
    token, visitor = site.issuer.sign(), await site.visit()
    cuts = [whole[:length] for whole in (token, visitor) for length in range(1, len(whole) - 1, 16)]
    assert {await site.status(cut, headers={"origin": SITE}) for cut in cuts} == {401}
    head, claims, signature = token.split(".")
    for oversized in (token + "a" * 9_000, "a" * 30_000, f"{head}.{claims * 30}.{signature}", "." * 5_000):
        assert await site.status(oversized) in (400, 401, 431)
    assert await site.status(token) == 200


async def test_one_kind_of_token_in_place_of_another(site: Site) -> None:
    token, visitor = site.issuer.sign(role="owner"), await site.visit()
    headers = {"origin": SITE}
    for swapped in (f"fnv_{token}", visitor.removeprefix("fnv_"), f"fn_{token}", f"Bearer {token}"):
        assert await site.status(swapped, headers=headers) == 401


async def test_two_credentials_in_one_header(site: Site) -> None:
    good = f"Bearer {site.issuer.sign()}"
    for headers in ([("authorization", good)] * 2, [("authorization", "Bearer x"), ("authorization", good)]):
        assert (await site.client.get(DOCUMENTS, headers=headers)).status_code == 401
    for value in (f"Basic {encode(b'a:b')}", "Bearer", good.replace("Bearer", "Token")):
        assert (await site.client.get(DOCUMENTS, headers={"authorization": value})).status_code == 401


async def test_no_route_forgets_to_ask(site: Site) -> None:
    paths = site.world.build().openapi()["paths"]
    calls = [(path, method) for path, methods in paths.items() if path not in OPEN for method in methods]
    assert len(calls) > 10
    for number, (path, method) in enumerate(calls):
        answer = await site.call(f"no-token-of-anybody-{number}", re.sub(r"{\w+}", str(new_id()), path), method=method)
        assert answer.status_code == 401, (method, path)


async def test_nothing_secret_is_logged(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    key = (await site.api_keys.create(name="ci", role="owner")).secret
    token, forged, visitor = site.issuer.sign(), site.issuer.sign(aud="other"), await site.visit()
    site.world.resources.corpora["docs"].engine.script[:] = [RuntimeError("broken")]
    for credential in (key, token, forged, visitor, make_secret()):
        await site.status(credential, CHAT, method="POST", json=QUESTION, headers={"origin": SITE})
        await site.status(credential, CHAT, method="POST", json=QUESTION, headers={"origin": OTHER_SITE})
    written = "".join(capfd.readouterr())
    assert "broken" in written
    for secret in (key, token, forged, visitor, SECRET):
        assert secret not in written
        assert secret.rpartition(".")[2] not in written
