"""Pages as mdBook builds them: the summary, includes, hidden lines, anchors, urls."""

import time
from pathlib import Path

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import SourceMissing
from pipelines.readers.lines import Body, join_lines
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines
from pipelines.readers.markdown.mdbook import MdBookAnchors, mdbook_id
from pipelines.readers.sources import open_source, read_documents, read_upload
from pipelines.types import LeftOutPage, PageFailure, Upload
from tests.support.linear_time import measure_growth
from tests.unit.pipelines.readers.pages import anchors_of


def read(source: str) -> Body:
    return join_lines(read_lines(source, Dialect(single_tilde=False), MdBookAnchors(), PageMarkup()))


def declare(root: Path, **source: object) -> CorpusSpec:
    declared = MarkdownSource.model_validate({"kind": "markdown", "path": "src", "flavour": "mdbook", **source})
    return CorpusSpec(name="book", folder=root, source=declared, base_url="https://my.site/b")


def read_book(root: Path, **source: object) -> dict[str, Document]:
    pages = read_documents(declare(root, **source), max_page_chars=100_000)
    return {page.metadata["uri"]: page for page in pages if isinstance(page, Document)}


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        write(root / "src" / f"{name}.md", text)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


# As mdBook 0.5.4 gives them.
@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Hello, World!", "hello-world"), ("C++ & C#", "c--c"), ("under_score", "under_score"), ("  a  b ", "a--b"),
        ("Émile ÀB 日本語", "émile-àb-日本語"), ("हिन्दी", "हिनदी"), ("½ №", "½-"), ("😀", ""),
    ],
)  # fmt: skip
def test_ids(text: str, anchor: str) -> None:
    assert mdbook_id(text) == anchor


def test_ids_are_numbered_and_named_ones_do_not_count() -> None:
    body = read(
        "# Setup\n\n## Setup\n\n## Setup-1\n\n## Own {#setup-2 .wide}\n\n## Setup\n\n## Plain {.wide}\n\n## ---\n"
    )
    assert anchors_of(body) == ["setup", "setup-1", "setup-1-1", "setup-2", "setup-2", "plain", None]
    assert ".wide" not in body.text


def test_dashes_of_smart_punctuation_are_in_no_id() -> None:
    assert anchors_of(read("## a -- b `c--d`")) == ["a--b-c--d"]
    plain = read_lines("## a -- b", Dialect(), MdBookAnchors(smart=False), PageMarkup())
    assert anchors_of(join_lines(plain)) == ["a----b"]


def test_one_tilde_strikes_nothing() -> None:
    assert read("H~2~O ~~gone~~ stays\n").text == "H~2~O stays"


def test_the_summary_decides_pages_order_titles_and_urls(tmp_path: Path) -> None:
    write(
        tmp_path / "src" / "SUMMARY.md",
        "# Summary\n\n[Intro to `it`](README.md)\n\n# Part *one*\n\n- [Zebra **first**](b/../z.md)\n"
        "    - [Not yet]()\n    - [A b](<b/a b.md>)\n1. [Folder](./b/README.md)\n\n---\n\n[End](a.md)\n"
        "[Again](a.md) [Out](../out.md) [Web](https://my.site/x.md)\n",
    )
    put(tmp_path, README="# I\n", z="# Z\n", a="# A\n", part="# Included\n", **{"b/a b": "# B\n", "b/README": "Hi.\n"})
    found = list(open_pages(tmp_path))
    pages = [page for page in found if isinstance(page, Document)]
    assert [(page.metadata["url"].removeprefix("https://my.site/b"), page.metadata["title"]) for page in pages] == [
        ("/index.html", "Intro to it"), ("/z.html", "Zebra first"), ("/b/a%20b.html", "A b"),
        ("/b/index.html", "Folder"), ("/a.html", "End"),
    ]  # fmt: skip
    left_out = [(page.path, page.reason) for page in found if isinstance(page, LeftOutPage)]
    assert left_out == [("Not yet", "draft"), ("part.md", "unlisted")]


def open_pages(root: Path, **declared: object) -> list[object]:
    source = open_source(declare(root, **declared), max_page_chars=100_000)
    return list(source.read())  # type: ignore[attr-defined]


