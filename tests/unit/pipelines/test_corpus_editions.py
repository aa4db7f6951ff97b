"""What a corpus file says of versions and locales: which sources may, and which of two words counts."""

from pathlib import Path

import pytest

from pipelines.corpus import CorpusSpec, read_corpora
from storage_config.errors import ConfigurationError


def read(folder: Path, *lines: str, source: str = 'flavour = "docusaurus"', more: str = "") -> CorpusSpec:
    (folder / "docs").mkdir(exist_ok=True)
    first = f'{{ kind = "markdown", path = "docs", {source} }}'
    text = f'[corpora.handbook]\nbase_url = "https://my.site/docs"\nsource = [{first}{more}]\n'
    (folder / "footnoted.toml").write_text(text + "\n".join(lines))
    return read_corpora(folder / "footnoted.toml")["handbook"]


def test_none_are_named_unasked(tmp_path: Path) -> None:
    spec = read(tmp_path)
    assert (spec.versions, spec.locales, spec.has_editions) == ((), (), False)


def test_a_source_has_those_of_its_corpus_unless_it_names_its_own(tmp_path: Path) -> None:
    html = ', { kind = "html", path = "docs", name = "built", versions = [], locales = ["de"] }'
    pdf = ', { kind = "pdf", path = "docs", name = "papers" }'
    spec = read(tmp_path, 'versions = ["next", "1.0"]', 'locales = ["fr"]', more=html + pdf)
    assert [(part.versions, part.locales) for part in spec.parts] == [
        (("next", "1.0"), ("fr",)), ((), ("de",)), ((), ())
    ]  # fmt: skip
    assert spec.has_editions
    assert read(tmp_path, source='flavour = "docusaurus", locales = ["fr"]').has_editions


@pytest.mark.parametrize(
    ("line", "source", "said"),
    [
        ('versions = ["1.0"]', 'flavour = "vitepress"', "no versions and locales that are known"),
        ('locales = ["fr"]', 'flavour = "plain"', "docusaurus, starlight, mkdocs, built HTML and sitemaps have"),
        ("", 'flavour = "mdbook", versions = ["1"]', "flavour 'mdbook' has no versions and locales"),
        ('versions = "1.0"', 'flavour = "docusaurus"', "corpora.handbook.versions"),
        ('versions = ["a/b"]', 'flavour = "docusaurus"', "corpora.handbook.versions"),
        ('locales = [".."]', 'flavour = "docusaurus"', r"\. and \.\. and .* are no such names, not '\.\.'"),
        ('versions = ["1.*"]', 'flavour = "docusaurus"', "are no such names"),
        ("", 'flavour = "starlight", site = { locales = ["{fr,de}"] }', "site.locales.0: .* are no such names"),
        ("", 'flavour = "starlight", site = { default_locale = "." }', "site.default_locale: .* are no such names"),
        ('locales = [""]', 'flavour = "docusaurus"', "corpora.handbook.locales"),
        ("", 'flavour = "docusaurus", site = { defaultLocale = "fr" }', "default_locale"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, line: str, source: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read(tmp_path, line, source=source)
