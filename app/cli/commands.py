"""The commands. Each opens what it needs, or asks the server that has it, and runs to its end."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape

from app.cli.ingest import Options as IngestOptions
from app.cli.init import describe_site, write_corpus_file
from app.cli.keys import keys
from app.cli.options import ConfigOption, CorpusOption, JsonOption, err, out
from app.cli.outcomes import DIFFERS, DONE, WRONG_USE
from app.cli.running import ended, open_operator, open_own_resources, operate, run, settings_of
from app.cli.server_operator import SERVE_COMMAND
from app.errors import AppError
from app.serving.state_sharing import check_state
from app.telemetry.logs import LogOptions, configure_logs
from app.wires.csv import Table
from pipelines.corpus import read_corpora
from pipelines.errors import PipelineError, UnknownCorpus
from storage_config.errors import ConfigurationError, StateInUse, StorageError
from storage_config.settings import Settings

app = typer.Typer(
    name="footnoted",
    help="Answers from a documentation or book site, each sentence footnoted and checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database's schema.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(keys, name="keys")
_DAY = ["%Y-%m-%d"]


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
        raise ended(error) from None
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
    from app.cli import ingest as command

    settings = settings_of(context, config)
    options = command.Options(corpus=corpus, allow_removals=allow_removals, as_json=as_json)
    if watch:
        watch_pages(context, settings, options)
        return
    work = command.show_plans if plan else command.ingest
    raise typer.Exit(operate(context, settings, lambda operator: work(operator, options, out=out, err=err)))


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question.")],
    config: ConfigOption = None,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with footnotes."""
    from app.cli import ask as command

    settings = settings_of(context, config)
    if not 0 < len(question.strip()) <= settings.max_question_chars:
        err.print(f"QUESTION: must have 1 to {settings.max_question_chars} characters", style="red", highlight=False)
        raise typer.Exit(WRONG_USE)
    operate(
        context, settings, lambda operator: command.ask(operator, question, corpus=corpus, as_json=as_json, out=out)
    )


@app.command()
def status(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show what is kept, against the limits of the stores, and how the last ingestions went."""
    from app.cli.status import show_status

    operate(context, settings_of(context, config), lambda operator: show_status(operator, as_json=as_json, out=out))


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
    from app.cli import insights as command

    options = command.Options(corpus, since and since.date(), until and until.date(), as_json, csv)
    work = partial(command.show_insights, options=options, out=out)
    operate(context, settings_of(context, config), work)


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
    settings = settings_of(context, config)
    try:
        check_state(settings, workers)  # the rest takes seconds to load
    except (ConfigurationError, StateInUse) as error:
        raise ended(error) from None
    from app.serving.server import Address
    from app.serving.server import serve as run_server
    from app.serving.workers import serve_workers
    from pipelines.bootstrap import open_resources

    configure_logs(LogOptions.from_settings(settings))
    serve_pages = partial(serve_workers, workers=workers) if workers > 1 else run_server
    try:
        serve_pages(
            settings,
            partial(open_resources, command=SERVE_COMMAND),
            address=Address(host, port),
            on_ready=lambda url: err.print(f"Footnoted answers on [link={url}]{url}[/link]  (Ctrl+C ends it)"),
        )
    except OSError as error:
        err.print(f"--port: cannot listen on {host}:{port}: {error.strerror}", style="red", markup=False)
        raise typer.Exit(WRONG_USE) from None
    except (AppError, StorageError, PipelineError) as error:
        raise ended(error) from None


@app.command()
def replay(
    context: typer.Context,
    message_id: Annotated[UUID, typer.Argument(help="The id of a recorded answer.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a recorded answer again and show what differs; a remote model is asked once more."""
    from app.cli import replay as command

    replayed = run(command.replay(settings_of(context, config), message_id))
    if as_json:
        sys.stdout.write(replayed.model_dump_json() + "\n")
    else:
        command.print_replay(out, replayed)
    raise typer.Exit(DONE if replayed.same else DIFFERS)


@app.command("mcp")
def mcp_stdio(context: typer.Context, config: ConfigOption = None) -> None:
    """Give a coding agent the tools over stdin and stdout (MCP)."""
    from app.mcp import stdio as command

    run(command.serve_stdio(settings_of(context, config), open_own_resources))


@app.command()
def openapi() -> None:
    """Print the API's OpenAPI document."""
    from app.cli.openapi import build_document, dump_document

    sys.stdout.write(dump_document(build_document()))


@db.command("upgrade")
def db_upgrade(context: typer.Context, config: ConfigOption = None) -> None:
    """Apply the migrations that the database lacks."""
    from storage_config.postgres.database import upgrade_schema

    run(upgrade_schema(settings_of(context, config)))
    out.print("The database has this version's schema.")


def watch_pages(context: typer.Context, settings: Settings, options: IngestOptions) -> None:
    """Each run opens the storage, or finds the server that has it, anew: servers come and go meanwhile."""
    from app.cli.ingest import ingest as ingest_pages
    from app.cli.watch import watch, watched_folders

    async def ingest_once() -> None:
        async with open_operator(settings, command="footnoted ingest --watch") as operator:
            await ingest_pages(operator, options, out=out, err=err)

    async def keep_watching() -> None:
        specs = read_corpora(settings.config, need_folders=True)
        chosen = [spec for name, spec in specs.items() if options.corpus in (None, name)]
        if not chosen:
            raise UnknownCorpus(f"no corpus {options.corpus!r}: {', '.join(specs)}")
        await watch(ingest_once, watched_folders(chosen), data_folder=settings.data_folder, err=err)

    run(keep_watching())
