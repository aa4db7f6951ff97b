"""The command line: its commands, one file each. The exit codes are in outcomes.py."""

from importlib.metadata import version
from typing import Annotated

import typer

from app.cli.ask import ask
from app.cli.chat import chat
from app.cli.db import db
from app.cli.evaluate import evaluate
from app.cli.ingest import ingest
from app.cli.init import init
from app.cli.insights import insights
from app.cli.keys import keys
from app.cli.mcp import mcp_stdio
from app.cli.openapi import openapi
from app.cli.options import ConfigOption
from app.cli.owner import owner
from app.cli.probe import probe
from app.cli.replay import replay
from app.cli.serve import serve
from app.cli.show import show
from app.cli.status import status
from app.telemetry.logs import LogOptions, configure_logs

__all__ = ["app", "main"]

app = typer.Typer(
    name="footnoted",
    help="Answers from a documentation or book site, each sentence footnoted and checked.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


# Typer joins the lines of a paragraph: each example is one.
_EXAMPLES = {
    "init": ("footnoted init", "footnoted init --config docs/footnoted.toml"),
    "ingest": ("footnoted ingest --plan", "footnoted ingest", "footnoted ingest --watch"),
    "show": ("footnoted show docs/install.md", "footnoted show https://example.org/docs/install"),
    "ask": ('footnoted ask "How do I install it?"', 'footnoted ask --json "How do I install it?" | jq .sources'),
    "chat": ("footnoted chat", "footnoted chat --corpus handbook"),
    "status": ("footnoted status --json",),
    "insights": ("footnoted insights --digest",),
    "serve": ("footnoted serve", "footnoted serve --host 0.0.0.0 --port 8000"),
    "eval": ("footnoted eval --make > draft.jsonl", "footnoted eval golden.jsonl --baseline last.json --gate"),
    "owner": ("footnoted owner", "footnoted owner --url https://chat.example.org"),
    "probe": ("footnoted probe",),
    "mcp": ("footnoted mcp --config footnoted.toml",),
    "openapi": ("footnoted openapi > openapi.json",),
    "db": ("footnoted db upgrade",),
    "keys": ('footnoted keys create "ci of the docs site" --role writer', "footnoted keys list"),
    "replay": ("footnoted replay 0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",),
}


def _examples_of(name: str) -> str | None:
    examples = _EXAMPLES.get(name)
    return "\n\n".join(("Examples:", *examples)) if examples else None


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"footnoted {version('footnoted')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    config: ConfigOption = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Remembers a --config that stands before the command."""
    context.obj = config


for command in (init, ingest, show, ask, chat, status, insights, serve, owner, replay):
    app.command(epilog=_examples_of(command.__name__))(command)
app.command("mcp", epilog=_examples_of("mcp"))(mcp_stdio)
app.command(epilog=_examples_of("openapi"))(openapi)
app.command("eval", epilog=_examples_of("eval"))(evaluate)
app.command(epilog=_examples_of("probe"))(probe)
app.add_typer(db, name="db", epilog=_examples_of("db"))
app.add_typer(keys, name="keys", epilog=_examples_of("keys"))


def main() -> None:
    """The console script."""
    # A command says itself how it ended; the server logs what it meets, as its environment says.
    configure_logs(LogOptions(quiet=True))
    app()
