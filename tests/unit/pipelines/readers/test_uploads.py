"""Pages that are sent as bytes become the same documents as files."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.corpus import CorpusSpec
from pipelines.errors import PageError
from pipelines.readers.sources import read_upload
from pipelines.types import Upload
from storage_config.vocabulary import PageFormat
from tests.support.pdf_files import build_pdf


def spec(**source: Any) -> CorpusSpec:
    declared = {"kind": "markdown", "path": "docs", "flavour": "docusaurus", **source}
    return CorpusSpec.model_validate(
        {
            "name": "book", "folder": Path("/nowhere"), "source": declared, "base_url": "https://example.org/docs",
            "source_quality": [{"match": "papers/**", "quality": "peer_reviewed"}],
        }
    )  # fmt: skip


def test_markdown() -> None:
    data = b"---\ntitle: T\nyear: 2020\n---\nimport P from './_p.md'\n\n## A {#b}\n\n<P />\n\ntext\n"
    read = read_upload(spec(), Upload("markdown", data, "guide/01-a.md"), max_page_chars=1_000)
    assert read.text == "## A\n\ntext"
    assert (read.id_, read.metadata["url"], read.metadata["title"]) == (
        "guide/01-a.md",
        "https://example.org/docs/guide/a",
        "T",
    )
    assert read.metadata["headings"][0]["anchor"] == "b"
    assert read.metadata["bibliography"]["issued"] == {"date-parts": [[2020]]}


def test_an_upload_sees_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("SECRET")
    data = b'--8<-- "secret.md"\n\n--8<-- "/etc/passwd"\n\n## End\n'
    declared = spec(flavour="mkdocs", path=str(tmp_path))
    read = read_upload(declared, Upload("markdown", data, "a.md"), max_page_chars=1_000)
    assert read.text == "## End"


@pytest.mark.parametrize(
    "source",
    [
        {"kind": "html", "path": "site"},
        {"kind": "pdf", "path": "papers"},
        {"kind": "sitemap", "url": "https://docs.example/sitemap.xml"},
        {"kind": "openapi", "path": "openapi.json"},
    ],
)
def test_markdown_beside_a_source_of_another_kind(source: dict[str, str]) -> None:
    corpus = CorpusSpec.model_validate(
        {"name": "docs", "folder": Path("/nowhere"), "base_url": "https://docs.example", "source": source}
    )
    upload = Upload("markdown", b"# Lanterns\n\nA lantern gives light.\n", "notes/lanterns.md")
    page = read_upload(corpus, upload, max_page_chars=100)
    assert "A lantern gives light." in page.text


def test_html_and_pdf() -> None:
    html = Upload("html", b"<main><h1>T</h1><h2 id=x>A</h2>text</main>", "a.html", url="https://example.org/a")
    read = read_upload(spec(), html, max_page_chars=1_000)
    assert (read.text, read.metadata["url"], read.metadata["title"]) == (
        "# T\n\n## A\n\ntext",
        "https://example.org/a",
        "T",
    )
    pdf = Upload("pdf", build_pdf([["One page."]]), "papers/x.pdf")
    read = read_upload(spec(), pdf, max_page_chars=1_000)
    assert read.metadata["url"] == "https://example.org/docs/papers/x.pdf"
    assert (read.metadata["title"], read.metadata["source_quality"]) == ("x", "peer_reviewed")
    assert read.metadata["headings"][0]["anchor"] == "page=1"


@pytest.mark.parametrize(
    ("kind", "data", "uri", "reason"),
    [
        ("markdown", b"\xff", "a.md", "UTF-8"),
        ("markdown", b"x" * 101, "a.md", "101 characters"),
        ("markdown", b"---\ndraft: true\n---\n", "a.md", "readers do not see"),
        ("markdown", b"---\nsource_quality: x\n---\n", "a.md", "source_quality"),
        ("html", b"", "a.html", "empty"),
        ("html", b"<meta name=robots content=noindex>", "a.html", "readers do not see"),
        ("pdf", b"x", "a.pdf", "PDF"),
        ("markdown", b"x", "../a.md", "no uri"),
        ("markdown", b"x", "/a.md", "no uri"),
        ("markdown", b"x", "./a.md", "no uri"),
        ("markdown", b"x", "a//b.md", "no uri"),
        ("markdown", b"x", "a.md/", "no uri"),
        ("markdown", b"x", ".", "no uri"),
        ("markdown", b"x", "", "no uri"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_refusals(kind: PageFormat, data: bytes, uri: str, reason: str) -> None:
    with pytest.raises(PageError, match=reason):
        read_upload(spec(), Upload(kind, data, uri), max_page_chars=100)


@pytest.mark.parametrize("opening", ["{", "<A b={", ":a{"])
def test_a_heading_of_openings_that_never_close_is_read_in_linear_time(opening: str) -> None:
    upload = Upload("markdown", ("# T" + opening * 10_000).encode(), "a.mdx")
    assert read_upload(spec(), upload, max_page_chars=100_000).metadata["headings"]
