"""Cross-encoders on onnxruntime: whether a premise entails a hypothesis, whether a passage answers a question.

A folder with `model.onnx` (or `onnx/model.onnx`), `tokenizer.json` and `config.json`, as the hub's ONNX exports of
sequence classifiers have them. Which output means what is read from the `id2label` of the configuration, since models
order their labels differently.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from huggingface_hub import snapshot_download
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from pipelines.providers.onnx_session import InferenceSession, SessionOptions
from storage_config.errors import ConfigurationError

MAX_TOKENS = 512  # of premise and hypothesis together; the premise is cut
MAX_PAIRS = 16  # in one run: a batch of 16 times 512 tokens takes some 200 MB
_GRAPHS = ("model.onnx", "onnx/model.onnx")
_WANTED = [*_GRAPHS, "tokenizer.json", "config.json"]
_HUB_SECONDS = 10.0
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_MAX_CONFIG_BYTES = 1_000_000
_MAX_LOGIT = 500.0  # exp() of more overflows
_RELEVANT = ("relevant", "label_1", "1", "yes", "true", "positive")

Row = NDArray[np.float64]


class PairClassifier(ABC):
    """A sequence classifier over pairs of texts. Build it off the event loop: it reads the weights."""

    role: ClassVar[str]  # the key of the corpus file with the prefix of its value
    cut: ClassVar[Literal["only_first", "longest_first"]]  # which text of a pair gives way where both are too long
    instead: ClassVar[str]  # what can be declared in its place

    def __init__(self, folder: Path, *, name: str = "") -> None:
        """`name` is how the corpus file calls it. Raises ConfigurationError for a folder that holds no such model."""
        self._name = name or str(folder)
        graph = next((folder / path for path in _GRAPHS if (folder / path).is_file()), None)
        if graph is None:
            raise self._unusable(f"holds no model.onnx nor onnx/model.onnx in {folder}")
        config = self._read_config(folder / "config.json")
        self._column = self._find_column(_labels_of(config))
        limit = config.get("max_position_embeddings")
        self._tokenizer = self._read_tokenizer(folder / "tokenizer.json", limit if isinstance(limit, int) else None)
        pad = config.get("pad_token_id")
        self._pad = pad if isinstance(pad, int) else 0
        self._session = self._open(graph)
        self._inputs = [one.name for one in self._session.get_inputs()]
        if "input_ids" not in self._inputs or not set(self._inputs) <= set(_INPUTS):
            raise self._unusable(f"takes {', '.join(self._inputs)}; only {', '.join(_INPUTS)} are known")
        self.weights_hash = _hash_of(graph)
        self._check_outputs(config)

    def predict(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The probability of each pair, a few at once; may run in any thread."""
        encoded = self._tokenizer.encode_batch(list(pairs))
        scores = [0.0] * len(encoded)
        # Pairs of like length share a run, so that little is padded.
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
        for first in range(0, len(order), MAX_PAIRS):
            numbers = order[first : first + MAX_PAIRS]
            rows = _probabilities(self._logits([encoded[i] for i in numbers]))
            for number, row in zip(numbers, rows, strict=True):
                scores[number] = float(row[self._column])
        return scores

    def _logits(self, batch: Sequence[Encoding]) -> Row:
        longest = max(len(one.ids) for one in batch)
        feeds = {
            "input_ids": _padded([one.ids for one in batch], longest, self._pad),
            "attention_mask": _padded([one.attention_mask for one in batch], longest, 0),
            "token_type_ids": _padded([one.type_ids for one in batch], longest, 0),
        }
        output: Row = self._session.run(None, {name: feeds[name] for name in self._inputs})[0]
        return output.astype(np.float64)

    def _check_outputs(self, config: dict[str, Any]) -> None:
        """One run: a graph that is no classifier of these labels must be told at the start, not by each answer."""
        try:
            pairs = [("A premise.", "A hypothesis."), ("A premise of more words.", "A hypothesis.")]  # one is padded
            shape = self._logits(self._tokenizer.encode_batch(pairs)).shape
        except Exception as error:  # onnxruntime has an error of its own for each kind of misfit
            raise self._unusable(f"does not run ({type(error).__name__})") from None
        if shape != (len(pairs), len(config["id2label"])):
            raise self._unusable(f"answers with the shape {shape} for {len(config['id2label'])} labels")

    def _read_config(self, path: Path) -> dict[str, Any]:
        try:
            config = json.loads(path.read_bytes()[:_MAX_CONFIG_BYTES])
        except OSError as error:
            raise self._unusable(f"has no readable config.json ({error.strerror})") from None
        except ValueError:
            raise self._unusable("has a config.json that is no JSON") from None
        if not isinstance(config, dict) or not isinstance(config.get("id2label"), dict):
            raise self._unusable("has no id2label in its config.json")
        return config

    @abstractmethod
    def _find_column(self, labels: dict[str, str]) -> int:
        """Which output is the probability that is wanted; `labels` are in lower case, by number."""

    def _read_tokenizer(self, path: Path, limit: int | None) -> Tokenizer:
        if not path.is_file():
            raise self._unusable("has no tokenizer.json")
        # RoBERTa's positions begin behind its padding id, so two of those that its configuration names cannot be used.
        tokens = min(MAX_TOKENS, (limit or MAX_TOKENS + 2) - 2)
        if tokens <= 0:
            raise self._unusable(f"has no room for a sentence: max_position_embeddings is {limit}")
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises bare exceptions
            raise self._unusable(f"has a tokenizer.json that cannot be read ({type(error).__name__})") from None
        tokenizer.no_padding()
        tokenizer.enable_truncation(tokens, strategy=self.cut)
        return tokenizer

    def _open(self, graph: Path) -> InferenceSession:
        options = SessionOptions()
        options.intra_op_num_threads = 1  # answers share the processors
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has an error of its own for each kind of broken file
            raise self._unusable(f"has a model that cannot be read ({type(error).__name__})") from None

    def _unusable(self, why: str) -> ConfigurationError:
        return ConfigurationError(f"{self.role}/{self._name} {why}")


