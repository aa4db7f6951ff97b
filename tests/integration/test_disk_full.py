"""A disk that fills up under a running server: uploads are refused at once, reading goes on, and it heals by itself."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from storage_config.disk_space import RESERVE_BYTES
from storage_config.state_lock import owner_of
from tests.support.command_line import copy_book, run_here, serving
from tests.support.figures import note_figures
from tests.support.needs import needs

QUESTION = {"question": "How does BM25 limit the weight of a repeated term?", "stream": False}
NOTE = {"uri": "notes/why.md", "kind": "markdown", "content": "# Why\n\nThe operator says so, and nobody else."}
SECONDS = 5.0
# The upload among it starts the process that reads pages, which loads their parsers.
HEALTHY_SECONDS = 20.0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 500 MB, where one can be mounted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=500M,mode=755", "none", name], capture_output=True
        )
        needs(mounted.returncode == 0, "no file system can be mounted here, which takes root outside of a container")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def _fill(disk: Path, *, free: int) -> None:
    """A file that leaves so many bytes."""
    with (disk / "filler").open("wb") as filler:
        while (left := _free(disk) - free) > 0:
            filler.write(b"\0" * min(left, 1 << 20))
            filler.flush()


def _free(disk: Path) -> int:
    line = subprocess.run(["df", "-B1", "--output=avail", str(disk)], capture_output=True, text=True, check=True)
    return int(line.stdout.split()[-1])


async def test_a_full_disk_refuses_what_is_new_and_nothing_else(tmp_path: Path, small_disk: Path) -> None:
    site = copy_book(tmp_path / "site")
    data = small_disk / "data"
    environment = {"FOOTNOTED_DATA_DIR": str(data), "FOOTNOTED_ASK_RATE_ADDRESS": "off"}
    shutil.copytree(site / ".footnoted", data)
    assert (await run_here(site, "ingest", **environment)).code == 0
    async with serving(site, **environment) as (url, _), httpx.AsyncClient(base_url=url, timeout=60) as client:
        owner = owner_of(data)
        assert owner is not None
        client.headers["authorization"] = f"Bearer {owner.token}"

        async def status() -> str:
            return str((await client.get("/api/v1/health")).json()["status"])

        assert await status() == "ok"
        for free in (RESERVE_BYTES // 2, 0):
            _fill(small_disk, free=free)
            began = time.monotonic()
            refused = await client.post("/api/v1/documents", json=NOTE)
            assert (refused.status_code, refused.json()["type"]) == (507, "urn:footnoted:problem:disk-full")
            refused_after = time.monotonic() - began
            assert refused_after < SECONDS
            body = (await client.get("/api/v1/health")).json()
            assert (body["status"], body["dependencies"]["disk"]["detail"]) == ("degraded", "DiskFull")
            answer = await client.post("/api/v1/chat", json=QUESTION)
            assert (answer.status_code, answer.json()["status"]) == (200, "answered")
        (small_disk / "filler").unlink()
        began = time.monotonic()
        assert await status() == "ok"
        added = await client.post("/api/v1/documents", json=NOTE)
        assert added.status_code == 201, added.text
        recorded = await client.post("/api/v1/chat", json=QUESTION)
        assert "not_recorded" not in recorded.json()["flags"]
        healthy = time.monotonic() - began
        assert healthy < HEALTHY_SECONDS
        note_figures("disk full", refused_seconds=refused_after, healthy_seconds=healthy)
