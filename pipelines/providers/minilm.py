"""Local embeddings without any key: all-MiniLM-L6-v2 on onnxruntime, 384 dimensions."""

from pathlib import Path
from typing import ClassVar

import numpy as np
from tokenizers import Tokenizer

from pipelines.providers.local_embedding import DIMENSION, LocalEmbedding, LocalEncoder, open_encoder
from pipelines.providers.minilm_files import build_quantised_model, minilm_hash, read_tokenizer
from pipelines.retrieval.query_cache import Vector

__all__ = ["DIMENSION", "MODEL_NAME", "MiniLmEmbedding", "MiniLmEncoder"]

MODEL_NAME = "local/minilm"


class MiniLmEncoder(LocalEncoder):
    """WordPiece, six layers, mean over the tokens, L2 norm (sentence-transformers' model card)."""

    def __init__(self, model: Path, *, intra_op_threads: int = 1) -> None:
        super().__init__(model, intra_op_threads=intra_op_threads)
        self._tokenizer: Tokenizer = read_tokenizer()

    def encode(self, text: str) -> Vector:
        """As `LocalEncoder` says. What lies past 256 tokens does not count."""
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        mean: Vector = self._session.run(None, {"input_ids": ids})[0][0]
        unit: Vector = mean / np.linalg.norm(mean)
        return unit


class MiniLmEmbedding(LocalEmbedding):
    """MiniLM for LlamaIndex. Build it off the event loop: it reads 23 MB."""

    least_same_question: ClassVar[float | None] = 0.78

    def __init__(self, cache_folder: Path, *, intra_op_threads: int = 1, cached_queries: int = 10_000) -> None:
        """`cache_folder` keeps the int8 model (23 MB). Raises ConfigurationError where a package is missing."""
        encoder = open_encoder(
            lambda: build_quantised_model(cache_folder),
            lambda path: MiniLmEncoder(path, intra_op_threads=intra_op_threads),
        )
        super().__init__(encoder, name=MODEL_NAME, cached_queries=cached_queries)

    @classmethod
    def class_name(cls) -> str:
        """LlamaIndex's name of the class."""
        return "MiniLmEmbedding"

    @property
    def model_hash(self) -> str:
        """What the vectors depend on, for the fingerprint of a corpus."""
        return minilm_hash()
