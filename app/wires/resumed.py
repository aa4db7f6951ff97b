"""A resumable answer on the way to one of its readers."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.wires.ai_sdk import HEADERS, KEEP_ALIVE
from app.wires.resumable import MAX_SECONDS
from app.wires.resumable_answers import ReadableAnswer
from app.wires.streaming import while_there

_KEEP_ALIVE_SECONDS = 15.0


class ResumableStream(Response):
    """Sends the whole answer from its start. A reader who leaves ends nothing: the answer waits for them a while."""

    def __init__(
        self, answer: ReadableAnswer, headers: Mapping[str, str] | None = None, *, is_resumable: bool = True
    ) -> None:
        told = {"x-resumable": "true"} if is_resumable else {}
        super().__init__(headers={**HEADERS, **told, **(headers or {})})
        del self.headers["content-length"]
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        # Whoever reads nothing holds what was kept for no longer than an answer may take.
        await while_there(receive, self._write(send), seconds=MAX_SECONDS)

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        reminding = asyncio.create_task(_remind(send))
        try:
            async with aclosing(self._answer.read()) as chunks:
                async for chunk in chunks:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            reminding.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _remind(send: Send) -> None:
    """Proxies drop a connection that says nothing."""
    while True:
        await asyncio.sleep(_KEEP_ALIVE_SECONDS)
        await send({"type": "http.response.body", "body": KEEP_ALIVE, "more_body": True})
