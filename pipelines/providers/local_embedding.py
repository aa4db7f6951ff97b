"""Embedding models that run in this process: one text at a time in a thread of its own, queries before documents."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar, TypeVar

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from pipelines.providers.onnx_session import InferenceSession, SessionOptions
from pipelines.retrieval.query_cache import QueryCache, Vector

DIMENSION = 384  # of every local model
_Encoder = TypeVar("_Encoder", bound="LocalEncoder")


class LocalEncoder(ABC):
    """Text to unit vector of 384 numbers, on onnxruntime.

    One text a run. Dynamic quantisation takes its scale from the whole input, so that in a batch a text's vector would
    depend on its neighbours (cosine down to .978), and a re-run would not give the same points; nor is a batch faster.
    """

    def __init__(self, model: Path, *, intra_op_threads: int = 1) -> None:
        options = SessionOptions()
        options.intra_op_num_threads = intra_op_threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = InferenceSession(model, options, providers=["CPUExecutionProvider"])

    @abstractmethod
    def encode(self, text: str) -> Vector:
        """Shape (384,), length 1. Safe to call from several threads."""


class LocalEmbedding(BaseEmbedding):
    """LlamaIndex embedding over one `LocalEncoder` in a thread of its own, so that asyncio is never blocked.

    Waiting queries go first, also in the middle of a batch of documents: a query waits for one text at most. Query
    vectors are remembered, `cached_queries` of them.
    """

    remembers_queries: ClassVar[bool] = True  # a retriever need not do so
    query_prefix: ClassVar[str] = ""  # what the model was trained to see before each kind of text
    passage_prefix: ClassVar[str] = ""
    # What texts have in common that have nothing to do with each other: see `Legs.above`.
    least_cosine: ClassVar[float] = 0.0
    # From which cosine on, beyond the least one, two questions may ask the same: see `SameQuestion`.
    least_same_question: ClassVar[float | None] = None

    _encoder: LocalEncoder = PrivateAttr()
    _executor: ThreadPoolExecutor = PrivateAttr()
    _cache: QueryCache = PrivateAttr()
    _queries: deque[tuple[str, Future[Vector]]] = PrivateAttr(default_factory=deque)

    def __init__(self, encoder: LocalEncoder, *, name: str, cached_queries: int) -> None:
        super().__init__(model_name=name, embed_batch_size=64)
        self._encoder = encoder
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name.partition("/")[2])
        self._cache = QueryCache(cached_queries)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    @property
    @abstractmethod
    def model_hash(self) -> str:
        """What the vectors depend on, for the fingerprint of a corpus."""

    def close(self) -> None:
        """Ends the thread; queries that wait fail. Calling it again does nothing."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        while self._queries:
            self._queries.popleft()[1].set_exception(RuntimeError("the embedding model is closed"))

    async def aget_query_embedding(self, query: str) -> list[float]:
        """The query's vector. Overridden to leave out LlamaIndex's instrumentation, which costs more than a hit."""
        return await self._aget_query_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        vector = await self._cache.get_or_compute(self.model_hash, query, self._submit_query)
        return _as_list(vector)

    def _get_query_embedding(self, query: str) -> list[float]:
        vector = self._cache.get(self.model_hash, query)
        return _as_list(self._encode_query(query) if vector is None else vector)

    def _get_text_embedding(self, text: str) -> list[float]:
        return _as_list(self._encoder.encode(self.passage_prefix + text))

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self._aget_text_embeddings([text]))[0]

    async def _aget_text_embeddings(self, texts: Sequence[str]) -> list[list[float]]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._encode_documents, list(texts))

    def _encode_documents(self, texts: list[str]) -> list[list[float]]:
        vectors = []
        for text in texts:
            self._encode_queries()
            vectors.append(_as_list(self._encoder.encode(self.passage_prefix + text)))
        return vectors

    def _submit_query(self, text: str) -> Future[Vector]:
        future: Future[Vector] = Future()
        self._queries.append((text, future))
        self._executor.submit(self._encode_queries)
        return future

    def _encode_queries(self) -> None:
        """Answers every query that waits now; the calls that were made for the later ones then find nothing to do."""
        while self._queries:
            text, future = self._queries.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._encode_query(text))
            except Exception as error:
                future.set_exception(error)

    def _encode_query(self, text: str) -> Vector:
        return self._encoder.encode(self.query_prefix + text)


def open_encoder(build_file: Callable[[], Path], open_file: Callable[[Path], _Encoder]) -> _Encoder:
    """The encoder of a file; one that onnxruntime cannot read (a full or failing disk) is made once more."""
    path = build_file()
    try:
        return open_file(path)
    except Exception:
        path.unlink(missing_ok=True)
    return open_file(build_file())


def _as_list(vector: Vector) -> list[float]:
    values: list[float] = vector.tolist()
    return values
