"""Public question sets as (id, text) passages and questions with the ids that answer them; and the two measures."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the ids of the passages that answer it."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """`vectors` names the passages, so that sets over the same ones share their vectors."""

    name: str
    vectors: str
    passages: list[tuple[str, str]]
    questions: list[Asked]


def read_squad(folder: Path, *, articles: int | None = None) -> QuestionSet:
    """Paragraphs of SQuAD 2.0 and the questions that they answer; `articles` takes the first so many."""
    paragraphs = _lines(folder / "squad2" / "paragraphs.jsonl")
    titles = list(dict.fromkeys(paragraph["title"] for paragraph in paragraphs))[:articles]
    passages = [(p["id"], p["text"]) for p in paragraphs if p["title"] in titles]
    known = {passage_id for passage_id, _ in passages}
    questions = [
        Asked(q["question"], frozenset([q["para_id"]]))
        for q in _lines(folder / "squad2" / "questions.jsonl")
        if not q["unanswerable"] and q["para_id"] in known
    ]
    return QuestionSet("squad", f"squad-{len(passages)}", passages, questions)


def read_scifact(folder: Path) -> QuestionSet:
    """Abstracts of SciFact with their titles, and the test claims."""
    passages = [
        (doc["id"], f"{doc['title']}\n\n{' '.join(doc['sentences'])}")
        for doc in _lines(folder / "scifact" / "corpus.jsonl")
    ]
    questions = [Asked(q["query"], frozenset(q["relevant"])) for q in _lines(folder / "scifact" / "queries_test.jsonl")]
    return QuestionSet("scifact", "scifact", passages, questions)


def read_mtrag(folder: Path, *, rewritten: bool) -> QuestionSet:
    """Passages of cloud documentation; the last turn of each conversation, as it stands or as a person rewrote it."""
    passages = [
        (doc["id"], f"{doc['title']}\n\n{doc['text']}" if doc["title"] else doc["text"])
        for doc in _lines(folder / "mtrag_cloud" / "corpus.jsonl")
    ]
    questions = [
        Asked((task["rewrite"] if rewritten else None) or task["question"], frozenset(task["relevant"]))
        for task in _lines(folder / "mtrag_cloud" / "tasks.jsonl")
        if task["relevant"]
    ]
    return QuestionSet("mtrag-rewrite" if rewritten else "mtrag-last", "mtrag", passages, questions)


READERS: dict[str, Callable[[Path], QuestionSet]] = {
    "squad": read_squad,
    "scifact": read_scifact,
    "mtrag-last": lambda folder: read_mtrag(folder, rewritten=False),
    "mtrag-rewrite": lambda folder: read_mtrag(folder, rewritten=True),
}


def recall_at(ranked: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """The part of the relevant passages that stands among the first `k`."""
    return len(relevant.intersection(ranked[:k])) / len(relevant)


def ndcg_at(ranked: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1 (Järvelin & Kekäläinen 2002)."""
    gained = sum(1 / math.log2(rank + 2) for rank, one in enumerate(ranked[:k]) if one in relevant)
    return gained / sum(1 / math.log2(rank + 2) for rank in range(min(k, len(relevant))))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
