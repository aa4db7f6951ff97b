"""A local cross-encoder that ranks passages and judges them, on real ONNX files."""

import json
import math
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from pipelines.answering.chat_engine import ChatEngine
from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.model_registry import Models
from pipelines.providers.cross_encoder import PairClassifier, RelevanceEncoder, open_classifier
from pipelines.providers.local_rerank import READ_NODES, READ_PASSAGES, LocalRerank
from pipelines.types import Question
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings
from tests.support.onnx_models import write_classifier, write_reranker
from tests.support.passages import build_passage
from tests.unit.pipelines.answering.test_chat_engine import (
    GENERATED,
    RIGHT,
    ScriptedAnswerer,
    answer_of,
    build_engine,
    play,
)  # fmt: skip

QUESTION = "What do dogs do?"


def relevance(barks: int) -> float:
    return 1 / (1 + math.exp(-4 * barks))


def nodes(*texts: str) -> list[NodeWithScore]:
    return [NodeWithScore(node=TextNode(id_=str(n), text=text), score=1 / (n + 1)) for n, text in enumerate(texts)]


@pytest.fixture
def reranker(tmp_path: Path) -> LocalRerank:
    return LocalRerank(RelevanceEncoder(write_reranker(tmp_path)))


async def test_nodes_are_ranked_by_the_probability_that_they_answer(reranker: LocalRerank) -> None:
    ranked = await reranker.apostprocess_nodes(nodes("Cats purr", "Dogs bark bark", "They bark"), query_str=QUESTION)
    assert [one.node.node_id for one in ranked] == ["1", "2", "0"]
    assert [one.score for one in ranked] == pytest.approx([relevance(2), relevance(1), 0.5])
    again = reranker.postprocess_nodes(nodes("Cats purr", "Dogs bark bark", "They bark"), QueryBundle(QUESTION))
    assert [one.score for one in again] == pytest.approx([one.score for one in ranked])


async def test_only_so_many_are_read(reranker: LocalRerank) -> None:
    ranked = await reranker.apostprocess_nodes(nodes(*["Cats purr"] * READ_NODES, "Dogs bark"), query_str=QUESTION)
    assert len(ranked) == READ_NODES
    assert all(one.score == pytest.approx(0.5) for one in ranked)
    assert await reranker.apostprocess_nodes([], query_str=QUESTION) == []


async def test_the_best_of_the_first_passages_says_whether_they_answer(reranker: LocalRerank) -> None:
    barking, silent = build_passage("Dogs bark"), build_passage("Cats purr")
    assert await reranker.sufficiency(QUESTION, [silent, barking]) == pytest.approx(relevance(1))
    assert await reranker.sufficiency(QUESTION, [silent] * READ_PASSAGES + [barking]) == pytest.approx(0.5)
    assert await reranker.sufficiency(QUESTION, []) == 0.0


async def test_a_question_as_long_as_a_page_is_still_asked(reranker: LocalRerank) -> None:
    assert 0 < await reranker.sufficiency("why " * 2_000, [build_passage("Dogs bark " * 500)]) <= 1


@pytest.mark.parametrize(
    ("labels", "barks"), [(("irrelevant", "relevant"), 4), (("LABEL_0", "LABEL_1"), 4), (("RELEVANT", "other"), -4)]
)
def test_of_two_labels_the_relevant_one_counts(tmp_path: Path, labels: tuple[str, str], barks: int) -> None:
    model = RelevanceEncoder(write_reranker(tmp_path, labels=labels))
    assert model.predict([(QUESTION, "They bark")]) == pytest.approx([1 / (1 + math.exp(-barks))])


@pytest.mark.parametrize("labels", [("contradiction", "neutral", "entailment"), ("good", "bad")])
def test_a_classifier_of_something_else_is_refused(tmp_path: Path, labels: tuple[str, ...]) -> None:
    folder = write_classifier(tmp_path, labels=labels, columns=len(labels))
    with pytest.raises(ConfigurationError, match=f"cross-encoder/{tmp_path} is no reranker: its labels are"):
        open_classifier(RelevanceEncoder, str(folder), tmp_path)


def test_what_is_neither_folder_nor_on_the_hub_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r'cross-encoder/vendor/none is no folder here.*or use "none"'):
        open_classifier(RelevanceEncoder, "vendor/none", tmp_path)


def test_an_extreme_logit_is_still_a_probability(tmp_path: Path) -> None:
    folder: Path = write_classifier(tmp_path, labels=("LABEL_0",), columns=1, rows={"bark": (-1e6,), "purr": (1e6,)})
    model: PairClassifier = RelevanceEncoder(folder)
    assert model.predict([(QUESTION, "They bark"), (QUESTION, "They purr")]) == pytest.approx([0, 1])


def declared(folder: Path, **keys: str) -> CorpusSpec:
    return CorpusSpec(
        name="handbook", folder=folder, source=MarkdownSource(kind="markdown", path=folder),
        base_url="https://example.org", **keys,
    )  # fmt: skip


async def test_one_model_ranks_and_judges_where_the_corpus_file_names_it_for_both(tmp_path: Path) -> None:
    name = f"cross-encoder/{write_reranker(tmp_path)}"
    spec = declared(tmp_path, rerank=name, sufficiency=name)
    async with AsyncExitStack() as stack:
        models = Models(Settings(data_dir=tmp_path / "data", _env_file=None), stack)
        assert await models.reranker(spec.rerank) is await models.local_reranker(spec.sufficiency)
        judge = await models.sufficiency(spec)
        assert judge is not None
        assert await judge(QUESTION, [build_passage("Dogs bark")]) == pytest.approx(relevance(1))
        assert await models.sufficiency(declared(tmp_path)) is None


@pytest.mark.parametrize("key", ["rerank", "sufficiency"])
def test_another_value_is_told_with_what_is_allowed(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match=key):
        declared(tmp_path, **{key: "cross-encoder"})


async def test_the_engine_refuses_by_the_judge_s_word(reranker: LocalRerank) -> None:
    def engine(text: str) -> ChatEngine:
        passages = [build_passage(text, title="Ranking")]
        judge = reranker.sufficiency
        return build_engine(ScriptedAnswerer(RIGHT, GENERATED), passages, judge=judge, refusal_threshold=0.7)[0]

    assert answer_of(await play(engine("Dogs bark."), Question(QUESTION))).status == "answered"
    assert answer_of(await play(engine("Cats purr."), Question(QUESTION))).status == "refused"


def test_the_model_is_named_by_its_file(tmp_path: Path) -> None:
    first, second = write_reranker(tmp_path / "a"), write_reranker(tmp_path / "b", labels=("no", "yes"))
    hashes = {LocalRerank(RelevanceEncoder(folder)).weights_hash for folder in (first, first, second)}
    assert len(hashes) == 2
    assert json.loads((second / "config.json").read_text(encoding="utf-8"))["id2label"] == {"0": "no", "1": "yes"}
