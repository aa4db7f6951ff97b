"""What is refused on documentation sites and in conversations: `python -m tests.load.bench_refusal [--threshold P]`.

Nothing here took part in fitting: the questions of docs_questions.json, which each tree answers or none does, MT-RAG's
turns (100 of them answerable) and SQuAD's questions put to the documentation. The cross-validated figures of SQuAD and
CLAPNQ are printed by `python -m notebooks.fit_refusal`.
"""

import argparse
import json
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.answering.ready_question import WeightedQueries
from pipelines.answering.refusal import ANY_EMBEDDING, RefusalModel
from pipelines.corpus import Flavour
from pipelines.providers.minilm import MiniLmEncoder
from pipelines.providers.minilm_files import build_quantised_model
from pipelines.retrieval.condensing import local_queries
from tests.conftest import shared_data_folder
from tests.load.bench_followups import Search, conversation
from tests.load.passage_index import CACHE, PassageIndex, Vectors, embedded_text, read_lines, read_sections

QUESTIONS = Path(__file__).with_name("docs_questions.json")
TREES: dict[str, Flavour] = {
    "docs_fastapi": "mkdocs", "docs_redux": "docusaurus", "docs_physical_ai_textbook": "docusaurus",
}  # fmt: skip
FOREIGN_QUESTIONS = 300


class Judge:
    """Probabilities of both variants, and the CPU that one takes."""

    def __init__(self) -> None:
        self.models = {name: RefusalModel.from_file(embedding=name) for name in ("local/minilm", ANY_EMBEDDING)}
        self._encoder = MiniLmEncoder(build_quantised_model(CACHE))
        self.seconds: list[float] = []

    def probabilities(self, index: PassageIndex, asked: Sequence[WeightedQueries]) -> dict[str, NDArray[np.float64]]:
        """By variant, shape (questions,)."""
        rows = []
        for queries in asked:
            passages = index.search(queries, [self._encoder.encode(text) for text, _ in queries])
            start = time.thread_time()
            first = self.models["local/minilm"].probability(queries, passages)
            self.seconds.append(time.thread_time() - start)
            rows.append((first, self.models[ANY_EMBEDDING].probability(queries, passages)))
        return dict(zip(self.models, np.array(rows).T, strict=True))


def docs_index(tree: str) -> PassageIndex:
    """The sections of one of the documentation trees."""
    entries = read_sections(shared_data_folder() / tree / "docs", TREES[tree])
    return PassageIndex(entries, Vectors().of(tree, [embedded_text(entry) for entry in entries]))


def main() -> None:
    """Prints one JSON object a set: what is refused at the threshold, and the questions it is wrong about."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threshold", type=float, default=0.2)
    threshold = parser.parse_args().threshold
    logging.disable()  # the trees name includes that are not among the data
    judge = Judge()
    lists: dict[str, list[str]] = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    foreign = [q["question"] for q in read_lines(shared_data_folder() / "squad2" / "questions.jsonl")][::20]
    for tree in TREES:
        index = docs_index(tree)
        for name, questions in (
            (tree, lists[tree]),
            ("off topic", lists["off_topic"]),
            ("squad", foreign[:FOREIGN_QUESTIONS]),
        ):
            found = judge.probabilities(index, [((question, 1.0),) for question in questions])
            _print(f"{name} asked of {tree}", questions, found, threshold, answered=name == tree)
    tasks = [task for task in read_lines(shared_data_folder() / "mtrag_cloud" / "tasks.jsonl") if task["relevant"]]
    found = judge.probabilities(Search().index, [local_queries(conversation(task)) for task in tasks])
    _print("turns of MT-RAG", [task["question"] for task in tasks], found, threshold, answered=True)
    print(json.dumps({"cpu_ms": round(1e3 * float(np.mean(judge.seconds)), 2)}))


def _print(
    name: str, questions: Sequence[str], found: dict[str, NDArray[np.float64]], threshold: float, *, answered: bool
) -> None:
    refused = {f"refused, {variant}": round(float((p < threshold).mean()), 3) for variant, p in found.items()}
    first = found["local/minilm"]
    wrong = [f"{q} ({p:.2f})" for q, p in zip(questions, first, strict=True) if (p < threshold) == answered]
    print(json.dumps({"set": name, "questions": len(questions), **refused, "wrong": wrong[:8]}, ensure_ascii=False))


if __name__ == "__main__":
    main()
