"""Turns that a server which stops ends."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from app.conversations.background_writer import BackgroundWriter
from app.conversations.chat import Ask, Chat
from app.conversations.open_turns import OpenTurns
from app.errors import ServerStopping
from app.telemetry.observations import Observations
from pipelines.events import Event, Failed, Finished
from tests.support.fakes import InMemoryConversations, ScriptedEngine, Step, Wait, answered_script
from tests.support.metering import metered


class Stage:
    """One turn that waits in its script, read by a task."""

    def __init__(self, script: list[Step], *, drain_seconds: float = 30.0) -> None:
        self.turns = OpenTurns(drain_seconds=drain_seconds)
        self.engine = ScriptedEngine(script)
        self.conversations = InMemoryConversations()
        self.writer = BackgroundWriter()
        self.told: list[Event] = []
        self.chat = Chat(
            corpora={"docs": metered(self.engine, self.writer)},
            conversations=self.conversations,
            writer=self.writer,
            outcomes=Observations(),
            open_turns=self.turns,
        )

    async def read(self) -> None:
        turn = await self.chat.open_turn(Ask("Why?"), began=time.perf_counter())
        async with aclosing(self.chat.events(turn)) as events:
            async for event in events:
                self.told.append(event)
        await self.writer.drain(5)

    @asynccontextmanager
    async def reading(self, wait: Wait) -> AsyncIterator["asyncio.Task[None]"]:
        task = asyncio.create_task(self.read())
        await asyncio.wait_for(wait.reached.wait(), 5)
        yield task


def _script(wait: Wait, *, told: int) -> list[Step]:
    script = answered_script()
    return [*script[:told], wait, *script[told:]]


@pytest.mark.parametrize("told", [0, 1, 5])
async def test_a_turn_is_ended_with_an_error_and_kept_however_far_it_is(told: int) -> None:
    wait = Wait()
    stage = Stage(_script(wait, told=told))
    async with stage.reading(wait) as task:
        await stage.turns.close(5)
        await task
    last = stage.told[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, ServerStopping)
    assert stage.engine.closed == 1
    (exchange,) = stage.conversations.all
    assert exchange.answer.status == "interrupted"
    assert bool(exchange.answer.text) is (told == 5)


async def test_turns_have_their_seconds_first() -> None:
    wait = Wait()
    stage = Stage(_script(wait, told=1), drain_seconds=0.2)
    async with stage.reading(wait) as task:
        stage.turns.begin_shutdown()
        stage.turns.begin_shutdown()
        await asyncio.sleep(0.05)
        wait.released.set()
        await task
    assert isinstance(stage.told[-1], Finished)
    held = Wait()
    stage.engine.script = _script(held, told=1)
    async with stage.reading(held) as task:
        await asyncio.wait_for(task, 5)
    assert isinstance(stage.told[-1], Failed)


async def test_none_begins_any_more() -> None:
    stage = Stage(answered_script())
    await stage.turns.close(5)
    await stage.read()
    (failed,) = stage.told
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ServerStopping)
    assert stage.engine.questions == []


async def test_a_reader_who_leaves_meanwhile_is_one_who_left() -> None:
    wait = Wait()
    stage = Stage(_script(wait, told=5))
    async with stage.reading(wait) as task:
        task.cancel()
        stage.turns.end()
        with pytest.raises(asyncio.CancelledError):
            await task
    await stage.writer.drain(5)
    assert not [event for event in stage.told if isinstance(event, Failed)]
    assert [exchange.answer.status for exchange in stage.conversations.all] == ["interrupted"]
