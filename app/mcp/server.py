"""The MCP server over any transport: what it says of itself, and which tools it has."""

from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version
from typing import Any

from mcp.server.lowlevel import Server
from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams
from starlette.requests import Request

from app.mcp.tools import list_tools

# Calls a tool by name with its arguments; the request is None on stdio.
CallTool = Callable[[str, Mapping[str, Any], Request | None], Awaitable[CallToolResult]]

_INSTRUCTIONS = (
    "Footnoted documentation. search_docs finds passages, read_section reads the section behind a url, ask_docs "
    "answers a question with checked footnotes. Cite the urls that the tools give."
)


def build_mcp_server(call_tool: CallTool) -> Server[Any]:
    """A server that calls tools through `call_tool`; it keeps nothing between calls."""

    async def on_list_tools(context: Any, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=list_tools())

    async def on_call_tool(context: Any, params: CallToolRequestParams) -> CallToolResult:
        return await call_tool(params.name, params.arguments or {}, context.request)

    return Server(
        "footnoted",
        title="Footnoted",
        version=version("footnoted"),
        instructions=_INSTRUCTIONS,
        on_list_tools=on_list_tools,
        on_call_tool=on_call_tool,
    )
