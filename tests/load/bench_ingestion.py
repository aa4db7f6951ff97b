"""How fast an ingestion embeds against embedding the same texts in a bare loop, and what an unchanged re-run costs.

    python -m tests.load.bench_ingestion [--tree docs_physical_ai_textbook] [--flavour docusaurus] [--processes 2]

The whole way is measured: reading, splitting, embedding, BM25, the embedded Qdrant and the embedded Postgres. The bare
loop runs once before and once after it, and the ratio is taken to the mean, since machines drift.
"""

import argparse
import asyncio
import hashlib
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import get_args

from llama_index.core.schema import Document, MetadataMode

from pipelines.corpus import CorpusSpec, Flavour, MarkdownSource
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.providers.minilm import MiniLmEmbedding
from pipelines.readers.page_process import PageLimits, PageProcess
from pipelines.readers.sources import open_source, read_documents, read_upload
from pipelines.splitting.splitter import SectionSplitter
from storage_config.postgres.database import open_database
from storage_config.settings import read_settings
from storage_config.vectors.edge import EdgeShards
from tests.conftest import shared_data_folder
from tests.support.collections import collections_of
from tests.support.ingesting import UNLIMITED
from tests.support.models import model_folder

MAX_CHARS = 2_000_000


def embedded_texts(spec: CorpusSpec) -> list[str]:
    """What an ingestion embeds of the tree."""
    pages = [page for page in read_documents(spec, max_page_chars=MAX_CHARS) if isinstance(page, Document)]
    return [node.get_content(MetadataMode.EMBED) for node in SectionSplitter()(pages)]


def bare_rate(model: MiniLmEmbedding, texts: Sequence[str]) -> float:
    """Texts a second in a loop over the encoder, without anything around it."""
    began = time.perf_counter()
    for text in texts:
        model._encoder.encode(text)
    return len(texts) / (time.perf_counter() - began)


def hashing_seconds(folder: Path) -> float:
    """Reading and hashing the same files in a bare loop."""
    began = time.perf_counter()
    for path in sorted(folder.rglob("*.md*")):
        hashlib.sha256(path.read_bytes()).digest()
    return time.perf_counter() - began


async def measure(spec: CorpusSpec, model: MiniLmEmbedding, folder: Path) -> dict[str, float]:
    """Ingests the corpus into a fresh state and again unchanged."""
    settings = read_settings(config=folder / "footnoted.toml")
    process = PageProcess(PageLimits.from_settings(settings))
    async with open_database(settings) as database:
        shards = EdgeShards(folder / "vectors")
        ingestion = Ingestion(
            spec=spec,
            source=open_source(spec, max_page_chars=MAX_CHARS, process=process),
            read_upload=partial(read_upload, spec, max_page_chars=MAX_CHARS),
            splitter=PageSplitter(spec, "bench", process),
            embed_model=model,
            dimension=model.dimension,
            database=database,
            collections=collections_of(shards),
            limits=UNLIMITED,
        )
        first = await ingestion.ingest()
        again = await ingestion.ingest()
        await shards.close()
        process.close()
    assert again.nodes_embedded == 0
    return {
        "pages": first.added,
        "chunks": first.nodes_embedded,
        "seconds": first.seconds,
        "again_seconds": again.seconds,
    }


def rate_of(figures: dict[str, float]) -> float:
    """Chunks a second of an ingestion."""
    return figures["chunks"] / figures["seconds"]


def run_at_once(pool: Executor, processes: int, spec: CorpusSpec) -> list[tuple[float, dict[str, float], float]]:
    """Of each process a bare loop, an ingestion, and a bare loop again: each step by all of them at the same time."""
    before = list(pool.map(_bare, [spec] * processes))
    figures = list(pool.map(_ingest, [spec] * processes))
    after = list(pool.map(_bare, [spec] * processes))
    return list(zip(before, figures, after, strict=True))


def _bare(spec: CorpusSpec) -> float:
    texts, model = embedded_texts(spec), MiniLmEmbedding(model_folder())
    model._encoder.encode(texts[0])
    return bare_rate(model, texts)


def _ingest(spec: CorpusSpec) -> dict[str, float]:
    model = MiniLmEmbedding(model_folder())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # Postgres runs as another user where this one is root
        return asyncio.run(measure(spec, model, Path(folder)))


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tree", default="docs_physical_ai_textbook")
    parser.add_argument("--flavour", default="docusaurus", choices=get_args(Flavour))
    parser.add_argument("--processes", type=int, default=1, help="so many side by side, each with stores of its own")
    words = parser.parse_args()
    source = MarkdownSource(kind="markdown", path=shared_data_folder() / words.tree / "docs", flavour=words.flavour)
    spec = CorpusSpec(name="bench", folder=Path.cwd(), source=source, base_url="https://example.org")
    with ProcessPoolExecutor(words.processes, mp_context=get_context("spawn")) as pool:
        rates = run_at_once(pool, words.processes, spec)
    for number, (before, figures, after) in enumerate(rates, 1):
        chunks = f"{figures['chunks']:.0f} chunks, {figures['pages']:.0f} pages"
        print(f"process {number}      bare loop {before:.1f} and {after:.1f} chunks/s")
        print(f"               ingestion {rate_of(figures):.1f} chunks/s ({chunks})")
    bare = sum(before + after for before, _, after in rates) / 2
    print(f"ratio          {sum(rate_of(figures) for _, figures, _ in rates) / bare:.2f}")
    figures = rates[0][1]
    hashing = hashing_seconds(source.path)
    print(
        f"unchanged      {figures['again_seconds']:.2f} s, "
        f"{figures['again_seconds'] / hashing:.0f} times hashing the files"
    )


if __name__ == "__main__":
    main()
