"""An index in memory that scores as the product does, for measuring on data sets with parts of them left out."""

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.schema import Document, MetadataMode
from numpy.typing import NDArray

from pipelines.answering.ready_question import WeightedQueries
from pipelines.corpus import CorpusSpec, Flavour, MarkdownSource
from pipelines.providers.local_embedding import DIMENSION, LocalEmbedding
from pipelines.readers.sources import read_documents
from pipelines.retrieval.fusion import FusedHit, Legs, fuse_weighted
from pipelines.retrieval.section_store import CANDIDATES, OTHER_WORDS
from pipelines.splitting.splitter import SectionSplitter
from pipelines.text.bm25 import Bm25Encoder
from pipelines.text.synonyms import other_words
from pipelines.types import Passage
from storage_config.vectors.points import PointHit
from tests.support.models import LOCAL_MODELS, open_local_model

CACHE = Path(os.environ.get("FOOTNOTED_BENCH_CACHE", Path(tempfile.gettempdir()) / "footnoted_bench"))
LEG_HITS = CANDIDATES


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage to be found. `group` is what can be left out, such as an article."""

    id: str
    group: str
    title: str
    text: str
    heading_path: tuple[str, ...] = ()
    url: str = ""


class Vectors:
    """A local model's vectors, kept in a file for each name and list of texts: a second run embeds nothing."""

    def __init__(self, embedding: str = "local/minilm") -> None:
        CACHE.mkdir(parents=True, exist_ok=True)
        self.embedding = embedding
        self._model: LocalEmbedding | None = None

    def of(self, name: str, texts: Sequence[str], *, asked: bool = False) -> NDArray[np.float32]:
        """Shape (texts, 384). `asked` says that they are questions."""
        own = "" if self.embedding == "local/minilm" else self.embedding.partition("/")[2]
        digest = hashlib.sha256("\0".join([*([own] if own else []), *texts]).encode()).hexdigest()[:12]
        path = CACHE / f"{name}-{digest}.npy"
        if path.exists():
            kept: NDArray[np.float32] = np.load(path)
            return kept
        if self._model is None:
            self._model = open_local_model(self.embedding, CACHE)
        embed = self._model.get_query_embedding if asked else self._model.get_text_embedding
        vectors = np.array([embed(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSION)
        np.save(path, vectors)
        return vectors


class PassageIndex:
    """Cosine and BM25 over all entries, fused as `pipelines.retrieval.fusion` does it."""

    def __init__(
        self,
        entries: Sequence[Entry],
        vectors: NDArray[np.float32],
        *,
        language: str = "english",
        embedding: str = "local/minilm",
    ) -> None:
        self._least_cosine = LOCAL_MODELS[embedding].least_cosine
        self.entries = list(entries)
        self._vectors = vectors
        self._encoder = Bm25Encoder(language)
        self._language = language
        postings: dict[int, list[tuple[int, float]]] = {}
        for number, entry in enumerate(self.entries):
            sparse = self._encoder.encode_document(embedded_text(entry))
            for stem, value in zip(sparse.indices, sparse.values, strict=True):
                postings.setdefault(stem, []).append((number, value))
        total = len(self.entries)
        self._postings = {
            stem: (np.array([n for n, _ in held]), np.array([v for _, v in held]) * _idf(total, len(held)))
            for stem, held in postings.items()
        }
        self._groups = np.array([entry.group for entry in self.entries])

    def bm25(self, text: str) -> NDArray[np.float64]:
        """BM25 of every entry."""
        scores = np.zeros(len(self.entries))
        asked = dict.fromkeys(self._encoder.encode_query(text).indices, 1.0)
        for stem, weight in (dict.fromkeys(other_words(text, self._language), OTHER_WORDS) | asked).items():
            if stem in self._postings:
                numbers, values = self._postings[stem]
                scores[numbers] += weight * values
        return scores

    def search(
        self, queries: WeightedQueries, vectors: Sequence[NDArray[np.float32]], *, top_n: int = 8, without: str = ""
    ) -> list[Passage]:
        """The best passages for weighted queries; entries of the group `without` are left out."""
        allowed = self._groups != without
        legs = []
        for (text, weight), vector in zip(queries, vectors, strict=True):
            dense = np.where(allowed, self._vectors @ vector, -1.0)
            sparse = np.where(allowed, self.bm25(text), 0.0)
            legs.append((Legs(self._hits(dense), self._hits(sparse)).above(self._least_cosine), weight))
        return [self._passage(hit) for hit in fuse_weighted(legs)[:top_n]]

    def _hits(self, scores: NDArray[Any]) -> tuple[PointHit, ...]:
        best = np.argsort(-scores, kind="stable")[:LEG_HITS]
        return tuple(PointHit(str(n), float(scores[n]), {}) for n in best if scores[n] > 0)

    def _passage(self, hit: FusedHit) -> Passage:
        entry = self.entries[int(hit.id)]
        return Passage(
            node_id=entry.id, document_id=entry.group, uri=entry.group, url=entry.url,
            title=entry.title, heading_path=entry.heading_path, anchor=None, text=entry.text, start=0,
            end=len(entry.text),
            quality="unknown", ordinal=0, bibliography=None, score=hit.score, dense_score=hit.dense,
            bm25_score=hit.bm25,
        )  # fmt: skip


def embedded_text(entry: Entry) -> str:
    """What the product embeds of a section: breadcrumb, blank line, text."""
    breadcrumb = " > ".join(part for part in (entry.title, *entry.heading_path) if part)
    return f"{breadcrumb}\n\n{entry.text}" if breadcrumb else entry.text


def read_sections(folder: Path, flavour: Flavour) -> list[Entry]:
    """The sections of a documentation tree, read and cut as an ingestion does it."""
    source = MarkdownSource(kind="markdown", path=folder, flavour=flavour)
    spec = CorpusSpec(name="docs", folder=folder, source=source, base_url="https://docs.example")
    pages = [page for page in read_documents(spec, max_page_chars=2_000_000) if isinstance(page, Document)]
    return [
        Entry(
            str(number), node.metadata["uri"], node.metadata["title"] or "", node.get_content(MetadataMode.NONE),
            tuple(node.metadata["heading_path"]), node.metadata["url"],
        )
        for number, node in enumerate(SectionSplitter().get_nodes_from_documents(pages))
    ]  # fmt: skip


def _idf(total: int, count: int) -> float:
    """As Qdrant computes it for sparse vectors with the IDF modifier."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """A file of one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
