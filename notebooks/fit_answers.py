"""Fits `pipelines/answering/answer_weights.json`: `python -m notebooks.fit_answers [--write]` from the project's root.

Asks the golden sets of eleven documentation sites, the definitions and the small lab site for their passages, and
SQuAD 2.0's answerable questions (every 12th) for paragraphs. A unit is right where it holds what the answer must say.
Listwise softmax regression; figures are of sets that were left out of the fit.
"""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.answering.ready_question import WeightedQueries
from pipelines.answering.sentence_ranking import NAMES, WEIGHTS_FILE, Ranking, rank_units
from pipelines.evaluation.grading import plain
from pipelines.retrieval.condensing import condense
from pipelines.types import HistoryMessage, Passage, Question
from tests.conftest import shared_data_folder
from tests.load.bench_golden import GOLDEN, read_set
from tests.load.golden_sites import open_sites
from tests.load.passage_index import Entry, PassageIndex, Vectors, embedded_text, read_lines

Floats = NDArray[np.float64]
SITES = (
    "textbook", "redux", "fastapi", "lab", "hatch", "copier", "fastify", "pino", "alembic", "starlette", "npm",
    "inline-snapshot",
)  # fmt: skip
SETS = (*SITES, "definitions")
# Definitions ask about the three sites, too: they are left out together with each of them.
TOGETHER = {"definitions": ("textbook", "redux", "fastapi")}
SQUAD = "squad"
SQUAD_EVERY, SQUAD_WEIGHT = 12, 0.3
RIDGE, STEPS, RATE = 0.02, 400, 0.03


@dataclass(frozen=True, slots=True)
class Example:
    """A ranking with what is right in it: `features` of shape (units, names), `right` of shape (units,)."""

    group: str
    features: Floats
    right: Floats
    weight: float = 1.0


def example_of(group: str, ranking: Ranking, needed: Sequence[Sequence[str]], weight: float = 1.0) -> Example:
    """An example from what the answer must say: any of each part's alternatives."""
    texts = [plain(one.unit.text) for one in ranking.units]
    wanted = [[plain(words) for words in part] for part in needed]
    right = [float(any(words in text for part in wanted for words in part)) for text in texts]
    features = np.array([[one.features[name] for name in NAMES] for one in ranking.units], dtype=np.float64)
    return Example(group, features.reshape(-1, len(NAMES)), np.array(right), weight)


async def read_golden_examples() -> list[Example]:
    """The golden sets, each question with the passages that the product finds for it."""
    examples = []
    async with open_sites(SITES) as resources:
        for name in SETS:
            for asked in read_set(name, GOLDEN):
                index = resources.corpora[asked.site].index
                for question in asked.questions:
                    if not question.needed:
                        continue
                    history = tuple(HistoryMessage("user", earlier) for earlier in question.history)
                    condensed = await condense(Question(question.question, history))
                    found, _ = await index.retrieve(condensed.queries)
                    ranking = rank_units(tuple((text, weight) for text, weight in condensed.queries), found.passages)
                    examples.append(example_of(name, ranking, question.needed))
    return examples


def read_squad_examples() -> list[Example]:
    """SQuAD's questions over all of its paragraphs."""
    folder, vectors = shared_data_folder() / "squad2", Vectors()
    entries = [Entry(p["id"], p["title"], p["title"], p["text"]) for p in read_lines(folder / "paragraphs.jsonl")]
    index = PassageIndex(entries, vectors.of("squad_passages", [embedded_text(entry) for entry in entries]))
    questions = read_lines(folder / "questions.jsonl")
    embedded = vectors.of("squad_questions", [question["question"] for question in questions])
    examples = []
    for question, vector in list(zip(questions, embedded, strict=True))[::SQUAD_EVERY]:
        if question["unanswerable"]:
            continue
        queries: WeightedQueries = ((question["question"], 1.0),)
        passages: list[Passage] = index.search(queries, [vector])
        examples.append(example_of(SQUAD, rank_units(queries, passages), [question["answers"]], SQUAD_WEIGHT))
    return examples


def fit(examples: Sequence[Example]) -> Floats:
    """Weights by name, by Adam on the negative log odds of the right units among all of a ranking."""
    useful = [one for one in examples if one.right.any()]
    everything = np.concatenate([one.features for one in useful])
    spread = everything.std(axis=0) + 1e-6
    scaled = [(one.features / spread, one.right, one.weight) for one in useful]
    total = sum(weight for *_, weight in scaled)
    weights, mean, square = (np.zeros(len(NAMES)) for _ in range(3))
    for step in range(1, STEPS + 1):
        gradient = RIDGE * weights
        for features, right, weight in scaled:
            odds = np.exp((scores := features @ weights) - scores.max())
            share = odds / odds.sum()
            held = share * right
            gradient -= weight / total * ((held / held.sum() - share) @ features)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.99 * square + 0.01 * gradient**2
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    fitted: Floats = weights / spread
    return fitted


def first_is_right(examples: Sequence[Example], weights: Floats) -> float:
    """The share of questions whose best unit is right."""
    hits = [float(one.right[int(np.argmax(one.features @ weights))]) if len(one.right) else 0.0 for one in examples]
    return round(float(np.mean(hits)), 3)


def held_out(examples: Sequence[Example]) -> dict[str, float]:
    """For each set, the share whose best unit is right by weights that never saw it, nor its site."""
    figures = {}
    for name in (*SETS, SQUAD):
        left_out = {name, *(other for other, sites in TOGETHER.items() if name in sites)}
        weights = fit([one for one in examples if one.group not in left_out])
        figures[name] = first_is_right([one for one in examples if one.group == name], weights)
    return figures


def main() -> None:
    """Prints the figures and the weights; writes them where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE.name}")
    arguments = parser.parse_args()
    examples = [*asyncio.run(read_golden_examples()), *read_squad_examples()]
    figures = held_out(examples)
    weights = fit(examples)
    by_name: Mapping[str, float] = {name: round(float(weight), 3) for name, weight in zip(NAMES, weights, strict=True)}
    print(json.dumps({"best unit right, held out": figures, "weights": by_name}, indent=1))
    if arguments.write:
        made = {
            "made_by": "python -m notebooks.fit_answers --write",
            "method": f"listwise softmax regression, ridge {RIDGE}",
            "data": "golden sets of eleven documentation sites, definitions, a small lab site, SQuAD 2.0 dev",
            "questions": len(examples),
            "best_unit_right_held_out": figures,
        }
        WEIGHTS_FILE.write_text(json.dumps({"provenance": made, "weights": by_name}, indent=2) + "\n")


if __name__ == "__main__":
    main()
