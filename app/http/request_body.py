"""What a request's body may be before anything reads it: bounded in size, in time and in depth."""

import asyncio
import re

import numpy as np
from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import Message, Receive

MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_BODY_SECONDS = 30.0
# A parser that recurses would run out of stack; nothing of ours nests deeper than ten.
MAX_DEPTH = 64
# A string to its end, or to the body's where it has none: possessive, so that no body takes more than one pass.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


class BoundedBody:
    """`receive` that refuses a body which is too large, as told or as counted, too slow, or JSON too deep.

    MAX_BODY_SECONDS are for MAX_BODY_BYTES; where more is allowed, so is the time for it.
    """

    def __init__(self, receive: Receive, headers: Headers, *, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._max_seconds = MAX_BODY_SECONDS * max(1.0, max_bytes / MAX_BODY_BYTES)
        told = headers.get("content-length", "")
        self._too_large = told.isdigit() and int(told) > max_bytes
        self._is_json = "json" in headers.get("content-type", "").lower()
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
        if self._total > self._max_bytes:
            raise HTTPException(413)
        if self._is_json:
            self._pieces.append(body)
        if not message.get("more_body", False):
            self._complete = True
            if json_depth(b"".join(self._pieces)) > MAX_DEPTH:
                raise HTTPException(400)
            self._pieces.clear()


def json_depth(body: bytes) -> int:
    """How deep arrays and objects nest, of any bytes: 2 MiB take some 10 milliseconds, whatever they hold."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return 0  # most bodies; too few to be too deep
    brackets = np.frombuffer(_STRING.sub(b"", body), np.uint8)
    return int(np.cumsum(_STEPS[brackets], dtype=np.int32).max(initial=0))
