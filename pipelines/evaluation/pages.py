"""The passages of a corpus as its readers are served them, for who makes questions or claims from the pages."""

from collections.abc import Awaitable, Callable, Sequence

from pipelines.types import Chunk, Passage
from storage_config.postgres.database import Database, Session
from storage_config.records.document_texts import PublishedPage, list_published_pages

MAX_PAGES = 5_000

ReadChunks = Callable[[str], Awaitable[Sequence[Chunk]]]


async def load_passages(
    database: Database, read_chunks: ReadChunks, *, corpus: str, max_passages: int = 5_000
) -> list[Passage]:
    """The passages of the corpus's pages in their order, of pages spread evenly where there are too many.

    Empty where nothing was ingested. Raises VectorsUnavailable and DatabaseUnavailable.
    """

    async def read(session: Session) -> list[PublishedPage]:
        return await list_published_pages(session, corpus=corpus, groups=None, limit=MAX_PAGES, chars=0)

    passages: list[Passage] = []
    for page in _spread(await database.run(read)):
        if len(passages) >= max_passages:
            break
        passages += [_passage(page, chunk) for chunk in await read_chunks(page.uri)]
    return passages[:max_passages]


def _spread(pages: Sequence[PublishedPage]) -> list[PublishedPage]:
    """Every eighth page, then those beside them: whoever stops early has seen all parts of the site."""
    return [page for first in range(8) for page in pages[first::8]]


def _passage(page: PublishedPage, chunk: Chunk) -> Passage:
    return Passage(
        node_id=chunk.node_id,
        document_id=page.uri,
        uri=page.uri,
        url=chunk.url,
        title=page.title,
        heading_path=chunk.heading_path,
        anchor=chunk.anchor,
        text=chunk.text,
        start=chunk.start,
        end=chunk.end,
        quality="unknown",
        ordinal=chunk.ordinal,
        bibliography=None,
        score=0.0,
        dense_score=0.0,
        bm25_score=0.0,
    )
