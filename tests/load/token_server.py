"""The OpenRouter emulator as a process that says as many tokens as the prompt's `say N` asks for, for benchmarks."""

import asyncio
import sys
from typing import Any

from tests.emulators import openrouter
from tests.emulators.server import Exchange, Failure, started


class TokenServer(openrouter.OpenRouterEmulator):
    async def answer(self, exchange: Exchange, failure: Failure | None) -> None:
        messages: list[dict[str, Any]] = exchange.request.json()["messages"]
        self.answers.append(" ".join(["token"] * int(messages[-1]["content"].split()[-1])))
        self.received.clear()
        await super().answer(exchange, failure)


async def main() -> None:
    server = TokenServer(tokens_per_second=float(sys.argv[1]) or None)
    async with started(server):
        print(server.base_url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
