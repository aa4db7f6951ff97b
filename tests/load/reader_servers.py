"""What the benchmark of readers asks: our server with a vendor's models or without a key, the floor, and a peer.

All are processes of their own on this machine, as are the vendors' emulators.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.emulators import cohere, openrouter
from tests.support.models import model_folder

START_SECONDS = 120.0
CORPUS = """
[corpora.squad]
source = { kind = "markdown", path = "docs" }
base_url = "https://squad.example/"
"""
WITH_VENDORS = """embedding = "cohere/embed-v4.0"
llm = ["emulated/model"]
"""
# Ours with vendors, ours as it is without a key, the least that streams from the same vendors, what guides lead to.
KINDS = ("footnoted", "keyless", "floor", "peer")


def write_site(folder: Path, shared_data: Path, *, articles: int | None = None, keyless: bool = False) -> list[str]:
    """A site of SQuAD's articles, a section a paragraph; returns the questions that it answers."""
    data = shared_data / "squad2"
    paragraphs = [json.loads(line) for line in (data / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()]
    pages: dict[str, list[str]] = {}
    for paragraph in paragraphs:
        pages.setdefault(paragraph["title"], []).append(paragraph["text"])
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for number, (title, texts) in enumerate(list(pages.items())[:articles]):
        sections = "\n\n".join(f"## Part {part}\n\n{text}" for part, text in enumerate(texts, 1))
        (docs / f"{number}.md").write_text(f"# {title}\n\n{sections}\n", encoding="utf-8")
    (folder / "footnoted.toml").write_text(CORPUS + ("" if keyless else WITH_VENDORS), encoding="utf-8")
    (folder / ".footnoted").mkdir()
    (folder / ".footnoted" / "models").symlink_to(model_folder())
    known = {p["id"] for p in paragraphs if p["title"] in list(pages)[:articles]}
    asked = [json.loads(line) for line in (data / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    return [q["question"] for q in asked if not q["unanswerable"] and q["para_id"] in known]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Vendors:
    """Both emulators in one process, and the environment that leads to them."""

    environment: Mapping[str, str]
    pid: int


@asynccontextmanager
async def vendors(*arguments: str) -> AsyncIterator[Vendors]:
    """Both emulators, for the block."""
    command = [sys.executable, "-m", "tests.load.vendors", *arguments]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        urls = json.loads(await asyncio.wait_for(process.stdout.readline(), START_SECONDS))
        environment = {
            "COHERE_BASE_URL": urls["cohere"],
            "COHERE_API_KEY": cohere.API_KEY,
            "OPENROUTER_BASE_URL": urls["openrouter"],
            "OPENROUTER_API_KEY": openrouter.API_KEY,
            # All readers come from one address.
            "FOOTNOTED_ASK_RATE_ADDRESS": "off",
            "FOOTNOTED_READ_RATE_ADDRESS": "off",
        }
        yield Vendors(environment, process.pid)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def serving(
    folder: Path, environment: Mapping[str, str], *, kind: str = "footnoted", profile: Path | None = None
) -> AsyncIterator[Server]:
    """One of KINDS, serving the site in `folder`; ours ingests it first."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
    environment = {**inherited, **environment, "PYTHONPATH": str(ROOT), "PEER_DOCS": str(folder / "docs")}
    app = {"floor": "tests.load.floor:app", "peer": "tests.load.peer.app:app"}.get(kind)
    if app is not None:
        command = [sys.executable, "-m", "uvicorn", app, "--port", "0", "--no-access-log", "--backlog", "4096"]
    else:
        config = ["--config", str(folder / "footnoted.toml")]
        ours = [sys.executable, "-m", "app.cli"]
        ingest = await asyncio.create_subprocess_exec(*ours, "ingest", *config, cwd=folder, env=environment)
        assert await ingest.wait() == 0
        if profile is not None:
            ours = [sys.executable, "-m", "tests.load.profiled_server", str(profile)]
        command = [*ours, "serve", *config, "--port", "0"]
    server = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE)
    log = None
    try:
        url = await _url(folder, server)
        log = asyncio.create_task(_read_on(server))
        yield Server(url, server.pid)
    finally:
        server.terminate()
        await asyncio.wait_for(server.wait(), START_SECONDS)
        if log is not None:
            await log


async def _url(folder: Path, server: asyncio.subprocess.Process) -> str:
    assert server.stderr is not None
    while line := await asyncio.wait_for(server.stderr.readline(), START_SECONDS):
        with contextlib.suppress(ValueError, IndexError):
            text = line.decode()
            return "http://127.0.0.1:" + str(int(text[text.index("http://127.0.0.1:") + 17 :].split()[0].strip("/")))
    raise RuntimeError(f"the server of {folder} did not start")


async def _read_on(server: asyncio.subprocess.Process) -> None:
    """The server's log, so that the pipe is never full: a line of the log would wait for it."""
    assert server.stderr is not None
    while await server.stderr.read(65_536):
        pass
