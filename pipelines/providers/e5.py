"""Local embeddings in a hundred languages: multilingual-e5-small on onnxruntime, 384 dimensions.

A question finds pages in another language. The weights come with the extra `footnoted[multilingual]`.
"""

import hashlib
from pathlib import Path
from typing import ClassVar

import numpy as np

from pipelines.providers.local_embedding import LocalEmbedding, LocalEncoder, open_encoder
from pipelines.providers.minilm_files import needs_unsigned, write_once
from pipelines.retrieval.query_cache import Vector
from pipelines.splitting.e5_tokens import MAX_TOKENS, open_e5_tokenizer
from pipelines.splitting.e5_weights import E5_EMBEDDING, WEIGHTS_SHA256, open_e5_weights

# Raise when the graph computes differently: vectors of both do not mix.
RECIPE = 1


class E5Encoder(LocalEncoder):
    """Unigram tokens, twelve layers, mean over the tokens, L2 norm (the model card of intfloat/multilingual-e5-small).

    The table of words stays in its file, mapped into memory, and the rows of a text are widened from it.
    """

    def __init__(self, model: Path, *, intra_op_threads: int = 1) -> None:
        super().__init__(model, intra_op_threads=intra_op_threads)
        self._tokenizer, self._weights = open_e5_tokenizer(), open_e5_weights()

    def encode(self, text: str) -> Vector:
        """As `LocalEncoder` says. What lies past 512 tokens does not count."""
        ids = self._tokenizer.ids(text)
        rows = self._weights.rows("emb.word", self._weights.sizes.width, ids)
        mean: Vector = self._session.run(None, {"rows": rows[None]})[0][0]
        unit: Vector = mean / np.linalg.norm(mean)
        return unit


class E5Embedding(LocalEmbedding):
    """multilingual-e5-small for LlamaIndex. Build it off the event loop: it reads 72 MB and makes a tokenizer of it."""

    query_prefix: ClassVar[str] = "query: "
    passage_prefix: ClassVar[str] = "passage: "
    # Its cosines lie between .70 and .95, since it was trained at a temperature of .01. Of the values from 0 to .8, .5
    # and .6 gave the best fused ranking of SQuAD's questions (nDCG@10 .930 and .929; .926 at 0, .921 at .8).
    least_cosine: ClassVar[float] = 0.6
    least_same_question: ClassVar[float | None] = 0.82

    def __init__(self, cache_folder: Path, *, intra_op_threads: int = 1, cached_queries: int = 10_000) -> None:
        """`cache_folder` keeps the int8 graph (22 MB). Raises ConfigurationError where the extra is missing."""
        encoder = open_encoder(
            lambda: build_e5_model(cache_folder), lambda path: E5Encoder(path, intra_op_threads=intra_op_threads)
        )
        super().__init__(encoder, name=E5_EMBEDDING, cached_queries=cached_queries)

    @classmethod
    def class_name(cls) -> str:
        """LlamaIndex's name of the class."""
        return "E5Embedding"

    @property
    def model_hash(self) -> str:
        """What the vectors depend on, for the fingerprint of a corpus."""
        return e5_hash()


def e5_hash() -> str:
    """What the vectors depend on, as 64 hex digits: weights, recipe of the graph, prefixes and token limit."""
    prefixes = f"{E5Embedding.query_prefix}{E5Embedding.passage_prefix}"
    return hashlib.sha256(f"{WEIGHTS_SHA256} recipe={RECIPE} {prefixes} max_tokens={MAX_TOKENS}".encode()).hexdigest()


def build_e5_model(cache_folder: Path) -> Path:
    """The graph's file, made on the first call (0.3 s) and found again afterwards; atomically, as MiniLM's is."""
    unsigned = needs_unsigned()
    target = cache_folder / f"e5-small-{WEIGHTS_SHA256[:16]}-r{RECIPE}-{'u8' if unsigned else 's8'}.onnx"
    if target.is_file():
        return target
    # Takes 0.3 s to load, and is needed once a data folder.
    from pipelines.providers.e5_graph import build_e5_graph

    return write_once(target, build_e5_graph(open_e5_weights(), unsigned=unsigned))
