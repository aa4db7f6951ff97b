"""An answer's events on their way into a wire, whoever takes its bytes."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Protocol

import structlog

from pipelines.events import Event, Failed

_log = structlog.get_logger(__name__)


class Wire(Protocol):
    """A protocol's bytes for the events of one answer."""

    headers: Mapping[str, str]
    keep_alive: bytes

    def open(self) -> None:
        """The stream begins."""

    def feed(self, event: Event) -> None:
        """Take an event in."""

    def take(self) -> bytes:
        """The bytes since the last call."""

    def close(self) -> None:
        """The stream ends."""


async def play(
    events: AsyncGenerator[Event, None], wire: Wire, first: "asyncio.Future[Event | None]", told: Callable[[], None]
) -> None:
    """Feeds all events to the wire, which is left open. `told` is called after each, `first` gets the first one.

    What breaks is told as a failure; without any event `first` gets None.
    """
    wire.open()
    try:
        async with aclosing(events):
            async for event in events:
                _feed(event, wire, first)
                told()
    except Exception as error:
        _log.exception("stream_broken")
        _feed(Failed(error), wire, first)
        told()
    finally:
        if not first.done():
            first.set_result(None)


def _feed(event: Event, wire: Wire, first: "asyncio.Future[Event | None]") -> None:
    wire.feed(event)
    if not first.done():
        first.set_result(event)
