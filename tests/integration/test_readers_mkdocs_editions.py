"""Languages of a MkDocs site, by folders and by the names of files, against the addresses of its own build."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.errors import SourceMissing
from pipelines.readers.folder import FolderPages
from pipelines.readers.sources import open_source
from pipelines.types import PageFailure
from tests.support.mkdocs_sites import (
    BUILT_BY_FOLDER,
    BUILT_BY_SUFFIX,
    BY_FOLDER,
    BY_SUFFIX,
    SITE,
    write_pages,
)

Built = dict[str | None, set[str]]


def open_pages(folder: Path, **declared: Any) -> FolderPages:
    site = declared.pop("site", {})
    source = {"kind": "markdown", "flavour": "mkdocs", "path": "docs", "site": site}
    spec = CorpusSpec.model_validate(
        {"name": "s", "folder": folder, "base_url": SITE, "source": source, **declared}
    )  # fmt: skip
    pages = open_source(spec, max_page_chars=100_000)
    assert isinstance(pages, FolderPages)
    return pages


def read(pages: FolderPages) -> list[Document]:
    return documents(pages.read())


def documents(found: Iterable[object]) -> list[Document]:
    return [page for page in found if isinstance(page, Document)]


@pytest.mark.parametrize(("files", "built"), [(BY_SUFFIX, BUILT_BY_SUFFIX), (BY_FOLDER, BUILT_BY_FOLDER)])
def test_every_address_is_that_of_its_own_build(tmp_path: Path, files: dict[str, str], built: Built) -> None:
    write_pages(tmp_path / "docs", files)
    pages = open_pages(tmp_path, locales=("en", "fr", "de"))
    found: Built = {}
    for page in read(pages):
        found.setdefault(page.metadata.get("locale"), set()).add(page.metadata["url"].removeprefix(f"{SITE}/"))
        assert pages.holds(page.metadata["uri"])
    assert found == built
    assert len({page.metadata["uri"] for page in read(pages)}) == sum(map(len, built.values()))
    assert [(one.edition.locale, one.url) for one in pages.editions] == [("fr", f"{SITE}/fr"), ("de", f"{SITE}/de")]


@pytest.mark.parametrize(("files", "built"), [(BY_SUFFIX, BUILT_BY_SUFFIX), (BY_FOLDER, BUILT_BY_FOLDER)])
def test_only_the_default_language_is_read_unless_others_are_named(
    tmp_path: Path, files: dict[str, str], built: Built
) -> None:
    write_pages(tmp_path / "docs", files)
    pages = open_pages(tmp_path, site={"default_locale": "en", "locales": ["fr", "de"]})
    assert {page.metadata["url"].removeprefix(f"{SITE}/") for page in read(pages)} == built[None]
    assert pages.editions == ()


def test_a_page_is_the_translation_and_where_there_is_none_the_page_itself(tmp_path: Path) -> None:
    for files, docs in ((BY_SUFFIX, tmp_path / "s"), (BY_FOLDER, tmp_path / "f")):
        write_pages(docs / "docs", files)
        said = {page.metadata["url"]: page.text.split("\n")[0] for page in read(open_pages(docs, locales=("fr",)))}
        assert (said[f"{SITE}/guide/a/"], said[f"{SITE}/fr/guide/a/"]) == ("# A", "# A en français")
        assert said[f"{SITE}/guide/b/"] == said[f"{SITE}/fr/guide/b/"] == "# B"


def test_what_no_declaration_calls_a_language_is_a_page(tmp_path: Path) -> None:
    names = ["index.md", "index.fr.md", "node.js.md", "setup.mac.md", "setup.win.fr.md", "setup.win.md"]
    write_pages(tmp_path / "suffix" / "docs", {name: f"# {name}" for name in names})
    found = {page.metadata["url"].removeprefix(SITE) for page in read(open_pages(tmp_path / "suffix", locales=("fr",)))}
    shown = {"/", "/node.js/", "/setup.mac/", "/setup.win/"}
    assert found == shown | {f"/fr{url}" for url in shown}
    names = ["en/index.md", "fr/index.md", "reference/index.md", "reference/api.md"]
    write_pages(tmp_path / "folder" / "docs", {name: f"# {name}" for name in names})
    site = {"default_locale": "en", "locales": ["fr"]}
    found = {page.metadata["url"].removeprefix(SITE) for page in read(open_pages(tmp_path / "folder", site=site))}
    assert found == {"/", "/reference/", "/reference/api/"}


def test_a_translation_is_read_in_place_of_the_page_that_all_languages_share(tmp_path: Path) -> None:
    names = ["en/index.md", "fr/index.md", "about.md", "fr/about.md", "legal.md", "en/legal.md"]
    write_pages(tmp_path / "docs", {name: f"# {name}" for name in names})
    found = list(open_pages(tmp_path, locales=("fr",), site={"default_locale": "en"}).read())
    said = sorted((page.metadata["url"].removeprefix(SITE), page.text.split("\n")[0]) for page in documents(found))
    assert said == [
        ("/", "# en/index.md"), ("/about/", "# about.md"), ("/fr/", "# fr/index.md"), ("/fr/about/", "# fr/about.md"),
        ("/fr/legal/", "# en/legal.md"), ("/legal/", "# en/legal.md"),
    ]  # fmt: skip
    assert len(found) == len(said)


def test_a_page_with_the_uri_of_another_one_is_told(tmp_path: Path) -> None:
    names = ["index.md", "fr/a.md", "a.fr.md"]
    write_pages(tmp_path / "docs", {name: f"# {name}" for name in names})
    found = list(open_pages(tmp_path, locales=("fr",)).read())
    assert [page.metadata["uri"] for page in documents(found)].count("fr/a.md") == 1
    (failure,) = [page for page in found if isinstance(page, PageFailure)]
    assert failure.path == f"{SITE}/fr/a/"
    assert "has the uri of another page, fr/a.md" in failure.message


def test_the_uri_of_a_file_is_that_of_its_page(tmp_path: Path) -> None:
    write_pages(tmp_path / "docs", BY_SUFFIX)
    pages = open_pages(tmp_path, locales=("fr",))
    assert "fr/guide/a.md" in pages.uris_of(tmp_path / "docs" / "guide" / "a.fr.md")
    assert pages.uris_of(tmp_path / "docs" / "guide" / "b.md") == ("guide/b.md", "fr/guide/b.md")


def test_without_a_word_of_languages_every_file_is_a_page_of_its_own(tmp_path: Path) -> None:
    write_pages(tmp_path / "docs", BY_FOLDER)
    assert {page.metadata["uri"] for page in read(open_pages(tmp_path))} == set(BY_FOLDER)


@pytest.mark.parametrize(
    ("declared", "said"),
    [({"locales": ("it",)}, "'it' is none of the site"), ({"versions": ("1.0",)}, "the branch that mike publishes")],
)
@pytest.mark.parametrize("files", [BY_SUFFIX, BY_FOLDER])
def test_what_the_site_does_not_have_is_told(
    tmp_path: Path, files: dict[str, str], declared: dict[str, Any], said: str
) -> None:
    write_pages(tmp_path / "docs", files)
    with pytest.raises(SourceMissing, match=said):
        open_pages(tmp_path, **declared).read()
