"""Pages are reported as they are ingested; what is asked again afterwards may be left."""

from collections.abc import Callable
from typing import Any

import pytest

from app.cli.ingest import Kept, ask_again, ingest_pages
from app.schemas.ingestions import ReportBody


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
