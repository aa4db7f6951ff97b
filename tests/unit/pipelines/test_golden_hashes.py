"""What readers and splitter make of fixed pages. A change that is meant raises the version of the stage, in
`pipelines.corpus`, and writes the new hash here: corpora that were read or cut otherwise are then done anew."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from llama_index.core.schema import Document, MetadataMode

from pipelines.corpus import READER_VERSION, SPLITTER_VERSION, CorpusSpec, Flavour, MarkdownSource
from pipelines.readers.html.page import HtmlPage, read_html
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page
from pipelines.readers.page_document import build_document
from pipelines.readers.pdf import read_pdf
from pipelines.readers.source_folder import SourceFolder
from pipelines.splitting.splitter import SectionSplitter
from pipelines.types import Heading
from tests.support.markdown_pages import build_page
from tests.support.pdf_files import build_pdf

READER_HASHES = {18: "81db1aca252a3664"}
SPLITTER_HASHES = {2: "796ba8a432cac792"}
MEANT = "if the change is meant, raise the version in pipelines/corpus.py and write the hash here: "

MARKDOWN = """---
title: Pumps
---
import Note from './_note.mdx'

# Pumps {#pumps}

A page holds 2<sup>10</sup> rows, ~~100~~ 80 [euro](x)[^1], H<sub>2</sub>O, $a_{1}$, &nbsp;`code` {v} {/* gone */}.

[^1]: A note.

1. one
1. two

| a | b |
|---|---|
| [x](y) | `p\\|q` |

<table><tr><th rowspan="2">M</th><th colspan="2">L</th></tr><tr><th>p</th><th>q</th></tr>
<tr><td>1</td><td>2</td><td>3</td></tr></table>

:::tip Title
Text
:::

!!! note "Title"
    Text

## Pumps

```py
x = {1}  # code
```

<Card title="Card" />

Text ![of a pump](pump.png) :rocket:

    indented()
"""
HTML = """<title>T</title><main><h1>T</h1><p>2<sup>10</sup> <del>1</del><ins>2</ins> <math><mfrac><mn>1</mn><mi>y</mi>
</mfrac></math><sup><a href="#fn1">1</a></sup></p><h2 id=q><button>Q?</button></h2><div hidden="until-found">A.</div>
<ol start=3><li>c<li>d</ol><table><caption>C</caption><tr><th>a</th><th>b</th></tr><tr><td colspan=2>x</td></tr>
<tr><td>1</td><td>2</td></tr></table><p>x<span style="vertical-align: super">3</span></p>
<ol class=loweralpha><li>a</ol><table><tr><th>k</th><td>v</td></tr><tr><th>l</th><td>w</td></tr></table>
<pre data-lang=py><code>x<br>y<sup>2</sup></code></pre><p><img src=p.png alt="A pump"> f<sup>(n)</sup></p><ul>a<li>b</ul>
<table><tr><th rowspan=2>g<td>1<td>2<tr><td>3<td>4</table><dl><dt id=t>t<dd>m</dl><dl class=field-list><dt>R:<dd>v</dl><dl><dt>u<dd>n</dl>
<ul class=docnav><li><a accesskey=n href=b>Next</a></ul><div class=note><h3>Note</h3><p>z</div></main>"""  # noqa: E501 — a page of its own, as it is hashed


def pages() -> Iterator[Any]:
    flavours: tuple[Flavour, ...] = ("docusaurus", "mkdocs", "plain")
    for flavour in flavours:
        declared = MarkdownSource(kind="markdown", path=Path("docs"), flavour=flavour)
        spec = CorpusSpec(name="book", folder=Path("/nowhere"), source=declared, base_url="https://example.org")
        page = MarkdownTree(spec, declared, SourceFolder(None, 100_000)).page(PurePosixPath("guide/01-a.md"), MARKDOWN)
        assert isinstance(page, Page)
        yield build_document(page).metadata["content_hash"]
    html = read_html("a.html", HTML.encode(), max_chars=100_000)
    assert isinstance(html, HtmlPage)
    yield html.body.text, [(heading.text, heading.anchor) for heading in html.body.headings], html.title
    yield read_pdf("a.pdf", build_pdf([["One well-", "known page."], ["Two."]]), max_chars=1_000)[0].text


def digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def test_the_readers_give_what_their_version_gave() -> None:
    found = digest(list(pages()))
    assert READER_HASHES.get(READER_VERSION) == found, MEANT + found


def test_the_splitter_cuts_as_its_version_did() -> None:
    found = digest([node.get_content(MetadataMode.EMBED) for node in SectionSplitter(max_tokens=64)([long_page()])])
    assert SPLITTER_HASHES.get(SPLITTER_VERSION) == found, MEANT + found


def long_page() -> Document:
    rows = "\n".join(f"| model-{number} | {number} watts |" for number in range(40))
    sentences = " ".join(f"Sentence {number} says how pump {number} is primed." for number in range(40))
    text = f"# Pumps\n\n{sentences}\n\n| Motor | Power |\n| --- | --- |\n{rows}\n\n- one\n- two\n\n```sh\nrun it\n```"
    return build_page(text, [Heading(1, "Pumps", None, 0, 7)])
