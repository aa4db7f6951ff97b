"""Text of HTML says what the page says: each kind of markup that changes what is read, several inputs a kind."""

import time

import pytest

from pipelines.errors import PageError
from pipelines.readers.html.page import HtmlPage, read_html
from storage_config.vocabulary import LeftOutReason


def read(html: str | bytes, *, charset: str | None = None) -> HtmlPage | LeftOutReason:
    return read_html("a.html", html if isinstance(html, bytes) else html.encode(), max_chars=100_000, charset=charset)


def text(html: str) -> str:
    page = read(f"<main>{html}</main>")
    assert isinstance(page, HtmlPage), page
    return page.body.text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>A page holds 2<sup>10</sup> rows.</p>", "A page holds 2^10 rows."),
        ("about 10<sup>-3</sup> m and 5&times;10<sup>&minus;6</sup>", "about 10^-3 m and 5×10^−6"),
        ("x<sup>n+1</sup> and <i>y</i><sup>2</sup>", "x^(n+1) and y^2"),
        ("the 1<sup>st</sup> of <b>Acme</b><sup>TM</sup>", "the 1st of AcmeTM"),
        ("H<sub>2</sub>O, CaCO<sub>3</sub>, Ca(OH)<sub>2</sub>", "H2O, CaCO3, Ca(OH)2"),
        ("x<sub>i</sub>, a<sub>n-1</sub>, log<sub>2</sub> 8, 101<sub>2</sub>", "x_i, a_(n-1), log_2 8, 101_2"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>10<sup>6</sup></td></tr></table>",
         "| a | b |\n| --- | --- |\n| 1 | 10^6 |"),
        ("<h2>E = mc<sup>2</sup></h2>x", "## E = mc^2\n\nx"),
        ("10² and m³", "10² and m³"),
        ("up to 3.5<sup>†</sup> kg of Acme<sup>®</sup> and <i>B</i> <sup>®</sup>", "up to 3.5† kg of Acme® and B ®"),
        ("Sold out. <sub>Prices without tax</sub>", "Sold out. Prices without tax"),
        ("Ready <sup>since version two.</sup> and x<sup>n and m</sup>", "Ready since version two. and x^(n and m)"),
    ],
)  # fmt: skip
def test_superscripts_and_subscripts_keep_a_mark(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        'handles 100<sup><a href="#fn2">2</a></sup> requests',
        'handles 100<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup> requests',
        'handles 100<a class="footnote-reference brackets" href="#id2" role="doc-noteref">[1]</a> requests',
        'handles 100<sup><a href="#user-content-fn-1" data-footnote-ref>1</a></sup> requests',
        'handles 100<sup class="reference"><a href="#cite_note-1">[1]</a></sup> requests',
        'handles 100<a href="#_ftn1">[1]</a> requests',
        'handles 100<sup><a href="#note-a">*</a></sup> requests',
    ],
)
def test_the_number_of_a_note_is_no_part_of_a_number(html: str) -> None:
    assert text(f"<p>{html}</p>") == "handles 100 requests"


