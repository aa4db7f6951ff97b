"""Manuals and books of DocBook, Texinfo and Doxygen: what stands around a page, boxes, questions, figures."""

import time
from collections.abc import Callable

import pytest

from pipelines.readers.html.page import HtmlPage
from tests.support.linear_time import measure_growth
from tests.unit.pipelines.readers.test_html_as_seen import read

DOCBOOK_HEAD = """<div class="navheader"><table summary="Navigation header"><tr><th colspan="3">3. Pumps</th></tr>
<tr><td><a accesskey="p" href="a.html"><img src="p.png" alt="Prev"></a></td><th>Chapter 2. Water</th>
<td><a accesskey="n" href="b.html">Next</a></td></tr></table><hr></div>"""
DOCBOOK_FOOT = """<div class="navfooter"><hr><table><tr><td><a accesskey="p" href="a.html">Prev</a></td>
<td><a accesskey="u" href="u.html">Up</a></td><td><a accesskey="n" href="b.html">Next</a></td></tr>
<tr><td>2. Wells</td><td><a accesskey="h" href="i.html">Home</a></td><td>4. Valves</td></tr></table>
<a href="/bugs" class="reportbug">Report a bug</a></div>"""
PUBLICAN_HEAD = """<div id="banner"><a href="/get"><span>Download the ebook</span></a></div>
<p id="title"><a href="/"><img alt="Product Site" src="l.png"></a></p>
<ul class="docnav top"><li class="previous"><a accesskey="p" href="a.html"><strong>Prev</strong></a></li>
<li class="home">The Pump Handbook</li><li><a accesskey="n" href="b.html"><strong>Next</strong></a></li></ul>"""
TEXINFO_HEAD = """<div class="header"><p>Next: <a href="b.html" accesskey="n" rel="next">Valves</a>, Previous:
<a href="a.html" accesskey="p" rel="prev">Wells</a>, Up: <a href="u.html" accesskey="u" rel="up">Water</a> &nbsp;
[<a href="toc.html" rel="contents">Contents</a>][<a href="ix.html" rel="index">Index</a>]</p></div><hr>"""


def page(html: str, head: str = "") -> HtmlPage:
    found = read(f"<head>{head}</head><body>{html}</body>")
    assert isinstance(found, HtmlPage), found
    return found


def text(html: str) -> str:
    return page(html).body.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DOCBOOK_HEAD, DOCBOOK_FOOT),
        (PUBLICAN_HEAD, '<ul class="docnav"><li><a accesskey="p" href="a.html">Prev 2. Wells</a></li></ul>'),
        (TEXINFO_HEAD, f"<hr>{TEXINFO_HEAD.removesuffix('<hr>')}"),
        ('<div><a href="/">Acme</a></div><ul><li><a href="a.html">Wells</a><li><a href="b.html">Valves</a></ul>', ""),
    ],
    ids=["docbook", "publican", "texinfo", "menu"],
)
def test_what_leads_to_other_pages_is_no_text(before: str, after: str) -> None:
    body = "<div><h2>3. Pumps</h2><p>A pump moves water.</p></div>"
    assert text(f"{before}{body}{after}") == "## 3. Pumps\n\nA pump moves water."


@pytest.mark.parametrize(
    "html",
    [
        '<p>A pump starts, and <a rel="next" href="b.html">next</a> to it a valve holds back the water above it.</p>',
        '<ul><li><a rel="next" href="b.html">Valves</a> close the pipe behind a pump, whatever its pressure is.</ul>',
    ],
)
def test_text_with_a_link_to_the_next_page_is_text(html: str) -> None:
    assert "pump" in text(f"<h2>Pumps</h2>{html}")


def test_what_stands_above_the_first_heading_is_read_where_it_says_something() -> None:
    said = text('<p>For <a href="a.html">version 2</a> and later.</p><h2>Pumps</h2><p>They move water.</p>')
    assert said.startswith("For version 2 and later.")


