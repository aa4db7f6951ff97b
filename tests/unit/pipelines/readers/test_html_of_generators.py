"""Pages as documentation generators and hosts lay them out: what is text of the page, and what the site around it."""

import time

import pytest

from pipelines.readers.html.page import HtmlPage
from tests.support.linear_time import measure_growth
from tests.unit.pipelines.readers.test_html_as_seen import read, text


def test_many_pictures_over_one_caption_are_read_in_linear_time() -> None:
    def seconds(count: int) -> float:
        html = f"<body><figure>{'<img alt=pump>' * count}<figcaption>{'The caption. ' * count}</figcaption></figure>"
        began = time.process_time()
        assert "The caption." in text(html)
        return time.process_time() - began

    took, most = measure_growth(seconds, 2_000, 6_000)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"


@pytest.mark.parametrize(
    ("caption", "shown"),
    [
        ("The  <b>pump</b>\n      of it", "The pump of it"),
        ("The pump of it, drawn", "The pump of it\n\nThe pump of it, drawn"),
    ],
)
def test_a_picture_whose_caption_says_the_same_is_said_once(caption: str, shown: str) -> None:
    html = (
        f'<body><main><figure><img src="p.png" alt="The pump of it"><figcaption>{caption}</figcaption></figure></main>'
    )
    assert text(html).replace("**", "") == shown


def page(html: str) -> HtmlPage:
    found = read(f"<body>{html}</body>")
    assert isinstance(found, HtmlPage), found
    return found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        # Starlight: banner and title above the content
        ('<main><div class="sl-banner">Version 2 is out</div><h1 id="_top">T</h1><div class="sl-markdown-content">'
         "<p>Body.</p></div><footer>Edit</footer></main>", "Version 2 is out\n\n# T\n\nBody."),
        # Mintlify: the title in a header beside the content
        ('<div id="bar">N</div><div><header id="header"><h1 id="page-title">Start</h1><div>In a minute</div></header>'
         '<div id="content"><h2 id="a">A</h2><span data-as="p">One.</span><span data-as="p">Two.</span></div></div>',
         "# Start\n\nIn a minute\n\n## A\n\nOne.\n\nTwo."),
        # JSDoc: the title above an article
        ('<div id="main"><h1>Class: Pump</h1><section><article><h3>Methods</h3><p>x</p></article></section></div>',
         "# Class: Pump\n\n### Methods\n\nx"),
        # The name of the site is no title
        ('<div><h1><a href="/">Acme docs</a></h1></div><main><p>Body.</p></main>', "Body."),
        ("<nav><h1>Menu</h1></nav><main><p>Body.</p></main>", "Body."),
        ("<div><h1>One</h1></div><div><h1>Two</h1></div><main><p>Body.</p></main>", "Body."),
        # Docsy and its feedback
        ('<main><div class="td-content"><h1>T</h1><p>Body.</p><div class="d-print-none"><h2>Feedback</h2>'
         "<button>Yes</button></div></div></main>", "# T\n\nBody."),
        # TypeDoc, MediaWiki, GitLab, Slate, Quarto
        ('<main><ul class="tsd-breadcrumb"><li>m</li></ul><h1>f</h1>x</main>', "# f\n\nx"),
        ('<main><h1>T</h1>Old.<ol><li><span class="mw-cite-backlink">^</span> Doe.</li></ol></main>',
         "# T\n\nOld.\n\n1. Doe."),
        ("<main><h1>GitLab<ul><li>Free</li></ul></h1><p>x</p></main>", "# GitLab Free\n\nx"),
        ('<div class="toc-wrapper"><ul><li><a href="#a">A</a></li></ul></div><h1 id="a">A</h1><p>x</p>', "# A\n\nx"),
        ('<main><h1>T</h1><p><span class="screen-reader-only">Note</span>Mind.</p></main>', "# T\n\nMind."),
        # docutils: a list of contents in the text
        ('<main><h1>T</h1><div class="contents topic"><p>Contents</p><ul><li><a href="#a">A longer name</a></li></ul>'
         "</div><p>x</p></main>", "# T\n\nx"),
        ('<main><h1>T</h1><div class="contents"><p>All of the text of a page that Doxygen built.</p></div></main>',
         "# T\n\nAll of the text of a page that Doxygen built."),
    ],
)  # fmt: skip
def test_the_text_of_a_page_and_what_stands_around_it(html: str, expected: str) -> None:
    assert page(html).body.text == expected


