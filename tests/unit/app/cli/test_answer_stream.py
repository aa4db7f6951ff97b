"""A streamed answer, put together from what the API's own wire wrote of it."""

import json
from typing import Any
from uuid import UUID

import pytest

from app.cli.answer_stream import StreamedAnswer
from app.cli.outcomes import ServerRefused
from app.errors import ServerStopping
from app.schemas.answers import AnswerBody
from app.wires.ai_sdk import UiMessageStream
from app.wires.native import dump_answer
from pipelines.events import Failed, Finished
from tests.unit.pipelines.answering.test_chat_engine import GENERATED, RIGHT, ScriptedAnswerer, build_engine, play

ANSWER, CONVERSATION = UUID(int=1), UUID(int=2)


def parts_of(events: list[Any]) -> list[dict[str, Any]]:
    wire = UiMessageStream(answer_id=ANSWER, conversation_id=CONVERSATION, corpus="docs")
    wire.open()
    for event in events:
        wire.feed(event)
    wire.close()
    lines = wire.take().decode().split("\n\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


@pytest.mark.parametrize("threshold", [0.0, 1.1], ids=["answered", "refused"])
async def test_it_is_the_answer_that_the_native_wire_gives(threshold: float) -> None:
    engine, _ = build_engine(ScriptedAnswerer(RIGHT, GENERATED), refusal_threshold=threshold)
    events = await play(engine)
    assert isinstance(events[-1], Finished)
    native = dump_answer(events[-1].answer, answer_id=ANSWER, conversation_id=CONVERSATION)
    streamed = StreamedAnswer()
    texts = [streamed.take(part) for part in parts_of(events)]
    assert streamed.answer() == AnswerBody.model_validate_json(native)
    assert "".join(texts) == events[-1].answer.text


async def test_an_error_in_the_stream_is_the_servers_refusal() -> None:
    (error,) = (part for part in parts_of([Failed(ServerStopping("ended"))]) if part["type"] == "error")
    with pytest.raises(ServerRefused) as refused:
        StreamedAnswer().take(error)
    assert refused.value.kind is ServerStopping


def test_a_stream_that_breaks_off_is_no_answer() -> None:
    streamed = StreamedAnswer()
    streamed.take({"type": "text-delta", "id": "text", "delta": "Half an"})
    streamed.take({"type": "something-new"})
    with pytest.raises(ValueError, match="conversation_id"):
        streamed.answer()
