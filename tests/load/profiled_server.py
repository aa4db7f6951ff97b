"""The command line under cProfile, `python -m tests.load.profiled_server DUMP serve …`, and its CPU by stage."""

import cProfile
import pstats
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from app.cli.main import app

# The first that a path holds decides; a function's own time counts, without what it calls.
STAGES = (
    ("embed the query", ("providers/cohere", "query_cache")),
    ("search and fuse", ("qdrant_edge", "storage_config/vectors", "pipelines/retrieval",
                         "text/bm25")),
    ("decide on refusal", ("answering/refusal", "answering/sentence_ranking", "answering/question_kinds",
                           "text/quotable")),
    ("prompt", ("pipelines/prompts",)),
    ("vendor's stream", ("providers/openrouter", "providers/vendor_calls", "providers/aiohttp_transport",
                         "httpx", "httpcore", "h11", "anyio")),
    ("claims, quotes, verdicts", ("pipelines/grounding", "pipelines/text", "sentencex", "evidence")),
    ("chat engine", ("pipelines/answering", "pipelines/events", "pipelines/types")),
    ("record", ("storage_config", "sqlalchemy", "psycopg", "app/conversations")),
    ("events to bytes", ("app/wires", "app/conversations/answer_accumulator")),
    ("request", ("app/", "fastapi", "starlette", "uvicorn", "pydantic")),
    ("event loop", ("asyncio", "uvloop", "<string>")),
)  # fmt: skip


_WAITING = ("epoll", "run_forever", "uvloop.loop")  # is no work
_MAX_DEPTH = 6


def read_stages(dump: Path) -> list[tuple[str, float]]:
    """The share of the profiled CPU by stage, the largest first; what a library does counts for its caller."""
    stats = pstats.Stats(str(dump)).stats  # type: ignore[attr-defined]
    seconds: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, _) in stats.items():
        if not any(word in f"{function[0]} {function[2]}" for word in _WAITING):
            _attribute(stats, function, own, seconds, _MAX_DEPTH)
    total = sum(seconds.values())
    return sorted(((stage, own / total) for stage, own in seconds.items()), key=lambda row: -row[1])


def _attribute(stats: Any, function: Any, own: float, seconds: dict[str, float], depth: int) -> None:
    place = function[0] if function[0] != "~" else function[2]
    stage = next((stage for stage, parts in STAGES if any(part in place for part in parts)), None)
    callers = {caller: figures[2] for caller, figures in stats[function][4].items() if caller in stats}
    weight = sum(callers.values())
    if stage is not None or not depth or not weight:
        seconds[stage or "other"] += own
        return
    for caller, share in callers.items():
        _attribute(stats, caller, own * share / weight, seconds, depth - 1)


def main() -> None:
    """Runs the command line that follows the dump's path; profiles from SIGUSR1 on, so that start-up does not count."""
    dump = sys.argv.pop(1)
    profile = cProfile.Profile(time.thread_time)  # a thread that waits for its turn spends nothing
    signal.signal(signal.SIGUSR1, lambda *_: profile.enable())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # uvicorn raises it again at its end: leave by the way out
    try:
        app(standalone_mode=False)
    finally:
        profile.disable()
        profile.dump_stats(dump)


if __name__ == "__main__":
    main()
