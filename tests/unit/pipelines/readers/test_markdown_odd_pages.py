"""Odd ways in which pages of markdown say common things: each kind with several inputs."""

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from pipelines.corpus import CorpusSpec, Flavour, MarkdownSource
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page
from pipelines.readers.source_folder import SourceFolder
from tests.unit.pipelines.readers.test_markdown_as_seen import read, text


@pytest.mark.parametrize(
    "head",
    [
        '<head>\n  <title>Leak</title>\n  <meta name="description" content="x" />\n</head>',
        "<head>\n\n<title>Leak</title>\n\n</head>",
        "<Head>\n  <title>Leak</title>\n</Head>",
        "<head><title>Leak</title></head>",
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.mdx"])
def test_the_head_of_a_page_is_no_text(head: str, name: str) -> None:
    assert text(f"# T\n\n{head}\n\nBody.", "docusaurus", name=name) == "# T\n\nBody."


def test_a_head_in_code_is_code() -> None:
    source = "```html\n<head>\n<title>Kept</title>\n</head>\n```"
    assert text(source, "docusaurus") == source
    assert text("<head> is an element </head> of HTML", "docusaurus") == "is an element of HTML"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Apple\n:   Red.\n\n    More.\n\nPear\n:   Green.\n:   Yellow.",
         "- Apple\n  Red.\n\n  More.\n- Pear\n  Green.\n\n  Yellow."),
        ("Term\n\n:   Below a blank.\n\n        code()", "- Term\n  Below a blank.\n\n  ```\n  code()\n  ```"),
        ("A\nB\n:   Goes\non.\n\n    More.\n\nC\n:   - one\n    - two\n\nEnd.",
         "- A\n  B\n  Goes\n  on.\n\n  More.\n- C\n\n  - one\n  - two\n\nEnd."),
        ("# A\n: b\n\n- c\n\n: d", "# A\n\nb\n\n- c\n\nd"),
        ("Press ++ctrl+\"x\"++, ++\"ä\"++ and ++enter++", "Press Ctrl+x, ä and Enter"),
        ("Has 100[^1].\n\n[^1]:\n    First.\n\n    Second.\n\nAfter.", "Has 100.\n\nFirst.\n\nSecond.\n\nAfter."),
    ],
)  # fmt: skip
def test_marks_of_python_markdown(source: str, expected: str) -> None:
    assert text(source, "mkdocs") == expected


@pytest.mark.parametrize("flavour", ["docusaurus", "plain", "vitepress"])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Has 5[^n].\n\n[^n]: One.\n\n    Two.\n\n    ```sh\n    run\n    ```\n\nAfter.",
         "Has 5.\n\nOne.\n\nTwo.\n\n```sh\nrun\n```\n\nAfter."),
        ("Has 5[^n].\n\n[^n]: One\nlazy line.\n\nAfter.", "Has 5.\n\nOne\nlazy line.\n\nAfter."),
        ("<table>\n<tr><th>A</th><th>B</th></tr>\n<tr><td>\n\n**x** [l](u)\n\n```js\na\nb\n```\n\n</td><td>2</td></tr>"
         "</table>", "| A | B |\n| --- | --- |\n| x l `a` `b` | 2 |"),
        ("<table>\n<tr><th>A</th><th>B</th></tr>\n<tr><td>\n\n- one\n- two\n\n</td>\n<td>\n\n~~3~~ 4\n\n</td></tr>\n"
         "</table>", "| A | B |\n| --- | --- |\n| - one - two | 4 |"),
    ],
)  # fmt: skip
def test_blocks_inside_notes_and_cells(flavour: Flavour, source: str, expected: str) -> None:
    assert text(source, flavour) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% hint style="info" %}\nMind it.\n{% endhint %}', "Mind it."),
        ('{% tabs %}\n{% tab title="Linux" %}\napt\n{% endtab %}\n{% endtabs %}', "Linux\n\napt"),
        ('{{< tab "Linux" >}}\napt\n{{< /tab >}}', "Linux\n\napt"),
        ('{{% notice title="Mind" %}}\nit.\n{{% /notice %}}', "Mind\n\nit."),
        (":::{note} Mind\nit.\n:::", "Mind\n\nit."),
        ("::: {.callout-tip}\nit.\n:::", "it."),
        (":begin_tab:`x`\nOne.\n:end_tab:", "One."),
        ("Write {% if x %} or {{< ref >}} in prose.", "Write {% if x %} or {{< ref >}} in prose."),
        ("```\n{% raw %}\n:::\n```", "```\n{% raw %}\n:::\n```"),
        ("> [!TIP] Own words\n> x", "> Own words\n> x"),
        ("> [!info]- Folded\n> x\n\n> [!bug]\n> y", "> Folded\n> x\n\n> Bug\n> y"),
        ("H~2~O, CO~2~ and x~i~, costs ~100~ 80", "H2O, CO2 and x_i, costs 80"),
    ],
)
def test_marks_of_generators_that_nobody_named(source: str, expected: str) -> None:
    assert text(source, "plain") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<Tabs values={[{label: 'Apple', value: 'a'}, {\"label\": \"Pear\", value: 'p'}]} />", "Apple\n\nPear"),
        ("<FileList items={['one.md', \"two.md\"]} />", "one.md\n\ntwo.md"),
        ('<Alert heading="Mind" message="the gap" />', "Mind\n\nthe gap"),
        ('<ParamField body="limit" type="int" default="5">The limit.</ParamField>',
         "limit int (default: 5)\n\nThe limit."),
        ('<ResponseField name="id" type="string" />', "id string"),
        ('<Card title="A &amp; B" text=\'say &quot;hi&quot;\' />', 'A & B\n\nsay "hi"'),
        ('<Card title={"caf\\u00e9 \\x41\\u{1F600}"} />', "café A😀"),
    ],
)  # fmt: skip
def test_literal_values_of_components(source: str, expected: str) -> None:
    assert text(source, "docusaurus") == expected


