"""A process that ingests a site while readers query it, to be killed: `python -m tests.killable_ingestion`.

Takes jobs as lines of JSON and forks for each, so that the libraries are loaded once. What a job says on stdout is
lines too: `pid N` first, `step N` before every write, `lost URI` where a reader found nothing of a page that must be
there always, `done` at its end; this process says `ended` when the job's process is gone.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from qdrant_edge import UpdateOperation

from pipelines.retrieval.retriever import QueryText, SectionRetriever
from pipelines.types import Filters
from storage_config.errors import VectorsUnavailable
from storage_config.postgres.database import Database, Session, open_url
from storage_config.records.corpora import get_corpus
from storage_config.vectors.edge import EdgeShards
from tests.support.collections import collections_of
from tests.support.ingesting import HashedEmbedding, Site, build_ingestion

T = TypeVar("T")


class Steps:
    """Counts writes and ends this process by kill -9 before the one that is asked for."""

    def __init__(self, fatal: int | None) -> None:
        self._fatal = fatal
        self._count = 0

    def next(self) -> None:
        """Before a write."""
        self._count += 1
        say(f"step {self._count}")
        if self._count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def ingest(job: dict[str, Any]) -> None:
    """Ingests with readers around it."""
    steps = Steps(job["fatal_step"])
    async with open_url(job["database_url"]) as database:
        shards = EdgeShards(Path(job["vectors"]))
        readers = [asyncio.create_task(read(database, shards, job["steady"][number::2])) for number in range(2)]
        _count_writes(shards, database, steps)
        ingestion = build_ingestion(
            Site(Path(job["site"])).spec(),
            database,
            shards,
            embed_model=HashedEmbedding(),
            fingerprint=job["fingerprint"],
        )
        await ingestion.ingest()
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        await shards.close()
    say("done")


def _count_writes(shards: EdgeShards, database: Database, steps: Steps) -> None:
    change, run = shards.change, database.run

    async def counted_change(name: str, operations: Sequence[Callable[[], list[UpdateOperation]]]) -> None:
        steps.next()
        await change(name, operations)

    async def counted_run(work: Callable[[Session], Awaitable[T]], *, seconds: float | None = None) -> T:
        steps.next()
        return await run(work, seconds=seconds)

    shards.change, database.run = counted_change, counted_run  # type: ignore[method-assign]


async def read(database: Database, shards: EdgeShards, uris: list[str]) -> None:
    """Asks for each page in turn, always in the collection that is active."""
    embed_model = HashedEmbedding()
    while True:
        for uri in uris:
            async with database.session() as session:
                corpus = await get_corpus(session, name="handbook")
            if corpus is None or corpus.active_collection is None:
                await asyncio.sleep(0.01)
                continue
            try:
                store = await collections_of(shards).open_existing(corpus.active_collection)
                if store is None:
                    continue  # switched and dropped since the look
                retriever = SectionRetriever(store, embed_model)
                found = await retriever.retrieve_passages([QueryText(uri)], filters=Filters(uris=(uri,)), top_n=1)
            except VectorsUnavailable:
                continue  # the same
            if not found.passages:
                say(f"lost {uri}")
            await asyncio.sleep(0)


def main() -> None:
    """Forks for every job."""
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"pid {os.getpid()}")
            asyncio.run(ingest(json.loads(line)))
            os._exit(0)
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
