"""kill -9 at any moment of an ingestion that adds, changes and removes pages, or rebuilds: one re-run mends it.

`FOOTNOTED_KILLS` sets how many times a run is killed at a random moment; the suite kills at few moments that it names.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from storage_config.postgres.database import Database, open_url
from storage_config.postgres.migrations.schema import upgrade_url
from storage_config.records.corpora import get_corpus
from storage_config.vectors.edge import EdgeShards
from tests.conftest import ROOT
from tests.support.ingesting import HashedEmbedding, IndexState, Site, build_ingestion, read_index_state
from tests.support.records import delete_corpus

PAGES, REMOVED, ADDED, CHANGED = 20, 3, 4, 6
SECONDS = 120
NAMED_STEPS = 10


def write_version(site: Site, version: int) -> None:
    """Version 0 or 1 of the site; they differ in pages added, changed and removed."""
    for number in range(PAGES):
        if version == 1 and number < REMOVED:
            (site.folder / f"page{number}.md").unlink(missing_ok=True)
            continue
        changed = version == 1 and number < REMOVED + CHANGED
        site.write(f"page{number}", paragraphs=9, marker="new" if changed else "")
    for number in range(ADDED):
        if version == 1:
            site.write(f"added{number}", paragraphs=9)
        else:
            (site.folder / f"added{number}.md").unlink(missing_ok=True)


STEADY = [f"page{number}.md" for number in range(REMOVED, PAGES)]


@dataclass
class Killed:
    """What was seen of a run: the writes that it began, the pages that a reader missed, whether it came to its end."""

    steps: int = 0
    lost: list[str] = field(default_factory=list)
    done: bool = False
    seconds: float = 0.0


class Runner:
    """Starts runs in a process of their own and kills them."""

    def __init__(self, process: asyncio.subprocess.Process, job: dict[str, Any]) -> None:
        self._process = process
        self._job = job

    async def run(self, fingerprint: str, *, fatal_step: int | None = None, after: float | None = None) -> Killed:
        """A run, killed before its `fatal_step` or `after` some seconds, whichever is given."""
        assert self._process.stdin is not None
        job = self._job | {"fingerprint": fingerprint, "fatal_step": fatal_step}
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        pid = int((await self._line()).split()[1])
        killer = asyncio.create_task(_kill(pid, after)) if after is not None else None
        seen, began = Killed(), time.monotonic()
        while (line := await self._line()) != "ended":
            seen.done = seen.done or line == "done"
            if line.startswith("step"):
                seen.steps = int(line.split()[1])
            if line.startswith("lost"):
                seen.lost.append(line)
        seen.seconds = time.monotonic() - began
        if killer is not None:
            killer.cancel()
        return seen

    async def _line(self) -> str:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), SECONDS)
        assert line, "the process ended"
        return line.decode().strip()


async def _kill(pid: int, after: float) -> None:
    await asyncio.sleep(after)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path / "docs")
    write_version(site, 0)
    return site


@pytest.fixture
async def runner(site: Site, database_url: str, tmp_path: Path) -> AsyncIterator[Runner]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.killable_ingestion",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    job = {
        "database_url": database_url,
        "vectors": str(tmp_path / "vectors"),
        "site": str(site.folder),
        "steady": STEADY,
    }
    runner = Runner(process, job)
    assert await runner._line() == "ready"
    yield runner
    assert process.stdin is not None
    process.stdin.close()
    await asyncio.wait_for(process.wait(), SECONDS)


@pytest.fixture
async def clean(site: Site, empty_database_url: str, tmp_path: Path) -> dict[tuple[int, str], IndexState]:
    """What clean builds of both versions give, by version and fingerprint."""
    await upgrade_url(empty_database_url)
    found = {}
    async with open_url(empty_database_url) as database:
        shards = EdgeShards(tmp_path / "clean")
        for version in (0, 1):
            write_version(site, version)
            for fingerprint in ("f1", "f2"):
                spec = site.spec()
                await _forget(database)
                ingestion = build_ingestion(
                    spec, database, shards, embed_model=HashedEmbedding(), fingerprint=fingerprint
                )
                await ingestion.ingest()
                found[version, fingerprint] = await read_index_state(spec, database, shards)
                await shards.delete(f"handbook-{fingerprint}")
        await shards.close()
    write_version(site, 0)
    return found


async def _forget(database: Database) -> None:
    async def delete(session: Any) -> None:
        corpus = await get_corpus(session, name="handbook")
        if corpus is not None:
            await delete_corpus(session, corpus_id=corpus.id)

    await database.run(delete)


async def mend(site: Site, database_url: str, folder: Path, fingerprint: str) -> IndexState:
    """One re-run, and what is there then."""
    async with open_url(database_url) as database:
        shards = EdgeShards(folder)
        ingestion = build_ingestion(
            site.spec(), database, shards, embed_model=HashedEmbedding(), fingerprint=fingerprint
        )
        await ingestion.ingest()
        state = await read_index_state(site.spec(), database, shards)
        await shards.close()
    return state


async def test_a_run_that_was_killed_is_mended_by_the_next(
    site: Site, runner: Runner, database_url: str, clean: dict[tuple[int, str], IndexState], tmp_path: Path
) -> None:
    first = await runner.run("f1")
    assert (first.done, first.lost) == (True, [])
    write_version(site, 1)
    whole = await runner.run("f1")
    assert (whole.done, whole.lost) == (True, [])
    assert await mend(site, database_url, tmp_path / "vectors", "f1") == clean[1, "f1"]
    kills = int(os.environ.get("FOOTNOTED_KILLS", "0"))
    moments = random.Random(9)
    killed = 0
    for number in range(kills or NAMED_STEPS):
        version, fingerprint = number % 2, "f2" if number % 6 in (2, 3, 4) else "f1"
        write_version(site, version)
        if kills:
            seen = await runner.run(fingerprint, after=moments.uniform(0, whole.seconds))
        else:
            seen = await runner.run(fingerprint, fatal_step=1 + number * (whole.steps - 2) // NAMED_STEPS)
        assert seen.lost == []
        killed += not seen.done
        state = await mend(site, database_url, tmp_path / "vectors", fingerprint)
        assert state == clean[version, fingerprint], f"after kill {number} at step {seen.steps}"
    print(f"{killed} of {kills or NAMED_STEPS} runs were killed before their end ({whole.steps} steps a run)")  # noqa: T201
    assert killed >= 0.6 * (kills or NAMED_STEPS)
