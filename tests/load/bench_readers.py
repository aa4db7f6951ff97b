"""1 to 1000 concurrent readers of a real server with vendors' latencies: the retrieval path, errors, CPU, memory.

    python -m tests.load.bench_readers [--readers 1 100 1000] [--seconds 40] [--think-seconds 20] [--runs 3]
        [--servers footnoted keyless floor peer] [--json FILE] [--plot FILE.svg] [--profile]

The server is `footnoted serve` in its own process, with the embedded Postgres and Qdrant; Cohere (a query's embedding
in 30 ms) and OpenRouter (first token after 150 ms, then 60 tokens at 40 a second) are emulators in another process. The
readers are in this one: all of it shares the machine, so the emulators' and the readers' CPU stands beside. Pages are
SQuAD's paragraphs; readers ask new questions, follow up, repeat what was asked, ask what no page answers, and leave.

In the same run: `keyless` is ours without a vendor (MiniLM, quotes), `floor` the least that streams from the same
vendors, `peer` what LlamaIndex's and FastAPI's guides lead to. Ratios to the floor say what answers cost; times alone
say what the machine did. `healthy_seconds` are those from a load's end until a question is answered as on a quiet
server. `--profile` looks at ours while it runs, and adds milliseconds of CPU an answer by stage.

A server that fails more questions than it answers is not asked by more readers.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from tests.conftest import shared_data_folder
from tests.load.line_plot import LinePlot, draw
from tests.load.profiled_server import read_stages, shares_between
from tests.load.reader_servers import KINDS, Server, serving, vendors, write_site
from tests.load.readers import Load, Seen, healthy_after, read_as_many, shuffled

_TICKS = os.sysconf("SC_CLK_TCK")
_PAUSE_SECONDS = 1.0
_PROFILE_SECONDS = 1.0  # until a profile that was asked for is written

# The bound is what was asked for.
PLOT = LinePlot(
    "Retrieval path, p95 in milliseconds, by readers at once",
    series="server",
    across="readers",
    up="retrieval_p95_ms",
    bound=200.0,
)


def cpu_seconds(pid: int) -> tuple[float, float]:
    """CPU of the process, and of its children with theirs."""
    return _own_cpu(pid), sum(sum(cpu_seconds(child)) for child in _children(pid))


def _own_cpu(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def memory_mb(pid: int) -> float:
    """The process's most resident memory so far, without its children's."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
    return []


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of CPU: the server's, its children's (Postgres), the emulators', the readers'."""

    server: float
    children: float
    vendors: float
    readers: float

    @classmethod
    def so_far(cls, server: int, emulators: int) -> "Spent":
        """Since each process began."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(*cpu_seconds(server), cpu_seconds(emulators)[0], used.ru_utime + used.ru_stime)

    def since(self, before: "Spent") -> "Spent":
        """What was spent between two looks."""
        return Spent(
            self.server - before.server,
            self.children - before.children,
            self.vendors - before.vendors,
            self.readers - before.readers,
        )


def summarise(load: Load, seen: Seen, spent: Spent) -> dict[str, Any]:
    """One row of the table."""
    answers = len(seen.whole)
    row = {
        "readers": load.readers,
        "answers": answers,
        "errors": len(seen.errors),
        "overloaded": len(seen.refused),
        "answers_a_second": round(answers / load.seconds, 1),
    }
    for name, values, unit in (
        ("retrieval", seen.retrieval_ms, 1),
        ("seen_retrieved", seen.retrieved, 1e3),
        ("first_text", seen.first_text, 1e3),
        ("whole", seen.whole, 1e3),
        ("refused", seen.refused, 1e3),
    ):
        if values or name != "refused":
            row |= {f"{name}_p{share}_ms": round(percentile(values, share / 100) * unit, 1) for share in (50, 95, 99)}
    return row | {
        "server_cpu_ms_an_answer": round(spent.server / max(1, answers) * 1e3, 2),
        "postgres_cpu_ms_an_answer": round(spent.children / max(1, answers) * 1e3, 2),
        "vendors_cpu_percent": round(spent.vendors / load.seconds * 100),
        "readers_cpu_percent": round(spent.readers / load.seconds * 100),
        "writes_an_answer": round(seen.tokens / max(1, answers), 1),
    }


async def measure(server: Server, emulators: int, asked: Iterator[str], load: Load) -> tuple[dict[str, Any], Seen]:
    """One load on the server."""
    before = Spent.so_far(server.pid, emulators)

    async def heal() -> float:
        await asyncio.sleep(load.seconds)
        return await healthy_after(server.url, next(asked))

    seen, healthy = await asyncio.gather(read_as_many(server.url, asked, load), heal())
    spent = Spent.so_far(server.pid, emulators).since(before)
    row = summarise(load, seen, spent)
    return row | {"healthy_seconds": round(healthy, 2), "server_memory_mb": round(memory_mb(server.pid))}, seen


