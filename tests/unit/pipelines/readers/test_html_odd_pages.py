"""Odd ways in which pages of HTML say common things: each kind with several inputs."""

import pytest

from pipelines.readers.html.page import HtmlPage
from tests.unit.pipelines.readers.test_html_as_seen import read, text


def katex(inner: str) -> str:
    boxes = f'<span class="katex-html" aria-hidden="true"><span class="base">{inner}</span></span>'
    return f'<span class="katex">{boxes}</span>'


def vlist(*rows: str, lower: bool = False) -> str:
    """Rows of KaTeX's boxes, the lowest first; each with the strut that holds it up."""
    inner = "".join(f'<span style="top:-3em"><span class="pstrut"></span>{row}</span>' for row in rows)
    inner = f'<span class="vlist-r"><span class="vlist">{inner}</span></span>'
    return f'<span class="vlist-t{" vlist-t2" if lower else ""}">{inner}</span>'


def small(text: str) -> str:
    return f'<span class="sizing reset-size6 size3 mtight"><span class="mord mtight">{text}</span></span>'


def script(*rows: str, lower: bool = False) -> str:
    return f'<span class="msupsub">{vlist(*map(small, rows), lower=lower)}</span>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (katex(f'<span class="mord">x</span>{script("2")}'), "x^2"),
        (katex(f'<span class="mord">a</span>{script("n−1", lower=True)}'), "a_(n−1)"),
        (katex(f'<span class="mord">x</span>{script("i", "2", lower=True)}<span class="mrel">=</span>1'), "x_i^2 = 1"),
        (katex('<span class="mord"><span class="mfrac">'
               + vlist("<span>2</span>", '<span class="frac-line"></span>', "<span>a+b</span>", lower=True)
               + "</span></span>"), "(a+b)/2"),
        (katex(f'<span class="mord sqrt">{vlist("<span>y</span>", "<span class=hide-tail></span>")}</span>'), "√(y)"),
        (katex(f'<span class="mop op-limits">{vlist(small("k=1"), "<span>∑</span>", small("n"), lower=True)}</span>k'),
         "∑_(k=1)^n k"),
        ('<span class="mwe-math-element"><span class="mwe-math-mathml-a11y" style="display: none;"><math><msup>'
         '<mi>x</mi><mn>2</mn></msup></math></span><img class="mwe-math-fallback-image" aria-hidden="true" alt="x^2">'
         "</span>", "x^2"),
        ('<span aria-hidden="true"><math><mfrac><mn>1</mn><mi>y</mi></mfrac></math></span>', "1/y"),
        ('<math><mrow><mo>(</mo><mfrac linethickness="0"><mi>n</mi><mi>k</mi></mfrac><mo>)</mo></mrow></math>',
         "(n choose k)"),
        ("<math><mo>-</mo><mn>2</mn><msup><mi>x</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup></math>", "-2x^(−1)"),
        ("<math><mi>a</mi><mo>-</mo><mn>2</mn><mo>=</mo><mo>-</mo><mi>b</mi></math>", "a - 2 = - b"),
    ],
)  # fmt: skip
def test_formulas_of_every_build(html: str, expected: str) -> None:
    assert text(f"<p>so {html} holds</p>") == f"so {expected} holds"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('holds 2<span style="vertical-align: super">10</span> rows', "holds 2^10 rows"),
        ('x<span style="font-size:70%;vertical-align:sub">i</span>', "x_i"),
        ("SO<sub>4</sub><sup>2−</sup> and Na<sup>+</sup>", "SO4^2− and Na^+"),
        ("<sup>1</sup>&frasl;<sub>2</sub> cup and <sup>3</sup>/<sub>4</sub>", "1⁄2 cup and 3/4"),
        ("up to 50<sup>*</sup> users, x<sup>*</sup>", "up to 50* users, x^*"),
        ("has 100<sup>[1]</sup> and 20<sup>[1, 2]</sup> items", "has 100[1] and 20[1, 2] items"),
        ('has 100<a class="fnref" href="#f1">1</a> items', "has 100 items"),
        ('in step<a href="#below">2</a> and <a href="#step-2">2</a> more', "in step and 2 more"),
        ('has 100<label for="s" class="margin-toggle"></label><input type="checkbox" id="s" class="margin-toggle">'
         '<span class="sidenote">A note.</span> items', "has 100 (A note.) items"),
        ('the term<span role="tooltip">What it means</span> is', "the term (What it means) is"),
    ],
)  # fmt: skip
def test_what_stands_above_below_or_beside_the_line(html: str, expected: str) -> None:
    assert text(f"<p>{html}</p>") == expected


