"""CPU to embed one batch of 96 texts by 1,536 dimensions through Cohere: ours, and LlamaIndex's class with the SDK.

    python -m tests.load.bench_embedding --rounds 5

The server runs in a process of its own and sends the same prepared answer; CPU is this process's.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.embeddings.cohere import CohereEmbedding

from pipelines.providers.cohere import CohereEmbedModel
from pipelines.providers.cohere_dimensions import MAX_BATCH
from tests.emulators.cohere import API_KEY

TEXTS = [f"text number {number} of a batch that is as large as Cohere takes" for number in range(MAX_BATCH)]


@asynccontextmanager
async def vector_server() -> AsyncIterator[str]:
    """The base url of the Cohere emulator in a process of its own."""
    command = [sys.executable, "-m", "tests.emulators.cohere", "--port", "0"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
    finally:
        process.kill()
        await process.wait()


async def cpu_per_batch(model: BaseEmbedding, rounds: int) -> float:
    """Milliseconds, the median over rounds after one that warms up."""
    spent = []
    for _ in range(rounds + 1):
        start = time.process_time()
        vectors = await model.aget_text_embedding_batch(TEXTS)
        spent.append((time.process_time() - start) * 1e3)
        assert (len(vectors), len(vectors[0])) == (MAX_BATCH, 1536)
    return statistics.median(spent[1:])


async def measure(rounds: int) -> tuple[float, float]:
    """Milliseconds of CPU a batch: ours, and LlamaIndex's class."""
    async with vector_server() as url, httpx.AsyncClient(timeout=60) as client:
        ours = CohereEmbedModel("embed-v4.0", api_key=API_KEY, base_url=url)
        theirs = CohereEmbedding(
            model_name="embed-v4.0",
            api_key=API_KEY,
            base_url=url,
            embed_batch_size=MAX_BATCH,
            httpx_async_client=client,
        )
        try:
            return await cpu_per_batch(ours, rounds), await cpu_per_batch(theirs, rounds)
        finally:
            await ours.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    ours, theirs = asyncio.run(measure(parser.parse_args().rounds))
    print(f"{ours:.0f} ms of CPU a batch of {MAX_BATCH} x 1,536, LlamaIndex's class with the SDK {theirs:.0f} ms")


if __name__ == "__main__":
    main()
