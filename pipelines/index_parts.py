"""What writes a corpus's points, whichever process does it: its models, its pipeline's fingerprint, its collections."""

from dataclasses import dataclass
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding

from pipelines.corpus import CorpusSpec, corpus_fingerprint
from pipelines.model_registry import Models
from pipelines.retrieval.vector_store import BuildStore, Collections, EdgeVectorStore
from pipelines.text.bm25 import Bm25Encoder
from storage_config.settings import Settings
from storage_config.vectors.points import PointCollections


@dataclass(frozen=True, slots=True)
class IndexParts:
    """The embedding model with its dimension, what names the pipeline, and the collections of the corpus."""

    embed_model: BaseEmbedding
    dimension: int
    fingerprint: str
    collections: Collections


async def open_index_parts(spec: CorpusSpec, vectors: PointCollections, models: Models) -> IndexParts:
    """The parts for `spec`. Raises ConfigurationError."""
    dimension = models.dimension(spec)
    embed_model = await models.embed_model(spec.embedding, dimension)
    encoder = Bm25Encoder(spec.language)
    fingerprint = corpus_fingerprint(
        spec,
        embed_model_hash=models.embed_model_hash(spec.embedding, embed_model),
        dimension=dimension,
        bm25=encoder.params | _params_by_locale(spec, encoder),
    )
    collections = Collections(vectors, encoder, store_builder(models.settings))
    return IndexParts(embed_model, dimension, fingerprint, collections)


def _params_by_locale(spec: CorpusSpec, encoder: Bm25Encoder) -> dict[str, Any]:
    """What shapes the vectors of pages in other locales; nothing where there are none."""
    locales = sorted({locale for part in spec.parts for locale in part.locales})
    return {"by_locale": {locale: encoder.for_locale(locale).params for locale in locales}} if locales else {}


def has_locales(spec: CorpusSpec) -> bool:
    """Whether pages of other locales than the default one are read."""
    return any(part.locales for part in spec.parts)


def store_builder(settings: Settings) -> BuildStore:
    """What makes a store of points: over the embedded engine, or over the server that the settings name."""
    if settings.qdrant_url is None:
        return EdgeVectorStore
    from pipelines.retrieval.server_store import ServerVectorStore

    return ServerVectorStore
