"""How well and how fast sections are found, through the real stores and the real retriever.

    python -m tests.load.bench_retrieval --cache build/bench                  # quality, all sets
    python -m tests.load.bench_retrieval --cache build/bench --sets squad --store server
    python -m tests.load.bench_retrieval --cache build/bench --embedding local/e5-small
    python -m tests.load.bench_retrieval --cache build/bench --speed          # latency and CPU at 10,000 points

`--cache` keeps the quantised model and the passages' vectors between runs: embedding takes 20 to 35 passages a second.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from llama_index.core.schema import TextNode
from numpy.typing import NDArray
from qdrant_edge import QueryBatchRequest

from pipelines.providers.local_embedding import LocalEmbedding
from pipelines.retrieval.retriever import TOP_N, RankingOptions, SectionRetriever
from pipelines.retrieval.section_nodes import PAYLOAD_KEYS
from pipelines.retrieval.section_store import SectionVectorStore
from pipelines.retrieval.vector_store import EdgeVectorStore, LegQuery
from pipelines.text.bm25 import Bm25Encoder
from storage_config.settings import read_settings
from storage_config.vectors.edge import EdgeShards
from storage_config.vectors.edge_search import edge_query
from storage_config.vectors.points import PointSearch
from storage_config.vectors.qdrant import ServerCollections, build_qdrant_client
from tests.conftest import shared_data_folder
from tests.emulators.qdrant import QdrantEmulator, memory_folder
from tests.load.retrieval_sets import READERS, QuestionSet, ndcg_at, recall_at
from tests.support.collections import collections_of
from tests.support.models import LOCAL_MODELS, model_folder, open_local_model

Store = SectionVectorStore
LEGS = ("dense", "bm25", "fused")


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the questions of a set."""

    recall_at_5: float
    ndcg_at_10: float


async def embed_passages(model: LocalEmbedding, questions: QuestionSet, cache: Path | None) -> NDArray[np.float32]:
    """Vectors of the set's passages, in order; kept in the cache folder under the model's hash."""
    kept = cache / f"{questions.vectors}-{model.model_hash[:16]}.npy" if cache is not None else None
    if kept is not None and kept.is_file():
        loaded: NDArray[np.float32] = np.load(kept)
        return loaded
    vectors = np.array([await model.aget_text_embedding(text) for _, text in questions.passages], dtype=np.float32)
    if kept is not None:
        np.save(kept, vectors)
    return vectors


