"""What spreading an ingestion over a Ray cluster costs, and from how many chunks on it pays.

    python -m tests.load.bench_ray [--sizes 20 100]

Whole commands are run, from a fresh database and a fresh emulated Qdrant, here and over a cluster of two nodes on
loopback with a worker each; the local model embeds. What counts is the CPU of the command and of the cluster (not of
Postgres and Qdrant, which are the same for both): this machine is shared, and its clock tells of others. It is taken as
`fixed + chunks x each`, from the two sizes. With W workers on CPUs of their own a run then takes as long as the command
itself, the start of one worker, and a Wth of the rest.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import tempfile
from pathlib import Path

import psycopg

from storage_config.postgres.home import find_home
from storage_config.postgres.migrations.schema import upgrade_url
from storage_config.postgres.server import DEFAULT_OPTIONS, PostgresServer
from tests.emulators.qdrant import QdrantEmulator
from tests.support.command_line import copy_model, start
from tests.support.fixtures_postgres import named_url
from tests.support.ingesting import Site
from tests.support.ray_nodes import RayNodes, ray_nodes, worker_pids

PARAGRAPHS = 6
WORKERS = 2  # a CPU each
_LOOK_SECONDS = 0.1
CORPUS = '[corpora.handbook]\nsource = { kind = "markdown", path = "docs" }\nbase_url = "https://example.org/docs"\n'


def write_site(folder: Path, pages: int) -> None:
    """A corpus of so many pages."""
    shutil.rmtree(folder, ignore_errors=True)
    site = Site(folder / "docs")
    for number in range(pages):
        site.write(f"page{number:05}", paragraphs=PARAGRAPHS)
    (folder / "footnoted.toml").write_text(CORPUS, encoding="utf-8")
    copy_model(folder)


async def cpu_of(folder: Path, pages: int, nodes: RayNodes, *words: str, **environment: str) -> tuple[float, int]:
    """CPU seconds of a first ingestion, and its chunks."""
    write_site(folder, pages)
    async with QdrantEmulator() as qdrant:
        before = cpu_below(nodes.pid) + _children_cpu()
        workers: dict[int, float] = {}
        process = await start(folder, "ingest", "--json", *words, QDRANT_URL=qdrant.url, **environment)
        ended = asyncio.create_task(process.communicate())
        while not (await asyncio.wait([ended], timeout=_LOOK_SECONDS))[0]:
            for pid in worker_pids():  # Ray keeps no account of those that have ended
                with contextlib.suppress(OSError):
                    workers[pid] = cpu_below(pid)
        out, err = ended.result()
        spent = cpu_below(nodes.pid) + _children_cpu() - before + sum(workers.values())
    if process.returncode != 0:
        raise RuntimeError(err.decode())
    return spent, int(json.loads(out)["nodes_embedded"])


def cpu_below(pid: int) -> float:
    """CPU seconds of a process and all below it, those that ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return own + sum(cpu_below(int(child)) for file in listed for child in file.read_text(encoding="ascii").split())


def _children_cpu() -> float:
    """Of the commands, which have ended; Postgres and the cluster have not."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fitted(measured: list[tuple[float, int]]) -> tuple[float, float]:
    """Fixed seconds, and seconds a chunk, through the first and the last measurement."""
    (first, few), (last, many) = measured[0], measured[-1]
    each = (last - first) / (many - few)
    return first - few * each, each


async def measure(sizes: list[int], server: PostgresServer, nodes: RayNodes) -> None:
    """Prints the figures."""
    spread = {"RAY_ADDRESS": nodes.address, "FOOTNOTED_RAY_WORKERS": str(WORKERS)}
    ways: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {"here": ((), {}), "ray": (("--engine", "ray"), spread)}
    lines = {}
    with tempfile.TemporaryDirectory() as place:
        for name, (words, environment) in ways.items():
            measured = []
            for size in sizes:
                url = await fresh_database(server, f"bench_{name}_{size}")
                measured.append(await cpu_of(Path(place), size, nodes, *words, DATABASE_URL=url, **environment))
                print(f"{name:5} {measured[-1][1]:6} chunks {measured[-1][0]:7.1f} s of CPU")
            lines[name] = fitted(measured)
    (fixed, each), (ray_fixed, ray_each) = lines["here"], lines["ray"]
    print(f"here  {fixed:.1f} s + {each * 1e3:.1f} ms a chunk")
    print(f"ray   {ray_fixed:.1f} s + {ray_each * 1e3:.1f} ms a chunk: {ray_each / each - 1:+.0%} a chunk")
    a_worker = (ray_fixed - fixed) / WORKERS
    for workers in (2, 8, 32):
        gain = each - ray_each / workers
        print(f"{workers:2} workers: a start of {fixed + a_worker:.0f} s, pays from {a_worker / gain:,.0f} chunks on")


async def fresh_database(server: PostgresServer, name: str) -> str:
    """The url of a database of that name with our schema."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    url = named_url(server.url, name)
    await upgrade_url(url)
    return url


async def measure_all(sizes: list[int], folder: Path) -> None:
    """Starts Postgres, in the folder, and the cluster, and measures."""
    server = PostgresServer(find_home(folder / "postgres"), options=DEFAULT_OPTIONS)
    try:
        await server.start()
        with ray_nodes() as nodes:
            await measure(sizes, server, nodes)
    finally:
        await server.stop()


def main() -> None:
    """Reads what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs=2, default=[20, 100])
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)  # Postgres runs as another user where this one is root
        asyncio.run(measure_all(words.sizes, Path(place)))


if __name__ == "__main__":
    main()
