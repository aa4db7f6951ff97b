"""What retrieval finds for follow-ups: `python -m tests.load.bench_followups`.

MT-RAG's cloud conversations (a pooled part of its corpus: compare rows, not published scores): the last turn alone, the
local rule, the human rewrite. Then how well the need of history is told on CANARD's rewrites, where a question that its
rewriter left as it was stood alone. Embedding the 11,752 passages takes five minutes of one core, once.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.answering.ready_question import WeightedQueries
from pipelines.providers.minilm import MiniLmEncoder
from pipelines.providers.minilm_files import build_quantised_model
from pipelines.retrieval.condensing import local_queries
from pipelines.retrieval.follow_ups import needs_history
from pipelines.types import HistoryMessage, Question
from tests.conftest import shared_data_folder
from tests.load.passage_index import CACHE, Entry, PassageIndex, Vectors, embedded_text, read_lines

Task = dict[str, Any]
Ask = Callable[[Task], WeightedQueries]


def conversation(task: Task) -> Question:
    """The last turn with the turns before it."""
    turns: list[HistoryMessage] = []
    for said in task["history"]:
        turns += [HistoryMessage("user", said["user"]), HistoryMessage("assistant", said["agent"])]
    return Question(task["question"], tuple(turns))


WAYS: dict[str, Ask] = {
    "last turn alone": lambda task: ((task["question"], 1.0),),
    "history and question in one text": lambda task: (
        (" ".join([*(said["user"] for said in task["history"]), task["question"]]), 1.0),
    ),
    "local rule": lambda task: local_queries(conversation(task)),
    "human rewrite": lambda task: ((task["rewrite"] or task["question"], 1.0),),
    "human rewrite and last turn": lambda task: (
        (task["rewrite"] or task["question"], 1.0),
        *(((task["question"], 0.5),) if task["rewrite"] else ()),
    ),
}


class Search:
    """The index of the pooled passages, and vectors of whatever is asked."""

    def __init__(self) -> None:
        passages = read_lines(shared_data_folder() / "mtrag_cloud" / "corpus.jsonl")
        entries = [Entry(p["id"], p["id"], p["title"], p["text"]) for p in passages]
        self.index = PassageIndex(entries, Vectors().of("mtrag_passages", [embedded_text(entry) for entry in entries]))
        self._encoder = MiniLmEncoder(build_quantised_model(CACHE))
        self._known: dict[str, NDArray[np.float32]] = {}

    def ids(self, queries: WeightedQueries, limit: int = 10) -> list[str]:
        """Ids of the best passages."""
        for text, _ in queries:
            if text not in self._known:
                self._known[text] = self._encoder.encode(text)
        found = self.index.search(queries, [self._known[text] for text, _ in queries], top_n=limit)
        return [passage.node_id for passage in found]


def ndcg(ids: Sequence[str], relevant: set[str], depth: int = 10) -> float:
    """Järvelin & Kekäläinen 2002 with binary gains."""
    gained = sum(1 / math.log2(place + 2) for place, found in enumerate(ids[:depth]) if found in relevant)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(depth, len(relevant))))


def measure_ways(search: Search, tasks: Sequence[Task]) -> dict[str, dict[str, float]]:
    """nDCG@10 and recall@5 of each way to ask."""
    figures = {}
    for name, ask in WAYS.items():
        found = [(search.ids(ask(task)), set(task["relevant"])) for task in tasks]
        figures[name] = {
            "ndcg@10": round(float(np.mean([ndcg(ids, relevant) for ids, relevant in found])), 3),
            "recall@5": round(
                float(np.mean([len(relevant.intersection(ids[:5])) / len(relevant) for ids, relevant in found])), 3
            ),
        }
    return figures


def measure_need() -> dict[str, float]:
    """How many of CANARD's rewritten questions are seen to need their history, and how many of the others."""
    seen: dict[bool, list[bool]] = {True: [], False: []}
    for record in read_lines(shared_data_folder() / "canard_dev" / "rewrites.jsonl"):
        history = tuple(
            HistoryMessage("assistant" if n % 2 else "user", text) for n, text in enumerate(record["history"])
        )
        plain = [re.findall(r"\w+", record[key].lower()) for key in ("question", "rewrite")]
        seen[plain[0] != plain[1]].append(needs_history(Question(record["question"], history)))
    return {
        "rewritten questions": len(seen[True]),
        "seen to need history": round(sum(seen[True]) / len(seen[True]), 3),
        "questions left as they were": len(seen[False]),
        "falsely seen to": round(sum(seen[False]) / len(seen[False]), 3),
    }


def main() -> None:
    """Prints one JSON object."""
    tasks = [task for task in read_lines(shared_data_folder() / "mtrag_cloud" / "tasks.jsonl") if task["relevant"]]
    later = [task for task in tasks if task["history"]]
    figures = {"conversations' turns": len(later), **measure_ways(Search(), later), "canard": measure_need()}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
