"""Folders of pages on disk → documents and failures, in order."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.schema import Document, MetadataMode

from pipelines.corpus import CorpusSpec
from pipelines.errors import SourceMissing
from pipelines.readers.sources import read_documents
from pipelines.types import PageFailure
from tests.support.pdf_files import build_pdf

Outcome = dict[str, Document | PageFailure]
MARKDOWN: dict[str, Any] = {"kind": "markdown", "flavour": "docusaurus"}
HTML: dict[str, Any] = {"kind": "html"}
PDF: dict[str, Any] = {"kind": "pdf"}


def read(folder: Path, pages: Mapping[str, str | bytes], *, max_page_chars: int = 100_000, **declared: Any) -> Outcome:
    """Write the pages to `folder/docs` and read them; `flavour` and other keys of the source are among `declared`."""
    for name, content in pages.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    corpus = {key: declared.pop(key) for key in ("source_quality",) if key in declared}
    source = {**({} if "kind" in declared else MARKDOWN), "path": "docs", **declared}
    spec = CorpusSpec.model_validate(
        {"name": "book", "folder": folder, "source": source, "base_url": "https://example.org/docs", **corpus}
    )
    outcomes = list(read_documents(spec, max_page_chars=max_page_chars))
    return {one.id_ if isinstance(one, Document) else one.path: one for one in outcomes}


def document(outcomes: Outcome, uri: str) -> Document:
    found = outcomes[uri]
    assert isinstance(found, Document), found
    return found


def failure(outcomes: Outcome, uri: str) -> str:
    found = outcomes[uri]
    assert isinstance(found, PageFailure), found
    return found.message


def test_a_document_carries_what_the_house_agreed_on(tmp_path: Path) -> None:
    page = (
        "---\ntitle: Setup\nauthors: Doe, Jane\nyear: 2024\n---\nimport A from './a'\n\n"
        "# Set up *it*\n\n## First {#one}\n\nText.\n"
    )
    found = document(read(tmp_path, {"guide/01-setup.mdx": page}), "guide/01-setup.mdx")
    assert found.text == "# Set up *it*\n\n## First\n\nText."
    assert found.metadata == {
        "uri": "guide/01-setup.mdx",
        "url": "https://example.org/docs/guide/setup",
        "title": "Setup",
        "source_quality": "unknown",
        "bibliography": {
            "id": "guide/01-setup.mdx", "title": "Setup", "URL": "https://example.org/docs/guide/setup",
            "type": "webpage", "author": [{"family": "Doe", "given": "Jane"}], "issued": {"date-parts": [[2024]]},
        },
        "headings": [
            {"level": 1, "text": "Set up it", "anchor": None, "start": 0, "end": 13},
            {"level": 2, "text": "First", "anchor": "one", "start": 15, "end": 23},
        ],
        "content_hash": found.metadata["content_hash"],
    }  # fmt: skip
    assert found.get_content(MetadataMode.EMBED) == found.get_content(MetadataMode.LLM) == found.text


def test_the_hash_covers_what_reaches_the_payload_and_nothing_else(tmp_path: Path) -> None:
    def content_hash(source: str, **declared: Any) -> str:
        return str(document(read(tmp_path, {"a.md": source}, **declared), "a.md").metadata["content_hash"])

    first = content_hash("---\ntitle: A\n---\n# A\n\nText\n")
    assert first == content_hash("---\ntitle: A\nsidebar_position: 3\n---\n\n# A\n\n\nText\n{/* note */}\n")
    changed = {
        content_hash("---\ntitle: A\n---\n# A\n\nText.\n"),
        content_hash("---\ntitle: B\n---\n# A\n\nText\n"),
        content_hash("---\ntitle: A\nslug: b\n---\n# A\n\nText\n"),
        content_hash("---\ntitle: A\nsource_quality: book\n---\n# A\n\nText\n"),
        content_hash("---\ntitle: A\npublisher: P\n---\n# A\n\nText\n"),
        content_hash("---\ntitle: A\n---\n# A\n\nText\n", trailing_slash=True),
    }
    assert len(changed | {first}) == 7
    assert content_hash("## A\n") != content_hash("## A {#b}\n")


def test_order_titles_and_what_docusaurus_leaves_out(tmp_path: Path) -> None:
    outcomes = read(
        tmp_path,
        {
            "b.md": "text", "a/z.md": "# Z `z`\n", "a/B.md": "---\nid: start\n---\ntext", "_draft.md": "no",
            "_parts/p.md": "no", ".hidden/h.md": "no", "x.txt": "no", "d.md": "---\ndraft: true\n---\n",
            "u.md": "---\nunlisted: true\n---\n",
            "__tests__/t.md": "no", "a/c.test.md": "no", "01-intro.md": "text",
        },
    )  # fmt: skip
    assert list(outcomes) == ["01-intro.md", "a/B.md", "a/z.md", "b.md"]
    titles = [document(outcomes, uri).metadata["title"] for uri in outcomes]
    assert titles == ["intro", "start", "Z z", "b"]


def test_mkdocs_takes_what_mkdocs_takes(tmp_path: Path) -> None:
    pages = {
        "README.md": "no",
        "index.md": "yes",
        "_llm-test.md": "yes",
        "templates/x.md": "no",
        "a/README.md": "yes",
        "getting_started.md": "text",
    }
    outcomes = read(tmp_path, pages, flavour="mkdocs")
    assert list(outcomes) == ["_llm-test.md", "a/README.md", "getting_started.md", "index.md"]
    assert document(outcomes, "getting_started.md").metadata["title"] == "Getting started"
    assert document(outcomes, "a/README.md").metadata["url"] == "https://example.org/docs/a/"


def test_broken_pages_are_failures_and_the_rest_goes_on(tmp_path: Path) -> None:
    outcomes = read(
        tmp_path,
        {
            "a.md": b"# \xff\xfe bad",
            "b.md": "---\na: : b\n---\n",
            "c.md": "---\nsource_quality: great\n---\n",
            "d.md": "x" * 1001,
            "e.md": "x" * 5000,
            "f.md": "---\n- list\n---\n",
            "g.md": "# Good\n",
            "h.md": b"\xef\xbb\xbf# BOM\r\n\r\ntext\x00\r\n",
        },
        max_page_chars=1000,
    )
    assert [uri for uri, one in outcomes.items() if isinstance(one, Document)] == ["g.md", "h.md"]
    assert "not UTF-8: byte 2 is 0xff" in failure(outcomes, "a.md")
    assert "not YAML" in failure(outcomes, "b.md")
    assert "peer_reviewed, preprint, official, book, blog, unknown" in failure(outcomes, "c.md")
    assert "1,001 characters; at most 1,000" in failure(outcomes, "d.md")
    assert "larger than 4,000 bytes" in failure(outcomes, "e.md")
    assert "mapping" in failure(outcomes, "f.md")
    assert document(outcomes, "h.md").text == "# BOM\n\ntext\ufffd"


def test_missing_and_empty_sources_are_never_a_removal(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    cases: list[tuple[dict[str, str], dict[str, Any]]] = [
        ({}, {}),
        ({"a.txt": "x"}, {}),
        ({"a.md": "x"}, {"exclude": ["**"]}),
        ({"d.md": "---\ndraft: true\n---\n"}, {"exclude": ["a.md"]}),
    ]
    for pages, declared in cases:
        with pytest.raises(SourceMissing, match="book"):
            read(tmp_path, pages, **declared)
    with pytest.raises(SourceMissing, match="no folder"):
        read(tmp_path / "b", {}, path="nowhere")


def test_quality_rules(tmp_path: Path) -> None:
    rules = [
        {"match": "references/**", "quality": "peer_reviewed"},
        {"match": "{blog,news}/*.md", "quality": "blog"},
        {"match": "*.md", "quality": "official"},
        {"match": "**/book.md", "quality": "book"},
    ]
    pages = {
        "a.md": "x", "references/b.md": "x", "references/deep/er/c.md": "x", "blog/d.md": "x", "news/deep/e.md": "x",
        "book.md": "x", "x/book.md": "x", "references/f.md": "---\nsource_quality: preprint\n---\nx",
    }  # fmt: skip
    outcomes = read(tmp_path, dict(pages), source_quality=rules)
    assert {uri: document(outcomes, uri).metadata["source_quality"] for uri in outcomes} == {
        "a.md": "official", "book.md": "official", "references/b.md": "peer_reviewed", "blog/d.md": "blog",
        "references/deep/er/c.md": "peer_reviewed", "news/deep/e.md": "unknown", "x/book.md": "book",
        "references/f.md": "preprint",
    }  # fmt: skip


def test_nothing_outside_the_folder_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.md").write_text("SECRET")
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "link.md").symlink_to(tmp_path / "secret" / "s.md")
    (docs / "folder").symlink_to(tmp_path / "secret")
    (docs / "loop").symlink_to(docs)
    (docs / "broken.md").symlink_to(tmp_path / "nowhere.md")
    (docs / "inside.md").symlink_to(docs / "a.md")
    os.mkfifo(docs / "pipe.md")
    outcomes = read(tmp_path, {"a.md": "inside"})
    assert list(outcomes) == ["a.md", "broken.md", "inside.md", "link.md", "pipe.md"]
    assert "leads out of the source folder" in failure(outcomes, "link.md")
    assert "cannot be read" in failure(outcomes, "broken.md")
    assert "not a regular file" in failure(outcomes, "pipe.md")
    assert document(outcomes, "inside.md").text == "inside"
    assert "folder is a link to a folder outside of the source" in caplog.text
    assert "loop is a link" not in caplog.text


def test_partials_are_inlined_and_stay_inside(tmp_path: Path) -> None:
    (tmp_path / "secret.mdx").write_text("SECRET")
    page = (
        "import A from './_a.mdx'\nimport S from '../secret.mdx'\n"
        "import T from '@site/docs/_t.md'\nimport L from './_loop.mdx'\n\n"
        "## One\n\n<A />\n\n<S /><T /><L />\n\n## Two\n"
    )
    pages = {
        "a.mdx": page,
        "_a.mdx": "---\nx: 1\n---\nimport B from './_b.mdx'\n\n## One\n\nFrom a\n\n<B />\n",
        "_b.mdx": "From b",
        "_t.md": "From t",
        "_loop.mdx": "import L from './_loop.mdx'\n\nloop\n\n<L />\n",
    }
    outcomes = read(tmp_path, dict(pages))
    found = document(outcomes, "a.mdx")
    assert found.text == "## One\n\n## One\n\nFrom a\n\nFrom b\n\nFrom t\n\nloop\n\n## Two"
    # Docusaurus compiles a partial on its own: its headings are numbered on their own, too.
    assert [heading["anchor"] for heading in found.metadata["headings"]] == ["one", "one", "two"]
    assert [warning.split()[3] for warning in found.metadata["warnings"]] == ["../secret.mdx", "./_loop.mdx"]


def test_includes_of_mkdocs(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    page = (
        '# A\n\n--8<-- "parts/p.md"\n\n--8<-- "parts/p.md:2:3"\n\n'
        '--8<-- "docs/parts/code.py:body"\n\n--8<--\nparts/q.md\n;skipped.md\n--8<--\n\n'
        '    --8<-- "parts/q.md"\n\n;--8<-- "escaped.md"\n\n{* parts/code.py ln[2] hl[1] *}\n\n{!parts/q.md!}\n\n'
        '```python\n{!> ../secret.txt!}\n```\n\n--8<-- "../secret.txt"\n\n'
        '{* ../../nowhere.py *}\n\n--8<-- "https://example.org/x"\n\nend\n'
    )
    pages = {
        "a.md": page,
        "parts/p.md": "## P1\nP2\nP3\n",
        "parts/q.md": "Q",
        "parts/code.py": "import a\nx = 1\n# --8<-- [start:body]\ny = 2\n# --8<-- [end:body]\n",
        "deep.md": '--8<-- "deep.md"\n',
    }
    outcomes = read(tmp_path, dict(pages), flavour="mkdocs", include=["*.md"])
    found = document(outcomes, "a.md")
    assert found.text == (
        '# A\n\n## P1\nP2\nP3\n\nP2\nP3\n\ny = 2\n\nQ\n\n```\nQ\n```\n\n--8<-- "escaped.md"\n\n'
        "```python\nx = 1\n```\n\nQ\n\nend"
    )
    assert [heading["anchor"] for heading in found.metadata["headings"]] == ["a", "p1"]
    (warning,) = found.metadata["warnings"]
    assert warning.startswith("4 includes lead out of the source folder or nowhere and are dropped: ")
    assert "deep.md" not in outcomes  # it shows nothing but itself


def test_a_snippet_of_markdown_beside_the_configuration_of_mkdocs_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("SECRET")
    site = tmp_path / "site"
    (site / "docs").mkdir(parents=True)
    (site / "README.md").write_text("# Kestrel\n\n<!-- --8<-- [start:about] -->\nAbout.\n<!-- --8<-- [end:about] -->\n")
    (site / ".env").write_text("SECRET")
    (site / "link.md").symlink_to(tmp_path / "secret.md")
    pages = {
        "index.md": '--8<-- "README.md"\n',
        "about.md": '--8<-- "README.md:about"\n',
        "stolen.md": '# A\n\n--8<-- ".env"\n\n--8<-- "link.md"\n\n--8<-- "../secret.md"\n\n--8<-- "mkdocs.yml"\n',
    }
    assert "index.md" not in read(site, dict(pages), flavour="mkdocs")  # nothing says where the site is
    (site / "mkdocs.yml").write_text("site_name: Kestrel\n")
    outcomes = read(site, dict(pages), flavour="mkdocs")
    assert document(outcomes, "index.md").text == "# Kestrel\n\nAbout."
    assert document(outcomes, "about.md").text == "About."
    assert document(outcomes, "stolen.md").text == "# A"


def test_a_page_of_mkdocs_that_is_a_link_to_markdown_beside_the_configuration_is_read(tmp_path: Path) -> None:
    site = tmp_path / "site"
    docs = site / "docs"
    docs.mkdir(parents=True)
    (tmp_path / "secret.md").write_text("SECRET")
    (site / ".env").write_text("SECRET")
    (site / "README.md").write_text("# Kestrel\n\nInstall it with pip.")
    (site / "out.md").symlink_to(tmp_path / "secret.md")
    for name, target in (
        ("index", "../README.md"),
        ("env", "../.env"),
        ("far", "../../secret.md"),
        ("twice", "../out.md"),
    ):
        (docs / f"{name}.md").symlink_to(target)
    pages = {"a.md": "inside"}
    assert "leads out" in failure(
        read(site, dict(pages), flavour="mkdocs"), "index.md"
    )  # nothing says where the site is
    (site / "mkdocs.yml").write_text("site_name: Kestrel\n")
    outcomes = read(site, dict(pages), flavour="mkdocs")
    assert document(outcomes, "index.md").text == "# Kestrel\n\nInstall it with pip."
    for name in ("env", "far", "twice"):
        assert "leads out of the source folder" in failure(outcomes, f"{name}.md")
    assert "leads out" in failure(read(site, dict(pages), flavour="plain"), "index.md")


def test_a_snippet_is_looked_for_where_the_configuration_of_mkdocs_says(tmp_path: Path) -> None:
    for name, text in (("README.md", "Of the site."), ("parts/p.md", "A part."), (".env", "SECRET")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "notes.md").symlink_to(tmp_path / ".env")
    pages = {
        "README.md": '# Docs\n\n--8<-- "README.md"\n',
        "a/index.md": '# A\n\n--8<-- "p.md"\n\n--8<-- "notes.md"\n\n--8<-- "code.py"\n',
        "a/code.py": "x = 1",
    }
    (tmp_path / "mkdocs.yml").write_text("site_name: Kestrel\n")
    outcomes = read(tmp_path, dict(pages), flavour="mkdocs")
    assert document(outcomes, "README.md").text == "# Docs\n\nOf the site."  # not itself, over and over
    assert document(outcomes, "a/index.md").text == "# A\n\nx = 1"
    for base in ("[docs/a, parts]", "parts"):
        options = f"markdown_extensions: [toc, {{pymdownx.snippets: {{base_path: {base}, check_paths: true}}}}]\n"
        (tmp_path / "mkdocs.yml").write_text(options)
        assert document(read(tmp_path, dict(pages), flavour="mkdocs"), "a/index.md").text == "# A\n\nA part.\n\nx = 1"
    (tmp_path / "mkdocs.yml").write_text("markdown_extensions: {mdx_include: {base_path: [.., /, docs/a, 1, null]}}\n")
    assert document(read(tmp_path, dict(pages), flavour="mkdocs"), "a/index.md").text == "# A\n\nx = 1"


def test_includes_cannot_make_a_page_too_long(tmp_path: Path) -> None:
    pages = {"a.md": '--8<-- "p.txt"\n' * 20, "p.txt": "x" * 100}
    assert "with its includes" in failure(read(tmp_path, dict(pages), flavour="mkdocs", max_page_chars=1000), "a.md")


def test_a_folder_of_built_pages(tmp_path: Path) -> None:
    pages: dict[str, str | bytes] = {
        "index.html": "<title>Home</title><p>x",
        "a/index.html": "<h1>A</h1>",
        "a/b.html": "<main><h2 id=x>B</h2></main>",
        "c.html": '<link rel=canonical href="https://example.org/docs/see/"><p>x',
        "d.html": '<link rel=canonical href="https://other.example/d"><p>x',
        "404.html": "<p>no",
        "old.html": "<meta http-equiv=refresh content='0; url=/a'>",
        "broken.html": b"",
        "a/page.md": "no",
    }
    outcomes = read(tmp_path, pages, **HTML)
    assert list(outcomes) == ["a/b.html", "a/index.html", "broken.html", "c.html", "d.html", "index.html"]
    urls = {uri: one.metadata["url"] for uri, one in outcomes.items() if isinstance(one, Document)}
    base = "https://example.org/docs"
    assert urls == {
        "a/b.html": f"{base}/a/b.html", "a/index.html": f"{base}/a/", "c.html": f"{base}/see/",
        "d.html": f"{base}/d.html", "index.html": f"{base}/",
    }  # fmt: skip
    assert "empty" in failure(outcomes, "broken.html")
    assert document(outcomes, "index.html").metadata["title"] == "Home"
    slashed = read(tmp_path, {}, **HTML, trailing_slash=True)
    assert document(slashed, "a/b.html").metadata["url"] == f"{base}/a/b/"
    bare = read(tmp_path, {}, **HTML, trailing_slash=False)
    assert document(bare, "a/b.html").metadata["url"] == f"{base}/a/b"
    assert document(bare, "a/index.html").metadata["url"] == f"{base}/a"


def test_a_folder_of_papers(tmp_path: Path) -> None:
    pages = {"papers/a b.pdf": build_pdf([["One."], ["Two."]], title="Walking robots"), "scan.pdf": build_pdf([[]])}
    rules = [{"match": "papers/*", "quality": "peer_reviewed"}]
    outcomes = read(tmp_path, pages, source_quality=rules, **PDF)
    paper = document(outcomes, "papers/a b.pdf")
    assert paper.text == "## Page 1\n\nOne.\n\n## Page 2\n\nTwo."
    assert (paper.metadata["title"], paper.metadata["source_quality"]) == ("Walking robots", "peer_reviewed")
    assert paper.metadata["url"] == "https://example.org/docs/papers/a%20b.pdf"
    assert [heading["anchor"] for heading in paper.metadata["headings"]] == ["page=1", "page=2"]
    assert "scan" in failure(outcomes, "scan.pdf")


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "flavour", "pages", "headings"),
    [
        ("docs_physical_ai_textbook", "docusaurus", 44, 703),
        ("docs_redux", "docusaurus", 85, 1128),
        ("docs_fastapi", "mkdocs", 154, 1165),
    ],
)
def test_public_sites(shared_data: Path, name: str, flavour: str, pages: int, headings: int) -> None:
    spec = CorpusSpec.model_validate(
        {
            "name": "site",
            "folder": shared_data,
            "source": {"kind": "markdown", "path": f"{name}/docs", "flavour": flavour},
            "base_url": "https://example.org",
        }
    )
    documents = [one for one in read_documents(spec, max_page_chars=2_000_000) if isinstance(one, Document)]
    assert len(documents) == pages
    assert sum(len(one.metadata["headings"]) for one in documents) == headings
    assert len({one.metadata["url"] for one in documents}) == pages
    for one in documents:
        for heading in one.metadata["headings"]:
            assert one.text[heading["start"] : heading["end"]].lstrip(">- ").startswith("#" * heading["level"])