def test_a_note_keeps_its_text_and_loses_its_way_back() -> None:
    note = '<ol><li id="fn1"><p>The note. <a href="#fnref1" class="footnote-backref">↩</a></p></li></ol>'
    assert text(note) == "1. The note."
    assert text('<p>see <a href="#notes">the notes</a> and <a href="#a">part a</a></p>') == "see the notes and part a"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>costs <del>100</del><ins>80</ins> euro</p>", "costs 80 euro"),
        ("<p><s>5</s> 6 and <strike>old</strike> new</p>", "6 and new"),
        ("<ul><li><del>gone</del></li><li><ins>here</ins></li></ul>", "- here"),
        ("<p><u>kept</u> and <mark>kept</mark></p>", "kept and kept"),
        ('<p><span style="color: red; text-decoration: line-through">5</span> 4 euro</p>', "4 euro"),
        ('<p><span class="text-gray line-through">5</span> 4 euro</p>', "4 euro"),
    ],
)
def test_struck_text_leaves_and_inserted_text_stays(html: str, expected: str) -> None:
    assert text(html).replace("- \n", "") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<math><mfrac><mn>1</mn><mi>y</mi></mfrac></math>", "1/y"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "(a + b)/2"),
        ("<math><msup><mi>a</mi><mn>2</mn></msup></math>", "a^2"),
        ("<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>", "x_i^2"),
        ("<math><msqrt><mi>x</mi></msqrt><mo>&#8289;</mo><mroot><mi>x</mi><mn>3</mn></mroot></math>", "√(x)root(x, 3)"),
        ("<math><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>i</mi></math>", "∑_i^n i"),
        ("<math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mn>1</mn></math>", "x\u0302 = 1"),
        ("<math><mfenced><mi>a</mi><mi>b</mi></mfenced></math>", "(a, b)"),
        ("<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd>"
         "<mtd><mn>4</mn></mtd></mtr></mtable></math>", "[1, 2; 3, 4]"),
        ("<math><mi>sin</mi><mi>x</mi><mphantom><mi>q</mi></mphantom></math>", "sin x"),
        ("<math><mmultiscripts><mi>C</mi><none/><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts></math>", "_6^14C"),
        ('<math alttext="x^{2}"><msup><mi>x</mi><mn>2</mn></msup></math>', "$x^{2}$"),
        ('<script type="math/tex">x^{2}</script>', "$x^{2}$"),
        ('<mjx-container class="MathJax CtxtMenu" jax="SVG"><svg><g></g></svg><mjx-assistive-mml><math><msup><mi>x</mi>'
         "<mn>2</mn></msup></math></mjx-assistive-mml></mjx-container>", "x^2"),
        ('<mjx-container class="MathJax" jax="CHTML"><mjx-math aria-hidden="true"><mjx-c></mjx-c></mjx-math>'
         "<mjx-assistive-mml><math><mfrac><mn>1</mn><mi>y</mi></mfrac></math></mjx-assistive-mml></mjx-container>",
         "1/y"),
        ('<script type="math/tex; mode=display">\\frac{1}{2}</script>', "$$\\frac{1}{2}$$"),
        ('<img class="math" src="i.png" alt="x^2"><img src="photo.png" alt="">', "$x^2$"),
        ('<span class="katex"><span class="katex-mathml"><math><semantics><mi>x</mi><annotation '
         'encoding="application/x-tex">x_{1}</annotation></semantics></math></span>'
         '<span class="katex-html" aria-hidden="true">x1</span></span>', "$x_{1}$"),
    ],
)  # fmt: skip
def test_formulas_keep_their_meaning(html: str, expected: str) -> None:
    assert text(f"<p>so {html} holds</p>") == f"so {expected} holds".replace("\u0302", "\u0302")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ol start=5><li>a</li><li>b</li></ol>", "5. a\n6. b"),
        ("<ol reversed><li>a</li><li>b</li></ol>", "2. a\n1. b"),
        ("<ol start=9 reversed><li>a</li><li value=3>b</li><li>c</li></ol>", "9. a\n3. b\n2. c"),
        ("<ol type=a start=3><li>a</li></ol><ol type=I><li>a</li><li value=4>b</li></ol>", "c. a\n\nI. a\nIV. b"),
        ("<ol start=x><li>a</li></ol>", "1. a"),
    ],
)
def test_numbered_lists_keep_their_numbers(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<thead><tr><th rowspan=2>Model</th><th colspan=2>Latency</th></tr><tr><th>p50</th><th>p99</th></tr></thead>"
         "<tbody><tr><td>A</td><td>10</td><td>90</td></tr></tbody>",
         ["Model | Latency p50 | Latency p99", "A | 10 | 90"]),
        ("<tr><th>Plan</th><th>Area</th><th>Seats</th></tr><tr><td rowspan=2>Free</td><td>EU</td><td>3</td></tr>"
         "<tr><td>US</td><td>5</td></tr>", ["Plan | Area | Seats", "Free | EU | 3", "Free | US | 5"]),
        ("<tr><th>a</th><th>b</th><th>c</th></tr><tr><td colspan=2>both</td><td>1</td></tr>"
         "<tr><td colspan=3>Europe</td></tr>", ["a | b | c", "both | both | 1", "Europe"]),
        ("<tr><th>a</th><th>b</th></tr><tr><td rowspan=0>x</td><td>1</td></tr><tr><td>2</td></tr>",
         ["a | b", "x | 1", "x | 2"]),
        ("<tfoot><tr><td>sum</td><td>9</td></tr></tfoot><tbody><tr><td>a</td><td>9</td></tr></tbody>",
         ["", "a | 9", "sum | 9"]),
        ("<tr><th>a</th><td rowspan=99999 colspan=99999>b</td></tr><tr><th>c</th></tr>", ["", "a | b", "c | b"]),
    ],
)  # fmt: skip
def test_values_stand_under_their_heads(rows: str, expected: list[str]) -> None:
    lines = text(f"<table><caption>Cap</caption>{rows}</table>").split("\n")
    assert lines[:2] == ["Cap", ""]
    assert [line.strip("| ") for line in lines[2:] if "---" not in line] == expected


