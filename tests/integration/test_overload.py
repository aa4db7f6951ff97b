"""More than a real server carries: questions at 2 and 10 times its bounds, and no file descriptors left."""

import asyncio
import os
import resource
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.emulators.openrouter import API_KEY, OpenRouterEmulator
from tests.support.command_line import SECONDS, copy_model, run_here, serving
from tests.support.figures import note_figures

AT_ONCE, WAITING, WAIT_SECONDS = 8, 8, 1.0
DESCRIPTORS = 150
QUESTION = {"question": "When do cats purr?", "stream": False}
ANSWER = " ".join(["Cats purr while they are content [1]."] * 6)
CORPUS = """
[corpora.docs]
source = { kind = "markdown", path = "docs" }
base_url = "https://example.org"
llm = ["emulated/model"]
"""


@dataclass
class Server:
    """A server on a page about cats, whose answers take about a second."""

    url: str
    pid: int
    client: httpx.AsyncClient


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[Server]:
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "cats.md").write_text("# Cats\n\nCats purr while they are content.\n", encoding="utf-8")
    (folder / "footnoted.toml").write_text(CORPUS, encoding="utf-8")
    copy_model(folder)
    async with OpenRouterEmulator(tokens_per_second=60) as llm:
        llm.answers.extend([ANSWER] * 1_000)
        environment = {
            "OPENROUTER_BASE_URL": llm.base_url, "OPENROUTER_API_KEY": API_KEY,
            "FOOTNOTED_LLM_REFUSAL_THRESHOLD": "0", "FOOTNOTED_ASK_RATE_ADDRESS": "off",
            "FOOTNOTED_READ_RATE_ADDRESS": "off", "FOOTNOTED_MAX_OPEN_ANSWERS": str(AT_ONCE),
            "FOOTNOTED_MAX_WAITING_QUESTIONS": str(WAITING), "FOOTNOTED_MAX_WAIT_SECONDS": str(WAIT_SECONDS),
        }  # fmt: skip
        assert (await run_here(folder, "ingest", **environment)).code == 0
        limits = httpx.Limits(max_connections=None)
        async with (
            serving(folder, **environment) as (url, process),
            httpx.AsyncClient(base_url=url, timeout=SECONDS, limits=limits) as client,
        ):
            yield Server(url, process.pid, client)


@dataclass
class Load:
    """What came of questions that were all asked at once, and of looks at health meanwhile."""

    statuses: Counter[int] = field(default_factory=Counter)
    served: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)

    async def ask(self, server: Server) -> None:
        began = time.monotonic()
        response = await server.client.post("/api/v1/chat", json=QUESTION)
        seconds = time.monotonic() - began
        self.statuses[response.status_code] += 1
        if response.status_code == 200:
            assert response.json()["status"] == "answered"
            self.served.append(seconds)
        else:
            assert response.json()["type"] == "urn:footnoted:problem:overloaded"
            assert int(response.headers["retry-after"]) >= 1
            self.refused.append(seconds)

    async def watch(self, server: Server) -> None:
        while True:
            began = time.monotonic()
            assert (await server.client.get("/api/v1/health")).status_code == 200
            self.health.append(time.monotonic() - began)
            await asyncio.sleep(0.1)


async def _healthy_after(server: Server) -> float:
    began = time.monotonic()
    while (await server.client.post("/api/v1/chat", json=QUESTION)).status_code != 200:
        assert time.monotonic() - began < 30
        await asyncio.sleep(0.1)
    return time.monotonic() - began


@pytest.mark.parametrize("times", [2, 10])
async def test_questions_beyond_what_it_carries_are_told_so_early(tmp_path: Path, times: int) -> None:
    async with _server(tmp_path / "site") as server:
        alone = await _healthy_after(server)
        load = Load()
        watching = asyncio.create_task(load.watch(server))
        count = (AT_ONCE + WAITING) * times
        await asyncio.gather(*(load.ask(server) for _ in range(count)))
        watching.cancel()
        healthy = await _healthy_after(server)
    assert set(load.statuses) == {200, 503}
    assert load.statuses[200] >= AT_ONCE
    # Taking a hundred requests in takes seconds of a machine that does other work, too: `alone` tells how busy it is.
    assert max(load.refused) < WAIT_SECONDS + 2 * alone + 2
    assert max(load.served) < WAIT_SECONDS + 2 * alone + 3
    assert max(load.health) < 3
    assert healthy < 5
    note_figures(
        f"overload {times}x", questions=count, served=load.statuses[200], refused=load.statuses[503],
        alone_seconds=alone, served_slowest_seconds=max(load.served), refused_slowest_seconds=max(load.refused),
        health_slowest_seconds=max(load.health), healthy_seconds=healthy,
    )  # fmt: skip


async def test_without_file_descriptors_it_goes_on_with_who_is_there_and_heals(tmp_path: Path) -> None:
    async with _server(tmp_path / "site") as server:
        await _healthy_after(server)
        before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, before[1]))
        address = urlsplit(server.url)
        idle = [await asyncio.open_connection(address.hostname, address.port) for _ in range(2 * DESCRIPTORS)]
        await asyncio.sleep(1)
        used = len(os.listdir(f"/proc/{server.pid}/fd"))
        meanwhile = await server.client.get("/api/v1/health")  # on a connection that it has already
        for _, writer in idle:
            writer.close()
        healthy = await _healthy_after(server)
    assert used >= DESCRIPTORS - 5
    assert meanwhile.status_code == 200
    assert healthy < 5
    note_figures("file descriptors used up", limit=DESCRIPTORS, used=used, healthy_seconds=healthy)
