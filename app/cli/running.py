"""How a command runs: what it reads first, who does its work, and how it ends."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer

from app.cli.backend import CommandBackend, open_backend
from app.cli.options import Engine, err
from app.cli.outcomes import INTERRUPTED, exit_code_of, message_of
from app.errors import AppError
from pipelines.corpus import read_corpora
from pipelines.errors import PipelineError
from storage_config.errors import ConfigurationError, StorageError
from storage_config.settings import Settings, read_settings

T = TypeVar("T")
_INTERRUPTED = "Interrupted."


def settings_of(context: typer.Context, config: Path | None, *, need_folders: bool = False) -> Settings:
    """The environment; a wrong corpus file is told at once, before anything heavy is loaded."""
    try:
        settings = read_settings(config=config or context.obj)
        read_corpora(settings.config, need_folders=need_folders)
        return settings
    except ConfigurationError as error:
        raise ended(error) from None


def warn_of_placeholders(settings: Settings, corpus: str | None = None) -> None:
    """Tells of which corpora no link leads anywhere, since `base_url` is still that of `footnoted init`."""
    specs = read_corpora(settings.config, need_folders=False).values()
    if names := [spec.name for spec in specs if spec.has_placeholder_url and corpus in (None, spec.name)]:
        err.print(
            f"{', '.join(names)}: base_url is a placeholder: links in answers lead nowhere until it is your site's.",
            style="yellow", markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip


def storage_of(context: typer.Context, config: Path | None) -> Settings:
    """The environment, where no corpus is needed: a corpus file says only where the embedded database lies."""
    try:
        settings = read_settings(config=config or context.obj)
    except ConfigurationError as error:
        raise ended(error) from None
    return settings if settings.database_url is not None else settings_of(context, config)


def operate(
    context: typer.Context,
    settings: Settings,
    work: Callable[[CommandBackend], Awaitable[T]],
    *,
    interrupted: Callable[[], str] = lambda: _INTERRUPTED,
    engine: Engine = "local",
) -> T:
    """The result of work that is done here, by the server that owns the data, or by another `engine`.

    `interrupted` gives the words for who ends it by Ctrl+C.
    """
    return _operate(context, settings, work, lambda stage: None, interrupted=interrupted, engine=engine)


def operate_visibly(
    context: typer.Context, settings: Settings, work: Callable[[CommandBackend, Callable[[], None]], Awaitable[T]]
) -> T:
    """As `operate`, for what takes seconds: a terminal is told at once, and while it lasts, what is waited for.

    The work's second argument takes that line away, for what shows its result as it comes.
    """
    if not err.is_terminal:  # rich would draw the line twelve times a second, for nobody
        return operate(context, settings, lambda backend: work(backend, lambda: None))
    with err.status("Looking for a running server") as line:
        return _operate(context, settings, lambda backend: work(backend, line.stop), line.update)


def _operate(
    context: typer.Context,
    settings: Settings,
    work: Callable[[CommandBackend], Awaitable[T]],
    on_stage: Callable[[str], None],
    *,
    interrupted: Callable[[], str] = lambda: _INTERRUPTED,
    engine: Engine = "local",
) -> T:
    async def work_there() -> T:
        command = f"footnoted {context.info_name}"
        async with open_backend(settings, command=command, on_stage=on_stage, engine=engine) as backend:
            return await work(backend)

    result: T = run(work_there(), interrupted=interrupted)
    return result


def run(work: Coroutine[Any, Any, Any], *, interrupted: Callable[[], str] = lambda: _INTERRUPTED) -> Any:
    """The result of a command's work; an error that we know, or Ctrl+C, ends it with one clear message."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        err.print(interrupted())
        raise typer.Exit(INTERRUPTED) from None
    except (AppError, StorageError, PipelineError) as error:
        raise ended(error) from None


def ended(error: Exception) -> typer.Exit:
    """Tells the error; the exit that means it."""
    err.print(message_of(error), style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(exit_code_of(error))