@pytest.mark.parametrize(
    "hidden",
    [
        '<div hidden="until-found">{}</div>',
        '<div class="tab-pane" style="display: none">{}</div>',
        "<div role=region hidden>{}</div>",
        "<div role=tabpanel aria-hidden=true>{}</div>",
        '<button aria-controls=p aria-expanded=false></button><div id=p aria-hidden="true">{}</div>',
        '<a data-toggle=tab href="#p">x</a><div id=p style="visibility:hidden">{}</div>',
        '<button data-bs-target="#p" data-bs-toggle=collapse></button><div id=p class=collapse hidden>{}</div>',
        '<div class="accordion-body" style="display:none">{}</div>',
        "<details>{}</details>",
    ],
)
def test_what_one_click_shows_stays(hidden: str) -> None:
    assert "Pane two" in text("<h1>T</h1>" + hidden.format("<p>Pane two</p>"))


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>no</p>",
        "<div style='display: none'>no</div>",
        "<span aria-hidden=true>no</span>",
        "<template>no</template>",
        "<dialog>no</dialog>",
        "<form><label>no</label><input></form>",
        "<div class=sidebar><a href=/x>no</a></div>",
        "<button>no</button>",
        "<noscript>no</noscript>",
    ],
)
def test_what_nobody_sees_leaves(hidden: str) -> None:
    assert text(f"<h1>T</h1>{hidden}<p>end</p>") == "# T\n\nend"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2 id=q><button>How do I reset?</button></h2><p>Use the link.</p>", "## How do I reset?\n\nUse the link."),
        ("<h2>Title <button>Copy link</button></h2>x", "## Title\n\nx"),
        ("<button aria-expanded=false>Question?</button><div>Answer.</div>", "Question?\n\nAnswer."),
        ("<p>Press <button>Save</button> to go on.</p>", "Press Save to go on."),
        ("<details><summary><button>More</button></summary>text</details>", "More\n\ntext"),
        ("<form id=page><h1>Wrapped</h1><p>text</p></form>", "# Wrapped\n\ntext"),
        ("<aside class=sidebar><p>A word on the side, long enough.</p></aside>", "A word on the side, long enough."),
        ("<blockquote><p>Said.</p><footer>Ann</footer></blockquote>", "> Said.\n\n> Ann"),
        (
            "<ul><li><input type=checkbox checked disabled>done<li><input type=checkbox>open</ul>",
            "- [x] done\n- [ ] open",
        ),
        ("<p><ruby>漢<rt>kan</rt></ruby> <q>said</q></p>", "漢(kan) “said”"),
        ("<div><template shadowrootmode=open><p>shown</p></template></div>", "shown"),
    ],
)
def test_nothing_is_lost(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre><code><span class=line>a</span><span class=line>b</span></code></pre>", ["a", "b"]),
        ("<pre><div>x</div><div>  y</div></pre>", ["x", "  y"]),
        ("<pre>a<br>b</pre>", ["a", "b"]),
        ("<pre><ol><li>p</li><li>q</li></ol></pre>", ["p", "q"]),
        ("<table><tr><td class=blob-num>1</td><td class=blob-code>a = 1</td></tr>"
         "<tr><td class=blob-num>2</td><td class=blob-code>b = 2</td></tr></table>", ["a = 1", "b = 2"]),
    ],
)  # fmt: skip
def test_lines_of_code_stay_lines(html: str, expected: list[str]) -> None:
    assert text(html).split("\n")[1:-1] == expected


