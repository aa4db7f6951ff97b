"""What only looks like the site around a page, like a note or like something hidden, and is text of the page."""

import time

import pytest

from pipelines.readers.html.page import HtmlPage
from tests.unit.pipelines.readers.test_html_as_seen import read, text


def page(html: str) -> HtmlPage:
    found = read(html)
    assert isinstance(found, HtmlPage), found
    return found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div class="content has-breadcrumbs"><p>All of the text.</p></div>', "All of the text."),
        ('<section class="layout--with-breadcrumb"><a href="/a">A</a> <a href="/b">B</a></section>', "A B"),
        ('<div class="breadcrumb-component">Shows where a page stands.</div>', "Shows where a page stands."),
        ('<div class="breadcrumb-component"><h2>Breadcrumb</h2><p>Shows a place.</p></div>',
         "## Breadcrumb\n\nShows a place."),
        ('<div class="breadcrumbs"><a href="/">Home of it all</a><h1>Pumps</h1></div>', "Home of it all\n\n# Pumps"),
        ('<div class="docs-breadcrumb"><p>All of the text.</p></div>', "All of the text."),
        ('<div class="no-breadcrumbs"><p>x</p></div>', "x"),
        (f'<div class="page-breadcrumb">{"word " * 100}</div>', ("word " * 100).strip()),
        ('<div class="page-breadcrumb"><h2>Guides</h2><a href="/a">A</a></div>', "## Guides\n\nA"),
        ('<div class="with-toc"><ul><li><a href="/a">A</a></li></ul></div>', "- A"),
        ('<div class="layout layout_has-toc"><ul><li><a href="/a">A</a></li></ul></div>', "- A"),
        ('<div class="toc-layout"><ul><li><a href="/a">A</a></li></ul></div>', "- A"),
        ('<div class="page-toc"><h1>Docs</h1><ul><li><a href="/a">A</a></li></ul></div>', "# Docs\n\n- A"),
    ],
)  # fmt: skip
def test_a_wrapper_that_speaks_of_its_menus_is_none(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<ul class="tsd-breadcrumb"><li>m</li></ul>',
        '<ol class="breadcrumbs"><li><a href="/">Home</a></li><li>Pumps of all kinds</li></ol>',
        '<div class="docs__breadcrumb"><p><a href="/">Home of it</a> › x</p></div>',
        '<ol class="breadcrumb-list"><li class="breadcrumb-item"><a href="/">Home</a></li></ol>',
        '<div class="page-toc"><h2>Contents</h2><ul><li><a href="#a">A longer name</a></li></ul></div>',
        '<div class="docs-toc-list"><a href="#a">A</a></div>',
    ],
)
def test_menus_leave(html: str) -> None:
    assert text(f"{html}<p>x</p>") == "x"


@pytest.mark.parametrize(
    ("html", "title", "expected"),
    [
        # The site's heading, on every page of it
        ("<title>Install - Acme</title><div id=top><h1>Acme Documentation</h1></div><main><h2>Install</h2>x</main>",
         "Install - Acme", "## Install\n\nx"),
        ("<title>Install - Acme</title><div><h1>Acme</h1></div><main><p>x</p></main>", "Install - Acme", "x"),
        ("<title>Acme | Install</title><div><h1>Acme</h1></div><main><h2>Install</h2></main>",
         "Acme | Install", "## Install"),
        ("<title>Install</title><div><h1>Acme docs</h1></div><main><h2>Install</h2></main>", "Install", "## Install"),
        ("<title>Acme | Install</title><meta property=og:site_name content=Acme><div><h1>Acme</h1></div><main>x</main>",
         "Acme | Install", "x"),
        ('<div><h1><a href="/">Acme</a> docs</h1></div><main><p>x</p></main>', None, "x"),
        ("<title>Install - Acme</title><div><header><h1>Acme</h1><p>Buy now!</p></header></div><main>x</main>",
         "Install - Acme", "x"),
        # The page's own
        ("<title>Install - Acme</title><div><header><h1>Install</h1><p>Buy now!</p></header><main>x</main></div>",
         "Install", "# Install\n\nx"),
        ("<title>install — Acme</title><div><h1>Install</h1></div><main><p>x</p></main>", "Install", "# Install\n\nx"),
        ("<title>JSDoc: Class: Pump</title><div><h1>Class: Pump</h1></div><main>x</main>",
         "Class: Pump", "# Class: Pump\n\nx"),
        ("<title>Acme - A</title><meta property=og:title content=Install><div><h1>Install</h1></div><main>x</main>",
         "Install", "# Install\n\nx"),
        ("<title>Install - Acme</title><div><h1>Install</h1></div><main><h2>Install</h2>x</main>",
         "Install", "# Install\n\n## Install\n\nx"),
        ('<title>Install - Acme</title><div><h1>Install<a href="#i">#</a></h1></div><main>x</main>',
         "Install", "# Install\n\nx"),
    ],
)  # fmt: skip
def test_a_heading_above_the_content_titles_the_page_that_it_names(html: str, title: str | None, expected: str) -> None:
    found = page(html)
    assert (found.title, found.body.text) == (title, expected)


