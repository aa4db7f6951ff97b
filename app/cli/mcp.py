"""`footnoted mcp`: the tools over stdin and stdout."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import typer

from app.cli.options import ConfigOption
from app.cli.running import run, settings_of
from storage_config.settings import Settings

if TYPE_CHECKING:
    from app.cli.local_tools import LocalTools


def mcp_stdio(context: typer.Context, config: ConfigOption = None) -> None:
    """Give a coding agent the tools over stdin and stdout (MCP)."""
    from app.cli.stdio_tools import serve_stdio

    run(serve_stdio(settings_of(context, config), _open_local))


def _open_local(settings: Settings) -> "AbstractAsyncContextManager[LocalTools]":
    """Loaded once the agent asks: half of the time to start would go into these imports."""
    from app.cli.local_tools import open_local_tools

    return open_local_tools(settings, command="footnoted mcp")
