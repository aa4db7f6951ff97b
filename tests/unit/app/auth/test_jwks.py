"""Public keys are fetched seldom, by one at a time, kept while their issuer is away, and only where we say."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from app.auth.jwks import FRESH_SECONDS, KEEP_SECONDS, PAUSE_AFTER_FAILURE_SECONDS, PAUSE_SECONDS, Jwks, read_keys
from app.errors import SignInUnavailable
from tests.support.tokens import CountingTransport, Issuer

URL = "https://auth.example.org/api/auth/jwks"


class World:
    """A cache, its issuer and a clock that is set by hand."""

    def __init__(self, answer: Any = None) -> None:
        self.now = 1_000.0
        self.issuer = Issuer()
        self.transport = CountingTransport(answer or self.issuer.document)
        self.jwks = Jwks(URL, httpx.AsyncClient(transport=self.transport), clock=lambda: self.now)

    @property
    def fetches(self) -> int:
        return len(self.transport.calls)

    async def knows(self, key_id: str) -> bool:
        return await self.jwks.find(key_id) is not None


async def test_a_key_is_fetched_once() -> None:
    world = World()
    assert await world.knows("key-1")
    assert await world.knows("key-1")
    assert world.transport.calls == [URL]


async def test_those_who_ask_at_once_share_a_fetch() -> None:
    world = World()
    assert all(await asyncio.gather(*(world.knows("key-1") for _ in range(50))))
    assert world.fetches == 1


async def test_a_flood_of_unknown_ids_fetches_once_a_pause() -> None:
    world = World()
    assert await world.knows("key-1")
    for number in range(1_000):
        assert not await world.knows(f"made-up-{number}")
    assert world.fetches == 1
    world.now += PAUSE_SECONDS
    await asyncio.gather(*(world.knows(f"made-up-{number}") for number in range(1_000)))
    assert world.fetches == 2
    assert len(world.jwks._keys) == 1


async def test_a_new_key_is_found_after_a_rotation() -> None:
    world = World()
    assert await world.knows("key-1")
    world.now += PAUSE_SECONDS
    world.issuer.rotate("key-2")
    assert await world.knows("key-2")
    assert await world.knows("key-1")
    assert world.fetches == 2


async def test_a_withdrawn_key_is_refused_when_the_document_is_old() -> None:
    world = World()
    assert await world.knows("key-1")
    world.issuer.keys.clear()
    world.issuer.rotate("key-2")
    world.now += FRESH_SECONDS
    assert not await world.knows("key-1")


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.Response(500),
        httpx.Response(302, headers={"location": "https://elsewhere.example/jwks"}),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b"[" * 60_000),
        httpx.Response(200, content=json.dumps(Issuer().document()).encode() + b" " * 70_000),
        httpx.Response(200, json={"keys": "none"}),
    ],
)
async def test_keys_are_kept_while_their_issuer_is_away_within_a_bound(failure: Any) -> None:
    world = World()
    assert await world.knows("key-1")
    world.transport.answer = lambda: failure
    began, world.now = world.now, world.now + FRESH_SECONDS
    assert await world.knows("key-1")
    assert await world.knows("key-1")
    assert world.transport.calls == [URL, URL]
    world.now = began + KEEP_SECONDS
    with pytest.raises(SignInUnavailable):
        await world.knows("key-1")


async def test_an_issuer_that_never_answered_is_asked_once_a_pause() -> None:
    world = World(lambda: httpx.ConnectError("refused"))
    for _ in range(100):
        with pytest.raises(SignInUnavailable):
            await world.knows("key-1")
    assert world.fetches == 1
    world.now += PAUSE_AFTER_FAILURE_SECONDS
    world.transport.answer = world.issuer.document
    assert await world.knows("key-1")


async def test_who_leaves_does_not_take_the_fetch_away() -> None:
    world = World()
    leaving, staying = asyncio.create_task(world.knows("key-1")), asyncio.create_task(world.knows("key-1"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying
    assert world.fetches == 1


def test_only_ed25519_keys_for_signatures_are_read() -> None:
    (good,) = Issuer().document()["keys"]
    bad: list[Any] = [
        {**good, "kid": "no-curve", "crv": "X25519"},
        {**good, "kid": "symmetric", "kty": "oct", "k": "c2VjcmV0"},
        {**good, "kid": "for encryption", "use": "enc"},
        {**good, "kid": "no point", "x": "AAAA"},
        {**good, "kid": "no text", "x": 5},
        {**good, "kid": 7},
        {name: value for name, value in good.items() if name != "x"},
        "text",
        None,
    ]
    assert list(read_keys({"keys": [*bad, good]})) == ["key-1"]
    # What the document says of the algorithm, or of private parts, has no say.
    (key,) = read_keys({"keys": [{**good, "alg": "HS256", "d": "AAAA", "k": "AAAA"}]}).values()
    assert key.algorithm_name == "EdDSA"


def test_the_number_of_keys_is_bounded() -> None:
    (good,) = Issuer().document()["keys"]
    assert len(read_keys({"keys": [{**good, "kid": f"key-{number}"} for number in range(500)]})) == 32
