"""The cross-encoder on real ONNX files: batches, labels by name, bounds, and folders that hold none."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipelines.grounding.judges import NliVerifier
from pipelines.grounding.verifier import ClaimToVerify
from pipelines.providers import cross_encoder
from pipelines.providers.cross_encoder import MAX_PAIRS, CrossEncoder, open_cross_encoder
from storage_config.errors import ConfigurationError
from tests.support.onnx_models import write_classifier
from tests.support.passages import build_passage

PREMISE = "Cats purr and bark"
LABELS = {"0": "contradiction", "1": "neutral", "2": "entailment"}


def share(logits: tuple[float, ...], column: int) -> float:
    weights = np.exp(np.array(logits))
    return float((weights / weights.sum())[column])


@pytest.mark.parametrize("graph", ["model.onnx", "onnx/model.onnx"])
def test_it_gives_the_probability_of_entailment(tmp_path: Path, graph: str) -> None:
    model = CrossEncoder(write_classifier(tmp_path, graph=graph))
    scores = model.predict([(PREMISE, "they purr"), (PREMISE, "they bark"), (PREMISE, "they fly")])
    wanted = [share((0, 0, 4), 2), share((4, 0, 0), 2), share((0, 0, 0), 2)]
    assert scores == pytest.approx(wanted)


def test_the_entailment_column_is_read_from_the_labels(tmp_path: Path) -> None:
    model = CrossEncoder(write_classifier(tmp_path, labels=("ENTAILMENT", "neutral", "contradiction")))
    assert model.predict([(PREMISE, "they bark")]) == pytest.approx([share((4, 0, 0), 0)])


def test_two_labels_are_enough(tmp_path: Path) -> None:
    model = CrossEncoder(write_classifier(tmp_path, labels=("entailment", "not_entailment"), columns=2))
    assert model.predict([(PREMISE, "they bark")]) == pytest.approx([share((4, 0), 0)])


def test_a_pair_scores_the_same_in_whatever_batch(tmp_path: Path) -> None:
    model = CrossEncoder(write_classifier(tmp_path))
    pairs = [(PREMISE + " more" * (n % 7), "they" + " purr" * (n % 3) + " maybe" * (n % 2)) for n in range(40)]
    assert len(pairs) > 2 * MAX_PAIRS
    alone = [model.predict([pair])[0] for pair in pairs]
    assert model.predict(pairs) == pytest.approx(alone)
    assert model.predict([]) == []


def test_a_long_premise_is_cut_and_never_the_hypothesis(tmp_path: Path) -> None:
    model = CrossEncoder(write_classifier(tmp_path, positions=66))
    assert model.predict([("word " * 5_000, "they purr")]) == pytest.approx([share((0, 0, 4), 2)])
    with pytest.raises(Exception, match=r"[Tt]runcation"):
        model.predict([("short", "they " * 500)])


def test_its_hash_names_the_weights(tmp_path: Path) -> None:
    folders = (write_classifier(tmp_path / "a"), write_classifier(tmp_path / "b"))
    other = write_classifier(tmp_path / "c", labels=("entailment", "other"), columns=2)
    same = {CrossEncoder(folder).weights_hash for folder in folders}
    assert len(same) == 1
    assert CrossEncoder(other).weights_hash not in same


def break_config(value: object) -> Callable[[Path], object]:
    text = value if isinstance(value, str) else json.dumps(value)
    return lambda folder: (folder / "config.json").write_text(text, encoding="utf-8")


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def write(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(b"\x00 not this")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (remove("model.onnx"), "model.onnx"),
        (remove("tokenizer.json"), "tokenizer.json"),
        (remove("config.json"), "config.json"),
        (write("model.onnx"), "model that cannot be read"),
        (write("tokenizer.json"), "tokenizer.json that cannot be read"),
        (break_config("{"), "no JSON"),
        (break_config({"architectures": []}), "id2label"),
        (break_config({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}), "no entailment label, only label_0, label_1"),
        (break_config({"id2label": {"0": "entailment"}}), "shape"),
        (break_config({"id2label": LABELS, "max_position_embeddings": 1}), "max_position_embeddings is 1"),
        (break_config({"id2label": LABELS, "pad_token_id": 10**6}), "does not run"),
        (break_config({"id2label": LABELS, "pad_token_id": 10**30}), "does not run"),
    ],
)
def test_a_folder_that_is_none_says_what_is_wrong(tmp_path: Path, spoil: Callable[[Path], object], told: str) -> None:
    folder = write_classifier(tmp_path)
    spoil(folder)
    with pytest.raises(ConfigurationError, match=told) as caught:
        open_cross_encoder(str(folder), tmp_path / "cache")
    assert f"verifier: nli/{folder}" in str(caught.value)


def test_the_hub_is_asked_for_what_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Path]] = []

    def download(name: str, *, cache_dir: Path, **options: object) -> str:
        asked.append((name, cache_dir))
        return str(write_classifier(tmp_path / "snapshot"))

    monkeypatch.setattr(cross_encoder, "snapshot_download", download)
    model = open_cross_encoder("vendor/nli-small", tmp_path / "cache")
    assert model.predict([(PREMISE, "they purr")])[0] > 0.9
    assert asked == [("vendor/nli-small", tmp_path / "cache")]


def test_a_hub_that_cannot_be_reached_is_a_configuration_error(tmp_path: Path) -> None:
    # The suite lets no test reach another machine.
    with pytest.raises(ConfigurationError, match="no folder here, and the hub did not give it"):
        open_cross_encoder("vendor/nli-small", tmp_path)


def test_a_sentence_too_long_for_it_costs_no_other_its_verdict(tmp_path: Path) -> None:
    verifier = NliVerifier(CrossEncoder(write_classifier(tmp_path, positions=66)))
    passages = (build_passage("Cats are content while their voices hum."),)
    texts = ("Happy animals purr softly.", "Happy animals purr " * 60)
    found = asyncio.run(verifier.verify([ClaimToVerify(text, passages) for text in texts], "What do cats do?"))
    assert [verdict.status for verdict in found] == ["supported", "not_evaluated"]


def test_claims_are_verified_by_it(tmp_path: Path) -> None:
    verifier = NliVerifier(CrossEncoder(write_classifier(tmp_path)))
    passages = (build_passage("Cats are content while their voices hum."),)
    texts = ("Happy animals purr softly.", "Happy animals bark loudly.", "Cats are content while their voices hum.")
    found = asyncio.run(verifier.verify([ClaimToVerify(text, passages) for text in texts], "What do cats do?"))
    assert [verdict.status for verdict in found] == ["supported", "unsupported", "supported"]
    assert found[0].score == pytest.approx(share((0, 0, 4), 2))
