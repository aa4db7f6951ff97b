"""Anchors and routes against Docusaurus' own npm packages, page by page and over generated headings."""

import json
import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec
from pipelines.readers.front_matter import read_front_matter
from pipelines.readers.markdown.slugs import GithubSlugger, github_slug
from pipelines.readers.markdown.urls import page_url
from pipelines.readers.sources import read_documents

NODE = Path(__file__).parent / "node"
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="no `node` on this machine"),
    pytest.mark.skipif(
        not (NODE / "node_modules" / "@docusaurus").is_dir(), reason="no npm packages: `make node-packages`"
    ),
]
Headings = list[tuple[int, str | None]]


def ask(request: dict[str, Any]) -> list[Any]:
    """What Docusaurus' packages answer."""
    done = subprocess.run(
        ["node", "docusaurus.mjs"],
        cwd=NODE,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answer: list[Any] = json.loads(done.stdout)
    return answer


def read_headings(folder: Path) -> dict[str, Headings]:
    """Our headings of every page in the folder."""
    spec = CorpusSpec.model_validate(
        {
            "name": "site", "folder": folder.parent, "base_url": "https://example.org",
            "source": {"kind": "markdown", "path": folder.name, "flavour": "docusaurus"},
        }
    )  # fmt: skip
    return {
        one.id_: [(heading["level"], heading["anchor"]) for heading in one.metadata["headings"]]
        for one in read_documents(spec, max_page_chars=2_000_000)
        if isinstance(one, Document)
    }


def built_headings(folder: Path, paths: Sequence[str]) -> dict[str, Headings]:
    """The headings that Docusaurus builds. Its theme gives an h1 no id; the heading over footnotes is generated."""
    pages = [{"path": path, "source": (folder / path).read_text(encoding="utf-8")} for path in paths]
    built: dict[str, Headings] = {}
    for path, page in zip(paths, ask({"pages": pages}), strict=True):
        assert "error" not in page, (path, page)
        built[path] = [
            (heading["level"], (heading["id"] or None) if heading["level"] > 1 else None)
            for heading in page["headings"]
            if heading["id"] != "footnote-label"
        ]
    return built


@pytest.mark.sites
@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "headings"), [("docs_physical_ai_textbook", 703), ("docs_redux", 1128)])
def test_every_heading_of_public_sites(shared_data: Path, name: str, headings: int) -> None:
    folder = shared_data / name / "docs"
    ours = read_headings(folder)
    assert ours == built_headings(folder, list(ours))
    assert sum(len(page) for page in ours.values()) == headings


BLOCKS = """\
import A from './a'
export const x = {

  a: `
# no`,
}

# Title *em* `code` <b>x</b> {x}

Setext *one*
====
Setext two
lines
---
> ## In quote

- ## In list

1. a

   ## In ordered

<div>
  ## In jsx

    ## Deep in jsx
</div>

<details>
<summary>s</summary>

## In details

```md
## in fence
```

</details>

:::tip Title here

## In tip

:::

:::note[Label *x*]
## In note
:::

::::info
:::caution
## Nested
:::
::::

<!--
## hidden

## hidden too
-->

## After comment
text
## Interrupts
    ## indented, no code
\t## tabbed
{/*
## hidden
*/}
<Foo
  bar="
## nope
"
>

## In a component

</Foo>

## [ref] and [ref][] and [t][ref] and [undefined] [^1] [^2]

[ref]: http://x.y
[^1]: foot

~~~
## tilde fence
~~~
##	Tab after
##
## #
#hashtag
"""

ADDRESSES = {"www.x.com"}
PIECES = [
    *sorted(ADDRESSES),
    "Setup", "setup", "Set up", "Setup-1", "`code_x`", "*em*", "__strong__", "snake_case", "a*b*c",
    "[link](http://x.y)", "{#id}", "{#a b}", "{/* #mdx-id */}", "{/* c */}", "<b>bold</b>", "<br />",
    "<Foo a='}' />", "{x}", "&amp;", "&lt;p&gt;", "&nbsp;", "\\*", "\\_x\\_", "\\{y\\}", "C++", "F#", "##", "#",
    "Émile", "日本語", "🚀", "ﬁ", "İ", "ΟΔΟΣ", ":smile:", ":name", "foo:bar", ":a[label]", "10:30", "a::b", "~~gone~~",
    "![alt *t*](i.png)",  "1.", "(c)", "--", "What's", '"q"',
    "$x_1$", "|", "!", "^", "<!-- c -->", "é", "A&B", "^sup^", "==mark==", "5 < 6", "`a``b`", "``c ` d``", "…",
    "—", "½", "①", "٣",
]  # fmt: skip


