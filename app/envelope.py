"""What every request and response is wrapped in: request id, time of receipt, bound of the body, security headers."""

import re
import time
from collections.abc import MutableMapping
from typing import Any

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage_config.ids import new_id

MAX_BODY_BYTES = 2 * 1024 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class Envelope:
    """ASGI middleware. `request.state` gets `request_id` and `received_at` (`time.perf_counter()`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["received_at"] = time.perf_counter()
        headers = Headers(scope=scope)
        state["request_id"] = request_id = _request_id(headers)

        async def send_wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), request_id)
            await send(message)

        await self._app(scope, _bounded(receive, headers), send_wrapped)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else str(new_id())


def add_headers(headers: MutableHeaders, request_id: str) -> None:
    """Put the request's id and the security headers into a response's headers."""
    headers["x-request-id"] = request_id
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "strict-origin-when-cross-origin"
    is_page = headers.get("content-type", "").startswith("text/html")
    headers["content-security-policy"] = _PAGE_POLICY if is_page else _API_POLICY


def _bounded(receive: Receive, headers: Headers) -> Receive:
    """`receive` that refuses a body over the bound, as told by Content-Length or as counted."""
    told = headers.get("content-length", "")
    total = 0

    async def receive_bounded() -> Message:
        nonlocal total
        if told.isdigit() and int(told) > MAX_BODY_BYTES:
            raise HTTPException(413)
        message = await receive()
        total += len(message.get("body", b""))
        if total > MAX_BODY_BYTES:
            raise HTTPException(413)
        return message

    return receive_bounded
