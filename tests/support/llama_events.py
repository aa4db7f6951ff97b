"""What LlamaIndex's instrumentation is told, for a block. Its root dispatcher is one for the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index_instrumentation import get_dispatcher
from llama_index_instrumentation.base import BaseEvent
from llama_index_instrumentation.span_handlers import SimpleSpanHandler
from pydantic import PrivateAttr


class HeardEvents(BaseEventHandler):
    """Keeps the events in the order in which they came."""

    _events: list[BaseEvent] = PrivateAttr(default_factory=list)

    @property
    def events(self) -> list[BaseEvent]:
        return self._events

    def names(self) -> list[str]:
        """Their kinds, in order."""
        return [event.class_name() for event in self._events]

    def handle(self, event: BaseEvent, **_: Any) -> None:
        self._events.append(event)


@contextmanager
def listening() -> Iterator[tuple[HeardEvents, SimpleSpanHandler]]:
    """Events and spans of the block."""
    root, events, spans = get_dispatcher(), HeardEvents(), SimpleSpanHandler()
    before = root.event_handlers, root.span_handlers
    root.event_handlers, root.span_handlers = [*before[0], events], [*before[1], spans]
    try:
        yield events, spans
    finally:
        root.event_handlers, root.span_handlers = before
