"""Versions and locales of built sites: mike's branch, folders of versions, folders of languages."""

from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.errors import SourceMissing
from pipelines.readers.folder import FolderPages
from pipelines.readers.sources import open_source
from tests.support.built_sites import SITE, write_docusaurus_build, write_mike_branch, write_pages

Found = dict[str, tuple[str, str | None, str | None]]


def read(folder: Path, *, base_url: str = SITE, path: str = ".", site: Any = None, **declared: Any) -> Found:
    """Address, version and locale of every page by its uri."""
    source = {"kind": "html", "path": path, "site": site or {}}
    spec = CorpusSpec.model_validate(
        {"name": "s", "folder": folder, "base_url": base_url, "source": source, **declared}
    )  # fmt: skip
    pages = open_source(spec, max_page_chars=100_000)
    assert isinstance(pages, FolderPages)
    documents = [one for one in pages.read() if isinstance(one, Document)]
    return {
        one.metadata["uri"]: (one.metadata["url"], one.metadata.get("version"), one.metadata.get("locale"))
        for one in documents
    }


LATEST = {
    "index.html": (f"{SITE}/latest/", None, None),
    "guide/setup/index.html": (f"{SITE}/latest/guide/setup/", None, None),
}
OLD = {
    "1.0/index.html": (f"{SITE}/1.0/", "1.0", None),
    "1.0/guide/setup/index.html": (f"{SITE}/1.0/guide/setup/", "1.0", None),
}


def test_of_mikes_branch_the_version_that_its_root_leads_to_is_read(tmp_path: Path) -> None:
    assert read(write_mike_branch(tmp_path)) == LATEST
    assert read(tmp_path, versions=["1.0", "latest"]) == LATEST | OLD


@pytest.mark.parametrize(
    ("declared", "address"),
    [
        ({"base_url": f"{SITE}/1.0"}, f"{SITE}/1.0/"),
        ({"base_url": f"{SITE}/latest"}, f"{SITE}/latest/"),
        ({"base_url": f"{SITE}/2.0"}, f"{SITE}/2.0/"),
        ({"site": {"default_version": "dev"}}, f"{SITE}/dev/"),
        ({"path": "1.0", "base_url": f"{SITE}/1.0"}, f"{SITE}/1.0/"),
    ],
)
def test_another_default_version_is_named_by_the_address_or_by_its_name(
    tmp_path: Path, declared: dict[str, Any], address: str
) -> None:
    found = read(write_mike_branch(tmp_path), **declared)
    assert found["index.html"] == (address, None, None)
    assert len(found) == 2


def test_of_two_names_of_one_version_the_first_counts(tmp_path: Path) -> None:
    write_mike_branch(tmp_path)
    for names in (["latest", "2.0"], ["2.0", "latest"]):
        found = read(tmp_path, base_url=f"{SITE}/1.0", versions=names)
        assert {page[1] for page in found.values()} == {None, names[0]}


def test_without_a_redirect_the_usual_alias_is_the_default(tmp_path: Path) -> None:
    (write_mike_branch(tmp_path) / "index.html").unlink()
    assert read(tmp_path) == LATEST


def test_a_list_of_versions_that_mike_did_not_write_is_none(tmp_path: Path) -> None:
    write_pages(tmp_path, {"index.html": "Home.", "1.0/index.html": "Old."})
    for text in (
        '[{"version": "1.0", "url": "https://my.site/1.0"}]',
        '["1.0"]',
        "{",
        '[{"version": "..", "aliases": []}]',
    ):
        (tmp_path / "versions.json").write_text(text)
        assert sorted(read(tmp_path)) == ["1.0/index.html", "index.html"]


def test_folders_of_versions_are_named(tmp_path: Path) -> None:
    write_pages(tmp_path, {
        "docs/a.html": "New.", "docs/1.0/a.html": "Old.", "docs/next/a.html": "Next.", "blog/b.html": "News.",
        "fr/docs/a.html": "fr:Nouveau.", "fr/docs/1.0/a.html": "fr:Vieux.", "fr/docs/next/a.html": "fr:Prochain.",
        "index.html": "Home.",
    })  # fmt: skip
    site = {"version_paths": {"1.0": "docs/1.0", "next": "docs/next"}}
    assert sorted(read(tmp_path, site=site)) == ["blog/b.html", "docs/a.html", "index.html"]
    found = read(tmp_path, site=site, versions=["1.0"], locales=["fr"])
    assert {uri: page for uri, page in found.items() if page[1:] != (None, None)} == {
        "docs/1.0/a.html": (f"{SITE}/docs/1.0/a.html", "1.0", None),
        "fr/docs/a.html": (f"{SITE}/fr/docs/a.html", None, "fr"),
        "fr/docs/1.0/a.html": (f"{SITE}/fr/docs/1.0/a.html", "1.0", "fr"),
    }


