"""Models are loaded beside the event loop, once for all who want them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.grounding.judges import NliVerifier
from pipelines.model_registry import Models
from pipelines.providers import cross_encoder
from storage_config.errors import ConfigurationError
from storage_config.settings import Settings

LOADING, HELD = 0.3, 0.15


@pytest.fixture
async def models(tmp_path: Path) -> AsyncIterator[Models]:
    async with AsyncExitStack() as stack:
        yield Models(Settings(data_dir=tmp_path / "data", _env_file=None), stack)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were read, each of which takes its time without ever giving way."""
    names: list[str] = []

    class Slow:
        weights_hash = "slow"

    def read(kind: type, name: str, folder: Path) -> Any:
        names.append(name)
        time.sleep(LOADING)
        return Slow()

    monkeypatch.setattr(cross_encoder, "open_classifier", read)
    return names


def declared(folder: Path, language: str = "english", **keys: str) -> CorpusSpec:
    return CorpusSpec(
        name="handbook", folder=folder, source=MarkdownSource(kind="markdown", path=folder),
        base_url="https://example.org", language=language, **keys,
    )  # fmt: skip


async def longest_wait(working: "Callable[[], bool]") -> float:
    """The longest time that the loop was held while something works."""
    longest, last = 0.0, time.perf_counter()
    while working():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest


async def test_a_reranker_is_read_once_and_holds_nobody(models: Models, loaded: list[str]) -> None:
    wanted = [asyncio.create_task(models.local_reranker("cross-encoder/ranks")) for _ in range(4)]
    assert await longest_wait(lambda: not all(one.done() for one in wanted)) < HELD
    assert len({id(one.result()) for one in wanted}) == 1
    assert loaded == ["ranks"]


async def test_verifiers_of_all_languages_share_one_model(models: Models, loaded: list[str], tmp_path: Path) -> None:
    specs = [declared(tmp_path, language, verifier="nli/judges") for language in ("english", "german", "german")]
    wanted = [asyncio.create_task(models.verifier(spec)) for spec in specs]
    assert await longest_wait(lambda: not all(one.done() for one in wanted)) < HELD
    english, german, again = (one.result() for one in wanted)
    assert isinstance(english, NliVerifier)
    assert german is again is not english
    assert loaded == ["judges"]


async def test_a_model_that_could_not_be_read_is_read_again(models: Models, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=r"holds no model\.onnx"):
            await models.local_reranker(f"cross-encoder/{folder}")
