"""How a command runs: what it reads first, who does its work, and how it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import typer

from app.cli.operator import Operator
from app.cli.options import err
from app.cli.outcomes import INTERRUPTED, WRONG_USE, exit_code_of
from app.cli.server_operator import find_server, open_server_operator
from app.errors import ApiKeyNotFound, AppError, MessageNotFound
from pipelines.corpus import read_corpora
from pipelines.errors import PipelineError
from storage_config.errors import ConfigurationError, StorageError
from storage_config.settings import Settings, read_settings

T = TypeVar("T")


def settings_of(context: typer.Context, config: Path | None, *, need_folders: bool = False) -> Settings:
    """The environment; a wrong corpus file is told at once, before anything heavy is loaded."""
    try:
        settings = read_settings(config=config or context.obj)
        read_corpora(settings.config, need_folders=need_folders)
        return settings
    except ConfigurationError as error:
        raise ended(error) from None


def storage_of(context: typer.Context, config: Path | None) -> Settings:
    """The environment, where no corpus is needed: a corpus file says only where the embedded database lies."""
    try:
        settings = read_settings(config=config or context.obj)
    except ConfigurationError as error:
        raise ended(error) from None
    return settings if settings.database_url is not None else settings_of(context, config)


def open_own_resources(settings: Settings) -> Any:
    """What an agent needs once it asks: half of the time to start goes into these imports."""
    from pipelines.bootstrap import open_resources

    return open_resources(settings)


def operate(context: typer.Context, settings: Settings, work: Callable[[Operator], Awaitable[T]]) -> T:
    """The result of work that is done here, or by the server that owns the data."""

    async def work_there() -> T:
        async with open_operator(settings, command=f"footnoted {context.info_name}") as operator:
            return await work(operator)

    result: T = run(work_there())
    return result


@asynccontextmanager
async def open_operator(settings: Settings, *, command: str) -> AsyncIterator[Operator]:
    """What does the work: the server that owns the data, else this process."""
    if settings.embedded and (owner := await find_server(settings.data_folder)) is not None:
        specs = read_corpora(settings.config, need_folders=False)
        async with open_server_operator(owner, specs) as remote:
            yield remote
        return
    from app.cli.local_operator import open_local_operator  # loads the models' libraries

    async with open_local_operator(settings, command=command) as local:
        yield local


def run(work: Coroutine[Any, Any, Any]) -> Any:
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
        raise ended(error) from None


def ended(error: Exception) -> typer.Exit:
    """Tells the error; the exit that means it."""
    err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(exit_code_of(error))
