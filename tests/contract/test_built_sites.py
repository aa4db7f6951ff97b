"""Sites that their generators build, read as built HTML: content, anchors, and the words that Chromium shows."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build as build_mkdocs
from mkdocs.config.base import load_config
from selenium import webdriver

from tests.support.built_pages import compare, run, write
from tests.support.shown_text import open_chromium

DOCUSAURUS = Path(__file__).parent / "docusaurus"
pytestmark = pytest.mark.sites

RST = {
    "index.rst": """
Pumps
=====

.. toctree::
   :maxdepth: 2

   guide
   api

A *pump* of ``model-1``, H\\ :sub:`2`\\ O, a note [#one]_, :ref:`the guide <guide>` and |word|.

.. |word| replace:: replaced words

.. [#one] What the note says.

.. _own-target:

Setup
-----

.. note:: Mind this.

.. admonition:: A title of its own

   And its text.

.. code-block:: python
   :caption: A caption
   :linenos:

   def prime():
       return 1

====== =====
Model  Watts
====== =====
one    1
two    2
====== =====

#. First
#. Second

   - inner

Setup
-----

.. glossary::

   prime
      To fill with water.

.. math:: a^2 + b^2 = c^2
""",
    "guide.rst": """
.. _guide:

The guide
=========

.. contents:: On this page
   :local:

Über uns & Co. ``code``
-----------------------

.. sidebar:: Beside

   Text of the sidebar.

Text of a section. :kbd:`Ctrl+C` and :menuselection:`File --> Open`.

.. versionadded:: 2.0
   It is new.

Next
----

.. figure:: none.png

   A caption of a figure.

Term
   Its definition.

:Field: its value

>>> 1 + 1
2
""",
    "api.rst": """
API
===

.. py:module:: pumps

.. py:function:: prime(seconds: int = 1) -> bool

   Primes the pump.

   :param seconds: for how long
   :returns: whether it is primed

.. py:class:: Pump

   .. py:method:: stop()

      Stops it.
""",
}
MDX = {
    "intro.mdx": """---
title: Intro
slug: /
---
import Tabs from '@theme/Tabs';
import TabItem from '@theme/TabItem';

# Intro

A *page* with `code`, a [link](guide/setup.md) and a very special word.

:::tip[Mind **this**]
A tip.
:::

<Tabs>
  <TabItem value="a" label="First tab">Text of the first.</TabItem>
  <TabItem value="b" label="Second tab">Text of the second.</TabItem>
</Tabs>

<details><summary>More</summary>Hidden until it is opened.</details>

## Setup {#set-up}

```js title="x.js"
const a = 1; // one
function f() {
  return a;
}
```

| Model | Watts |
| - | - |
| one | `2` |

1. one
2. two
   - inner

> A quotation with words.
""",
    "guide/setup.md": "# Setup\n\n## Setup\n\n### Über *uns*\n\n## Setup\n\nMore text, and still more of it.\n",
}
MARKDOWN = {
    "index.md": """# Pumps

A *pump* with `code`, a [link](guide.md)[^1].

!!! note "Mind this"
    A note.

??? tip "More"
    Hidden until it is opened.

=== "First tab"

    Text of the first.

=== "Second tab"

    Text of the second.

## Setup { #own }

```python title="x.py" linenums="1"
def prime():
    return 1
```

| Model | Watts |
| ----- | ----- |
| one   | 1     |

1. one
2. two
    - inner

[^1]: What the note says.
""",
    "guide.md": "# Guide\n\n## Setup\n\n## Setup\n\n### `code` and *more*\n\nterm\n:   Its meaning.\n",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with open_chromium(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("theme", "content", "path"),
    [
        ("furo", "article[role=main]", ".//article[@role='main']"),
        ("pydata_sphinx_theme", "article.bd-article", ".//article[@class='bd-article']"),
    ],
)
def test_sphinx(browser: webdriver.Chrome, tmp_path: Path, theme: str, content: str, path: str) -> None:
    conf = f"project = 'Navigation'\nhtml_theme = {theme!r}\nextensions = ['sphinx.ext.mathjax']\n"
    write(tmp_path / "docs", {**RST, "conf.py": conf})
    run([sys.executable, "-m", "sphinx", "-q", "-b", "html", "docs", "html"], tmp_path)
    pages = compare(browser, tmp_path / "html", content, path)
    assert set(pages) == {"index.html", "guide.html", "api.html"}
    for said in (
        "Mind this.",
        "And its text.",
        "A caption",
        "def prime():\n    return 1",
        "| two | 2 |",
        "To fill with water.",
    ):
        assert said in pages["index.html"].text
    for said in ("Text of the sidebar.", "It is new.", "A caption of a figure.", "Its definition.", ">>> 1 + 1"):
        assert said in pages["guide.html"].text
    assert "prime(" in pages["api.html"].text
    assert "whether it is primed" in pages["api.html"].text
    for page in pages.values():
        assert "Navigation" not in page.text
        assert "¶" not in page.text


def test_mkdocs(browser: webdriver.Chrome, tmp_path: Path) -> None:
    write(tmp_path / "docs", MARKDOWN)
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Navigation\ntheme: readthedocs\nplugins: []\nmarkdown_extensions:\n"
        "  - admonition\n  - attr_list\n  - def_list\n  - footnotes\n  - tables\n  - toc: {permalink: true}\n"
        "  - pymdownx.details\n  - pymdownx.superfences\n  - pymdownx.tabbed: {alternate_style: true}\n"
    )
    build_mkdocs(load_config(str(tmp_path / "mkdocs.yml")))
    pages = compare(browser, tmp_path / "site", "[itemprop=articleBody]", ".//*[@itemprop='articleBody']")
    assert set(pages) == {"index.html", "guide/index.html"}
    for said in ("A note.", "Hidden until it is opened.", "Text of the first.", "Text of the second.", "Mind this"):
        assert said in pages["index.html"].text
    assert "Navigation" not in pages["index.html"].text


@pytest.mark.skipif(not (DOCUSAURUS / "node_modules").is_dir(), reason="no npm packages: `make test-sites`")
def test_docusaurus(browser: webdriver.Chrome) -> None:
    site = DOCUSAURUS / "build" / "site"
    shutil.rmtree(site, ignore_errors=True)
    write(site / "docs", MDX)
    (site / "docusaurus.config.js").write_text(
        "module.exports = { title: 'Navigation', url: 'https://my.site', baseUrl: '/',\n"
        "  presets: [['classic', { blog: false, docs: { routeBasePath: '/' } }]] };\n"
    )
    (site / "package.json").write_text('{"private": true}')
    program = DOCUSAURUS / "node_modules" / "@docusaurus" / "core" / "bin" / "docusaurus.mjs"
    run(["node", program, "build", "--no-minify", "--out-dir", "html"], site)
    pages = compare(browser, site / "html", ".theme-doc-markdown", ".//*[@class='theme-doc-markdown markdown']")
    assert set(pages) == {"index.html", "guide/setup/index.html"}
    for said in ("Mind this", "A tip.", "Text of the first.", "Text of the second.", "Hidden until it is opened."):
        assert said in pages["index.html"].text
    assert "Navigation" not in pages["index.html"].text