@pytest.mark.parametrize(
    "struck",
    [
        '<span class="strike">100</span>',
        '<span class="text-decoration-line-through">100</span>',
        '<span role="deletion">100</span>',
        '<font style="text-decoration-line: line-through">100</font>',
    ],
)
def test_what_is_struck_leaves(struck: str) -> None:
    assert text(f"<p>costs {struck} 80 euro</p>") == "costs 80 euro"


def test_a_form_of_tasks_is_told_from_a_switch() -> None:
    assert text("<ul><li><label><input type=checkbox checked> done</label></ul>") == "- [x] done"
    assert text("<p><input type=checkbox> open<br><input type=checkbox checked> done</p>") == "[ ] open\n[x] done"
    assert text("<p>Some text <input type=checkbox id=more><label for=more>more</label> here</p>") == (
        "Some text more here"
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<ol class="loweralpha simple" start="2"><li>x<li>y</ol>', "b. x\nc. y"),
        ('<ol style="list-style-type: upper-roman"><li>x<li value=4>y</ol>', "I. x\nIV. y"),
        ('<ol type="A" start="26"><li>x<li>y</ol>', "Z. x\nAA. y"),
    ],
)
def test_numbers_of_lists_as_they_are_drawn(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table><tr><th>Name</th><td>Ann</td></tr><tr><th>Age</th><td>5</td></tr></table>",
         ["", "Name | Ann", "Age | 5"]),
        ("<table><tr><td>port</td><td>80</td></tr><tr><td>host</td><td>a</td></tr></table>",
         ["", "port | 80", "host | a"]),
        ("<table><tr><td><b>Name</b></td><td><strong>Age</strong></td></tr><tr><td>Ann</td><td>5</td></tr></table>",
         ["Name | Age", "Ann | 5"]),
        ("<table><tr><td>n</td><td>p50</td><td>p99</td></tr><tr><td>a</td><td>1</td><td>2</td></tr></table>",
         ["n | p50 | p99", "a | 1 | 2"]),
        ("<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td rowspan=9>1</td><td>2</td></tr></tbody>"
         "<tbody><tr><td>3</td><td>4</td></tr></tbody></table>", ["a | b", "1 | 2", "3 | 4"]),
        ('<div role="table"><div role="row"><span role="columnheader">Name</span><span role="columnheader">Port</span>'
         '</div><div role="rowgroup"><div role="row"><span role="cell">web</span><span role="cell">80</span></div>'
         "</div></div>", ["Name | Port", "web | 80"]),
        ('<div role="grid"><div role="row"><b role="rowheader">a</b><i role="gridcell">1</i></div><div role="row">'
         '<b role="rowheader">b</b><i role="gridcell">2</i></div></div>', ["", "a | 1", "b | 2"]),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td><pre>x = 1\ny = 2</pre></td><td>c</td></tr></table>",
         ["a | b", "`x = 1` `y = 2` | c"]),
    ],
)  # fmt: skip
def test_tables_without_a_head_and_tables_by_their_roles(html: str, expected: list[str]) -> None:
    lines = text(html).split("\n")
    assert [line.strip("| ") for line in lines if "---" not in line] == expected


def test_text_between_the_rows_of_a_table_is_kept() -> None:
    html = "<table>Before<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    assert text(html) == "Before\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"


@pytest.mark.parametrize(
    "html",
    [
        '<code style="display:block; white-space: pre">a = 1\n  b = 2</code>',
        '<div style="white-space:pre-wrap">a = 1\n  b = 2</div>',
        "<textarea readonly>a = 1\n  b = 2</textarea>",
    ],
)
def test_lines_that_a_style_keeps(html: str) -> None:
    assert text(html) == "```\na = 1\n  b = 2\n```"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div><button @click="o=!o">Why?</button><div x-show="o" style="display:none">Because.</div></div>',
         "Why?\n\nBecause."),
        ('<div><button class="accordion">Why?</button><div class="panel">Because.</div></div>', "Why?\n\nBecause."),
        ('<button class="collapsible">More</button><div class="content panel" hidden>Text.</div>', "More\n\nText."),
        ('<div data-lang="py">one</div><div data-lang="js" style="display:none">two</div>', "one\n\ntwo"),
        ('<section data-os="mac" hidden>one</section><section data-os="linux">two</section>', "one\n\ntwo"),
        ('<input type=radio id=a><label for=a>One</label><input type=radio id=b><label for=b>Two</label>',
         "One\n\nTwo"),
        ('<div role="heading" aria-level="2" id="s">Part</div><p>x</p>', "## Part\n\nx"),
        ("<div><button>Subscribe</button><p>x</p></div>", "x"),
        ('<a class="skip-link" href="#c">Skip to content</a><p>x</p>', "x"),
    ],
)  # fmt: skip
def test_what_scripts_open_and_what_stands_around(html: str, expected: str) -> None:
    assert text(html) == expected


