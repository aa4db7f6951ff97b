import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import MetadataMode, TextNode
from onnxruntime import InferenceSession, SessionOptions

from pipelines.providers import minilm_files, minilm_graph
from pipelines.providers.minilm import DIMENSION, MiniLmEmbedding, MiniLmEncoder
from pipelines.providers.minilm_files import build_quantised_model, minilm_hash, needs_unsigned, read_tokenizer
from pipelines.providers.minilm_graph import build_graph
from pipelines.retrieval.query_cache import Vector
from storage_config.errors import ConfigurationError
from tests.support.models import model_folder
from tests.support.needs import needs

SENTENCES = [
    "The oven must be hot before the bread goes in.",
    "Heat the oven first, then bake the loaf.",
    "The election was decided by a few hundred votes.",
]


class RecordingEncoder(MiniLmEncoder):
    """Records every text; holds back one of them until it is let go, and fails for another."""

    def __init__(self, model: Path) -> None:
        super().__init__(model)
        self.texts: list[str] = []
        self.threads: set[str] = set()
        self.held: str | None = None
        self.reached, self.let_go = threading.Event(), threading.Event()
        self.fails_for: str | None = None

    def encode(self, text: str) -> Vector:
        self.texts.append(text)
        self.threads.add(threading.current_thread().name)
        if text == self.held:
            self.reached.set()
            assert self.let_go.wait(10)
        if text == self.fails_for:
            raise ValueError("the encoder failed")
        return super().encode(text)

    async def until_held(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, 10)


@pytest.fixture(scope="module")
def model_file() -> Path:
    return build_quantised_model(model_folder())


@pytest.fixture
def shipped() -> bytes:
    return minilm_files._read_checked(*minilm_files._WEIGHTS, minilm_files.WEIGHTS_SHA256)


@pytest.fixture
async def model(model_file: Path) -> AsyncIterator[MiniLmEmbedding]:
    model = MiniLmEmbedding(model_file.parent, cached_queries=3)
    model._encoder = RecordingEncoder(model_file)
    yield model
    recorder(model).let_go.set()
    model.close()


def recorder(model: MiniLmEmbedding) -> RecordingEncoder:
    assert isinstance(model._encoder, RecordingEncoder)
    return model._encoder


class TestVectors:
    async def test_unit_vectors_that_mean_something(self, model: MiniLmEmbedding) -> None:
        assert isinstance(model, BaseEmbedding)
        vectors = np.array([await model.aget_text_embedding(text) for text in SENTENCES])
        assert vectors.shape == (3, DIMENSION) == (3, model.dimension)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * 3, abs=1e-5)
        same, other = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
        assert same > 0.6 > 0.2 > other

    def test_close_to_the_shipped_file(self, model_file: Path, shipped: bytes) -> None:
        options = SessionOptions()
        options.log_severity_level = 3
        session = InferenceSession(shipped, options, providers=["CPUExecutionProvider"])
        encoder = MiniLmEncoder(model_file)
        for text in (*SENTENCES, "", "word " * 300):
            ids = np.array([read_tokenizer().encode(text).ids])
            inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            mean = session.run(None, inputs)[0][0].mean(axis=0)
            assert float(mean @ encoder.encode(text)) / np.linalg.norm(mean) > 0.98

    def test_signed_and_unsigned_products_are_the_same(self, tmp_path: Path, shipped: bytes) -> None:
        encoders = []
        for unsigned in (True, False):
            path = tmp_path / f"{unsigned}.onnx"
            path.write_bytes(build_graph(shipped, unsigned=unsigned))
            encoders.append(MiniLmEncoder(path))
        needs(not needs_unsigned(), "int8 products saturate on this processor, which is why uint8 is taken")
        for text in SENTENCES:
            assert encoders[0].encode(text).tolist() == encoders[1].encode(text).tolist()

    def test_256_tokens_count_and_no_more(self, model_file: Path) -> None:
        encoder = MiniLmEncoder(model_file)
        full = "bread " * 254  # and [CLS] and [SEP]
        assert encoder.encode(full) == pytest.approx(encoder.encode(full + "election " * 50))
        assert encoder.encode(full) != pytest.approx(encoder.encode("bread " * 200 + "election " * 54), abs=1e-3)

    @pytest.mark.parametrize("text", ["", " ", "\x00", "�", "🍞" * 400, "a" * 100_000])
    def test_any_text_has_a_vector(self, model_file: Path, text: str) -> None:
        vector = MiniLmEncoder(model_file).encode(text)
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)

    async def test_the_same_alone_in_a_batch_and_as_a_query(self, model: MiniLmEmbedding) -> None:
        batch = await model.aget_text_embedding_batch([*SENTENCES, "word " * 250])
        for text, vector in zip(SENTENCES, batch, strict=False):
            assert vector == model.get_text_embedding(text) == await model.aget_query_embedding(text)
            assert vector == model.get_query_embedding(text)

    async def test_nodes_get_embeddings_of_what_they_show_to_models(self, model: MiniLmEmbedding) -> None:
        node = TextNode(
            text="Bake it.", metadata={"title": "Bread", "start": 3}, excluded_embed_metadata_keys=["start"]
        )
        (embedded,) = await model.acall([node])
        assert embedded.embedding == model.get_text_embedding(node.get_content(MetadataMode.EMBED))


