"""Every hostile input against a running server: how long each holds the event loop, and the memory that it costs.

    python -m tests.load.bench_stalls [--only upload]

The server is `footnoted serve` on the sample book, with the embedded stores, under a watch (see watched_server.py). One
attack after another; between them the peak of memory is set back. Fails where one holds the loop for 250 ms.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.conftest import ROOT
from tests.load.bench_hostile_pages import HTML, MARKDOWN
from tests.security.test_attacks_time import BODIES, CHAT, HEADERS, SEARCH
from tests.support.command_line import SECONDS, copy_book, read_url
from tests.support.pdf_files import build_nested_pdf, build_swelling_pdf

LONGEST_MS = 250.0
PAGE_BYTES = 20_000
DOCUMENTS = "/api/v1/documents"
# Eight levels of ten aliases each: 468 bytes that stand for a hundred million values.
ALIASES = "---\na: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
QUESTIONS = {
    "question of brackets": "(" * 4_000,
    "question of one word": "a" * 4_000,
    "question of blanks and full stops": ". " * 2_000,
    "question of numbers": "1,2.3 " * 660,
    "question of CJK without a blank": "検" * 4_000,
    "question of names in parts": "_aaa" * 1_000,
    "question of a quotation mark and blanks": '"' + " " * 3_990 + "x",
    "question of things compared": "a or " * 800,
    "question of options": "the default of --a_b " * 190,
    "question of the book's own words": "weight term page query " * 170,
}


@dataclass(frozen=True, slots=True)
class Attack:
    """What is sent by `send`, which gives what came of it."""

    name: str
    send: "Callable[[Target], Awaitable[str]]"


@dataclass(frozen=True, slots=True)
class Target:
    """A running server under a watch."""

    url: str
    pid: int
    client: httpx.AsyncClient
    ask: Callable[[], Awaitable[float]]

    def memory(self) -> float:
        """MB that the process held at most since `forget`."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM:"))

    def forget(self) -> None:
        """Sets the peak of memory back to what is held now (proc(5), clear_refs)."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")


def body_attack(path: str, body: Any, number: int) -> Attack:
    """A body as JSON."""
    content = json.dumps(body).encode()

    async def send(target: Target) -> str:
        response = await target.client.post(path, content=content, headers=HEADERS)
        return str(response.status_code)

    return Attack(f"body {number} to {path}, {len(content) / 1e3:,.0f} kB", send)


def upload_attack(name: str, file: str, data: bytes) -> Attack:
    """A page as a file in a form."""

    async def send(target: Target) -> str:
        response = await target.client.post(DOCUMENTS, files={"file": (file, data)})
        return str(response.status_code)

    return Attack(f"upload: {name}, {len(data) / 1e3:,.1f} kB", send)


def question_attack(name: str, path: str, body: dict[str, Any]) -> Attack:
    """Something to look for."""

    async def send(target: Target) -> str:
        response = await target.client.post(path, json=body)
        return str(response.status_code)

    return Attack(name, send)


async def pipelined(target: Target) -> str:
    """A hundred questions at once on one connection whose answers nobody reads."""
    address = urlsplit(target.url)
    body = json.dumps({"question": "How does BM25 limit the weight of a repeated term?"})
    head = f"POST {CHAT} HTTP/1.1\r\nhost: {address.netloc}\r\ncontent-type: application/json\r\n"
    one = f"{head}content-length: {len(body)}\r\n\r\n{body}".encode()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(one * 100)
    await asyncio.sleep(3)
    writer.close()
    return f"{len(await reader.read(1))} byte read"


async def idle_connections(target: Target) -> str:
    """Three hundred connections that send nothing."""
    address = urlsplit(target.url)
    opened = [await asyncio.open_connection(address.hostname, address.port) for _ in range(300)]
    response = await target.client.get("/api/v1/health")
    for _, writer in opened:
        writer.close()
    return str(response.status_code)


async def foreign_hosts(target: Target) -> str:
    """Two hundred names of others."""
    seen = set()
    for number in range(200):
        response = await target.client.get("/api/v1/health", headers={"host": f"evil{number}.example"})
        seen.add(response.status_code)
    return str(seen)


async def guessed_keys(target: Target) -> str:
    """Two hundred credentials, wrong ones."""
    seen = set()
    for number in range(200):
        headers = {"authorization": f"Bearer fn_{number:042}"}
        seen.add((await target.client.get(DOCUMENTS, headers=headers)).status_code)
    return str(seen)


def attacks() -> list[Attack]:
    """All of them."""
    found = [body_attack(path, body, number) for number, (path, body) in enumerate(BODIES)]
    found.append(upload_attack("YAML aliases", "a.md", ALIASES.encode() + b"---\n\n# A\n\nWords.\n"))
    for name, build in MARKDOWN.items():
        found.append(upload_attack(f"markdown of `{name}`", "a.md", f"# A\n\n{build(PAGE_BYTES)}".encode()))
    for name, build in HTML.items():
        found.append(upload_attack(f"HTML of {name}", "a.html", f"<main>{build(PAGE_BYTES)}</main>".encode()))
    found.append(upload_attack("PDF of forms in forms", "a.pdf", build_nested_pdf(12)))
    found.append(upload_attack("PDF that swells to 60 MB", "a.pdf", build_swelling_pdf(60)))
    for name, question in QUESTIONS.items():
        found.append(question_attack(name, CHAT, {"question": question, "stream": False}))
        found.append(question_attack(f"search: {name}", SEARCH, {"query": question}))
    found += [
        Attack("100 questions on one connection, nothing read", pipelined),
        Attack("300 connections that say nothing", idle_connections),
        Attack("200 names of other hosts", foreign_hosts),
        Attack("200 guessed keys", guessed_keys),
    ]
    return found


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Target]:
    """A server on the sample book."""
    copy_book(folder)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")} | {
        "PYTHONPATH": str(ROOT), "FOOTNOTED_ASK_RATE_ADDRESS": "off", "FOOTNOTED_READ_RATE_ADDRESS": "off",
        "FOOTNOTED_MAX_PAGE_SECONDS": "2",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.load.watched_server"]
    ingest = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "ingest", cwd=folder, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    assert await ingest.wait() == 0
    server = await asyncio.create_subprocess_exec(
        *command, "serve", "--port", "0", cwd=folder, env=environment, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    log: asyncio.Task[Any] | None = None

    async def ask() -> float:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(b"\n")
        return float(await asyncio.wait_for(server.stdout.readline(), SECONDS))

    try:
        url = await read_url(server)
        assert server.stderr is not None
        log = asyncio.create_task(server.stderr.read())
        state = json.loads((folder / ".footnoted" / "state.lock").read_text(encoding="utf-8"))
        headers = {"authorization": f"Bearer {state['token']}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=SECONDS) as client:
            yield Target(url, server.pid, client, ask)
    finally:
        server.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.wait(), SECONDS)
        if log is not None:
            await log


async def run_all(chosen: Sequence[Attack]) -> bool:
    """Prints a row an attack; whether all are below the bound."""
    slow = []
    with tempfile.TemporaryDirectory() as place:
        async with watched(Path(place)) as target:
            # What a first request loads is no attack's.
            await target.client.post(CHAT, json={"question": "What is BM25?", "stream": False})
            await target.client.post(DOCUMENTS, files={"file": ("a.md", b"# A\n\nWords.\n")})
            print("| attack | what came of it | longest hold of the loop | peak memory | took |\n|---|---|---|---|---|")
            for attack in chosen:
                await target.ask()
                target.forget()
                before, began = target.memory(), time.perf_counter()
                outcome = await attack.send(target)
                took = time.perf_counter() - began
                await asyncio.sleep(0.05)
                held, memory = await target.ask(), target.memory() - before
                row = f"| {attack.name} | {outcome} | {held:.0f} ms | {memory:+.0f} MB | {took:.1f} s |"
                print(row, flush=True)
                if held >= LONGEST_MS:
                    slow.append(row)
    if slow:
        print("\nToo long:", *slow, sep="\n")
    return not slow


def main() -> None:
    """Runs the attacks whose names hold what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", default="")
    words = parser.parse_args()
    chosen = [attack for attack in attacks() if words.only in attack.name]
    sys.exit(0 if asyncio.run(run_all(chosen)) else 1)


if __name__ == "__main__":
    main()
