"""The command line. Each command opens what it needs, or asks the server that has it, and runs to its end.

The exit codes are in commands/outcomes.py.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape

from app.auth.callers import MAX_KEY_NAME, Role
from app.commands.ingest import Options as IngestOptions
from app.commands.init import describe_site, write_corpus_file
from app.commands.operator import Operator
from app.commands.outcomes import DIFFERS, DONE, INTERRUPTED, PAGES_FAILED, WRONG_USE, exit_code_of
from app.commands.server_operator import SERVE_COMMAND, find_server, open_server_operator
from app.errors import ApiKeyNotFound, AppError, MessageNotFound
from app.logs import LogOptions, configure_logs
from app.wires.csv import Table
from pipelines.corpus import read_corpora
from pipelines.errors import PipelineError, UnknownCorpus
from storage_config.errors import ConfigurationError, StateInUse, StorageError
from storage_config.settings import Settings, read_settings
from storage_config.state_lock import check_free

T = TypeVar("T")

app = typer.Typer(
    name="footnoted",
    help="Answers from a documentation or book site, each sentence footnoted and checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database's schema.", no_args_is_help=True)
app.add_typer(db, name="db")
keys = typer.Typer(help="API keys for programs.", no_args_is_help=True)
app.add_typer(keys, name="keys")

out = Console()
err = Console(stderr=True)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The corpus file (default: FOOTNOTED_CONFIG or ./footnoted.toml).")
]
CorpusOption = Annotated[str | None, typer.Option("--corpus", help="The corpus, where the file declares several.")]
KeyArgument = Annotated[UUID, typer.Argument(help="The key's id, as `footnoted keys list` shows it.")]
_DAY = ["%Y-%m-%d"]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for machines.")]


@app.callback()
def root(context: typer.Context, config: ConfigOption = None) -> None:
    """Remembers a --config that stands before the command."""
    context.obj = config


@app.command()
def init(
    context: typer.Context,
    config: ConfigOption = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a commented footnoted.toml by looking at the folder it is to stand in."""
    path = config or context.obj or Path("footnoted.toml")
    try:
        site = describe_site(path.absolute().parent)
        write_corpus_file(path, site, overwrite=force)
    except ConfigurationError as error:
        raise _ended(error) from None
    out.print(
        f"[bold]{escape(str(path))}[/bold]: {site.what} in {escape(site.path)}. "
        "Check base_url in it, then: footnoted ingest"
    )


