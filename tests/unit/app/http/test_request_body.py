"""Bodies that are too large, too slow or too deep."""

import asyncio
import json
import time
from typing import Any

import pytest
from fastapi import HTTPException
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.types import Message

from app.http import request_body
from app.http.request_body import (
    CONVERSATION_BOUNDS,
    MAX_CONVERSATION_BYTES,
    MAX_DEPTH,
    MAX_ITEMS,
    BodyBounds,
    BoundedBody,
    measure_json,
)


def json_depth(body: bytes) -> int:
    return measure_json(body, max_items=MAX_ITEMS)[0]


JSON = Headers({"content-type": "application/json; charset=utf-8"})


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


# Characters that mean something to JSON, and some that take several bytes or an escape.
TEXTS = st.text('"[]{}\\,:/u a\n\x00é€😀\ud800', max_size=12)
NESTED = st.recursive(TEXTS | st.none(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))


@given(NESTED)
def test_depth_is_that_of_the_parsed_value(value: Any) -> None:
    filler: list[list[None]] = [[]] * MAX_DEPTH  # so that it is counted at all
    assert json_depth(json.dumps([value, filler], ensure_ascii=False).encode("utf-8", "surrogatepass")) == max(
        1 + _depth(value), 3
    )


@given(st.binary(max_size=300))
def test_any_bytes_have_a_depth(body: bytes) -> None:
    assert json_depth(b"[" * (MAX_DEPTH + 1) + body) >= 0


@pytest.mark.parametrize(
    ("body", "deep"),
    [
        (_nested(MAX_DEPTH), False),
        (_nested(MAX_DEPTH + 1), True),
        (b'{"a":' * 100 + b"1" + b"}" * 100, True),
        (b'"' + b"[" * 1_000 + b'"', False),
        (b'"\\"' + b"[" * 1_000 + b'"', False),
        (b'"\\\\"' + b"[" * 1_000, True),
        (b"[]," * 10_000, False),
        (b'"' + b"[" * 1_000, False),  # a string without end: no parser goes into it
    ],
)
def test_only_brackets_outside_of_strings_count(body: bytes, deep: bool) -> None:
    assert (json_depth(body) > MAX_DEPTH) is deep


@pytest.mark.parametrize("piece", [b'\\"', b'"', b'"\\', b"[", b"[]", b'"[', b"\\", b'""'])
def test_no_body_takes_long(piece: bytes) -> None:
    """A pattern that tried again at each character would need hours for these."""
    started = time.process_time()
    json_depth(b"[" * (MAX_DEPTH + 1) + piece * (MAX_CONVERSATION_BYTES // len(piece)))
    assert time.process_time() - started < 2


async def _read(body: BoundedBody) -> list[Message]:
    messages = [await body()]
    while messages[-1].get("more_body"):
        messages.append(await body())
    return messages


def _pieces(*pieces: bytes, then: float = 0.0) -> Any:
    left = list(pieces)

    async def receive() -> Message:
        if not left:
            await asyncio.sleep(then)
            return {"type": "http.disconnect"}
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left) or then > 0}

    return receive


async def test_pieces_pass_as_they_are() -> None:
    messages = await _read(BoundedBody(_pieces(b"[1,", b"2]"), JSON))
    assert [message["body"] for message in messages] == [b"[1,", b"2]"]


async def test_depth_is_counted_across_pieces() -> None:
    with pytest.raises(HTTPException) as caught:
        await _read(BoundedBody(_pieces(_nested(50)[:50], _nested(50)), JSON))
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    ("bounds", "items", "refused"),
    [
        (BodyBounds(), MAX_ITEMS, False),
        (BodyBounds(), MAX_ITEMS + 1, True),
        (CONVERSATION_BOUNDS, MAX_ITEMS + 1, False),
    ],
)
async def test_values_are_counted_before_they_are_read(bounds: BodyBounds, items: int, refused: bool) -> None:
    body = b'["a,b"' + b",1" * items + b"]"  # a comma in a text divides nothing
    reading = _read(BoundedBody(_pieces(body), JSON, bounds=bounds))
    if not refused:
        assert len(await reading) == 1
        return
    with pytest.raises(HTTPException) as caught:
        await reading
    assert caught.value.status_code == 413


async def test_a_body_without_a_type_is_taken_for_json() -> None:
    with pytest.raises(HTTPException) as caught:
        await _read(BoundedBody(_pieces(_nested(500)), Headers({})))
    assert caught.value.status_code == 400


@pytest.mark.parametrize("media_type", ["Application/JSON", "application/vnd.api+Json; charset=utf-8"])
async def test_a_media_type_counts_in_any_case(media_type: str) -> None:
    with pytest.raises(HTTPException) as caught:
        await _read(BoundedBody(_pieces(_nested(500)), Headers({"content-type": media_type})))
    assert caught.value.status_code == 400


async def test_what_is_no_json_may_be_anything() -> None:
    body = BoundedBody(_pieces(_nested(500)), Headers({"content-type": "application/octet-stream"}))
    assert len(await _read(body)) == 1


async def test_a_body_that_trickles_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "MAX_BODY_SECONDS", 0.05)
    with pytest.raises(HTTPException) as caught:
        await _read(BoundedBody(_pieces(b"[", then=5), JSON))
    assert caught.value.status_code == 408


async def test_who_waits_for_an_answer_is_not_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "MAX_BODY_SECONDS", 0.01)

    async def receive() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    body = BoundedBody(_pieces(b"{}"), JSON)
    await body()
    body._receive = receive
    assert (await body())["type"] == "http.disconnect"
