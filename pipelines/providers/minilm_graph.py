"""MiniLM's layers as an ONNX graph that computes in int8, built from the weights of the shipped file.

The shipped file keeps its matrices in int8 with one scale for each output channel, and widens them to fp32 before each
product. Here the same integers and scales go into onnxruntime's dynamically quantised products, so nothing is rounded
again, and attention, GELU and layer normalisation are one node each: 63 nodes in the place of about 470. For one text
a run, without padding; the output is the mean over the tokens.
Architecture: BERT (Devlin et al. 2019) of 6 layers, 12 heads, 384 wide. Operators: onnxruntime's ContribOperators.md.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH = 6, 12, 384
_MATRICES_OF_A_LAYER = 6  # query, key, value, attention output, feed-forward in and out, in the file's order
_EPSILON = 1e-12
_ORT = "com.microsoft"

Weights = Mapping[str, NDArray[Any]]


def build_graph(weights_file: bytes, *, unsigned: bool) -> bytes:
    """The graph as a model file of 23 MB, input `input_ids` of shape (1, tokens), output `sentence` of (1, 384).

    `unsigned` shifts the matrices by 128 into uint8: the same result, without the saturation that int8 has on x86
    processors that lack VNNI.
    """
    stored = onnx.load_model_from_string(weights_file).graph.initializer
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in stored}
    matrices = [name.removesuffix("_q") for name in weights if name.startswith("val_") and name.endswith("_q")]
    if len(matrices) != LAYERS * _MATRICES_OF_A_LAYER:
        raise ValueError(f"{len(matrices)} matrices in the weights, not {LAYERS * _MATRICES_OF_A_LAYER}")
    draft = _Draft(weights, unsigned)
    hidden = _embedding(draft)
    return _finish(
        draft, matrices, hidden, helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens_in"])
    )


def build_encoder(weights: Weights, matrices: list[str], *, unsigned: bool) -> bytes:
    """A graph of the same layers, as many as there are matrices for, whose input are rows of a table of words.

    Input `rows` of shape (1, tokens, 384), output `sentence` of (1, 384). `inner.embeddings.positions` holds what is
    added to each row by its place.
    """
    draft = _Draft(weights, unsigned)
    count = draft.node("Shape", ["rows"], "count", domain="", start=1, end=2)
    hidden = _placed(draft, "rows", weights["inner.embeddings.positions"], count)
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, [1, "tokens_in", WIDTH])
    return _finish(draft, matrices, hidden, rows)


def _finish(draft: "_Draft", matrices: list[str], hidden: str, taken: onnx.ValueInfoProto) -> bytes:
    for layer in range(len(matrices) // _MATRICES_OF_A_LAYER):
        start = layer * _MATRICES_OF_A_LAYER
        hidden = _layer(draft, layer, matrices[start : start + _MATRICES_OF_A_LAYER], hidden)
    draft.node("ReduceMean", [hidden, draft.constant("tokens", np.array([1]))], "sentence", domain="", keepdims=0)
    serialised: bytes = draft.model(taken).SerializeToString()
    return serialised


class _Draft:
    """A graph that grows node by node; values go by name."""

    def __init__(self, weights: Weights, unsigned: bool) -> None:
        self.weights = weights
        self._unsigned = unsigned
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, *, domain: str = _ORT, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def product(self, hidden: str, matrices: list[str], biases: list[str], output: str) -> str:
        """`hidden` times the matrices side by side, plus their biases."""
        values = np.concatenate([self.weights[f"{name}_q"] for name in matrices], axis=1)
        scales = np.concatenate([self.weights[f"{name}_scale"][0] for name in matrices])
        shift = 128 if self._unsigned else 0
        kind = np.uint8 if self._unsigned else np.int8
        inputs = [
            hidden,
            self.constant(f"{output}.values", (values.astype(np.int16) + shift).astype(kind)),
            self.constant(f"{output}.scales", scales),
            self.constant(f"{output}.zeros", np.full(len(scales), shift, kind)),
            self.constant(f"{output}.bias", np.concatenate([self.weights[name] for name in biases])),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, output)

    def normalised_sum(self, one: str, other: str, norm: str, output: str) -> str:
        """Layer normalisation of the sum of two."""
        gamma = self.constant(f"{output}.gamma", self.weights[f"{norm}.weight"])
        beta = self.constant(f"{output}.beta", self.weights[f"{norm}.bias"])
        return self.node("SkipLayerNormalization", [one, other, gamma, beta], output, epsilon=_EPSILON)

    def split(self, hidden: str, outputs: list[str]) -> list[str]:
        node = helper.make_node("Split", [hidden], outputs, name=f"{hidden}.split", axis=-1, num_outputs=len(outputs))
        self._nodes.append(node)
        return outputs

    def model(self, taken: onnx.ValueInfoProto) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [taken],
            [helper.make_tensor_value_info("sentence", TensorProto.FLOAT, [1, WIDTH])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_ORT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def _embedding(draft: _Draft) -> str:
    """Rows of the word table, widened as they are looked up, plus positions; every token is of the first type."""
    weights, prefix = draft.weights, "inner.embeddings."
    words = f"{prefix}word_embeddings.weight"
    rows = draft.node("Gather", [draft.constant("words", weights[f"{words}_q"]), "input_ids"], "rows_q", domain="")
    scales = draft.node("Gather", [draft.constant("scales", weights[f"{words}_scale"]), "input_ids"], "s", domain="")
    wide = draft.node("Cast", [rows], "rows_f", domain="", to=TensorProto.FLOAT)
    embedded = draft.node("Mul", [wide, scales], "rows", domain="")
    table = f"{prefix}position_embeddings.weight"
    positions = weights[f"{table}_q"] * weights[f"{table}_scale"] + weights[f"{prefix}token_type_embeddings.weight"][0]
    count = draft.node("Shape", ["input_ids"], "count", domain="", start=1, end=2)
    return _placed(draft, embedded, positions, count)


def _placed(draft: _Draft, rows: str, positions: NDArray[Any], count: str) -> str:
    """The rows of `count` tokens plus what stands for their places, normalised."""
    zero = draft.constant("zero", np.array([0]))
    places = [draft.constant("positions", positions.astype(np.float32)), zero, count]
    placed = draft.node("Unsqueeze", [draft.node("Slice", places, "places", domain=""), zero], "placed", domain="")
    return draft.normalised_sum(rows, placed, "inner.embeddings.LayerNorm", "embedded")


def _layer(draft: _Draft, number: int, matrices: list[str], hidden: str) -> str:
    prefix, own = f"inner.encoder.layer.{number}", f"layer{number}"
    attention = f"{prefix}.attention"
    biases = [f"{attention}.self.{part}.bias" for part in ("query", "key", "value")]
    together = draft.product(hidden, matrices[:3], biases, f"{own}.qkv")
    parts = draft.split(together, [f"{own}.{part}" for part in "qkv"])
    attended = draft.node("MultiHeadAttention", parts, f"{own}.attended", num_heads=HEADS)
    projected = draft.product(attended, [matrices[3]], [f"{attention}.output.dense.bias"], f"{own}.projected")
    middle = draft.normalised_sum(projected, hidden, f"{attention}.output.LayerNorm", f"{own}.middle")
    inner = draft.product(middle, [matrices[4]], [f"{prefix}.intermediate.dense.bias"], f"{own}.inner")
    active = draft.node("Gelu", [inner], f"{own}.active")
    outer = draft.product(active, [matrices[5]], [f"{prefix}.output.dense.bias"], f"{own}.outer")
    return draft.normalised_sum(outer, middle, f"{prefix}.output.LayerNorm", f"{own}.out")
