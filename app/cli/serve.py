"""`footnoted serve`: the API and the chat page, by one process or several."""

from functools import partial
from typing import Annotated

import typer

from app.cli.backend import SERVE_COMMAND
from app.cli.options import ConfigOption, err
from app.cli.outcomes import WRONG_USE
from app.cli.running import ended, settings_of, warn_of_placeholders
from app.errors import AppError
from app.serving.state_sharing import check_state
from pipelines.errors import PipelineError
from storage_config.errors import ConfigurationError, StateInUse, StorageError


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
    warn_of_placeholders(settings)
    from app.serving.server import Address
    from app.serving.server import serve as run_server
    from app.serving.workers import serve_workers
    from app.telemetry.logs import LogOptions, configure_logs
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