@app.command()
def ingest(
    context: typer.Context,
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only show what would be done and what it costs.")] = False,
    allow_removals: Annotated[
        bool, typer.Option("--allow-removals", help="Remove pages even where more than 30 % would go.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Run again whenever a file of the pages changes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the index up to date with the pages: only what changed is embedded."""
    from app.commands import ingest as command

    settings = _settings(context, config, need_folders=True)
    options = command.Options(corpus=corpus, allow_removals=allow_removals, as_json=as_json)
    if watch:
        _watch(context, settings, options)
        return
    work = command.show_plans if plan else command.ingest
    failed = _operate(context, settings, lambda operator: work(operator, options, out=out, err=err))
    raise typer.Exit(PAGES_FAILED if failed else DONE)


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question.")],
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with footnotes."""
    from app.commands import ask as command

    settings = _settings(context, config)
    if not 0 < len(question.strip()) <= settings.max_question_chars:
        err.print(f"QUESTION: must have 1 to {settings.max_question_chars} characters", style="red", highlight=False)
        raise typer.Exit(WRONG_USE)
    _operate(
        context, settings, lambda operator: command.ask(operator, question, corpus=corpus, as_json=as_json, out=out)
    )


@app.command()
def status(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what is kept, against the limits of the stores, and how the last ingestions went."""
    from app.commands.status import show_status

    _operate(context, _settings(context, config), lambda operator: show_status(operator, as_json=as_json, out=out))


@app.command()
def insights(
    context: typer.Context,
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="The first day (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="The last day, included; default today.")] = None,
    as_json: JsonOption = False,
    csv: Annotated[Table | None, typer.Option("--csv", help="One table as CSV on stdout.")] = None,
) -> None:
    """Show what found no good answer, what is cited and what never, and what readers thought of it."""
    from app.commands import insights as command

    options = command.Options(corpus, since and since.date(), until and until.date(), as_json, csv)
    work = partial(command.show_insights, options=options, out=out)
    _operate(context, _settings(context, config), work)


@app.command()
def serve(
    context: typer.Context,
    config: ConfigOption = None,
    host: Annotated[
        str, typer.Option(help="Where to listen; other machines reach only what is not loopback.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes; several need DATABASE_URL and QDRANT_URL.")
    ] = 1,
) -> None:
    """Serve the API and the chat page."""
    settings = _settings(context, config)
    try:
        if settings.embedded and workers == 1:
            check_free(settings.data_folder)  # the rest takes a second to load
    except StateInUse as error:
        raise _ended(error) from None
    from app.server import Address
    from app.server import serve as run_server
    from app.workers import serve_workers
    from pipelines.bootstrap import open_resources

    configure_logs(LogOptions.from_settings(settings))
    run = partial(serve_workers, workers=workers) if workers > 1 else run_server
    try:
        run(
            settings,
            partial(open_resources, command=SERVE_COMMAND),
            address=Address(host, port),
            on_ready=lambda url: err.print(f"Footnoted answers on [link={url}]{url}[/link]  (Ctrl+C ends it)"),
        )
    except OSError as error:
        err.print(f"--port: cannot listen on {host}:{port}: {error.strerror}", style="red", markup=False)
        raise typer.Exit(WRONG_USE) from None
    except (AppError, StorageError, PipelineError) as error:
        raise _ended(error) from None


@app.command()
def replay(
    context: typer.Context,
    message_id: Annotated[UUID, typer.Argument(help="The id of a recorded answer.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a recorded answer again and show what differs; a remote model is asked once more."""
    from app.commands import replay as command

    replayed = _run(command.replay(_settings(context, config), message_id))
    if as_json:
        sys.stdout.write(replayed.model_dump_json() + "\n")
    else:
        command.print_replay(out, replayed)
    raise typer.Exit(DONE if replayed.same else DIFFERS)


@app.command("mcp")
def mcp_stdio(context: typer.Context, config: ConfigOption = None) -> None:
    """Give a coding agent the tools over stdin and stdout (MCP)."""
    from app.commands import mcp as command

    _run(command.serve_stdio(_settings(context, config), _open_resources))


@app.command()
def openapi() -> None:
    """Print the API's OpenAPI document."""
    from app.commands.openapi import build_document, dump_document

    sys.stdout.write(dump_document(build_document()))


@db.command("upgrade")
def db_upgrade(context: typer.Context, config: ConfigOption = None) -> None:
    """Apply the migrations that the database lacks."""
    from storage_config.postgres import upgrade_schema

    _run(upgrade_schema(_settings(context, config)))
    out.print("The database has this version's schema.")


@keys.command("create")
def keys_create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = "reader",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key; it is shown this once."""
    from app.commands import keys as command

    if not 0 < len(name) <= MAX_KEY_NAME:
        err.print(f"NAME: must have 1 to {MAX_KEY_NAME} characters", style="red", highlight=False)
        raise typer.Exit(WRONG_USE)
    _show_key(_run(command.create_key(_storage(context, config), name=name, role=role)), as_json=as_json)


@keys.command("list")
def keys_list(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show every key without its secret, revoked ones too."""
    from app.commands import keys as command

    found = _run(command.list_keys(_storage(context, config)))
    if as_json:
        sys.stdout.writelines(key.model_dump_json() + "\n" for key in found)
    else:
        command.print_keys(out, found)


@keys.command("revoke")
def keys_revoke(context: typer.Context, key_id: KeyArgument, config: ConfigOption = None) -> None:
    """End a key: it writes nothing from now on, and reads nothing after five seconds."""
    from app.commands import keys as command

    _run(command.revoke_key(_storage(context, config), key_id))
    err.print(f"Key {key_id} is revoked.", highlight=False)


@keys.command("rotate")
def keys_rotate(
    context: typer.Context,
    key_id: KeyArgument,
    overlap_hours: Annotated[int, typer.Option(min=0, max=720, help="For how long the old key still works.")] = 24,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key of the same name and role; the old one ends after a while."""
    from app.commands import keys as command

    overlap = timedelta(hours=overlap_hours)
    _show_key(_run(command.rotate_key(_storage(context, config), key_id, overlap=overlap)), as_json=as_json)


def _show_key(made: Any, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(made.model_dump_json() + "\n")
        return
    err.print(f"Key {made.id} ({made.role}). It is shown this once:", highlight=False)
    sys.stdout.write(made.key + "\n")


def main() -> None:
    """The console script."""
    # A command says itself how it ended; the server logs what it meets, as its environment says.
    configure_logs(LogOptions(quiet=True))
    app()


def _settings(context: typer.Context, config: Path | None, *, need_folders: bool = False) -> Settings:
    """The environment; a wrong corpus file is told at once, before anything heavy is loaded."""
    try:
        settings = read_settings(config=config or context.obj)
        read_corpora(settings.config, need_folders=need_folders)
        return settings
    except ConfigurationError as error:
        raise _ended(error) from None


def _storage(context: typer.Context, config: Path | None) -> Settings:
    """The environment, where no corpus is needed: a corpus file says only where the embedded database lies."""
    try:
        settings = read_settings(config=config or context.obj)
    except ConfigurationError as error:
        raise _ended(error) from None
    return settings if settings.database_url is not None else _settings(context, config)


def _open_resources(settings: Settings) -> Any:
    """What an agent needs once it asks: half of the time to start goes into these imports."""
    from pipelines.bootstrap import open_resources

    return open_resources(settings)


def _operate(context: typer.Context, settings: Settings, work: Callable[[Operator], Awaitable[T]]) -> T:
    """The result of work that is done here, or by the server that owns the data."""

    async def operate() -> T:
        async with _open_operator(settings, command=f"footnoted {context.info_name}") as operator:
            return await work(operator)

    result: T = _run(operate())
    return result


@asynccontextmanager
async def _open_operator(settings: Settings, *, command: str) -> AsyncIterator[Operator]:
    if settings.embedded and (owner := await find_server(settings.data_folder)) is not None:
        specs = read_corpora(settings.config, need_folders=False)
        async with open_server_operator(owner, specs) as remote:
            yield remote
        return
    from app.commands.local_operator import open_local_operator  # loads the models' libraries

    async with open_local_operator(settings, command=command) as local:
        yield local


def _watch(context: typer.Context, settings: Settings, options: IngestOptions) -> None:
    """Each run opens the storage, or finds the server that has it, anew: servers come and go meanwhile."""
    from app.commands.ingest import ingest as ingest_pages
    from app.commands.watch import watch, watched_folders

    async def ingest_once() -> None:
        async with _open_operator(settings, command="footnoted ingest --watch") as operator:
            await ingest_pages(operator, options, out=out, err=err)

    async def keep_watching() -> None:
        specs = read_corpora(settings.config, need_folders=True)
        chosen = [spec for name, spec in specs.items() if options.corpus in (None, name)]
        if not chosen:
            raise UnknownCorpus(f"no corpus {options.corpus!r}: {', '.join(specs)}")
        await watch(ingest_once, watched_folders(chosen), data_folder=settings.data_folder, err=err)

    _run(keep_watching())


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of a command's work; an error that we know ends it with one clear message."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        err.print("Interrupted. What was embedded so far is kept: run it again to go on.")
        raise typer.Exit(INTERRUPTED) from None
    except MessageNotFound as error:
        err.print(f"MESSAGE_ID: there is no recorded answer {error}", style="red", highlight=False)
        raise typer.Exit(WRONG_USE) from None
    except ApiKeyNotFound as error:
        err.print(f"KEY_ID: there is no valid key {error}", style="red", highlight=False)
        raise typer.Exit(WRONG_USE) from None
    except (AppError, StorageError, PipelineError) as error:
        raise _ended(error) from None


def _ended(error: Exception) -> typer.Exit:
    err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(exit_code_of(error))


if __name__ == "__main__":
    main()
