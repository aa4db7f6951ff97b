"""1, 100 and 1000 concurrent readers of a real server with vendors' latencies: the retrieval path, errors, CPU.

    python -m tests.load.bench_readers [--readers 1 100 1000] [--seconds 60] [--think-seconds 20] [--profile]

The server is `footnoted serve` in its own process, with the embedded Postgres and Qdrant; Cohere (a query's embedding
in 30 ms) and OpenRouter (first token after 150 ms, then 60 tokens at 40 a second) are emulators in another process. The
readers are in this one: all of it shares the machine. Pages are SQuAD's paragraphs, questions its own, each asked once
before any is asked again, so nearly none is remembered. CPU is the server's, its Postgres apart.
`--profile` runs the server under cProfile and adds the share of its CPU by stage.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from tests.conftest import ROOT, shared_data_folder
from tests.emulators import cohere, openrouter
from tests.load.profiled_server import read_stages
from tests.load.readers import Load, Seen, read_as_many, shuffled
from tests.support.models import model_folder

_TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 120.0
CORPUS = """
[corpora.squad]
source = { kind = "markdown", path = "docs" }
base_url = "https://example.org/squad"
embedding = "cohere/embed-v4.0"
llm = ["emulated/model"]
"""


def write_site(folder: Path, shared_data: Path, *, articles: int | None = None) -> list[str]:
    """A site of SQuAD's articles, a section a paragraph; returns the questions that it answers."""
    data = shared_data / "squad2"
    paragraphs = [json.loads(line) for line in (data / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()]
    pages: dict[str, list[str]] = {}
    for paragraph in paragraphs:
        pages.setdefault(paragraph["title"], []).append(paragraph["text"])
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for number, (title, texts) in enumerate(list(pages.items())[:articles]):
        sections = "\n\n".join(f"## Part {part}\n\n{text}" for part, text in enumerate(texts, 1))
        (docs / f"{number}.md").write_text(f"# {title}\n\n{sections}\n", encoding="utf-8")
    (folder / "footnoted.toml").write_text(CORPUS, encoding="utf-8")
    known = {p["id"] for p in paragraphs if p["title"] in list(pages)[:articles]}
    asked = [json.loads(line) for line in (data / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    return [q["question"] for q in asked if not q["unanswerable"] and q["para_id"] in known]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    pid: int


@asynccontextmanager
async def vendors(*arguments: str) -> AsyncIterator[dict[str, str]]:
    """The environment that leads to both emulators while they run."""
    command = [sys.executable, "-m", "tests.load.vendors", *arguments]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        urls = json.loads(await asyncio.wait_for(process.stdout.readline(), START_SECONDS))
        yield {
            "COHERE_BASE_URL": urls["cohere"],
            "COHERE_API_KEY": cohere.API_KEY,
            "OPENROUTER_BASE_URL": urls["openrouter"],
            "OPENROUTER_API_KEY": openrouter.API_KEY,
            "FOOTNOTED_REFUSAL_THRESHOLD": "0",  # a refusal would spare the model's tokens
            # All readers come from one address.
            "FOOTNOTED_ASK_RATE_ADDRESS": "off",
            "FOOTNOTED_READ_RATE_ADDRESS": "off",
        }
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def serving(folder: Path, environment: dict[str, str], *, profile: Path | None = None) -> AsyncIterator[Server]:
    """The site, ingested and served."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
    environment = {**inherited, **environment, "PYTHONPATH": str(ROOT)}
    config = ["--config", str(folder / "footnoted.toml")]
    command = [sys.executable, "-m", "app.cli"]
    ingest = await asyncio.create_subprocess_exec(*command, "ingest", *config, cwd=folder, env=environment)
    assert await ingest.wait() == 0
    if profile is not None:
        command = [sys.executable, "-m", "tests.load.profiled_server", str(profile)]
    server = await asyncio.create_subprocess_exec(
        *command, "serve", *config, "--port", "0", cwd=folder, env=environment, stderr=subprocess.PIPE
    )
    log = None
    try:
        url = await _url(folder, server)
        log = asyncio.create_task(_read_on(server))
        yield Server(url, server.pid)
    finally:
        server.terminate()
        await asyncio.wait_for(server.wait(), START_SECONDS)
        if log is not None:
            await log


async def _url(folder: Path, server: asyncio.subprocess.Process) -> str:
    assert server.stderr is not None
    while line := await asyncio.wait_for(server.stderr.readline(), START_SECONDS):
        with contextlib.suppress(ValueError, IndexError):
            text = line.decode()
            return "http://127.0.0.1:" + str(int(text[text.index("http://127.0.0.1:") + 17 :].split()[0].strip("/")))
    raise RuntimeError(f"the server of {folder} did not start")


async def _read_on(server: asyncio.subprocess.Process) -> None:
    """The server's log, so that the pipe is never full: a line of the log would wait for it."""
    assert server.stderr is not None
    while await server.stderr.read(65_536):
        pass


def cpu_seconds(pid: int) -> tuple[float, float]:
    """CPU of the process, and of its children with theirs."""
    return _own_cpu(pid), sum(sum(cpu_seconds(child)) for child in _children(pid))


def _own_cpu(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
    return []


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def summarise(load: Load, seen: Seen, cpu: tuple[float, float]) -> dict[str, Any]:
    """One row of the table."""
    answers = len(seen.whole)
    return {
        "readers": load.readers,
        "answers": answers,
        "errors": len(seen.errors),
        "answers_a_second": round(answers / load.seconds, 1),
        "retrieval_p50_ms": round(percentile(seen.retrieval_ms, 0.5), 1),
        "retrieval_p95_ms": round(percentile(seen.retrieval_ms, 0.95), 1),
        "seen_retrieved_p50_ms": round(percentile(seen.retrieved, 0.5) * 1e3, 1),
        "seen_retrieved_p95_ms": round(percentile(seen.retrieved, 0.95) * 1e3, 1),
        "first_text_p95_ms": round(percentile(seen.first_text, 0.95) * 1e3, 1),
        "whole_p95_ms": round(percentile(seen.whole, 0.95) * 1e3, 1),
        "server_cpu_ms_an_answer": round(cpu[0] / max(1, answers) * 1e3, 2),
        "postgres_cpu_ms_an_answer": round(cpu[1] / max(1, answers) * 1e3, 2),
        "writes_an_answer": round(seen.tokens / max(1, answers), 1),
    }


async def measure(server: Server, asked: Iterator[str], load: Load) -> tuple[dict[str, Any], Seen]:
    """One load on the server."""
    before = cpu_seconds(server.pid)
    seen = await read_as_many(server.url, asked, load)
    after = cpu_seconds(server.pid)
    return summarise(load, seen, (after[0] - before[0], after[1] - before[1])), seen


async def bench(loads: Sequence[Load], *, profile: bool) -> None:
    """Prints a line of JSON a load, then, with `profile`, the shares of CPU by stage."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = shuffled(write_site(folder, shared_data_folder()))
        with contextlib.suppress(FileExistsError):
            (folder / ".footnoted").mkdir()
            (folder / ".footnoted" / "models").symlink_to(model_folder())
        dump = folder / "profile" if profile else None
        async with vendors() as environment, serving(folder, environment, profile=dump) as server:
            await measure(server, asked, Load(20, 3, 0.5))  # connections, prepared plans, caches
            if profile:
                os.kill(server.pid, signal.SIGUSR1)
            for load in loads:
                row, seen = await measure(server, asked, load)
                print(json.dumps(row), flush=True)
                for error in seen.errors[:3]:
                    print("error:", error, file=sys.stderr)
        if dump is not None:
            for stage, share in read_stages(dump):
                print(f"{share:6.1%}  {stage}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think-seconds", type=float, default=20)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    # One reader thinks little, so that it, too, asks often enough to be measured.
    loads = [
        Load(readers, options.seconds, options.think_seconds if readers > 1 else 0.2) for readers in options.readers
    ]
    uvloop.run(bench(loads, profile=options.profile))


if __name__ == "__main__":
    main()
