"""Versions and locales of sites on disk: which folders are read, and where the site shows their pages."""

from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.errors import SourceMissing
from pipelines.readers.folder import FolderPages
from pipelines.readers.sources import open_source
from pipelines.types import LeftOutPage
from storage_config.editions import Edition, edition_at
from tests.support.docusaurus_site import API, BUILT, DOCS, SITE, write_docusaurus_site


def open_pages(
    folder: Path,
    path: str,
    base_url: str,
    *,
    versions: tuple[str, ...] = (),
    locales: tuple[str, ...] = (),
    **source: Any,
) -> FolderPages:
    declared = {"kind": "markdown", "path": path, "flavour": "docusaurus", **source}
    spec = CorpusSpec.model_validate(
        {"name": "s", "folder": folder, "base_url": base_url, "source": declared, "versions": versions,
         "locales": locales}
    )  # fmt: skip
    pages = open_source(spec, max_page_chars=100_000)
    assert isinstance(pages, FolderPages)
    return pages


def read(pages: FolderPages) -> dict[str, Document]:
    found = list(pages.read())
    assert all(isinstance(one, Document) or one == LeftOutPage(one.path, "partial") for one in found)
    return {one.metadata["uri"]: one for one in found if isinstance(one, Document)}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_docusaurus_site(tmp_path / "site")


def test_every_address_is_that_of_docusaurus_own_build(site: Path) -> None:
    docs = read(open_pages(site, "docs", DOCS, versions=("next", "1.0"), locales=("en", "fr")))
    api = read(open_pages(site, "api", API, versions=("3",), locales=("fr",),
                          site={"default_version": "current", "version_paths": {"current": "dev"}}))  # fmt: skip
    urls = [page.metadata["url"] for page in (*docs.values(), *api.values())]
    assert len(urls) == len(set(urls))
    assert set(urls) == BUILT


def test_unasked_only_the_current_version_and_the_default_locale_are_read(site: Path) -> None:
    pages = open_pages(site, "docs", DOCS)
    found = read(pages)
    assert sorted(found) == ["guide/01-setup.md", "guide/index.md", "intro.md", "slugged.mdx"]
    assert "of 2.0" in found["intro.md"].text
    assert found["intro.md"].metadata["url"] == f"{DOCS}/intro"
    assert not {"version", "locale"} & found["intro.md"].metadata.keys()
    assert pages.editions == ()


def test_a_page_says_which_version_and_locale_it_is_of_and_what_is_not_translated_is_shown_as_it_is(
    site: Path,
) -> None:
    pages = open_pages(site, "docs", DOCS, versions=("current",), locales=("fr",))
    found = read(pages)
    folder = "i18n/fr/docusaurus-plugin-content-docs"
    described = {
        uri: (page.metadata.get("version"), page.metadata.get("locale"), page.text.split("\n")[2])
        for uri, page in found.items()
        if uri.endswith(("intro.md", "index.md"))
    }
    assert described == {
        "intro.md": (None, None, "This is Intro of 2.0."),
        "guide/index.md": (None, None, "This is Guide of 2.0."),
        "docs/intro.md": ("current", None, "This is Intro of next."),
        "docs/guide/index.md": ("current", None, "This is Guide of next."),
        f"{folder}/version-2.0/intro.md": (None, "fr", "This is Introduction of 2.0 en français."),
        f"{folder}/version-2.0/guide/index.md": (None, "fr", "This is Guide of 2.0."),
        f"{folder}/current/intro.md": ("current", "fr", "This is Introduction of next en français."),
        f"{folder}/current/guide/index.md": ("current", "fr", "This is Guide of next."),
    }
    for page in found.values():
        edition = Edition(page.metadata.get("version"), page.metadata.get("locale"))
        assert edition_at(page.metadata["url"], pages.editions) == edition
        assert pages.holds(page.metadata["uri"])
    assert not pages.holds("versioned_docs/version-1.0/intro.md")


