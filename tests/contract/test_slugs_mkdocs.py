"""Anchors and urls against a site that MkDocs itself builds."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.schema import Document
from lxml import html
from mkdocs.commands.build import build
from mkdocs.config.base import load_config

from pipelines.corpus import CorpusSpec
from pipelines.readers.sources import read_documents

# What Material for MkDocs recommends; highlighting and icons change no anchor and are left out.
EXTENSIONS = [
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", {"toc": {"permalink": True}},
    "pymdownx.betterem", "pymdownx.blocks.admonition", "pymdownx.blocks.details",
    {"pymdownx.blocks.tab": {"alternate_style": True}}, "pymdownx.caret", "pymdownx.details", "pymdownx.highlight",
    "pymdownx.inlinehilite", "pymdownx.keys", "pymdownx.mark", "pymdownx.superfences",
    {"pymdownx.tabbed": {"alternate_style": True}}, "pymdownx.tasklist", "pymdownx.tilde",
]  # fmt: skip
Page = list[tuple[int, str | None]]


def built_pages(docs: Path, site: Path, *, directories: bool) -> dict[str, Page]:
    """Headings by url, as they are in the built HTML."""
    theme = site.parent / "theme"
    theme.mkdir(exist_ok=True)
    (theme / "main.html").write_text("<!DOCTYPE html><html><body><main>{{ page.content }}</main></body></html>")
    settings = {
        "docs_dir": str(docs), "site_dir": str(site), "site_name": "site", "use_directory_urls": directories,
        "plugins": [], "theme": {"name": None, "custom_dir": str(theme)}, "markdown_extensions": EXTENSIONS,
        "validation": {"links": {"not_found": "ignore", "unrecognized_links": "ignore", "anchors": "ignore"}},
    }  # fmt: skip
    (site.parent / "mkdocs.yml").write_text(json.dumps(settings))
    config = load_config(str(site.parent / "mkdocs.yml"))
    build(config)
    return dict(_read_site(site))


def _read_site(site: Path) -> Iterator[tuple[str, Page]]:
    for path in sorted(site.rglob("*.html")):
        main = html.fromstring(path.read_text(encoding="utf-8")).find(".//main")
        if main is None:
            continue
        url = path.relative_to(site).as_posix()
        headings = main.iter("h1", "h2", "h3", "h4", "h5", "h6")
        yield url, [(int(str(one.tag)[1]), one.get("id") or None) for one in headings]


def our_pages(docs: Path, *, directories: bool) -> dict[str, Page]:
    source = {"kind": "markdown", "path": docs.name, "flavour": "mkdocs", "trailing_slash": directories}
    spec = CorpusSpec.model_validate(
        {"name": "site", "folder": docs.parent, "source": source, "base_url": "https://example.org"}
    )
    pages: dict[str, Page] = {}
    for one in read_documents(spec, max_page_chars=2_000_000):
        assert isinstance(one, Document), one
        url = one.metadata["url"].removeprefix("https://example.org/")
        file = f"{url}index.html" if url.endswith("/") or not url else url
        pages[file] = [(heading["level"], heading["anchor"]) for heading in one.metadata["headings"]]
    return pages


@pytest.mark.sites
@pytest.mark.shared_data
def test_every_heading_of_a_public_site(shared_data: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(shared_data / "docs_fastapi" / "docs", docs)
    theirs = built_pages(docs, tmp_path / "site", directories=True)
    ours = our_pages(docs, directories=True)
    wrong = {url: (page, theirs.get(url)) for url, page in ours.items() if page != theirs.get(url)}
    assert not wrong
    assert set(ours) == set(theirs)
    assert sum(len(page) for page in ours.values()) == 1165


PAGES = {
    "index.md": "# Home\n\n## Setup\n\n## Setup\n\n## Setup_1\n\n### Émile & co\n\n"
    "#### `code_x` *em* __b__ ##\n\n## A { #setup_3 }\n\n## Setup\n",
    "a/README.md": "Setext\n===\n\ntext\n\nTwo\n---\n\n#No blank\n\n## {: #attr .c } x\n\n"
    "## B {: #b .c data-x='y' }\n\n##### [l](x.md) <b>h</b> &amp;\n",
    "a/b c.md": '!!! note "T"\n    ## In note\n\n??? tip\n    ## In details\n\n=== "One"\n\n'
    "    ## In tab\n\n/// note | T\n\n## In block\n\n///\n",
    "a/fences.md": '# F\n\n```py hl_lines="1  2" title="x"\n# no\n```\n\n~~~\n## no\n~~~\n\n    ## no\n'
    "\n- item\n\n    ## In item\n\n> ## In quote\n",
    "raw.md": "# R\n\n<div>\n## no\n\n## no\n</div>\n\n<div markdown>\n\n## Yes { #yes }\n\n"
    "</div>\n\n<!--\n## no\n-->\n\n## After\n",
    "01-numbers.md": "## 1. First\n\n## 日本語\n\n## ---\n\n## Foo *[x]: y*\n\n## A^b^ ==c== ~~d~~\n\n"
    "## ++ctrl+c++\n\n## a  b\n",
}


@pytest.mark.parametrize("directories", [True, False])
def test_every_kind_of_heading(tmp_path: Path, directories: bool) -> None:
    docs = tmp_path / "docs"
    for name, source in PAGES.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    theirs = built_pages(docs, tmp_path / "site", directories=directories)
    ours = our_pages(docs, directories=directories)
    assert {url.replace("%20", " "): page for url, page in ours.items()} == theirs


@pytest.mark.sites
@pytest.mark.shared_data
def test_the_built_site_says_the_same_as_its_source(shared_data: Path, tmp_path: Path) -> None:
    """HTML reader and markdown reader agree on urls and headings."""
    docs = tmp_path / "docs"
    shutil.copytree(shared_data / "docs_fastapi" / "docs", docs)
    built_pages(docs, tmp_path / "site", directories=True)
    spec = CorpusSpec.model_validate(
        {
            "name": "site",
            "folder": tmp_path,
            "source": {"kind": "html", "path": "site"},
            "base_url": "https://example.org",
        }
    )
    read: dict[str, Page] = {}
    for one in read_documents(spec, max_page_chars=2_000_000):
        assert isinstance(one, Document), one
        url = one.metadata["url"].removeprefix("https://example.org/")
        read[f"{url}index.html"] = [(heading["level"], heading["anchor"]) for heading in one.metadata["headings"]]
    assert read == our_pages(docs, directories=True)
