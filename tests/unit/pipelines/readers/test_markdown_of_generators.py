"""Markdown as the authors of documentation write it for their generators: further inputs of each kind."""

import json
from typing import Any

import pytest

from pipelines.corpus import Flavour
from pipelines.readers.page import Page
from tests.unit.pipelines.readers.test_markdown_as_seen import read, text

ALL: tuple[Flavour, ...] = ("docusaurus", "mkdocs", "plain", "vitepress")


@pytest.mark.parametrize("flavour", ALL)
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<img src="x.png" alt="The flow"/> text', "The flow text"),
        ('<p align="center">\n<img src="x.png" alt="The flow">\n</p>\n\ntext', "The flow\n\ntext"),
        ('<a href="x"><img alt="Build" src="y"></a> text', "Build text"),
        ("![](x.png) ![diagram.svg](y.svg) ![A *flow*](z.png) end", "A flow end"),
        ('<picture>\n<source srcset="x"><img alt="A chart" src="z">\n</picture>\n\nx', "A chart\n\nx"),
        ('100<sup>[1](#fn1)</sup> and 20<sup><a href="#n">2</a></sup> items', "100 and 20 items"),
        ("a\x0cb\x0bc\x08d \x7fe", "a b cd e"),
        ("1\x965 of what you don\x92t \x81see\x85.", "1–5 of what you don’t see…."),
        ("![gear](g.png)Settings and <img alt='cog' src='c.png'>Options", "gear Settings and cog Options"),
        ("[![gear](g.png)](x)Settings, 2![bolts](b.png), all.", "gear Settings, 2 bolts, all."),
        ("The gear ![gear](g.png) turns a ![cog](c.png) cog.", "The gear turns a cog."),
    ],
)
def test_pictures_notes_and_signs(flavour: Flavour, source: str, expected: str) -> None:
    assert text(source, flavour) == expected


@pytest.mark.parametrize("flavour", ALL)
@pytest.mark.parametrize(
    ("source", "shown", "heading"),
    [
        ('<h1 align="center">Pump</h1>\n\ntext', "# Pump\n\ntext", ("Pump", None)),
        ('<h2 id="own">Set <code>up</code></h2>\n\ntext', "## Set `up`\n\ntext", ("Set up", "own")),
        ("<h3>\n  In\n  lines\n</h3>\n\ntext", "### In lines\n\ntext", ("In lines", None)),
    ],
)
def test_headings_of_html_are_headings(
    flavour: Flavour, source: str, shown: str, heading: tuple[str, str | None]
) -> None:
    page = read(source, flavour)
    assert isinstance(page, Page)
    assert page.body.text == shown
    assert [(one.text, one.anchor) for one in page.body.headings] == [heading]


@pytest.mark.parametrize("flavour", ALL)
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Go :rocket: now :tada:!", "Go 🚀 now 🎉!"),
        ("Open from 10:30:45, `:rocket:` and a:b:c", "Open from 10:30:45, `:rocket:` and a:b:c"),
        (":no_such_name: :+1:", ":no_such_name: 👍"),
        (
            "GET /users/:id:/x, /a/:key: and key=:key:, **:tada:**.",
            "GET /users/:id:/x, /a/:key: and key=:key:, **🎉**.",
        ),
    ],
)
def test_short_names_of_emoji_are_drawn(flavour: Flavour, source: str, expected: str) -> None:
    assert text(source, flavour) == expected


def test_short_names_stay_where_their_generator_leaves_them() -> None:
    assert text("Go :rocket: now", "starlight") == "# a\n\nGo :rocket: now"
    page = read("## Go :tada:\n\nx", "docusaurus")
    assert isinstance(page, Page)
    assert [(one.text, one.anchor) for one in page.body.headings] == [("Go 🎉", "go-tada")]