def test_names_from_the_head_of_a_vitepress_page() -> None:
    source = "---\ntitle: Pumps\nport: 8080\n---\n# {{ $frontmatter.title }}\n\nAt {{ frontmatter.port }}."
    assert text(source, "vitepress") == "# Pumps\n\nAt 8080."
    assert text("---\na: 1\n---\n`{{ $frontmatter.a }}` {{ $frontmatter.b }}", "vitepress") == (
        "`{{ $frontmatter.a }}` {{ $frontmatter.b }}"
    )
    assert text('Text <Badge type="tip" text="new" /> end', "vitepress").split() == ["Text", "new", "end"]


@pytest.mark.parametrize(
    ("source", "flavour", "reason"),
    [
        ('<head>\n<meta content="noindex" name="robots" />\n</head>\n\nx', "docusaurus", "noindex"),
        ("<Head><meta name='googlebot' content='follow, none'/></Head>\n\nx", "docusaurus", "noindex"),
        ("<meta name=robots content=noindex>\n\nx", "plain", "noindex"),
        ("---\nDraft: true\n---\nx", "plain", "draft"),
        ("---\ndraft: 1\n---\nx", "mkdocs", "draft"),
        ("+++\npublishDate = 2999-01-01\n+++\nx", "plain", "draft"),
        ("---\nexpiryDate: 2001-01-01T00:00:00Z\n---\nx", "plain", "draft"),
        ("---\nredirect_to: /x\n---\n", "plain", "redirect"),
        ("---\ntemplate: redirect.html\nlocation: /x\n---\nx", "mkdocs", "redirect"),
    ],
)
def test_pages_that_are_left_out(source: str, flavour: Flavour, reason: str) -> None:
    assert read(source, flavour) == reason


@pytest.mark.parametrize(
    ("source", "flavour"),
    [
        ('Write:\n\n```html\n<meta name="robots" content="noindex">\n```', "docusaurus"),
        ('Say `<meta name="robots" content="noindex">` in the head.', "mkdocs"),
        ('<meta name="robots" content="index, follow">\n\nx', "plain"),
        ("---\npublishDate: 2001-01-01\nexpiryDate: 2999-01-01\n---\nx", "plain"),
        ("---\npublishDate: 2999-01-01\n---\nx", "docusaurus"),
        ("---\npublishDate: soon\n---\nx", "plain"),
    ],
)
def test_pages_that_are_about_it_stay(source: str, flavour: Flavour) -> None:
    assert isinstance(read(source, flavour), Page)


@pytest.mark.parametrize("flavour", ["mkdocs", "plain", "vitepress"])
@pytest.mark.parametrize("value", ["true", "[a, b]", "{a: b}"])
def test_a_title_that_is_no_text_loses_no_page(flavour: Flavour, value: Any) -> None:
    page = read(f"---\ntitle: {value}\n---\n# Body\n\nx", flavour)
    assert isinstance(page, Page)
    assert (page.title, page.warnings[0]) == ("Body", "front matter: title is no text and is not read")


