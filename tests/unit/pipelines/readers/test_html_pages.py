"""HTML pages as the generators build them → text, headings with the page's own ids, title, address, publication."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core.schema import Document

from pipelines.corpus import CorpusSpec, HtmlSource
from pipelines.errors import PageError
from pipelines.readers.html.page import HtmlPage, read_html
from pipelines.readers.sources import read_documents
from tests.unit.pipelines.readers.pages import anchors_of


def read(html: str | bytes, **options: str) -> HtmlPage:
    page = read_html("a.html", html if isinstance(html, bytes) else html.encode(), max_chars=100_000, **options)
    assert isinstance(page, HtmlPage), page
    return page


def text(html: str) -> str:
    return read(f"<main>{html}</main>").body.text


DOCUSAURUS = """<!doctype html><html><head><title>Setup | Site</title>
<link rel="canonical" href="https://example.org/docs/setup#x"></head>
<body><nav>Menu</nav><main><div class="theme-doc-toc-mobile">On this page</div>
<nav class="theme-doc-breadcrumbs">Home</nav>
<div class="theme-doc-markdown markdown"><header><h1>Setup</h1></header>
<p>Use <code>npm</code> and <a href="/x">this <em>link</em></a>.</p>
<h2 class="anchor" id="first-step">First step<a href="#first-step" class="hash-link" title="Link">\u200b</a></h2>
<div class="language-js codeBlockContainer"><div class="codeBlockContent"><pre class="language-js"><code><span
 class="token-line">const a = <span>{</span>b<span>}</span><br></span><span>  # none<br></span></code></pre>
