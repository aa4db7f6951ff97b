"""`footnoted mcp`: the tools over stdio, for coding agents that start a process of their own.

An agent's process lives for days and asks now and then. So the data folder is held only while it is asked: a server
that owns it is asked instead, and a while after the last question it is let go, for the next ingestion to take.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, CallToolResult, TextContent
from starlette.requests import Request

from app.auth.callers import LOCAL_SUBJECT
from app.conversations.background_writer import BackgroundWriter
from app.conversations.chat import Chat
from app.conversations.store import StoredConversations
from app.corpus.library import Library
from app.mcp.server import build_mcp_server
from app.mcp.tools import Tools
from app.resources import OpenResources, Resources
from app.telemetry.observations import Observations
from pipelines.errors import PipelineError
from storage_config.errors import StateInUse, StorageError
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner, owner_of

IDLE_SECONDS = 10.0
# An ingestion, or another agent's process, may hold the folder for a moment.
PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.25
_RECORD_SECONDS = 10.0
_SERVER_SECONDS = 330.0  # a little more than an answer may take
_PROTOCOL = "2025-06-18"


async def serve_stdio(settings: Settings, open_resources: OpenResources) -> None:
    """Answer an agent until it closes stdin. Nothing but the protocol goes to stdout."""
    desk = ToolDesk(settings, open_resources)

    async def call(name: str, arguments: Mapping[str, Any], request: Request | None) -> CallToolResult:
        return await desk.call(name, arguments)

    server = build_mcp_server(call)
    try:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())
    finally:
        await desk.close()


class ToolDesk:
    """Calls tools where the data is: through the server that owns the folder, else in this process."""

    def __init__(
        self,
        settings: Settings,
        open_resources: OpenResources,
        *,
        idle_seconds: float = IDLE_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._settings = settings
        self._open_resources = open_resources
        self._idle_seconds = idle_seconds
        self._patience_seconds = patience_seconds
        self._opening = asyncio.Lock()
        self._open: asyncio.Future[Tools] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._callers = 0
        self._changed = asyncio.Event()
        self._closing = False

    async def call(self, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
        """The tool's result. A folder that stays taken, or cannot be opened, is a result in words."""
        deadline = time.monotonic() + self._patience_seconds
        while True:
            try:
                owner = self._server()
                if owner is not None:
                    return await _call_server(owner, name, arguments)
                async with self._tools() as tools:
                    return await tools.call(name, arguments, subject=LOCAL_SUBJECT)
            except (StateInUse, httpx.ConnectError) as error:
                if time.monotonic() > deadline:
                    return _fail(str(error) or "The server that owns the data folder does not answer.")
            except (StorageError, PipelineError) as error:
                return _fail(str(error))  # to who runs this machine, as on the command line
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """Let the folder go."""
        self._closing = True
        self._changed.set()
        if self._keeper is not None:
            await asyncio.gather(self._keeper, return_exceptions=True)

    def _server(self) -> StateOwner | None:
        owner = owner_of(self._settings.data_folder) if self._open is None else None
        return owner if owner is not None and owner.url is not None else None

    @asynccontextmanager
    async def _tools(self) -> AsyncIterator[Tools]:
        self._callers += 1
        self._changed.set()
        try:
            async with self._opening:
                if self._open is None:
                    if self._keeper is not None:  # it is letting the folder go
                        await asyncio.gather(self._keeper, return_exceptions=True)
                    self._open = asyncio.get_running_loop().create_future()
                    self._keeper = asyncio.create_task(self._keep(self._open))
                opened = self._open
            yield await asyncio.shield(opened)
        finally:
            self._callers -= 1
            self._changed.set()

    async def _keep(self, opened: "asyncio.Future[Tools]") -> None:
        """Hold the resources open while somebody calls, and a while longer."""
        try:
            async with self._open_resources(self._settings) as resources:
                writer = BackgroundWriter()
                opened.set_result(_build_tools(resources, writer))
                await self._wait_until_idle()
                self._open = None
                await writer.drain(_RECORD_SECONDS)
        except Exception as error:
            self._open = None
            if opened.done():
                raise
            opened.set_exception(error)

    async def _wait_until_idle(self) -> None:
        while self._callers or not self._closing:
            self._changed.clear()
            try:
                async with asyncio.timeout(None if self._callers else self._idle_seconds):
                    await self._changed.wait()
            except TimeoutError:
                if not self._callers:  # nobody came in the same moment
                    return


def _build_tools(resources: Resources, writer: BackgroundWriter) -> Tools:
    chat = Chat(
        engines={name: corpus.engine for name, corpus in resources.corpora.items()},
        conversations=StoredConversations(resources.database),
        writer=writer,
        outcomes=Observations(),
        max_history_tokens=resources.settings.max_history_tokens,
    )
    library = Library(resources.database, resources.corpora)
    return Tools(chat, library, resources.settings.max_question_chars)


async def _call_server(owner: StateOwner, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
    """The tool's result, from the server. Raises MCPError, and httpx.ConnectError where it is gone."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    headers = {
        "authorization": f"Bearer {owner.token}",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": _PROTOCOL,
    }
    timeout = httpx.Timeout(_SERVER_SECONDS, connect=5)
    # A proxy of the environment is for elsewhere: this server is on this machine.
    async with httpx.AsyncClient(headers=headers, timeout=timeout, trust_env=False) as client:
        try:
            response = await client.post(f"{owner.url}/mcp", json=message)
            answer = response.json()
        except httpx.ConnectError:
            raise
        except (httpx.HTTPError, ValueError):
            return _fail("The server that owns the data folder broke off.")
    if "result" in answer:
        return CallToolResult.model_validate(answer["result"])
    if "error" in answer:
        raise MCPError(int(answer["error"].get("code", INTERNAL_ERROR)), str(answer["error"].get("message", "")))
    return _fail(f"The server that owns the data folder refuses: {answer.get('title', response.status_code)}")


def _fail(words: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=words)], is_error=True)
