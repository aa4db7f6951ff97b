"""How often callers may ask and read."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.auth.callers import Caller
from app.errors import LimitReached, LimitsUnavailable
from app.limits.counters import Counters, open_memory
from app.limits.rates import RateLimits
from storage_config.settings import Settings
from tests.support.fakes import answered_script
from tests.support.serving import build_world, open_client

READER = Caller("anonymous", "reader", "anonymous")
CHAT = "/api/v1/chat"


@pytest.fixture
async def counters() -> AsyncIterator[Counters]:
    async with open_memory() as opened:
        yield opened


def _limits(counters: Counters, **rates: str) -> RateLimits:
    every = {
        f"{action}_rate_{scope}": "off" for action in ("ask", "read") for scope in ("address", "token", "user", "key")
    }
    settings = Settings(_env_file=None, **{**every, **rates})  # type: ignore[arg-type]
    return RateLimits.from_settings(settings, counters=counters, own=counters)


async def _reached(limits: RateLimits, caller: Caller, address: str = "a", *, times: int = 10) -> int:
    """How often the caller may ask, at most `times`."""
    for number in range(times):
        try:
            await limits.admit("ask", caller, address)
        except LimitReached:
            return number
    return times


async def test_what_is_left_is_told(counters: Counters) -> None:
    limits = _limits(counters, ask_rate_address="2/minute, 50/day")
    minute, day = await limits.admit("ask", READER, "a")
    assert (minute.policy.name, minute.policy.quota, minute.policy.seconds, minute.remaining) == (
        "ask-address-minute", 2, 60, 1,
    )  # fmt: skip
    assert (day.policy.name, day.remaining) == ("ask-address-day", 49)
    assert 0 < minute.reset <= 60
    await limits.admit("ask", READER, "a")
    with pytest.raises(LimitReached) as caught:
        await limits.admit("ask", READER, "a")
    assert caught.value.limit == "ask-address-minute"
    assert 0 < caught.value.retry_after <= 60


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        (READER, 3),
        (Caller("visitor-1", "reader", "visitor"), 2),
        (Caller("user-1", "reader", "user"), 3),  # four of a user, three of an address
        (Caller("key:1", "writer", "api_key"), 5),
        (Caller("command-line", "owner", "local"), 10),
    ],
)
async def test_each_kind_has_its_limits(counters: Counters, caller: Caller, allowed: int) -> None:
    limits = _limits(
        counters,
        ask_rate_address="3/hour",
        ask_rate_token="2/hour",
        ask_rate_user="4/hour",
        ask_rate_key="5/hour",
    )
    assert await _reached(limits, caller) == allowed


async def test_a_user_is_limited_wherever_they_are(counters: Counters) -> None:
    limits = _limits(counters, ask_rate_user="2/hour")
    user = Caller("user-1", "reader", "user")
    assert await _reached(limits, user, "a") == 2
    assert await _reached(limits, user, "b") == 0
    assert await _reached(limits, Caller("user-2", "reader", "user"), "a") == 2


async def test_who_is_refused_takes_nothing_from_their_neighbours(counters: Counters) -> None:
    limits = _limits(counters, ask_rate_user="1/hour", ask_rate_address="3/hour")
    loud = Caller("loud", "reader", "user")
    for _ in range(5):
        await _reached(limits, loud, times=1)
    assert await _reached(limits, Caller("quiet", "reader", "user")) == 1
    assert await _reached(limits, Caller("other", "reader", "user")) == 1


async def test_asking_and_reading_are_counted_apart(counters: Counters) -> None:
    limits = _limits(counters, ask_rate_address="1/hour", read_rate_address="2/hour")
    await limits.admit("read", READER, "a")
    await limits.admit("ask", READER, "a")
    await limits.admit("read", READER, "a")
    with pytest.raises(LimitReached, match="read-address-hour"):
        await limits.admit("read", READER, "a")


class BrokenCounters(Counters):
    """A Redis that is away."""

    def __init__(self) -> None:
        self.calls = 0

    async def run(self, work: Any) -> Any:
        """Fails."""
        self.calls += 1
        raise LimitsUnavailable("Redis failed")


async def test_without_redis_the_process_counts_for_itself(counters: Counters) -> None:
    broken = BrokenCounters()
    settings = Settings(_env_file=None, ask_rate_address="2/hour")
    limits = RateLimits.from_settings(settings, counters=broken, own=counters)
    assert await _reached(limits, READER) == 2
    assert broken.calls == 3


async def test_the_headers_and_the_problem_say_when() -> None:
    settings = Settings(_env_file=None, ask_rate_address="1/minute, 9/day", read_rate_address="8/minute")
    async with open_client(build_world(answered_script(), settings=settings)) as client:
        read = await client.get("/v1/models")
        asked = await client.post(CHAT, json={"question": "Why?", "stream": False})
        refused = await client.post(CHAT, json={"question": "Why?"})
    assert read.headers["ratelimit-policy"] == '"read-address-minute";q=8;w=60'
    assert read.headers["ratelimit"].startswith('"read-address-minute";r=7;t=')
    assert asked.headers["ratelimit-policy"] == '"ask-address-minute";q=1;w=60, "ask-address-day";q=9;w=86400'
    assert (asked.headers["ratelimit-limit"], asked.headers["ratelimit-remaining"]) == ("1", "0")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["type"], problem["limit"]) == ("urn:footnoted:problem:rate-limited", "ask-address-minute")
    assert problem["retry_after"] == int(refused.headers["retry-after"])
    assert refused.headers["ratelimit"].startswith('"ask-address-minute";r=0;t=')


async def test_openai_clients_are_told_in_their_way() -> None:
    settings = Settings(_env_file=None, ask_rate_address="1/minute")
    body = {"model": "docs", "messages": [{"role": "user", "content": "Why?"}]}
    async with open_client(build_world(answered_script(), settings=settings)) as client:
        await client.post("/v1/chat/completions", json=body)
        refused = await client.post("/v1/chat/completions", json=body)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["ratelimit-remaining"] == "0"
    assert set(refused.json()["error"]) >= {"message", "type", "code"}


async def test_the_local_owner_is_not_limited() -> None:
    settings = Settings(_env_file=None, ask_rate_address="1/hour", read_rate_address="1/hour")
    async with open_client(build_world(answered_script(), settings=settings), token="local-token") as client:
        answers = [await client.post(CHAT, json={"question": "Why?", "stream": False}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert "ratelimit" not in answers[0].headers


async def test_guessing_credentials_is_limited() -> None:
    async with open_client(build_world(answered_script()), token="guess-that-is-long-enough") as client:
        statuses = [(await client.get("/v1/models")).status_code for _ in range(122)]
        other = await client.get("/v1/models", headers={"authorization": "Bearer local-token"})
    assert statuses == [401] * 120 + [429] * 2
    assert other.status_code == 429  # one who may have guessed right is not let in either


async def test_a_guess_too_many_is_told_and_counted_like_other_limits() -> None:
    async with open_client(build_world(answered_script()), token="guess-that-is-long-enough") as client:
        answers = [await client.get("/v1/models") for _ in range(121)]
        metrics = client._transport.app.state.footnoted.use_cases.meter.metrics  # type: ignore[attr-defined]
    assert answers[-1].headers["ratelimit-policy"] == '"sign_in-address-minute";q=120;w=60'
    assert metrics.registry.get_sample_value("footnoted_limits_reached_total", {"limit": "sign_in-address-minute"}) == 1


async def test_who_shows_no_credential_locks_nobody_out() -> None:
    world = build_world(answered_script(), settings=Settings(_env_file=None, readers="signed_in"))
    async with open_client(world) as client:
        statuses = {(await client.get("/v1/models")).status_code for _ in range(130)}
        owner = await client.get("/v1/models", headers={"authorization": "Bearer local-token"})
    assert statuses == {401}
    assert owner.status_code == 200


async def test_memory_is_swept_by_one_timer(counters: Counters) -> None:
    async def look(storage: Any) -> Any:
        return storage

    storage = await counters.run(look)
    limits = _limits(counters, ask_rate_address="5/hour")
    for number in range(50):
        await limits.admit("ask", READER, str(number))
    assert len(storage.expirations) == 50
    assert storage.timer is not None
    assert storage.timer.get_name() == "sweep of limits"  # and none of the storage's own


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CHAT, {"question": "Why?"}),
        (CHAT, {"id": "c", "messages": [{"role": "user", "parts": [{"type": "text", "text": "Why?"}]}]}),
        ("/v1/chat/completions", {"model": "docs", "messages": [{"role": "user", "content": "Why?"}], "stream": True}),
        (
            "/mcp",
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/call",
                "params": {"name": "ask_docs", "arguments": {"question": "Why?"}},
            },
        ),
    ],
)
async def test_every_way_to_ask_is_counted_as_asking(path: str, body: dict[str, Any]) -> None:
    world = build_world(answered_script(), settings=Settings(_env_file=None, ask_rate_address="2/hour"))
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    async with open_client(world) as client:
        for _ in range(4):
            answer = await client.post(path, json=body, headers=headers)
    assert len(world.engine.questions) == 2
    assert answer.status_code == (200 if path == "/mcp" else 429)  # which has errors of its own, in words
