"""Every way a vendor can fail, run against its emulator: what the caller gets and how many calls were made.

The table in docs/vendor-failures.md is made here and checked by test_vendor_failures.py:

    python -m tests.contract.vendor_matrix
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from pipelines.errors import VendorError
from pipelines.events import Restarted, TextDelta
from pipelines.providers.cohere import CohereEmbedModel, CohereRerank
from pipelines.providers.openrouter import OpenRouterLLM
from pipelines.providers.openrouter_stream import StreamLimits
from pipelines.providers.vendor_calls import Patience, RetryPolicy
from tests.emulators import cohere, openrouter
from tests.emulators.server import Failure

DOCUMENT = Path(__file__).parents[2] / "docs" / "vendor-failures.md"
FIRST, SECOND = "emulated/first", "emulated/second"
MESSAGES = [ChatMessage(role=MessageRole.USER, content="Say something long enough to be cut.")]

LIMITS = StreamLimits(first_token=1.2, stall=1.0, total=8)
RETRIES = RetryPolicy(attempts=2, first_delay=0.01, max_delay=0.02, max_retry_after=0.2)
PATIENCE = Patience(1.2, 6, RETRIES)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller got, in words, with the calls made and the error where there was one."""

    words: str
    calls: int
    error: VendorError | None = None


OPENROUTER_FAILURES: dict[str, Failure] = {
    "401, wrong key": Failure("status", 401),
    "402, no credit": Failure("status", 402),
    "403, moderated": Failure("status", 403),
    "404, no such model": Failure("status", 404),
    "400, request refused": Failure("status", 400),
    "429 without Retry-After": Failure("status", 429),
    "429 with a short Retry-After": Failure("status", 429, retry_after="0.05"),
    "429 with a long Retry-After": Failure("status", 429, retry_after="3600"),
    "500": Failure("status", 500),
    "502": Failure("status", 502),
    "503 with a short Retry-After": Failure("status", 503, retry_after="0.05"),
    "200 with garbage": Failure("garbage"),
    "200 with an HTML page": Failure("html"),
    "200 with an error body (502)": Failure("error_body", 502),
    "200 with an error body (429)": Failure("error_body", 429),
    "200, not streamed": Failure("not_streamed"),
    "connection cut before the answer": Failure("refuse"),
    "error chunk before the first token": Failure("error_first", 502),
    "cut before the first token": Failure("cut_first"),
    "empty answer": Failure("empty"),
    "answer withheld by a content filter": Failure("filtered"),
    "endless keep-alive comments": Failure("keepalive"),
    "silence": Failure("silence"),
    "first token too late": Failure("slow_first_token", seconds=5),
    "first token late, but in time": Failure("slow_first_token", seconds=0.1),
    "error chunk after some text": Failure("error_mid", 502),
    "finish reason `error`": Failure("finish_error"),
    "garbage after some text": Failure("garbage_mid"),
    "connection cut after some text": Failure("cut"),
    "stream ends without finish reason": Failure("cut_clean"),
    "[DONE] without finish reason": Failure("done_without_finish"),
    "stall after some text": Failure("stall"),
    "keep-alive comments only, after some text": Failure("keepalive_mid"),
    "no [DONE] after the finish reason": Failure("no_done"),
    "no usage": Failure("no_usage"),
}
COHERE_FAILURES: dict[str, Failure] = {
    "401, wrong key": Failure("status", 401),
    "402, no credit": Failure("status", 402),
    "404, no such model": Failure("status", 404),
    "429 without Retry-After": Failure("status", 429),
    "429 with a short Retry-After": Failure("status", 429, retry_after="0.05"),
    "429 with a long Retry-After": Failure("status", 429, retry_after="3600"),
    "500": Failure("status", 500),
    "502": Failure("status", 502),
    "200 with garbage": Failure("garbage"),
    "200 with an HTML page": Failure("html"),
    "200 with an error body": Failure("error_body"),
    "connection cut before the answer": Failure("refuse"),
    "connection cut in the answer": Failure("cut"),
    "silence": Failure("silence"),
    "vectors or ranking of other texts": Failure("too_few"),
    "a vector too short": Failure("wrong_length"),
    "a vector that is no number": Failure("not_a_number"),
}


@asynccontextmanager
async def failing_llm(models: list[str], failure: Failure) -> AsyncIterator[tuple[OpenRouterLLM, Any]]:
    """The first model fails, always; a second one works."""
    async with openrouter.OpenRouterEmulator() as emulator:
        emulator.failures_by_model = {FIRST: failure}
        emulator.tokens_per_second = 200  # so that each token is a network chunk of its own
        llm = OpenRouterLLM(
            models, api_key=openrouter.API_KEY, api_base=emulator.base_url, limits=LIMITS, retries=RETRIES
        )
        try:
            yield llm, emulator
        finally:
            await llm.aclose()


