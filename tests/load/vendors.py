"""Both vendors' emulators in one process, with latencies, cheap enough to stand beside what is measured.

    python -m tests.load.vendors --embed-seconds 0.03 --first-token-seconds 0.15 --tokens 60 --tokens-per-second 40

Prints one line of JSON: {"cohere": base url, "openrouter": base url}.
"""

import argparse
import asyncio
import contextlib
import json
import re
from typing import Any

from tests.emulators.cohere import CohereEmulator
from tests.emulators.openrouter import OpenRouterEmulator
from tests.emulators.server import Exchange, Failure

_PASSAGE = re.compile(r' n="(\d+)">\n(.*?)\n</', re.S)
_SENTENCE = re.compile(r"[^.!?\n]{20,}[.!?]")


class PacedModel(OpenRouterEmulator):
    """Says `tokens` words from the passages, each sentence with its number, at an even pace, a write a token."""

    def __init__(self, *, tokens: int, first_token_seconds: float, tokens_per_second: float) -> None:
        super().__init__(first_token_seconds=first_token_seconds, tokens_per_second=tokens_per_second)
        self._tokens = tokens

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        """The stream; what was received is not kept."""
        self.received.clear()
        body = exchange.request.json()
        words = _say(body["messages"][-1]["content"], self._tokens)
        await exchange.start({"content-type": "text/event-stream"})
        await exchange.send(b": OPENROUTER PROCESSING\n\n")
        loop = asyncio.get_running_loop()
        at = loop.time() + self.first_token_seconds
        for word in words:
            await asyncio.sleep(at - loop.time())
            await exchange.send(_event(body["model"], word, None))
            at += 1 / (self.tokens_per_second or 1_000)
        usage = {"prompt_tokens": 900, "completion_tokens": len(words), "total_tokens": 900 + len(words), "cost": 1e-4}
        end = {"id": "gen-1", "model": body["model"], "choices": [], "usage": usage}
        stop = _event(body["model"], "", "stop")
        await exchange.send(stop + b"data: %b\n\ndata: [DONE]\n\n" % json.dumps(end).encode())
        await exchange.end()


def _say(prompt: str, tokens: int) -> list[str]:
    said: list[str] = []
    for number, passage in _PASSAGE.findall(prompt):
        for sentence in _SENTENCE.findall(passage):
            said += re.findall(r"\s*\S+", f" {sentence.strip()} [{number}]")
            if len(said) >= tokens:
                return said[:tokens]
    return said or ["Nothing."]


def _event(model: str, word: str, reason: str | None) -> bytes:
    delta = {"role": "assistant", "content": word}
    choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
    chunk = {"id": "gen-1", "provider": "Emulated", "model": model, "object": "chat.completion.chunk"}
    return b"data: %b\n\n" % json.dumps({**chunk, "created": 1_700_000_000, "choices": [choice]}).encode()


class QuietCohere(CohereEmulator):
    """Keeps nothing of what was received."""

    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        """As the emulator answers."""
        self.received.clear()
        await super().answer(exchange, failure)


async def main() -> None:
    """Serves until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embed-seconds", type=float, default=0.03)
    parser.add_argument("--first-token-seconds", type=float, default=0.15)
    parser.add_argument("--tokens", type=int, default=60)
    parser.add_argument("--tokens-per-second", type=float, default=40)
    options = parser.parse_args()
    model = PacedModel(
        tokens=options.tokens,
        first_token_seconds=options.first_token_seconds,
        tokens_per_second=options.tokens_per_second,
    )
    async with QuietCohere(seconds=options.embed_seconds) as cohere, model:
        print(json.dumps({"cohere": cohere.url, "openrouter": model.base_url}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