@pytest.mark.parametrize("flavour", ALL)
@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('<iframe src="https://video.example/x" width="3"></iframe>\n\ntext', "video.example (1)"),
        ('<div class="v">\n<iframe src="https://pen.example/x"></iframe>\n</div>\n\ntext', "pen.example (1)"),
    ],
)
def test_frames_are_named(flavour: Flavour, source: str, named: str) -> None:
    page = read(source, flavour)
    assert isinstance(page, Page)
    assert page.warnings == (f"shows other pages in frames, whose text is not read: {named}",)
    other = read("Write `<iframe src='https://a.example'>` there.", flavour)
    assert isinstance(other, Page)
    assert other.warnings == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('See [the guide]({{< ref "guide.md" >}}) and [b]({{% relref "/a" %}}#x).', "See the guide and b."),
        ("See [x]({% link a.md %}) and [y]({{ site.url }}/y).", "See x and y."),
        ('A {{< glossary_tooltip text="Pod" term_id="pod" >}} runs.', "A Pod runs."),
        ('Press {{% kbd label="Save" %}} and {{< icon "x" >}}.', 'Press Save and {{< icon "x" >}}.'),
        ("{{/* a comment */}}\n\ntext", "text"),
        ("Text of it.\n{: .note}\n\nNext", "Text of it.\n\nNext"),
        ('{::options parse_block_html="true" /}\n\ntext', "text"),
        ("* TOC\n{:toc}\n\n{: .no_toc #id key='v'}\n\n{:.a.b}\n\n{::comment}\n{:/comment}\n{:/}\n\nx", "* TOC\n\nx"),
        (
            "It returns one of\n{:ok, pid}\n\n{:error, reason}\n\n{:noreply}",
            "It returns one of\n{:ok, pid}\n\n{:error, reason}\n\n{:noreply}",
        ),
        ("[[_TOC_]]\n\n[TOC]\n\ntext", "text"),
        ('{{< card title="One" subtitle="The first" link="/" >}}', "One The first"),
        ('{{< figure src="x.png" caption="A pump" >}}', "A pump"),
        ("[[1, 2], [3]] and [TOC] in text", "[[1, 2], [3]] and [TOC] in text"),
    ],
)
def test_templates_of_generators_that_nobody_named(source: str, expected: str) -> None:
    assert text(source, "plain").strip() == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<Tabs>\n<TabItem value="apple">\n\nRed.\n\n</TabItem>\n</Tabs>', "apple\n\nRed."),
        ('<Tabs>\n<TabItem value="a" label="Apple">\n\nRed.\n\n</TabItem>\n</Tabs>', "Apple\n\nRed."),
        ("<Tabs values={[{label: 'Apple', value: 'a'}]}>\n<TabItem value=\"a\">\n\nRed.\n\n</TabItem>\n</Tabs>",
         "Apple\n\nRed."),
        ('<Image src="/x.png" alt="The graph" />', "The graph"),
        ("<Tab>\n    ## Head\n\n    - one\n    - two\n</Tab>", "## Head\n\n- one\n- two"),
        ("<Step>\n      1. one\n\n         more\n      2. two\n</Step>", "1. one\n\n   more\n2. two"),
    ],
)  # fmt: skip
def test_components_of_mdx(source: str, expected: str) -> None:
    assert text(source, "docusaurus") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<MyBox :a="b" title="Hi" @click="go">\n\nslot\n\n</MyBox>', "Hi\n\nslot"),
        ('A <Badge :type="x" text="new" /> one and <Foo v-if="a" v-model="b" label="L" #c/> two',
         "A\nnew\none and\nL\ntwo"),
        ('<MyBox :title="t" @a="b">slot</MyBox> end', "slot end"),
    ],
)  # fmt: skip
def test_components_of_vue_show_what_is_literal(source: str, expected: str) -> None:
    shown = text(source, "vitepress")
    assert [line for line in shown.split("\n") if line] == [line for line in expected.split("\n") if line]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("x { .y }", "x"),
        ("`z` {: #a b=c }", "`z`"),
        ("f {x}", "f {x}"),
        ("{ .y }", "{ .y }"),
        ("seconds {min=1, max=10}", "seconds {min=1, max=10}"),
    ],
)
def test_attributes_of_cells_leave(cell: str, shown: str) -> None:
    assert text(f"| a | b |\n|---|---|\n| {cell} | 1 |", "mkdocs").endswith(f"\n| {shown} | 1 |")


