"""Local embeddings without any key: all-MiniLM-L6-v2 on onnxruntime, 384 dimensions."""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from onnxruntime import InferenceSession, SessionOptions
from pydantic import PrivateAttr
from tokenizers import Tokenizer

from pipelines.providers.minilm_files import build_quantised_model, minilm_hash, read_tokenizer
from pipelines.retrieval.query_cache import QueryCache, Vector

DIMENSION = 384
MODEL_NAME = "local/minilm"


class MiniLmEncoder:
    """Text to unit vector: WordPiece, six layers, mean over the tokens, L2 norm (sentence-transformers' model card).

    One text a run. Dynamic quantisation takes its scale from the whole input, so that in a batch a text's vector would
    depend on its neighbours (cosine down to .978), and a re-run would not give the same points; nor is a batch faster.
    """

    def __init__(self, model: Path, *, intra_op_threads: int = 1) -> None:
        options = SessionOptions()
        options.intra_op_num_threads = intra_op_threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer: Tokenizer = read_tokenizer()

    def encode(self, text: str) -> Vector:
        """Shape (384,), length 1. What lies past 256 tokens does not count. Safe to call from several threads."""
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        mean: Vector = self._session.run(None, {"input_ids": ids})[0][0]
        unit: Vector = mean / np.linalg.norm(mean)
        return unit


class MiniLmEmbedding(BaseEmbedding):
    """LlamaIndex embedding over one `MiniLmEncoder` in a thread of its own, so that asyncio is never blocked.

    Waiting queries go first, also in the middle of a batch of documents: a query waits for one text at most. Query
    vectors are remembered, `cached_queries` of them. Build it off the event loop: it reads 23 MB.
    """

    remembers_queries: ClassVar[bool] = True  # a retriever need not do so

    _encoder: MiniLmEncoder = PrivateAttr()
    _executor: ThreadPoolExecutor = PrivateAttr()
    _cache: QueryCache = PrivateAttr()
    _queries: deque[tuple[str, Future[Vector]]] = PrivateAttr(default_factory=deque)

    def __init__(self, cache_folder: Path, *, intra_op_threads: int = 1, cached_queries: int = 10_000) -> None:
        """`cache_folder` keeps the int8 model (23 MB). Raises ConfigurationError where a package is missing."""
        super().__init__(model_name=MODEL_NAME, embed_batch_size=64)
        self._encoder = _build_encoder(cache_folder, intra_op_threads)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="minilm")
        self._cache = QueryCache(cached_queries)

    @classmethod
    def class_name(cls) -> str:
        """LlamaIndex's name of the class."""
        return "MiniLmEmbedding"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    @property
    def model_hash(self) -> str:
        """What the vectors depend on, for the fingerprint of a corpus."""
        return minilm_hash()

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
        return _as_list(self._encoder.encode(query) if vector is None else vector)

    def _get_text_embedding(self, text: str) -> list[float]:
        return _as_list(self._encoder.encode(text))

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self._aget_text_embeddings([text]))[0]

    async def _aget_text_embeddings(self, texts: Sequence[str]) -> list[list[float]]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._encode_documents, list(texts))

    def _encode_documents(self, texts: list[str]) -> list[list[float]]:
        vectors = []
        for text in texts:
            self._encode_queries()
            vectors.append(_as_list(self._encoder.encode(text)))
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
                future.set_result(self._encoder.encode(text))
            except Exception as error:
                future.set_exception(error)


def _build_encoder(cache_folder: Path, intra_op_threads: int) -> MiniLmEncoder:
    """A file that onnxruntime cannot read (a full or failing disk) is made once more."""
    path = build_quantised_model(cache_folder)
    try:
        return MiniLmEncoder(path, intra_op_threads=intra_op_threads)
    except Exception:
        path.unlink(missing_ok=True)
    return MiniLmEncoder(build_quantised_model(cache_folder), intra_op_threads=intra_op_threads)


def _as_list(vector: Vector) -> list[float]:
    values: list[float] = vector.tolist()
    return values
