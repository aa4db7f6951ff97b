"""Sites that Jupyter Book 1, Hugo and VitePress build: content, anchors, and the words that Chromium shows."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from tests.conftest import ROOT
from tests.support.built_pages import compare, run, write
from tests.support.shown_text import open_chromium

VITEPRESS = Path(__file__).parent / "vitepress"
GENERATORS = ROOT / "build" / "site-generators" / "bin"
pytestmark = pytest.mark.sites
needs_generators = pytest.mark.skipif(not GENERATORS.is_dir(), reason="no generators: `make test-sites`")

BOOK = {
    "_config.yml": 'title: Navigation\nexecute: { execute_notebooks: "off" }\n',
    "_toc.yml": "format: jb-book\nroot: intro\nchapters:\n  - file: guide\n  - file: lab\n",
    "intro.md": """# Pumps

A *pump* of `model-1`, H{sub}`2`O and {ref}`own-target`[^1].

```{note}
Mind this.
```

```{admonition} A title of its own
:class: tip, dropdown
And its text.
```

(own-target)=
## Setup

````{tab-set}
```{tab-item} First tab
Text of the first.
```
```{tab-item} Second tab
Text of the second.
```
````

```{code-block} python
---
caption: A caption
linenos: true
---
def prime():
    return 1
```

| Model | Watts |
| ----- | ----- |
| one   | 1     |

1. First
2. Second
   - inner

$$
a^2 + b^2 = c^2
$$ (pythagoras)

[^1]: What the note says.
""",
    "guide.md": """# The guide

## Setup

```{margin} Beside
Text of the margin.
```

## Setup

### Über uns & Co. `code`

Term
: Its definition.

:::{glossary}
prime
  To fill with water.
:::
""",
}
CELLS = [
    ("markdown", "# The lab\n\n## Measure\n\nWe measure.\n"),
    ("code", "print('412 litres')"),
    ("markdown", "## Result\n\nIt is fine.\n"),
]
VITEPRESS_PAGES = {
    ".vitepress/config.mjs": "export default { title: 'Navigation', srcExclude: ['part.md'] }\n",
    "part.md": "Included words.\n",
    "index.md": """# Intro

A *page* with `code`, a [link](guide/setup.md){target="_blank"} and **words**[^1].

::: tip Mind **this**
A tip.
:::

::: details More
Hidden until it is opened.
:::

::: code-group

```js [First tab]
const a = 1 // [!code focus]
```

```ts [Second tab]
const b: number = 2
```

:::

## Setup {#set-up}

<Badge type="tip" text="beta" /> after

| Model | Watts |
| - | - |
| one | `2` |

1. one
2. two
   - inner

> [!WARNING]
> Hot.

<!--@include: ./part.md-->
""",
    "guide/setup.md": """# Setup

## Setup

### Über *uns* & Co.

## Setup

More text {{ 1 + 1 }} here.

## 1. First?

x
""",
}
HUGO = {
    "hugo.toml": 'baseURL = "https://my.site/"\ntitle = "Navigation"\ndisableKinds = ["taxonomy", "term"]\n',
    "layouts/_default/baseof.html": """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>
</head><body>
<header>Navigation</header><main>{{ block "main" . }}{{ end }}</main><footer>Foot</footer></body></html>
""",
    "layouts/_default/single.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}{{ end }}',
    "layouts/_default/list.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .Content }}{{ end }}',
    "layouts/shortcodes/notice.html": '<div class="notice">{{ .Inner | markdownify }}</div>',
    "content/_index.md": """---
title: Pumps
---
A *pump* with `code`, a [link](guide/)[^1].

## Setup {#own}

{{< notice >}}Mind **this**.{{< /notice >}}

```python {linenos=table}
def prime():
    return 1
```

```python {linenos=inline}
def stop():
    return 2
```

| Model | Watts |
| ----- | ----- |
| one   | 1     |

1. one
2. two
    - inner

Term
: Its meaning.

{{< details summary="More" >}}
Hidden until it is opened.
{{< /details >}}

