"""What every request and response is wrapped in: request id, time of receipt, bounds of the body, headers."""

import re
import time
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.access_log import AccessLog
from app.http.request_body import CONVERSATION_BOUNDS, MAX_CONVERSATION_BYTES, BodyBounds, BoundedBody
from storage_config.records.ids import new_id

_UPLOAD = ("POST", "/api/v1/documents")
# What carries a client's past with its question.
_CONVERSATIONS = {("POST", "/api/v1/chat"): CONVERSATION_BOUNDS, ("POST", "/v1/chat/completions"): CONVERSATION_BOUNDS}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_NO_DEVICES = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
_TWO_YEARS = "max-age=63072000"
# What is not for caches: everything but the page, these, and what says itself for how long it may be kept.
_CACHEABLE = ("/assets/", "/api/v1/openapi.json")


class RequestContextMiddleware:
    """ASGI middleware. `request.state` gets `request_id` and `received_at` (`time.perf_counter()`).

    `always_https` says that readers reach this server by https only, whatever the last hop is; `has_proxy` that a proxy
    of ours stands before it, whose traces are continued. A body is small (`BodyBounds`), unless it
    carries a conversation, or a page of at most `max_upload_bytes`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        always_https: bool = False,
        has_proxy: bool = False,
        max_upload_bytes: int = MAX_CONVERSATION_BYTES,
        note_request: Callable[..., None] = lambda **numbers: None,
    ) -> None:
        self._app = app
        self._always_https = always_https
        self._has_proxy = has_proxy
        self._bounds = {_UPLOAD: BodyBounds(max_upload_bytes), **_CONVERSATIONS}
        self._note_request = note_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        headers = Headers(scope=scope)
        state["received_at"] = time.perf_counter()
        state["request_id"] = _request_id(headers)
        with AccessLog(scope, note_request=self._note_request, trusts_caller=self._has_proxy) as access:

            async def send_wrapped(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._add_headers(MutableHeaders(scope=message), scope)
                access.note(message)
                await send(message)

            bounds = self._bounds.get((scope["method"], scope["path"]), BodyBounds())
            await self._app(scope, BoundedBody(receive, headers, bounds=bounds), send_wrapped)

    def _add_headers(self, headers: MutableHeaders, scope: Scope) -> None:
        state = scope["state"]
        headers["x-request-id"] = state["request_id"]
        headers["x-content-type-options"] = "nosniff"
        headers["referrer-policy"] = "strict-origin-when-cross-origin"
        headers["permissions-policy"] = _NO_DEVICES
        is_page = headers.get("content-type", "").startswith("text/html")
        headers["content-security-policy"] = _PAGE_POLICY if is_page else _API_POLICY
        if is_page:
            headers["cross-origin-opener-policy"] = "same-origin"
        elif not scope["path"].startswith(_CACHEABLE):
            cached = headers.get("cache-control", "")
            if "no-store" not in cached and "max-age" not in cached:
                headers["cache-control"] = f"{cached}, no-store" if cached else "no-store"
        if self._always_https or scope["scheme"] == "https":
            headers["strict-transport-security"] = _TWO_YEARS
        for name, value in state.get("rate_limit_fields", {}).items():
            headers[name] = value


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else str(new_id())