async def bench(
    kind: str, folder: Path, asked: Iterator[str], loads: Sequence[Load], *, profile: bool
) -> list[dict[str, Any]]:
    """A row a load, each printed when it is there; with `profile` it has the CPU by stage."""
    rows = []
    dump = folder / "profile" if profile and kind == "footnoted" else None
    async with vendors() as emulated, serving(folder, emulated.environment, kind=kind, profile=dump) as server:
        await measure(server, emulated.pid, asked, Load(60, 8, 0.5))  # connections and caches
        for load in loads:
            before = await _stages(server, dump)
            row, seen = await measure(server, emulated.pid, asked, load)
            if dump is not None:
                shares = shares_between(before, await _stages(server, dump))
                whole = row["server_cpu_ms_an_answer"]
                row["stages_ms_an_answer"] = {stage: round(share * whole, 2) for stage, share in shares.items()}
            rows.append({"server": kind, **row})
            print(json.dumps(rows[-1]), flush=True)
            for error in seen.errors[:3]:
                print("error:", error, file=sys.stderr)
            if row["errors"] > row["answers"]:
                break
            await asyncio.sleep(_PAUSE_SECONDS)
    return rows


async def _stages(server: Server, dump: Path | None) -> Mapping[str, int]:
    if dump is None:
        return {}
    os.kill(server.pid, signal.SIGUSR1)
    await asyncio.sleep(_PROFILE_SECONDS)
    return read_stages(dump)


def print_table(rows: Sequence[dict[str, Any]]) -> None:
    """A line for each server and load: medians over the runs, the least and the most in brackets."""
    figures = (
        "retrieval_p95_ms", "first_text_p95_ms", "server_cpu_ms_an_answer", "answers_a_second", "errors", "overloaded",
        "healthy_seconds",
    )  # fmt: skip
    print(f"{'server':10} {'readers':>7} " + " ".join(f"{name:>24}" for name in figures))
    for key in dict.fromkeys((row["server"], row["readers"]) for row in rows):
        same = [row for row in rows if (row["server"], row["readers"]) == key]
        cells = []
        for name in figures:
            values = [row[name] for row in same]
            cells.append(f"{median(values):g} ({min(values):g}..{max(values):g})")
        print(f"{key[0]:10} {key[1]:>7} " + " ".join(f"{cell:>24}" for cell in cells))


def print_stages(rows: Sequence[dict[str, Any]]) -> None:
    """A line for each stage, the dearest first: milliseconds of CPU an answer by readers, medians over the runs."""
    looked_at = [row for row in rows if "stages_ms_an_answer" in row]
    loads = list(dict.fromkeys(row["readers"] for row in looked_at))
    stages = dict.fromkeys(stage for row in reversed(looked_at) for stage in row["stages_ms_an_answer"])
    if looked_at:
        print(f"{'CPU ms an answer, by readers':28} " + " ".join(f"{readers:>7}" for readers in loads))
    for stage in stages:
        of_loads = [
            median(row["stages_ms_an_answer"].get(stage, 0.0) for row in looked_at if row["readers"] == readers)
            for readers in loads
        ]
        print(f"{stage:28} " + " ".join(f"{value:7.2f}" for value in of_loads))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--think-seconds", type=float, default=20)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--servers", nargs="+", choices=KINDS, default=["footnoted", "floor"])
    parser.add_argument("--json", type=Path, help="a file for all rows")
    parser.add_argument("--plot", type=Path, help="an SVG file for the medians by readers")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    # One reader thinks little, so that it, too, asks often enough to be measured.
    loads = [
        Load(readers, options.seconds, options.think_seconds if readers > 1 else 0.2) for readers in options.readers
    ]
    rows: list[dict[str, Any]] = []
    with contextlib.ExitStack() as folders:
        # One for all runs of a kind: only the first has pages to embed.
        sites = {kind: Path(folders.enter_context(tempfile.TemporaryDirectory())) for kind in options.servers}
        asked = {
            kind: write_site(folder, shared_data_folder(), keyless=kind == "keyless") for kind, folder in sites.items()
        }
        for _ in range(options.runs):
            for kind in options.servers:
                benched = bench(kind, sites[kind], shuffled(asked[kind]), loads, profile=options.profile)
                rows += uvloop.run(benched)
    print_table(rows)
    print_stages(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if options.plot:
        options.plot.write_text(draw(rows, PLOT), encoding="utf-8")


if __name__ == "__main__":
    main()
