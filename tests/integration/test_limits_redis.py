"""Limits of several processes behind one Redis: they hold across all, and what happens while Redis is away."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import httpx
import pytest

from tests.support.figures import note_figures
from tests.support.redis import Redis

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    """A Redis that is running."""
    server = Redis()
    server.start()
    yield server
    server.stop()


@contextmanager
def _serving(redis: Redis, folder: Path, count: int, **limits: str) -> Iterator[list[str]]:
    """So many server processes behind that Redis, of the same limits: their urls."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": redis.url, **limits}
    command = [sys.executable, "-m", "tests.support.limited_server"]
    processes = [subprocess.Popen(command, cwd=folder, env=variables, stdout=PIPE) for _ in range(count)]
    try:
        yield [_first_line(process) for process in processes]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=20)


@pytest.fixture(scope="module")
def servers(redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Two of them for the tests of what holds across both; a process takes seconds to start."""
    limits = {"FOOTNOTED_ASK_RATE_ADDRESS": "6/hour", "FOOTNOTED_TRUSTED_PROXIES": "127.0.0.1",
              "FOOTNOTED_DAILY_LLM_CALLS": "all=5, anonymous=3"}  # fmt: skip
    with _serving(redis, tmp_path_factory.mktemp("limited"), 2, **limits) as urls:
        yield urls


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def _ask(url: str, corpus: str = "docs", **headers: str) -> httpx.Response:
    body: dict[str, Any] = {"question": "Why?", "corpus": corpus, "stream": False}
    return httpx.post(f"{url}/api/v1/chat", json=body, headers=headers, timeout=20)


def test_a_limit_holds_across_two_processes(servers: list[str]) -> None:
    one, other = servers
    answers = [_ask((one, other)[turn % 2], **{"x-forwarded-for": "192.0.2.7"}) for turn in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 2
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["5", "4", "3", "2", "1", "0", "0", "0"]
    refused = answers[-1]
    assert refused.json()["type"] == "urn:footnoted:problem:rate-limited"
    assert 0 < int(refused.headers["retry-after"]) <= 3_600
    assert _ask(one, **{"x-forwarded-for": "192.0.2.8"}).status_code == 200


def test_a_budget_holds_across_two_processes(servers: list[str]) -> None:
    one, other = servers
    reader = {"x-forwarded-for": "192.0.2.9"}
    statuses = [_ask((one, other)[turn % 2], "paid", **reader).status_code for turn in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert _ask(one, "docs", **reader).status_code == 200  # its answers cost nothing


def test_without_redis_reading_goes_on_and_spending_does_not(redis: Redis, tmp_path: Path) -> None:
    limits = {"FOOTNOTED_DAILY_LLM_CALLS": "100", "FOOTNOTED_ASK_RATE_ADDRESS": "4/hour"}
    with _serving(redis, tmp_path, 1, **limits) as (url,):
        assert _ask(url, "paid").status_code == 200
        redis.stop()
        began = time.monotonic()
        refused = _ask(url, "paid")
        refused_after = time.monotonic() - began
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:footnoted:problem:limits-unavailable")
        assert refused.headers["retry-after"]
        # Rates are counted by the process alone: what was asked before is forgotten, what is asked now is limited.
        assert [_ask(url).status_code for _ in range(4)] == [200, 200, 200, 429]
        redis.start()
        began = time.monotonic()
        for _ in range(100):
            if (again := _ask(url, "paid")).status_code == 200:
                break
            time.sleep(0.2)
        assert again.status_code == 200
        note_figures("Redis down", refused_seconds=refused_after, healthy_seconds=time.monotonic() - began)
