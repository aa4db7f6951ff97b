"""What a command costs before it does anything: user CPU, as ratios to importing LlamaIndex.

    python -m tests.load.bench_start [--rounds 5] [--only ask status]

Everything runs in turn, round by round, on the ingested sample book, so that a busy machine weighs on all alike; the
median counts. User CPU is that of the process with the children that it waited for (the embedded Postgres among them);
byte code is compiled before. `serve` is measured until it answers that it is healthy.
"""

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import httpx

from tests.support.command_line import SECONDS, copy_book, run, serving

BASELINE = "import llama_index.core"
QUESTION = "How does BM25 limit the weight of a repeated term?"
# What each may cost at most, in imports of LlamaIndex.
BOUNDS = {"ask": 1.8, "serve": 2.2, "status": 0.8, "keys": 0.8, "insights": 0.8, "openapi": 2.0, "--help": 0.35}
COMMANDS: dict[str, Sequence[str]] = {
    "ask": ("ask", QUESTION),
    "status": ("status",),
    "keys": ("keys", "list"),
    "insights": ("insights",),
    "openapi": ("openapi",),
    "--help": ("--help",),
}


def _used() -> float:
    """User CPU of all children that ended, in seconds."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


async def import_seconds() -> float:
    """What the import of LlamaIndex costs."""
    before = _used()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BASELINE)
    assert await asyncio.wait_for(process.wait(), SECONDS) == 0
    return _used() - before


async def command_seconds(folder: Path, words: Sequence[str]) -> float:
    """What a command costs, from its start to its end."""
    before = _used()
    outcome = await run(folder, *words)
    assert outcome.code == 0, outcome.err
    return _used() - before


async def serve_seconds(folder: Path) -> float:
    """What a server with its children cost by the time it answers that it is healthy."""
    async with serving(folder) as (url, server), httpx.AsyncClient(base_url=url, timeout=30) as client:
        assert (await client.get("/api/v1/health")).json()["status"] == "ok"
        return sum(_user_seconds(pid) for pid in _with_descendants(server.pid))


def _with_descendants(pid: int) -> list[int]:
    """The process, its children and theirs, as Linux lists them."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text(encoding="ascii").split()
    ]
    return [pid, *(found for child in children for found in _with_descendants(child))]


def _user_seconds(pid: int) -> float:
    """User CPU of a living process with the children that it waited for (proc(5): fields 14 and 16 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[13])) / os.sysconf("SC_CLK_TCK")


async def measure(folder: Path, names: Sequence[str], *, rounds: int) -> dict[str, float]:
    """The median ratio of each command on a copy of the sample book in `folder`."""
    copy_book(folder)
    ingested = await run(folder, "ingest")
    assert ingested.code == 0, ingested.err
    spent: dict[str, list[float]] = {name: [] for name in (BASELINE, *names)}
    for _ in range(rounds):
        spent[BASELINE].append(await import_seconds())
        for name in names:
            cost = serve_seconds(folder) if name == "serve" else command_seconds(folder, COMMANDS[name])
            spent[name].append(await cost)
    unit = statistics.median(spent[BASELINE])
    return {BASELINE: unit, **{name: statistics.median(spent[name]) / unit for name in names}}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(BOUNDS), default=list(BOUNDS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="footnoted-start-") as folder:
        Path(folder).chmod(0o755)  # the embedded Postgres runs as another user where this one is root
        measured = asyncio.run(measure(Path(folder) / "book", options.only, rounds=options.rounds))
    print(f"{BASELINE}: {measured.pop(BASELINE):.2f} s of user CPU, the unit")
    for name, ratio in measured.items():
        print(f"{name:10} {ratio:5.2f}  (at most {BOUNDS[name]})")


if __name__ == "__main__":
    main()
