"""Calls of ours as LlamaIndex's instrumentation sees its own, so that the observability that is built on it works.

Handlers hang on LlamaIndex's root dispatcher. Its decorators cost a call 30 µs where nobody listens, and know no async
generators: what is here is asked for only where `is_watched`.
"""

import inspect
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from types import MethodType
from typing import Any, TypeVar, cast
from uuid import uuid4

from llama_index_instrumentation import get_dispatcher
from llama_index_instrumentation.base import BaseEvent
from llama_index_instrumentation.event_handlers import NullEventHandler
from llama_index_instrumentation.span import active_span_id
from llama_index_instrumentation.span_handlers import NullSpanHandler

_dispatcher = get_dispatcher(__name__)
Step = TypeVar("Step")
Method = TypeVar("Method", bound=Callable[..., Any])


def is_watched() -> bool:
    """Whether anybody listens to LlamaIndex's root dispatcher."""
    root = _dispatcher.root
    return any(not isinstance(one, NullSpanHandler) for one in root.span_handlers) or any(
        not isinstance(one, NullEventHandler) for one in root.event_handlers
    )


def unless_watched(method: Method) -> Method:
    """The bound method, where nobody listens without the span that LlamaIndex's classes put around all they have."""
    return method if is_watched() else cast(Method, getattr(method, "__wrapped__", method))


class Span:
    """A call under way. What is told of it is its `result`, or the `error` that it failed with without raising it."""

    def __init__(self, id_: str) -> None:
        self.id = id_
        self.result: Any = None
        self.error: BaseException | None = None

    @contextmanager
    def current(self) -> Iterator[None]:
        """Calls and events of the block are this span's. Not for blocks that yield to others: see `steps`."""
        token = active_span_id.set(self.id)
        try:
            yield
        finally:
            active_span_id.reset(token)

    async def steps(self, generator: AsyncGenerator[Step, None]) -> AsyncGenerator[Step, None]:
        """The generator's steps, each made inside of the span; whoever reads them is outside of it."""
        async with aclosing(generator):
            while True:
                with self.current():
                    try:
                        step = await anext(generator)
                    except StopAsyncIteration:
                        return
                yield step

    def tell(self, kind: type[BaseEvent], **members: Any) -> None:
        """Sends an event of this span; what a handler raises is lost, as LlamaIndex does it."""
        _dispatcher.event(kind(span_id=self.id, **members))


@contextmanager
def call_span(method: Callable[..., Any], *args: Any) -> Iterator[Span]:
    """A span for a call of a bound method, named by its class and its name; dropped where the block raises."""
    instance = cast(MethodType, method).__self__
    span = Span(f"{type(instance).__name__}.{method.__name__}-{uuid4()}")
    told: dict[str, Any] = {
        "id_": span.id,
        "bound_args": inspect.signature(method).bind(*args),
        "instance": instance,
    }
    _dispatcher.span_enter(**told, parent_id=active_span_id.get())
    try:
        yield span
    except BaseException as error:
        _dispatcher.span_drop(**told, err=error)
        raise
    if span.error is not None:
        _dispatcher.span_drop(**told, err=span.error)
    else:
        _dispatcher.span_exit(**told, result=span.result)
