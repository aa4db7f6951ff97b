"""The clock of the machine jumps by a day, forward and back, while a server and its Postgres are at work.

What lies ahead of the clock afterwards must lock nobody out: counts of limits, times of records, leases.
"""

import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from tests.support.figures import note_figures
from tests.support.needs import needs_program
from tests.support.served_book import SECONDS, serve_book

SOURCE = Path(__file__).parents[1] / "support" / "jumping_clock.c"
QUESTION = "How does BM25 limit the weight of a repeated term?"
MINUTE_LIMIT = 3
DAY = 86_400
# How far the clock is ahead; the server begins at the real time.
JUMPS = (DAY, -DAY, 0)

Jump = Callable[[int], None]


@contextmanager
def book_with_clock(folder: Path) -> Iterator[tuple[httpx.Client, Jump]]:
    """The served book, and what sets its clock."""
    compiler = needs_program("cc", "gcc")  # makes the clock that jumps
    library, ahead = folder / "clock.so", folder / "ahead"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True, timeout=60)
    ahead.write_bytes(struct.pack("q", 0))

    def jump(seconds: int) -> None:
        with ahead.open("r+b") as file:
            file.write(struct.pack("q", seconds))

    environment = {
        "LD_PRELOAD": str(library),
        "CLOCK_AHEAD": str(ahead),
        "FOOTNOTED_ASK_RATE_ADDRESS": f"{MINUTE_LIMIT}/minute",
    }
    with serve_book(folder / "book", **environment) as served, httpx.Client(base_url=served.url, timeout=60) as client:
        yield client, jump


def _ahead(client: httpx.Client) -> float:
    """Seconds, as the `Date` of an answer tells them, which the server looks up once a second."""
    date = client.get("/api/v1/health").headers["date"]
    return parsedate_to_datetime(date).timestamp() - time.time()


def test_readers_are_answered_and_limited_as_before(tmp_path: Path) -> None:
    with book_with_clock(tmp_path) as (client, jump):

        def ask(conversation: str | None = None) -> httpx.Response:
            body: dict[str, Any] = {"question": QUESTION, "stream": False}
            return client.post("/api/v1/chat", json=body | ({"conversation_id": conversation} if conversation else {}))

        first = ask().json()["conversation_id"]
        answered, seconds = 1, []
        for ahead in JUMPS:
            jump(ahead)
            began = time.monotonic()
            answer = ask(first)
            seconds.append(time.monotonic() - began)
            assert answer.status_code == 200, (ahead, answer.text)
            deadline = time.monotonic() + 15
            while abs(_ahead(client) - ahead) > SECONDS:
                assert time.monotonic() < deadline, "the clock did not jump"
                time.sleep(0.1)
            # One more than the limit: the first question may have been counted before the jump.
            more = [ask(first).status_code for _ in range(MINUTE_LIMIT + 1)]
            assert set(more) == {200, 429}  # limited, and not shut out
            answered += 1 + more.count(200)
            assert client.get("/api/v1/health").json()["status"] == "ok"
        told = client.get(f"/api/v1/conversations/{first}").json()["messages"]
        assert [message["role"] for message in told] == ["user", "assistant"] * answered
    note_figures("clock jumps", jumps=len(JUMPS), slowest_answer_seconds=max(seconds))
