"""The tools over stdio, for coding agents that start a process of their own.

An agent's process lives for days and asks now and then. So the data folder is held only while it is asked: a server
that owns it is asked instead, and a while after the last question it is let go, for the next ingestion to take.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, CallToolResult, TextContent
from pydantic import ValidationError
from starlette.requests import Request

from app.cli.outcomes import ServerGone, ServerStrange
from app.cli.server_backend import open_server_backend
from app.errors import AppError
from app.mcp.server import build_mcp_server
from pipelines.errors import PipelineError
from storage_config.errors import StateInUse, StorageError
from storage_config.settings import Settings
from storage_config.state_lock import StateOwner, owner_of

if TYPE_CHECKING:
    from app.cli.local_tools import LocalTools

OpenLocal = Callable[[Settings], AbstractAsyncContextManager["LocalTools"]]
IDLE_SECONDS = 10.0
# An ingestion, or another agent's process, may hold the folder for a moment.
PATIENCE_SECONDS = 20.0
_LOOK_SECONDS = 0.25


async def serve_stdio(settings: Settings, open_local: OpenLocal) -> None:
    """Answer an agent until it closes stdin. Nothing but the protocol goes to stdout."""
    tools = StdioTools(settings, open_local)

    async def call(name: str, arguments: Mapping[str, Any], request: Request | None) -> CallToolResult:
        return await tools.call(name, arguments)

    server = build_mcp_server(call)
    try:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())
    finally:
        await tools.close()


class StdioTools:
    """Calls tools where the data is: through the server that owns the folder, else in this process."""

    def __init__(
        self,
        settings: Settings,
        open_local: OpenLocal,
        *,
        idle_seconds: float = IDLE_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._settings = settings
        self._open_local = open_local
        self._idle_seconds = idle_seconds
        self._patience_seconds = patience_seconds
        self._opening = asyncio.Lock()
        self._open: asyncio.Future[LocalTools] | None = None
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
                    async with open_server_backend(owner, self._settings) as server:
                        return _read_result(await server.call_tool(name, arguments))
                async with self._local() as local:
                    return await local.call_tool(name, arguments)
            except (StateInUse, ServerGone) as error:
                if time.monotonic() > deadline:
                    return _fail(str(error))
            except (AppError, StorageError, PipelineError) as error:
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
    async def _local(self) -> "AsyncIterator[LocalTools]":
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

    async def _keep(self, opened: "asyncio.Future[LocalTools]") -> None:
        """Hold the resources open while somebody calls, and a while longer."""
        try:
            async with self._open_local(self._settings) as local:
                opened.set_result(local)
                await self._wait_until_idle()
                self._open = None
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


def _read_result(answered: Mapping[str, Any]) -> CallToolResult:
    """The result in a message of JSON-RPC. Raises MCPError for an error in it, ServerStrange where there is none."""
    if "error" in answered:
        error = answered["error"]
        raise MCPError(int(error.get("code", INTERNAL_ERROR)), str(error.get("message", "")))
    try:
        return CallToolResult.model_validate(answered["result"])
    except ValidationError:
        raise ServerStrange("The server that owns the data answered with no result of a tool.") from None


def _fail(words: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=words)], is_error=True)
