"""Reading OpenRouter's events: any split of the bytes, oddities of the wire, bounds."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import VendorBroken, VendorBusy, VendorRefused
from pipelines.providers import openrouter_stream
from pipelines.providers.openrouter_stream import CompletionStream, OpenRouterRequest, ReadPace, open_completion

KEEPALIVE = b": OPENROUTER PROCESSING\n\n"
DONE = b"data: [DONE]\n\n"


def event(content: str | None = None, **changes: Any) -> bytes:
    """A chunk as the vendor sends it; `changes` replace keys of the chunk or, with `choice_`, of its choice."""
    choice: dict[str, Any] = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": None}
    choice |= {key.removeprefix("choice_"): value for key, value in changes.items() if key.startswith("choice_")}
    chunk = {"id": "gen-1", "provider": "P", "model": "a/b", "choices": [choice]}
    chunk |= {key: value for key, value in changes.items() if not key.startswith("choice_")}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


STOP = event("", choice_finish_reason="stop")
USAGE = event(choices=[], usage={"prompt_tokens": 11, "completion_tokens": 3, "cost": 0.0004})


class Bytes(httpx.AsyncByteStream):
    """The chunks as they come from the network."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self.chunks = chunks
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk

    async def aclose(self) -> None:
        self.closed = True


async def read(*chunks: bytes, content_type: str = "text/event-stream", headers: dict[str, str] | None = None) -> Any:
    """The deltas and the stream after it."""
    stream = Bytes(chunks)
    head = {"content-type": content_type, **(headers or {})}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=head, stream=stream))
    soon = asyncio.get_running_loop().time() + 5
    request = OpenRouterRequest("http://127.0.0.1:9/x", {}, {"model": "a/b"}, stall=5, first_by=soon, ends_at=soon)
    async with httpx.AsyncClient(transport=transport) as client:
        try:
            async with open_completion(client, request, ReadPace()) as completion:
                return [text async for text in completion.texts()], completion
        finally:
            assert stream.closed


async def test_a_whole_stream() -> None:
    texts, completion = await read(KEEPALIVE, event("Hel"), KEEPALIVE, event("lo"), STOP, USAGE, DONE)
    assert texts == ["Hel", "lo"]
    assert isinstance(completion, CompletionStream)
    assert (completion.finish_reason, completion.model, completion.provider) == ("stop", "a/b", "P")
    assert completion.generation_id == "gen-1"
    assert completion.usage is not None
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens, completion.usage.cost) == (
        11,
        3,
        0.0004,
    )


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=8), st.lists(st.integers(1, 400), max_size=30))
def test_any_split_of_the_bytes_gives_the_same_text(words: list[str], cuts: list[int]) -> None:
    """Among them splits inside a character, inside `data:`, and texts with U+2028, which httpx's lines split at."""
    words = [word.encode("utf-8", "ignore").decode().replace("\0", "") or "x" for word in [*words, "a\u2028b\u0085c"]]
    whole = b"".join([KEEPALIVE, *map(event, words), STOP, USAGE, DONE])
    places = sorted({place % len(whole) for place in cuts})
    chunks = [whole[a:b] for a, b in zip([0, *places], [*places, len(whole)], strict=True) if a < b]
    texts, completion = asyncio.run(read(*chunks))
    assert "".join(texts) == "".join(words)
    assert completion.usage.prompt_tokens == 11


async def test_carriage_returns_other_fields_and_a_missing_last_newline() -> None:
    sent = event("A").replace(b"\n\n", b"\r\n\r\n")
    texts, completion = await read(b"event: message\r\nid: 7\r\nretry: 10\r\n", sent, STOP.rstrip(b"\n"))
    assert texts == ["A"]
    assert completion.finish_reason == "stop"


async def test_text_beside_the_finish_reason_and_beside_usage_counts() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "cost": None}
    texts, completion = await read(event("A", usage=usage), event("B", choice_finish_reason="length"))
    assert texts == ["A", "B"]
    assert completion.finish_reason == "length"
    assert completion.usage.cost is None


async def test_nulls_that_stand_for_nothing() -> None:
    texts, _ = await read(event("A", usage=None, error=None), event(None), event("B", choice_error=None), STOP)
    assert texts == ["A", "B"]


async def test_reasoning_is_not_part_of_the_answer() -> None:
    thinking = event(choice_delta={"content": "", "reasoning": "Let me see"})
    texts, _ = await read(thinking, event("A"), STOP)
    assert texts == ["A"]


def parts(*texts: str, kind: str = "text") -> list[dict[str, str]]:
    return [{"type": kind, "text": text} for text in texts]


