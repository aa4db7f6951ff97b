"""Builds run as they are declared: without a shell, where the corpus file is, bounded, and without our secrets."""

import asyncio
import re
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from app.cli.building import BuildFailed, build_pages, builds_of
from pipelines.corpus import CorpusSpec, HtmlSource
from storage_config.settings import Settings, read_settings


def corpus(folder: Path, *command: str) -> CorpusSpec:
    source = HtmlSource(kind="html", path=Path("build"), build=command)
    return CorpusSpec(name="site", folder=folder, source=source, base_url="https://my.site")


def settings(seconds: float = 30.0) -> Settings:
    return read_settings(build_timeout_seconds=seconds)


def script(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


async def test_a_build_runs_where_the_corpus_file_is_and_shows_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import os, sys; print(os.getcwd(), *sys.argv[1:]); os.mkdir('build')"
    await build_pages(corpus(tmp_path, *script(code), "$HOME; ls *"), settings(), Console(stderr=True))
    shown = capfd.readouterr()
    assert f"{tmp_path} $HOME; ls *" in shown.err  # the words as they stand: no shell
    assert shown.out == ""  # which is for JSON
    assert (tmp_path / "build").is_dir()


async def test_a_build_does_not_see_the_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    read = settings()
    for name in ("COHERE_API_KEY", "DATABASE_URL", "BETTER_AUTH_SECRET", "OF_THE_SITE"):
        monkeypatch.setenv(name, "secret")
    code = "import os; print(sorted(os.environ))"
    await build_pages(corpus(tmp_path, *script(code)), read, Console(stderr=True))
    shown = capfd.readouterr().err
    assert "'OF_THE_SITE'" in shown
    assert "'PATH'" in shown
    for name in ("COHERE_API_KEY", "DATABASE_URL", "BETTER_AUTH_SECRET"):
        assert f"'{name}'" not in shown


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (script("raise SystemExit(7)"), "exit code 7"),
        (script("import os; os.kill(os.getpid(), 9)"), "signal 9"),
        (("no-such-generator", "build"), "cannot be started: no-such-generator"),
    ],
)
async def test_a_build_that_fails_is_an_error(tmp_path: Path, command: tuple[str, ...], said: str) -> None:
    with pytest.raises(BuildFailed, match=f"site: .*{said}"):
        await build_pages(corpus(tmp_path, *command), settings(), Console(stderr=True))


CHILDREN = """
import subprocess, sys, time, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path("child").write_text(str(child.pid))
time.sleep(60)
"""


async def test_a_build_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(BuildFailed, match="longer than 2 s"):
        await build_pages(corpus(tmp_path, *script(CHILDREN)), settings(2.0), Console(stderr=True))
    assert time.monotonic() - began < 20
    assert await is_gone(int((tmp_path / "child").read_text()))


async def test_an_interrupted_build_is_ended(tmp_path: Path) -> None:
    work = asyncio.create_task(build_pages(corpus(tmp_path, *script(CHILDREN)), settings(), Console(stderr=True)))
    await asyncio.to_thread(wait_for_text, tmp_path / "child")
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert await is_gone(int((tmp_path / "child").read_text()))


def wait_for_text(path: Path) -> None:
    for _ in range(200):
        if path.exists() and path.read_text():
            return
        time.sleep(0.05)
    raise TimeoutError(path)


async def is_gone(process: int) -> bool:
    return await asyncio.to_thread(_is_gone, process)


def _is_gone(process: int) -> bool:
    for _ in range(100):
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_what_declares_no_build_builds_nothing(tmp_path: Path) -> None:
    assert builds_of(corpus(tmp_path)) == []


def test_nothing_else_runs_what_a_corpus_file_says() -> None:
    """A server that did would run commands for whoever may ask it to ingest."""
    root = Path(__file__).parents[4]
    using = {
        path.relative_to(root).as_posix()
        for folder in ("app", "pipelines", "storage_config")
        for path in (root / folder).rglob("*.py")
        if re.search(r"\b(?:builds_of|build_pages|source\.build)\b", path.read_text())
    }
    assert using == {"app/cli/building.py", "app/cli/ingest.py"}