def test_every_kind_of_block(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.mdx").write_text(BLOCKS)
    (folder / "b.md").write_text(
        "---\nmdx:\n  format: md\n---\n<div>\n## no\n</div>\n\n    ## code\n\n## {x} <b>b</b> <http://x.y>\n"
    )
    ours = read_headings(folder)
    assert ours == built_headings(folder, list(ours))
    assert sum(len(page) for page in ours.values()) == 22


def test_generated_headings(tmp_path: Path) -> None:
    """3,000 headings of random pieces; a page that Docusaurus cannot build says nothing and is left out."""
    folder = tmp_path / "docs"
    folder.mkdir()
    rng = random.Random(7)
    sources: dict[str, str] = {}
    for number in range(300):
        headings = []
        for _ in range(10):
            words = rng.choices(PIECES, k=rng.randint(1, 4))
            # Docusaurus escapes the first `{#` only; a second one is a syntax error.
            # An address glued to markup goes on to the next blank for GitHub's markdown; nobody writes that.
            glue = " " if ADDRESSES & set(words) else rng.choice([" ", " ", " ", ""])
            headings.append(f"{'#' * rng.randint(1, 6)} {glue.join(words)}")
        sources[f"p{number:03}.mdx"] = "\n\n".join(headings) + "\n"
    built = ask({"pages": [{"path": path, "source": source} for path, source in sources.items()]})
    buildable = [path for path, page in zip(sources, built, strict=True) if "error" not in page]
    assert len(buildable) > 150
    for path in buildable:
        (folder / path).write_text(sources[path])
    ours, theirs = read_headings(folder), built_headings(folder, buildable)
    wrong = [(path, ours[path], theirs[path]) for path in buildable if ours[path] != theirs[path]]
    assert not wrong, (len(wrong), [(sources[path], a, b) for path, a, b in wrong[:3]])


def test_every_character() -> None:
    points = [point for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
    theirs = ask({"words": True})
    # Two capitals that Unicode 16 gave a small letter: Node may know it, Python's tables do not.
    wrong = [point for point, slug in zip(points, theirs, strict=True) if github_slug(f"x{chr(point)}y") != slug]
    assert set(wrong) <= {0xA7CB, 0xA7DC}


def test_duplicates() -> None:
    rng = random.Random(11)
    pages = [
        rng.choices(["a", "A", "a-1", "a 1", "b", "", "a-1-1", "constructor", "__proto__"], k=12) for _ in range(200)
    ]
    sluggers = [GithubSlugger() for _ in pages]
    ours = [[slugger.anchor(text) for text in page] for slugger, page in zip(sluggers, pages, strict=True)]
    assert ours == ask({"slugs": pages})


def test_routes() -> None:
    folders = ["", "a", "01-a", "a/02.b", "2021-11-02", "7.0-x", "guide", "A b", "3 - c/04_d"]
    names = [
        "index",
        "README",
        "Readme",
        "a",
        "01-intro",
        "1. Setup",
        "2021-11-02-news",
        "guide",
        "05-guide",
        "x-01",
        "0_index",
        "8.0",
        "12",
    ]
    slugs = [None, "/", "/x", "x", "x/", "../x", "./x/y", "..", "/a b"]
    routes = [
        {
            "source": f"{folder}/{name}.md".lstrip("/"),
            **({"slug": slug} if slug else {}),
            **({"id": id_} if id_ else {}),
        }
        for folder in folders
        for name in names
        for slug in slugs
        for id_ in (None, "own-id")
    ]
    for route, theirs in zip(routes, ask({"routes": routes}), strict=True):
        if isinstance(theirs, dict):
            continue  # Docusaurus refuses this slug
        front_matter = read_front_matter(route)
        path = PurePosixPath(route["source"])
        ours = page_url("docusaurus", "https://example.org/docs", path, front_matter, None)
        assert ours == "https://example.org" + theirs.replace(" ", "%20"), route
