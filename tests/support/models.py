"""The local embedding model for tests: quantised once a run of the suite, by whichever test needs it first."""

import os
import tempfile
from pathlib import Path


def model_folder() -> Path:
    """Where tests keep the quantised model between runs; `FOOTNOTED_BENCH_CACHE` moves it."""
    folder = Path(os.environ.get("FOOTNOTED_BENCH_CACHE", Path(tempfile.gettempdir()) / "footnoted_bench"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
