"""Tags, comments and expressions leave; their text stays, and code stays as it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.markdown.markup import Markup


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a <b>bold</b> c", "a bold c"),
        ("a <Foo x={1} /> c", "a c"),
        ("one<br />two", "one two"),
        ("<p>one</p><p>two</p>", "one two"),
        ("a {/* comment */} b", "a b"),
        ("a <!-- comment --> b", "a b"),
        ("a <!-- never closed", "a <!-- never closed"),
        ("{'a'}{' '}{`b`} {42}", "a b 42"),
        ("version {props.version}!", "version !"),
        ("named {version}!", "named 1.2!"),
        ("`<b>{code}</b>` stays", "`<b>{code}</b>` stays"),
        ("``<b>`` and `a` <b>x</b>", "``<b>`` and `a` x"),
        ("`unclosed <b>x</b>", "`unclosed x"),
        (r"\<b> \{a\} \`<b>x</b>", r"<b> {a} `x"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<https://example.org>", "<https://example.org>"),
        ("{ unclosed", "{ unclosed"),
        ("<span style={{color: 'red'}}>red</span>", "red"),
        ("a <img\n  alt='x'\n/> b", "a x b"),
    ],
)
def test_mdx(source: str, text: str) -> None:
    assert Markup(mdx=True, values={"version": "1.2"}).text_of(source) == text


def test_unknown_names_stay_where_the_page_is_not_built_as_mdx() -> None:
    markup = Markup(mdx=True, values={"version": "1.2"}, keep_unknown=True)
    assert markup.text_of("/items/{item_id} {version} {a + b}") == "/items/{item_id} 1.2 {a + b}"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('<abbr title="Getting Things Done">GTD</abbr> now', "GTD now"),
        ("a {brace} b", "a {brace} b"),
        ("<style>\n.a { b }\n</style>text", "text"),
        ("<script>if (a < b) {}</script>text", "text"),
        ("<style>never closed", "never closed"),
        ("<a href=x>link</a>", "link"),
        ("<td>a</td><td>b</td>", "a b"),
        ("a <b", "a <b"),
        ("<?php echo 1 ?>text <!DOCTYPE html>", "text "),
    ],
)
def test_html(source: str, text: str) -> None:
    assert Markup().text_of(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% for a in b %}", ""),
        ("★ {{ repo.stars }} stars", "★ stars"),
        ("{# note #}text", "text"),
        ("[a](b){ .md-button }", "a"),
        ('![a](b){ width="300" } c', "a c"),
        ("`code`{.python} c", "`code` c"),
        ("a {not: attributes}", "a {not: attributes}"),
        ("f(x) {braces} stay", "f(x) {braces} stay"),
        ("`{{ code }}`", "`{{ code }}`"),
    ],
)
def test_templates_and_attribute_lists(source: str, text: str) -> None:
    assert Markup(templates=True).text_of(source) == text


@settings(deadline=None)
@given(st.text(alphabet="<>{}/'\"`ab =\n\\!-%#", max_size=80))
def test_text_without_marks_survives(source: str) -> None:
    for markup in (Markup(mdx=True), Markup(), Markup(templates=True)):
        stripped = markup.text_of(source)
        assert len(stripped) <= len(source) + source.count("<")
        assert markup.text_of(f"before\n\n{source}").startswith("before\n")
    if not set(source) & set("<{\\`=!"):
        assert Markup(mdx=True).text_of(source) == source