@pytest.mark.parametrize(
    "html",
    [
        "<h2>A</h2><div><p>Restart the pump with -r.</p><p><a accesskey=n href=x>Next</a></p></div>",
        "<h2>A</h2><p>When done, go to <a rel=next href=x>the pump</a>.</p>",
        "<h2>A</h2><p>Press <a accesskey=p href=x>print the pump</a> to print.</p>",
        "<h2>A</h2><ul><li><a rel=next href=x>The pump<li><a href=y>Valves</a><li><a href=z>Wells</a></ul>",
        "<h2>A</h2><table><tr><td>pump</td><td>5</td></tr><tr><td><a rel=next href=x>More</a></td></tr></table>",
        '<h2>A</h2><div><img alt="The pump has three stages"><a rel=next href=x>Next</a></div>',
        '<div class="docnav-page"><p>The pump is loud, and has been since.</p><p><a rel=next href=x>Next</a></p></div>',
        '<p><img alt="A drawing of the pump"></p><h1>A</h1><p>x</p>',
        "<p><a href=x>Deprecated: use the other pump instead</a></p><h1>A</h1><p>x</p>",
        "<p>Two.</p><ul><li><a href=x>Free pump: 5 l</a><li><a href=y>Team pump: 9 l</a></ul><h3>Contact</h3><p>x</p>",
        '<h2>A</h2><div class="warning"><table><tr><td><img alt="[Warning]"></td><td><p>The pump.</p>'
        "<ul><li>a</ul></td></tr></table></div>",
        "<h2>A</h2><table><tr class=question><th>Pump<th>Age</tr><tr class=answer><td>a<td>5</table>",
        "<h2>A</h2><dl><dt id=a><span class=category>The pump</span> Release: <strong>big</strong> news<dd>x</dl>",
        '<h2>A</h2><div class=figure><p class=title>Pumps</p><p><img alt="pump"></p></div>',
    ],
)
def test_what_only_looks_like_it_is_read(html: str) -> None:
    assert "pump" in text(html).lower()


def test_a_card_that_is_called_a_tip_keeps_its_heading() -> None:
    assert page("<article class=tip><h1>Use keys</h1><p>They are safe.</p></article>").title == "Use keys"
    assert [
        one.text for one in page("<h1>A</h1><div class=tip><h2>Rotate keys</h2><p>Often.</p></div>").body.headings
    ] == [
        "A",
        "Rotate keys",
    ]


def test_values_stay_under_their_names_beside_a_listing() -> None:
    rows = "<tr><td>retries</td><td>int</td><td><pre>1\n2\n3\n4\n5\n6</pre></td></tr>"
    found = text(f"<h2>A</h2><table><tr><th>Option</th><th>Type</th><th>Example</th></tr>{rows}</table>")
    assert "| Option | Type | Example |" in found


def test_the_header_of_a_site_is_not_that_of_a_manual_page() -> None:
    header = '<div id="header"><h1>Acme</h1><h2>The best tool</h2><ul><li><a href=x>Home</a></ul></div>'
    found = page(f'{header}<div id="content"><h2>Pumps</h2><p>They move water.</p></div>', head="<title>Acme</title>")
    assert "best tool" not in found.body.text


@pytest.mark.parametrize("deep", [False, True])
def test_many_links_around_are_read_in_linear_time(*, deep: bool) -> None:
    def seconds(count: int) -> float:
        link = '<div>x<a rel="next" accesskey="n" href="b.html">Next</a>'
        html = link * min(count, 150) if deep else f"{link}</div>" * count
        began = time.process_time()
        assert isinstance(page(f"<h2>Pumps</h2>{html}<p>They move water.</p>"), HtmlPage)
        return time.process_time() - began

    took, most = measure_growth(seconds, 1_000, 4_000)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"


