"""multilingual-e5-small's twelve layers as an ONNX graph that computes in int8, from the package's 4-bit weights.

The architecture is MiniLM's with twice the layers, so the graph is built by the same steps. Each matrix is widened from
its blocks of 4 bits and rounded to int8 with one scale for each output channel, as onnxruntime's dynamically quantised
products want it. The table of words, three quarters of the file, stays where it is: its rows are looked up outside, and
the graph takes them as `rows`.
"""

import numpy as np

from pipelines.providers.minilm_graph import Weights, build_encoder
from pipelines.splitting.e5_weights import E5Weights, Floats

_MATRICES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
}  # fmt: skip
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def build_e5_graph(weights: E5Weights, *, unsigned: bool) -> bytes:
    """The graph as a model file of 22 MB, input `rows` of shape (1, tokens, 384), output `sentence` of (1, 384)."""
    named, matrices = _named(weights)
    return build_encoder(named, matrices, unsigned=unsigned)


def _named(weights: E5Weights) -> tuple[Weights, list[str]]:
    """The weights by the names that the graph's steps look for, and the names of the matrices in order."""
    sizes, matrices = weights.sizes, list[str]()
    named = {
        "inner.embeddings.positions": weights.floats("emb.pos", sizes.positions, sizes.width)
        + weights.floats("emb.type", sizes.types, sizes.width)[0],
        "inner.embeddings.LayerNorm.weight": weights.floats("emb.ln.w", sizes.width),
        "inner.embeddings.LayerNorm.bias": weights.floats("emb.ln.b", sizes.width),
    }
    for layer in range(sizes.layers):
        prefix = f"inner.encoder.layer.{layer}"
        for short, name in _MATRICES.items():
            wide = sizes.inner if short == "fi" else sizes.width
            deep = sizes.inner if short == "fo" else sizes.width
            matrix = weights.rows(f"l{layer}.{short}.w", deep, count=wide)
            values, scales = _rounded(matrix)
            named |= {f"{prefix}.{name}_q": values, f"{prefix}.{name}_scale": scales}
            named[f"{prefix}.{name}.bias"] = weights.floats(f"l{layer}.{short}.b", wide)
            matrices.append(f"{prefix}.{name}")
        for short, name in _NORMS.items():
            named[f"{prefix}.{name}.weight"] = weights.floats(f"l{layer}.{short}.w", sizes.width)
            named[f"{prefix}.{name}.bias"] = weights.floats(f"l{layer}.{short}.b", sizes.width)
    return named, matrices


def _rounded(matrix: Floats) -> tuple[Floats, Floats]:
    """A matrix of (out, in) as int8 values of (in, out) with a scale for each output channel, shape (1, out)."""
    scales = np.abs(matrix).max(axis=1) / 127
    return np.rint(matrix / scales[:, None]).T, scales[None]