def test_code_with_breaks_in_a_sentence_keeps_them() -> None:
    assert text("<p>run <code>a<br>b</code></p>") == "run `a`\n`b`"


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        ("<meta charset=gb2312><h1>朱镕基</h1>".encode("gbk"), None, "朱镕基"),
        ("<meta charset=shift_jis><h1>①</h1>".encode("cp932"), None, "①"),
        ("<meta charset=x-sjis><h1>表</h1>".encode("cp932"), None, "表"),
        ("<h1>Hi ä</h1>".encode("utf-16"), None, "Hi ä"),
        ("\ufeff<h1>ä</h1>".encode("utf-16-be"), "iso-8859-1", "ä"),
        ("<?xml version='1.0' encoding='windows-1251'?><h1>Привет</h1>".encode("cp1251"), None, "Привет"),
        ("<meta charset=latin1><h1>“q” €</h1>".encode("cp1252"), None, "“q” €"),
        ("<meta http-equiv=Content-Type content='text/html; charset=euc-kr'><h1>뷁</h1>".encode("cp949"), None, "뷁"),
        ("<!-- <meta charset=koi8-r> --><h1>é</h1>".encode(), None, "é"),
        ("<meta charset=utf-16><h1>é</h1>".encode(), None, "é"),
        ("<h1>caf\u00e9 \u2013 na\u00efve</h1>".encode("cp1252"), None, "café – naïve"),
        ("<meta charset=utf-8><h1>é</h1>".encode() + b"<p>\xff", None, "é"),
        ("<h1>é</h1>".encode("latin-1"), "ISO-8859-1", "é"),
    ],
)
def test_encodings_are_those_of_browsers(data: bytes, charset: str | None, expected: str) -> None:
    page = read(data, charset=charset)
    assert isinstance(page, HtmlPage)
    assert page.title == expected


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div id=root></div><script src=/a.js></script>", "empty"),
        ("<main><nav>only</nav></main>", "empty"),
        ("<meta name=robots content='noindex'><p>x", "noindex"),
        ("<meta name=ROBOTS content='NONE'><p>x", "noindex"),
        ("<meta name=googlebot content='noindex, nofollow'><p>x", "noindex"),
        ("<meta name=robots content=all><meta name=robots content=noindex><p>x", "noindex"),
        ("<meta http-equiv=refresh content='0; url=/b'>", "redirect"),
        ("<meta http-equiv=Refresh content='0;URL=\"/b\"'><p>moved", "redirect"),
    ],
)
def test_pages_that_are_left_out_say_why(html: str, reason: str) -> None:
    assert read(f"<html><head><title>T</title></head><body>{html}</body></html>") == reason


@pytest.mark.parametrize(
    "html",
    [
        "<noscript><meta http-equiv=refresh content='0; url=/enable-js'></noscript><p>text",
        "<meta http-equiv=refresh content=300><p>text",
        "<meta name=robots content='index, max-image-preview:none-ish'><p>text",
        "<meta name=otherbot content=noindex><p>text",
    ],
)
def test_pages_that_stay(html: str) -> None:
    assert isinstance(read(html), HtmlPage)


def test_an_empty_file_is_a_failure() -> None:
    with pytest.raises(PageError, match="empty"):
        read(b" \n")


