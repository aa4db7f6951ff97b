"""Pages as Astro Starlight builds them: addresses, anchors, titles, components, locales."""

import time
from pathlib import Path

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import SourceMissing
from pipelines.readers.sources import open_source
from pipelines.types import LeftOutPage, PageFailure
from tests.support.linear_time import measure_growth

BASE = "https://my.site/p"


def write(path: Path, text: str = "---\ntitle: Page\n---\nText.\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def read(root: Path, *, base_url: str = BASE, site: dict[str, object] | None = None, **spec: object) -> list[object]:
    source = {"kind": "markdown", "path": ".", "flavour": "starlight", "site": site or {}}
    declared = MarkdownSource.model_validate(source)
    corpus = CorpusSpec.model_validate({"name": "s", "folder": root, "source": declared, "base_url": base_url, **spec})
    return list(open_source(corpus, max_page_chars=100_000).read())  # type: ignore[attr-defined]


def urls(pages: list[object], base_url: str = BASE) -> dict[str, str]:
    documents = [page for page in pages if isinstance(page, Document)]
    return {page.metadata["uri"]: page.metadata["url"].removeprefix(base_url) for page in documents}


def read_page(root: Path, source: str, name: str = "page.mdx") -> Document:
    write(root / name, source)
    (page,) = read(root)
    assert isinstance(page, Document), page
    return page


def anchors(page: Document) -> list[str | None]:
    return [heading["anchor"] for heading in page.metadata["headings"]]


# As a build of Starlight 0.37 has them.
def test_addresses(tmp_path: Path) -> None:
    for name in ("index.mdx", "README.md", "01-intro.md", "Sub Dir/A File.v2.md", "guides/index.md", "guides/é.md",
                 "guides/_part.md", "404.md"):  # fmt: skip
        write(tmp_path / name)
    write(tmp_path / "guides" / "slugged.md", "---\ntitle: S\nslug: other/Place/\n---\nText.\n")
    write(tmp_path / "start.md", "---\ntitle: S\nslug: index\n---\nText.\n")
    assert urls(read(tmp_path)) == {
        "index.mdx": "/", "README.md": "/readme/", "01-intro.md": "/01-intro/", "guides/index.md": "/guides/",
        "Sub Dir/A File.v2.md": "/sub-dir/a-filev2/", "guides/é.md": "/guides/%C3%A9/", "start.md": "/",
        "guides/slugged.md": "/other/Place/",
    }  # fmt: skip
    left_out = [(page.path, page.reason) for page in read(tmp_path) if isinstance(page, LeftOutPage)]
    assert left_out == [("404.md", "partial"), ("guides/_part.md", "partial")]


def test_drafts_are_left_out_and_a_broken_head_is_a_failure(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "---\ntitle: A\ndraft: true\n---\nText.\n")
    write(tmp_path / "b.md", "---\ntitle: [\n---\nText.\n")
    write(tmp_path / "c.md")
    write(tmp_path / "d.md", "---\ntitle: Nothing more\n---\n")
    draft, broken, page, empty = read(tmp_path)
    assert isinstance(draft, LeftOutPage)
    assert draft.reason == "draft"
    assert isinstance(broken, PageFailure)
    assert isinstance(page, Document)
    assert isinstance(empty, LeftOutPage)
    assert empty.reason == "empty"


def test_anchors(tmp_path: Path) -> None:
    page = read_page(
        tmp_path,
        "---\ntitle: One\n---\n## Setup\n\n## Setup\n\n### _top\n\n## `code_x` *em* <b>b</b> [l](x) {1 + 1} "
        "![alt](i.png)\n\n## What's -- new\n\n## a -- b `c--d`\n\n## a --- b\n\n## Émile 日本語 😀\n\n"
        "## Of {frontmatter.title}\n\n## C++ -\n",
    )
    assert anchors(page) == [
        "_top", "setup", "setup-1", "_top", "code_x-em-b-l-1--1", "whats--new", "a--b-c--d", "a-----b",
        "émile-日本語", "of-one", "c-",
    ]  # fmt: skip


def test_the_title_is_above_the_page_and_a_hero_has_its_own(tmp_path: Path) -> None:
    assert read_page(tmp_path, "---\ntitle: One\n---\nText.\n").text == "# One\n\nText."
    page = read_page(
        tmp_path,
        "---\ntitle: One\nhero:\n  title: A <em>hero</em>\n  tagline: Its tagline\n---\nText {frontmatter.title}.\n",
    )
    assert page.text == "# A hero\n\nIts tagline\n\nText One."
    assert page.metadata["title"] == "One"


COMPONENTS = """---
title: One
---
import { Tabs, TabItem } from '@astrojs/starlight/components';
import Own from '../own.astro';

:::note
A note.
:::

:::tip[My **title**]
A tip.
:::

:::caution{icon="heart"}
Caution.
:::

<Tabs syncKey="x">
  <TabItem label="npm">Npm text</TabItem>
  <TabItem label="pnpm" icon="star">
    ## In a tab

    Pnpm text
  </TabItem>
</Tabs>
<CardGrid><Card title="Card title" icon="star">Card body</Card></CardGrid>
<LinkCard title="Link title" description="Link words" href="/x/" />
<LinkButton href="/y">Button text</LinkButton>
<Steps>
1. First step

2. Second step
</Steps>
<FileTree>
- src
  - Head.astro an **important** file
</FileTree>
<Aside type="caution" title="Aside title">Aside body</Aside>
<Badge text="New" /> <Icon name="star" />
<Code code={`let x = 1;`} lang="js" title="x.js" />
<Own x={1} />
"""


def test_components_give_their_text(tmp_path: Path) -> None:
    page = read_page(tmp_path, COMPONENTS)
    for shown in (
        "A note.", "My **title**\n\nA tip.", "Caution.", "npm\n\nNpm text", "pnpm", "## In a tab", "Pnpm text",
        "Card title", "Card body", "Link title", "Link words", "Button text", "1. First step", "2. Second step",
        "- src",
        "  - Head.astro an **important** file", "Aside title", "Aside body", "New", "x.js\n\n```\nlet x = 1;\n```",
    ):  # fmt: skip
        assert shown in page.text
    for gone in (":::", "<", "heart", "star", "import {", "/x/"):
        assert gone not in page.text
    (warning,) = page.metadata["warnings"]
    assert "Own (1)" in warning
    assert "Icon" not in warning


def write_locales(root: Path, *folders: str) -> None:
    for folder in folders:
        for name in ("index.mdx", "guide/one.md"):
            write(root / folder / name)


def test_only_the_default_locale_is_read_unless_others_are_named(tmp_path: Path) -> None:
    write_locales(tmp_path, ".", "fr", "pt-br")
    write(tmp_path / "go" / "only-here.md")
    write(tmp_path / "guide" / "two.mdx")
    write(tmp_path / "fr" / "seulement.md")
    write(tmp_path / "fr" / "guide" / "two.md", "---\ntitle: Deux\nslug: fr/deux\n---\nTexte.\n")
    default = {
        "index.mdx": "/", "guide/one.md": "/guide/one/", "guide/two.mdx": "/guide/two/",
        "go/only-here.md": "/go/only-here/",
    }  # fmt: skip
    site: dict[str, object] = {"locales": ["fr", "pt-br"]}
    assert urls(read(tmp_path, site=site)) == default
    found = read(tmp_path, locales=["fr"], site=site)
    assert urls(found) == {
        **default,
        "fr/index.mdx": "/fr/", "fr/guide/one.md": "/fr/guide/one/", "fr/guide/two.md": "/fr/deux/",
        "fr/go/only-here.md": "/fr/go/only-here/", "fr/seulement.md": "/fr/seulement/",
    }  # fmt: skip
    french = [page for page in found if isinstance(page, Document) and page.metadata.get("locale") == "fr"]
    assert len(french) == 5


@pytest.mark.parametrize("base_url", [BASE, f"{BASE}/en"])
def test_a_default_locale_in_a_folder_of_its_own(tmp_path: Path, base_url: str) -> None:
    write_locales(tmp_path, "en", "de")
    assert urls(read(tmp_path, base_url=base_url, locales=["de"])) == {
        "index.mdx": "/en/", "guide/one.md": "/en/guide/one/",
        "de/index.mdx": "/de/", "de/guide/one.md": "/de/guide/one/",
    }  # fmt: skip
    german = read(tmp_path, base_url=BASE, site={"default_locale": "de", "locales": ["en", "de"]})
    assert urls(german) == {"index.mdx": "/de/", "guide/one.md": "/de/guide/one/"}


def test_folders_that_nothing_calls_locales_are_pages_whatever_their_names(tmp_path: Path) -> None:
    write_locales(tmp_path, ".", "api", "cli", "go", "dns", "fr")
    places = ("", "api/", "cli/", "go/", "dns/", "fr/")
    shown = {f"/{place}{page}" for place in places for page in ("", "guide/one/")}
    assert set(urls(read(tmp_path)).values()) == shown
    french = urls(read(tmp_path, locales=["fr"]))
    assert (french["go/guide/one.md"], french["fr/go/guide/one.md"]) == ("/go/guide/one/", "/fr/go/guide/one/")
    assert "fr/fr/guide/one.md" not in french


def test_pages_beside_the_folders_of_all_locales_are_read(tmp_path: Path) -> None:
    write_locales(tmp_path, "en", "de")
    write(tmp_path / "index.mdx")
    write(tmp_path / "api" / "one.md")
    found = urls(read(tmp_path, locales=["de"], site={"default_locale": "en"}))
    assert found == {
        "index.mdx": "/en/", "guide/one.md": "/en/guide/one/", "root/index.mdx": "/", "root/api/one.md": "/api/one/",
        "de/index.mdx": "/de/", "de/guide/one.md": "/de/guide/one/",
    }  # fmt: skip


def test_a_locale_that_is_not_there_is_named(tmp_path: Path) -> None:
    write_locales(tmp_path, ".", "fr")
    with pytest.raises(SourceMissing, match="'it' is none of the site"):
        read(tmp_path, locales=["it"])
    with pytest.raises(SourceMissing, match="versions"):
        read(tmp_path, versions=["1.0"])


@pytest.mark.parametrize(
    "piece", ["## a -- b\n\n", "## -- {", ":::note[", "<TabItem label=", "## Setup\n\n", "{frontmatter."]
)
def test_time_is_linear(tmp_path: Path, piece: str) -> None:
    def seconds(size: int) -> float:
        write(tmp_path / "page.mdx", "---\ntitle: One\n---\nText.\n\n" + piece * (size // len(piece)))
        began = time.process_time()
        read(tmp_path)
        return time.process_time() - began

    seconds(1_000)
    took, most = measure_growth(seconds, 10_000, 60_000)
    assert took < most + 0.3  # a collection of garbage takes its time, too