<div class="buttonGroup"><button>Copy</button></div></div></div>
<div class="tabs-container"><ul role="tablist"><li role="tab">npm</li></ul>
<div role="tabpanel">one</div><div role="tabpanel" hidden>two</div></div>
</div><footer class="theme-doc-footer">Edit this page</footer></main><footer>Copyright</footer></body></html>"""


def test_docusaurus() -> None:
    page = read(DOCUSAURUS)
    assert page.body.text == (
        "# Setup\n\nUse `npm` and this link.\n\n## First step\n\n```js\nconst a = {b}\n  # none\n```\n\n"
        "- npm\n\none\n\ntwo"
    )
    assert anchors_of(page.body) == [None, "first-step"]
    assert (page.title, page.canonical) == ("Setup", "https://example.org/docs/setup")


def test_material() -> None:
    page = read(
        '<body><header>Site</header><main><article class="md-content__inner md-typeset">'
        '<h1 id="a">A<a class="headerlink" href="#a">¶</a></h1><div class="highlight">'
        '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td><td class="code">'
        "<pre><span></span><code>x = 1\ny = 2\n</code></pre></td></tr></table></div>"
        '<div class="admonition note"><p class="admonition-title">Note</p><p>Text</p></div></article>'
        '<aside class="md-source-file">x</aside></main></body>'
    )
    assert page.body.text == "# A\n\n```\nx = 1\ny = 2\n```\n\nNote\n\nText"
    assert anchors_of(page.body) == ["a"]


def test_sphinx() -> None:
    page = read(
        '<div role="main"><section id="top"><h1>Top<a class="headerlink" href="#top" title="Link">¶</a></h1>'
        '<p>a</p><span id="old"></span>'
        '<section id="next-one"><span id="target"></span><h2>Next<a class="headerlink" href="#next-one">¶</a></h2>'
        '<div class="highlight-python notranslate"><div class="highlight"><pre>x\n</pre></div></div></section>'
        '<div class="section"><h3>None</h3></div></section></div>'
    )
    # What the page itself links to, though a target of an author stands nearer.
    assert anchors_of(page.body) == ["top", "next-one", None]
    assert page.body.text == "# Top\n\na\n\n## Next\n\n```python\nx\n```\n\n### None"


def test_a_heading_that_links_to_its_contents_is_one() -> None:
    page = read(
        '<div role="main"><section id="one"><h2><a class="toc-backref" href="#id6" role="doc-backlink">One more</a>'
        '<a class="headerlink" href="#one">¶</a></h2><p>Text<a class="footnote-reference" href="#id2" id="id1" '
        'role="doc-noteref">[1]</a>.</p><aside role="doc-footnote"><span class="label"><a role="doc-backlink" '
        'href="#id1">1</a></span> Note.</aside></section></div>'
    )
    assert anchors_of(page.body) == ["one"]
    assert page.body.text.startswith("## One more\n\nText.")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a\n  b&nbsp;c &amp; d</p>e<p>f<br>g</p>", "a b c & d\n\ne\n\nf\ng"),
        ("<ul><li>a</li><li><p>b</p><ol><li>c</li><li>d</li></ol></li></ul>", "- a\n- b\n\n  1. c\n  2. d"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n\n> b"),
        ("<table><tr><th>A</th><th>B|C</th></tr><tr><td><code>x</code></td><td>y<br>z</td></tr><tr><td>1</td></tr>",
         "| A | B\\|C |\n| --- | --- |\n| `x` | y z |\n| 1 |"),
        ("<table role='presentation'><tr><td><p>a</p></td><td>b</td></tr></table>", "a\n\nb"),
        ("<table><tr><td>a</td><td><table><tr><th>B|C</th><th>D</th></tr></table></td></tr></table>",
         "a\n\n| B\\|C | D |\n| --- | --- |"),
        ("<dl><dt>term</dt><dd>meaning</dd></dl><hr>", "- term\n  meaning\n\n---"),
        ("<details><summary>More</summary>hidden</details>", "More\n\nhidden"),
        ("<pre>a\n  b\n\n\nc</pre>", "```\na\n  b\n\n\nc\n```"),
        ("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"),
        ("<code>a `b`</code> <code></code>c", "`` a `b` `` c"),
        ("<p># no heading</p><p>#hash</p>", "\\# no heading\n\n#hash"),
        ("<script>x</script><style>y</style><p hidden>z</p><p style='display: none'>z</p>a", "a"),
        ("<span aria-hidden='true'>z</span>a", "a"),
        ("<!-- c --><?pi?><form>x</form><nav>y</nav><div class='toc'>z</div>a<img src=x alt=y>", "a y"),
        ('<math><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></math>', "$x^2$"),
        ("<a><div>block in a link</div></a>tail", "block in a link\n\ntail"),
        ("<h2></h2><h2><a href='#'>¶</a></h2>x", "x"),
    ],
)  # fmt: skip
def test_elements(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "anchor"),
    [
        ("<h2 id='a'>T</h2>", "a"),
        ("<h2><a id='a'></a>T</h2>", "a"),
        ("<h2><a name='a' href='#a'>#</a>T</h2>", "a"),
        ("<a name='a'></a><h2>T</h2>", "a"),
        ("<section id='a'><h2>T</h2></section>", "a"),
        ("<section id='a'><p>x</p><h2>T</h2></section>", None),
        ("<h2>T</h2>", None),
    ],
)
def test_anchors(html: str, anchor: str | None) -> None:
    page = read(f"<main>{html}</main>")
    assert anchors_of(page.body) == [anchor]
    assert page.body.headings[0].text == "T"


def test_titles() -> None:
    assert read("<title> A \n b </title><p>x").title == "A b"
    assert read("<meta property='og:title' content='O'><title>A</title><p>x").title == "O"
    assert read("<title>A</title><h1>B <code>c</code></h1>").title == "B c"
    assert read("<p>x").title is None


@pytest.mark.parametrize(
    ("html", "charset", "expected"),
    [
        ("<p>é</p>".encode(), "", "é"),
        ("<meta charset=iso-8859-1><p>é</p>".encode("latin-1"), "", "é"),
        ("<p>é</p>".encode("latin-1"), "latin-1", "é"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='ascii'?><p>\xc3\xa9\x00</p>", "", "é\ufffd"),
        ("<meta charset=nonsense><p>é</p>".encode(), "x-unknown", "é"),
    ],
)
def test_encodings(html: bytes, charset: str, expected: str) -> None:
    assert read(html, charset=charset).body.text == expected


@pytest.mark.parametrize(
    ("html", "reason"),
    [(b"", "empty"), (b"  ", "empty"), (b"<p>" + b"x" * 100_001, "100,001 characters")],
)
def test_broken_pages(html: bytes, reason: str) -> None:
    with pytest.raises(PageError, match=reason):
        read_html("a.html", html, max_chars=100_000)


def test_pages_that_are_none() -> None:
    assert read_html("a", b"<meta http-equiv=refresh content='0; url=/b'>", max_chars=10) == "redirect"
    assert read_html("a", b"<meta name=robots content='NOINDEX, follow'><p>x", max_chars=10) == "noindex"


def test_publications() -> None:
    page = read(
        "<meta name=citation_author content='Doe, Jane'><meta name=citation_author content='Roe, Richard'>"
        "<meta name=citation_publication_date content='2021/05/03'><meta name=citation_doi content='10.1000/x'>"
        "<meta name=citation_journal_title content='J'><meta name=source_quality content=peer_reviewed><p>x"
    )
    assert page.front_matter.quality == "peer_reviewed"
    assert page.front_matter.publication == {
        "type": "article-journal",
        "author": [{"family": "Doe", "given": "Jane"}, {"family": "Roe", "given": "Richard"}],
        "issued": {"date-parts": [[2021]]}, "DOI": "10.1000/x", "container-title": "J",
    }  # fmt: skip
    with pytest.raises(PageError, match="source_quality"):
        read("<meta name=source_quality content=great><p>x")


@pytest.mark.parametrize("tag", ["div", "span", "ul><li", "blockquote", "table><tr><td", "b"])
def test_absurd_nesting_does_not_crash(tag: str) -> None:
    opened = f"<{tag}>" * 5_000
    try:
        read_html("a.html", f"<main>{opened}x".encode(), max_chars=100_000)
    except PageError as refused:
        reason = refused.reason
    else:
        reason = "read"
    assert reason == "read" or "too deep" in reason or "characters" in reason


def test_a_table_with_one_wide_row_does_not_grow_with_its_width() -> None:
    source = "<main><table><tr><td>a</td></tr><tr>" + "<td>b" * 500 + "</tr>" + "<tr><td>c<td>d</tr>" * 500
    assert len(text(source)) < len(source)


def test_many_empty_paragraphs_and_spans_leave_nothing_and_the_anchor() -> None:
    spans = "<span></span><!-- c -->" * 300
    source = (
        f"<ul><li>{'<p></p>' * 300}x{'<p></p>' * 300}</ul><section id=s>{spans}<h2>a</h2>{spans}<h2>b</h2></section>"
    )
    read_page = read(source)
    assert read_page.body.text == "- x\n\n## a\n\n## b"
    assert [heading.anchor for heading in read_page.body.headings] == ["s", None]


_PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<h2 id=a>",
        "</h2>",
        "<ul><li>",
        "</ul>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<table><tr><td>",
        "</table>",
        "text ",
        "\n",
        "# ",
        "```",
        "<br>",
        "<blockquote>",
        "é🚀",
        "<a id=b>",
        "</a>",
        "<script>",
        "</script>",
        "&lt;",
        "<",
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_page_has_its_headings_where_it_says(source: str) -> None:
    body = read(f"<main><p>begin</p>{source} end").body
    anchors_of(body)
    assert body.text == body.text.strip("\n")


def test_pages_that_generators_add_are_none(tmp_path: Path) -> None:
    for name in ("index.html", "a/page.html", "404.html", "search.html", "genindex.html", "_static/part.html",
                 "v1/_static/part.html", "_modules/pumps.html", "genindex/index.html",
                 "py-modindex/index.html"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"<main><h1>{name}</h1><p>Text.</p></main>")
    spec = CorpusSpec(
        name="site", folder=tmp_path, source=HtmlSource(kind="html", path=Path()), base_url="https://my.site"
    )
    pages = list(read_documents(spec, max_page_chars=1_000))
    assert [page.id_ for page in pages if isinstance(page, Document)] == ["a/page.html", "index.html"]
    assert len(pages) == 2