def test_invisible_characters_and_ligatures_are_normalised() -> None:
    assert text("con\u00adfig\u200bure the o\ufb03ce\u00a0now e\u0301") == "configure the office now é"
    assert text("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"
    assert text(f"<p>see data:image/png;base64,{'A' * 400} here</p>") == "see here"


@pytest.mark.parametrize(
    "html",
    [
        '<div class="tabbed-set"><div class="tabbed-labels"><label>First tab</label><label>Second</label></div></div>',
        '<div role="tablist"><button role="tab">First tab</button><button role="tab">Second</button></div>',
        '<div><span role="tab">First tab</span><span role="tab">Second</span></div>',
    ],
)
def test_the_labels_of_tabs_do_not_run_together(html: str) -> None:
    assert text(f"<main>{html}</main>") == "First tab\n\nSecond"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div class="admonitionblock tip"><table><tr><td class="icon"><i class="fa icon-tip" title="Tip"></i></td>'
         '<td class="content">Do it.</td></tr></table></div>', "Tip\n\nDo it."),
        ('<div class="admonitionblock note"><table><tr><td class="icon"><div class="title">Note</div></td>'
         '<td class="content"><p>One.</p><p>Two.</p></td></tr></table></div>', "Note\n\nOne.\n\nTwo."),
        ('<div class="colist arabic"><table><tr><td><i class="conum" data-value="1"></i><b>1</b></td><td>The port.</td>'
         '</tr><tr><td><i class="conum" data-value="2"></i><b>2</b></td><td>The host.</td></tr></table></div>',
         "1. The port.\n2. The host."),
    ],
)  # fmt: skip
def test_tables_of_asciidoctor_that_are_none(html: str, expected: str) -> None:
    assert text(html) == expected


def test_signs_of_a_wiki_are_no_text() -> None:
    assert text('<h2>E<span class="mw-editsection">[<a>edit</a>]</span></h2>x') == "## E\n\nx"


@pytest.mark.parametrize("date", ["2020-01-01", "25 Jun 2010 15:00:00 PST", "Wed, 03 Jan 2024 10:00:00 GMT"])
def test_a_page_whose_time_is_over_is_not_shown(date: str) -> None:
    tag = '<meta name="robots" content="noarchive, unavailable_after: {}"><main>x</main>'
    assert read(tag.format(date)) == "noindex"
    assert isinstance(read(tag.format(date.replace("20", "21", 1))), HtmlPage)
    assert isinstance(read(tag.format("soon")), HtmlPage)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<table class="lntable"><tr><td><pre><code><span class="lnt">1\n</span><span>2\n</span></code></pre>'
         '</td><td><pre><code class="language-py"><span>a\n</span><span>b</span></code></pre></td></tr></table>',
         "```py\na\nb\n```"),
        ('<pre><code><span><span style="user-select: none">1</span>a\n</span><span><span class="ln">2</span>b</span>'
         "</code></pre>", "```\na\nb\n```"),
        ("<table><tr><td>1</td><td>see <code>a</code></td></tr></table>", "| 1 | see `a` |\n| --- | --- |"),
        ('<div class="language-js"><span class="lang">js</span><pre><code>a</code></pre></div><p class="lang">js</p>',
         "```js\na\n```\n\njs"),
        ('<div class="tabs"><label>One</label><label>Two</label></div>', "One\n\nTwo"),
        ('<p>x <span class="label"><span class="fn-bracket">[</span><a role="doc-backlink" href="#id1">1</a>'
         '<span class="fn-bracket">]</span></span> note</p>', "x note"),
    ],
)  # fmt: skip
def test_code_and_notes_as_generators_lay_them_out(html: str, expected: str) -> None:
    assert text(html) == expected


def test_a_flood_of_attributes_costs_no_time_and_no_text() -> None:
    flood = " ".join(f"a{number}=b" for number in range(150_000))
    began = time.process_time()
    assert text(f"<p {flood}>one</p><p data-x='{flood}' class=c>two</p><p>a < b {'w ' * 9_000}</p>").startswith(
        "one\n\ntwo"
    )
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div class="api-method del"><h2>DELETE</h2><p>Removes a thing.</p></div>', "## DELETE\n\nRemoves a thing."),
        ("<table><tr><td>404</td><td>Not found <pre>{\n}</pre></td></tr></table>", "404"),
        ('<pre>f(<span class="ln">log</span>)</pre>', "f(log)"),
    ],
)
def test_what_only_looks_like_a_mark_is_kept(html: str, expected: str) -> None:
    assert expected in text(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<!-- old <b {'w ' * 6_000}--><p>after the comment</p>", "after the comment"),
        (f'<div data-md="if a <b then {"word " * 4_000}"><p>inside</p></div><p>after</p>', "inside\n\nafter"),
        (f'<p {" ".join(f"a{n}" for n in range(3_000))} title="x > y">in</p>', "in"),
    ],
    ids=["comment", "quoted", "flood"],
)
def test_floods_of_attributes_cost_no_text(html: str, expected: str) -> None:
    assert text(html) == expected
