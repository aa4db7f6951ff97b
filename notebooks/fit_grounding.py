"""Fits `pipelines/grounding/lexical_weights.json`: `python -m notebooks.fit_grounding [--write]` in the project's root.

Reads the public data sets (FOOTNOTED_SHARED_DATA): RAGTruth's question-answering responses, sentence by sentence, where
a sentence is unsupported if a hallucinated span overlaps it. How rare a word is in general text is counted in the
passages of SQuAD, CLAPNQ, SciFact and MT-RAG, none of which is fitted on. Figures are cross-validated by source: no
passage is in two folds.
"""

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.grounding.evidence import evidence_of, lex
from pipelines.grounding.lexical_features import FITTED, Rarity, measure
from pipelines.grounding.verifier import WEIGHTS, without_decoration
from tests.conftest import shared_data_folder

Floats = NDArray[np.float64]

FOLDS = 5
SEEDS = 10
RIDGE = 2.0
RARITY_DEFAULT = 6.0
LISTED_BELOW = 5.0
RARITY_STEP = 0.5
EVERY_NTH_CLOUD_PASSAGE = 20


@dataclass(frozen=True, slots=True)
class Sentences:
    """RAGTruth's sentences as rows: features, whether unsupported, and the numbers of their response and source."""

    features: Floats
    unsupported: Floats
    response: NDArray[np.int64]
    source: NDArray[np.int64]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def background(folder: Path) -> Iterable[str]:
    """General text: none of it is fitted on."""
    yield from (one["text"] for one in read_lines(folder / "squad2" / "paragraphs.jsonl"))
    yield from (one["text"] for one in read_lines(folder / "clapnq_dev" / "questions.jsonl"))
    yield from (" ".join(one["sentences"]) for one in read_lines(folder / "scifact" / "corpus.jsonl")[:600])
    cloud = read_lines(folder / "mtrag_cloud" / "corpus.jsonl")
    yield from (one["text"] for one in cloud[::EVERY_NTH_CLOUD_PASSAGE])


def count_rarity(texts: Iterable[str]) -> dict[float, str]:
    """The common words by their rarity, rounded down to a step; for each stem its most frequent word."""
    documents = 0
    documents_with: Counter[tuple[int, ...]] = Counter()
    spelt: dict[tuple[int, ...], Counter[str]] = defaultdict(Counter)
    for text in texts:
        documents += 1
        lexed = lex(text)
        documents_with.update({stems for stems in lexed.stems if stems})
        for word, stems in zip(lexed.words, lexed.stems, strict=True):
            spelt[stems][word] += 1
    by_rarity: dict[float, list[str]] = defaultdict(list)
    for stems, count in documents_with.items():
        rarity = math.log((documents + 1) / (count + 1))
        if rarity < LISTED_BELOW:
            by_rarity[math.floor(rarity / RARITY_STEP) * RARITY_STEP].append(spelt[stems].most_common(1)[0][0])
    return {rarity: " ".join(sorted(words)) for rarity, words in sorted(by_rarity.items())}


def read_sentences(folder: Path, rarity: Rarity) -> Sentences:
    """RAGTruth's question-answering sentences."""
    features: list[tuple[float, ...]] = []
    labels: list[int] = []
    responses: list[int] = []
    sources: list[int] = []
    numbers: dict[str, int] = {}
    for number, response in enumerate(read_lines(folder / "ragtruth_qa" / "responses.jsonl")):
        passages = [evidence_of(text) for text in response["passages"]]
        question = lex(response["question"])
        for (start, end), label in zip(response["sentences"], response["sentence_labels"], strict=True):
            claim = lex(without_decoration(response["response"][start:end]))
            features.append(measure(claim, passages, question, rarity).fitted())
            labels.append(label)
            responses.append(number)
            sources.append(numbers.setdefault(response["source_id"], len(numbers)))
    return Sentences(np.array(features), np.array(labels, dtype=float), np.array(responses), np.array(sources))


def fit(features: Floats, labels: Floats) -> Floats:
    """Bias and weights of a ridge logistic regression on raw features, by Newton's method."""
    mean, spread = features.mean(0), features.std(0) + 1e-9
    rows = np.column_stack([np.ones(len(features)), (features - mean) / spread])
    ridge = np.eye(rows.shape[1]) * RIDGE
    ridge[0, 0] = 0
    weights = np.zeros(rows.shape[1])
    for _ in range(100):
        likely = 1 / (1 + np.exp(-rows @ weights))
        curvature = (rows * (likely * (1 - likely))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, rows.T @ (likely - labels) + ridge @ weights)
        weights -= step
        if np.abs(step).max() < 1e-10:
            break
    raw = weights[1:] / spread
    return np.concatenate([[weights[0] - raw @ mean], raw])


