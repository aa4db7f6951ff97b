"""The sample book, ingested and served by a real process, for clients that want a real server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage_config.state_lock import owner_of
from tests.conftest import ROOT
from tests.support.command_line import copy_book, invoke

SECONDS = 120
BASE_URL = "https://example.org/handbook"


@dataclass(frozen=True, slots=True)
class Served:
    """A running server over the site in `folder`. Who shows `token` may do everything."""

    url: str
    token: str
    folder: Path


@contextmanager
def serve_book(
    folder: Path,
    *,
    base_url: str = BASE_URL,
    llm: str = "extractive",
    golden: Sequence[str] = (),
    **environment: str,
) -> Iterator[Served]:
    """A copy of the sample book in `folder`, ingested and served until the block ends; its pages are at `base_url`.

    It is answered by `llm`. The sets `golden` are asked before it is served, one after the other.
    """
    copy_book(folder)
    config = folder / "footnoted.toml"
    declared = config.read_text("utf-8").replace(BASE_URL, base_url).replace('"extractive"', f'"{llm}"')
    config.write_text(declared, "utf-8")
    for words in (["ingest"], *(["eval", one] for one in golden)):
        done = invoke(folder, *words, **environment)
        assert done.code == 0, done.err
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
    around = {**inherited, **environment, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "app.cli"]
    # What it logs goes to a file: a full pipe would stop the server.
    with (folder / "server.log").open("w+", encoding="utf-8") as log:
        server = subprocess.Popen([*command, "serve", "--port", "0"], cwd=folder, env=around, stderr=log)
        try:
            yield _wait_until_served(folder, server)
        finally:
            server.terminate()
            server.wait(SECONDS)


def _wait_until_served(folder: Path, server: "subprocess.Popen[bytes]") -> Served:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        owner = owner_of(folder / ".footnoted")
        if owner is not None and owner.url and owner.token:
            return Served(owner.url, owner.token, folder)
        time.sleep(0.1)
    raise AssertionError(f"the server does not answer: {(folder / 'server.log').read_text(encoding='utf-8')[-2_000:]}")
