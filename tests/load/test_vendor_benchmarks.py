"""The vendors' benchmarks in short form: what a token and a batch of vectors cost this process."""

import pytest

from tests.load import bench_embedding
from tests.load.bench_streaming import measure, measure_many


async def test_a_token_costs_little_over_raw_httpx() -> None:
    cost = await measure(tokens=2_000, rounds=5)
    assert cost.over_raw <= 25, f"raw {cost.raw:.1f} µs, ours {cost.ours:.1f} µs a token"


async def test_many_streams_at_once_all_end() -> None:
    loads = await measure_many(streams=100, tokens=10, tokens_per_second=20)
    assert loads["ours"].per_token < 4 * loads["raw"].per_token


# Cohere's SDK reads its models in a way that pydantic deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_a_batch_of_vectors_costs_a_fraction_of_the_sdks() -> None:
    ours, theirs = await bench_embedding.measure(rounds=2)
    assert ours < theirs / 3, f"ours {ours:.0f} ms, LlamaIndex's class {theirs:.0f} ms a batch"