def test_marks_of_python_markdown() -> None:
    assert text("`:::python print()` and `:::no`", "mkdocs") == "`print()` and `:::no`"


@pytest.mark.parametrize(
    "banner", ['content: |\n    Read <a href="x">this</a> first', "content: Read this first"], ids=["html", "text"]
)
def test_the_banner_of_a_starlight_page_is_shown(banner: str) -> None:
    page = f"---\ntitle: T\nbanner:\n  {banner}\n---\nBody."
    assert text(page, "starlight") == "# T\n\nRead this first\n\nBody."
    assert text("---\ntitle: T\nbanner: odd\n---\nBody.", "starlight") == "# T\n\nBody."


def notebook(source: str, *outputs: dict[str, Any]) -> str:
    """What is read of a notebook with one cell of code."""
    shown = [{"output_type": "display_data", "data": one} if "name" not in one else one for one in outputs]
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": shown}
    named = {"kernelspec": {"language": "python"}}
    return text(json.dumps({"nbformat": 4, "metadata": named, "cells": [cell]}), "plain", name="a.ipynb")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"text/markdown": "**Ten** rows", "text/plain": "<IPython.core.display.Markdown object>"}, "**Ten** rows"),
        ({"text/latex": ["$\\displaystyle ", "x^{2}$"], "text/plain": "x**2"}, "$\\displaystyle x^{2}$"),
        ({"text/html": "<p>Only <b>this</b>, 2<sup>10</sup></p>"}, "Only this, 2^10"),
        ({"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "   a\n0  1"}, "```text\n   a\n0  1\n```"),
        ({"text/plain": "[<matplotlib.lines.Line2D at 0x7f8b1c0d5f40>]"}, ""),
        ({"text/plain": "<Figure size 640x480 with 1 Axes>"}, ""),
        ({"text/plain": "<b> is a tag"}, "```text\n<b> is a tag\n```"),
        ({"output_type": "stream", "name": "stderr", "text": "  0%|\r 50%|#\r100%|## 9/9\nok\r\n"},
         "```text\n100%|## 9/9\nok\n```"),
    ],
)  # fmt: skip
def test_outputs_of_notebooks(output: dict[str, Any], expected: str) -> None:
    assert notebook("run()", output) == f"```python\nrun()\n```\n\n{expected}".strip()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%%bash\nls -l", "```bash\nls -l\n```"),
        ("%%sql\nSELECT 1", "```sql\nSELECT 1\n```"),
        ("%%writefile a.py\nx = 1", "```python\nx = 1\n```"),
        ("?open\nopen?\nx = 1", "```python\nx = 1\n```"),
        ("#| echo: false\n#| label: a\nx = 1  #| no", "```python\nx = 1  #| no\n```"),
    ],
)
def test_commands_of_notebooks(source: str, expected: str) -> None:
    assert notebook(source) == expected


def test_a_notebook_may_begin_with_a_mark_of_order() -> None:
    written = json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# T"}]})
    assert text(f"\ufeff{written}", "plain", name="a.ipynb") == "# T"


@pytest.mark.parametrize("flavour", ALL)
def test_a_heading_of_html_is_no_page_s_title_but_the_home_page_s(flavour: Flavour) -> None:
    source = '<h1 align="center">Kestrel &amp; co</h1>\n\n## Routes\n\nHow requests find their handlers.\n'

    def titled(name: str, more: str = "") -> str:
        page = read(source + more, flavour, name=name)
        assert isinstance(page, Page)
        assert "Kestrel & co" in page.body.text
        return page.title

    assert titled("index.md") == "Kestrel & co"
    assert titled("routes.md").lower() == "routes"
    assert titled("routes.md", "\n# Handlers\n\nMore.\n") == "Handlers"