@pytest.mark.parametrize(
    "box",
    [
        '<div class="note"><table><tr><td rowspan="2"><img alt="[Note]" src="n.png"></td><th>Note</th></tr>'
        "<tr><td><p>Pumps are <b>loud</b>.</p><p>Wear plugs.</p></td></tr></table></div>",
        '<div class="note"><table><tr><td rowspan="2"><img src="n.png"></td><th>Note</th></tr>'
        '<tr><td colspan="2"><p>Pumps are loud.</p><p>Wear plugs.</p></td></tr></table></div>',
        '<div class="note"><h3 class="title">Note</h3><p>Pumps are loud.</p><p>Wear plugs.</p></div>',
        '<div class="admonitionblock note"><table><tr><td class="icon"><div class="title">Note</div></td>'
        "<td><p>Pumps are loud.</p><p>Wear plugs.</p></td></tr></table></div>",
    ],
    ids=["docbook with pictures", "docbook with silent pictures", "docbook", "asciidoctor"],
)
def test_a_box_is_text_and_opens_no_section(box: str) -> None:
    found = page(f"<h2 id=p>Pumps</h2><p>They move water.</p>{box}<p>They need power.</p>")
    assert found.body.text.replace("**", "") == (
        "## Pumps\n\nThey move water.\n\nNote\n\nPumps are loud.\n\nWear plugs.\n\nThey need power."
    )
    assert [heading.text for heading in found.body.headings] == ["Pumps"]


def test_a_heading_with_an_address_stays_one_inside_a_box() -> None:
    found = page('<h2 id=p>Pumps</h2><div class="note"><h3 id=loud>Loud</h3><p>Wear plugs.</p></div>')
    assert [(heading.text, heading.anchor) for heading in found.body.headings] == [("Pumps", "p"), ("Loud", "loud")]


def test_questions_of_docbook_are_sections() -> None:
    found = page(
        '<h1>FAQ</h1><div class="qandaset"><table><tr class="question"><td><a id="q1"></a><p>1.</p></td>'
        '<td><p>Why is it loud?</p></td></tr><tr class="answer"><td></td><td><p>It moves.</p><p>A lot.</p></td></tr>'
        "</table></div>"
    )
    assert found.body.text == "# FAQ\n\n## Why is it loud?\n\nIt moves.\n\nA lot."
    assert [(one.level, one.text, one.anchor) for one in found.body.headings][1:] == [(2, "Why is it loud?", "q1")]


def test_the_notes_of_a_listing_and_a_quotation_are_no_tables() -> None:
    callouts = "".join(
        f'<tr><td><a href="#c{n}"><img alt="{n}" src="{n}.png"></a></td><td><p>{said}</p></td></tr>'
        for n, said in ((1, "Starts it."), (2, "Stops it."))
    )
    assert text(f'<h2>A</h2><div class="calloutlist"><table>{callouts}</table></div>').endswith(
        "1. Starts it.\n2. Stops it."
    )
    quoted = '<table class="blockquote"><tr><td> </td><td><p>Water moves.</p></td></tr></table>'
    assert text(f"<h2>A</h2><div class=blockquote>{quoted}</div>").endswith("> Water moves.")


def test_the_index_of_a_book_says_nothing() -> None:
    entry = '<div class="indexdiv"><h3>P</h3><dl><dt>pumps, <a href="a.html">Pumps</a></dt></dl></div>'
    assert text(f'<div class="index"><h1>Index</h1><p>Bold pages.</p>{entry}</div>') == "# Index\n\nBold pages."


def test_a_figure_says_its_title_once() -> None:
    figure = (
        '<div class="figure"><p class="title"><b>Figure 1. The pump</b></p><div class="figure-contents">'
        '<div class="mediaobject"><img alt="{}" src="p.png"></div></div></div>'
    )
    assert text("<h2>A</h2>" + figure.format("The pump")).count("The pump") == 1
    assert text("<h2>A</h2>" + figure.format("A drawing of its parts")).endswith("A drawing of its parts")


def test_terms_of_a_glossary_are_sections_and_counted_names_are_no_addresses() -> None:
    def anchors(target: str) -> list[str | None]:
        html = f"<h2>Glossary</h2><dl><dt>{target}<span>Pump</span></dt><dd><p>Moves water.</p></dd></dl>"
        return [heading.anchor for heading in page(html).body.headings][1:]

    assert anchors('<a id="glossary-pump"></a>') == ["glossary-pump"]
    assert anchors('<a name="pump"></a>') == anchors('<a name="pump">Hand</a> ') == ["pump"]
    assert anchors('<a name="pump" href="pumps.html">Hand</a> ') == []
    assert anchors('<a id="idm1234"></a>') == anchors('<a id="id-1.7.3"></a>') == []
    assert anchors('<a id="pump" class="indexterm"></a>') == []


