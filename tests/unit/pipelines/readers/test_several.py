"""Several sources read as one: which is whose page, by name, by file, by what may be of it."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from pipelines.corpus import CorpusSpec
from pipelines.errors import SourceMissing
from pipelines.ingestion.page_view import PageView, find_page
from pipelines.ingestion.plan import compare_pages
from pipelines.readers.page_source import SourceState
from pipelines.readers.sources import open_source, read_upload
from pipelines.types import LeftOutPage, PageFailure, Upload
from storage_config.records.documents import DocumentState
from tests.support.unpacking import unpacked


@pytest.fixture
def spec(tmp_path: Path) -> CorpusSpec:
    for name, text in {
        "docs/a.md": "# A\n\nOf the docs.\n", "docs/draft.md": "---\ndraft: true\n---\n# D\n",
        "blog/a.md": "---\nauthors: [Ada Lovelace]\nyear: 1843\n---\n# A\n\nOf the blog.\n", "blog/broken.md": "x\xff",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode("latin-1"))
    docs = {"kind": "markdown", "path": "docs", "flavour": "mkdocs"}
    blog = {"kind": "markdown", "path": "blog", "name": "blog", "base_url": "https://blog.site"}
    api = {"kind": "openapi", "path": "api/openapi.yaml"}
    web = {"kind": "sitemap", "url": "https://web.site/sitemap.xml"}
    return CorpusSpec.model_validate(
        {
            "name": "all",
            "folder": tmp_path,
            "source": docs,
            "more_sources": [blog, api, web],
            "base_url": "https://my.site",
        }
    )


def without_web(spec: CorpusSpec) -> CorpusSpec:
    return spec.model_copy(update={"more_sources": spec.more_sources[:2]})


async def test_pages_carry_the_name_of_their_source(spec: CorpusSpec) -> None:
    found = await open_source(without_web(spec), max_page_chars=10_000).pages({})
    documents = {page.id_: page for page in unpacked(found)}
    assert {uri: page.metadata["url"] for uri, page in documents.items()} == {
        "a.md": "https://my.site/a/", "blog/a.md": "https://blog.site/a.md",
    }  # fmt: skip
    assert (
        documents["blog/a.md"].metadata["bibliography"]["id"] == documents["blog/a.md"].metadata["uri"] == "blog/a.md"
    )
    assert [page.path for page in found if isinstance(page, LeftOutPage)] == ["draft.md"]
    assert [page.path for page in found if isinstance(page, PageFailure)] == ["blog/broken.md"]
    states = [page for page in found if isinstance(page, SourceState)]
    assert [(state.label, state.failure is None) for state in states] == [
        ("docs", True), ("blog", True), ("api/openapi.yaml", False),
    ]  # fmt: skip


async def test_each_uri_is_claimed_by_the_sources_that_it_may_be_of(spec: CorpusSpec) -> None:
    small = open_source(without_web(spec), max_page_chars=10_000)
    states = [page for page in await small.pages({}) if isinstance(page, SourceState)]
    claimed = {
        uri: [state.label for state in states if state.claims(uri)]
        for uri in ("x/y.md", "blog/y.md", "openapi.yaml/tag/pets", "a.pdf", "https://web.site/a.md")
    }
    assert claimed == {
        "x/y.md": ["docs"], "blog/y.md": ["blog"], "openapi.yaml/tag/pets": ["api/openapi.yaml"], "a.pdf": [],
        "https://web.site/a.md": [],
    }  # fmt: skip


def declared(folder: Path, *sources: dict[str, object]) -> CorpusSpec:
    return CorpusSpec.model_validate(
        {
            "name": "all",
            "folder": folder,
            "source": sources[0],
            "more_sources": sources[1:],
            "base_url": "https://my.site",
        }
    )


async def test_two_sources_of_one_folder_give_no_page_twice(spec: CorpusSpec) -> None:
    both = declared(
        spec.folder,
        {"kind": "markdown", "path": "docs", "exclude": ["draft.md"]},
        {"kind": "markdown", "path": "docs", "include": ["a.md"], "base_url": "https://other.site"},
    )
    found = await open_source(both, max_page_chars=10_000).pages({})
    assert [page.metadata["url"] for page in unpacked(found)] == ["https://my.site/a.md"]
    assert [page.path for page in found if isinstance(page, PageFailure)] == ["docs (markdown) 2: a.md"]


async def test_what_a_source_leaves_out_takes_no_uri(spec: CorpusSpec) -> None:
    (spec.folder / "more").mkdir()
    (spec.folder / "more" / "draft.md").write_text("# D\n\nNo draft here.\n")
    both = declared(spec.folder, {"kind": "markdown", "path": "docs"}, {"kind": "markdown", "path": "more"})
    found = await open_source(both, max_page_chars=10_000).pages({})
    assert [page.id_ for page in unpacked(found)] == ["a.md", "draft.md"]
    assert not [page for page in found if isinstance(page, PageFailure)]


def recorded_page(uri: str) -> DocumentState:
    return DocumentState(
        id=uuid4(), uri=uri, content_hash="h", status="indexed", origin="source", fingerprint="f", node_count=1,
        etag=None, last_modified=None, read_with=None, indexed_at=None,
    )  # fmt: skip


async def test_a_source_that_fails_keeps_pages_in_a_folder_called_as_another_source(spec: CorpusSpec) -> None:
    (spec.folder / "docs" / "blog").mkdir()
    (spec.folder / "docs" / "blog" / "in_docs.md").write_text("# B\n\nOf a folder of the docs.\n")
    source = open_source(without_web(spec), max_page_chars=10_000)
    recorded = {page.id_: recorded_page(page.id_) for page in unpacked(await source.pages({}))}
    assert "blog/in_docs.md" in recorded
    shutil.rmtree(spec.folder / "docs")
    compared = compare_pages(await source.pages({}), recorded, fingerprint="f")
    assert not [page.uri for page in compared.pages if page.action == "removed"]


def test_files_and_uris_are_found_in_each(spec: CorpusSpec) -> None:
    source = open_source(spec, max_page_chars=10_000)
    assert source.holds("a.md")
    assert source.holds("blog/a.md")
    assert not source.holds("blog/none.md")
    assert source.uris_of(spec.folder / "blog" / "a.md") == ("blog/a.md",)
    assert source.folders == (spec.folder / "docs", spec.folder / "blog", spec.folder / "api" / "openapi.yaml")


async def test_a_page_is_shown_by_its_file(spec: CorpusSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(spec.folder)
    view = await find_page(without_web(spec), "blog/a.md", max_page_chars=10_000)
    assert isinstance(view, PageView)
    assert "Of the blog." in view.text
    with pytest.raises(SourceMissing, match=r"all: api/openapi\.yaml: "):  # where it may be, which nobody can say
        await find_page(without_web(spec), "nowhere.md", max_page_chars=10_000)


def test_an_upload_is_written_for_the_first_markdown_source(spec: CorpusSpec) -> None:
    page = read_upload(spec, Upload(uri="notes/x.md", kind="markdown", data=b"# X\n\nText.\n"), max_page_chars=1_000)
    assert page.metadata["url"] == "https://my.site/notes/x/"