class TestQueries:
    async def test_known_queries_are_not_embedded_again(self, model: MiniLmEmbedding) -> None:
        for text in ("a", "b", "a", "c", "a"):
            await model.aget_query_embedding(text)
        assert recorder(model).texts == ["a", "b", "c"]

    async def test_the_memory_is_bounded_and_keeps_what_was_used_last(self, model: MiniLmEmbedding) -> None:
        for text in ("a", "b", "c", "a", "d", "a", "b"):  # three are kept: d pushes b out
            await model.aget_query_embedding(text)
        assert recorder(model).texts == ["a", "b", "c", "d", "b"]
        assert len(model._cache) == 3

    async def test_identical_concurrent_queries_embed_once(self, model: MiniLmEmbedding) -> None:
        vectors = await asyncio.gather(*(model.aget_query_embedding(f"q{i % 2}") for i in range(40)))
        assert sorted(recorder(model).texts) == ["q0", "q1"]
        assert all(vector == vectors[i % 2] for i, vector in enumerate(vectors))

    async def test_queries_go_before_the_rest_of_a_batch(self, model: MiniLmEmbedding) -> None:
        recorder(model).held = "page 0"
        pages = asyncio.create_task(model.aget_text_embedding_batch([f"page {i}" for i in range(5)]))
        await recorder(model).until_held()
        query = asyncio.create_task(model.aget_query_embedding("urgent"))
        await asyncio.sleep(0)  # the query is in the queue
        recorder(model).let_go.set()
        await query
        await pages
        assert recorder(model).texts == ["page 0", "urgent", "page 1", "page 2", "page 3", "page 4"]

    async def test_the_loop_runs_on_while_it_computes(self, model: MiniLmEmbedding) -> None:
        recorder(model).held = "slow"
        query = asyncio.create_task(model.aget_query_embedding("slow"))
        await recorder(model).until_held()  # would not be reached on the loop's own thread
        assert not query.done()
        recorder(model).let_go.set()
        await query
        assert recorder(model).threads == {"minilm_0"}

    async def test_one_who_leaves_does_not_take_the_answer_along(self, model: MiniLmEmbedding) -> None:
        recorder(model).held = "shared"
        first = asyncio.create_task(model.aget_query_embedding("shared"))
        await recorder(model).until_held()
        second = asyncio.create_task(model.aget_query_embedding("shared"))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        recorder(model).let_go.set()
        assert len(await second) == DIMENSION
        assert recorder(model).texts == ["shared"]

    async def test_a_failure_reaches_everyone_and_is_forgotten(self, model: MiniLmEmbedding) -> None:
        recorder(model).fails_for = "bad"
        results = await asyncio.gather(*(model.aget_query_embedding("bad") for _ in range(3)), return_exceptions=True)
        assert [str(result) for result in results] == ["the encoder failed"] * 3
        recorder(model).fails_for = None
        assert len(await model.aget_query_embedding("bad")) == DIMENSION

    def test_it_works_from_one_event_loop_after_another(self, model_file: Path) -> None:
        model = MiniLmEmbedding(model_file.parent)
        first = asyncio.run(model.aget_query_embedding("again"))
        assert asyncio.run(model.aget_query_embedding("again")) == first
        model.close()

    async def test_closing_tells_those_who_wait(self, model: MiniLmEmbedding) -> None:
        recorder(model).held = "slow"
        slow = asyncio.create_task(model.aget_query_embedding("slow"))
        await recorder(model).until_held()
        waiting = asyncio.create_task(model.aget_query_embedding("never"))
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(model.close))
        recorder(model).let_go.set()
        await closing
        results = await asyncio.gather(slow, waiting, return_exceptions=True)
        assert not isinstance(results[0], BaseException)
        assert isinstance(results[1], RuntimeError | list)  # the thread may have come first
        with pytest.raises(RuntimeError):
            await model.aget_query_embedding("late")
        model.close()


