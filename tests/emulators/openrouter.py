"""OpenRouter's chat completions on loopback: its wire format, its oddities and its failures.

Sources: openrouter.ai/docs/api-reference/streaming, .../errors, .../use-cases/usage-accounting. The emulated model
answers from the numbered passages of the prompt with [n], so that the whole product can run against it; `answers`
scripts what it says instead.

    python -m tests.emulators.openrouter --port 8100 --tokens-per-second 50
"""

import argparse
import asyncio
import contextlib
import json
import re
from collections import deque
from typing import Any

from pipelines.prompt_texts import CONDENSE_PROMPT, JUDGE_PROMPT
from tests.emulators.server import Emulator, Exchange, Failure, serve_forever, words

API_KEY = "sk-or-v1-emulated"
COST_PER_TOKEN = 0.000001
NO_ANSWER = "The passages do not contain the answer."
# What the vendor writes into its errors; nothing of it may reach a reader.
VENDOR_TEXT = "Provider returned error: quota of org-8841 for key sk-or-v1-emul... exceeded"

KINDS = (
    "status", "garbage", "html", "error_body", "not_streamed", "error_first", "error_mid", "finish_error",
    "garbage_mid", "cut_first", "cut", "cut_clean", "done_without_finish", "keepalive", "keepalive_mid", "silence",
    "stall", "empty", "filtered", "slow_first_token", "no_done", "no_usage", "refuse",
)  # fmt: skip
_PASSAGE = re.compile(r'<(passage-[0-9a-f]+) n="(\d+)">\n(.*?)\n</\1>', re.S)
# The last one: what looks like a question inside a passage is none.
_QUESTION = re.compile(r".*\n(?:Last question|Question): (.*)\Z", re.S)
_CLAIM = re.compile(r"\n<(passage-[0-9a-f]+)>\n(.*?)\n</\1>", re.S)


class OpenRouterEmulator(Emulator):
    """`POST /api/v1/chat/completions`, streamed and not. `base_url` is what OPENROUTER_BASE_URL wants."""

    def __init__(
        self, *, port: int = 0, first_token_seconds: float = 0.0, tokens_per_second: float | None = None
    ) -> None:
        super().__init__(port=port)
        self.first_token_seconds = first_token_seconds
        self.tokens_per_second = tokens_per_second
        self.answers: deque[str] = deque()
        self.keepalive_seconds = 0.02
        self.finish_reason = "stop"

    @property
    def base_url(self) -> str:
        return f"{self.url}/api/v1"

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        request = exchange.request
        if (request.method, request.path) != ("POST", "/api/v1/chat/completions"):
            await exchange.send_json(_error(404, "Not Found"), 404)
        elif request.headers.get("authorization") != f"Bearer {API_KEY}":
            await exchange.send_json(_error(401, "No auth credentials found"), 401)
        elif problem := _problem(request.body):
            await exchange.send_json(_error(400, problem), 400)
        elif failure and await _fails_before_the_stream(exchange, failure):
            return
        else:
            body = request.json()
            text = self.answers.popleft() if self.answers else model_answer(body["messages"])
            if body.get("stream"):
                await _Stream(self, exchange, body, text, failure).send()
            else:
                await exchange.send_json(_completion(self, body, text))