def test_a_heading_by_its_role_has_its_anchor() -> None:
    page = read('<main><h1>T</h1><span role="heading" aria-level="3" id="s">Part</span><p>x</p></main>')
    assert isinstance(page, HtmlPage)
    assert [(one.level, one.text, one.anchor) for one in page.body.headings][1:] == [(3, "Part", "s")]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div id="content"></div><div><h1>T</h1><p>Real text.</p></div>', "# T\n\nReal text."),
        ('<h1>Site</h1><ul><li>T</li></ul><div id="docs-body"><h1>T</h1><p>Text.</p></div>', "# T\n\nText."),
        ('<div class="sphinxsidebar">S</div><div class="bodywrapper"><h1>T</h1><p>Text.</p></div>', "# T\n\nText."),
        ('<ul><li>Menu</li></ul><div id="main-content"><h1>T</h1><p>Text.</p></div>', "# T\n\nText."),
        ('<a id="main-content"></a><h1>T</h1><p>Text.</p>', "# T\n\nText."),
        ('<main></main><section><h2>T</h2><p>Real text.</p></section>', "## T\n\nReal text."),
        ("<main><p>The long text before it.</p><article class=card><h3>C</h3></article><p>And after.</p></main>",
         "The long text before it.\n\n### C\n\nAnd after."),
        ("<main><p>By Ann</p><article><h1>T</h1><p>All of the text of the page.</p></article></main>",
         "# T\n\nAll of the text of the page."),
    ],
)  # fmt: skip
def test_the_content_is_the_element_that_has_it(html: str, expected: str) -> None:
    page = read(f"<body>{html}</body>")
    assert isinstance(page, HtmlPage)
    assert page.body.text == expected


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<main></main><div>We use cookies</div>", "empty"),
        ("<div id=app>Loading…</div>", "empty"),
        ("<div>You need to enable JavaScript to run this app.</div>", "empty"),
        ("<p>This page requires JavaScript enabled.</p>", "empty"),
        ('<p>Redirecting to <a href="/new">/new</a>...</p><script>location.replace("/new")</script>', "redirect"),
        ("<p>You are being <a href=/b>redirected</a>.</p>", "redirect"),
        ("<meta http-equiv=X-Robots-Tag content=noindex><p>x", "noindex"),
    ],
)
def test_pages_of_a_notice_alone_are_none(html: str, reason: str) -> None:
    assert read(f"<html><body>{html}</body></html>") == reason


@pytest.mark.parametrize(
    "html",
    [
        "<p>Loading data into the index takes a minute.</p>",
        "<p>Redirecting requests is done in the proxy. Write a rule.</p>",
        "<meta http-equiv=refresh content='3600; url=/same'><p>x",
    ],
)
def test_pages_that_only_begin_so_stay(html: str) -> None:
    assert isinstance(read(html), HtmlPage)


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ('<base href="https://example.org/docs/"><link rel="canonical" href="a#x">', "https://example.org/docs/a"),
        ('<link rel="alternate canonical" href="https://example.org/a">', "https://example.org/a"),
        ('<link rel="canonical" href="/a/b">', "/a/b"),
        ('<link rel="canonical" href="#top">', None),
        ('<link rel="canonical" href="../../https://example.org/a">', None),
        ('<link rel="canonical" href="/a?of=https://b.example">', "/a?of=https://b.example"),
    ],
)
def test_canonical_addresses_of_every_form(head: str, canonical: str | None) -> None:
    page = read(f"<head>{head}</head><main>x</main>")
    assert isinstance(page, HtmlPage)
    assert page.canonical == canonical
