"""What answers by an LLM may take a day."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.conversations.chat import Ask
from app.errors import BudgetSpent
from app.limits import counters as counters_module
from app.limits.budget import Budget, Reservation, Spending
from app.limits.counters import Counters, open_memory, sweep
from pipelines.errors import VendorBusy
from pipelines.events import Failed, Finished
from storage_config.settings import Settings
from storage_config.vocabulary import BudgetShare, CallerKind
from tests.support.fakes import FakeCorpus, FakeResources, ScriptedEngine, Wait, answered_script
from tests.support.serving import World, build_world, open_client

CHAT = "/api/v1/chat"


class Clock:
    """A day that can be passed on from."""

    now = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def counters() -> AsyncIterator[Counters]:
    async with open_memory() as opened:
        yield opened


def _budget(
    counters: Counters, *, calls: dict[BudgetShare, float] | None = None, cost: dict[BudgetShare, float] | None = None
) -> Budget:
    return Budget(calls=calls or {}, cost=cost or {}, max_answer_cost=0.002, counters=counters, clock=Clock())


async def _reserve(budget: Budget, kind: CallerKind = "user", *, calls: int = 1) -> Reservation | None:
    return await budget.reserve(kind, calls=calls, has_llm=True)


async def _take(budget: Budget, kind: CallerKind = "user", spent: Spending = Spending(1)) -> None:
    reserved = await _reserve(budget, kind)
    assert reserved is not None
    await budget.settle(reserved, spent)


async def test_calls_are_counted_until_none_is_left(counters: Counters) -> None:
    budget = _budget(counters, calls={"all": 3})
    for _ in range(3):
        await _take(budget)
    with pytest.raises(BudgetSpent, match="calls of all") as caught:
        await _reserve(budget, "user")
    assert caught.value.retry_after == 2 * 3_600  # the rest of the day


@pytest.mark.parametrize("bounds", [{"calls": {"all": 4}}, {"cost": {"all": 0.008}}], ids=["calls", "cost"])
async def test_what_the_server_asks_on_its_own_leaves_readers_half(counters: Counters, bounds: dict[str, Any]) -> None:
    budget = _budget(counters, **bounds)
    for _ in range(2):
        await budget.reserve(None, calls=1, has_llm=True)
    with pytest.raises(BudgetSpent):
        await budget.reserve(None, calls=1, has_llm=True)
    for _ in range(2):
        await _reserve(budget)
    with pytest.raises(BudgetSpent):
        await _reserve(budget)


async def test_a_new_day_has_a_new_budget(counters: Counters) -> None:
    clock = Clock()
    budget = Budget(calls={"all": 1}, cost={}, max_answer_cost=0.002, counters=counters, clock=clock)
    await _take(budget)
    with pytest.raises(BudgetSpent):
        await _reserve(budget, "user")
    clock.now += timedelta(hours=3)
    await _take(budget)


async def test_callers_without_a_name_cannot_use_up_everybodys(counters: Counters) -> None:
    budget = _budget(counters, calls={"all": 3, "anonymous": 1})
    await _take(budget, "anonymous")
    with pytest.raises(BudgetSpent, match="calls of anonymous"):
        await _reserve(budget, "anonymous")
    await _take(budget, "user")
    await _take(budget, "api_key")
    with pytest.raises(BudgetSpent, match="calls of all"):
        await _reserve(budget, "visitor")


async def test_an_answer_counts_the_calls_it_took(counters: Counters) -> None:
    budget = _budget(counters, calls={"all": 4})
    await _take(budget, spent=Spending(3))
    await _take(budget, spent=Spending(0))  # refused before any call
    await _take(budget)
    with pytest.raises(BudgetSpent):
        await _reserve(budget, "user")


async def test_cost_is_counted_as_the_vendor_tells_it(counters: Counters) -> None:
    budget = _budget(counters, cost={"all": 0.01})
    await _take(budget, spent=Spending(1, 0.0015))
    await _take(budget, spent=Spending(1, 0.007))
    with pytest.raises(BudgetSpent, match="cost of all"):
        await _reserve(budget)


async def test_neither_answers_left_nor_answers_under_way_pass_the_cost(counters: Counters) -> None:
    budget = _budget(counters, cost={"all": 0.01})
    asked = await asyncio.gather(*(_reserve(budget) for _ in range(40)), return_exceptions=True)
    begun = [one for one in asked if isinstance(one, Reservation)]
    assert len(begun) == 5  # of 0.002 each; what is never settled stays taken
    await budget.settle(begun[0], Spending(1, 0.0001))
    with pytest.raises(BudgetSpent, match="cost of all"):
        await _reserve(budget)


async def test_what_is_settled_lower_is_given_back(counters: Counters) -> None:
    budget = _budget(counters, cost={"all": 0.004})
    for _ in range(20):
        await _take(budget, spent=Spending(1, 0.0001))
    assert await _reserve(budget) is not None


async def test_an_answer_dearer_than_thought_is_what_is_reserved_from_then_on(counters: Counters) -> None:
    budget = _budget(counters, cost={"all": 0.01})
    await _take(budget, spent=Spending(1, 0.005))
    reserved = await _reserve(budget)
    assert reserved is not None
    assert reserved.cost == 5_000
    with pytest.raises(BudgetSpent):
        await _reserve(budget)


async def test_a_search_takes_calls_and_no_cost(counters: Counters) -> None:
    budget = _budget(counters, calls={"all": 2}, cost={"all": 0})
    assert await budget.reserve("user", calls=2, has_llm=False) is not None
    with pytest.raises(BudgetSpent, match="calls of all"):
        await budget.reserve("user", calls=1, has_llm=False)
    assert await budget.reserve("user", calls=0, has_llm=False) is None


async def test_the_local_owner_is_counted_and_not_refused(counters: Counters) -> None:
    budget = _budget(counters, calls={"all": 1})
    for _ in range(3):
        await _take(budget, "local")
    with pytest.raises(BudgetSpent):
        await _reserve(budget, "user")


async def test_many_addresses_do_not_have_it_forgotten(counters: Counters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters_module, "_MAX_KEYS", 20)
    budget = _budget(counters, calls={"all": 1})
    await _take(budget)

    async def overflow(storage: Any) -> int:
        for number in range(50):
            await storage.incr(f"address/{number}", 3_600)
        await sweep(storage)
        return len(storage.expirations)

    assert await counters.run(overflow) == 2  # of the share and of all
    with pytest.raises(BudgetSpent):
        await _reserve(budget, "user")


async def test_a_busy_loop_takes_no_counters_away(counters: Counters) -> None:
    async def work(storage: Any) -> int:
        asyncio.get_running_loop().call_soon(time.sleep, 0.6)  # longer than Redis may take
        await asyncio.sleep(0.01)
        return int(await storage.incr("a", 60))

    assert await counters.run(work) == 1


async def test_without_bounds_nothing_is_counted(counters: Counters) -> None:
    assert await _reserve(_budget(counters), "anonymous") is None


def _world(**settings: object) -> World:
    corpora = {
        "paid": FakeCorpus(ScriptedEngine(answered_script()), uses_llm=True),
        "free": FakeCorpus(ScriptedEngine(answered_script())),
    }
    return World(FakeResources(corpora, settings=Settings(_env_file=None, **settings)))  # type: ignore[arg-type]


@pytest.mark.parametrize("stream", [True, False])
async def test_only_answers_that_cost_are_refused_when_it_is_spent(stream: bool) -> None:
    async with open_client(_world(daily_llm_calls={"all": 1})) as client:
        statuses = [
            (await client.post(CHAT, json={"question": "Why?", "corpus": corpus, "stream": stream})).status_code
            for corpus in ("paid", "paid", "free")
        ]
    assert statuses == [200, 429, 200]


async def test_the_problem_says_until_when() -> None:
    world = _world(daily_llm_calls={"all": 0})
    async with open_client(world) as client:
        refused = await client.post(CHAT, json={"question": "Why?", "corpus": "paid"})
    assert refused.json()["type"] == "urn:footnoted:problem:budget-spent"
    assert 0 < int(refused.headers["retry-after"]) <= 24 * 3_600
    assert world.engine.questions == []


async def test_an_answer_that_is_left_keeps_its_call() -> None:
    wait = Wait()
    world = build_world([*answered_script()[:3], wait], settings=Settings(_env_file=None, daily_llm_calls={"all": 1}))
    world.resources.corpora = {"docs": FakeCorpus(world.engine, uses_llm=True)}
    async with open_client(world) as client:
        app = client._transport.app  # type: ignore[attr-defined]
        chat = app.state.footnoted.use_cases.chat
        turn = await chat.open_turn(Ask(question="Why?"), began=0.0)
        events = chat.events(turn)
        await anext(events)
        await events.aclose()
        await app.state.footnoted.use_cases.writer.drain(5)
        refused = await client.post(CHAT, json={"question": "Why?", "stream": False})
    assert refused.status_code == 429


@pytest.mark.parametrize(("failure_at", "statuses"), [(1, [200, 200]), (3, [200, 429])])
async def test_an_answer_that_fails_before_its_first_word_costs_nothing(failure_at: int, statuses: list[int]) -> None:
    script = [*answered_script()[:failure_at], Failed(VendorBusy("busy", vendor="openrouter"))]
    world = build_world(script, settings=Settings(_env_file=None, daily_llm_cost={"all": 0.02}))
    world.resources.corpora = {"docs": FakeCorpus(world.engine, uses_llm=True)}
    async with open_client(world) as client:
        seen = [(await client.post(CHAT, json={"question": "Why?"})).status_code for _ in range(2)]
    assert seen == statuses


async def test_every_face_searches_and_asks_within_the_budget() -> None:
    """A search by an agent and a question on OpenAI's wire, over a corpus whose embeddings come from a vendor."""
    world = build_world(answered_script(), settings=Settings(_env_file=None, daily_llm_calls={"all": 2}))
    world.resources.corpora = {"docs": FakeCorpus(world.engine, search_calls=1)}
    call = {"name": "search_docs", "arguments": {"query": "weights"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    body = {"model": "docs", "messages": [{"role": "user", "content": "Why?"}]}
    async with open_client(world) as client:
        found = [(await client.post("/mcp", json=message)).json()["result"]["isError"] for _ in range(3)]
        statuses = [
            (await client.post("/v1/chat/completions", json=body)).status_code,
            (await client.post(CHAT, json={"question": "Why?"})).status_code,
        ]
    assert found == [False, False, True]
    assert statuses == [429, 429]
    assert (len(world.engine.searches), world.engine.questions) == (2, [])


async def test_what_an_answer_took_is_settled() -> None:
    script = answered_script()
    assert isinstance(script[-1], Finished)
    world = _world(daily_llm_calls={"all": 3})
    async with open_client(world) as client:
        statuses = [
            (await client.post(CHAT, json={"question": "Why?", "corpus": "paid", "stream": False})).status_code
            for _ in range(4)
        ]
    assert statuses == [200, 200, 200, 429]


async def test_an_owner_sees_what_the_day_took(counters: Counters) -> None:
    budget = _budget(counters, calls={"all": 10, "user": 4}, cost={"all": 1.5})
    await _take(budget, "user", Spending(2, 0.25))
    await _take(budget, "local", Spending(1, 0.5))
    assert await _reserve(budget, "visitor", calls=3) is not None  # an answer under way
    today = await budget.read_today()
    spent = {one.share: (one.calls, round(one.cost, 6), one.max_calls, one.max_cost) for one in today.shares}
    assert today.day == "2026-03-01"
    assert spent["user"] == (2, 0.25, 4, None)
    assert spent["anonymous"] == (0, 0, None, None)
    assert (spent["visitor"][0], spent["all"][0]) == (3, 6)
    assert spent["all"][1] == pytest.approx(0.75 + spent["visitor"][1])
    assert spent["all"][2:] == (10, 1.5)


@pytest.mark.parametrize("bounded", [True, False])
async def test_spending_is_told_to_owners_alone(bounded: bool) -> None:
    settings = Settings(_env_file=None, daily_llm_calls={"all": 9} if bounded else {})
    world = World(
        FakeResources({"docs": FakeCorpus(ScriptedEngine(answered_script()), uses_llm=True)}, settings=settings)
    )
    async with open_client(world) as client:
        assert (await client.get("/api/v1/spending")).status_code == 401
        asked = await client.post(CHAT, json={"question": "Why?", "stream": False})
        assert asked.status_code == 200
        told = (await client.get("/api/v1/spending", headers={"authorization": "Bearer local-token"})).json()
        everybody = told["shares"][0]
        assert (told["counted"], everybody["share"], everybody["max_calls"]) == (bounded, "all", 9 if bounded else None)
        assert (everybody["calls"] > 0) == bounded
