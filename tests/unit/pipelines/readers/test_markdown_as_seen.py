"""Text of markdown says what the page says: each kind of markup that changes what is read, several inputs a kind."""

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from pipelines.corpus import CorpusSpec, Flavour, MarkdownSource
from pipelines.errors import PageError
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page
from pipelines.readers.source_folder import SourceFolder
from storage_config.vocabulary import LeftOutReason


def read(source: str, flavour: Flavour, *, name: str = "a.md", folder: Path | None = None) -> Page | LeftOutReason:
    declared = MarkdownSource(kind="markdown", path=Path("docs"), flavour=flavour)
    spec = CorpusSpec(name="book", folder=Path("/nowhere"), source=declared, base_url="https://example.org")
    tree = MarkdownTree(spec, declared, SourceFolder(folder, 100_000))
    return tree.page(PurePosixPath(name), source)


def text(source: str, flavour: Flavour, **options: Any) -> str:
    page = read(source, flavour, **options)
    assert isinstance(page, Page), page
    return page.body.text


ALL: tuple[Flavour, ...] = ("docusaurus", "mkdocs", "plain")


@pytest.mark.parametrize("flavour", ALL)
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("holds 2<sup>10</sup> rows", "holds 2^10 rows"),
        ("10<sup>-3</sup>, x<sub>i</sub>, H<sub>2</sub>O", "10^-3, x_i, H2O"),
        ("the 1<sup>st</sup>, e<sup>x+1</sup>", "the 1st, e^(x+1)"),
        ("costs <del>100</del><ins>80</ins> euro", "costs 80 euro"),
        ("costs ~~100~~ 80 euro", "costs 80 euro"),
        ("edit [~/.bashrc](x.md) or [~5 min", "edit ~/.bashrc or [~5 min"),
        ("<s>5</s>6 <strike>a</strike>b", "6 b"),
        ("100[^1] requests\n\n[^1]: A note.", "100 requests\n\nA note."),
        ("100[^a][^b] requests\n\n[^a]: One.\n\n[^b]: Two.", "100 requests\n\nOne.\n\nTwo."),
        ('100<sup><a href="#fn2">2</a></sup> requests', "100 requests"),
        ("see [the *docs*](https://x.y/z) and [ref][r]\n\n[r]: https://x.y 'T'\n", "see the *docs* and ref"),
        ("![a photo](p.png) [![build](b.svg)](https://ci) end", "a photo build end"),
        ("![x](data:image/svg+xml;base64,AAAA) end", "x end"),
        ("[![PyPI](https://img.shields.io/pypi/v/a)](https://x.y) ![tests](i/badge.svg)\n\nA tool.", "A tool."),
        ("a&nbsp;b &lt;c&gt; &amp;amp; &copy; soft&shy;hyphen", "a b <c> &amp; © softhyphen"),
        (r"snake\_case \* 5\% a\[0\]", "snake_case * 5% a[0]"),
        ("1. a\n1. b\n1. c", "1. a\n2. b\n3. c"),
        ("7. a\n8. b", "7. a\n8. b"),
        ("- x\n\n  1. a\n  1. b", "- x\n\n  1. a\n  2. b"),
        ("| a | b |\n|:--|--:|\n| [x](y) | 2<sup>8</sup> |", "| a | b |\n| --- | --- |\n| x | 2^8 |"),
        ("| a | b |\n|---|---|\n| `x\\|y` | *z |\n| w* | ~~u~~v |",
         "| a | b |\n| --- | --- |\n| `x\\|y` | *z |\n| w* | v |"),
        ("so $a_{1}$ and $$\\frac{1}{2}$$ hold", "so $a_{1}$ and $$\\frac{1}{2}$$ hold"),
        ("$$\n\\sum_{k=1}^{n} a_{k}\n\n<b>\n$$", "$$\n\\sum_{k=1}^{n} a_{k}\n\n<b>\n$$"),
        ("costs $5 [a](b) or $6", "costs $5 a or $6"),
        ("rate <math><mfrac><mn>1</mn><mi>y</mi></mfrac></math> holds", "rate 1/y holds"),
        ("con\u00adfig \ufb01le", "config file"),
    ],
)  # fmt: skip
def test_every_flavour(flavour: Flavour, source: str, expected: str) -> None:
    assert text(source, flavour) == expected


@pytest.mark.parametrize("flavour", [flavour for flavour in ALL if flavour != "mkdocs"])
def test_an_item_goes_on_behind_a_paragraph(flavour: Flavour) -> None:
    """Python-Markdown wants four blanks for that, and shows the last line as text."""
    assert text("3. a\n1. b\n\n   more\n1. c", flavour) == "3. a\n4. b\n\n   more\n5. c"


