"""The tools of coding agents in this process: apart, since their protocol's library costs as much as LlamaIndex."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from mcp_types import CallToolResult

from app.auth.callers import LOCAL_OWNER
from app.conversations.metered_corpus import Asker
from app.conversations.use_cases import open_use_cases
from app.mcp.tools import Tools
from pipelines.bootstrap import open_resources
from storage_config.settings import Settings


class LocalTools:
    """Calls tools for who runs this machine."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def call_tool(self, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
        """The tool's result. Raises MCPError where there is no such tool."""
        asker = Asker(LOCAL_OWNER.kind, time.perf_counter(), LOCAL_OWNER.subject, LOCAL_OWNER.reads)
        return await self._tools.call(name, arguments, caller=LOCAL_OWNER, asker=asker)


@asynccontextmanager
async def open_local_tools(settings: Settings, *, command: str) -> AsyncIterator[LocalTools]:
    """Opens storage and models for the block. Raises what `open_resources` raises."""
    async with open_resources(settings, command=command) as resources, open_use_cases(resources) as use_cases:
        yield LocalTools(Tools(use_cases.chat, use_cases.searches, use_cases.library, settings.max_question_chars))
