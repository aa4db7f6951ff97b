"""The build that fills the folder of a corpus of built HTML: run by `footnoted ingest --build`, and by nothing else.

A server that ran what a corpus file says would run commands for whoever may ask it to ingest.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from app.errors import AppError
from pipelines.corpus import CorpusSpec, HtmlSource
from storage_config.settings import Settings, environment_without_secrets

_GRACE_SECONDS = 5.0
_STDERR = 2  # stdout is for JSON


class BuildFailed(AppError):
    """A site was not built, so that its folder says nothing about the pages."""


def builds_of(spec: CorpusSpec) -> Sequence[tuple[str, ...]]:
    """The commands that the corpus declares, in its order."""
    return [source.build for source in spec.sources if isinstance(source, HtmlSource) and source.build]


async def build_pages(spec: CorpusSpec, settings: Settings, err: Console) -> None:
    """Builds what the corpus declares, in the folder of its corpus file; its output goes to the error stream.

    Raises BuildFailed where a command cannot be started, fails, or takes longer than the setting allows.
    """
    for command in builds_of(spec):
        err.print(f"{spec.name}: {' '.join(command)}", style="bold", markup=False, highlight=False, soft_wrap=True)
        await _run(spec.name, command, spec.folder, settings.build_timeout_seconds)


async def _run(corpus: str, command: Sequence[str], folder: Path, timeout_seconds: float) -> None:
    # The keys of vendors and databases are none of a generator's business.
    try:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment_without_secrets(), start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=_STDERR,
        )  # fmt: skip
    except OSError as error:
        where = "it has to be installed, and on the PATH that footnoted runs with, as where the site is built"
        raise BuildFailed(f"{corpus}: the build cannot be started: {command[0]}: {error.strerror}; {where}") from None
    try:
        async with asyncio.timeout(timeout_seconds):
            code = await process.wait()
    except TimeoutError:
        raise BuildFailed(
            f"{corpus}: the build took longer than {timeout_seconds:g} s (FOOTNOTED_BUILD_TIMEOUT_SECONDS) and was "
            "ended; nothing was ingested"
        ) from None
    finally:
        await _end(process)
    if code != 0:
        how = f"exit code {code}" if code > 0 else f"signal {-code}"
        raise BuildFailed(f"{corpus}: the build failed ({how}): {' '.join(command)}; nothing was ingested")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends the build and what it started, where it still runs."""
    if process.returncode is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            async with asyncio.timeout(_GRACE_SECONDS):
                await process.wait()
                return
        except ProcessLookupError:
            return
        except TimeoutError:
            continue
