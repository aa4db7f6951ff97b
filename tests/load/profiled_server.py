"""The command line with its CPU by stage: `python -m tests.load.profiled_server FILE serve …`.

The process is looked at after every few milliseconds of CPU that it spent, whichever thread spent them, in user code or
the kernel. That costs a hundredth of what is measured; cProfile makes small functions look several times as dear.
"""

import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from app.cli.main import app

_EVERY_SECONDS = 0.004  # of CPU
# What a library does counts for the innermost caller that is named here; the first that its path holds decides.
STAGES = (
    ("embed the query", ("providers/cohere", "query_cache", "providers/local_embedding", "providers/minilm")),
    ("search, fuse, weigh", ("storage_config/vectors", "pipelines/retrieval", "text/bm25")),
    ("decide on refusal", ("answering/refusal", "answering/sentence_ranking", "answering/ready_question",
                           "answering/question_kinds", "answering/missing_words", "text/quotable")),
    ("prompt", ("pipelines/prompt",)),
    ("vendor's stream", ("providers/openrouter", "providers/model_text")),
    ("claims, quotes, verdicts", ("pipelines/grounding", "text/sentences", "text/markup")),
    ("chat engine", ("pipelines/answering", "pipelines/events", "pipelines/types")),
    ("database", ("storage_config/postgres", "storage_config/records", "sqlalchemy/", "psycopg/",
                  "app/conversations/store")),
    ("events to bytes", ("app/wires", "app/conversations/answer_accumulator")),
    ("log and numbers", ("structlog/", "app/telemetry", "app/http/access_log", "opentelemetry/")),
    ("connections of readers", ("uvicorn/protocols", "app/http/connection")),
    ("request and limits", ("app/", "fastapi/", "starlette/", "uvicorn/", "pydantic/")),
    ("connections to vendors", ("providers/", "aiohttp/", "httpx/")),
    ("event loop", ("asyncio/", "uvloop/")),
)  # fmt: skip
OTHER = "other"
_ROOT = f"{Path(__file__).resolve().parents[2]}/"
_PACKAGES = "/site-packages/"
_WAITS = (
    "threading.py",
    "concurrent/futures/thread.py",
    "selectors.py",
    "queue.py",
)  # the top of a thread without work


def stage_of(path: str) -> str | None:
    """The stage that a source file belongs to."""
    inside = path.partition(_PACKAGES)[2] or path.removeprefix(_ROOT)
    return next((stage for stage, parts in STAGES if any(part in inside for part in parts)), None)


class StageClock:
    """Counts in which stage the process is whenever it has spent some more CPU."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._known: dict[str, str | None] = {}

    def start(self) -> None:
        """From now on; in the main thread, where Python runs what signals call."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY_SECONDS, _EVERY_SECONDS)

    def _look(self, number: int, frame: FrameType | None) -> None:
        me = threading.get_ident()
        others = [one for thread, one in sys._current_frames().items() if thread != me]
        busy = [one for one in others if not one.f_code.co_filename.endswith(_WAITS)]
        # Where a thread is busy too, nobody knows which of the two spent it: the loop waits at its lowest frame.
        if busy and self._stage(frame) in (None, "event loop"):
            frame = busy[0]
        self.seen[self._stage(frame) or OTHER] += 1

    def _stage(self, frame: FrameType | None) -> str | None:
        while frame is not None:
            path = frame.f_code.co_filename
            if path not in self._known:
                self._known[path] = stage_of(path)
            if (stage := self._known[path]) is not None:
                return stage
            frame = frame.f_back
        return None


def read_stages(file: Path) -> Counter[str]:
    """How often each stage was seen so far; empty before the first writing."""
    return Counter(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else Counter()


def shares_between(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, float]:
    """The share of each stage in what was seen between two readings, the largest first; all together are 1."""
    seen = Counter(after)
    seen.subtract(before)
    total = sum(seen.values())
    return {stage: count / total for stage, count in seen.most_common() if count > 0}


def main() -> None:
    """Runs the command line that follows the file's path; each SIGUSR1 writes the file."""
    file, clock = Path(sys.argv.pop(1)), StageClock()

    def write(*_: object) -> None:
        fresh = file.with_suffix(".fresh")
        fresh.write_text(json.dumps(clock.seen), encoding="utf-8")
        fresh.replace(file)

    signal.signal(signal.SIGUSR1, write)
    clock.start()
    app()


if __name__ == "__main__":
    main()
