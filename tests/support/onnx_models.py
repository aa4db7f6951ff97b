"""A small ONNX sequence classifier over pairs, made for tests: each word adds its row to the logits."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

LABELS = ("contradiction", "neutral", "entailment")
# What a word of the hypothesis (the second segment) adds to each logit; other words, and all of the premise, add none.
WEIGHTS: Mapping[str, tuple[float, float, float]] = {"purr": (0, 0, 4), "maybe": (0, 4, 0), "bark": (4, 0, 0)}
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def write_reranker(folder: Path, *, labels: Sequence[str] = ("LABEL_0",)) -> Path:
    """A folder with a reranker of one logit: each "bark" of the passage adds 4 to it, which begins at 0."""
    return write_classifier(folder, labels=labels, columns=len(labels), rows={"bark": (4, 8)})


def write_classifier(
    folder: Path,
    *,
    graph: str = "model.onnx",
    labels: Sequence[str] = LABELS,
    columns: int = 3,
    positions: int = 512,
    rows: Mapping[str, Sequence[float]] = WEIGHTS,
) -> Path:
    """The folder, with model, tokenizer and configuration. The logits' columns are in the order of `LABELS`.

    The graph sums rows[id] * attention_mask * token_type_id: it is wrong wherever one of the three inputs is.
    """
    words = [*_SPECIAL, *rows]
    table = np.zeros((len(words), columns), dtype=np.float32)
    table[0] = 50  # padding that is not masked spoils everything
    for word, weights in rows.items():
        table[words.index(word)] = weights[:columns]
    path = folder / graph
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(_graph(table), path)
    _tokenizer(words).save(str(folder / "tokenizer.json"))
    config = {"id2label": {str(n): label for n, label in enumerate(labels)}, "max_position_embeddings": positions}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def _graph(rows: np.ndarray) -> onnx.ModelProto:
    names = ("input_ids", "attention_mask", "token_type_ids")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in names]
    nodes = [
        helper.make_node("Gather", ["rows", "input_ids"], ["embedded"]),
        helper.make_node("Mul", ["attention_mask", "token_type_ids"], ["counted"]),
        helper.make_node("Cast", ["counted"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["column"]),
        helper.make_node("Mul", ["embedded", "column"], ["masked"]),
        helper.make_node("ReduceSum", ["masked", "tokens"], ["logits"], keepdims=0),
    ]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", rows.shape[1]])
    constants = [
        numpy_helper.from_array(rows, "rows"),
        numpy_helper.from_array(np.array([2], dtype=np.int64), "last"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "tokens"),
    ]
    graph = helper.make_graph(nodes, "classifier", inputs, [output], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def _tokenizer(words: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    special = [(word, words.index(word)) for word in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=special
    )
    return tokenizer