@pytest.mark.parametrize("flavour", ["mkdocs", "plain", "vitepress"])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Para\n\n    a = 1\n\n    b = 2\n\nEnd", "Para\n\n```\na = 1\n\nb = 2\n```\n\nEnd"),
        ("- item\n\n      a = 1\n", "- item\n\n  ```\n  a = 1\n  ```"),
        (">     a = 1", "> ```\n> a = 1\n> ```"),
        ("x\n\n\tuse ``` here", "x\n\n````\nuse ``` here\n````"),
    ],
)
def test_code_that_only_stands_in_gets_its_fences(flavour: Flavour, source: str, expected: str) -> None:
    assert text(source, flavour) == expected


@pytest.mark.parametrize(
    ("config", "drafts", "partials"),
    [
        ("draft_docs: |\n  drafts/\n  _*.md\n  !_shown.md\n", ["_a.md", "drafts/b.md", "x/_a.md"], []),
        (
            "exclude_docs: |\n  # parts\n  /x/\n  *.tmp.md\ndraft_docs: /drafts/*.md\n",
            ["drafts/b.md"],
            ["c.tmp.md", "x/_a.md"],
        ),
        ("docs_dir: other\ndraft_docs: '*'\n", [], []),
        ("theme: !ENV [A, material]\nplugins: !!python/name:x.y\ndraft_docs: drafts\n", ["drafts/b.md"], []),
        ("draft_docs: [a, b]\n", [], []),
        ("draft_docs: 'open\n", [], []),
    ],
)  # fmt: skip
def test_what_mkdocs_does_not_publish(tmp_path: Path, config: str, drafts: list[str], partials: list[str]) -> None:
    (tmp_path / "mkdocs.yml").write_text(f"site_name: x\n{config}")
    found: dict[str, list[str]] = {"draft": [], "partial": []}
    for name in ("_a.md", "_shown.md", "c.tmp.md", "drafts/b.md", "x/_a.md"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# T\n\ntext\n")
    declared = MarkdownSource(kind="markdown", path=Path("docs"), flavour="mkdocs")
    spec = CorpusSpec(name="b", folder=tmp_path, source=declared, base_url="https://e.org")
    tree = MarkdownTree(spec, declared, SourceFolder.open("b", tmp_path / "docs", 1_000))
    for place in tree.paths():
        if isinstance(outcome := tree.read(place), str):
            found[outcome].append(str(place))
    assert found == {"draft": drafts, "partial": partials}


@pytest.mark.parametrize(
    ("config", "emoji", "cell"),
    [
        ("", True, True),
        ("markdown_extensions: [toc]\n", False, False),
        ("markdown_extensions:\n", False, False),
        ("markdown_extensions:\n  - attr_list\n  - pymdownx.emoji: {emoji_index: !!python/name:x.y}\n", True, True),
        ("markdown_extensions:\n  markdown.extensions.extra: {}\n", False, True),
        ("markdown_extensions: [pymdownx.extra, 'pymdownx.emoji:EmojiExtension']\n", True, True),
        ("INHERIT: ../base.yml\nmarkdown_extensions: [toc]\n", True, True),
        ("markdown_extensions: 7\n", True, True),
    ],
)
def test_mkdocs_reads_pages_with_the_extensions_that_it_names(
    tmp_path: Path, config: str, emoji: bool, cell: bool
) -> None:
    if config:
        (tmp_path / "mkdocs.yml").write_text(f"site_name: x\n{config}")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# T\n\n:rocket:\n\n| a | b |\n|---|---|\n| x {.y} | 1 |\n")
    declared = MarkdownSource(kind="markdown", path=Path("docs"), flavour="mkdocs")
    spec = CorpusSpec(name="b", folder=tmp_path, source=declared, base_url="https://e.org")
    page = MarkdownTree(spec, declared, SourceFolder.open("b", tmp_path / "docs", 1_000)).read(PurePosixPath("a.md"))
    assert isinstance(page, Page)
    assert ("🚀" in page.body.text, ":rocket:" in page.body.text) == (emoji, not emoji)
    assert ("| x | 1 |" in page.body.text, "| x {.y} | 1 |" in page.body.text) == (cell, not cell)