def test_a_title_above_the_content_has_its_anchor_and_names_the_page() -> None:
    found = page('<title>S</title><div><h1 id="top">Start</h1></div><article><h2 id="a">A</h2><p>x</p></article>')
    assert [(one.text, one.anchor) for one in found.body.headings] == [("Start", "top"), ("A", "a")]
    assert found.title == "Start"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<pre data-language="js"><code>a</code></pre>', "```js\na\n```"),
        ('<pre><code data-lang="go">a</code></pre>', "```go\na\n```"),
        ('<pre class="sourceCode python"><code>a</code></pre>', "```python\na\n```"),
        ('<pre data-syntax class="brush: java; gutter: false">a</pre>', "```java\na\n```"),
        ('<pre class="highlight shell tab-shell"><code>a</code></pre>', "```shell\na\n```"),
        ('<pre language="bash"><code class="x">a</code></pre>', "```bash\na\n```"),
        ("<pre><code>a = 10<sup>3</sup>\nx<sub>i</sub></code></pre>", "```\na = 10^3\nx_i\n```"),
        ("<pre><code><del>old()</del>\n<ins>new()</ins></code></pre>", "```\nnew()\n```"),
        ("<p>so <code>2<sup>n</sup></code> and <code>a<s>b</s></code></p>", "so `2^n` and `a`"),
        ('<pre><code><span class="boring">fn main() {\n</span>x;\n<span class="boring">}</span></code></pre>',
         "```\nx;\n```"),
        ('<pre>get <i class="conum" data-value="1"></i><b>(1)</b>\nput</pre>', "```\nget \nput\n```"),
        ('<div class="fragment"><div class="line"><span class="lineno"> 1</span>int a;</div>'
         '<div class="line"><span class="lineno"> 2</span>  int b;</div></div>', "```\nint a;\n  int b;\n```"),
        ("<xmp><b>x</b>\n  y</xmp>", "```\n<b>x</b>\n  y\n```"),
        ("<listing>a\n  b</listing>", "```\na\n  b\n```"),
        ('<div class="fragment">A step of a talk.</div>', "A step of a talk."),
        ("<p>Press <kbd>⌘</kbd><kbd>K</kbd></p>", "Press `⌘` `K`"),
        ('<details><summary><span class="collapsed">Show code</span><span class="expanded">Hide code</span></summary>'
         "<pre>x</pre></details>", "```\nx\n```"),
    ],
)  # fmt: skip
def test_code_of_every_build(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>See <img src="x.png" alt="the pump"> here.</p>', "See the pump here."),
        ('<p>a<img src="x" alt="b">c<img src=x alt="d"><img src=y alt="e">.</p>', "a b c d e."),
        ('<p>x <img src="x.png" alt=""><img src="y.png" alt="y.PNG"><img role="presentation" alt="z"></p>', "x"),
        ('<figure><img src=x alt="A graph"><figcaption>A graph</figcaption></figure>', "A graph"),
        ('<p><img src=x alt="Linux"> Linux and Mac <img src=y alt="Mac"></p>', "Linux and Mac"),
        ('<figure><img src=x alt="A graph"><figcaption aria-hidden="true">A graph</figcaption></figure>', "A graph"),
        ('<figure><img src=x alt="Load"><figcaption>Load of a day</figcaption></figure>', "Load\n\nLoad of a day"),
        ('<p>so <img src="h.svg" class="emoji" alt="🎉">!</p>', "so 🎉!"),
        ("<table><tr><th>P</th><th>S</th></tr><tr><td>a</td><td><svg><title>No</title></svg></td></tr>"
         '<tr><td>b</td><td><i class="fa" aria-label="Yes"></i></td></tr></table>',
         "| P | S |\n| --- | --- |\n| a | No |\n| b | Yes |"),
    ],
)  # fmt: skip
def test_pictures_say_what_their_alternative_says(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul>Before<li>a</li>between<li>b</li></ul>", "Before\n- a\nbetween\n- b"),
        ("<ol><li>a</li><ol><li>x</li></ol><li>b</li></ol>", "1. a\n  1. x\n2. b"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
        ('<div><p>One.</p><span style="display: block">Two.</span><span style="display:flex">Three.</span></div>',
         "One.\n\nTwo.\n\nThree."),
        ("<p>Feature<sup>new</sup> and Team<sup>beta</sup> x<sup>max</sup></p>", "Feature new and Team beta x^max"),
        ("<p>f<sup>(n)</sup>(x), 3<sup>1</sup>/<sub>2</sub> cups, 2<sup>3</sup>&frasl;<sub>4</sub></p>",
         "f^(n)(x), 3 1/2 cups, 2 3⁄4"),
        ("<p>Ann<br><sub>writes</sub> a<sub>1</sub></p>", "Ann\nwrites a_1"),
        ('<p>100<sup><a href="/guide/#fn1">1</a></sup> and 20<a href="/guide#footnote-2">[2]</a> items</p>',
         "100 and 20 items"),
        ('<p>a <mjx-container class="MathJax"><mjx-math data-latex="x^2"><mjx-mi>x</mjx-mi></mjx-math>'
         "</mjx-container></p>", "a $x^2$"),
        ('<div class="math"><span class="eqno">(1)<a class="headerlink" href="#e">#</a></span>\\[a = b\\]</div>',
         "(1) \\[a = b\\]"),
        ('<p>a <mjx-container class="MathJax" aria-label="x squared"><svg></svg></mjx-container> b</p>',
         "a x squared b"),
    ],
)  # fmt: skip
def test_nothing_runs_together_and_nothing_is_lost(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ('<tr><th>a</th><th hidden>h</th><th>b</th></tr><tr><td>1</td><td hidden>9</td><td>2</td></tr>',
         ["a | b", "1 | 2"]),
        ('<tr><th>a</th><th>b</th></tr><tr hidden><td>x</td><td>y</td></tr>'
         "<tr><td>1</td><td>2</td></tr>", ["a | b", "1 | 2"]),
        ("<thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><th colspan=2>Net</th></tr>"
         "<tr><td>1</td><td>2</td></tr></tbody>", ["a | b", "Net", "1 | 2"]),
        ("<tr><th rowspan=2>g</th><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>"
         "<tr><th>h</th><td>5</td><td>6</td></tr>", ["", "g | 1 | 2", "g | 3 | 4", "h | 5 | 6"]),
        ("<tr><th>a</th><td>1</td><td>2</td></tr><tr><td>b</td><td>3</td><td>4</td></tr>", ["a | 1 | 2", "b | 3 | 4"]),
        ("<tr><td>a</td><td>b</td><td>c</td></tr><tr><td><h3 id=t>T</h3>x</td><td>y</td><td>z</td></tr>",
         ["a | b | c", "T x | y | z"]),
        ("<thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr>"
         "</tbody>", ["a | b", "x | y", "1 | 2"]),
    ],
)  # fmt: skip
def test_hidden_cells_and_rows_below_a_head(rows: str, expected: list[str]) -> None:
    lines = text(f"<table>{rows}</table>").split("\n")
    assert [line.strip("| ") for line in lines if "---" not in line] == expected


