"""A site under ingestion on a real database and a real shard."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import BaseNode

from pipelines.ingestion.ingestion import Ingestion
from pipelines.splitting.pieces import PagePiece
from pipelines.splitting.splitter import SectionSplitter
from storage_config.postgres.database import Database
from storage_config.vectors.edge import EdgeShards
from tests.support.ingesting import (
    HashedEmbedding,
    IndexState,
    Site,
    build_ingestion,
    read_index_state,
)


class Bench:
    """A site under ingestion."""

    def __init__(self, site: Site, database: Database, vectors: EdgeShards, embed_model: HashedEmbedding) -> None:
        self.site, self.database, self.vectors, self.embed_model = site, database, vectors, embed_model

    def ingestion(self, *, fingerprint: str = "f1", max_tokens: int = 96) -> Ingestion:
        """An ingestion of the site."""
        return build_ingestion(
            self.site.spec(max_tokens=max_tokens),
            self.database,
            self.vectors,
            embed_model=self.embed_model,
            fingerprint=fingerprint,
        )

    async def state(self) -> IndexState:
        """What the index and the database hold."""
        return await read_index_state(self.site.spec(), self.database, self.vectors)

    async def clean_build(self, folder: Path, *, fingerprint: str = "f1") -> IndexState:
        """The same site ingested from nothing, as a corpus of the same name beside a database of its own."""
        spec = self.site.spec()
        shards = EdgeShards(folder)
        before = await self.state()
        try:
            other = build_ingestion(
                spec.model_copy(update={"name": "clean"}),
                self.database,
                shards,
                embed_model=HashedEmbedding(),
                fingerprint=fingerprint,
            )
            await other.ingest()
            clean = await read_index_state(spec.model_copy(update={"name": "clean"}), self.database, shards)
        finally:
            await shards.close()
        assert before.active is not None
        return clean


def without_ids(state: IndexState) -> list[tuple[str, int, str, str]]:
    """Points by place and text: ids differ between corpora."""
    return sorted((p["uri"], p["start"], p["text"], p["document_id"]) for p in state.points.values())


def break_splitting(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """The splitter raises on every page whose text has the word."""
    split = SectionSplitter._nodes_of

    def raising(self: SectionSplitter, page: BaseNode, text: str, cut: Sequence[PagePiece]) -> list[BaseNode]:
        if word in text:
            raise ZeroDivisionError
        return split(self, page, text, cut)

    monkeypatch.setattr(SectionSplitter, "_nodes_of", raising)


def pages_of(state: IndexState, uri: str) -> dict[str, Mapping[str, Any]]:
    """The points of a page."""
    return {key: point for key, point in state.points.items() if point["uri"] == uri}
