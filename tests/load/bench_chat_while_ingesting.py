"""How long a question takes while the same server ingests, against alone.

    python -m tests.load.bench_chat_while_ingesting [--questions 40]

One `footnoted serve` on the sample book with the local embedding model, which the ingestion and the questions share.
Every question is another one, so that no vector is remembered. The ingestion is stopped when the figures are there.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import httpx

from storage_config.state_lock import owner_of
from tests.support.command_line import SECONDS, copy_book, run, serving
from tests.support.waiting import eventually

WORDS = ("ranking", "fusion", "chunks", "citations", "saturation", "recall", "evaluation", "anchors")


def write_pages(folder: Path, pages: int) -> None:
    """Pages of forty paragraphs each, no two alike."""
    folder.mkdir()
    for number in range(pages):
        lines = "\n\n".join(f"Sentence {number} {line} about the weather of day {line * number}." for line in range(40))
        (folder / f"page{number}.md").write_text(f"# Page {number}\n\n{lines}\n", encoding="utf-8")


async def ask(client: httpx.AsyncClient, numbers: Sequence[int]) -> list[float]:
    """Seconds of one question after the other."""
    seconds = []
    for number in numbers:
        began = time.perf_counter()
        question = {"question": f"What is rule {number} of {WORDS[number % len(WORDS)]}?", "stream": False}
        (await client.post("/api/v1/chat", json=question)).raise_for_status()
        seconds.append(time.perf_counter() - began)
    return seconds


async def measure(folder: Path, *, questions: int, pages: int) -> tuple[list[float], list[float]]:
    """Seconds of questions alone and while it ingests. An ingestion that ends too early is an AssertionError."""
    site = copy_book(folder / "site")
    assert (await run(site, "ingest")).code == 0
    async with serving(site, FOOTNOTED_ASK_RATE_ADDRESS="off") as (url, _), httpx.AsyncClient(base_url=url) as client:
        owner = owner_of(site / ".footnoted")
        assert owner is not None
        client.headers["authorization"], client.timeout = f"Bearer {owner.token}", httpx.Timeout(SECONDS)
        await ask(client, range(questions))  # what the first ones load
        alone = await ask(client, range(questions, 2 * questions))
        write_pages(site / "book" / "more", pages)
        started = (await client.post("/api/v1/ingestions", json={})).raise_for_status()
        place = f"/api/v1/ingestions/{started.json()['id']}"

        async def embeds() -> bool:
            return bool((await client.get(place)).json()["progress"])

        await eventually(embeds, SECONDS)
        busy = await ask(client, range(2 * questions, 3 * questions))
        assert (await client.get(place)).json()["status"] == "running", "it ended before the questions did: more pages"
        await client.delete(place)
    return alone, busy


def main() -> None:
    """Prints medians, the slowest, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--pages", type=int, default=400)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone, busy = asyncio.run(measure(Path(folder), questions=words.questions, pages=words.pages))
    for name, one, other in (("median", median(alone), median(busy)), ("slowest", max(alone), max(busy))):
        print(f"{name:8} {one * 1e3:6.0f} ms alone, {other * 1e3:6.0f} ms while ingesting, ratio {other / one:.1f}")


if __name__ == "__main__":
    main()
