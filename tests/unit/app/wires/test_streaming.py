"""Events on their way to a reader, on bare ASGI."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.types import Message

import app.wires.streaming
from app.wires.ai_sdk import UiMessageStream
from app.wires.streaming import EventStream
from pipelines.errors import CorpusNotIngested
from pipelines.events import Event, Failed, Finished, TextDelta
from pipelines.types import Question
from storage_config.records.ids import new_id
from tests.support.fakes import ScriptedEngine, Step, Wait, answered_script
from tests.support.serving import of_type, read_parts


class Connection:
    """A client's side of ASGI: what was sent to it, and when it leaves."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.left = asyncio.Event()
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.open.wait()
        self.sent.append(message)
        if message.get("body"):
            self.arrived.set()

    @property
    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.sent if message["type"] == "http.response.body"]

    @property
    def parts(self) -> list[Any]:
        return read_parts(b"".join(self.bodies).decode())


def _stream(engine: ScriptedEngine) -> EventStream:
    return _stream_of(engine.stream(Question("Why?")))


def _stream_of(events: AsyncGenerator[Event, None]) -> EventStream:
    return EventStream(events, UiMessageStream(answer_id=new_id(), conversation_id=new_id(), corpus="docs"))


async def _run(engine: ScriptedEngine, connection: Connection) -> None:
    stream = _stream(engine)
    await stream.begin(connection.receive)
    async with asyncio.timeout(5):
        await stream({"type": "http"}, connection.receive, connection.send)


async def test_a_stream_begins_and_ends_whole() -> None:
    connection = Connection()
    await _run(ScriptedEngine(answered_script()), connection)
    start, *bodies = connection.sent
    assert start["status"] == 200
    assert dict(start["headers"])[b"x-vercel-ai-ui-message-stream"] == b"v1"
    assert b"content-length" not in dict(start["headers"])
    assert [message["more_body"] for message in bodies] == [True] * (len(bodies) - 1) + [False]
    assert connection.parts[0]["type"] == "start"
    assert connection.parts[-1] == "[DONE]"


async def test_a_token_is_sent_without_waiting_for_the_next() -> None:
    wait = Wait()
    connection = Connection()
    running = asyncio.create_task(_run(ScriptedEngine([TextDelta("Hello"), wait, *answered_script()]), connection))
    await asyncio.wait_for(wait.reached.wait(), 5)
    await asyncio.wait_for(connection.arrived.wait(), 5)
    assert of_type(connection.parts, "text-delta")[0]["delta"] == "Hello"
    wait.released.set()
    await running


async def test_what_comes_while_a_write_waits_leaves_as_one_part() -> None:
    gate, wait = Wait(), Wait()
    connection = Connection()
    connection.open.clear()
    tokens: list[Step] = [TextDelta(f"{number} ") for number in range(100)]
    running = asyncio.create_task(_run(ScriptedEngine([TextDelta("a "), gate, *tokens, wait]), connection))
    await asyncio.wait_for(gate.reached.wait(), 5)
    gate.released.set()
    await asyncio.wait_for(wait.reached.wait(), 5)
    connection.open.set()
    wait.released.set()
    await running
    deltas = of_type(connection.parts, "text-delta")
    assert "".join(part["delta"] for part in deltas) == "a " + "".join(f"{number} " for number in range(100))
    assert len(deltas) <= 2


async def test_a_reader_who_leaves_ends_the_engine_at_once() -> None:
    wait = Wait()
    engine = ScriptedEngine([TextDelta("Hello"), wait])
    connection = Connection()
    running = asyncio.create_task(_run(engine, connection))
    await asyncio.wait_for(wait.reached.wait(), 5)
    connection.left.set()
    await asyncio.wait_for(engine.ended.wait(), 5)
    await running
    assert engine.closed == 1


async def test_a_cancelled_request_ends_the_engine() -> None:
    wait = Wait()
    engine = ScriptedEngine([TextDelta("Hello"), wait])
    running = asyncio.create_task(_run(engine, Connection()))
    await asyncio.wait_for(wait.reached.wait(), 5)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert engine.closed == 1


async def test_what_fails_first_is_raised_before_the_response() -> None:
    async def events() -> AsyncGenerator[Event, None]:
        yield Failed(CorpusNotIngested("docs"))

    stream = _stream_of(events())
    with pytest.raises(CorpusNotIngested):
        await stream.begin(Connection().receive)


async def test_leaving_before_the_first_event_ends_the_engine() -> None:
    wait = Wait()
    engine = ScriptedEngine([wait, TextDelta("Hello")])
    connection = Connection()
    running = asyncio.create_task(_run(engine, connection))
    await asyncio.wait_for(wait.reached.wait(), 5)
    connection.left.set()
    await asyncio.wait_for(running, 5)
    assert engine.closed == 1


async def test_a_fault_in_mid_stream_is_an_error_part_and_an_end() -> None:
    connection = Connection()
    await _run(ScriptedEngine([TextDelta("Hello"), ZeroDivisionError("secret")]), connection)
    (error,) = of_type(connection.parts, "error")
    assert "urn:footnoted:problem:internal" in error["errorText"]
    assert b"secret" not in b"".join(connection.bodies)
    assert connection.parts[-1] == "[DONE]"
    assert connection.sent[-1]["more_body"] is False


async def test_silence_is_bridged_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.wires.streaming, "_KEEP_ALIVE_SECONDS", 0.01)
    wait = Wait()
    connection = Connection()
    running = asyncio.create_task(_run(ScriptedEngine([TextDelta("Hello"), wait, *answered_script()]), connection))
    async with asyncio.timeout(5):
        while b": keep-alive\n\n" not in connection.bodies:
            connection.arrived.clear()
            await connection.arrived.wait()
    wait.released.set()
    await running
    assert connection.parts[-1] == "[DONE]"


async def test_a_stream_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.wires.streaming, "_MAX_STREAM_SECONDS", 0.05)
    engine = ScriptedEngine([TextDelta("Hello"), Wait()])
    connection = Connection()
    await _run(engine, connection)
    assert engine.closed == 1
    assert connection.sent[-1]["more_body"] is True  # cut off, and to be seen as such


async def test_a_busy_loop_gathers_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.wires.streaming, "_BUSY_SECONDS", -1.0)
    naps: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        naps.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    gate = Wait()
    connection = Connection()
    finished = answered_script()[-1]
    assert isinstance(finished, Finished)
    running = asyncio.create_task(_run(ScriptedEngine([TextDelta("a"), gate, TextDelta("b"), finished]), connection))
    await asyncio.wait_for(gate.reached.wait(), 5)
    gate.released.set()
    await running
    assert naps
    assert max(naps) <= 0.05
    assert "".join(part["delta"] for part in of_type(connection.parts, "text-delta")) == "ab"
