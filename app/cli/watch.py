"""`footnoted ingest --watch`: ingests again whenever a file of the pages changes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from pathlib import Path

from rich.console import Console
from watchfiles import DefaultFilter, awatch

from app.errors import AppError
from pipelines.corpus import CorpusSpec
from pipelines.errors import PipelineError
from pipelines.readers.sources import open_source
from storage_config.errors import ConfigurationError, StorageError

# Editors and generators write several files, or one in several steps: a change waits for this long a silence.
QUIET_MS = 300
# A tree that never falls silent is ingested after this long all the same.
DEBOUNCE_MS = 2_000


def watched_folders(specs: Iterable[CorpusSpec]) -> list[Path]:
    """The folders that hold the pages. Raises ConfigurationError for a corpus whose pages are no files."""
    folders: list[Path] = []
    for spec in specs:
        if not spec.source_folders:
            raise ConfigurationError(f"corpora.{spec.name}.source: the pages of a sitemap cannot be watched.")
        # Editors put another file in a file's place, which only its folder tells.
        folders += [path.parent if path.is_file() else path for path in _folders_of(spec)]
    return folders


def _folders_of(spec: CorpusSpec) -> tuple[Path, ...]:
    """Those of its versions and languages too: the default version may have another folder than the declared one."""
    return open_source(spec, max_page_chars=0).folders


async def watch(
    ingest: Callable[[], Awaitable[object]], folders: list[Path], *, data_folder: Path, err: Console
) -> None:
    """Ingests now and after every change, until it is cancelled. A run that fails says why and does not end it.

    Files of editors, of version control and of our own data folder do not count.
    """
    counted = DefaultFilter(ignore_paths=[data_folder])
    async with aclosing(awatch(*folders, watch_filter=counted, debounce=DEBOUNCE_MS, step=QUIET_MS)) as changes:
        err.print(f"Watching {', '.join(str(folder) for folder in folders)} (Ctrl+C ends it)", soft_wrap=True)
        while True:
            # Watches already while it ingests: what changes meanwhile is not missed.
            changed = asyncio.ensure_future(anext(changes))
            try:
                await _try(ingest, err)
                await changed
            finally:
                changed.cancel()
                await asyncio.wait([changed])


async def _try(ingest: Callable[[], Awaitable[object]], err: Console) -> None:
    try:
        await ingest()
    except (AppError, PipelineError, StorageError) as error:
        err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
