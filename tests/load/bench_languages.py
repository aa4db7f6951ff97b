"""Questions in another language than the pages, by both local models: `python -m tests.load.bench_languages`.

Asks the cross-language set: 64 questions in German, Spanish, Hindi and Chinese about the textbook's English pages, with
--english the same in English, too. Printed by language: how often an accepted section, or a passage with the answer,
is the first or among the first five; who is answered; whose answer is right (it is extractive: its quotes have to hold
it); and who is rightly refused. Then the CPU of a query and of a chunk of 256 tokens.
Other figures of both models: `python -m tests.load.bench_retrieval --embedding ...`.
"""

import argparse
import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence

from pipelines.evaluation.golden import GoldenQuestion, read_golden
from pipelines.evaluation.rows import Row
from pipelines.splitting.tokens import count_tokens
from tests.load.bench_golden import GOLDEN, SiteQuestions, grade_set
from tests.load.golden_sites import open_sites
from tests.support.models import LOCAL_MODELS, model_folder, open_local_model

SET = GOLDEN / "crosslanguage.jsonl"
HITS = (1, 5)
QUESTION = "How do I install version {} of the package on Windows?"
CHUNK = "The dough rests while the oven heats, and the loaf is put in as soon as it is hot. "


def read_questions(*, english: bool) -> dict[str, list[GoldenQuestion]]:
    """The questions by language."""
    asked: dict[str, list[GoldenQuestion]] = {}
    for question in read_golden(SET):
        asked.setdefault(question.language or "en", []).append(question)
        if english and question.english:
            own = {"id": f"{question.id}-en", "question": question.english}
            asked.setdefault("en", []).append(question.model_copy(update=own))
    return asked


async def measure(embedding: str, asked: dict[str, list[GoldenQuestion]]) -> dict[str, list[Row]]:
    """The graded answers by language."""
    async with open_sites(["textbook"], embedding=embedding) as resources:
        return {
            language: [Row.of(one) for one in await grade_set(resources, [SiteQuestions("textbook", questions)], [])]
            for language, questions in asked.items()
        }


def figures(rows: Sequence[Row]) -> dict[str, str]:
    """Counts of questions, as `done/asked`."""
    inside = [row for row in rows if row.expect == "answer"]
    outside = [row for row in rows if row.expect == "refusal"]
    told = {
        f"hit@{at}": sum(any(one.holds or one.accepted for one in row.passages[:at]) for row in inside) for at in HITS
    }
    told["answered"] = sum(row.status in ("answered", "partial") for row in inside)
    told["right"] = sum(row.good for row in inside)
    counts = {name: f"{count}/{len(inside)}" for name, count in told.items()}
    return counts | {"refused": f"{sum(row.status == 'refused' for row in outside)}/{len(outside)}"}


def cpu_of(call: Callable[[str], object], texts: Sequence[str]) -> float:
    """Milliseconds of this process's CPU a text."""
    began = time.process_time()
    for text in texts:
        call(text)
    return (time.process_time() - began) * 1e3 / len(texts)


def costs(embedding: str) -> dict[str, float]:
    """The CPU of a query and of a chunk, which has 256 tokens of the model."""
    model = open_local_model(embedding, model_folder())
    sentences = 1
    while count_tokens(CHUNK * (sentences + 1), embedding) <= 256:
        sentences += 1
    model.get_query_embedding(QUESTION)
    found = {
        "query": cpu_of(model.get_query_embedding, [QUESTION.format(number) for number in range(40)]),
        "chunk": cpu_of(model.get_text_embedding, [CHUNK * sentences] * 20),
    }
    model.close()
    return {name: round(milliseconds, 1) for name, milliseconds in found.items()}


def main() -> None:
    """Prints one JSON object a model and language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embeddings", nargs="+", choices=list(LOCAL_MODELS), default=list(LOCAL_MODELS))
    parser.add_argument("--english", action="store_true", help="also in English")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)  # the trees include files that they came without
    for embedding in arguments.embeddings:
        rows = asyncio.run(measure(embedding, read_questions(english=arguments.english)))
        others = [row for language, found in rows.items() if language != "en" for row in found]
        for language, found in {**rows, "all but English": others}.items():
            print(json.dumps({"embedding": embedding, "language": language, **figures(found)}), flush=True)
        print(json.dumps({"embedding": embedding, "CPU in ms": costs(embedding)}), flush=True)


if __name__ == "__main__":
    main()