def sampled(questions: QuestionSet, passages: int) -> QuestionSet:
    """The set over about so many passages: those that answer a question, and others evenly spread; 0: all of them."""
    if not passages or passages >= len(questions.passages):
        return questions
    wanted = frozenset[str]().union(*(asked.relevant for asked in questions.questions))
    others = [number for number, (name, _) in enumerate(questions.passages) if name not in wanted]
    step = max(1, len(others) // max(1, passages - len(wanted)))
    kept = {*others[::step], *(n for n, (name, _) in enumerate(questions.passages) if name in wanted)}
    vectors = f"{questions.vectors}-of{passages}"
    return replace(questions, vectors=vectors, passages=[questions.passages[number] for number in sorted(kept)])


def node_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def as_nodes(questions: QuestionSet, vectors: NDArray[np.float32]) -> list[TextNode]:
    """Passages without breadcrumbs: the sets have none, and article titles would give answers away."""
    return [
        TextNode(
            id_=node_id(name),
            text=text,
            embedding=vector.tolist(),
            metadata={"uri": name, "url": f"https://example.org/{name}", "start": 0, "end": len(text)},
            excluded_embed_metadata_keys=list(PAYLOAD_KEYS),
        )
        for (name, text), vector in zip(questions.passages, vectors, strict=True)
    ]


@asynccontextmanager
async def opened_store(kind: str, folder: Path) -> AsyncIterator[Store]:
    """An empty store: the embedded engine, or a server's REST emulated over it."""
    if kind == "edge":
        collections = collections_of(EdgeShards(folder))
        yield await collections.open("bench", dimension=384)
        await collections.close()
        return
    async with QdrantEmulator() as emulator:
        client = build_qdrant_client(read_settings(QDRANT_URL=emulator.url))
        collections = collections_of(ServerCollections(client))
        yield await collections.open("bench", dimension=384)
        await collections.close()


async def measure_quality(store: Store, model: LocalEmbedding, questions: QuestionSet) -> dict[str, Quality]:
    """Recall and nDCG of each leg and of the retriever's fused ranking."""
    retriever = SectionRetriever(store, model, options=RankingOptions(top_n=10))
    names = {node_id(name): name for name, _ in questions.passages}
    scores: dict[str, list[tuple[float, float]]] = {leg: [] for leg in LEGS}
    for asked in questions.questions:
        query = LegQuery(await model.aget_query_embedding(asked.text), asked.text)
        (legs,) = await store.aquery_legs([query])
        passages = (await retriever.retrieve_passages([asked.text])).passages
        rankings = (
            [names[hit.id] for hit in legs.dense],
            [names[hit.id] for hit in legs.bm25],
            [names[passage.node_id] for passage in passages],
        )
        for leg, ranked in zip(LEGS, rankings, strict=True):
            scores[leg].append((recall_at(ranked, asked.relevant, 5), ndcg_at(ranked, asked.relevant, 10)))
    return {
        leg: Quality(*(statistics.fmean(column) for column in zip(*rows, strict=True))) for leg, rows in scores.items()
    }


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds a call: median, 95th percentile, and mean CPU of the whole process."""

    p50: float
    p95: float
    cpu: float


async def measure(work: Callable[[str], object], texts: Sequence[str]) -> Timing:
    """Times `work(text)`, awaiting what it returns, one call after the other."""
    spent: list[float] = []
    cpu = time.process_time()
    for text in texts:
        started = time.perf_counter()
        done = work(text)
        if asyncio.iscoroutine(done):
            await done
        spent.append((time.perf_counter() - started) * 1e3)
    cpu = (time.process_time() - cpu) * 1e3 / len(texts)
    cuts = statistics.quantiles(spent, n=20)
    return Timing(statistics.median(spent), cuts[18], cpu)


async def measure_speed(folder: Path, model: LocalEmbedding, points: int) -> dict[str, Timing]:
    """Calls one after the other over `points` sections of 150 words, every question new to the query memory.

    `bare` is the least that the work takes: encoder and engine in this thread, no fusion, payloads of `TOP_N` only.
    """
    texts = [" ".join(f"w{(i * 7 + j * j) % 4999}" for j in range(150)) for i in range(points)]
    vectors = np.random.default_rng(7).normal(size=(points, 384)).astype(np.float32)
    questions = QuestionSet("speed", "speed", [(str(i), text) for i, text in enumerate(texts)], [])
    asked = [f"how does w{i % 4999} work with w{i * 3 % 4999} in part {i}?" for i in range(600)]
    async with opened_store("edge", folder) as store:
        await store.async_add(as_nodes(questions, vectors))
        retriever = SectionRetriever(store, model)
        assert isinstance(store, EdgeVectorStore)
        shard = store.client._shards["bench"]
        encoder, bm25 = model._encoder, Bm25Encoder()

        def bare(text: str) -> None:
            searches = [PointSearch(encoder.encode(text).tolist(), 50), PointSearch(bm25.encode_query(text), 50)]
            best, _ = shard.query_batch(QueryBatchRequest([edge_query(search) for search in searches]))
            shard.retrieve([point.id for point in best[:TOP_N]], True, False)

        known = asked[0]
        await retriever.retrieve_passages([known])
        first = {"retrieve, after a write": await measure(lambda t: retriever.retrieve_passages([t]), asked[200:300])}
        await store.aquery_legs([LegQuery(vectors[0].tolist(), "")], top_k=points)  # every payload is known now
        return {
            "bare embed + search": await measure(bare, asked[1:200]),
            "embed": await measure(model.aget_query_embedding, asked[300:400]),
            "retrieve": await measure(lambda text: retriever.retrieve_passages([text]), asked[400:500]),
            "retrieve, question known": await measure(lambda _: retriever.retrieve_passages([known]), asked[:200]),
            "retrieve, two texts": await measure(lambda text: retriever.retrieve_passages([text, known]), asked[500:]),
            **first,
        }


async def measure_ingestion(model: LocalEmbedding, rounds: int = 3) -> float:
    """Texts a second through LlamaIndex's node path, as a ratio to a bare loop over the encoder; best of the rounds."""
    texts = [f"Section {i}: " + "the dough rests while the oven heats. " * 18 for i in range(24)]
    ratios = []
    for _ in range(rounds):
        started = time.process_time()
        for text in texts:
            model._encoder.encode(text)
        alone = time.process_time() - started
        started = time.process_time()
        await model.acall([TextNode(text=text) for text in texts])
        ratios.append(alone / (time.process_time() - started))
    return max(ratios)


async def report_quality(arguments: argparse.Namespace, model: LocalEmbedding, cache: Path) -> None:
    """A table of every set and leg on stdout."""
    print(f"{'set':14} {'questions':>9} " + " ".join(f"{leg + ' R@5':>11} {leg + ' nDCG@10':>13}" for leg in LEGS))
    for name in arguments.sets:
        questions = sampled(READERS[name](shared_data_folder()), arguments.passages)
        vectors = await embed_passages(model, questions, cache)
        if arguments.questions:
            step = max(1, len(questions.questions) // arguments.questions)
            questions = replace(questions, questions=questions.questions[::step])
        with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
            async with opened_store(arguments.store, Path(folder)) as store:
                await store.async_add(as_nodes(questions, vectors))
                found = await measure_quality(store, model, questions)
        row = " ".join(f"{found[leg].recall_at_5:11.3f} {found[leg].ndcg_at_10:13.3f}" for leg in LEGS)
        print(f"{name:14} {len(questions.questions):9} {row}", flush=True)


async def report_speed(arguments: argparse.Namespace, model: LocalEmbedding) -> None:
    """Latency and CPU of a call, and the ratio to the bare loop, on stdout."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        timings = await measure_speed(Path(folder), model, arguments.points)
    bare = timings["bare embed + search"]
    print(f"{arguments.points} points\n{'':26} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8} {'CPU/bare':>9}")
    for name, timing in timings.items():
        print(f"{name:26} {timing.p50:8.2f} {timing.p95:8.2f} {timing.cpu:8.2f} {timing.cpu / bare.cpu:9.2f}")
    print(f"ingestion path / bare loop: {await measure_ingestion(model):.2f}")


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", choices=list(READERS), default=list(READERS))
    parser.add_argument("--questions", type=int, default=0, help="about so many questions of each set; 0: all")
    parser.add_argument("--passages", type=int, default=0, help="about so many of each set's passages; 0: all")
    parser.add_argument("--store", choices=["edge", "server"], default="edge")
    parser.add_argument("--embedding", choices=list(LOCAL_MODELS), default="local/minilm")
    parser.add_argument("--cache", type=Path, default=model_folder())
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--points", type=int, default=10_000)
    return parser.parse_args()


async def main() -> None:
    """Runs what the command line asks for."""
    arguments = read_arguments()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    model = open_local_model(arguments.embedding, arguments.cache)
    await (report_speed(arguments, model) if arguments.speed else report_quality(arguments, model, arguments.cache))
    model.close()


if __name__ == "__main__":
    asyncio.run(main())
