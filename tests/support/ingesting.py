"""What the tests of ingestion share: a small site on disk, an embedding that counts, the state that must come out."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from pipelines.corpus import ChunkSpec, CorpusSpec, MarkdownSource
from pipelines.errors import VendorError
from pipelines.ingestion.growth import StorageLimits
from pipelines.ingestion.ingestion import Ingestion
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.readers.sources import open_source, read_upload
from storage_config.postgres.database import Database, Session
from storage_config.records import corpora, documents
from storage_config.vectors.points import PointCollections
from tests.support.collections import collections_of

DIMENSION = 16
UNLIMITED = StorageLimits(10**12, 10**12)


class HashedEmbedding(BaseEmbedding):
    """Vectors from a hash of the text; records every text that it embeds, and fails as it is told."""

    _embedded: list[str] = PrivateAttr(default_factory=list)
    _failures: list[VendorError] = PrivateAttr(default_factory=list)

    @property
    def embedded(self) -> list[str]:
        """Texts that were embedded, in order."""
        return self._embedded

    def fail_next(self, *errors: VendorError) -> None:
        """The next calls raise these, one each."""
        self._failures += errors

    def _get_text_embedding(self, text: str) -> list[float]:
        self._embedded.append(text)
        digest = hashlib.sha256(text.encode()).digest()[:DIMENSION]
        return [byte / 255 + 0.001 for byte in digest]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        if self._failures:
            raise self._failures.pop(0)
        return [self._get_text_embedding(text) for text in texts]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embedding(text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._get_text_embeddings(texts)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@dataclass(frozen=True, slots=True)
class Site:
    """A site on disk: pages of `paragraphs` short paragraphs under two headings."""

    folder: Path

    def write(self, name: str, *, paragraphs: int = 6, marker: str = "") -> Path:
        """Writes a page; the same arguments give the same text."""
        path = self.folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        blocks = [f"# {name}", ""]
        for number in range(paragraphs):
            if number % 3 == 0:
                blocks += [f"## Part {number // 3} of {name}", ""]
            blocks += [paragraph(name, number, marker), ""]
        path.write_text("\n".join(blocks), encoding="utf-8")
        return path

    def remove(self, name: str) -> None:
        """Deletes a page."""
        (self.folder / f"{name}.md").unlink()

    def spec(self, *, corpus: str = "handbook", max_tokens: int = 96) -> CorpusSpec:
        """The corpus of this site."""
        return CorpusSpec(
            name=corpus,
            folder=self.folder.parent,
            source=MarkdownSource(kind="markdown", path=self.folder),
            base_url="https://example.org/docs",
            chunk=ChunkSpec(max_tokens=max_tokens, overlap_tokens=0),
        )


def paragraph(name: str, number: int, marker: str = "") -> str:
    """A paragraph of about forty words that no other page or place has."""
    words = [f"{name.replace('/', ' ')} {marker} item{number}x{word}" for word in range(14)]
    return f"Paragraph {number}: " + ", ".join(words) + "."


def build_ingestion(
    spec: CorpusSpec,
    database: Database,
    vectors: PointCollections,
    *,
    embed_model: BaseEmbedding,
    fingerprint: str = "f1",
    limits: StorageLimits = UNLIMITED,
) -> Ingestion:
    """An ingestion with the test's parts."""
    return Ingestion(
        spec=spec,
        source=open_source(spec, max_page_chars=100_000),
        read_upload=partial(read_upload, spec, max_page_chars=100_000),
        splitter=PageSplitter(spec, fingerprint),
        embed_model=embed_model,
        dimension=DIMENSION,
        database=database,
        collections=collections_of(vectors),
        limits=limits,
    )


@dataclass(frozen=True, slots=True)
class IndexState:
    """All that an ingestion leaves: points with payloads, rows, and which collection is served.

    Ids and times of rows are left out, since no two builds share them.
    """

    points: Mapping[str, Mapping[str, Any]]
    rows: Sequence[tuple[Any, ...]]
    active: str | None
    collections: Sequence[str]


async def read_index_state(spec: CorpusSpec, database: Database, vectors: PointCollections) -> IndexState:
    """What is there now."""

    async def load(session: Session) -> tuple[corpora.Corpus, list[documents.StoredDocument]]:
        corpus = await corpora.ensure_corpus(session, name=spec.name)
        states = await documents.list_document_states(session, corpus_id=corpus.id)
        stored = [await documents.get_document(session, document_id=state.id) for state in states]
        return corpus, [one for one in stored if one is not None]

    corpus, stored = await database.run(load)
    store = await collections_of(vectors).open_existing(corpus.active_collection or "none")
    by_id = {str(one.id): one.uri for one in stored}
    points = {}
    for point, payload in (await store.alist_points() if store else {}).items():
        points[point] = {**payload, "document_id": by_id.get(payload["document_id"], "no such row")}
    rows = [
        (one.uri, one.url, one.title, one.content_hash, one.fingerprint, one.status, one.text, one.node_count)
        for one in stored
    ]
    return IndexState(points, rows, corpus.active_collection, [n for n in await vectors.names() if spec.name in n])
