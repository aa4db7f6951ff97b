"""One chat completion as OpenRouter streams it: events, timers, and what tells a whole answer from a cut one.

Wire format: https://openrouter.ai/docs/api-reference/streaming. Read by hand, since a token then costs a few
microseconds, and since httpx's own line splitting also splits at U+2028, which JSON strings may hold.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, cast

import httpx

from pipelines.errors import VendorBroken, VendorError
from pipelines.providers.aiohttp_transport import PAUSED
from pipelines.providers.model_text import ModelText
from pipelines.providers.vendor_calls import (
    body_chunks,
    error_for_status,
    error_in_body,
    json_object,
    open_post,
    vendor_errors,
)
from pipelines.types import Usage
from storage_config.json_bytes import dump_json, parse_json

VENDOR = "openrouter"

_MAX_LINE = 1024 * 1024
_MAX_ERROR_BODY = 64 * 1024
# Bounds what a runaway model may send, in characters; max_tokens should end it long before.
_MAX_ANSWER = 400_000
# After the finish reason the answer is whole: usage and the end of the body are waited for only this long.
_TRAILER_SECONDS = 2.0
# All streams together are read so often, each at least four times a second.
_READS_A_SECOND = 160
_MAX_GATHER_SECONDS = 0.25
_MIN_GATHER_SECONDS = 0.04
_FINISHED = {"stop": "stop", "length": "length", "content_filter": "content_filter"}
_OPAQUE_ID = re.compile(r"[\w-]{1,80}")


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """How long to wait, in seconds.

    `first_token` runs from the request of one attempt, `stall` from one delta to the next,
    `total` over all attempts and models. Keep-alive comments are no progress; reasoning is, but bounded by `total`.
    """

    first_token: float = 20.0
    stall: float = 15.0
    total: float = 120.0


@dataclass(frozen=True, slots=True)
class OpenRouterRequest:
    """What one attempt sends.

    `first_by` and `ends_at` are loop times: by then the first token must have come, and
    all must be over.
    """

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    stall: float
    first_by: float
    ends_at: float

    @property
    def what(self) -> str:
        """What is asked, for errors and logs."""
        return f"model {self.body.get('model')}"


class ReadPace:
    """How long deltas gather before a stream is read on, by how many streams are open.

    Each read costs the way down to a reader's socket. Few streams are read as deltas come; of sixteen each is read ten
    times a second, of forty and more four times, some words at once. The first delta never waits.
    """

    def __init__(self) -> None:
        self._streams = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """One more stream is open inside the block."""
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1

    def gathering_seconds(self) -> float:
        """Seconds to wait before the next read; 0 for few streams."""
        seconds = self._streams / _READS_A_SECOND
        return min(_MAX_GATHER_SECONDS, seconds) if seconds >= _MIN_GATHER_SECONDS else 0.0


class CompletionStream:
    """The text of one completion; the other fields are filled in while it is read."""

    def __init__(self, response: httpx.Response, request: OpenRouterRequest, pace: ReadPace) -> None:
        self._response = response
        self._request = request
        self._pace = pace
        self._done = False
        self._said = ModelText()
        self.finish_reason: str | None = None
        self.model: str | None = None
        self.provider: str | None = None
        self.generation_id: str | None = _opaque(response.headers.get("x-generation-id"))
        self.usage: Usage | None = None

    async def texts(self) -> AsyncGenerator[str, None]:
        """Non-empty deltas.

        Raises VendorBroken for garbage, an error inside the stream and a stream that ends without a finish reason,
        VendorTimeout for a missing first token or a stall.
        """
        clock = asyncio.get_running_loop().time
        ends_at, deadline, length, rest = self._request.ends_at, self._request.first_by, 0, b""
        chunks = body_chunks(self._response)
        async with aclosing(cast(AsyncGenerator[bytes, None], chunks)):
            while (chunk := await self._next(chunks, deadline)) is not None:
                *lines, rest = (rest + chunk).split(b"\n")
                moved, texts, failure = self._take_all(lines)
                if text := "".join(texts):
                    length += len(text)
                    yield text
                if failure is not None:
                    raise failure
                if self._said.received > _MAX_ANSWER or len(rest) > _MAX_LINE:
                    raise self._broken("sends an answer without end")
                if self.finish_reason is not None:
                    deadline = min(ends_at, clock() + _TRAILER_SECONDS)
                elif moved:
                    # Counted from here, so that a slow reader does not look like a stalled vendor.
                    stalled_at = clock() + self._request.stall
                    deadline = min(ends_at, stalled_at if length else max(self._request.first_by, stalled_at))
                if length and (gathering := self._pace.gathering_seconds()):
                    with self._response.extensions.get(PAUSED, nullcontext)():
                        await asyncio.sleep(gathering)
        if text := (self._take(rest)[0] if rest else "") + self._said.finish():
            yield text
        if self.finish_reason is None:
            raise self._broken("ended its stream without a finish reason")

    async def _next(self, chunks: AsyncIterator[bytes], deadline: float) -> bytes | None:
        try:
            async with asyncio.timeout_at(deadline):
                return await anext(chunks, None)
        except (TimeoutError, httpx.TransportError):
            if self.finish_reason is not None:
                return None  # the answer is whole, only its trailer is missing
            raise

    def _take_all(self, lines: Sequence[bytes]) -> tuple[bool, list[str], VendorError | None]:
        """Whether the model moved on, the texts, and what ended them: texts before a failure are still the answer's."""
        moved = False
        texts: list[str] = []
        for line in lines:
            try:
                text, progress = self._take(line)
            except VendorError as error:
                return moved, texts, error
            moved = moved or progress
            texts.append(text)
        return moved, texts, None

    def _take(self, line: bytes) -> tuple[str, bool]:
        """The text of a line, and whether the model moved on. Lines other than data are comments and keep-alives."""
        if not line.startswith(b"data:") or self._done:
            return "", False
        payload = line[5:].strip()
        if payload == b"[DONE]":
            self._done = True
            return "", False
        try:
            chunk = parse_json(payload)
            choices = chunk.get("choices")
            if choices and chunk.get("error") is None and chunk.get("usage") is None:
                choice = choices[0]
                if choice.get("finish_reason") is None and choice.get("error") is None:
                    return self._text_of(choice["delta"] or {})
            return self._take_rare(chunk)
        except (ValueError, KeyError, AttributeError, TypeError, IndexError):
            raise self._broken("sends what is no completion chunk") from None

    def _take_rare(self, chunk: dict[str, Any]) -> tuple[str, bool]:
        """A chunk that carries more than text: an error, the finish reason, usage, or several of them."""
        self.generation_id = self.generation_id or _opaque(chunk.get("id"))
        self.model, self.provider = chunk.get("model") or self.model, chunk.get("provider") or self.provider
        choice = (chunk.get("choices") or [{}])[0]
        if error := chunk.get("error") or choice.get("error"):
            raise error_in_body(error, VENDOR, self._request.what)
        if usage := chunk.get("usage"):
            self.usage = _usage(usage)
        text, moved = self._text_of(choice.get("delta") or {})
        reason = choice.get("finish_reason")
        if reason is not None:
            self.finish_reason = _FINISHED.get(reason)
            if self.finish_reason is None:
                raise self._broken("ended with an error" if reason == "error" else "ended in a way nobody asked for")
        return text, bool(moved or reason)

    def _text_of(self, delta: Mapping[str, Any]) -> tuple[str, bool]:
        content = delta.get("content")
        return self._said.feed(content), bool(content or delta.get("reasoning"))

    def _broken(self, problem: str) -> VendorBroken:
        return VendorBroken(f"{VENDOR} {problem}: {self._request.what}", vendor=VENDOR, status=200)


