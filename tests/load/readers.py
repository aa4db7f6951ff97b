"""Many readers at once against a running server: each asks, reads the stream to its end, thinks, and asks again.

Sockets are read without an HTTP library, since the generator shares the machine with what it measures.
"""

import asyncio
import contextlib
import json
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlsplit

_RETRIEVED = b'"stage":"retrieved"'
_DELTA = b'"type":"text-delta"'
_FINISH = b'"type":"finish"'
_TIMING = b'"retrieval_ms":'
_DONE = b"data: [DONE]"
_CONVERSATION = re.compile(rb'"conversation_id":"([0-9a-f-]{36})"')
# What readers ask, by parts of a hundred.
MIX = {"new": 60, "follow-up": 15, "repeated": 10, "outside": 8, "left": 7}
OUTSIDE = (
    "How do I bake a sourdough bread with rye?",
    "Which football club bought the goalkeeper last summer?",
    "What does a second-hand bicycle cost in Lisbon?",
)
# An answer that takes longer than this counts as an error.
READ_SECONDS = 60.0
# Passages that come within this are what a reader of a quiet server gets.
_HEALTHY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Load:
    """`readers` at once for `seconds`; between answers each thinks, from half to one and a half of `think_seconds`."""

    readers: int
    seconds: float
    think_seconds: float


@dataclass(slots=True)
class Seen:
    """What the readers saw; seconds since a question was sent, and the server's own milliseconds of retrieval."""

    retrieved: list[float] = field(default_factory=list)
    first_text: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    retrieval_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    tokens: int = 0
    left: int = 0  # answers that a reader walked away from
    refused: list[float] = field(default_factory=list)  # told by 503 that too many ask


async def read_as_many(url: str, asked: Iterator[str], load: Load, *, seed: int = 1) -> Seen:
    """Readers arrive spread over the first think time and ask what comes next in `asked`."""
    seen, rng = Seen(), random.Random(seed)
    end = time.perf_counter() + load.seconds
    address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
    delays = [rng.uniform(0, load.think_seconds) for _ in range(load.readers)]
    await asyncio.gather(*(_read_often(address, asked, load, delay, end, seen) for delay in delays))
    return seen


async def healthy_after(url: str, question: str) -> float:
    """Seconds until a question, asked again and again, has its passages at once and is answered whole."""
    address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
    began = time.perf_counter()
    while (asked := time.perf_counter()) - began < READ_SECONDS:
        seen = Seen()
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(READ_SECONDS):
                await _read_once(address, {"question": question}, seen, leaves=False)
        if seen.retrieved and seen.retrieved[0] < _HEALTHY_SECONDS:
            return asked + seen.retrieved[0] - began
        await asyncio.sleep(0.1)
    return READ_SECONDS


def shuffled(questions: Sequence[str], *, seed: int = 1) -> Iterator[str]:
    """The questions without end, each once before any comes again."""
    order = list(questions)
    random.Random(seed).shuffle(order)
    return cycle(order)


async def _read_often(
    address: tuple[str, int], asked: Iterator[str], load: Load, delay: float, end: float, seen: Seen
) -> None:
    rng = random.Random(delay)
    conversation: str | None = None
    often = [next(asked) for _ in range(2)]
    await asyncio.sleep(min(delay, load.seconds))
    while time.perf_counter() < end:
        (kind,) = rng.choices(list(MIX), list(MIX.values()))
        question = {"repeated": rng.choice(often), "outside": rng.choice(OUTSIDE)}.get(kind) or next(asked)
        try:
            async with asyncio.timeout(READ_SECONDS):
                told = await _read_once(
                    address,
                    {"question": question, "conversation_id": conversation if kind == "follow-up" else None},
                    seen,
                    leaves=kind == "left",
                )
            conversation = told or conversation
        except (OSError, TimeoutError, ValueError) as error:
            seen.errors.append(f"{type(error).__name__}: {error}"[:200])
        thinks = rng.uniform(0.5, 1.5) * load.think_seconds
        await asyncio.sleep(max(0.0, min(thinks, end - time.perf_counter())))


async def _read_once(
    address: tuple[str, int], asked: Mapping[str, str | None], seen: Seen, *, leaves: bool
) -> str | None:
    """One question on a connection of its own; the conversation that it began. Who `leaves` does so at the first text.

    Raises ValueError where the answer is not whole.
    """
    body = json.dumps({name: value for name, value in asked.items() if value is not None}).encode()
    head = f"POST /api/v1/chat HTTP/1.1\r\nhost: {address[0]}\r\ncontent-type: application/json\r\n"
    head += f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(head.encode() + body)
        answer = bytearray()
        retrieved = first_text = 0.0
        while data := await reader.read(65_536):
            answer += data
            if not retrieved and _RETRIEVED in answer:
                retrieved = time.perf_counter() - began
            if not first_text and _DELTA in data:
                first_text = time.perf_counter() - began
                if leaves:
                    seen.left += 1
                    return None
    finally:
        writer.close()
    if answer.startswith(b"HTTP/1.1 503"):
        seen.refused.append(time.perf_counter() - began)
        return None
    if not answer.startswith(b"HTTP/1.1 200") or _FINISH not in answer or _DONE not in answer:
        raise ValueError(answer[-300:].decode("utf-8", "replace"))
    seen.retrieved.append(retrieved)
    seen.first_text.append(first_text)
    seen.whole.append(time.perf_counter() - began)
    seen.tokens += answer.count(_DELTA)
    at = answer.index(_TIMING) + len(_TIMING)
    seen.retrieval_ms.append(float(answer[at : at + 24].split(b",")[0].split(b"}")[0]))
    begun = _CONVERSATION.search(answer)
    return begun.group(1).decode() if begun else None