async def ask(failure: Failure, models: list[str]) -> Outcome:
    """What a reader gets of a streamed answer."""
    text, restarts, error = "", 0, None
    async with failing_llm(models, failure) as (llm, emulator):
        try:
            async for part in llm.stream_parts(MESSAGES):
                restarts += isinstance(part, Restarted)
                text += part.text if isinstance(part, TextDelta) else ""
        except VendorError as caught:
            error = caught
        told = ["Restarted"] * restarts + (["some text"] if text and error else [])
        told.append(type(error).__name__ if error else "answer")
        return Outcome(", ".join(told), emulator.calls, error)


async def call_cohere(failure: Failure, call: Callable[[str], Awaitable[object]]) -> Outcome:
    async with cohere.CohereEmulator() as emulator:
        emulator.failing = failure
        try:
            await call(emulator.url)
        except VendorError as error:
            return Outcome(type(error).__name__, emulator.calls, error)
        return Outcome("answer", emulator.calls)


async def embed(url: str) -> object:
    model = CohereEmbedModel(api_key=cohere.API_KEY, base_url=url, query_patience=PATIENCE)
    try:
        return await model.aget_query_embedding("How long does it take?")
    finally:
        await model.aclose()


async def rerank(url: str) -> object:
    reranker = CohereRerank(api_key=cohere.API_KEY, base_url=url, patience=PATIENCE)
    try:
        return await reranker.rank("How long?", ["It takes long.", "Cats purr."], 2)
    finally:
        await reranker.aclose()


async def openrouter_row(name: str) -> tuple[Outcome, Outcome]:
    """With one model, and with a second one that works."""
    failure = OPENROUTER_FAILURES[name]
    return await ask(failure, [FIRST]), await ask(failure, [FIRST, SECOND])


async def cohere_row(name: str) -> tuple[Outcome, Outcome]:
    """Embedding a query, and reranking."""
    failure = COHERE_FAILURES[name]
    return await call_cohere(failure, embed), await call_cohere(failure, rerank)


def line(name: str, outcomes: tuple[Outcome, Outcome]) -> str:
    cells = " | ".join(f"{outcome.words} | {outcome.calls}" for outcome in outcomes)
    return f"| {name} | {cells} |"


HEAD = """\
# What happens when a vendor fails

Made by `python -m tests.contract.vendor_matrix` from runs against the emulators in `tests/emulators/`, and checked by
`tests/contract/test_vendor_failures.py`. Errors are those of `pipelines/errors.py`; readers get their problem document,
never the vendor's words. Calls are HTTP requests that reached the vendor, with two attempts a model allowed.

Rules behind the table:

- Nothing is tried again once a reader saw text. `Restarted` tells that the next model begins, before any text.
- A wrong key (401) and missing credit (402) concern every model: the next one is not tried.
- A busy (429) or slow model is not tried again while another one is left; the last one is, if `Retry-After` is short.
- An answer is whole only with a finish reason. What comes after that (usage, `[DONE]`) may be missing.
- Keep-alive comments are no progress: the timers for the first token and between tokens go on.
- Repeated failures open the model's circuit: then nothing is called and `VendorBusy` says for how long.
- A failed rerank is an error of the rerank: who asked for it decides whether the order before will do, and says so.
- A model that fails in condensing a follow-up costs no answer: after 4 s at most the local rule takes over, and the
  answer carries the flag `follow_up_by_rule`.
- A judge that fails leaves its claims `not_evaluated`, and the answer carries the flag `claims_not_evaluated`. Under
  `strict` what nobody judged does not leave (`sentences_withheld`); where that is all of the answer, it fails with
  VendorBroken instead of claiming that the documentation has none. A judge's call ends after 10 s, and repeated
  failures open its circuit, so that a long answer does not wait for each sentence.
"""


async def rows() -> dict[str, str]:
    """The lines of both tables by vendor and failure, a few made at once."""
    places = asyncio.Semaphore(6)

    async def row(vendor: str, name: str) -> tuple[str, str]:
        async with places:
            outcomes = await (openrouter_row(name) if vendor == "openrouter" else cohere_row(name))
        return f"{vendor}: {name}", line(name, outcomes)

    wanted = [row("openrouter", name) for name in OPENROUTER_FAILURES] + [
        row("cohere", name) for name in COHERE_FAILURES
    ]
    return dict(await asyncio.gather(*wanted))


def document(made: dict[str, str]) -> str:
    lines = [
        HEAD,
        "## OpenRouter: a streamed answer",
        "",
        "| failure of the first model | with it alone | calls | with a second model that works | calls |",
        "|---|---|---|---|---|",
        *[made[f"openrouter: {name}"] for name in OPENROUTER_FAILURES],
        "",
        "## Cohere: a query's embedding and a rerank",
        "",
        "| failure | embedding | calls | rerank | calls |",
        "|---|---|---|---|---|",
        *[made[f"cohere: {name}"] for name in COHERE_FAILURES],
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    DOCUMENT.write_text(document(asyncio.run(rows())), encoding="utf-8")
