"""Sections on a Qdrant server: LlamaIndex's own store in type and configuration."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import AsyncQdrantClient

from pipelines.retrieval.section_store import SectionVectorStore, run_to_end
from pipelines.text.bm25 import Bm25Encoder
from storage_config.vectors.points import BM25, DENSE
from storage_config.vectors.qdrant import ServerPoints

T = TypeVar("T")


class ServerVectorStore(SectionVectorStore, QdrantVectorStore):  # type: ignore[misc]  # its shard keys are left out
    """Sections on a Qdrant server.

    A `QdrantVectorStore` in type and configuration. Its methods are replaced where they cost a second round trip, hide
    raw scores, need a sync client or delete everything when asked for nothing.
    """

    def __init__(self, points: ServerPoints, encoder: Bm25Encoder) -> None:
        QdrantVectorStore.__init__(
            self,
            points.name,
            aclient=points.client,
            enable_hybrid=True,
            dense_vector_name=DENSE,
            sparse_vector_name=BM25,
            index_doc_id=False,
            sparse_doc_fn=_batched(encoder.encode_document),
            sparse_query_fn=_batched(encoder.encode_query),
        )
        self._points = points
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        """LlamaIndex's name of the class."""
        return "ServerVectorStore"

    @property
    def client(self) -> AsyncQdrantClient:
        """The async client; there is no sync one."""
        return self._server.client

    @property
    def _server(self) -> ServerPoints:
        assert isinstance(self._points, ServerPoints)
        return self._points

    def _run(self, call: Callable[[SectionVectorStore], Awaitable[T]]) -> T:
        """A client of its own: connections of the app's client belong to the app's event loop."""

        async def with_own_client() -> T:
            client = AsyncQdrantClient(**self._server.client.init_options)
            try:
                return await call(ServerVectorStore(ServerPoints(client, self._server.name), self._encoder))
            finally:
                await client.close()

        return run_to_end(with_own_client)


def _batched(encode: Callable[[str], Any]) -> Callable[[list[str]], tuple[list[list[int]], list[list[float]]]]:
    """An encoder in the form that `QdrantVectorStore` wants."""

    def encode_all(texts: list[str]) -> tuple[list[list[int]], list[list[float]]]:
        vectors = [encode(text) for text in texts]
        return [vector.indices for vector in vectors], [vector.values for vector in vectors]

    return encode_all
