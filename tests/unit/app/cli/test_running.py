"""What commands tell before they work."""

from pathlib import Path

import pytest
import typer

from app.cli.ingest import Kept
from app.cli.running import run, warn_of_placeholders
from pipelines.ingestion.progress import IngestionProgress
from storage_config.settings import read_settings


def test_the_corpora_whose_address_is_a_placeholder_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = 'source = { kind = "markdown", path = "." }'
    path = tmp_path / "footnoted.toml"
    path.write_text(
        f'[corpora.real]\n{source}\nbase_url = "https://my.site"\n[corpora.new]\n{source}\nbase_url = "https://example.org"\n'
    )
    settings = read_settings(config=path)
    warn_of_placeholders(settings)
    said = capsys.readouterr().err
    assert said.startswith("new: base_url is a placeholder")
    assert "real" not in said
    warn_of_placeholders(settings, "real")
    assert capsys.readouterr().err == ""


async def _interrupted() -> None:
    raise KeyboardInterrupt


def test_only_an_ingestion_that_embedded_something_says_that_it_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    kept = Kept()
    seen: list[int] = []
    on_progress = kept.watching(lambda progress: seen.append(progress.nodes_embedded))
    said = []
    for embedded in (None, 0, 5, 0):
        if embedded is not None:
            on_progress(IngestionProgress("docs", 3, nodes_embedded=embedded))
        with pytest.raises(typer.Exit) as ended:
            run(_interrupted(), interrupted=kept.in_words)
        assert ended.value.exit_code == 130
        said.append("is kept" in capsys.readouterr().err)
    assert (said, seen) == ([False, False, True, True], [0, 5, 0])
    with pytest.raises(typer.Exit):
        run(_interrupted())
    assert capsys.readouterr().err == "Interrupted.\n"
