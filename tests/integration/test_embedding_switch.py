"""A change of the embedding model under a server with fifty readers: the local model's vectors give way to Cohere's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.bootstrap import CorpusResources, Resources, open_resources
from pipelines.retrieval.retriever import QueryText
from pipelines.types import Filters
from storage_config.settings import Settings
from tests.emulators.cohere import API_KEY, CohereEmulator
from tests.emulators.qdrant import QdrantEmulator
from tests.support.ingesting import Site, paragraph
from tests.support.models import model_folder

READERS = 50
SECONDS = 60.0
PAGES = [f"page{number}" for number in range(8)]
CORPUS_FILE = """
[corpora.handbook]
source = {{ kind = "markdown", path = "docs" }}
base_url = "https://example.org/docs"
chunk = {{ max_tokens = 96, overlap_tokens = 0 }}
embedding = "{embedding}"
embedding_dimension = {dimension}
llm = ["extractive"]
"""


@asynccontextmanager
async def opened(
    folder: Path, embedding: str, dimension: int, *, environment: dict[str, Any]
) -> AsyncIterator[Resources]:
    """What a process opens whose corpus file names this embedding."""
    config = folder / f"{embedding.partition('/')[0]}.toml"
    config.write_text(CORPUS_FILE.format(embedding=embedding, dimension=dimension), encoding="utf-8")
    async with open_resources(
        Settings(_env_file=None, config=config, data_dir=folder / "data", **environment)
    ) as found:
        yield found


class Readers:
    """Readers of one process, each asking without a pause; `seen` are the fingerprints that each one met, in order."""

    def __init__(self, corpus: CorpusResources) -> None:
        self._corpus = corpus
        self._ended = asyncio.Event()
        self.seen: list[list[str]] = [[] for _ in range(READERS)]
        self.tasks = [asyncio.create_task(self._read(number)) for number in range(READERS)]

    async def until_all_met(self, fingerprint: str) -> None:
        """Raises what a reader failed with."""
        async with asyncio.timeout(SECONDS):
            while not all(mine and mine[-1] == fingerprint for mine in self.seen):
                for task in self.tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)

    async def end(self) -> None:
        """Raises what a reader failed with."""
        self._ended.set()
        await asyncio.gather(*self.tasks)

    async def _read(self, number: int) -> None:
        name = PAGES[number % len(PAGES)]
        while not self._ended.is_set():
            text = f"{paragraph(name, len(self.seen[number]) % 6)} reader {number}"
            asked = self._corpus.index.retrieve([QueryText(text)], filters=Filters(uris=(f"{name}.md",)), top_n=3)
            retrieval, index = await asked
            assert retrieval.passages, "a page of both versions is always found"
            self.seen[number].append(index.fingerprint)
            await asyncio.sleep(0)


async def test_a_new_embedding_model_comes_without_a_failed_query(tmp_path: Path, database_url: str) -> None:
    site = Site(tmp_path / "docs")
    for name in PAGES:
        site.write(name)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(model_folder(), target_is_directory=True)
    async with AsyncExitStack() as stack:
        qdrant = await stack.enter_async_context(QdrantEmulator())
        cohere = await stack.enter_async_context(CohereEmulator())
        environment = {
            "database_url": database_url,
            "qdrant_url": qdrant.url,
            "cohere_api_key": API_KEY,
            "cohere_base_url": cohere.url,
        }
        server = await stack.enter_async_context(opened(tmp_path, "local/minilm", 384, environment=environment))
        command = await stack.enter_async_context(opened(tmp_path, "cohere/embed-v4.0", 256, environment=environment))
        old, new = server.corpus().ingestion, command.corpus().ingestion
        built = await old.ingest()
        readers = Readers(server.corpus())
        await readers.until_all_met(old.fingerprint)
        report = await new.ingest()
        assert (report.changed, report.nodes_embedded) == (len(PAGES), built.nodes_embedded)
        await readers.until_all_met(new.fingerprint)
        await readers.end()
        for mine in readers.seen:
            assert [fingerprint for fingerprint, _ in groupby(mine)] == [old.fingerprint, new.fingerprint]
        assert list(qdrant.collections) == [new.collection]
        answered = sum(map(len, readers.seen))
        assert answered > 2 * READERS
        print(f"{answered} queries of {READERS} readers, none failed")  # noqa: T201
