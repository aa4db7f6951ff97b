"""Pages as Docusaurus shows them: what leaves, what stays, and which headings there are."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.lines import Line, LineHeading
from pipelines.readers.markdown.blocks import PageMarkup
from tests.unit.pipelines.readers.pages import anchors_of, read_docusaurus, read_github


def test_imports_and_exports_leave() -> None:
    body = read_docusaurus(
        "import A from './a'\nimport {B,\n  C} from 'b'\n\nexport const x = {\n\n"
        "  # not: a heading\n\n}\n\n# Title\n\n"
        "import is a word.\n\nText\nimport stays in a paragraph\n"
    )
    assert body.text == "# Title\n\nimport is a word.\n\nText\nimport stays in a paragraph"


def test_a_page_is_not_lost_behind_javascript_that_seems_to_never_end() -> None:
    body = read_docusaurus("export const Broken = () => (\n\n# Title\n\nText\n")
    assert body.text == "# Title\n\nText"


def test_jsx_leaves_and_its_text_stays() -> None:
    body = read_docusaurus(
        '<Tabs>\n<TabItem value="npm" label="With npm">\n\n```bash\nnpm i <package> {x}\n'
        "```\n\n</TabItem>\n</Tabs>\n\n"
        "Use <b>this</b> <Icon name=\"x\" />now{' '}please.\n\n<Foo\n  a={[\n    '# no heading',\n  ]}\n/>\n\nEnd\n"
    )
    assert body.text == "With npm\n\n```bash\nnpm i <package> {x}\n```\n\nUse this now please.\n\nEnd"
    assert not body.headings


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
@pytest.mark.parametrize("indent", ["", "  "])
def test_fences_are_never_touched(fence: str, indent: str) -> None:
    code = [
        f"{indent}{fence}jsx title='a'",
        "import x from 'y'",
        "<Foo>{bar}</Foo>  ",
        "# no",
        "",
        "",
        ":::tip",
        fence and f"{indent}{fence}",
    ]
    body = read_docusaurus("\n".join(["Text", *code, "<b>end</b>"]))
    assert body.text == "\n".join(["Text", *code, "end"])
    assert not body.headings


def test_exported_and_front_matter_values_are_shown() -> None:
    page = PageMarkup(values={"frontMatter.title": "T"})
    body = read_docusaurus(
        "export const v = '1.2'\nexport const n = 3;\nexport const w = n * 2;\n\n{frontMatter.title} {v} {n} {w}\n",
        page=page,
    )
    assert body.text == "T 1.2 3 "[:-1]


def test_admonitions_keep_title_and_text() -> None:
    body = read_docusaurus(
        ":::tip What You'll Learn\n\n- a\n\n:::\n\n:::note[Label *x*]\nb\n:::\n:::info\nc\n:::\n\n"
        '::::danger{title="Big"}\n:::caution\nd\n:::\n::::\n\n:::unknown Words\n\n:: no\n'
    )
    assert body.text == "What You'll Learn\n\n- a\n\nLabel *x*\n\nb\n\nc\n\nBig\n\nd\n\n:::unknown Words\n\n:: no"


def test_comments_leave_with_what_is_in_them() -> None:
    body = read_docusaurus("a\n\n<!--\n## Hidden\n\n## Too\n-->\n\n{/*\n## Hidden\n*/}\n\nb <!-- x --> c\n")
    assert body.text == "a\n\nb c"
    assert not body.headings


def test_headings_wherever_they_stand() -> None:
    body = read_docusaurus(
        "# One\n\nSetext *two*\n---\n\n> ## Quoted\n\n- ## Listed\n\n<div>\n"
        "      ### Deep in tags\n</div>\n:::tip\n#### In a tip\n:::\n"
        "Two\nlines\n===\n#hashtag\n"
    )
    assert anchors_of(body) == [None, "setext-two", "quoted", "listed", "deep-in-tags", "in-a-tip", None]
    assert [heading.text for heading in body.headings][-1] == "Two lines"
    assert "\n### Deep in tags\n" in body.text
    assert body.text.endswith("# Two lines\n#hashtag")


@pytest.mark.parametrize(
    ("heading", "text", "anchor", "line"),
    [
        ("## A {#my-id}", "A", "my-id", "## A"),
        ("## A {/* #my-id */}", "A", "my-id", "## A"),
        ("## A {/* #my-id why */}", "A", "my-id", "## A"),
        ("## `{#code}` x", "{#code} x", "code-x", "## `{#code}` x"),
        ("## **A** [b `c`](http://x) ##", "A b c", "a-b-c", "## **A** b `c`"),
        ("## ![alt](i.png) &amp; x", "alt & x", "alt--x", "## alt & x"),
        ("## A <Tag x='#' /> b", "A b", "a--b", "## A b"),
        ("## Foo:bar", "Foo:bar", "foo", "## Foo:bar"),
        ("## :rocket: Start", ":rocket: Start", "rocket-start", "## :rocket: Start"),
        ("## a_b __c__ \\*d", "a_b c *d", "a_b-c-d", "## a_b __c__ *d"),
        ("##", "", None, "##"),
    ],
)
def test_heading_texts_and_anchors(heading: str, text: str, anchor: str | None, line: str) -> None:
    body = read_docusaurus(f"x\n\n{heading}\n")
    (found,) = body.headings
    assert (found.text, found.anchor) == (text, anchor)
    assert body.text == f"x\n\n{line}"


def test_explicit_ids_are_not_numbered_and_take_no_number() -> None:
    body = read_docusaurus("## A {#a}\n## A\n## A\n## B {#a}\n")
    assert anchors_of(body) == ["a", "a", "a-1", "a"]


def test_references_and_footnotes_count_only_where_they_are_defined() -> None:
    body = read_docusaurus("## [a] [b][c] [^1] [^2]\n\n[a]: http://x\n[c]: http://y\n[^1]: note\n")
    assert anchors_of(body) == ["a-b--2"]


def test_partials_stand_where_their_tags_do() -> None:
    asked: list[str] = []

    def read_partial(target: str, attributes: Mapping[str, str]) -> Sequence[Line] | None:
        asked.append(target)
        heading = Line("## Note", heading=LineHeading(2, "Note", "note"))
        return None if "missing" in target else [Line("Inlined."), Line(""), Line("- item"), Line(""), heading]

    page = PageMarkup(read_partial=read_partial)
    source = (
        "import P from './_p.mdx'\nimport M from './_missing.md'\nimport C from './c'\n\na\n"
        "\n<P />\n<M/> <C/>\n\nb <P/> c\n"
    )
    body = read_docusaurus(source, page=page)
    assert body.text == "a\n\nInlined.\n\n- item\n\n## Note\n\nb\n\nInlined.\n\n- item\n\n## Note\n\nc"
    assert asked == ["./_p.mdx", "./_missing.md", "./_p.mdx"]
    assert anchors_of(body) == ["note", "note"]


def test_tables_and_lists_stay_markdown() -> None:
    source = "| a | b |\n| --- | --- |\n| `<x>` | <b>y</b> |\n\n1. one\n   - two\n\n> quote"
    assert read_docusaurus(source).text == source.replace("<b>y</b>", "y")


def test_the_format_md_is_commonmark() -> None:
    body = read_docusaurus(
        "<div>\n## no\n</div>\n\n    ## code {x}\n\n## {x} <http://y.z>\n\n<b>a</b> {b}\n", mdx=False
    )
    assert anchors_of(body) == ["x-httpyz"]
    assert "```\n## code {x}\n```" in body.text
    assert body.text.endswith("\n\na {b}")


def test_github() -> None:
    body = read_github(
        "# Title\n## Foo:bar {x}\n## Title\n## <b>B</b> {#own}\n\n    # code\n\n"
        "<p align='center'>\n    <em>Hi</em>\n</p>\n"
    )
    assert anchors_of(body) == ["title", "foobar-x", "title-1", "own"]
    assert body.text == "# Title\n## Foo:bar {x}\n## Title\n## B\n\n```\n# code\n```\n\nHi"


_PIECES = st.sampled_from(
    [
        "# A\n",
        "## B {#b}\n",
        "text\n",
        "\n",
        "```\n",
        "~~~js\n",
        "<Foo a={1}>\n",
        "</Foo>\n",
        "<!-- ",
        "-->\n",
        ":::tip T\n",
        ":::\n",
        "{x}\n",
        "{/* c */}",
        "import a from 'b'\n",
        "export const c = {\n",
        "}\n",
        "> ",
        "- ",
        "    ",
        "`",
        "\\",
        "|a|b|\n|-|-|\n",
        "===\n",
        "é🚀 ",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_page_has_its_headings_where_it_says(source: str) -> None:
    for body in (read_docusaurus(source), read_docusaurus(source, mdx=False), read_github(source)):
        anchors_of(body)
        assert body.text == body.text.strip("\n")
        assert "\x00" not in body.text
