"""Where JSX tags, expressions and blocks of JavaScript end."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.markdown.jsx import Script, code_end, is_comment, literal_text


@pytest.mark.parametrize(
    ("source", "name", "attributes"),
    [
        ("<Foo>", "Foo", {}),
        ("<Foo />", "Foo", {}),
        ("</Foo>", "Foo", {}),
        ("< Foo>", None, {}),
        ("<>", "", {}),
        ("</>", "", {}),
        ("<a.b.C x>", "a.b.C", {}),
        ("<svg:path/>", "svg:path", {}),
        ("<Tab label=\"npm\" value='a'>", "Tab", {"label": "npm", "value": "a"}),
        ("<Tab label={'n>pm'} n={1}>", "Tab", {"label": "n>pm", "n": "1"}),
        ("<Foo {...props} onClick={() => { a('}') }} title=\"a > b\">", "Foo", {"title": "a > b"}),
        ("<Foo\n  a={`${b('`')} }`}\n  c\n/>", "Foo", {}),
        ("<https://example.org>", None, {}),
        ("<a@b.example>", None, {}),
        ("<3", None, {}),
        ('<Foo a="b', None, {}),
        ("<Foo a={b", None, {}),
        ("</Foo bar>", None, {}),
    ],
)
def test_tags(source: str, name: str | None, attributes: dict[str, str]) -> None:
    tag = Script(source).tag(0)
    if name is None:
        assert tag is None
        return
    assert tag is not None
    assert (tag.name, dict(tag.attributes)) == (name, attributes)
    assert source[tag.start : tag.end] == source
    assert tag.closing == source.startswith("</")
    assert tag.self_closing == (source.endswith("/>") and not tag.closing)


@pytest.mark.parametrize(
    "expression",
    [
        "{a}",
        "{'}'}",
        '{"}"}',
        "{`}`}",
        "{`${'}'}`}",
        "{/* } */}",
        "{a // }\n}",
        "{{a: [1, (2)]}}",
        "{<p>don't {b}</p>}",
    ],
)
def test_expressions_end_at_their_own_brace(expression: str) -> None:
    assert Script(f"x{expression} }}").expression_end(1) == 1 + len(expression)


def test_an_address_in_jsx_text_is_no_comment() -> None:
    source = "{<a>https://example.org</a>} after"
    assert Script(source).expression_end(0) == source.index(" after")


@pytest.mark.parametrize("source", ["{", "{a", "{'}'", "{(}"])
def test_unclosed_expressions(source: str) -> None:
    assert Script(source).expression_end(0) is None


def test_unclosed_braces_are_walked_once() -> None:
    source = "{" * 20_000
    script = Script(source)
    started = time.process_time()
    assert not [position for position in range(len(source)) if script.expression_end(position) is not None]
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("import a from 'b'\n\nText", "import a from 'b'"),
        ("export const a = {\n\n  b: 1,\n}\n\nText", "export const a = {\n\n  b: 1,\n}"),
        ("export const a = `\n\n# not a heading\n`\n\nText", "export const a = `\n\n# not a heading\n`"),
        ("export const a = 1 /*\n\n*/\n\nText", "export const a = 1 /*\n\n*/"),
        ("export const a = (\n\n", None),
        ("export const a = `\n\n", None),
    ],
)
def test_javascript_ends_at_a_blank_line_where_all_is_closed(code: str, end: str | None) -> None:
    blanks = [position for position in range(len(code)) if code.startswith("\n\n", position)]
    found = code_end(code, blanks)
    assert (None if found is None else code[:found]) == end


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'a'", "a"),
        (' "it\'s" ', "it's"),
        ("`a b`", "a b"),
        (r"'a\'b\n'", "a'b\n"),
        ("' '", " "),
        ("42", "42"),
        ("-1.5", "-1.5"),
        ("`a ${b}`", None),
        ("a", None),
        ("'a' + 'b'", None),
    ],
)
def test_literals(expression: str, text: str | None) -> None:
    assert literal_text(expression) == text


def test_comments() -> None:
    assert is_comment(" /* a */ // b")
    assert is_comment(" ")
    assert not is_comment("a /* b */")


@settings(deadline=None)
@given(st.text(alphabet="<>{}/'\"`$ab =\n\\*.", max_size=60))
def test_no_text_breaks_the_walk(source: str) -> None:
    script = Script(source)
    for position, character in enumerate(source):
        if character == "{":
            end = script.expression_end(position)
            assert end is None or (position < end <= len(source) and source[end - 1] == "}")
        if character == "<":
            tag = script.tag(position)
            assert tag is None or source[tag.start] + source[tag.end - 1] == "<>"
    ends = list(range(len(source) + 1))
    assert code_end(source, ends) in (None, *ends)