def test_a_function_of_texinfo_is_called_by_its_name() -> None:
    found = page(
        '<h3>Pumps</h3><dl class="def"><dt id="index-start"><span class="category">Function: </span><span>'
        "<strong>start</strong> <em>(<var>rate</var>)</em><a href='#index-start' class='copiable-anchor'> &para;</a>"
        "</span></dt><dd><p>Starts it.</p></dd></dl>"
    )
    assert found.body.text == "### Pumps\n\n#### `start (rate)`\n\nStarts it."
    assert [(one.text, one.anchor) for one in found.body.headings][1:] == [("start", "index-start")]


def test_a_page_of_doxygen_is_called_by_its_title() -> None:
    found = page(
        '<div id="top"><div id="titlearea"><table><tr><td>Acme 3.4</td></tr></table></div></div>'
        '<div class="header"><div class="headertitle"><div class="title">Moving water<div class="ingroups">'
        '<a href="g.html">Guides</a></div></div></div></div><div class="contents"><p>This page is about pumps.</p>'
        '<h1><a class="anchor" id="start"></a>Starting</h1><p>Press it.</p></div>'
        '<div id="nav-path"><ul><li>Generated by doxygen</li></ul></div>',
        head='<title>Acme: Moving water</title><meta name="generator" content="Doxygen 1.9.4"/>',
    )
    assert found.title == "Moving water"
    assert found.body.text == "# Moving water\n\nThis page is about pumps.\n\n## Starting\n\nPress it."


def test_listings_side_by_side_are_listings() -> None:
    lines = "".join(f'<div class="line">step{n}();</div>' for n in range(6))
    tip = '<div class="ttc" id="a"><div class="ttname">Acme::step</div></div>'
    found = text(
        "<h2>A</h2><table><tr><th>Example:</th><th>Output:</th></tr>"
        f'<tr><td><div class="fragment">{lines}{tip}</div></td><td><pre>1</pre></td></tr></table>'
    )
    assert "```\nstep0();\nstep1();" in found
    assert "Acme::step" not in found
    assert "|" not in found


@pytest.mark.parametrize(
    ("named", "title"),
    [("Write-Ahead Logging", "Write-Ahead Logging"), ("Overview - Acme", "1. Overview"), ("", "1. Overview")],
)
def test_a_page_whose_sections_are_all_of_the_first_level_is_called_by_its_title(named: str, title: str) -> None:
    sections = "<h1>1. Overview</h1><p>It logs.</p><h1>2. How it works</h1><p>It writes.</p>"
    assert page(sections, head=f"<title>{named.replace('Overview', '1. Overview')}</title>").title == title
    assert page("<h1>1. Overview</h1><p>It logs.</p>", head="<title>Write-Ahead Logging</title>").title == "1. Overview"


def test_a_manual_page_of_asciidoc_says_what_it_is_called() -> None:
    found = page(
        '<div id="header"><h1>acme-pump(1) Manual Page</h1><h2>NAME</h2><div class="sectionbody">'
        '<p>acme-pump - Move water</p></div></div><div id="content"><div class="sect1">'
        '<h2 id="_options">OPTIONS</h2><p>None.</p></div></div>',
        head="<title>acme-pump(1)</title>",
    )
    assert found.body.text == ("# acme-pump(1) Manual Page\n\n## NAME\n\nacme-pump - Move water\n\n## OPTIONS\n\nNone.")


