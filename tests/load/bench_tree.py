"""What large trees cost: a first ingestion, the plan of an unchanged tree and a run over it, by the tree's size.

    python -m tests.load.bench_tree [--pages 1000 10000 100000] [--plot docs/images/large-trees.svg]

Trees are generated: pages of some 500 characters under a heading, two hundred to a folder. The whole way is
measured, each size in a process of its own, with the embedded Qdrant and the embedded Postgres: reading, splitting,
BM25, writing, the switch. Embeddings are emulated: a vector of 384 numbers from a hash, so that what is left is ours.
Memory is the most of its own that each process held at once.
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Self
from zlib import crc32

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.readers.page_process import PageLimits, PageProcess
from pipelines.readers.sources import open_source, read_upload
from pipelines.types import IngestionReport
from storage_config.postgres.database import open_database
from storage_config.settings import read_settings
from storage_config.vectors.edge import EdgeShards
from tests.load.line_plot import LinePlot, draw
from tests.support.collections import collections_of
from tests.support.ingesting import UNLIMITED

DIMENSION = 384
FOLDER_PAGES = 200
WORDS = (
    "index", "query", "weight", "page", "section", "vector", "anchor", "heading", "reader", "source", "build", "answer",
    "token", "claim", "quote", "model", "search", "store", "record", "table", "batch", "filter", "locale", "version",
)  # fmt: skip
MAX_CHARS = 2_000_000


class EmulatedEmbedding(BaseEmbedding):
    """Vectors from a hash of the text."""

    def _get_text_embedding(self, text: str) -> list[float]:
        vector: list[float] = np.random.default_rng(crc32(text.encode())).random(DIMENSION, np.float32).tolist()
        return vector

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [self._get_text_embedding(text) for text in texts]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@dataclass(frozen=True, slots=True)
class TreeFigures:
    """One size. Times in seconds; memory in MB: of this process, and of all that it started together."""

    pages: int
    chunks: int
    first: float
    plan: float
    again: float
    memory: float
    base_memory: float
    other_memory: float


def write_tree(folder: Path, pages: int) -> None:
    """The tree; the same size gives the same files."""
    for number in range(pages):
        path = folder / f"part{number // FOLDER_PAGES:04}" / f"page{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_page(number), encoding="utf-8")


def _page(number: int) -> str:
    words = [WORDS[index] for index in np.random.default_rng(number).integers(0, len(WORDS), 80)]
    sentences = [f"{' '.join(words[start : start + 16]).capitalize()}." for start in range(0, len(words), 16)]
    return f"# Page {number} of {words[0]}\n\n{' '.join(sentences)}\n"


class Peaks:
    """Looks again and again how much memory of its own a process holds, and all that are below it together, in MB.

    What it maps from files is not counted: the embedded vectors' files are, whatever their size, as the system likes.
    """

    def __init__(self) -> None:
        self.own = self.others = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            self.own = max(self.own, _anonymous(os.getpid()))
            self.others = max(self.others, sum(map(_anonymous, _below(os.getpid()))))


def _below(pid: int) -> list[int]:
    children: list[int] = []
    with contextlib.suppress(OSError):
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            children += map(int, file.read_text(encoding="ascii").split())
    return children + [other for child in children for other in _below(child)]


def _anonymous(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1e3 for line in lines if line.startswith("RssAnon:"))


async def measure(pages: int, folder: Path) -> TreeFigures:
    """One size, in this process."""
    write_tree(folder / "docs", pages)
    source = MarkdownSource(kind="markdown", path=folder / "docs")
    spec = CorpusSpec(name="tree", folder=folder, source=source, base_url="https://example.org")
    base = _anonymous(os.getpid())
    with Peaks() as peaks:
        first, planned, again = await _ingest(spec, folder)
    return TreeFigures(
        pages, first.nodes_embedded, first.seconds, planned, again.seconds, peaks.own, base, peaks.others
    )


async def _ingest(spec: CorpusSpec, folder: Path) -> tuple[IngestionReport, float, IngestionReport]:
    """The reports of a first run and of one without changes, and the seconds of a plan between them."""
    settings = read_settings(config=folder / "footnoted.toml")
    process = PageProcess(PageLimits.from_settings(settings))
    async with open_database(settings) as database:
        shards = EdgeShards(folder / "vectors")
        ingestion = Ingestion(
            spec=spec,
            source=open_source(spec, max_page_chars=MAX_CHARS, process=process),
            read_upload=partial(read_upload, spec, max_page_chars=MAX_CHARS),
            splitter=PageSplitter(spec, "bench", process),
            embed_model=EmulatedEmbedding(model_name="emulated"),
            dimension=DIMENSION,
            database=database,
            collections=collections_of(shards),
            limits=UNLIMITED,
        )
        first = await ingestion.ingest()
        began = time.perf_counter()
        plan = await ingestion.plan()
        planned = time.perf_counter() - began
        again = await ingestion.ingest()
        await shards.close()
        process.close()
    if (plan.unchanged, again.nodes_embedded, first.failed) != (first.added, 0, 0):
        raise RuntimeError(f"a tree that did not change was not known again: {again}")
    return first, planned, again


def measure_apart(pages: int) -> TreeFigures:
    """One size, in a process of its own: what a process held at most never falls."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        Path(place).chmod(0o755)  # Postgres runs as another user where this one is root
        words = [sys.executable, "-m", "tests.load.bench_tree", "--here", place, "--pages", str(pages)]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    return TreeFigures(**json.loads(done.stdout.splitlines()[-1]))


def report(rows: Sequence[TreeFigures]) -> None:
    """Prints the table, and between which sizes what grows faster than the tree."""
    print("  pages   chunks  first s  ms a page  plan s  again s  memory MB  others MB")
    for row in rows:
        print(
            f"{row.pages:7} {row.chunks:8} {row.first:8.1f} {row.first / row.pages * 1e3:10.2f} {row.plan:7.1f} "
            f"{row.again:8.1f} {row.memory:10.0f} {row.other_memory:10.0f}"
        )


def plot_of(rows: Sequence[TreeFigures]) -> str:
    """Milliseconds a page of the three, by the size of the tree: level lines are linear growth."""
    series = {"first ingestion": "first", "plan": "plan", "run without changes": "again"}
    points = [
        {"kind": kind, "pages": row.pages, "ms": getattr(row, name) / row.pages * 1e3}
        for kind, name in series.items()
        for row in rows
    ]
    return draw(points, LinePlot("Milliseconds a page, by pages of the tree", series="kind", across="pages", up="ms"))


def main() -> None:
    """Prints the figures of each size, and keeps the plot and the JSON where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    words = parser.parse_args()
    if words.here is not None:
        print(json.dumps(asdict(asyncio.run(measure(words.pages[0], words.here)))))
        return
    rows = [measure_apart(pages) for pages in words.pages]
    report(rows)
    if words.json:
        words.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    if words.plot:
        words.plot.write_text(plot_of(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