@pytest.mark.parametrize(
    ("path", "base_url", "first"),
    [
        ("docs", f"{DOCS}/next", "This is Intro of next."),  # the address says which version is meant
        ("docs", f"{DOCS}/1.0", "This is Intro of 1.0."),
        ("versioned_docs/version-1.0", f"{DOCS}/1.0", "This is Intro of 1.0."),
        ("versioned_docs/version-2.0", DOCS, "This is Intro of 2.0."),
        ("i18n/fr/docusaurus-plugin-content-docs/version-2.0", f"{SITE}/fr/docs",
         "This is Introduction of 2.0 en français."),
    ],
)  # fmt: skip
def test_another_version_or_locale_is_a_corpus_by_its_own_folder_or_address(
    site: Path, path: str, base_url: str, first: str
) -> None:
    page = read(open_pages(site, path, base_url))["intro.md"]
    assert page.metadata["url"] == f"{base_url}/intro"
    assert page.text.split("\n")[2] == first
    assert "version" not in page.metadata


def test_a_version_that_becomes_the_default_one_keeps_the_uris_of_that(site: Path) -> None:
    before = read(open_pages(site, "docs", DOCS, versions=("2.0", "1.0")))
    (site / "versions.json").write_text('["3.0", "2.0", "1.0"]')
    (site / "docs").rename(site / "versioned_docs" / "version-3.0")
    (site / "docs").mkdir()
    after = read(open_pages(site, "docs", DOCS, versions=("2.0", "1.0")))
    assert before.keys() - after.keys() == set()
    assert "of next" in after["intro.md"].text
    assert after["versioned_docs/version-2.0/intro.md"].metadata["version"] == "2.0"
    assert after["versioned_docs/version-2.0/intro.md"].metadata["url"] == f"{DOCS}/2.0/intro"


def test_of_two_names_of_one_version_the_first_counts(site: Path) -> None:
    for names in (("next", "current"), ("current", "next")):
        found = read(open_pages(site, "docs", DOCS, versions=names))
        assert {page.metadata.get("version") for page in found.values()} == {None, names[0]}


def test_rules_of_quality_globs_and_partials_hold_in_every_edition_alike(site: Path) -> None:
    for folder in ("docs", "versioned_docs/version-2.0"):
        (site / folder / "guide" / "_part.mdx").write_text(f"Part of {folder}.\n")
        (site / folder / "guide" / "with.mdx").write_text(
            f"import Part from '@site/{folder}/guide/_part.mdx'\n\n# With\n\n<Part />\n"
        )
    found = read(open_pages(site, "docs", DOCS, versions=("next",), exclude=["**/intro.md"]))
    assert not [uri for uri in found if uri.endswith("intro.md")]
    assert "Part of docs." in found["docs/guide/with.mdx"].text
    assert "Part of versioned_docs/version-2.0." in found["guide/with.mdx"].text


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"versions": ("4.0",)}, "versions: '4.0' is none of the site in .*, which has: 2.0, 1.0, current"),
        ({"locales": ("de",)}, "locales: 'de' is none of the site in .*, which has: en, fr"),
        ({"site": {"default_version": "9"}}, "default_version: '9' is none"),
        (
            {"path": "i18n/fr/docusaurus-plugin-content-docs/current", "versions": ("1.0",)},
            "the folder of a translation",
        ),
    ],
)
def test_what_the_site_does_not_have_is_told(site: Path, declared: dict[str, Any], said: str) -> None:
    arguments: dict[str, Any] = {"path": "docs", "base_url": DOCS, **declared}
    with pytest.raises(SourceMissing, match=said):
        open_pages(site, **arguments).read()


@pytest.mark.parametrize(
    "versions", ["{}", "[1]", '["../../etc"]', '[".."]', "[", "[" * 2_000, '["x' + "x" * 100 + '"]']
)
def test_a_list_of_versions_that_is_none_is_an_error_and_no_removal(site: Path, versions: str) -> None:
    (site / "versions.json").write_text(versions)
    with pytest.raises(SourceMissing, match=r"versions\.json"):
        open_pages(site, "docs", DOCS).read()


def test_no_link_leads_out_of_the_site(site: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("# Secret\n\nText.\n")
    (site / "versioned_docs" / "version-0.9").symlink_to(outside)
    (site / "versions.json").write_text('["2.0", "0.9"]')
    with pytest.raises(SourceMissing, match="leads out"):
        open_pages(site, "docs", DOCS, versions=("0.9",)).read()