class CrossEncoder(PairClassifier):
    """Natural language inference: pairs are (premise, hypothesis), and the probability is that of entailment."""

    role = "verifier: nli"
    cut = "only_first"
    instead = "use the lexical verifier"

    def _find_column(self, labels: dict[str, str]) -> int:
        found = [number for number, label in labels.items() if label.startswith("entail")]
        if len(found) != 1 or not found[0].isdigit() or int(found[0]) >= len(labels):
            raise self._unusable(f"has no entailment label, only {', '.join(sorted(labels.values()))}")
        return int(found[0])


class RelevanceEncoder(PairClassifier):
    """A reranker: pairs are (question, passage), and the probability is that the passage answers.

    One output is a logit, as of models trained on MS MARCO; of two the one that is called relevant, or the second.
    """

    role = "cross-encoder"
    cut = "longest_first"  # a question as long as a page is still asked
    instead = 'use "none"'

    def _find_column(self, labels: dict[str, str]) -> int:
        if len(labels) == 1:
            return 0
        found = [number for number, label in labels.items() if label in _RELEVANT]
        if len(labels) != 2 or len(found) != 1 or found[0] not in ("0", "1"):
            raise self._unusable(f"is no reranker: its labels are {', '.join(sorted(labels.values()))}")
        return int(found[0])


_Classifier = TypeVar("_Classifier", bound=PairClassifier)


def open_classifier(kind: type[_Classifier], name: str, cache_folder: Path) -> _Classifier:
    """The model of a local folder, or of the hub's repository of that name, downloaded once into `cache_folder`.

    Raises ConfigurationError for a folder that is no such model, and where the hub cannot be reached or has none.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return kind(folder, name=name)
    try:
        found = snapshot_download(
            name, cache_dir=cache_folder, allow_patterns=_WANTED, etag_timeout=_HUB_SECONDS, max_workers=1
        )
    except Exception as error:  # the hub's client raises its own, httpx's and the disk's errors
        raise ConfigurationError(
            f"{kind.role}/{name} is no folder here, and the hub did not give it ({type(error).__name__}): "
            f"name a folder with model.onnx, tokenizer.json and config.json, or {kind.instead}"
        ) from None
    return kind(Path(found), name=name)


def open_cross_encoder(name: str, cache_folder: Path) -> CrossEncoder:
    """The verifier's model, as `open_classifier` opens it."""
    return open_classifier(CrossEncoder, name, cache_folder)


def _labels_of(config: dict[str, Any]) -> dict[str, str]:
    return {str(number): str(label).lower() for number, label in config["id2label"].items()}


def _padded(rows: Sequence[Sequence[int]], width: int, fill: int) -> NDArray[np.int64]:
    return np.array([[*row, *[fill] * (width - len(row))] for row in rows], dtype=np.int64)


def _probabilities(logits: Row) -> Row:
    """Softmax over the labels; the logistic function of a single one."""
    if logits.shape[1] == 1:
        alone: Row = 1 / (1 + np.exp(-np.clip(logits, -_MAX_LOGIT, _MAX_LOGIT)))
        return alone
    weights: Row = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Row = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
