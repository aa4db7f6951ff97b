"""The section stores over either vector store."""

from pipelines.retrieval.server_store import ServerVectorStore
from pipelines.retrieval.vector_store import Collections, EdgeVectorStore
from pipelines.text.bm25 import Bm25Encoder
from storage_config.vectors.points import PointCollections
from storage_config.vectors.qdrant import ServerCollections


def collections_of(vectors: PointCollections, language: str = "english") -> Collections:
    """As `open_resources` builds them."""
    build_store = ServerVectorStore if isinstance(vectors, ServerCollections) else EdgeVectorStore
    return Collections(vectors, Bm25Encoder(language), build_store)