@asynccontextmanager
async def open_completion(
    client: httpx.AsyncClient, request: OpenRouterRequest, pace: ReadPace
) -> AsyncIterator[CompletionStream]:
    """One attempt. Leaving the block closes the connection at once, which stops the model and its bill.

    Raises VendorError, also for what goes wrong while the stream is read inside the block.
    """
    with vendor_errors(VENDOR, request.what):
        async with asyncio.timeout_at(request.first_by):
            response = await _send(client, request)
        try:
            with pace.counting():
                yield CompletionStream(response, request, pace)
        finally:
            await response.aclose()


async def _send(client: httpx.AsyncClient, request: OpenRouterRequest) -> httpx.Response:
    # Not compressed: a proxy that compresses events also holds them back.
    headers = {"accept": "text/event-stream", "accept-encoding": "identity", "content-type": "application/json"}
    content = dump_json(request.body)
    response = await open_post(client, request.url, {**headers, **request.headers}, content)
    if response.status_code == 200 and response.headers.get("content-type", "").startswith("text/event-stream"):
        return response
    try:
        raise await _refusal(response, request.what)
    finally:
        await response.aclose()


async def _refusal(response: httpx.Response, what: str) -> VendorError:
    """The error that an answer other than a stream stands for."""
    if response.status_code != 200:
        return error_for_status(VENDOR, response.status_code, what, response.headers)
    received = b""
    async for chunk in response.aiter_bytes():
        received += chunk
        if len(received) > _MAX_ERROR_BODY:
            break
    json_object(received, VENDOR, what)  # raises what an `error` inside it stands for
    return VendorBroken(f"{VENDOR} answered without streaming: {what}", vendor=VENDOR, status=200)


def _opaque(value: Any) -> str | None:
    """An id that may stand in logs: short, without anything that could be text."""
    return value if isinstance(value, str) and _OPAQUE_ID.fullmatch(value) else None


def _usage(usage: Mapping[str, Any]) -> Usage:
    cost = usage.get("cost")
    return Usage(
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        calls=1,
        cost=float(cost) if cost is not None else None,
    )