async def _fails_before_the_stream(exchange: Exchange, failure: Failure) -> bool:
    """Whether the failure was one that ends the exchange before any event."""
    match failure.kind:
        case "status":
            headers = {"retry-after": failure.retry_after} if failure.retry_after else {}
            await exchange.send_json(_error(failure.status, VENDOR_TEXT), failure.status, headers)
        case "garbage":
            await exchange.send_body(b"\x00\xff<<<", headers={"content-type": "application/json"})
        case "html":
            await exchange.send_body(b"<html>busy</html>", headers={"content-type": "text/html"})
        case "error_body":
            await exchange.send_json(_error(failure.status, VENDOR_TEXT))
        case "not_streamed":
            await exchange.send_json(
                {"id": "gen-1", "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}
            )
        case "silence":
            await exchange.pause(None)
        case "refuse":
            exchange.cut()
        case _:
            return False
    return True


class _Stream:
    """One streamed completion."""

    def __init__(
        self, emulator: OpenRouterEmulator, exchange: Exchange, body: Any, text: str, failure: Failure | None
    ) -> None:
        self._emulator, self._exchange, self._body, self._text = emulator, exchange, body, text
        self._failure = failure or Failure("none")
        self._id = f"gen-{emulator.calls:06d}"

    async def send(self) -> None:
        await self._exchange.start({"content-type": "text/event-stream", "x-generation-id": self._id})
        await self._exchange.send(b": OPENROUTER PROCESSING\n\n")
        if await self._fails_at("first"):
            return
        wait = self._failure.seconds if self._failure.kind == "slow_first_token" else self._emulator.first_token_seconds
        if wait:
            await self._exchange.pause(wait)
        if await self._send_text():
            await self._finish()

    async def _send_text(self) -> bool:
        """Whether the text went out whole."""
        tokens = [] if self._failure.kind in ("empty", "filtered") else _tokens(self._text)
        for position, token in enumerate(tokens):
            if position == self._failure.after and await self._fails_at("mid"):
                return False
            if position and self._emulator.tokens_per_second:
                await self._exchange.pause(1 / self._emulator.tokens_per_second)
            await self._event(self._chunk(token))
        # An answer shorter than `after` fails at its end.
        return not (len(tokens) <= self._failure.after and await self._fails_at("mid"))

    async def _finish(self) -> None:
        kind = self._failure.kind
        if kind == "cut_clean":
            return await self._exchange.end()
        if kind != "done_without_finish":
            reason = {"filtered": "content_filter", "finish_error": "error"}.get(kind, self._emulator.finish_reason)
            await self._event(self._chunk("", reason))
        if kind != "no_usage":
            await self._event({**self._chunk(""), "choices": [], "usage": _usage(self._body, self._text)})
        if kind != "no_done":
            await self._exchange.send(b"data: [DONE]\n\n")
        return await self._exchange.end()

    async def _fails_at(self, place: str) -> bool:
        """Whether the failure ended the stream at this place; those that never end it wait for the client to leave."""
        kind = self._failure.kind
        if kind in ("cut", "cut_first") and (kind == "cut_first") == (place == "first"):
            await asyncio.sleep(0.01)  # so that what was sent before has left
            self._exchange.cut()
        elif kind in (f"error_{place}",):
            chunk = self._chunk("", "error" if place == "mid" else None)
            await self._event({**chunk, "error": _error(self._failure.status, VENDOR_TEXT)["error"]})
            await self._exchange.end()
        elif (kind, place) in (("keepalive", "first"), ("keepalive_mid", "mid")):
            while True:
                await self._exchange.send(b": OPENROUTER PROCESSING\n\n")
                await self._exchange.pause(self._emulator.keepalive_seconds)
        elif (kind, place) == ("stall", "mid"):
            await self._exchange.pause(None)
        elif (kind, place) == ("garbage_mid", "mid"):
            await self._exchange.send(b'data: {"choices": [{"del\n\n')
            await self._exchange.end()
        else:
            return False
        return True

    async def _event(self, value: Any) -> None:
        await self._exchange.send(b"data: %b\n\n" % json.dumps(value, ensure_ascii=False).encode())

    def _chunk(self, text: str, finish_reason: str | None = None) -> dict[str, Any]:
        delta = {"role": "assistant", "content": text}
        return {
            "id": self._id, "provider": "Emulated", "model": self._body["model"], "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}],
        }  # fmt: skip


def model_answer(messages: list[dict[str, Any]]) -> str:
    """What the emulated model says: up to two sentences of the passages that share most words with the question."""
    system, last = str(messages[0]["content"]), str(messages[-1]["content"])
    question = found.group(1).strip() if (found := _QUESTION.search(last)) else last
    if system == CONDENSE_PROMPT:
        return question
    passages = [(int(n), text) for _, n, text in _PASSAGE.findall(last)]
    if system == JUDGE_PROMPT:
        claim = found.group(2) if (found := _CLAIM.search(last)) else ""
        return _verdict(claim, [text for _, text in passages])
    asked = {word for word in words(question) if len(word) > 3}
    sentences = [(n, s.strip()) for n, text in passages for s in re.split(r"(?<=[.!?])\s+|\n+", text) if len(s) > 20]
    scored = sorted(((len(asked & set(words(s))), n, s) for n, s in sentences), key=lambda item: -item[0])[:2]
    # The second sentence is said only where it fits nearly as well.
    said = [f"{s.rstrip('.')} [{n}]." for score, n, s in scored if score and score >= 0.6 * scored[0][0]]
    return " ".join(said) or NO_ANSWER


def _verdict(claim: str, passages: list[str]) -> str:
    wanted, held = set(words(claim)), set(words(" ".join(passages)))
    share = len(wanted & held) / max(1, len(wanted))
    return "supported" if share > 0.9 else "partial" if share > 0.5 else "unsupported"


def _problem(body: bytes) -> str | None:
    try:
        request = json.loads(body)
        assert isinstance(request["model"], str)
        assert request["messages"]
        assert all(m["role"] in ("system", "user", "assistant", "tool") for m in request["messages"])
    except (ValueError, KeyError, TypeError, AssertionError):
        return "messages and model are required"
    return None


def _tokens(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+\Z", text)


def _usage(body: Any, text: str) -> dict[str, Any]:
    prompt = sum(len(str(message["content"])) for message in body["messages"]) // 4
    completion = len(_tokens(text))
    return {
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        "cost": (prompt + completion) * COST_PER_TOKEN, "is_byok": False,
    }  # fmt: skip


def _completion(emulator: OpenRouterEmulator, body: Any, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    return {
        "id": f"gen-{emulator.calls:06d}", "provider": "Emulated", "model": body["model"], "object": "chat.completion",
        "created": 1_700_000_000, "usage": _usage(body, text),
        "choices": [{"index": 0, "message": message, "finish_reason": emulator.finish_reason, "logprobs": None}],
    }  # fmt: skip


def _error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "metadata": {"provider_name": "Emulated", "raw": message}}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--first-token-seconds", type=float, default=0.3)
    parser.add_argument("--tokens-per-second", type=float, default=50)
    options = parser.parse_args()
    emulator = OpenRouterEmulator(
        port=options.port,
        first_token_seconds=options.first_token_seconds,
        tokens_per_second=options.tokens_per_second or None,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve_forever(emulator))


if __name__ == "__main__":
    main()
