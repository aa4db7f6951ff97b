"""Addresses, anchors and words against a site that Astro and Starlight themselves build."""

import random
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from llama_index.core.schema import Document
from lxml import html
from lxml.html import HtmlElement

from pipelines.corpus import CorpusSpec
from pipelines.readers.sources import read_documents

NODE = Path(__file__).parent / "starlight"
pytestmark = [
    pytest.mark.sites,
    pytest.mark.skipif(shutil.which("node") is None, reason="no `node` on this machine"),
    pytest.mark.skipif(not (NODE / "node_modules" / "astro").is_dir(), reason="no npm packages: `make test-sites`"),
]
Page = list[tuple[int, str | None]]

CONFIG = """
import { defineConfig, passthroughImageService } from 'astro/config';
import starlight from '@astrojs/starlight';
export default defineConfig({
  site: 'https://my.site', base: '/p', image: { service: passthroughImageService() },
  integrations: [starlight({
    title: 'Site', pagefind: false, locales: { root: { label: 'English', lang: 'en' }, fr: { label: 'Français' } },
  })],
});
"""
COLLECTIONS = """
import { defineCollection } from 'astro:content';
import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) };
"""
COMPONENTS = """---
title: Components
---
import { Tabs, TabItem, Card, CardGrid, LinkCard, LinkButton, Steps, FileTree, Aside, Badge, Icon, Code } from '@astrojs/starlight/components';

## Of {frontmatter.title}

:::note
A note.
:::

:::tip[My **title**]
A tip.

### In an aside
:::

:::caution{icon="heart"}
Caution.
:::

<Tabs syncKey="x">
  <TabItem label="npm" icon="star">Npm text</TabItem>
  <TabItem label="pnpm">
    ### In a tab

    Pnpm text
  </TabItem>
</Tabs>

<CardGrid>
  <Card title="Card title" icon="star">Card *body*</Card>
  <LinkCard title="Link title" description="Link words" href="/x/" />
</CardGrid>

<LinkButton href="/y">Button text</LinkButton>

<Steps>
1. First step

2. Second step
</Steps>

<FileTree>
- package.json an **important** file
- other.json
</FileTree>

<Aside type="caution" title="Aside title">Aside body</Aside>

<Badge text="New" /> <Icon name="star" />

<Code code={`let x = 1;`} lang="js" title="x.js" />

Struck ~one~ and ~~two~~, a note[^1].

[^1]: Foot.
"""  # noqa: E501
FILES = {
    "index.mdx": "---\ntitle: Home\ntemplate: splash\nhero:\n  title: A <em>hero</em>\n  tagline: Line\n---\n## 1\n",
    "README.md": "---\ntitle: Read\n---\n## X\n",
    "01-intro.md": "---\ntitle: Intro\n---\n## Footnotes {#id}\n\n# Own h1\n\n### _top\n",
    "Sub Dir/A File.v2.md": "---\ntitle: Sub\n---\n## X\n",
    "guides/index.md": "---\ntitle: Guides\n---\n## X\n",
    "guides/é.md": "---\ntitle: É\n---\n## X\n",
    "guides/slugged.md": "---\ntitle: Slugged\nslug: other/Place\n---\n## X\n",
    "guides/draft.md": "---\ntitle: Draft\ndraft: true\n---\n## X\n",
    "guides/_part.md": "---\ntitle: Part\n---\n## X\n",
    "components.mdx": COMPONENTS,
    "fr/index.mdx": "---\ntitle: Accueil\n---\n## Un\n",
    "fr/01-intro.md": "---\ntitle: Intro\n---\n## Première\n",
    "fr/seulement.md": "---\ntitle: Seulement\n---\n## Ici\n",
}
PIECES = [
    "Setup", "setup", "Set up", "Setup-1", "`code_x`", "`a--b`", "*em*", "__strong__", "snake_case", "a*b*c",
    "[link](http://x.y)", "<b>bold</b>", "&amp;", "&lt;p&gt;", "\\*", "C++", "F#", "Émile", "日本語", "🚀", "İ", "ΟΔΟΣ",
    ":smile:", ":name", "foo:bar", "10:30", "~~gone~~", "~one~", "![alt](https://x.y/i.png)", "1.", "(c)", "--", "a--b",
    "---", "…", "...", "What's", '"q"', "^sup^", "==mark==", "``c ` d``", "½", "①", "٣", "é", "A&B", "-x", "--flag",
]  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Path:
    """The folder of a built site. It stands beside its packages, since Astro does not build with linked ones."""
    folder = NODE / "build" / "site"
    shutil.rmtree(folder, ignore_errors=True)
    rng = random.Random(7)
    files = dict(FILES)
    for number in range(10):
        headings = [
            f"{'#' * rng.randint(2, 6)} {' '.join(rng.choices(PIECES, k=rng.randint(1, 4)))}" for _ in range(60)
        ]
        files[f"made/p{number:02}.{'mdx' if number % 2 else 'md'}"] = (
            f"---\ntitle: Page {number}\n---\n" + "\n\n".join(headings) + "\n"
        )
    for name, text in files.items():
        path = folder / "src" / "content" / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "astro.config.mjs").write_text(CONFIG)
    (folder / "src" / "content.config.ts").write_text(COLLECTIONS)
    (folder / "package.json").write_text('{"type": "module"}')
    built = subprocess.run(
        ["node", NODE / "node_modules" / "astro" / "astro.js", "build"], cwd=folder, capture_output=True, text=True,
        timeout=200, check=False, env={"PATH": "/usr/bin:/bin", "ASTRO_TELEMETRY_DISABLED": "1", "HOME": str(folder)},
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def read(site: Path) -> dict[str, Document]:
    """Our pages by the files that the site has for their addresses."""
    source = {"kind": "markdown", "path": "src/content/docs", "flavour": "starlight"}
    spec = CorpusSpec.model_validate(
        {"name": "s", "folder": site, "source": source, "base_url": "https://my.site/p", "locales": ["fr"]}
    )
    pages = [page for page in read_documents(spec, max_page_chars=100_000) if isinstance(page, Document)]
    return {f"{unquote(page.metadata['url']).removeprefix('https://my.site/p/')}index.html": page for page in pages}


def main_of(site: Path, name: str) -> HtmlElement:
    main = html.fromstring((site / "dist" / name).read_text()).find(".//main")
    assert main is not None
    return main


def test_every_address_is_one_of_the_site(site: Path) -> None:
    built = {path.relative_to(site / "dist").as_posix() for path in (site / "dist").rglob("index.html")}
    assert set(read(site)) == {name for name in built if not name.endswith("404/index.html")}
    assert len(built) == 37


def test_every_anchor_is_one_of_the_site(site: Path) -> None:
    counted = 0
    for name, page in read(site).items():
        theirs: Page = [
            (int(str(one.tag)[1]), one.get("id"))
            for one in main_of(site, name).iter("h1", "h2", "h3", "h4", "h5", "h6")
            if one.get("id") != "footnote-label"
        ]
        assert [(one["level"], one["anchor"] or "") for one in page.metadata["headings"]] == theirs, page.id_
        counted += len(theirs)
    assert counted > 1_200


def test_the_words_of_components_are_those_of_the_site(site: Path) -> None:
    main = main_of(site, "components/index.html")
    for gone in list(main.iter("footer", "del", "svg", "sup", "button", "style", "script", "a")):
        if gone.tag != "a" or "sl-anchor-link" in (gone.get("class") or "") or "backref" in (gone.get("class") or ""):
            gone.drop_tree()
    seen = re.findall(r"[^\W\d]+", " ".join(main.itertext()))  # numbers of lists are no text of a page
    ours = re.findall(r"[^\W\d]+", read(site)["components/index.html"].text)
    assert not Counter(ours) - Counter(seen)  # in another order: the labels of tabs stand side by side
    # What a build adds of itself: names of asides, the head of notes.
    assert set(seen) - set(ours) <= {"Note", "Caution", "Footnotes"}
