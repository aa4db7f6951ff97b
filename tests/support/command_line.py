"""`footnoted` as a process, on a folder with the sample book."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from typer.testing import CliRunner

from app.cli.main import app
from tests.conftest import ROOT
from tests.support.models import model_folder

BOOK = ROOT / "notebooks" / "data"
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def copy_book(folder: Path) -> Path:
    """The sample book, its corpus file and the quantised model, so that no process makes it again."""
    shutil.copytree(BOOK, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".footnoted"))
    copy_model(folder)
    return folder


def copy_model(folder: Path) -> None:
    """The quantised model where a corpus file of the folder looks for it, if there is one yet."""
    if model_folder().is_dir():
        shutil.copytree(model_folder(), folder / ".footnoted" / "models", dirs_exist_ok=True)


async def run_here(folder: Path, *words: str, **environment: str) -> Outcome:
    """The command in this process, which has the libraries loaded: one of its own takes seconds to load them.

    For what a command does; how a process ends and what the console script adds is seen by `run` alone.
    """
    return await asyncio.to_thread(_invoke, folder, words, environment)


def invoke(folder: Path, *words: str, **environment: str) -> Outcome:
    """The same where nothing can be awaited; in a thread, since a command runs a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_invoke, folder, words, environment).result(SECONDS)


def _invoke(folder: Path, words: Sequence[str], environment: Mapping[str, str]) -> Outcome:
    kept = {key: None for key in os.environ if key.startswith("FOOTNOTED_")}
    command = ["--config", str(folder / "footnoted.toml"), *words]
    configured = structlog.get_config()
    # The console script logs nothing but what is critical: a retry's line is no output of a command.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    try:
        ended = CliRunner().invoke(app, command, env={**kept, "COLUMNS": "120", **environment})
    finally:
        structlog.configure(**configured)
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Outcome(ended.exit_code, ended.stdout, ended.stderr)


async def start(folder: Path, *words: str, **environment: str) -> asyncio.subprocess.Process:
    """`footnoted WORDS` in the folder."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.cli",
        *words,
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "COLUMNS": "120", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Where a shell runs the suite in the background, what it starts ignores Ctrl+C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


async def run(folder: Path, *words: str, **environment: str) -> Outcome:
    """The same, to its end."""
    process = await start(folder, *words, **environment)
    out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    return Outcome(process.returncode or 0, out.decode(), err.decode())


@asynccontextmanager
async def serving(
    folder: Path, *words: str, **environment: str
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A server for the block, ended by SIGTERM: its url and its process."""
    server = await start(folder, "serve", "--port", "0", *words, **environment)
    try:
        url = await read_url(server)
        drain = asyncio.create_task(server.communicate())  # a full pipe would stop the server
        yield url, server
    finally:
        if server.returncode is None:
            server.terminate()
        await asyncio.wait_for(server.wait(), SECONDS)
    await drain


async def read_url(server: asyncio.subprocess.Process) -> str:
    """Where it serves, once it does."""
    assert server.stderr is not None
    said = ""
    async with asyncio.timeout(SECONDS):
        async for line in server.stderr:
            said += line.decode()
            if "answers on" in line.decode():
                return line.decode().split("answers on ")[1].split()[0]
    raise AssertionError(f"the server ended without a url: {said}")
