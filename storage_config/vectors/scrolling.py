"""Reads of every point of a collection, batch by batch, whichever engine has them."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from storage_config.vectors.conditions import Filter
from storage_config.vectors.points import Payload


class ScrolledPoints(ABC):
    """What both engines' points read in the same way, over one request of their `scroll`."""

    @abstractmethod
    async def scroll_batch(
        self, condition: Filter | None, keys: Sequence[str] | None, offset: Any
    ) -> tuple[dict[str, Payload], Any]:
        """The payloads by id from `offset` (None: the first) on, of all keys for None, and the next offset or None."""

    async def scroll(self, condition: Filter | None = None) -> dict[str, Payload]:
        """Payloads of all that match, batch by batch, so that writers come in between."""
        found: dict[str, Payload] = {}
        async for batch in self._batches(condition, None):
            found |= batch
        return found

    async def uris(self) -> AsyncIterator[Mapping[str, str]]:
        """The pages of all points, batch by batch."""
        async for batch in self._batches(None, ["uri"]):
            yield {key: payload["uri"] for key, payload in batch.items()}

    async def _batches(self, condition: Filter | None, keys: Sequence[str] | None) -> AsyncIterator[dict[str, Payload]]:
        offset: Any = None
        while True:
            batch, offset = await self.scroll_batch(condition, keys, offset)
            yield batch
            if offset is None:
                return
