"""What a run over an unchanged tree costs: its time against hashing the same files in a bare loop, by tree size.

    python -m tests.load.bench_reruns [--tree docs_physical_ai_textbook] [--copies 1 2 4 8]

Each size is the tree so many times over, under other names. The whole way is measured: reading, comparing with the
records, the run's rows, in the embedded Qdrant and the embedded Postgres; the vectors are hashes, and an unchanged
run embeds none. The least of several runs counts, for the run as for the loop.
"""

import argparse
import asyncio
import hashlib
import logging
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.corpus import CorpusSpec, Flavour, MarkdownSource
from storage_config.postgres.database import Database, open_database
from storage_config.settings import read_settings
from storage_config.vectors.edge import EdgeShards
from tests.conftest import shared_data_folder
from tests.support.ingesting import HashedEmbedding, build_ingestion

TREES: dict[str, Flavour] = {
    "docs_physical_ai_textbook": "docusaurus",
    "docs_redux": "docusaurus",
    "docs_fastapi": "mkdocs",
}
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Rerun:
    """One size: pages, seconds of an unchanged run and of hashing its files, and what it embedded."""

    pages: int
    seconds: float
    hashing_seconds: float
    embedded: int

    @property
    def ratio(self) -> float:
        """The run against the loop."""
        return self.seconds / self.hashing_seconds


def hashing_seconds(folder: Path) -> float:
    """Reading and hashing the same files in a bare loop, files in memory."""
    began = time.perf_counter()
    for path in sorted(folder.rglob("*.md*")):
        hashlib.sha256(path.read_bytes()).digest()
    return time.perf_counter() - began


async def measure(database: Database, folder: Path, flavour: Flavour, copies: Sequence[int]) -> list[Rerun]:
    """The tree at `folder/tree`, so many times over each."""
    found = []
    for count in copies:
        tree, name = folder / f"times{count}", f"times{count}"
        for number in range(count):
            shutil.copytree(folder / "tree", tree / f"part{number}")
        spec = CorpusSpec(
            name=name,
            folder=folder,
            source=MarkdownSource(kind="markdown", path=tree, flavour=flavour),
            base_url="https://example.org",
        )
        embed_model, shards = HashedEmbedding(), EdgeShards(folder / f"vectors{count}")
        ingestion = build_ingestion(spec, database, shards, embed_model=embed_model)
        first = await ingestion.ingest()
        embedded = len(embed_model.embedded)
        seconds, hashing = [], []
        for _ in range(ROUNDS):
            seconds.append((await ingestion.ingest()).seconds)
            hashing.append(hashing_seconds(tree))
        await shards.close()
        found.append(Rerun(first.added, min(seconds), min(hashing), len(embed_model.embedded) - embedded))
    return found


async def bench(tree: str, copies: Sequence[int]) -> None:
    """Prints a line a size."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(shared_data_folder() / tree / "docs", folder / "tree")
        async with open_database(read_settings(config=folder / "footnoted.toml")) as database:
            rows = await measure(database, folder, TREES[tree], copies)
    print(f"{tree:28}  pages  run s  ms a page  hashing s  ratio  embedded")
    for row in rows:
        each = row.seconds / row.pages * 1e3
        print(
            f"{'':28} {row.pages:6} {row.seconds:6.2f} {each:10.2f} {row.hashing_seconds:10.3f} {row.ratio:6.0f} "
            f"{row.embedded:9}"
        )


def main() -> None:
    """Prints the figures of one tree, or of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tree", choices=TREES)
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 2, 4])
    words = parser.parse_args()
    logging.getLogger("pipelines").setLevel(logging.ERROR)  # a tree without its neighbours misses includes
    for tree in [words.tree] if words.tree else TREES:
        asyncio.run(bench(tree, words.copies))


if __name__ == "__main__":
    main()