@pytest.mark.parametrize(
    "html",
    [
        '<div style="font-size:0"><span style="font-size:16px">b</span></div>',
        '<div style="font-size:0"><div class="column">b</div></div>',
        '<p style="left:-1000px">b</p>',
        '<p style="position:relative; top:-1200px">b</p>',
    ],
)
def test_a_style_that_another_may_undo_hides_nothing(html: str) -> None:
    assert text(f"<p>a</p>{html}") == "a\n\nb"


@pytest.mark.parametrize(
    "style", ["top:-5000px;position:fixed", "position: absolute; left:-1000px", "POSITION:ABSOLUTE;LEFT:-9999px"]
)
def test_what_stands_far_outside_of_the_window_is_hidden(style: str) -> None:
    assert text(f'<p>a</p><p style="{style}">b</p>') == "a"


@pytest.mark.parametrize(
    "rows",
    [
        '<tr><td>1</td><td>2</td><td>3</td></tr><tr style="display:none"><td>x</td><td>y</td><td>z</td></tr>',
        '<tr><td>1</td><td>2</td><td style="display: none">3</td></tr>'
        '<tr class="child"><td>x</td><td>y</td><td style="display: none">z</td></tr>',
    ],
)
def test_rows_and_columns_that_a_script_unfolds_stay(rows: str) -> None:
    lines = text(f"<table><tr><th>a</th><th>b</th><th style='display:table-cell'>c</th></tr>{rows}</table>").split("\n")
    assert lines == ["| a | b | c |", "| --- | --- | --- |", "| 1 | 2 | 3 |", "| x | y | z |"]


def test_a_row_of_a_table_by_roles_that_a_script_unfolds_stays() -> None:
    rows = '<div role=row style="display:none"><i role=cell>1</i><i role=cell style="display:none">2</i></div>'
    head = "<div role=row><i role=columnheader>a</i><i role=columnheader>b</i></div>"
    assert text(f"<div role=table>{head}{rows}</div>") == "| a | b |\n| --- | --- |\n| 1 | 2 |"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>In <a href='changes.html#note-2'>2</a> steps</p>", "In 2 steps"),
        ("<p>In <a href='/a#fn2'>2</a> steps</p>", "In 2 steps"),
        ("<p>all <a href='#notebook-setup'>3</a> ways</p>", "all 3 ways"),
        ("<p>all <a href='#note-on-versions'>3</a> ways</p>", "all 3 ways"),
        ("<p>up to 10<sup><a href='units.html#notebook-1'>3</a></sup></p>", "up to 10^3"),
        # Notes
        ("<p>In <a href='#note-2'>2</a> steps <a href='#ftnt1'>[1]</a> and <a href='#sdfootnote1sym'>1</a> x</p>",
         "In steps and x"),
        ("<p>100<a href='/a#fn2'>2</a> requests <a href='/a#footnote_2'>[2]</a></p>", "100 requests"),
        ("<p>100<sup><a href='/a#cite_note-doe-2'>2</a></sup> requests</p>", "100 requests"),
    ],
)  # fmt: skip
def test_a_number_that_leads_elsewhere_is_no_note(html: str, expected: str) -> None:
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre>code <span class='d-print-none'>kept</span></pre>", "```\ncode kept\n```"),
        ("<pre><div class='no-print'><a href='/x'>kept</a></div></pre>", "```\nkept\n```"),
        ("<ul><li class='no-print'>one</li><li><div class='no-print'><a href='/x'>two</a></div></li></ul>",
         "- one\n- two"),
        ("<div class='no-print'><p>Turn the valve before the pump is started.</p></div>",
         "Turn the valve before the pump is started."),
        ("<p>See <a class='noprint' href='/x'>the guide</a>.</p>", "See the guide."),
        ("<div class='no-print'><button>Copy</button><pre>run</pre></div>", "```\nrun\n```"),
        # The site's
        ("<div class='d-print-none'><h2>Feedback</h2><p>Was this page helpful?</p><button>Yes</button>"
         "<p>Please <a href='/x'>tell us</a>.</p></div><p>x</p>", "x"),
        ("<div class='td-page-meta d-print-none'><a href='/e'>Edit</a> <a href='/i'>New issue</a></div><p>x</p>", "x"),
    ],
)  # fmt: skip
def test_what_no_print_shows_may_be_text(html: str, expected: str) -> None:
    assert text(html) == expected


def test_headings_in_a_menu_above_the_content_cost_linear_time() -> None:
    html = f'<div class="x toc">{"<h1><a href=/a>a</a></h1>" * 4_000}</div><article><p>x</p></article>'
    began = time.process_time()
    assert page(html).body.text == "x"
    assert time.process_time() - began < 2
