"""What a request's body may be before anything reads it: bounded in size, in time, in depth and in number of values."""

import asyncio
from dataclasses import dataclass

import numpy as np
from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import Message, Receive

MAX_BODY_BYTES = 64 * 1024
# A client sends its whole past with each question, and its parts of other kinds with it.
MAX_CONVERSATION_BYTES = 2 * 1024 * 1024
MAX_BODY_SECONDS = 30.0
# Elements of lists and members of objects: each costs a reader, and a validator that finds it wrong, some microseconds.
MAX_ITEMS, MAX_CONVERSATION_ITEMS = 2_000, 50_000
# A parser that recurses would run out of stack; nothing of ours nests deeper than ten.
MAX_DEPTH = 64
_QUOTE, _COMMA = ord('"'), ord(",")
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """How many bytes a body may have, and how many values JSON in it."""

    max_bytes: int = MAX_BODY_BYTES
    max_items: int = MAX_ITEMS


CONVERSATION_BOUNDS = BodyBounds(MAX_CONVERSATION_BYTES, MAX_CONVERSATION_ITEMS)


class BoundedBody:
    """`receive` that refuses a body which is too large, as told or as counted, too slow, or JSON too deep or too full.

    MAX_BODY_SECONDS are for MAX_CONVERSATION_BYTES; where more is allowed, so is the time for it.
    """

    def __init__(self, receive: Receive, headers: Headers, *, bounds: BodyBounds = BodyBounds()) -> None:
        self._receive = receive
        self._bounds = bounds
        self._max_seconds = MAX_BODY_SECONDS * max(1.0, bounds.max_bytes / MAX_CONVERSATION_BYTES)
        told = headers.get("content-length", "")
        self._too_large = told.isdigit() and int(told) > bounds.max_bytes
        media_type = headers.get("content-type", "").lower()
        self._is_json = "json" in media_type or not media_type
        self._pieces: list[bytes] = []
        self._total = 0
        self._complete = False
        self._ends_at: float | None = None

    async def __call__(self) -> Message:
        """The next message. Raises HTTPException 400, 408 and 413."""
        if self._complete:
            return await self._receive()  # the disconnect, whenever it comes
        if self._too_large:
            raise HTTPException(413)
        loop = asyncio.get_running_loop()
        self._ends_at = self._ends_at or loop.time() + self._max_seconds
        try:
            async with asyncio.timeout_at(self._ends_at):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None
        self._take(message)
        return message

    def _take(self, message: Message) -> None:
        body = message.get("body", b"")
        self._total += len(body)
        if self._total > self._bounds.max_bytes:
            raise HTTPException(413)
        if self._is_json:
            self._pieces.append(body)
        if not message.get("more_body", False):
            self._complete = True
            depth, items = measure_json(b"".join(self._pieces), max_items=self._bounds.max_items)
            self._pieces.clear()
            if depth > MAX_DEPTH:
                raise HTTPException(400)
            if items > self._bounds.max_items:
                raise HTTPException(413)


def measure_json(body: bytes, *, max_items: int) -> tuple[int, int]:
    """How deep arrays and objects nest, and how many commas divide them, of any bytes.

    2 MiB take some 10 milliseconds, whatever they hold; most bodies have too few of either to be looked at.
    """
    is_flat = body.count(b"[") + body.count(b"{") <= MAX_DEPTH
    if is_flat and body.count(b",") <= max_items:
        return 0, 0
    # Without escapes a quotation mark always begins or ends a string. Not by a pattern: each match takes a moment.
    bare = np.frombuffer(body.replace(rb"\\", b"").replace(rb"\"", b""), np.uint8)
    outside = np.bitwise_xor.accumulate(bare == _QUOTE, dtype=np.bool_) == 0
    structure = bare[outside]
    depth = int(np.cumsum(_STEPS[structure], dtype=np.int32).max(initial=0))
    return depth, int(np.count_nonzero(structure == _COMMA))