@pytest.mark.parametrize(
    "way",
    [
        '<div class="top"><a href="#page-header"><img alt="top" src="up.gif"></a></div>',
        '<p><a href="#top">Back to top</a></p>',
        '<p>[ <a href="#">Top of page</a> ]</p>',
        '<p align=right><small><a href="#start">↑</a></small></p>',
        '<p><a href="#top">Nach oben</a></p>',
        '<div><span><a href="#top">Back to top</a></span></div>',
        '<p><b><a href="#top">Top of document</a></b></p>',
        '<p><a href="#top">返回顶部</a></p>',
    ],
)
def test_ways_back_to_the_top_are_no_text(way: str) -> None:
    assert text(f"<h2>Pumps</h2><p>They move water.</p>{way}<h2>Valves</h2>{way}") == (
        "## Pumps\n\nThey move water.\n\n## Valves"
    )


def test_ways_back_are_none_of_a_page_whose_title_is_their_target_nor_in_cells() -> None:
    back = '<p><a href="#top">Back to top</a></p>'
    assert text(f'<h2 id="top">Pumps</h2><p>They move water.</p>{back}') == "## Pumps\n\nThey move water."
    page = f"<table><tr><td><h2>Pumps</h2><p>They move water.</p>{back}</td></tr></table>"
    assert "Back to top" not in text(page)


def test_a_sentence_with_a_link_to_the_top_is_text() -> None:
    html = '<h2>Pumps</h2><p>The list at the <a href="#list">top</a> of the page has all pumps.</p>'
    assert text(html).endswith("The list at the top of the page has all pumps.")
    html = '<h2>Pumps</h2><p><a href="#overview">On top of it</a></p>'
    assert text(html).endswith("On top of it")


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<p><a href="#top">Top</a> of the queue is the newest job.</p>', "Top of the queue is the newest job."),
        ('<ol><li><a href="#ref1">^</a> Miller, Pumps, 1999.</li></ol>', "Miller, Pumps, 1999."),
        ('<div><a href="#">Top</a><br>All the rest.</div>', "All the rest."),
        ('<ul><li><a href="#top">top</a></li><li><a href="#left">left</a></li></ul>', "- top"),
        (
            '<table><tr><th>a</th><th>b</th></tr><tr><td><p><a href="#top">top</a></p></td><td>1</td></tr></table>',
            "| top |",
        ),
        ('<pre>print(<span><a href="#top">top</a></span>)</pre>', "print(top)"),
        ('<p><a href="#top">Top</a></p><h3 id="top">Top</h3><p>The upper edge.</p>', "Top\n\n###"),
        (
            '<div>Run <code>make install</code>. <a rel="alternate" hreflang="de" href="d.html">Deutsch</a></div>',
            "make",
        ),
        ('<ul><li><a rel="alternate" hreflang="en" href="en.pdf">English manual</a></li></ul>', "English manual"),
        ('<div><p>Needs root access</p><a rel="alternate" hreflang="de" href="d.html">Deutsch</a></div>', "Needs root"),
        ('<p>Default is 8080 <a rel="alternate" hreflang="de" href="d.html">Deutsch</a></p>', "Default is 8080"),
        ('<p>本页面也有德语版本，欢迎阅读：<a rel="alternate" hreflang="de" href="d.html">德语</a></p>', "欢迎阅读"),
        (
            '<div><a rel="alternate" hreflang="de" href="d.html">Deutsch</a> <ul><li><a href="a.html">Install</a></li>'
            '<li><a href="b.html">Use</a></li></ul></div>',
            "Install",
        ),
    ],
)
def test_what_only_looks_like_a_way_back_or_a_translation_is_text(html: str, said: str) -> None:
    assert said in text(f"<h2>Pumps</h2><p>They move water.</p>{html}")


def test_a_table_of_values_with_a_silent_picture_in_a_note_keeps_them() -> None:
    rows = "<tr><th><img src=x></th><th>Key</th><th>Meaning</th></tr>"
    rows += "<tr><td><img src=a></td><td>ctrl</td><td>save</td></tr>"
    assert "| Key | Meaning |" in text(f'<h2>Keys</h2><div class="note"><table>{rows}</table></div>')
    rows = "<tr><td>Save</td><td><img src=yes.png></td></tr><tr><td>Print</td><td><img src=no.png></td></tr>"
    said = text(f'<h2>Keys</h2><div class="tip"><table>{rows}</table></div>')
    assert "Save" in said
    assert "Print" in said


