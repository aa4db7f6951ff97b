"""What becomes of an exception that nobody expected."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ErrorMiddleware:
    """ASGI middleware that answers what the application let through, inside of the headers that every answer has.

    Starlette's own place for that is outside of all middleware: its answer would lack request id and CORS, and a page
    of another origin could not even read that something failed. A response that has begun is cut off instead.
    """

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noticed)
        except Exception as error:
            if begun:
                raise
            response = await self._answer(Request(scope), error)
            await response(scope, receive, send)