def test_a_chapter_without_its_file_is_a_failure_and_an_excluded_one_is_none(tmp_path: Path) -> None:
    put(tmp_path, SUMMARY="- [One](one.md)\n- [Two](two.md)\n", one="# One\n")
    one, two = open_pages(tmp_path)
    assert isinstance(one, Document)
    assert isinstance(two, PageFailure)
    assert two.path == "two.md"
    assert set(read_book(tmp_path, exclude=["two.md"])) == {"one.md"}


def test_a_chapter_that_no_glob_includes_is_told(tmp_path: Path) -> None:
    put(tmp_path, SUMMARY="- [One](one.md)\n- [Two](two.markdown)\n- [Three](three.md)\n", one="# One\n")
    write(tmp_path / "src" / "two.markdown", "# Two\n")
    told = [page for page in open_pages(tmp_path, exclude=["three.md"]) if isinstance(page, LeftOutPage)]
    assert told == [LeftOutPage("two.markdown", "unlisted")]
    assert set(read_book(tmp_path, include=["**/*.md", "**/*.markdown"])) == {"one.md", "two.markdown"}


def test_chapters_are_found_in_deep_lists(tmp_path: Path) -> None:
    names = [f"c{depth}" for depth in range(40)]
    summary = "".join(f"{'  ' * depth}- [{name}]({name}.md)\n" for depth, name in enumerate(names))
    put(tmp_path, SUMMARY=summary, **{name: f"# {name}\n" for name in names})
    assert set(read_book(tmp_path)) == {f"{name}.md" for name in names}


def test_a_folder_without_a_summary_is_no_book(tmp_path: Path) -> None:
    put(tmp_path, one="# One\n")
    with pytest.raises(SourceMissing, match=r"SUMMARY\.md"):
        read_book(tmp_path)


def test_a_broken_book_toml_is_named(tmp_path: Path) -> None:
    put(tmp_path, SUMMARY="- [One](one.md)\n", one="# One\n")
    write(tmp_path / "book.toml", "[book\n")
    with pytest.raises(SourceMissing, match=r"book\.toml"):
        read_book(tmp_path)


LISTING = "// ANCHOR: all\nuse one;\n// ANCHOR: two\nlet two;\n// ANCHOR_END: two\nlet three;\n// ANCHOR_END: all\n"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("{{#include ../listings/x.rs:2}}", "use one;"),
        ("{{#include ../listings/x.rs:6:}}", "let three;\n// ANCHOR_END: all"),
        ("{{#include ../listings/x.rs::2}}", "// ANCHOR: all\nuse one;"),
        ("{{#include ../listings/x.rs:2:4}}", "use one;\n// ANCHOR: two\nlet two;"),
        ("{{ #include   ../listings/x.rs:two }}", "let two;"),
        ("{{#include ../listings/x.rs:all}}", "use one;\nlet two;\nlet three;"),
        ("{{#rustdoc_include ../listings/x.rs:two}}", "let two;"),
        ("{{#include ../listings/x.rs:none}}", ""),
        (r"\{{#include ../listings/x.rs:2}}", "{{#include ../listings/x.rs:2}}"),
        ("{{#other thing}}", "{{#other thing}}"),
    ],
)
def test_includes_choose_lines_and_anchors(tmp_path: Path, link: str, shown: str) -> None:
    write(tmp_path / "book.toml", "[book]\n")
    write(tmp_path / "listings" / "x.rs", LISTING)
    put(tmp_path, SUMMARY="- [One](one.md)\n", one=f"# One\n\n```rust\n{link}\n```\n")
    assert read_book(tmp_path)["one.md"].text == f"# One\n\n```rust\n{shown}\n```"


def test_playgrounds_titles_and_includes_of_pages(tmp_path: Path) -> None:
    write(tmp_path / "src" / "sub" / "part.md", "Part, {{#include more.md}}.\n")
    write(tmp_path / "src" / "sub" / "more.md", "and more\n")
    write(tmp_path / "src" / "x.rs", "# fn hidden() {}\nfn main() {}\n")
    put(
        tmp_path, SUMMARY="- [One](one.md)\n",
        one="{{#title Named}}\n# One\n\n{{#include sub/part.md}}\n\n{{#playground x.rs editable}}\n",
    )  # fmt: skip
    page = read_book(tmp_path)["one.md"]
    assert page.metadata["title"] == "Named"
    assert page.text == "# One\n\nPart, and more.\n\n```rust,editable\nfn main() {}\n```"