def probabilities(weights: Floats, features: Floats) -> Floats:
    """How likely each row is unsupported."""
    return 1 / (1 + np.exp(-(weights[0] + features @ weights[1:])))


def auroc(scores: Floats, labels: Floats) -> float:
    """The area under the ROC curve; ties count half."""
    positive, negative = np.sort(scores[labels == 1]), scores[labels == 0]
    above = len(positive) - np.searchsorted(positive, negative, side="right")
    equal = np.searchsorted(positive, negative, side="right") - np.searchsorted(positive, negative, side="left")
    return float((above + equal / 2).sum() / (len(positive) * len(negative)))


def f1(flagged: NDArray[np.bool_], labels: Floats) -> float:
    """Harmonic mean of precision and recall."""
    return float(2 * (flagged & (labels == 1)).sum() / max(1, flagged.sum() + (labels == 1).sum()))


def by_response(values: Floats, response: NDArray[np.int64]) -> Floats:
    """The largest value of each response."""
    largest = np.zeros(response.max() + 1)
    np.maximum.at(largest, response, values)
    return largest


def best_threshold(scores: Floats, labels: Floats) -> float:
    """The score from which flagging gives the best F1."""
    return float(max(np.unique(scores), key=lambda score: f1(scores >= score, labels)))


def cross_validated(data: Sentences) -> Mapping[str, float]:
    """The figures out of fold, as means over random assignments of sources to folds."""
    runs = [_one_run(data, np.random.default_rng(seed)) for seed in range(SEEDS)]
    return {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}


def _one_run(data: Sentences, random: np.random.Generator) -> dict[str, float]:
    fold_of = random.permutation(np.arange(data.source.max() + 1) % FOLDS)
    fold = fold_of[data.source]
    scores = np.zeros(len(data.source))
    for number in range(FOLDS):
        weights = fit(data.features[fold != number], data.unsupported[fold != number])
        scores[fold == number] = probabilities(weights, data.features[fold == number])
    labels = by_response(data.unsupported, data.response)
    worst = by_response(scores, data.response)
    response_fold = by_response(fold.astype(float), data.response)
    flagged = np.zeros(len(labels), dtype=bool)
    for number in range(FOLDS):
        inside = response_fold == number
        flagged[inside] = worst[inside] >= best_threshold(worst[~inside], labels[~inside])
    return {
        "sentence_auroc": auroc(scores, data.unsupported),
        "response_auroc": auroc(worst, labels),
        "response_f1": f1(flagged, labels),
        "calibration_error": calibration_error(scores, data.unsupported),
        "threshold": best_threshold(worst, labels),
    }


def calibration_error(scores: Floats, labels: Floats, bins: int = 10) -> float:
    """The expected calibration error over bins of equal size."""
    order = np.array_split(np.argsort(scores), bins)
    return float(sum(len(part) * abs(scores[part].mean() - labels[part].mean()) for part in order) / len(scores))


def main() -> None:
    """Prints the figures; with `--write` also writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    folder = shared_data_folder()
    words = count_rarity(background(folder))
    data = read_sentences(folder, Rarity(words, RARITY_DEFAULT))
    figures = cross_validated(data)
    weights = fit(data.features, data.unsupported)
    for name, figure in figures.items():
        print(f"{name:20} {figure:.3f}")
    for name, weight in zip(("bias", *FITTED), weights, strict=True):
        print(f"{name:24} {weight:8.3f}")
    if arguments.write:
        WEIGHTS.write_text(json.dumps(_weights_file(words, weights, figures), indent=1) + "\n", encoding="utf-8")


def _weights_file(words: Mapping[float, str], weights: Floats, figures: Mapping[str, float]) -> dict[str, Any]:
    threshold = figures["threshold"]
    return {
        "about": "Probability of being unsupported = 1 / (1 + exp(-(bias + weights x features))); score = 1 - that.",
        "fitted_by": "notebooks/fit_grounding.py",
        "fitted_on": "RAGTruth QA test (ParticleMedia/RAGTruth, MIT): 2,775 sentences, 400 responses, 74 sources",
        "words_from": "passages of SQuAD 2.0 dev, CLAPNQ dev, SciFact and MT-RAG cloud (document frequencies only)",
        "cross_validated_by_source": {name: round(figure, 3) for name, figure in figures.items()},
        "bias": round(float(weights[0]), 4),
        "weights": {name: round(float(w), 4) for name, w in zip(FITTED, weights[1:], strict=True)},
        "supported_from": round(1 - threshold, 3),
        "partial_from": round((1 - threshold) * 0.9, 3),
        "rarity_default": RARITY_DEFAULT,
        "words_by_rarity": {str(rarity): listed for rarity, listed in words.items()},
    }


if __name__ == "__main__":
    main()
