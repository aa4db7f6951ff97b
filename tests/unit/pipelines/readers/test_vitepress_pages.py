"""Pages as VitePress builds them: anchors, containers, includes, urls."""

import time
from pathlib import Path

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.readers.lines import Body, join_lines
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines
from pipelines.readers.markdown.vitepress import VitePressAnchors, vitepress_slug
from pipelines.readers.sources import read_documents
from pipelines.types import PageFailure
from tests.support.linear_time import measure_growth
from tests.unit.pipelines.readers.pages import anchors_of


def read(source: str) -> Body:
    return join_lines(read_lines(source, Dialect(directives=True), VitePressAnchors(), PageMarkup(keep_unknown=True)))


def read_tree(root: Path, *, clean: bool = False) -> dict[str, Document]:
    source = MarkdownSource(kind="markdown", path=Path(), flavour="vitepress", trailing_slash=False if clean else None)
    spec = CorpusSpec(name="site", folder=root, source=source, base_url="https://my.site/p")
    pages = [page for page in read_documents(spec, max_page_chars=100_000) if isinstance(page, Document)]
    return {page.metadata["uri"]: page for page in pages}


# As `slugify` of @mdit-vue/shared gives them.
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Getting Started", "getting-started"), ("1.2 What's new?", "_1-2-what-s-new"), ("C++ & C#", "c-c"),
        ("Über uns", "uber-uns"), ("日本語 の 見出し", "日本語-の-見出し"), ("`<script setup>`", "script-setup"),
        ("foo_bar -- baz", "foo-bar-baz"), ("\ufb01ne ½ №", "fine-1\u20442-no"), ("“Quotes” …", "quotes"), ("---", ""),
        ("İstanbul", "istanbul"), ("a\u00a0b", "a-b"), ("v-model.trim", "v-model-trim"), ("Ñandú/é", "nandu-e"),
    ],
)  # fmt: skip
def test_slugs_are_those_of_mdit_vue(text: str, slug: str) -> None:
    assert vitepress_slug(text) == slug


def test_anchors_are_numbered_and_named() -> None:
    body = read(
        '# Top\n\n## Setup\n\n## Setup\n\n### `Setup` <Badge text="new" /> {#own .x}\n\n## Set**up** [a](b)\n\n## Setup'
    )
    assert anchors_of(body) == ["top", "setup", "setup-1", "own", "setup-a", "setup-2"]
    assert "{#own" not in body.text


def test_containers_leave_their_text_and_title(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        "::: warning Mind this\nHot.\n:::\n\n::: details Click me {open}\nMore.\n:::\n\n:::: code-group\n\n"
        "```js [one.js]\na()\n```\n\n::::\n\n```md\n::: tip\n```\n"
    )
    text = read_tree(tmp_path)["page.md"].text
    for shown in ("Mind this", "Hot.", "Click me", "More.", "a()"):
        assert shown in text
    assert text.count(":::") == 1
    assert "{open}" not in text


def test_urls(tmp_path: Path) -> None:
    for name in ("index.md", "guide/index.md", "guide/a b.md", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# Hello\n\nText.\n")
    urls = {uri: page.metadata["url"].removeprefix("https://my.site/p") for uri, page in read_tree(tmp_path).items()}
    assert urls == {
        "index.md": "/", "guide/index.md": "/guide/", "guide/a b.md": "/guide/a%20b.html", "README.md": "/README.html",
    }  # fmt: skip
    clean = read_tree(tmp_path, clean=True)
    assert clean["guide/a b.md"].metadata["url"] == "https://my.site/p/guide/a%20b"


def test_includes_and_snippets(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "note.md").write_text("---\ntitle: x\n---\nFirst line.\n\nSecond line.\n")
    (tmp_path / "code.ts").write_text("// before\n// #region one\nconst a = 1\n// #endregion one\n// after\n")
    (tmp_path / "page.md").write_text(
        "# Page\n\n[[toc]]\n\n<!--@include: ./parts/note.md-->\n\n<<< @/code.ts#one{1 ts:line-numbers}[Title]\n\n"
        "```md\n<<< @/code.ts\n```\n\n<!-- @include: ../secret.md -->\n"
    )
    page = read_tree(tmp_path)["page.md"]
    for shown in ("First line.\n\nSecond line.", "```ts\nconst a = 1\n```", "<<< @/code.ts"):
        assert shown in page.text
    for hidden in ("title: x", "before", "after", "toc"):
        assert hidden not in page.text
    assert "../secret.md" in page.metadata["warnings"][0]


def test_a_page_that_includes_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Page\n\nText.\n\n<!--@include: ./page.md-->\n")
    page = read_tree(tmp_path)["page.md"]
    assert 1 < page.text.count("Text.") < 10
    assert "page.md" in page.metadata["warnings"][0]


def test_includes_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("Text.\n" + "<!--@include: ./page.md-->\n" * 50)
    source = MarkdownSource(kind="markdown", path=Path(), flavour="vitepress")
    spec = CorpusSpec(name="site", folder=tmp_path, source=source, base_url="https://my.site")
    (failure,) = read_documents(spec, max_page_chars=1_000_000)
    assert isinstance(failure, PageFailure)
    assert "more than 1,000 includes" in failure.message


@pytest.mark.parametrize("piece", ["## Setup\n\n", "<!--@include: ./", "<<< @/a{", "## {#", "::: tip\n"])
def test_time_is_linear(tmp_path: Path, piece: str) -> None:
    def seconds(size: int) -> float:
        (tmp_path / "page.md").write_text("# Page\n\nText.\n\n" + piece * (size // len(piece)))
        began = time.process_time()
        read_tree(tmp_path)
        return time.process_time() - began

    seconds(1_000)
    took, most = measure_growth(seconds, 10_000, 60_000)
    assert took < most + 0.3  # a collection of garbage takes its time, too


def test_one_tilde_strikes_nothing_and_two_do(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("H~2~O is ~~gone~~ here.\n")
    assert read_tree(tmp_path)["page.md"].text == "H~2~O is here."
