"""What the README says of configuration holds."""

import re
from pathlib import Path

from pipelines.corpus import HtmlSource, MarkdownSource, read_corpora
from storage_config.settings import Settings
from tests.conftest import ROOT

_README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_corpus_file_is_one_also_with_the_source_of_a_built_site(tmp_path: Path) -> None:
    (sample,) = re.findall(r"^```toml\n(.*?)^```$", _README, re.M | re.S)
    config = tmp_path / "footnoted.toml"
    config.write_text(sample)
    assert isinstance(read_corpora(config, need_folders=False)["handbook"].source, MarkdownSource)
    config.write_text(re.sub(r"^source = ", "# ", sample, flags=re.M).replace("# source = ", "source = "))
    assert isinstance(read_corpora(config, need_folders=False)["handbook"].source, HtmlSource)


def test_the_limits_of_readers_without_a_name_are_the_defaults() -> None:
    (minute, day) = re.search(r"(\d+) questions a minute and (\d+) a day", _README).groups()  # type: ignore[union-attr]
    assert Settings.model_fields["ask_rate_address"].default == f"{minute}/minute, {day}/day"