def test_a_hidden_row_of_a_table_by_roles_leaves() -> None:
    html = (
        '<div role="table"><div role="row"><i role="columnheader">a</i><i role="columnheader">b</i></div>'
        '<div role="row" hidden><i role="cell">x</i><i role="cell">y</i></div>'
        '<div role="row"><i role="cell">1</i><i role="cell" aria-hidden="true">!</i><i role="cell">2</i></div></div>'
    )
    assert text(html) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="font-size:0">no</p>',
        '<p style="font-size: 0px; color: red">no</p>',
        '<p style="position:absolute; left: -9999px">no</p>',
        '<span style="clip: rect(0 0 0 0); position:absolute">no</span>',
        '<div style="text-indent:-10000px">no</div>',
    ],
)
def test_what_a_style_moves_out_of_sight_is_hidden(hidden: str) -> None:
    assert text(f"<p>a</p>{hidden}<p>b</p>") == "a\n\nb"


@pytest.mark.parametrize("style", ["font-size:0.9em", "font-size:10px", "left:-99px", "opacity:0", "top:-3em"])
def test_other_styles_hide_nothing(style: str) -> None:
    assert text(f'<p>a</p><p style="{style}">b</p>') == "a\n\nb"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div aria-expanded="false"><p>Why?</p></div><div style="visibility:hidden">So.</div>', "Why?\n\nSo."),
        ('<h3>Why?</h3><div style="display:none"><div role="region">So.</div></div>', "### Why?\n\nSo."),
        ('<aside aria-label="Mind"><p aria-hidden="true">Mind</p><p>the gap</p></aside>', "Mind\n\nthe gap"),
        ('<section aria-label="Tip"><span aria-hidden="true">Tip</span> x</section>', "Tip x"),
        ('<p>a <span aria-hidden="true">icon</span> b</p>', "a b"),
    ],
)
def test_what_is_hidden_from_some_is_shown_to_others(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ('<iframe src="https://video.example/embed/x"></iframe><iframe src="//video.example/y"></iframe>',
         "video.example (2)"),
        ('<div><iframe data-src="/demo/pump.html" title="Demo"></iframe></div>', "/demo/pump.html (1)"),
        ('<iframe srcdoc="<p>Inner</p>"></iframe>', "srcdoc (1)"),
    ],
)  # fmt: skip
def test_frames_are_named(html: str, named: str) -> None:
    found = page(f"<main><p>text</p>{html}</main>")
    assert found.body.text == "text"
    assert found.warnings == (f"shows other pages in frames, whose text is not read: {named}",)


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://count.example" width="0" height="0"></iframe>',
        '<iframe src="https://count.example" style="display:none"></iframe>',
        '<noscript><iframe src="https://tags.example/ns.html"></iframe></noscript>',
        '<iframe src="about:blank"></iframe><iframe></iframe><iframe src="javascript:void(0)"></iframe>',
    ],
)
def test_frames_that_nobody_sees_are_not(html: str) -> None:
    assert page(f"<main><p>text</p>{html}</main>").warnings == ()


def test_a_page_of_frames_has_no_text() -> None:
    frames = "<frame src=toc.html><frame src=main.html><noframes>None here</noframes>"
    assert read(f"<html><head><title>T</title></head><frameset>{frames}</frameset></html>") == "empty"
