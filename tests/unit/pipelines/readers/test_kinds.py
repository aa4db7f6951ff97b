"""A source of a kind that is read in another way says so."""

from pathlib import Path

import pytest

from pipelines.corpus import CorpusSpec, SitemapSource
from pipelines.readers import read_documents
from storage_config.errors import ConfigurationError


def test_a_kind_that_cannot_be_read_yet_is_named(tmp_path: Path) -> None:
    source = SitemapSource(kind="sitemap", url="https://example.org/sitemap.xml")
    spec = CorpusSpec(name="site", folder=tmp_path, source=source, base_url="https://example.org")
    with pytest.raises(
        ConfigurationError, match=r"corpora\.site\.source\.kind: sitemap .*Allowed: markdown, html, pdf"
    ):
        read_documents(spec, max_page_chars=1_000)
