"""How often quotes hold the answer, and what they cost: `python -m tests.load.bench_extractive [--limit N]`.

SQuAD 2.0's answerable questions, end to end: retrieval over all paragraphs of the data set, then extraction.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.answering.extractive import ExtractiveAnswerer
from pipelines.answering.sentence_ranking import rank_units
from pipelines.events import TextDelta
from pipelines.text.quotable import quotable_units
from pipelines.types import Passage, Question
from tests.conftest import shared_data_folder
from tests.load.passage_index import Entry, PassageIndex, Vectors, embedded_text, read_lines


def read_questions(limit: int | None = None) -> tuple[PassageIndex, list[dict[str, Any]], NDArray[np.float32]]:
    """The index of all paragraphs, the answerable questions and their vectors; `limit` takes them evenly spread."""
    folder = shared_data_folder() / "squad2"
    entries = [Entry(p["id"], p["title"], p["title"], p["text"]) for p in read_lines(folder / "paragraphs.jsonl")]
    vectors = Vectors()
    index = PassageIndex(entries, vectors.of("squad_passages", [embedded_text(entry) for entry in entries]))
    questions = read_lines(folder / "questions.jsonl")
    embedded = vectors.of("squad_questions", [question["question"] for question in questions])
    held = [number for number, question in enumerate(questions) if not question["unanswerable"]]
    held = held[:: max(1, len(held) // limit)] if limit else held
    return index, [questions[number] for number in held], embedded[held]


def hits_by_sentences(questions: Sequence[dict[str, Any]], found: Sequence[Sequence[Passage]]) -> dict[str, float]:
    """The share of questions whose answer is in the best one, two, three sentences."""
    reached = np.zeros(3)
    for question, passages in zip(questions, found, strict=True):
        ranked = rank_units(((question["question"], 1.0),), passages).units[:3]
        for place, one in enumerate(ranked):
            if any(answer in one.unit.text for answer in question["answers"]):
                reached[place:] += 1
                break
    return {f"best {n + 1}": round(float(value), 3) for n, value in enumerate(reached / len(questions))}


async def measure_answers(
    questions: Sequence[dict[str, Any]], found: Sequence[Sequence[Passage]]
) -> dict[str, float | dict[str, float]]:
    """Whole answers: how many hold the gold answer, their length, and milliseconds of CPU for each."""
    answerer = ExtractiveAnswerer()
    held, words, seconds = 0, 0, []
    for question, passages in zip(questions, found, strict=True):
        start = time.thread_time()
        parts = [part async for part in answerer.stream(Question(question["question"]), passages)]
        seconds.append(time.thread_time() - start)
        text = "".join(part.text for part in parts if isinstance(part, TextDelta))
        held += any(answer in text for answer in question["answers"])
        words += len(text.split())
    milliseconds = np.array(seconds) * 1e3
    return {
        "answers that hold it": round(held / len(questions), 3),
        "words an answer": round(words / len(questions), 1),
        "cpu_ms": {
            "mean": round(float(milliseconds.mean()), 2),
            "p95": round(float(np.quantile(milliseconds, 0.95)), 2),
        },
    }


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="only so many questions, evenly spread")
    index, questions, embedded = read_questions(parser.parse_args().limit)
    found = [
        index.search(((question["question"], 1.0),), [vector])
        for question, vector in zip(questions, embedded, strict=True)
    ]
    quotable_units.cache_clear()
    cold = asyncio.run(measure_answers(questions, found))
    print(json.dumps({"questions": len(questions), **hits_by_sentences(questions, found), **cold}))


if __name__ == "__main__":
    main()