TABLE = (
    "<table>\n<thead>\n<tr><th rowspan=2>Model</th><th colspan=2>Latency</th></tr>\n\n"
    "<tr><th>p50</th><th>p99</th></tr>\n</thead>\n<tr><td>A</td><td>10</td><td>9<sup>2</sup></td></tr>\n</table>"
)


@pytest.mark.parametrize("flavour", ALL)
def test_html_in_markdown_is_read_as_html(flavour: Flavour) -> None:
    assert text(f"a\n\n{TABLE}\n\nb", flavour) == (
        "a\n\n| Model | Latency p50 | Latency p99 |\n| --- | --- | --- |\n| A | 10 | 9^2 |\n\nb"
    )
    assert text("<ol start='4'>\n<li>a</li>\n<li>b</li>\n</ol>", flavour) == "4. a\n5. b"
    if flavour != "docusaurus":
        assert text("<pre>\nx\n\n  y\n</pre>", flavour) == "```\nx\n\n  y\n```"


@pytest.mark.parametrize("flavour", ALL)
def test_a_picture_as_a_heading_names_the_page(flavour: Flavour) -> None:
    page = read("# ![Kestrel](logo.png)\n\nA server for birds.", flavour, name="index.md")
    assert isinstance(page, Page)
    assert page.title == "Kestrel"


def test_tables_of_jsx() -> None:
    source = '<table className="x" style={{width: 3}}>\n<tr><th colSpan={2}>{\'Both\'}</th><th>c</th></tr>\n' \
             "<tr><td>1</td><td>{2}</td><td>[l](u)</td></tr>\n</table>"  # fmt: skip
    assert text(source, "docusaurus") == "| Both | Both | c |\n| --- | --- | --- |\n| 1 | 2 | l |"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("assigned to {no one/a team/a member} by default", "assigned to {no one/a team/a member} by default"),
        ("GET /items/{item_id} or {a, b}", "GET /items/{item_id} or {a, b}"),
        ("{/* gone */}a {'b'} {3}", "a b 3"),
        ("import {v} from './v'\n\nis {v} now {v + 1}", "is now"),
        ("export const port = 8443\n\nat {port} {port * 2}!", "at 8443 !"),
        ("{[1, 2].map((n) => <b>{n}</b>)}end", "end"),
        ("by {props.name} {Math.max(1)}.", "by ."),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.mdx"])
def test_braces_that_are_no_javascript_are_text(source: str, expected: str, name: str) -> None:
    assert text(source, "docusaurus", name=name) == expected


def test_literal_properties_are_shown(tmp_path: Path) -> None:
    (tmp_path / "_n.mdx").write_text("The {props.name} agent listens on port {props.port}. {props.other}\n")
    page = "import N from './_n.mdx'\n\n<N name=\"Keeper\" port={8443} />\n"
    assert text(page, "docusaurus", name="a.mdx", folder=tmp_path).strip() == "The Keeper agent listens on port 8443."
    assert (
        text('<Card title="Install" description={"In a minute"} href="/x" />', "docusaurus") == "Install\n\nIn a minute"
    )
    assert text('<Accordion title="Why?">\n\nBecause.\n\n</Accordion>', "docusaurus") == "Why?\n\nBecause."


def test_what_only_a_build_knows_is_named() -> None:
    page = read("import A from '../../a.md'\n\n<A/> text <DocCardList /> <DocCardList/>", "docusaurus")
    assert isinstance(page, Page)
    assert page.warnings[0] == "the import of ../../a.md leads out of the source folder or nowhere and is dropped"
    assert "build tells: DocCardList (2)" in page.warnings[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A vector $\\mathbf{{x}}$ and \\(a_{k=1}\\)", "A vector $\\mathbf{{x}}$ and \\(a_{k=1}\\)"),
        ("use ${{ secrets.KEY }} and {{ not a name }}", "use ${{ secrets.KEY }} and {{ not a name }}"),
        ("{--gone--}{++new++} {~~a~>b~~} {==kept==}{>>why<<}", "new b kept"),
        ("2^10^ H~2~O ==mark== ++ctrl+alt+del++", "2^10 H2O mark Ctrl+Alt+Del"),
        (":material-check: done [x](y){ .btn } `c`{.py}", "done x `c`"),
        ("see :class:`Foo <a.Foo>` and :py:func:`bar`", "see Foo and bar"),
        ("[the `x`](y){target=_blank} end", "the `x` end"),
    ],
)
def test_marks_of_mkdocs(source: str, expected: str) -> None:
    assert text(source, "mkdocs") == expected


