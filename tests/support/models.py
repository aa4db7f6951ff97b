"""The local embedding models for tests: made once a run of the suite, by whichever test needs them first."""

import os
import tempfile
from pathlib import Path

from pipelines.providers.e5 import E5Embedding
from pipelines.providers.local_embedding import LocalEmbedding
from pipelines.providers.minilm import MiniLmEmbedding

LOCAL_MODELS: dict[str, type[MiniLmEmbedding | E5Embedding]] = {
    "local/minilm": MiniLmEmbedding,
    "local/e5-small": E5Embedding,
}


def open_local_model(name: str, folder: Path) -> LocalEmbedding:
    """The local model of that name in a corpus file; its graph is kept in the folder."""
    return LOCAL_MODELS[name](folder)


def model_folder() -> Path:
    """Where tests keep the quantised model between runs; `FOOTNOTED_BENCH_CACHE` moves it."""
    folder = Path(os.environ.get("FOOTNOTED_BENCH_CACHE", Path(tempfile.gettempdir()) / "footnoted_bench"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
