"""SIGTERM while answers are under way: each gets its end, and none is lost."""

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.emulators.openrouter import API_KEY, OpenRouterEmulator
from tests.emulators.qdrant import QdrantEmulator
from tests.support.command_line import SECONDS, copy_model, run_here, serving
from tests.support.figures import note_figures
from tests.support.serving import read_parts
from tests.support.waiting import eventually

READERS = 8
DRAIN_SECONDS = 1.0
CORPUS = """
[corpora.docs]
source = { kind = "markdown", path = "docs" }
base_url = "https://example.org"
llm = ["emulated/model"]
"""
LONG = " ".join(["Cats purr while they are content [1]."] * 400)
SHORT = "Cats purr [1]."


def _write_site(folder: Path) -> Path:
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "cats.md").write_text("# Cats\n\nCats purr while they are content.\n", encoding="utf-8")
    (folder / "footnoted.toml").write_text(CORPUS, encoding="utf-8")
    copy_model(folder)
    return folder


class Reader:
    """Asks, and reads to the end."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.body = ""
        self.text_at: float | None = None
        self.ended_at = 0.0

    async def ask(self) -> None:
        async with self._client.stream("POST", "/api/v1/chat", json={"question": "When do cats purr?"}) as response:
            assert response.status_code == 200
            async for piece in response.aiter_text():
                self.body += piece
                if self.text_at is None and '"text-delta"' in self.body:
                    self.text_at = time.monotonic()
        self.ended_at = time.monotonic()

    def parts(self) -> list[Any]:
        return read_parts(self.body)


def _recorded(database_url: str) -> list[tuple[str, int]]:
    with psycopg.connect(database_url) as connection:
        query = "SELECT status, length(text) FROM messages WHERE role = 'assistant' ORDER BY status"
        return [(str(status), int(length)) for status, length in connection.execute(query)]


@pytest.mark.parametrize("workers", [1, 2])
async def test_answers_under_way_are_ended_and_kept(tmp_path: Path, database_url: str, workers: int) -> None:
    site = _write_site(tmp_path / "site")
    async with QdrantEmulator() as vectors, OpenRouterEmulator(tokens_per_second=40) as llm:
        environment = {
            "DATABASE_URL": database_url, "QDRANT_URL": vectors.url, "OPENROUTER_BASE_URL": llm.base_url,
            "OPENROUTER_API_KEY": API_KEY, "FOOTNOTED_ASK_RATE_ADDRESS": "off",
            "FOOTNOTED_DRAIN_SECONDS": str(DRAIN_SECONDS), "FOOTNOTED_LLM_REFUSAL_THRESHOLD": "0",
        }  # fmt: skip
        assert (await run_here(site, "ingest", **environment)).code == 0
        llm.answers.extend([LONG] * READERS)
        async with (
            serving(site, "--workers", str(workers), **environment) as (url, server),
            httpx.AsyncClient(base_url=url, timeout=SECONDS) as client,
        ):
            readers = [Reader(client) for _ in range(READERS)]
            asking = [asyncio.create_task(reader.ask()) for reader in readers]
            await eventually(lambda: all(reader.text_at for reader in readers), 30)
            llm.answers.append(SHORT)
            last = Reader(client)  # ends by itself within the time that is left
            asking.append(asyncio.create_task(last.ask()))
            await eventually(lambda: last.text_at is not None, 30)
            stopped_at = time.monotonic()
            server.terminate()
            await asyncio.gather(*asking)
        assert server.returncode in (0, -signal.SIGTERM)  # uvicorn raises the signal again once all is closed
    for reader in readers:
        (error,) = [part for part in reader.parts() if isinstance(part, dict) and part["type"] == "error"]
        assert "restarted" in error["errorText"], json.dumps(error)
        assert reader.parts()[-1] == "[DONE]"
        assert DRAIN_SECONDS * 0.9 < reader.ended_at - stopped_at < DRAIN_SECONDS + 3
    assert [part["type"] for part in last.parts() if isinstance(part, dict)][-1] == "finish"
    recorded = _recorded(database_url)
    note_figures(
        f"SIGTERM, {workers} process(es)", answers=READERS + 1, recorded=len(recorded),
        drain_seconds=DRAIN_SECONDS, slowest_end_seconds=max(one.ended_at for one in readers) - stopped_at,
    )  # fmt: skip
    assert [status for status, _ in recorded].count("interrupted") == READERS
    assert len(recorded) == READERS + 1
    assert all(length for _, length in recorded)
