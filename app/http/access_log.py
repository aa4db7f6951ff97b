"""One line in the log for each request, with its span and its numbers."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, Status, StatusCode
from starlette.datastructures import Headers
from starlette.types import Message, Scope

# Where routers are included.
PREFIXES = ("/api/v1", "/v1")
_UNMATCHED, _OTHER = "(unmatched)", "(other)"
_log = structlog.get_logger("app.http.access")
_tracer = trace.get_tracer("footnoted")


class AccessLog:
    """A request while it lasts: a context manager that is told of the messages sent.

    No query string, header or body gets into line, span or number: the route is its template. With `trusts_caller` the
    span continues the caller's trace (W3C Trace Context); a stranger must not decide what is sampled. `note_request` is
    told `method`, `route`, `status` and `seconds` at its end.
    """

    def __init__(self, scope: Scope, *, note_request: Callable[..., None], trusts_caller: bool = False) -> None:
        self._scope = scope
        self._note_request = note_request
        self._status = 500  # what a client sees of a failure that nobody turned into an answer
        self._complete = False
        self._span = _tracer.start_as_current_span(
            scope["method"],
            context=extract(Headers(scope=scope)) if trusts_caller else None,
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"], "url.scheme": scope["scheme"]},
            record_exception=False,
            set_status_on_exception=False,
        )
        self._bound = structlog.contextvars.bound_contextvars(request_id=scope["state"]["request_id"])

    def __enter__(self) -> Self:
        self._bound.__enter__()
        self._span.__enter__()
        return self

    def note(self, message: Message) -> None:
        """A message is sent."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif not message.get("more_body", False):
            self._complete = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        scope = self._scope
        seconds = time.perf_counter() - scope["state"]["received_at"]
        route, caller = route_of(scope), scope["state"].get("caller")
        self._note_request(method=scope["method"], route=route, status=self._status, seconds=seconds)
        self._end_span(route)
        _log.info(
            "request",
            method=scope["method"],
            route=route,
            status=self._status,
            ms=round(seconds * 1e3, 1),
            caller=caller.kind if caller is not None else None,
            **({} if self._complete else {"left": True}),
        )
        self._span.__exit__(kind, error, stack)
        self._bound.__exit__(kind, error, stack)

    def _end_span(self, route: str) -> None:
        span = trace.get_current_span()
        if not span.is_recording():
            return
        span.update_name(f"{self._scope['method']} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": self._status})
        span.set_attribute("footnoted.request_id", self._scope["state"]["request_id"])
        if self._status >= 500:
            span.set_status(Status(StatusCode.ERROR))


def route_of(scope: Scope) -> str:
    """The template of the route that took the request, or `(unmatched)`: never what a client made up."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if not path:
        return _OTHER if "endpoint" in scope else _UNMATCHED
    # The route of an included router knows only its own part of the path.
    prefix = next((one for one in PREFIXES if scope["path"].startswith(f"{one}/")), "")
    return path if path.startswith(prefix) else prefix + path
