"""Which questions get an answer that was written for another wording: `python -m tests.load.bench_curated`.

curated_questions.jsonl has 44 questions as owners write them, each with three paraphrases and about four near misses
that must not get its answer: of other things, opposites in the same words, narrower questions. The thresholds of the
models were set on the first 36 of them; nothing else was fitted.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding

from pipelines.providers.e5 import E5Embedding
from pipelines.providers.minilm import MiniLmEmbedding
from pipelines.retrieval.curated import SameQuestion
from pipelines.retrieval.fusion import Legs
from storage_config.vectors.points import PointHit
from tests.support.models import model_folder

QUESTIONS = Path(__file__).with_name("curated_questions.jsonl")
THRESHOLDS = {"local/minilm": (0.70, 0.74, 0.78, 0.82, 0.86), "local/e5-small": (0.74, 0.78, 0.82, 0.86, 0.90)}


@dataclass(frozen=True, slots=True)
class Matched:
    """Shares of the paraphrases and of the near misses that get the answer, and which near misses do."""

    paraphrases: float
    near_misses: float
    wrongly: tuple[str, ...]


async def cosines(model: BaseEmbedding) -> dict[tuple[str, str, bool], float]:
    """The cosine, as retrieval has it, of each question with the written one; the flag: whether both ask the same."""
    found = {}
    least: float = getattr(model, "least_cosine", 0.0)
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        written = await model.aget_text_embedding(entry["question"])
        for same, asked in ((True, entry["paraphrases"]), (False, entry["near_misses"])):
            for one in asked:
                vector = await model.aget_query_embedding(one)
                cosine = sum(a * b for a, b in zip(vector, written, strict=True))
                (hit,) = Legs((PointHit("1", cosine, {}),), ()).above(least).dense
                found[one, entry["question"], same] = hit.score
    return found


def match(found: Mapping[tuple[str, str, bool], float], threshold: float | None) -> Matched:
    """What a threshold lets through; None is that of a model that was not measured."""
    same = SameQuestion(least_cosine=threshold)
    verdicts = {key: same.is_same(key[0], key[1], cosine) for key, cosine in found.items()}
    right = [one for key, one in verdicts.items() if key[2]]
    wrong = [one for key, one in verdicts.items() if not key[2]]
    wrongly = tuple(key[0] for key, one in verdicts.items() if one and not key[2])
    return Matched(sum(right) / len(right), sum(wrong) / len(wrong), wrongly)


def main() -> None:
    """Prints the shares of both local models by threshold."""
    for name, build in (("local/minilm", MiniLmEmbedding), ("local/e5-small", E5Embedding)):
        model = build(model_folder())
        found = asyncio.run(cosines(model))
        for threshold in (None, *THRESHOLDS[name]):
            one = match(found, threshold)
            mark = "  <- used" if threshold == model.least_same_question else ""
            shown = "words alone" if threshold is None else f"{threshold:.2f}"
            print(f"{name:15} {shown:11} paraphrases {one.paraphrases:.0%}, near misses {one.near_misses:.1%}{mark}")
        model.close()


if __name__ == "__main__":
    main()
