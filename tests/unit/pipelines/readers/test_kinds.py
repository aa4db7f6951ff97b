"""A source that cannot be read yet says so."""

from pathlib import Path

import pytest

from pipelines.corpus import CorpusSpec, PdfSource
from pipelines.readers import read_documents
from storage_config.errors import ConfigurationError


def test_a_kind_that_cannot_be_read_yet_is_named(tmp_path: Path) -> None:
    source = PdfSource(kind="pdf", path=tmp_path)
    spec = CorpusSpec(name="papers", folder=tmp_path, source=source, base_url="https://example.org")
    with pytest.raises(ConfigurationError, match=r"corpora\.papers\.source\.kind: pdf .*Allowed: markdown"):
        read_documents(spec, max_page_chars=1_000)