def test_links_to_the_page_in_other_languages_are_no_text() -> None:
    links = (
        '<a href="../de/a.html" hreflang="de" rel="alternate" title="Deutsch">de</a> | <a href="a.html">en</a> |'
        ' <a href="../fr/a.html" hreflang="fr" rel="alternate">fr</a>'
    )
    row = f"<div class=toplang><p><span>Available Languages: </span>{links}</p></div>"
    assert text(f"<h1>Pumps</h1>{row}<p>They move water.</p>") == "# Pumps\n\nThey move water."
    items = (
        "<ul><li><a rel=alternate hreflang=de href=d>Deutsch</a></li><li><a rel=alternate hreflang=fr href=f>F</a></ul>"
    )
    assert text(f"<h1>Pumps</h1>{items}<p>They move water.</p>") == "# Pumps\n\nThey move water."
    commas = (
        "<p>Languages: <a rel=alternate hreflang=de href=d>Deutsch</a>, <a rel=alternate hreflang=fr href=f>F</a></p>"
    )
    assert text(f"<h1>Pumps</h1>{commas}<p>They move water.</p>") == "# Pumps\n\nThey move water."
    said = f"<p>This page was written by the people of the German team and then translated: {links}</p>"
    assert "German team" in text(f"<h1>Pumps</h1>{said}<p>They move water.</p>")


@pytest.mark.parametrize(
    "flood",
    [
        lambda n: '<div><a href="#x">top</a><a hreflang=de rel=alternate href=d>de</a></div>' * n,
        lambda n: '<div><a href="#">^</a><img alt="' + "^" * 20 * n + 'x"></div>',
        lambda n: "<div>" + "a b " * 10 * n + "<a rel=alternate hreflang=d href=d>d</a>" * n + "</div>",
        lambda n: "<div>" + "a b " * 10 * n + '<a href="#">top</a>' * n + "</div>",
        lambda n: '<div>a<a href="#">top</a>' * min(n, 200) + "a b " * 10 * n,
    ],
    ids=["rows", "arrows", "languages in a text", "tops in a text", "nested"],
)
def test_very_many_ways_back_are_read_in_linear_time(flood: Callable[[int], str]) -> None:
    def seconds(count: int) -> float:
        began = time.process_time()
        page(f"<h2>Pumps</h2>{flood(count)}")
        return time.process_time() - began

    took, most = measure_growth(seconds, 300, 1_800)
    assert took < most


def test_a_table_of_what_is_related_is_a_table() -> None:
    rows = '<tr><th>Related parts</th><th>Tools</th></tr><tr><td><a href="v.html">Valve</a></td><td>Wrench</td></tr>'
    assert "| Valve | Wrench |" in text(f"<h2>Pumps</h2><table class=related>{rows}</table>")
    bar = '<div class="related"><a href="v.html">Valves</a></div>'
    assert text(f"<h2>Pumps</h2>{bar}<p>They move water.</p>") == "## Pumps\n\nThey move water."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('<tr><td><img alt="[Note]" src=n> The pump must be off.</td></tr>', "The pump must be off."),
        (
            '<tr><td><img alt="[Tip]" src=t></td><td><p>Press <img alt="[OK]" src=o> to go on.</p></td></tr>',
            "to go on.",
        ),
        (
            '<tr><td>Press <img alt="[Enter]" src=e> twice</td><td>saves</td></tr><tr><td>x</td><td>prints</td></tr>',
            "twice",
        ),
    ],
)
def test_the_text_beside_a_picture_of_a_box_stays(rows: str, said: str) -> None:
    assert said in text(f'<h2>Keys</h2><div class="note"><table>{rows}</table></div>')


def test_a_box_of_one_row_with_a_silent_picture_is_text() -> None:
    rows = "<tr><td><img src=n></td><td>The pump must be off.</td></tr>"
    assert text(f'<h2>Keys</h2><div class="note"><table>{rows}</table></div>').endswith("\n\nThe pump must be off.")
