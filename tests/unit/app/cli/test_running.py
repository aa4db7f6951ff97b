"""What commands tell before they work."""

from pathlib import Path

import pytest

from app.cli.running import warn_of_placeholders
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
