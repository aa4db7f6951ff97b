"""A list of sources as a corpus file declares it."""

from pathlib import Path

import pytest

from app.cli.building import builds_of
from app.cli.watch import watched_folders
from pipelines.corpus import CorpusSpec, HtmlSource, OpenApiSource, PdfSource, read_corpora
from pipelines.source_specs import labels_of
from storage_config.errors import ConfigurationError

ARRAY = """
[corpora.docs]
base_url = "https://my.site/"
source = [
  { kind = "html", path = "out", build = ["make", "html"] },
  { kind = "pdf", path = "papers", base_url = "https://files.site/x/", name = "papers" },
]
"""
TABLES = """
[corpora.docs]
[[corpora.docs.sources]]
kind = "html"
path = "out"
base_url = "https://my.site"
build = ["make", "html"]
[[corpora.docs.sources]]
kind = "pdf"
path = "papers"
base_url = "https://files.site/x"
name = "papers"
"""


def read(folder: Path, text: str, *, need_folders: bool = False) -> CorpusSpec:
    (folder / "footnoted.toml").write_text(text)
    (spec,) = read_corpora(folder / "footnoted.toml", need_folders=need_folders).values()
    return spec


@pytest.mark.parametrize("text", [ARRAY, TABLES, TABLES.replace("sources]]", "source]]")])
def test_an_array_and_tables_are_the_same_list(tmp_path: Path, text: str) -> None:
    spec = read(tmp_path, text)
    html, pdf = spec.parts
    assert isinstance(html.source, HtmlSource)
    assert isinstance(pdf.source, PdfSource)
    assert (html.base_url, pdf.base_url) == ("https://my.site", "https://files.site/x")
    assert (html.source.uri_prefix, pdf.source.uri_prefix) == ("", "papers/")
    assert builds_of(spec) == [("make", "html")]
    assert spec.source_folders == ((tmp_path / "out").resolve(), (tmp_path / "papers").resolve())


def test_a_single_source_may_be_a_list_of_one_and_name_its_address(tmp_path: Path) -> None:
    spec = read(
        tmp_path, "[corpora.a]\nsource = [{ kind = 'openapi', path = 'x.yaml', base_url = 'https://my.site/api/' }]\n"
    )
    assert isinstance(spec.source, OpenApiSource)
    assert (spec.base_url, len(spec.sources)) == ("https://my.site/api", 1)


def test_every_folder_is_watched_and_must_be_there(tmp_path: Path) -> None:
    for name in ("out", "papers"):
        (tmp_path / name).mkdir()
    assert watched_folders([read(tmp_path, ARRAY, need_folders=True)]) == [tmp_path / "out", tmp_path / "papers"]
    (tmp_path / "papers").rmdir()
    with pytest.raises(ConfigurationError, match="papers"):
        read(tmp_path, ARRAY, need_folders=True)


def test_another_list_is_another_declaration(tmp_path: Path) -> None:
    assert read(tmp_path, ARRAY).digest() != read(tmp_path, ARRAY.replace('name = "papers"', 'name = "p"')).digest()


def test_a_placeholder_in_one_of_them_is_warned_of(tmp_path: Path) -> None:
    assert not read(tmp_path, ARRAY).has_placeholder_url
    assert read(tmp_path, ARRAY.replace("files.site", "files.example.org")).has_placeholder_url


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (ARRAY.replace('path = "papers"', 'pfad = "papers"'), "corpora.docs.source.1.pfad: unknown key"),
        (ARRAY.replace('"pdf"', '"odt"'), "corpora.docs.source.1"),
        (ARRAY.replace('build = ["make", "html"]', 'name = "papers"'), "'papers' stands twice"),
        ("[corpora.docs]\nbase_url = 'https://my.site'\nsource = []\n", "must hold a source"),
        ("[corpora.docs]\nbase_url = 'https://my.site'\nsources = 3\n", "must be a list"),
        ("[corpora.docs]\nbase_url = 'https://my.site'\n", "corpora.docs.source: is missing"),
        (f"{ARRAY}sources = []\n", "one and the same"),
        (ARRAY.replace('base_url = "https://my.site/"\n', ""), "corpora.docs.base_url: is missing"),
        (f"{ARRAY}more_sources = []\n", "corpora.docs.more_sources: unknown key"),
        (ARRAY.replace("https://files.site/x/", "files.site"), "corpora.docs.source.1.base_url"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("sources", "labels"),
    [
        (["markdown docs", "pdf papers"], ["docs", "papers"]),
        (["markdown docs", "pdf docs", "pdf papers"], ["docs (markdown)", "docs (pdf)", "papers"]),
        (["markdown docs", "html docs docs"], ["docs (markdown)", "docs (html)"]),
        (["pdf x", "pdf docs", "pdf docs", "html docs"], ["x", "docs (pdf) 1", "docs (pdf) 2", "docs (html)"]),
        (["pdf docs papers", "markdown docs"], ["papers", "docs"]),
    ],
)
def test_no_two_sources_are_called_the_same(tmp_path: Path, sources: list[str], labels: list[str]) -> None:
    keys = ("kind", "path", "name")
    listed = ", ".join(
        "{ " + ", ".join(f'{key} = "{word}"' for key, word in zip(keys, one.split(), strict=False)) + " }"
        for one in sources
    )
    spec = read(tmp_path, f"[corpora.docs]\nbase_url = 'https://my.site'\nsource = [{listed}]\n")
    assert labels_of(spec.sources) == tuple(labels)
