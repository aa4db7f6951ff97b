"""An answer that goes on without its reader: read from its start, by whoever comes, for a while."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from app.wires import resumable
from app.wires.ai_sdk import UiMessageStream
from app.wires.resumable import ResumableTurn, ResumableTurns
from app.wires.shared_turns import TurnKey
from pipelines.errors import VendorBusy
from pipelines.events import Event, Failed, Retrieved, TextDelta
from storage_config.records.ids import new_id
from tests.support.fakes import answered_script
from tests.support.serving import of_type, read_parts
from tests.support.waiting import eventually


class Script:
    """Events that wait between each other for `go`; knows whether it was closed."""

    def __init__(self, events: list[Any]) -> None:
        self.events = events
        self.go = asyncio.Semaphore(0)
        self.closed = False

    async def play(self) -> AsyncGenerator[Event, None]:
        try:
            for event in self.events:
                await self.go.acquire()
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed = True

    def release(self, count: int) -> None:
        for _ in range(count):
            self.go.release()


def _turn(script: Script) -> ResumableTurn:
    return ResumableTurn(script.play(), UiMessageStream(answer_id=new_id(), conversation_id=new_id(), corpus="docs"))


async def _begin(script: Script, released: int) -> ResumableTurn:
    turn = _turn(script)
    script.release(released)
    await turn.begin(lambda: None)
    return turn


async def _all(turn: ResumableTurn) -> str:
    return b"".join([chunk async for chunk in turn.read()]).decode()


def _text(body: str) -> str:
    return "".join(part["delta"] for part in of_type(read_parts(body), "text-delta"))


async def test_every_reader_gets_the_whole_whenever_they_come() -> None:
    script = Script([Retrieved((), {}), *(TextDelta(f"{n} ") for n in range(20)), *answered_script()[-1:]])
    turn = await _begin(script, 5)
    early = asyncio.create_task(_all(turn))
    await asyncio.sleep(0)
    middle = asyncio.create_task(_all(turn))
    script.release(30)
    first, second = await asyncio.gather(early, middle)
    assert first == second == await _all(turn)
    assert _text(first) == " ".join(map(str, range(20))) + " "
    assert read_parts(first)[-1] == "[DONE]"


async def test_what_it_told_is_given_again_from_any_byte_on() -> None:
    script = Script([Retrieved((), {}), *(TextDelta(f"{n} ") for n in range(9)), *answered_script()[-1:]])
    turn = await _begin(script, 20)
    whole = (await _all(turn)).encode()
    assert len(whole) == turn.size
    assert all(turn.told_from(at) == whole[at:] for at in range(len(whole) + 1))


async def test_a_reader_who_leaves_ends_nothing_and_comes_back() -> None:
    script = Script([Retrieved((), {}), TextDelta("one "), TextDelta("two")])
    turn = await _begin(script, 2)
    async with aclosing(turn.read()) as chunks:
        await anext(chunks)
    assert not turn.was_delivered
    script.release(5)
    await eventually(lambda: turn.is_over)
    assert _text(await _all(turn)) == "one two"
    assert turn.was_delivered


async def test_what_nobody_reads_for_a_while_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumable, "KEPT_SECONDS", 0.05)
    script = Script([Retrieved((), {}), TextDelta("one "), TextDelta("two")])
    turn = await _begin(script, 2)
    async with aclosing(turn.read()) as chunks:
        await anext(chunks)
    await eventually(lambda: script.closed)
    assert turn.is_over
    assert of_type(read_parts(await _all(turn)), "abort")


async def test_who_comes_back_in_time_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumable, "KEPT_SECONDS", 0.05)
    script = Script([Retrieved((), {}), TextDelta("one "), TextDelta("two")])
    turn = await _begin(script, 2)
    async with aclosing(turn.read()) as chunks:
        await anext(chunks)
    back = asyncio.create_task(_all(turn))
    await asyncio.sleep(0.1)
    assert not script.closed
    script.release(5)
    assert _text(await back) == "one two"


async def test_stopped_from_elsewhere_its_readers_are_told() -> None:
    script = Script([Retrieved((), {}), TextDelta("one "), TextDelta("two")])
    turn = await _begin(script, 2)
    reading = asyncio.create_task(_all(turn))
    await asyncio.sleep(0)
    turn.stop()
    parts = read_parts(await reading)
    assert [part["type"] for part in parts[-3:-1]] == ["text-end", "abort"]
    assert script.closed


async def test_what_fails_before_the_first_event_is_raised_and_later_told() -> None:
    for events in ([Failed(VendorBusy("busy", vendor="v"))], [Failed(VendorBusy("busy", vendor="v")), TextDelta("x")]):
        with pytest.raises(VendorBusy):
            await _begin(Script(events), 2)
    turn = await _begin(Script([Retrieved((), {}), RuntimeError("ours")]), 2)
    assert of_type(read_parts(await _all(turn)), "error")


async def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumable, "_MAX_TURN_BYTES", 2_000)
    script = Script([Retrieved((), {}), *(TextDelta("x" * 500) for _ in range(50))])
    turn = await _begin(script, 60)
    await eventually(lambda: turn.is_over)
    assert turn.size < 4_000
    assert script.closed
    assert of_type(read_parts(await _all(turn)), "abort")


class TestTurns:
    async def test_they_are_found_by_owner_and_conversation_until_they_were_delivered(self) -> None:
        turns, key = ResumableTurns(), TurnKey("me", new_id())
        script = Script([Retrieved((), {}), TextDelta("one")])
        turn = _turn(script)
        script.release(5)
        await turns.begin(key, turn)
        assert turns.find(key) is turn
        assert turns.find(TurnKey("you", key.conversation_id)) is None
        assert turns.find(TurnKey("me", new_id())) is None
        await _all(turn)
        assert turns.find(key) is None

    async def test_they_are_forgotten_a_while_after_their_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(resumable, "KEPT_SECONDS", 0.05)
        turns, key = ResumableTurns(), TurnKey("me", new_id())
        script = Script([Retrieved((), {}), TextDelta("one")])
        turn = _turn(script)
        script.release(5)
        await turns.begin(key, turn)
        await eventually(lambda: turns.find(key) is None)
        assert turns._turns == {}

    async def test_they_are_bounded_by_owner_number_and_bytes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        turns = ResumableTurns()

        async def begin(owner: str) -> ResumableTurn:
            script = Script([Retrieved((), {}), TextDelta("x" * 1_000)])
            script.release(2)
            turn = _turn(script)
            await turns.begin(TurnKey(owner, new_id()), turn)
            await eventually(lambda: turn.is_over)
            return turn

        monkeypatch.setattr(resumable, "_MAX_TURNS_OWNER", 2)
        mine = [await begin("me"), await begin("me")]
        assert (turns.has_room("me"), turns.has_room("you")) == (False, True)
        await _all(mine[0])
        assert turns.has_room("me"), "what was delivered takes no room"
        monkeypatch.setattr(resumable, "_MAX_BYTES", 1_000)
        assert not turns.has_room("you")
        monkeypatch.undo()
        monkeypatch.setattr(resumable, "_MAX_TURNS", 1)
        assert not turns.has_room("you")
        await turns.close()

    async def test_another_answer_of_the_conversation_ends_the_one_before(self) -> None:
        turns, key = ResumableTurns(), TurnKey("me", new_id())
        scripts = [Script([Retrieved((), {}), TextDelta("one")]) for _ in range(3)]
        for script in scripts:
            script.release(1)
            await turns.begin(key, _turn(script))
        await eventually(lambda: [script.closed for script in scripts] == [True, True, False])
        assert len(turns._turns) == 1
        await turns.close()
        assert all(script.closed for script in scripts)

    async def test_a_question_that_fails_at_once_ends_no_other_answer(self) -> None:
        turns, key = ResumableTurns(), TurnKey("me", new_id())
        script = Script([Retrieved((), {}), TextDelta("one")])
        script.release(1)
        first = _turn(script)
        await turns.begin(key, first)
        failing = Script([Failed(VendorBusy("busy", vendor="v"))])
        failing.release(1)
        with pytest.raises(VendorBusy):
            await turns.begin(key, _turn(failing))
        assert turns.find(key) is first
        assert not script.closed
        await turns.close()

    async def test_readers_without_a_name_share_no_bound_of_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(resumable, "_MAX_TURNS_OWNER", 1)
        turns = ResumableTurns()
        script = Script([Retrieved((), {})])
        script.release(1)
        await turns.begin(TurnKey("anonymous", new_id()), _turn(script))
        assert (turns.has_room(None), turns.has_room("anonymous")) == (True, False)
        await turns.close()

    async def test_a_failed_beginning_is_not_kept(self) -> None:
        turns, key = ResumableTurns(), TurnKey("me", new_id())
        script = Script([Failed(VendorBusy("busy", vendor="v"))])
        script.release(1)
        with pytest.raises(VendorBusy):
            await turns.begin(key, _turn(script))
        assert turns._turns == {}

    async def test_closing_ends_them(self) -> None:
        turns = ResumableTurns()
        script = Script([Retrieved((), {}), TextDelta("one")])
        script.release(1)
        await turns.begin(TurnKey("me", new_id()), _turn(script))
        await turns.close()
        assert script.closed
