"""`footnoted ingest --engine ray` over two nodes: the points of a run without them, whoever dies meanwhile."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.corpus import read_corpora
from storage_config.postgres.database import open_database
from storage_config.settings import read_settings
from storage_config.vectors.qdrant import ServerCollections, build_qdrant_client
from tests.emulators.qdrant import QdrantEmulator
from tests.support.command_line import SECONDS, Outcome, copy_model, run, run_here, start
from tests.support.ingesting import IndexState, Site, read_index_state
from tests.support.ray_nodes import ray_nodes, worker_pids
from tests.support.waiting import eventually

PAGES = 70  # three groups: each worker gets some


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with ray_nodes() as nodes:
        yield nodes.address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of many pages on disk."""
    site = Site(tmp_path / "docs")
    for number in range(PAGES):
        site.write(f"part{number % 7}/page{number:03}", paragraphs=1)
    (tmp_path / "footnoted.toml").write_text(
        '[corpora.handbook]\nsource = { kind = "markdown", path = "docs" }\nbase_url = "https://example.org/docs"\n'
    )
    copy_model(tmp_path)
    return tmp_path


class Stores:
    """A database and an emulated Qdrant, as the environment names them."""

    def __init__(self, folder: Path, database_url: str, qdrant: QdrantEmulator) -> None:
        self.folder, self.qdrant = folder, qdrant
        self.environment = {"DATABASE_URL": database_url, "QDRANT_URL": qdrant.url}

    async def state(self) -> IndexState:
        """What is kept there."""
        settings = read_settings(config=self.folder / "footnoted.toml", **self.environment)
        vectors = ServerCollections(build_qdrant_client(settings))
        try:
            async with open_database(settings) as database:
                return await read_index_state(read_corpora(settings.config)["handbook"], database, vectors)
        finally:
            await vectors.close()


async def killed_amid(stores: Stores, address: str) -> Outcome:
    """The run over a cluster, of which a worker is killed as soon as points are written."""
    process = await start(stores.folder, "ingest", "--engine", "ray", RAY_ADDRESS=address, **stores.environment)
    ended = asyncio.create_task(process.communicate())
    await eventually(lambda: stores.qdrant.calls_to("/points") > 0, SECONDS)
    first, *_ = worker_pids()
    os.kill(first, signal.SIGKILL)
    out, err = await asyncio.wait_for(ended, SECONDS)
    return Outcome(process.returncode or 0, out.decode(), err.decode())


async def test_a_cluster_gives_the_same_points_also_when_a_worker_dies(
    folder: Path, cluster: str, database_url: str, module_database_url: str
) -> None:
    async with QdrantEmulator() as qdrant, QdrantEmulator() as other:
        spread, alone = Stores(folder, database_url, qdrant), Stores(folder, module_database_url, other)
        ended = await killed_amid(spread, cluster)
        assert (ended.code, ended.err.count("Error")) == (0, 0), ended
        assert (await run_here(folder, "ingest", **alone.environment)).code == 0
        assert await spread.state() == await alone.state()
        assert len((await spread.state()).rows) == PAGES

        site = Site(folder / "docs")
        site.write("part0/page000", paragraphs=5)
        site.write("new", paragraphs=3)
        site.remove("part1/page001")
        (folder / "docs" / "part2" / "page002.md").write_bytes(b"\xff broken")
        environment = spread.environment | {"RAY_ADDRESS": cluster}
        again = await run(folder, "ingest", "--engine", "ray", "--json", **environment)
        here = await run_here(folder, "ingest", "--json", **alone.environment)
        assert (again.code, here.code) == (3, 3), again
        assert _without_time(again.out) == _without_time(here.out)
        assert await spread.state() == await alone.state()


def _without_time(report: str) -> str:
    return report.partition('"seconds"')[0]


async def test_what_a_cluster_needs_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:9/none", "QDRANT_URL": "http://127.0.0.1:9"}
    embedded = await run_here(folder, "ingest", "--engine", "ray")
    assert (embedded.code, "set DATABASE_URL and QDRANT_URL" in embedded.err) == (2, True)
    planned = await run_here(folder, "ingest", "--engine", "ray", "--plan")
    assert (planned.code, "--plan" in planned.err) == (2, True)
    client = await run_here(folder, "ingest", "--engine", "ray", RAY_ADDRESS="ray://head:10001", **nowhere)
    assert (client.code, "run this command on a node" in client.err) == (2, True)
    away = await run_here(folder, "ingest", "--engine", "ray", RAY_ADDRESS="127.0.0.1:9", **nowhere)
    assert (away.code, "No Ray cluster answers at 127.0.0.1:9" in away.err) == (5, True)
    monkeypatch.setitem(sys.modules, "ray", None)
    missing = await run_here(folder, "ingest", "--engine", "ray", RAY_ADDRESS="127.0.0.1:9", **nowhere)
    assert (missing.code, 'install "footnoted[ray]"' in missing.err) == (2, True)