[^1]: What the note says.
""",
    "content/guide/_index.md": """---
title: Guide
---

## Setup

## Setup

### Über *uns* & Co. `code`

Text.
""",
    "content/guide/draft.md": "---\ntitle: Draft\ndraft: true\n---\nNot yet.\n",
    "content/guide/prime.md": "---\ntitle: Prime it\n---\n\n## How?\n\nWith water.\n",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with open_chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def notebook() -> str:
    cells: list[dict[str, Any]] = []
    for kind, source in CELLS:
        cells.append({"cell_type": kind, "metadata": {}, "source": source})
        if kind == "code":
            output = {"output_type": "stream", "name": "stdout", "text": "412 litres\n"}
            cells[-1] |= {"execution_count": 1, "outputs": [output]}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": kernel, "cells": cells})


@needs_generators
def test_jupyter_book(browser: webdriver.Chrome, tmp_path: Path) -> None:
    write(tmp_path / "book", {**BOOK, "lab.ipynb": notebook()})
    run([GENERATORS / "jupyter-book", "build", "book"], tmp_path)
    pages = compare(
        browser, tmp_path / "book" / "_build" / "html", "article.bd-article", ".//article[@class='bd-article']"
    )
    assert set(pages) == {"intro.html", "guide.html", "lab.html"}
    for said in (
        "Mind this.",
        "And its text.",
        "Text of the first.",
        "Text of the second.",
        "def prime():\n    return 1",
        "a^2 + b^2 = c^2",
        "What the note says.",
    ):
        assert said in pages["intro.html"].text
    assert "[]" not in pages["intro.html"].text
    for said in ("Text of the margin.", "To fill with water."):
        assert said in pages["guide.html"].text
    for said in ("print('412 litres')", "412 litres\n", "It is fine."):
        assert said in pages["lab.html"].text
    anchors = {name: [one["anchor"] for one in page.metadata["headings"]] for name, page in pages.items()}
    assert anchors["guide.html"] == ["the-guide", "setup", "id1", "uber-uns-co-code", "term-prime"]
    assert anchors["lab.html"] == ["the-lab", "measure", "result"]


@needs_generators
def test_hugo(browser: webdriver.Chrome, tmp_path: Path) -> None:
    write(tmp_path, HUGO)
    run([GENERATORS / "hugo"], tmp_path)
    pages = compare(browser, tmp_path / "public", "main", ".//main")
    assert set(pages) == {"index.html", "guide/index.html", "guide/prime/index.html"}
    home = pages["index.html"].text
    for said in (
        "Mind this.",
        "def prime():\n    return 1",
        "Hidden until it is opened.",
        "Its meaning.",
        "note says.",
    ):
        assert said in home
    assert "Foot" not in home
    assert pages["guide/prime/index.html"].metadata["url"] == "https://my.site/guide/prime/"
    anchors = [one["anchor"] for one in pages["guide/index.html"].metadata["headings"]]
    assert anchors == [None, "setup", "setup-1", "über-uns--co-code"]


@pytest.mark.skipif(not (VITEPRESS / "node_modules").is_dir(), reason="no npm packages: `make test-sites`")
def test_vitepress(browser: webdriver.Chrome) -> None:
    site = VITEPRESS / "build" / "site"
    shutil.rmtree(site, ignore_errors=True)
    write(site / "docs", VITEPRESS_PAGES)
    run(["node", VITEPRESS / "node_modules" / "vitepress" / "bin" / "vitepress.js", "build", "docs"], site)
    built = site / "docs" / ".vitepress" / "dist"
    shutil.copytree(built, site / "html")
    pages = compare(browser, site / "html", ".vp-doc", ".//div[starts-with(@class, 'vp-doc ')]")
    assert set(pages) == {"index.html", "guide/setup.html"}
    home = pages["index.html"].text
    for said in ("Mind this", "Hidden until it is opened.", "const a = 1", "const b: number = 2", "Included words."):
        assert said in home
    assert "First tab\n\nSecond tab" in home
    assert "Navigation" not in home
