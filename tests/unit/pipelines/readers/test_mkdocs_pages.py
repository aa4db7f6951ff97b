"""Pages as MkDocs shows them with Material's extensions. Real builds are compared in tests/contract."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.pipelines.readers.pages import anchors_of, misplaced, read_mkdocs


def test_python_markdown_numbers_duplicates_with_underscores() -> None:
    body = read_mkdocs("# Setup\n\n## Setup\n\n## Setup { #setup_2 }\n\n## Setup\n\n## Émile & co\n")
    assert anchors_of(body) == ["setup", "setup_1", "setup_2", "setup_3", "emile-co"]


@pytest.mark.parametrize(
    ("heading", "text", "anchor"),
    [
        ("## A { #my-id }", "A", "my-id"),
        ("## A {: #my-id .c }", "A", "my-id"),
        ("## A { .c data-x='y' }", "A", "a"),
        ("## `code` and *em*", "code and em", "code-and-em"),
        ("##No blank", "No blank", "no-blank"),
        ("## Snake_case ##", "Snake_case", "snake_case"),
        ("## :material-rocket: Start", "Start", "start"),
        ("## {{ name }} page", "page", None),
        ("Setext\n---", "Setext", "setext"),
        ("## Below < 3.11 [](){#old-python}", "Below < 3.11", "below-311"),
        ("## Use `load`{#load}", "Use load", "use-load"),
    ],
)
def test_headings(heading: str, text: str, anchor: str | None) -> None:
    body = read_mkdocs(f"x\n\n{heading}\n\ny\n")
    (found,) = body.headings
    assert (found.text.replace("{{ name }} ", ""), found.anchor) == (text, anchor)
    assert "{ #" not in body.text
    assert "{:" not in body.text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Use [`load`][griffe.load] or [`Loader`][].", "Use `load` or `Loader`."),
        ("See [the loader][griffe.GriffeLoader.load]: it reads.", "See the loader: it reads."),
        ("See [how *it*\nreads][how-it-reads].", "See how it\nreads."),
        ("See [the guide][g].\n\n[g]: guide.md", "See the guide."),
        ("Then rows[10][20] is `a[10][20]`.", "Then rows[10][20] is `a[10][20]`."),
        ("Bounds are [a][b] and [x][y](z).", "Bounds are [a][b] and [x]y."),
        ("Options [opt] [arg] and [one][two][three].", "Options [opt] [arg] and [one][two][three]."),
    ],
)
def test_cross_references_are_read_as_their_text(source: str, shown: str) -> None:
    assert read_mkdocs(source).text.strip().replace("*", "") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("The **:material-play: Run** button", "The **Run** button"),
        ("*Run :octicons-play-16:* it", "*Run* it"),
        ("[:simple-git: Source](x.md) here", "Source here"),
        ("A :material-play: B", "A B"),
        (":material-cube:{ .lg } **Loading**", "**Loading**"),
    ],
)
def test_an_icon_takes_the_blank_at_the_edge_of_emphasis_along(source: str, shown: str) -> None:
    assert read_mkdocs(source).text.strip() == shown


def test_admonitions_and_details() -> None:
    body = read_mkdocs(
        '!!! note "My *title*"\n    # In\n\n    ```py\n    x = {1}\n\n    y\n    ```\n\n'
        '??? tip\n    b\n\n    c\n???+ info inline "D"\n    d\nend\n'
    )
    assert body.text == "My *title*\n\n# In\n\n```py\nx = {1}\n\ny\n```\n\nb\n\nc\n\nD\n\nd\n\nend"
    assert anchors_of(body) == ["in"]


@pytest.mark.parametrize(
    "info",
    ["toml config-example", 'toml tab="pyproject.toml"', "python {.x} hl-lines=1", "text A title, of words", "py"],
)
def test_code_is_code_whatever_stands_behind_its_language(info: str) -> None:
    body = read_mkdocs(f"# A\n\n```{info}\n# no heading\n```\n\n## B\n\n```py title\n# nor this\n```\n\n## C\n")
    assert anchors_of(body) == ["a", "b", "c"]


def test_tabs() -> None:
    body = read_mkdocs(
        '=== "pip"\n\n    ```\n    pip install x\n    ```\n\n=== "uv"\n\n    text\n\n    === "nested"\n\n        deep\n'
    )
    assert body.text == "pip\n\n```\npip install x\n```\n\nuv\n\ntext\n\nnested\n\ndeep"


def test_blocks() -> None:
    body = read_mkdocs(
        "/// note | Technical details\n    attrs: {class: a}\n\nText\n\n//// tab | One\n\n## In tab\n\n////\n///\n\n"
        "/// html | div.class\nshown\n///\n"
    )
    assert body.text == "Technical details\n\nText\n\nOne\n\n## In tab\n\nshown"
    assert anchors_of(body) == ["in-tab"]


def test_what_the_reader_does_not_see_leaves() -> None:
    body = read_mkdocs(
        "[TOC]\n\n<style>\n.a { b: c }\n</style>\n\ntext<!-- no -->\n\n{: .lead }\n\n*[HTML]: Hyper Text\n\n"
        "::: package.Class\n    options:\n        members: [a]\n\n{% for a in b %}\n{{ a }}\n{% endfor %}\n\nend\n"
    )
    assert body.text == "text\n\nend"


def test_code_is_not_touched() -> None:
    code = '```jinja\n!!! note\n{{ x }} {% y %}\n=== "tab"\n/// tip\n<b> # no\n## no\n```'
    body = read_mkdocs(f"a\n\n{code}\n\n    indented {{{{ code }}}} <b>\n\nb `{{{{ c }}}}`\n")
    assert body.text == f"a\n\n{code}\n\n```\nindented {{{{ code }}}} <b>\n```\n\nb `{{{{ c }}}}`"
    assert not body.headings


def test_fences_with_any_options_hide_their_headings() -> None:
    body = read_mkdocs('# A\n\n```Python hl_lines="7  12" title="x"\n# no\n```\n\n## B\n')
    assert anchors_of(body) == ["a", "b"]


def test_a_heading_inside_raw_html_is_none() -> None:
    body = read_mkdocs("# A\n\n<div>\n\n## Raw\n\n</div>\n\n<div markdown>\n\n## Parsed\n\n</div>\n")
    assert anchors_of(body) == ["a", "parsed"]


_PIECES = st.sampled_from(
    [
        "# A\n",
        "## B { #b }\n",
        "text\n",
        "\n",
        "```\n",
        "~~~js\n",
        "!!! note\n",
        '=== "T"\n',
        "    ",
        "/// tip | T\n",
        "///\n",
        "<div>\n",
        "</div>\n",
        "{{ x }}",
        "- ",
        "> ",
        "---\n",
        "[TOC]\n",
        "é🚀 ",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES, max_size=20).map("".join))
def test_any_page_has_its_headings_where_it_says(source: str) -> None:
    assert misplaced(read_mkdocs(source)) == []