@pytest.mark.parametrize("name", ["1.*", "[1.0]", "{1,2}", "!1", "v?"])
def test_paths_of_versions_are_taken_as_they_are_written(tmp_path: Path, name: str) -> None:
    write_pages(tmp_path, {f"{name}/a.html": "Old.", "1.5/a.html": "Other.", "1/a.html": "One.", "va/a.html": "V."})
    site = {"version_paths": {"old": name}}
    assert sorted(read(tmp_path, site=site)) == ["1.5/a.html", "1/a.html", "va/a.html"]
    found = read(tmp_path, site=site, versions=["old"])
    assert {uri for uri, page in found.items() if page[1] == "old"} == {f"{name}/a.html"}
    assert len(found) == 4


def test_a_docusaurus_build_says_itself_which_version_a_page_is_of(tmp_path: Path) -> None:
    write_docusaurus_build(tmp_path)
    default = [f"{place}/{name}/index.html" for place in ("api", "docs") for name in ("guide/setup", "intro")]
    assert sorted(read(tmp_path)) == default
    found = read(tmp_path, versions=["next", "1.0"], locales=["fr"])
    assert len(found) == 2 * 2 * 5
    assert found["docs/next/intro/index.html"] == (f"{SITE}/docs/next/intro/", "next", None)
    assert found["api/1.0/intro/index.html"] == (f"{SITE}/api/1.0/intro/", "1.0", None)
    assert found["fr/docs/1.0/intro/index.html"] == (f"{SITE}/fr/docs/1.0/intro/", "1.0", "fr")
    assert found["fr/docs/intro/index.html"] == (f"{SITE}/fr/docs/intro/", None, "fr")


def test_a_folder_in_another_language_is_a_locale(tmp_path: Path) -> None:
    write_pages(tmp_path, {
        "index.html": "Home.", "guide/a.html": "Guide.", "fr/index.html": "fr:Accueil.", "fr/guide/a.html": "fr:Guide.",
        "pt-br/guide/a.html": "pt-BR:Guia.", "go/index.html": "The language.", "en/index.html": "Home again.",
    })  # fmt: skip
    default = ["en/index.html", "go/index.html", "guide/a.html", "index.html"]
    assert sorted(read(tmp_path)) == default
    found = read(tmp_path, locales=["en", "fr"])
    assert sorted(found) == sorted([*default, "fr/guide/a.html", "fr/index.html"])
    assert found["fr/guide/a.html"] == (f"{SITE}/fr/guide/a.html", None, "fr")


def test_a_language_with_a_country_names_its_folder_too(tmp_path: Path) -> None:
    write_pages(tmp_path, {
        "index.html": "en-US:Home.", "en/index.html": "en-US:Home again.", "fr/index.html": "fr-FR:Accueil.",
        "zh/index.html": "zh-CN:A.", "zh-tw/index.html": "zh-TW:B.",
    })  # fmt: skip
    default = {"index.html": (f"{SITE}/", None, None), "en/index.html": (f"{SITE}/en/", None, None)}
    assert read(tmp_path) == default
    assert read(tmp_path, locales=["fr", "zh"]) == default | {
        "fr/index.html": (f"{SITE}/fr/", None, "fr"), "zh/index.html": (f"{SITE}/zh/", None, "zh"),
    }  # fmt: skip


def test_the_default_locale_may_have_a_folder_too(tmp_path: Path) -> None:
    write_pages(tmp_path, {"en/index.html": "Home.", "de/index.html": "de:Start.", "de/a.html": "de:A."})
    assert read(tmp_path) == {"en/index.html": (f"{SITE}/en/", None, None)}
    assert read(tmp_path, locales=["de"])["de/a.html"] == (f"{SITE}/de/a.html", None, "de")
    german = read(tmp_path, site={"default_locale": "de"})
    assert german == {"de/index.html": (f"{SITE}/de/", None, None), "de/a.html": (f"{SITE}/de/a.html", None, None)}
    (tmp_path / "index.html").write_text('<meta http-equiv="refresh" content="0; url=https://my.site/p/de/">')
    assert read(tmp_path) == german


def test_a_version_of_mike_with_locales_inside(tmp_path: Path) -> None:
    write_pages(write_mike_branch(tmp_path), {"2.0/fr/index.html": "fr:Accueil.", "1.0/fr/index.html": "fr:Ancien."})
    assert read(tmp_path) == LATEST
    found = read(tmp_path, versions=["1.0"], locales=["fr"])
    assert found == LATEST | OLD | {
        "fr/index.html": (f"{SITE}/latest/fr/", None, "fr"),
        "1.0/fr/index.html": (f"{SITE}/1.0/fr/", "1.0", "fr"),
    }


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"versions": ["3.0"]}, "versions: '3.0' is none of the site in .*, which has: dev, 2.0, 1.0"),
        ({"locales": ["de"]}, "locales: 'de' is none"),
        ({"site": {"default_version": "3"}}, "default_version: '3' is none"),
        ({"site": {"version_paths": {"x": "../../etc"}}, "versions": ["x"]}, "leads out of the source folder"),
    ],
)
def test_what_the_site_does_not_have_is_told(tmp_path: Path, declared: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceMissing, match=said):
        read(write_mike_branch(tmp_path / "site"), **declared)