def test_includes_stay_in_the_book_and_circles_are_named(tmp_path: Path) -> None:
    book = tmp_path / "book"
    write(tmp_path / "secret.txt", "secret")
    write(book / "book.toml", "[book]\n")
    put(
        book, SUMMARY="- [One](one.md)\n- [Two](two.md)\n",
        one="# One\n\n{{#include ../../secret.txt}} {{#include /etc/hostname}} {{#include two.md}}\n",
        two="Two {{#include one.md}}\n",
    )  # fmt: skip
    pages = read_book(book)
    assert "secret" not in pages["one.md"].text
    dropped, circles = pages["one.md"].metadata["warnings"]
    assert "../../secret.txt, /etc/hostname" in dropped
    assert "circle" in circles
    assert "one.md" in circles


def test_without_a_book_toml_includes_stay_in_the_folder(tmp_path: Path) -> None:
    write(tmp_path / "beside.txt", "beside")
    put(tmp_path, SUMMARY="- [One](one.md)\n", one="# One\n\n{{#include ../beside.txt}}\n")
    assert read_book(tmp_path)["one.md"].text == "# One"


@pytest.mark.parametrize(
    ("fence", "inside", "shown"),
    [
        ("rust", "# hidden\n#\n    # too\n#[attr]\n#hash\n## one", "#[attr]\n#hash\n# one"),
        ("rust,ignore", "# hidden\nshown", "shown"),
        ("python", "# a comment\nx", "# a comment\nx"),
        ("python,hidelines=!!", "!!hidden\nx", "x"),
        ("sh", "% hidden\nx", "x"),
    ],
)
def test_hidden_lines(tmp_path: Path, fence: str, inside: str, shown: str) -> None:
    write(tmp_path / "book.toml", '[output.html.code.hidelines]\nsh = "%"\n')
    put(tmp_path, SUMMARY="- [One](one.md)\n", one=f"# One\n\n```{fence}\n{inside}\n```\n")
    assert read_book(tmp_path)["one.md"].text == f"# One\n\n```{fence}\n{shown}\n```"


def test_an_upload_sees_no_summary_and_no_file(tmp_path: Path) -> None:
    put(tmp_path, SUMMARY="- [One](one.md)\n", one="# One\n")
    upload = Upload(uri="notes/a.md", kind="markdown", data=b"# A\n\n{{#include one.md}}Text.\n")
    page = read_upload(declare(tmp_path), upload, max_page_chars=1_000)
    assert (page.text, page.metadata["url"]) == ("# A\n\nText.", "https://my.site/b/notes/a.html")


def test_includes_are_bounded(tmp_path: Path) -> None:
    put(tmp_path, SUMMARY="- [One](one.md)\n", one="{{#include x.txt}}" * 2_000)
    write(tmp_path / "src" / "x.txt", "x")
    (failure,) = read_documents(declare(tmp_path), max_page_chars=1_000_000)
    assert isinstance(failure, PageFailure)
    assert "more than 1,000 includes" in failure.message
    put(tmp_path, one="{{#include x.txt}}" * 20)
    write(tmp_path / "src" / "x.txt", "x" * 90_000)
    (failure,) = read_documents(declare(tmp_path), max_page_chars=100_000)
    assert isinstance(failure, PageFailure)
    assert "more than 100,000 characters" in failure.message


@pytest.mark.parametrize(
    "piece", ["{{#include ", "\\{{#", "{{#a" + " " * 90, "## {#", "```rust\n# ", "## a -- b {#x}\n\n"]
)
def test_time_is_linear(tmp_path: Path, piece: str) -> None:
    put(tmp_path, SUMMARY="- [One](one.md)\n")

    def seconds(size: int) -> float:
        put(tmp_path, one="# Page\n\nText.\n\n" + piece * (size // len(piece)))
        began = time.process_time()
        read_book(tmp_path)
        return time.process_time() - began

    seconds(1_000)
    took, most = measure_growth(seconds, 10_000, 60_000)
    assert took < most + 0.3  # a collection of garbage takes its time, too


@pytest.mark.parametrize(
    "piece", ["- [a](b.md)\n[", "- [a](b.md)\n" + "- " * 60 + "a\n", "[a](b.md)\n" + "> " * 90 + "a\n"]
)
def test_a_summary_of_many_links_is_read_in_linear_time(tmp_path: Path, piece: str) -> None:
    put(tmp_path, SUMMARY=piece * (60_000 // len(piece)), b="# B\n")
    began = time.process_time()
    assert set(read_book(tmp_path)) == {"b.md"}
    assert time.process_time() - began < 5
