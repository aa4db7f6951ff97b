"""The benchmark of retrieval in short form: a part of SQuAD's paragraphs through the real store and retriever."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.providers.minilm import MiniLmEmbedding
from tests.emulators.qdrant import memory_folder
from tests.load.bench_retrieval import as_nodes, embed_passages, measure_quality, opened_store
from tests.load.retrieval_sets import ndcg_at, read_squad, recall_at
from tests.support.models import model_folder


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", ["edge", "server"])
async def test_sections_are_found_better_by_both_legs_than_by_one(kind: str, shared_data: Path) -> None:
    questions = read_squad(shared_data, articles=4)
    questions = replace(questions, questions=questions.questions[:: len(questions.questions) // 120])
    model = MiniLmEmbedding(model_folder())
    vectors = await embed_passages(model, questions, model_folder())
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        async with opened_store(kind, Path(folder)) as store:
            await store.async_add(as_nodes(questions, vectors))
            found = await measure_quality(store, model, questions)
    model.close()
    assert found["fused"].ndcg_at_10 > max(found["dense"].ndcg_at_10, found["bm25"].ndcg_at_10)
    assert found["fused"].ndcg_at_10 > 0.88
    assert found["fused"].recall_at_5 > 0.94


def test_the_measures() -> None:
    relevant = frozenset("ab")
    assert ndcg_at(["a", "b", "x"], relevant, 10) == 1.0
    assert ndcg_at(["x", "a", "y", "b"], relevant, 10) == pytest.approx(
        (1 / 1.585 + 1 / 2.3219) / (1 + 1 / 1.585), abs=1e-3
    )
    assert ndcg_at(["x", "a"], relevant, 1) == 0.0
    assert recall_at(["x", "a", "b"], relevant, 2) == 0.5