async def test_content_comes_as_parts_too() -> None:
    thought = {"type": "thinking", "thinking": "Hm."}
    deltas = [{"content": [thought, *parts("Four ", "years")]}, {"content": parts(" [1].")}, {"content": []}, None]
    texts, _ = await read(*(event(choice_delta=delta) for delta in deltas), STOP)
    assert texts == ["Four years", " [1]."]


async def test_thoughts_and_half_characters_do_not_reach_the_answer() -> None:
    halves = [b'data: {"choices": [{"delta": {"content": "%s"}}]}\n\n' % one for one in (rb"\ud83d", rb"\ude00!\u0000")]
    texts, _ = await read(event("<thi"), event("nk>Let me see"), event("</think>\n\nYes "), *halves, STOP)
    assert "".join(texts) == "Yes \U0001f600!"


async def test_nothing_counts_after_done() -> None:
    texts, _ = await read(event("A"), STOP, DONE, event("B"))
    assert texts == ["A"]


async def test_the_header_names_the_generation() -> None:
    _, completion = await read(event("A", id=None), STOP, headers={"x-generation-id": "gen-77"})
    assert completion.generation_id == "gen-77"
    _, completion = await read(event("A"), event("", id="not an id <b>", choice_finish_reason="stop"))
    assert completion.generation_id is None


@pytest.mark.parametrize(
    ("chunks", "kind", "words"),
    [
        ((event("A"),), VendorBroken, "without a finish reason"),
        ((event("A"), DONE), VendorBroken, "without a finish reason"),
        ((), VendorBroken, "without a finish reason"),
        ((event("A"), b"data: {oops\n\n"), VendorBroken, "no completion chunk"),
        ((b"data: 7\n\n",), VendorBroken, "no completion chunk"),
        ((b'data: {"choices": [7]}\n\n',), VendorBroken, "no completion chunk"),
        ((event(choice_delta=7),), VendorBroken, "no completion chunk"),
        ((event(choice_delta={"content": 7}),), VendorBroken, "no completion chunk"),
        ((event(choice_delta={"content": [7]}),), VendorBroken, "no completion chunk"),
        ((event("A", choice_finish_reason="error"),), VendorBroken, "with an error"),
        ((event("A", choice_finish_reason="tool_calls"),), VendorBroken, "nobody asked for"),
        ((event("A"), event("", error={"code": 429, "message": "x"})), VendorBusy, "limits the rate"),
        ((event("", error={"code": "server_error"}, choice_finish_reason="error"),), VendorBroken, "inside its answer"),
        ((event("", choice_error={"code": 403}),), VendorRefused, "forbids"),
        ((event(choices=[], error={"code": 402}),), VendorRefused, "credit"),
    ],
)
async def test_what_is_no_whole_answer(chunks: tuple[bytes, ...], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        await read(*chunks)


async def test_a_line_or_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openrouter_stream, "_MAX_LINE", 1000)
    with pytest.raises(VendorBroken, match="without end"):
        await read(*[b"data: " + b"x" * 300] * 20, STOP)
    monkeypatch.setattr(openrouter_stream, "_MAX_ANSWER", 100)
    with pytest.raises(VendorBroken, match="without end"):
        await read(*[event("x" * 30)] * 20, STOP)


async def test_an_error_page_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(VendorBroken, match="no JSON"):
        await read(*[b"<html>" * 1000] * 100, content_type="text/html")


async def test_few_streams_are_read_at_once_and_many_in_turns() -> None:
    pace, seconds = ReadPace(), []
    with ExitStack() as streams:
        for _ in range(200):
            streams.enter_context(pace.counting())
            seconds.append(pace.gathering_seconds())
    assert seconds[0] == seconds[4] == 0
    assert 0 < seconds[20] < seconds[60] <= seconds[-1] <= 0.25
    assert pace.gathering_seconds() == 0


async def test_gathering_changes_nothing_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadPace, "gathering_seconds", lambda _: 0.001)
    texts, completion = await read(event("Hel"), event("lo"), event(" you") + STOP, USAGE, DONE)
    assert texts == ["Hel", "lo", " you"]
    assert completion.finish_reason == "stop"


async def test_what_came_before_a_failure_in_the_same_read_is_told() -> None:
    said: list[str] = []
    stream = Bytes([event("Half") + b"data: no json\n\n"])
    head = {"content-type": "text/event-stream"}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=head, stream=stream))
    soon = asyncio.get_running_loop().time() + 5
    request = OpenRouterRequest("http://127.0.0.1:9/x", {}, {"model": "a/b"}, stall=5, first_by=soon, ends_at=soon)

    async def hear() -> None:
        async with (
            httpx.AsyncClient(transport=transport) as client,
            open_completion(client, request, ReadPace()) as completion,
        ):
            async for text in completion.texts():
                said.append(text)

    with pytest.raises(VendorBroken):
        await hear()
    assert said == ["Half"]
