"""Pages are reported as they are ingested; what is asked again afterwards may be left."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.cli import ingest as command
from app.cli.ingest import Kept, ask_again, ingest_pages, show_plans
from app.schemas.ingestions import ReportBody
from pipelines.ingestion.progress import IngestionProgress


class Backend:
    """Two corpora, of which the pages of one change."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def corpus_names(self, corpus: str | None) -> list[str]:
        return ["book", "docs"]

    async def ingest(self, corpus: str, **options: Any) -> ReportBody:
        counts = dict.fromkeys(("added", "unchanged", "removed", "failed", "nodes_total", "nodes_embedded"), 0)
        return ReportBody(corpus=corpus, changed=int(corpus == "docs"), seconds=0.1, errors=[], **counts)

    async def ask_again(self, corpus: str, *, on_asking: Callable[[int], None]) -> None:
        on_asking(7)
        self.asked.append(corpus)


async def before(corpus: str) -> None:
    """Nothing is built."""


async def test_questions_are_asked_again_after_the_reports_where_pages_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    backend: Any = Backend()
    kept = Kept()
    await ingest_pages(backend, None, before, allow_removals=False, as_json=True, kept=kept)
    assert backend.asked == []
    assert len(capsys.readouterr().out.splitlines()) == 2
    await ask_again(backend, kept)
    assert backend.asked == ["docs"]
    told = capsys.readouterr()
    assert told.out == ""
    assert "7 questions" in told.err


async def test_who_ends_that_is_told_that_the_pages_are_there() -> None:
    kept = Kept()
    assert kept.in_words() == "Interrupted before anything was embedded."
    await ask_again(Backend(), kept)  # type: ignore[arg-type]
    assert kept.in_words().startswith("Interrupted. The pages are ingested")


class Slow(Backend):
    """Reads its pages for a while, then embeds for a while."""

    reads = 0.0

    def corpus_names(self, corpus: str | None) -> list[str]:
        return ["docs"]

    async def plan(self, corpus: str) -> Any:
        await asyncio.sleep(0.05)
        raise RuntimeError("planned")

    async def ingest(self, corpus: str, **options: Any) -> ReportBody:
        await asyncio.sleep(self.reads)
        options["on_progress"](IngestionProgress(corpus=corpus, pages_total=1))
        await asyncio.sleep(0.05)
        return await super().ingest(corpus)


async def test_it_says_that_pages_are_read_where_that_takes_a_while(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_PATIENCE_SECONDS", 0.01)
    backend: Any = Slow()
    with pytest.raises(RuntimeError, match="planned"):
        await show_plans(backend, None, before, print, as_json=True)
    assert "docs: reading the pages" in capsys.readouterr().err
    await ingest_pages(backend, None, before, allow_removals=False, as_json=True, kept=Kept())
    assert "reading" not in capsys.readouterr().err
    backend.reads = 0.05
    await ingest_pages(backend, None, before, allow_removals=False, as_json=True, kept=Kept())
    assert capsys.readouterr().err.count("docs: reading the pages") == 1
