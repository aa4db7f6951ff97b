"""Who counts what an ingestion has vendors embed."""

from collections.abc import Awaitable, Callable

# Told how many texts are about to be embedded, before it costs anything; what it raises ends the run.
Spend = Callable[[int], Awaitable[None]]


async def spend_freely(texts: int) -> None:
    """Nobody counts."""