def test_github_strikes_with_one_tilde_and_names_alerts() -> None:
    assert text("takes (~5–~6) min", "plain") == "takes (~5–~6) min"
    assert text("costs ~100~ 80, about ~5 to ~10", "plain") == "costs 80, about ~5 to ~10"
    assert text("> [!WARNING]\n> Hot.", "plain") == "> Warning\n> Hot."
    assert text("see {ref}`the part <x>`", "plain") == "see the part"


@pytest.mark.parametrize("flavour", ["mkdocs", "plain"])
@pytest.mark.parametrize("yaml", ["description: ops: six layers", "title: 'open", "- a\n- b", "a: *b", "tags: [x"])
def test_a_page_with_broken_front_matter_is_kept_with_a_warning(flavour: Flavour, yaml: str) -> None:
    page = read(f"---\n{yaml}\n---\n# T\n\nBody here.\n", flavour)
    assert isinstance(page, Page)
    assert (page.title, page.body.text) == ("open" if "open" in yaml else "T", "# T\n\nBody here.")
    assert "front matter" in page.warnings[0]
    with pytest.raises(PageError, match="front matter"):
        read(f"---\n{yaml}\n---\n# T\n", "docusaurus")


def test_prose_between_rules_is_text() -> None:
    assert text("---\nonly prose\n---\n\nmore", "plain") == "---\n## only prose\n\nmore"


@pytest.mark.parametrize("flavour", ALL)
@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("---\ndraft: true\n---\n", "draft"),
        ("---\ndraft: 'true'\n---\n", "draft"),
        ("+++\ntitle = 'x'\ndraft = true\n+++\n", "draft"),
        ('{\n"draft": true\n}\n', "draft"),
        ("---\npublished: false\n---\n", "draft"),
        ("---\nunlisted: true\n---\n", "unlisted"),
        ("---\nrobots: noindex, follow\n---\n", "noindex"),
        ("---\nhead:\n  - - meta\n    - name: robots\n      content: noindex\n---\n", "noindex"),
        ("---\nhead:\n  - tag: meta\n    attrs: {name: robots, content: none}\n---\n", "noindex"),
        ("\n<head>\n<meta name=\"robots\" content=\"noindex\" />\n</head>\n", "noindex"),
    ],
)  # fmt: skip
def test_drafts_never_get_in(flavour: Flavour, head: str, reason: str) -> None:
    assert read(f"{head}\n# Secret\n\ntext\n", flavour) == reason


def test_drafts_whose_front_matter_is_broken_do_not_get_in_either() -> None:
    assert read("---\ndraft: true\na: b: c\n---\n# T\n\ntext", "mkdocs") == "draft"


@pytest.mark.parametrize("source", ["", "---\ntitle: T\n---\n", "<!-- nothing -->\n", "{/* nothing */}"])
def test_a_page_without_text_is_empty(source: str) -> None:
    assert read(source, "docusaurus") == "empty"


def test_front_matter_of_other_languages() -> None:
    for source in ('+++\ntitle = "Hugo page"\n+++\n\n# Body\n\ntext', '{\n"title": "Hugo page"\n}\n\n# Body\n\ntext'):
        page = read(source, "plain")
        assert isinstance(page, Page)
        assert (page.title, page.body.text) == ("Hugo page", "# Body\n\ntext")
    assert text("{\n is prose }", "plain") == "{\n is prose }"
    assert text("+++\nno toml\n", "plain") == "+++\nno toml"


def test_meta_data_of_mkdocs() -> None:
    page = read(
        "title: Pump manual\nsummary: How to prime it\n    in a minute\n\n# Priming\n\nOpen the valve.\n", "mkdocs"
    )
    assert isinstance(page, Page)
    assert (page.title, page.body.text) == ("Pump manual", "# Priming\n\nOpen the valve.")
    assert read("draft: true\n\n# T\n\nx", "mkdocs") == "draft"
    assert text("title: x\n\n# T", "plain") == "title: x\n\n# T"


@pytest.mark.parametrize(
    "authors",
    ["\n  - key: jm\n    title: Maintainer\n  - sl", " [jm, sl]", " {key: jm, email: a@b.c}", "\n  - url: https://x"],
)
def test_authors_by_key_lose_no_page(authors: str) -> None:
    assert text(f"---\ntitle: Blog\nauthors:{authors}\n---\nHello there.\n", "docusaurus") == "Hello there."


