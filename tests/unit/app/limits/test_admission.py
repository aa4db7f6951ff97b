"""How many answers are begun and open at once."""

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest

from app.errors import Overloaded
from app.limits.admission import Admission, Admitted
from storage_config.settings import Settings
from tests.support.fakes import Wait, answered_script
from tests.support.serving import build_world, open_client
from tests.support.waiting import eventually


def _admission(
    *, max_open: int = 1, max_starting: int = 1, max_waiting: int = 10, wait_seconds: float = 30.0
) -> Admission:
    return Admission(max_open=max_open, max_starting=max_starting, max_waiting=max_waiting, wait_seconds=wait_seconds)


class Clock:
    """The time that an admission sees."""

    now = 1_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("app.limits.admission.time.monotonic", lambda: clock.now)
    return clock


class Line:
    """Questions that wait, and the order in which they are let in."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.order: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def join(self, *names: str) -> None:
        """Each name is that of a caller and a number, such as `a1`."""
        for name in names:
            self.tasks[name] = asyncio.create_task(self._ask(name))
            await asyncio.sleep(0)

    async def _ask(self, name: str) -> None:
        async with self.admission.admit(name[0]):
            self.order.append(name)
            await asyncio.sleep(0)

    async def end(self) -> list[object]:
        return await asyncio.gather(*self.tasks.values(), return_exceptions=True)


async def _fill(stack: AsyncExitStack, admission: Admission) -> Admitted:
    return await stack.enter_async_context(admission.admit("first"))


async def test_callers_take_turns_and_the_newest_of_each_is_first() -> None:
    admission = _admission()
    line = Line(admission)
    async with AsyncExitStack() as stack:
        await _fill(stack, admission)
        await line.join("a1", "a2", "a3", "b1", "b2")
        assert admission.waiting == 5
    assert await line.end() == [None] * 5
    assert line.order == ["a3", "b2", "a2", "b1", "a1"]


async def test_one_that_has_begun_lets_the_next_begin() -> None:
    admission = _admission(max_open=2)
    line = Line(admission)
    async with AsyncExitStack() as stack:
        first = await _fill(stack, admission)
        await line.join("a1")
        assert line.order == []
        first.has_begun()
        first.has_begun()  # counts once
        await line.end()
        assert line.order == ["a1"]
        await line.join("a2", "a3")
        await line.end()
    assert line.order == ["a1", "a2", "a3"]


async def test_open_ones_are_bounded_too() -> None:
    admission = _admission(max_open=1, max_starting=5, wait_seconds=0.01)
    async with AsyncExitStack() as stack:
        (await _fill(stack, admission)).has_begun()
        with pytest.raises(Overloaded, match="no place within"):
            await _fill(stack, admission)
    assert admission.waiting == 0
    async with admission.admit("later"):
        pass


async def test_where_too_many_wait_the_oldest_of_who_has_most_leaves() -> None:
    admission = _admission(max_waiting=3)
    line = Line(admission)
    async with AsyncExitStack() as stack:
        await _fill(stack, admission)
        await line.join("b1", "a1", "a2", "a3")
        await asyncio.sleep(0)
        assert isinstance(line.tasks["a1"].exception(), Overloaded)
        assert admission.waiting == 3
    await line.end()
    assert line.order == ["b1", "a3", "a2"]


async def test_who_leaves_gives_its_place_away() -> None:
    admission = _admission()
    line = Line(admission)
    async with AsyncExitStack() as stack:
        await _fill(stack, admission)
        await line.join("a1", "b1", "c1")
        line.tasks["b1"].cancel()
        await asyncio.sleep(0)
        assert admission.waiting == 2
    line.tasks["a1"].cancel()  # let in just now, and gone before it knows
    await line.end()
    assert line.order == ["c1"]
    async with admission.admit("later"):
        assert admission.waiting == 0


@pytest.mark.parametrize("stream", [True, False])
async def test_a_question_too_many_is_told_so_and_health_goes_on(stream: bool) -> None:
    wait = Wait()
    world = build_world([wait], settings=Settings(_env_file=None, max_starting_answers=1, max_waiting_questions=0))
    async with open_client(world) as client:
        slow = asyncio.create_task(client.post("/api/v1/chat", json={"question": "Why?", "stream": False}))
        await eventually(lambda: bool(world.engine.questions))
        refused = await client.post("/api/v1/chat", json={"question": "How?", "stream": stream})
        assert (await client.get("/api/v1/health")).status_code == 200
        slow.cancel()
        await asyncio.wait([slow])
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:footnoted:problem:overloaded")
    assert refused.headers["retry-after"] == "2"
    assert len(world.engine.questions) == 1


async def _asked_by(client: httpx.AsyncClient, address: str, question: str) -> asyncio.Task[httpx.Response]:
    headers = {"x-forwarded-for": address}
    body = {"question": question, "stream": False}
    asking = asyncio.create_task(client.post("/api/v1/chat", json=body, headers=headers))
    await asyncio.sleep(0.05)
    return asking


async def test_readers_without_a_name_take_turns_by_address() -> None:
    """One of them with many questions holds nobody else up."""
    wait = Wait()
    settings = Settings(_env_file=None, max_starting_answers=1, max_wait_seconds=30, trusted_proxies=("127.0.0.1",))
    world = build_world([wait, *answered_script()], settings=settings)
    async with open_client(world) as client:
        asked = [
            await _asked_by(client, address, question)
            for address, question in (("192.0.2.1", "0"), ("192.0.2.1", "1"), ("192.0.2.1", "2"), ("192.0.2.2", "3"))
        ]
        wait.released.set()
        assert [one.status_code for one in await asyncio.gather(*asked)] == [200] * 4
    assert [question.text for question in world.engine.questions] == ["0", "2", "3", "1"]


async def test_an_answer_that_has_told_something_lets_the_next_begin() -> None:
    wait = Wait()
    script = answered_script()
    settings = Settings(_env_file=None, max_starting_answers=1, max_waiting_questions=0)
    world = build_world([script[0], wait, *script[1:]], settings=settings)
    async with open_client(world) as client:
        asked = [await _asked_by(client, "192.0.2.1", question) for question in ("0", "1", "2")]
        await eventually(lambda: len(world.engine.questions) == 3)
        wait.released.set()
        assert [one.status_code for one in await asyncio.gather(*asked)] == [200] * 3


async def test_the_bounds_are_those_of_the_settings() -> None:
    def build(**changes: float) -> Admission:
        values = {"max_open_answers": 9, "max_starting_answers": 9, "max_waiting_questions": 9, "max_wait_seconds": 9}
        return Admission.from_settings(Settings(_env_file=None, **{**values, **changes}))  # type: ignore[arg-type]

    async with AsyncExitStack() as stack:
        admission = build(max_open_answers=2, max_wait_seconds=0.02)
        for _ in range(2):
            (await _fill(stack, admission)).has_begun()
        with pytest.raises(Overloaded, match=r"no place within 0\.02 s"):
            await _fill(stack, admission)
        starting = build(max_starting_answers=1, max_waiting_questions=0)
        await _fill(stack, starting)
        with pytest.raises(Overloaded, match="too many questions wait"):
            await _fill(stack, starting)
        waiting = build(max_starting_answers=1, max_waiting_questions=1)
        await _fill(stack, waiting)
        line = Line(waiting)
        await line.join("a1", "b1")
        await asyncio.sleep(0)
        assert waiting.waiting == 1
    await line.end()


async def test_a_late_loop_begins_fewer_and_recovers() -> None:
    admission = _admission(max_open=100, max_starting=20)
    line = Line(admission)
    async with AsyncExitStack() as stack:
        for _ in range(30):
            admission.note_lateness(0.2)
        for _ in range(6):
            await _fill(stack, admission)
        await line.join("a1")
        assert admission.waiting == 1
        admission.note_lateness(0.0)
        await line.tasks["a1"]
        for _ in range(20):
            admission.note_lateness(0.0)
        for _ in range(12):
            await _fill(stack, admission)
        assert admission.waiting == 0


async def test_a_standing_line_turns_away_early_and_a_burst_is_waited_for(clock: Clock) -> None:
    admission = _admission()
    line = Line(admission)
    async with AsyncExitStack() as stack:
        await _fill(stack, admission)
        await line.join("a1")
        clock.now += 0.5
        admission.note_lateness(0.1)  # a burst: half a second is no reason yet
        assert admission.waiting == 1
        await line.join("a2")
        clock.now += 0.6
        await line.join("a3")
        admission.note_lateness(0.0)
        with pytest.raises(Overloaded):
            await line.tasks["a1"]
        with pytest.raises(Overloaded):
            await line.tasks["a2"]
        assert admission.waiting == 1
    await line.tasks["a3"]


async def test_who_waits_for_a_slow_vendor_on_an_idle_machine_waits_as_long_as_the_settings_say(clock: Clock) -> None:
    admission = _admission()
    line = Line(admission)
    async with AsyncExitStack() as stack:
        await _fill(stack, admission)
        await line.join("a1")
        for _ in range(20):
            clock.now += 0.5
            admission.note_lateness(0.015)  # an answer's own work
        assert admission.waiting == 1
    await line.tasks["a1"]


async def test_a_line_that_has_ended_is_forgotten(clock: Clock) -> None:
    admission = _admission()
    line = Line(admission)
    async with AsyncExitStack() as stack:
        await _fill(stack, admission)
        await line.join("a1")
    await line.end()
    clock.now += 60
    async with AsyncExitStack() as stack:
        await _fill(stack, admission)
        await line.join("b1")
        clock.now += 0.3
        admission.note_lateness(0.1)
        assert admission.waiting == 1, "it has waited for 0.3 s, and nobody before it"
    assert await line.end() == [None, None]