@pytest.fixture
def copying(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Copies the model file instead of making it, when two are there to do so."""
    barrier = threading.Barrier(2)

    def copy(weights: bytes, *, unsigned: bool) -> bytes:
        barrier.wait(10)
        return model_file.read_bytes()

    monkeypatch.setattr(minilm_graph, "build_graph", copy)
    return barrier


class TestFiles:
    def test_the_tokenizer_neither_pads_nor_cuts_at_128(self) -> None:
        assert len(read_tokenizer().encode("bread").ids) == 3
        assert len(read_tokenizer().encode("bread " * 1000).ids) == 256
        assert len(read_tokenizer(max_tokens=None).encode("bread " * 1000).ids) == 1002

    def test_made_the_same_everywhere(self, tmp_path: Path, model_file: Path) -> None:
        made = build_quantised_model(tmp_path)
        assert (made.name, made.read_bytes()) == (model_file.name, model_file.read_bytes())
        assert minilm_files.WEIGHTS_SHA256[:16] in made.name
        assert list(tmp_path.iterdir()) == [made]  # no drafts left

    def test_two_starts_at_once_and_a_third(self, tmp_path: Path, copying: threading.Barrier) -> None:
        made: list[Path] = []
        starts = [threading.Thread(target=lambda: made.append(build_quantised_model(tmp_path))) for _ in range(2)]
        for start in starts:
            start.start()
        for start in starts:
            start.join(20)
        assert made == [build_quantised_model(tmp_path)] * 2  # a third making would wait at the barrier and fail
        assert list(tmp_path.iterdir()) == made[:1]

    def test_a_broken_file_is_made_again(
        self, tmp_path: Path, model_file: Path, copying: threading.Barrier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(copying, "wait", lambda timeout: None)  # one is enough here
        (tmp_path / model_file.name).write_bytes(model_file.read_bytes()[:1000])
        model = MiniLmEmbedding(tmp_path)
        assert len(model.get_text_embedding("bread")) == DIMENSION
        model.close()

    def test_weights_of_another_shape_are_refused(self, shipped: bytes) -> None:
        model = onnx.load_model_from_string(shipped)
        del model.graph.initializer[-1], model.graph.initializer[-1]
        with pytest.raises(ValueError, match="35 matrices"):
            build_graph(model.SerializeToString(), unsigned=False)

    @pytest.mark.parametrize(
        ("machine", "flags", "expected"),
        [
            ("x86_64", "avx2 avx512_vnni", False),
            ("AMD64", "avx2 fma", True),
            ("aarch64", "", False),
            ("x86_64", None, True),
        ],
    )
    def test_which_processors_need_unsigned(
        self, monkeypatch: pytest.MonkeyPatch, machine: str, flags: str | None, expected: bool
    ) -> None:
        def read(path: Path, **_: str) -> str:
            if flags is None:
                raise FileNotFoundError(path)
            return f"flags : {flags}"

        monkeypatch.setattr("platform.machine", lambda: machine)
        monkeypatch.setattr(Path, "read_text", read)
        assert needs_unsigned() is expected

    def test_another_file_is_refused_by_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(minilm_files, "WEIGHTS_SHA256", "0" * 64)
        with pytest.raises(ConfigurationError, match=r"model\.onnx is not the file"):
            build_quantised_model(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_package_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(minilm_files, "_WEIGHTS", ("no_such_package", "model.onnx"))
        with pytest.raises(ConfigurationError, match="no-such-package"):
            build_quantised_model(tmp_path)

    def test_the_hash_names_everything_that_shapes_vectors(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hashes = {minilm_hash()}
        for name, value in (("RECIPE", 999), ("MAX_TOKENS", 128), ("WEIGHTS_SHA256", "0"), ("TOKENIZER_SHA256", "0")):
            with monkeypatch.context() as patched:
                patched.setattr(minilm_files, name, value)
                hashes.add(minilm_hash())
        assert len(hashes) == 5


async def test_the_pipeline_costs_at_most_a_tenth_of_a_bare_loop(model_file: Path) -> None:
    """Best of up to four interleaved rounds of CPU time, since other processes may take the processor."""
    texts = [f"Section {i}: " + "the dough rests while the oven heats. " * 12 for i in range(8)]
    model, bare = MiniLmEmbedding(model_file.parent), MiniLmEncoder(model_file)
    nodes = [TextNode(text=text) for text in texts]
    through, alone = [], []
    for _ in range(4):
        started = time.process_time()
        for text in texts:
            bare.encode(text)
        alone.append(time.process_time() - started)
        started = time.process_time()
        await model.acall(nodes)
        through.append(time.process_time() - started)
        if min(alone) / min(through) >= 0.9:
            break
    model.close()
    assert min(alone) / min(through) >= 0.9
