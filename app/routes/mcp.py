"""`POST /mcp`: the Model Context Protocol over streamable HTTP, without sessions, so that any process can answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import CallToolResult
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from app.dependencies import ReaderDep, StateDep, admit, asker_of, read_state
from app.errors import LimitReached, OriginRefused
from app.mcp.server import build_mcp_server
from app.mcp.tools import ASKING, Tools, fail
from app.wires.streaming import CLIENT_CLOSED_REQUEST, while_there

router = APIRouter(include_in_schema=False)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@asynccontextmanager
async def open_mcp(tools: Tools) -> AsyncIterator[StreamableHTTPSessionManager]:
    """The protocol over these tools, for the block."""

    async def call(name: str, arguments: Mapping[str, Any], request: Request | None) -> CallToolResult:
        assert request is not None  # stdio has none
        caller = request.state.caller
        if name in ASKING:
            try:
                await admit(request, read_state(request), caller, "ask")
            except LimitReached as error:
                return fail(error)
        asker = asker_of(caller, request)
        return await tools.call(name, arguments, caller=caller, asker=asker)

    manager = StreamableHTTPSessionManager(build_mcp_server(call), stateless=True, json_response=True)
    async with manager.run():
        yield manager


# GET and DELETE, which sessions would need, are 405, as the protocol has it for servers without them.
@router.post("/mcp")
@router.post("/mcp/")
async def exchange(request: Request, state: StateDep, caller: ReaderDep) -> Response:
    """One message of a client and its answer."""
    check_origin(request, state.resources.settings.allowed_origins)
    return McpExchange(state.mcp)


def check_origin(request: Request, allowed: tuple[str, ...]) -> None:
    """Nothing, where no browser calls or its page's site is allowed. Raises OriginRefused.

    Browsers name the origin of every POST. A site that had its name point at this machine (DNS rebinding) would
    reach a server on loopback, but not under an origin of loopback.
    """
    origin = request.headers.get("origin")
    if origin is None or origin in allowed:
        return
    if _host_of(origin) not in _LOOPBACK or request.url.hostname not in _LOOPBACK:
        raise OriginRefused


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:  # such as http://[
        return None


class AcceptedForm:
    """In which form a client takes the answer, and how the protocol's library comes to see it.

    The protocol has clients name JSON and events. Some name only one of them, or nothing: who takes no JSON gets the
    same answer as one event.
    """

    def __init__(self, scope: Scope) -> None:
        names = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept").lower()
        taken = {one.partition(";")[0].strip() for one in names.split(",")} - {""}
        takes_json = not taken or bool(taken & {"*/*", "application/*", "application/json"})
        self.events_only = not takes_json and bool(taken & {"text/event-stream", "text/*"})
        self.known = takes_json or self.events_only

    def scope(self, scope: Scope) -> Scope:
        """The request as the library serves it; one that takes neither form stays as it is, to be refused."""
        if not self.known:
            return scope
        others = [(name, value) for name, value in scope["headers"] if name != b"accept"]
        return {**scope, "headers": [*others, (b"accept", b"application/json, text/event-stream")]}

    def send(self, send: Send) -> Send:
        """What puts an answer in JSON into one event, for who takes only events."""
        if not self.events_only:
            return send
        started: Message = {}
        body = bytearray()

        async def send_event(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start" and _is_json(message):
                started = message
            elif not started:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await send({**started, "headers": _headers_of_events(started)})
                    data = b"event: message\ndata: " + bytes(body).replace(b"\n", b"\ndata: ") + b"\n\n"
                    await send({"type": "http.response.body", "body": data})

        return send_event


def _is_json(start: Message) -> bool:
    """Whether an answer to a request begins here; a bare 202 to a notification has nothing to put into an event."""
    media_type: bytes = dict(start["headers"]).get(b"content-type", b"")
    return bool(start["status"] == 200) and media_type.startswith(b"application/json")


def _headers_of_events(start: Message) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in start["headers"] if name not in (b"content-type", b"content-length")]
    return [*kept, (b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]


class McpExchange(Response):
    """Hands one request over to the protocol. A client who leaves meanwhile ends the tool's work."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run as an ASGI application."""
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            await Response(status_code=CLIENT_CLOSED_REQUEST)(scope, receive, send)
            return
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        form = AcceptedForm(scope)
        await while_there(receive, self._manager.handle_request(form.scope(scope), replay, form.send(send)))
