"""Spans around the stages of an answer, through OpenTelemetry's API: without an SDK they go nowhere.

No question, passage or answer is ever an attribute, and of an exception only the type. Names of attributes follow the
semantic conventions for generative AI (opentelemetry.io/docs/specs/semconv/gen-ai) where they have one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

_tracer = trace.get_tracer("footnoted")


@contextmanager
def stage(name: str, **attributes: AttributeValue) -> Iterator[Span]:
    """A span that is current for the block. Not for blocks that yield to others: see `long_stage`."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        yield trace.INVALID_SPAN  # nobody exports spans: one that goes nowhere still costs 10 µs
        return
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:
            _fail(span, error)
            raise


@contextmanager
def long_stage(name: str, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """A span for the block of an async generator: whoever reads from it must not run inside of the span."""
    span = _tracer.start_span(name, kind=kind)
    try:
        yield span
    except Exception as error:
        _fail(span, error)
        raise
    finally:
        span.end()


def _fail(span: Span, error: Exception) -> None:
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
    span.set_attribute("error.type", type(error).__name__)
