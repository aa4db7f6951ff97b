"""`footnoted serve --workers N`: several processes over shared storage, refused over embedded storage."""

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx

from tests.emulators.qdrant import QdrantEmulator
from tests.support.command_line import SECONDS, copy_book, run_here, serving
from tests.support.figures import note_figures
from tests.support.raw_http import status_of_hosts
from tests.support.waiting import eventually

QUESTION = {"question": "How does BM25 limit the weight of a repeated term?", "stream": False}


def workers_of(pid: int) -> list[int]:
    """Its processes that serve; multiprocessing's own tracker of resources is none."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in listed if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def lives(pid: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


def _holder(response: httpx.Response, pids: list[int]) -> int | None:
    """Which process has the other end of the response's connection: the kernel's table leads to a file of that one."""
    _, port = response.extensions["network_stream"].get_extra_info("client_addr")
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    wanted = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(f":{port:04X}")}
    for pid in pids:
        if any(_target(file) in wanted for file in Path(f"/proc/{pid}/fd").iterdir()):
            return pid
    return None


def _target(file: Path) -> str:
    """Where an open file leads; nowhere once it was closed since the look."""
    try:
        return os.readlink(file)
    except FileNotFoundError:
        return ""


class Callers:
    """Calls a server by many connections at once and notes which of `pids` answered what."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.answers: dict[int, dict[str, Any]] = {}

    async def reach(self, *pids: int) -> None:
        """Until each of these processes has answered a question. No answer may be anything but right."""
        await eventually(lambda: self._all_answered(pids), SECONDS)

    async def _all_answered(self, pids: tuple[int, ...]) -> bool:
        async with httpx.AsyncClient(base_url=self._url, timeout=SECONDS) as client:
            await asyncio.gather(*(self._ask(client, list(pids)) for _ in range(4)))
        return all(pid in self.answers for pid in pids)

    async def _ask(self, client: httpx.AsyncClient, pids: list[int]) -> None:
        async with client.stream("POST", "/api/v1/chat", json=QUESTION) as response:
            pid = _holder(response, pids)
            await response.aread()
        assert response.status_code == 200, response.text
        if pid is not None:
            self.answers[pid] = response.json()


async def test_several_processes_serve_over_shared_storage(tmp_path: Path, database_url: str) -> None:
    site = copy_book(tmp_path / "site")
    async with QdrantEmulator() as emulator:
        shared = {"DATABASE_URL": database_url, "QDRANT_URL": emulator.url, "FOOTNOTED_ASK_RATE_ADDRESS": "off"}
        assert (await run_here(site, "ingest", **shared)).code == 0
        async with serving(site, "--workers", "2", **shared) as (url, server):
            workers = workers_of(server.pid)
            assert len(workers) == 2
            assert await status_of_hosts(url, "localhost") == 200
            assert await status_of_hosts(url, "evil.example") == 421
            assert await status_of_hosts(url, "localhost", "localhost") == 400
            assert await status_of_hosts(url) == 400
            callers = Callers(url)
            await callers.reach(*workers)
            for answer in callers.answers.values():
                assert (answer["status"], answer["sources"][0]["title"]) == ("answered", "Ranking with BM25")
            os.kill(workers[0], signal.SIGKILL)
            began = time.monotonic()
            await eventually(lambda: len(set(workers_of(server.pid)) - {workers[0]}) == 2, SECONDS)
            (new,) = set(workers_of(server.pid)) - set(workers)
            await callers.reach(new)
            note_figures("a worker process killed", healthy_seconds=time.monotonic() - began)
        assert server.returncode == 0
        assert not any(lives(pid) for pid in (*workers, new))


async def test_embedded_storage_is_for_one_process(tmp_path: Path) -> None:
    site = copy_book(tmp_path / "site")
    refused = await run_here(site, "serve", "--workers", "2", "--port", "0")
    assert refused.code == 2
    assert "Set DATABASE_URL and QDRANT_URL to share" in refused.err
    half = await run_here(site, "serve", "--workers", "2", "--port", "0", QDRANT_URL="http://127.0.0.1:1")
    assert half.code == 2
    assert "Set DATABASE_URL to share" in half.err