def test_front_matter_is_bounded() -> None:
    names = zip("abcdefgh", "bcdefghi", strict=True)
    lines = [f"{later}: &{later} [{', '.join([f'*{name}'] * 9)}]" for name, later in names]
    bomb = "\n".join(["---", "a: &a [x, x]", *lines, ""])
    with pytest.raises(PageError, match="aliases are not allowed"):
        read(f"{bomb}---\n# T\n", "docusaurus")
    with pytest.raises(PageError, match="65,536"):
        read(f"---\na: {'x' * 70_000}\n---\n# T\n", "docusaurus")
    with pytest.raises(PageError) as refused:
        read(f"---\ntitle: [{', '.join('x' * 3 for _ in range(9_000))}]\n---\n# T\n", "docusaurus")
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("flavour", "source", "shown"),
    [
        ("docusaurus", "```js\na\n// highlight-next-line\nb\n/* highlight-start */\nc\n```", "```js\na\nb\nc\n```"),
        ("docusaurus", "```py\n# highlight-end\na  # highlight-next-line is a comment\n```",
         "```py\na  # highlight-next-line is a comment\n```"),
        ("vitepress", "```ts\na // [!code focus]\nb // [!code --]\n```", "```ts\na\nb\n```"),
        ("vitepress", "```html\n<a> <!-- [!code warning] -->\n[!code] x\n```", "```html\n<a>\n[!code] x\n```"),
        ("mkdocs", "``` yaml\na: b # (1)!\n```", "``` yaml\na: b\n```"),
        ("mkdocs", "```js\nf() // (1)! (2)!\ng(1)!\n```", "```js\nf()\ng(1)!\n```"),
        ("plain", "```js\na // [!code focus]\n// highlight-next-line\n```",
         "```js\na // [!code focus]\n// highlight-next-line\n```"),
    ],
)  # fmt: skip
def test_marks_in_code_that_no_page_shows(flavour: Flavour, source: str, shown: str) -> None:
    assert text(source, flavour) == shown


@pytest.mark.parametrize(
    ("flavour", "source", "shown"),
    [
        ("vitepress", '[docs](x){target="_blank" rel="x"} and `a`{.cls}', "docs and `a`"),
        ("plain", "![logo](x.png){:.big} and {x: 1} [y]{z}", "logo and {x: 1} [y]{z}"),
        ("vitepress", '<MyBox :prop="x > 1" @click="y">slot</MyBox> end', "slot end"),
        ("vitepress", 'a <template #title>T</template> b <Foo @a="b" /> c', "a b c"),
        ("mkdocs", "a :material-check:{ .red } b :fontawesome-solid-x:{: title=\"X\" } c", "a b c"),
        ("mkdocs", "`#!python print()` and `#!js f(x)`", "`print()` and `f(x)`"),
        ("mkdocs", "{% raw %}{{ kept }}{% endraw %} {{ gone }} x", "{{ kept }} x"),
        ("mkdocs", "{%- raw -%}\n{% if a %}\n{%- endraw -%}", "{% if a %}"),
        ("plain", "Done. <sub>Since the second release</sub>", "Done. Since the second release"),
    ],
)  # fmt: skip
def test_markup_of_generators_leaves(flavour: Flavour, source: str, shown: str) -> None:
    assert text(source, flavour).strip() == shown


def test_the_home_of_a_vitepress_site_shows_its_front_matter() -> None:
    home = """---
layout: home
hero:
  name: <b>Tool</b>
  text: for pumps
  tagline: Fast & quiet
features:
  - title: One
    details: The <i>first</i>.
  - details: The second.
  - nonsense
---

## More

Below.
"""
    shown = "# Tool for pumps\n\nFast & quiet\n\n## One\n\nThe first.\n\nThe second.\n\n## More\n\nBelow."
    assert text(home, "vitepress") == shown
    assert text(home.replace("layout: home", "layout: doc"), "vitepress") == "## More\n\nBelow."
    assert text("---\nlayout: home\nhero: x\nfeatures: 3\n---\nBelow.", "vitepress") == "Below."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("When <name and @foo are set> use it.", "When <name and @foo are set> use it."),
        ("use the <head> element; put it before </head> please.", "use the element; put it before please."),
    ],
)
def test_words_between_signs_are_kept(source: str, expected: str) -> None:
    assert text(source, "plain") == expected


def test_marks_of_code_blocks_leave() -> None:
    assert "next-line" not in text("```js\n// code-block-error-next-line\nx()\n```\n", "docusaurus")
