"""Entries of definition lists that links lead to: sections of their page, each with its own address."""

import time

import pytest

from pipelines.readers.html.page import HtmlPage
from tests.support.linear_time import measure_growth
from tests.unit.pipelines.readers.test_html_as_seen import read, text

METHOD = """
<section id=api><h2>API<a class=headerlink href="#api">¶</a></h2>
<dl class="py class"><dt class="sig sig-object py" id="lib.Pump"><em class=property><span>class</span> </em>
<span class="sig-prename descclassname"><span>lib.</span></span><span class="sig-name descname"><span>Pump</span></span>
<span class=sig-paren>(</span><em class=sig-param>rate=1</em>, <em class=sig-param>*parts</em><span>)</span>
<a class="reference internal" href="_modules/lib.html#Pump"><span class=viewcode-link>[source]</span></a>
<a class=headerlink href="#lib.Pump" title="Link to this definition">¶</a></dt>
<dd><p>Moves water.</p>
<dl class="py method"><dt class="sig sig-object py" id="lib.Pump.start"><span class="sig-name descname">start</span>
<span class=sig-paren>(</span><span class=sig-paren>)</span></dt><dd><p>Starts it.</p></dd></dl></dd></dl></section>
"""


def page(html: str) -> HtmlPage:
    found = read(f"<body>{html}</body>")
    assert isinstance(found, HtmlPage), found
    return found


def sections(html: str) -> list[tuple[int, str, str | None]]:
    return [(heading.level, heading.text, heading.anchor) for heading in page(html).body.headings]


def test_a_class_and_its_methods_are_sections_whose_lines_are_their_signatures() -> None:
    assert sections(METHOD) == [
        (2, "API", "api"),
        (3, "lib.Pump", "lib.Pump"),
        (4, "start", "lib.Pump.start"),
    ]
    assert page(METHOD).body.text == (
        "## API\n\n### `class lib.Pump (rate=1, *parts)`\n\nMoves water.\n\n#### `start ()`\n\nStarts it."
    )


@pytest.mark.parametrize(
    ("html", "section", "line"),
    [
        (  # Sphinx before 4
            '<dl class=function><dt id="os.walk"><code class=descclassname>os.</code><code class=descname>walk</code>'
            "<span class=sig-paren>(</span><em>top</em>)</dt><dd>Walks.</dd></dl>",
            (2, "os.walk", "os.walk"),
            "`os.walk(top)`",
        ),
        (
            '<dl class="std option"><dt class="sig sig-object std" id="cmdoption-v"><span id="verbose"></span>'
            '<span class="sig-name descname">-v</span><span class="sig-prename descclassname"></span>, '
            '<span class="sig-name descname">--verbose</span></dt><dd>Says more.</dd></dl>',
            (2, "-v, --verbose", "cmdoption-v"),
            "`-v, --verbose`",
        ),
        (  # a signature of several lines
            '<dl class="py function"><dt class="sig sig-object py" id="f"><span class="sig-name descname">f</span>'
            "<span class=sig-paren>(</span><dl>\n<dd><em>a</em>,</dd>\n<dd><em class=sig-param>b</em></dd>"
            "</dl>\n<span class=sig-paren>)</span></dt><dd>Does.</dd></dl>",
            (2, "f", "f"),
            "`f(a, b)`",
        ),
        (
            '<dl class=glossary><dt id="term-Pump">Pump<a class=headerlink href="#term-Pump">¶</a></dt>'
            "<dd>Moves.</dd></dl>",
            (2, "Pump", "term-Pump"),
            "Pump",
        ),
        (  # mdBook
            '<dl><dt id="pump"><a class=header href="#pump">Pump</a></dt><dd>Moves water.</dd></dl>',
            (2, "Pump", "pump"),
            "Pump",
        ),
        (  # MDN
            '<dl><dt id="href"><a href="#href"><code>href</code></a></dt><dd>Where it leads.</dd></dl>',
            (2, "href", "href"),
            "href",
        ),
        ('<dl><dt>Pump <a href="#pump">#</a></dt><dd>Moves.</dd></dl>', (2, "Pump", "pump"), "Pump"),
    ],
)
def test_entries_of_generators(html: str, section: tuple[int, str, str], line: str) -> None:
    assert sections(html) == [section]
    assert page(html).body.text.splitlines()[0] == f"{'#' * section[0]} {line}"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<dl><dt>Pump</dt><dd>Moves.</dd></dl>", "- Pump\n  Moves."),
        (
            "<dl><dt>A</dt><dt>B</dt><dd>One.</dd><dd>Two.</dd><dt>C</dt><dd>Three.</dd></dl>",
            "- A\n  B\n  One.\n\n  Two.\n- C\n  Three.",
        ),
        ("<dl><dt>A</dt><dd><p>One.</p><p>Two.</p></dd></dl>", "- A\n  One.\n\n  Two."),
        ("<dl><dt>A</dt><dd><pre>one()</pre></dd></dl>", "- A\n\n  ```\n  one()\n  ```"),
        ("<dl><div><dt>A</dt><dd>One.</dd></div></dl>", "A\n\nOne."),
        ("<dl><dd>One.</dd></dl>", "One."),
        ("<ul><li><dl><dt id=p>Pump</dt><dd>Moves.</dd></dl></ul>", "- - Pump\n    Moves."),
        ("<table><tr><td><dl><dt id=p>Pump</dt></dl></td><td>x</td></tr></table>", "| Pump | x |\n| --- | --- |"),
        ('<dl class="footnote brackets"><dt class=label id=id1>1</dt><dd>A note.</dd></dl>', "1\n\nA note."),
        ("<dl><dt id=p></dt><dd>Moves.</dd></dl>", "- Moves."),
        (f"<dl><dt id=p>{'Pump ' * 60}</dt><dd>Moves.</dd></dl>", f"- {('Pump ' * 60).strip()}\n  Moves."),
    ],
)
def test_what_nobody_links_to_or_is_no_term_is_text(html: str, shown: str) -> None:
    assert text(f"<body>{html}</body>") == shown
    assert sections(html) == []


def test_several_terms_of_one_text_are_one_section() -> None:
    html = "<dl><dt id=a>Pump</dt><dt id=b>Mover</dt><dd>Moves.</dd><dt id=c>Pipe</dt><dd>Leads.</dd></dl>"
    assert sections(html) == [(2, "Pump", "a"), (2, "Pipe", "c")]
    assert page(html).body.text == "## Pump\n\nMover\n\nMoves.\n\n## Pipe\n\nLeads."


def test_sections_go_no_deeper_than_headings() -> None:
    html = "<h5>A</h5>" + "".join(f"<dl><dt id=d{n}>T{n}</dt><dd>" for n in range(4))
    assert [level for level, *_ in sections(html)] == [5, 6, 6, 6, 6]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<p>A pump.</p>", "Returns: A pump."),
        ("A pump.", "Returns: A pump."),
        ("<p>A pump.</p><p>Or two.</p>", "Returns: A pump.\n\nOr two."),
        ("<ul><li>A pump.</li></ul>", "Returns:\n\n- A pump."),
        ("<pre>pump()</pre>", "Returns:\n\n```\npump()\n```"),
        ("", "Returns:"),
    ],
)
def test_a_field_stands_beside_its_text(said: str, shown: str) -> None:
    field = "<dt class=field-odd>Returns<span class=colon>:</span></dt>"
    after = "<dt class=field-even>Raises<span class=colon>:</span></dt><dd class=field-even><p>Nothing.</p></dd>"
    html = f'<dl class="field-list simple">{field}<dd class=field-odd>{said}</dd>{after}</dl>'
    assert text(f"<body>{html}</body>") == f"{shown}\n\nRaises: Nothing."


def test_many_entries_are_read_in_linear_time() -> None:
    def seconds(count: int) -> float:
        html = "<dl>" + "".join(f'<dt id="t{n}">Term {n}</dt><dd><p>Says.</p></dd>' for n in range(count)) + "</dl>"
        began = time.process_time()
        assert len(page(html).body.headings) == count
        return time.process_time() - began

    took, most = measure_growth(seconds, 1_000, 4_000)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"


@pytest.mark.parametrize(
    ("entries", "shown"),
    [
        ("<dt></dt><dd>Nothing.</dd>", "Nothing."),
        ("<dt>Example</dt><dd><pre>pump()</pre></dd><dd>It pumps.</dd>", "Example\n\n```\npump()\n```\n\nIt pumps."),
        ("<dt><pre>pump()</pre></dt><dd>It pumps.</dd>", "```\npump()\n```\n\nIt pumps."),
        ("<dt>Example</dt><dd><xmp>pump()</xmp></dd>", "Example\n\n```\npump()\n```"),
        ("<dt>Returns</dt><dd><h4>Pumps</h4></dd>", "Returns\n\n#### Pumps"),
        ("Of all:<dt>Returns</dt><dd>A pump.</dd>", "Of all:\n\nReturns\n\nA pump."),
    ],
)
def test_a_field_without_a_line_of_text_stands_apart(entries: str, shown: str) -> None:
    assert text(f'<body><p>It.</p><dl class="field-list">{entries}</dl></body>') == f"It.\n\n{shown}"


def test_text_between_entries_is_kept() -> None:
    html = "<body><p>It.</p><dl>All of<dt>Pump</dt>(old)<dd>Moves.</dd>them.</dl></body>"
    assert text(html) == "It.\n\nAll of\n\nPump\n\n(old)\n\nMoves.\n\nthem."


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("pump<br>mover", "pump mover"),
        ("<p>Pump</p><p>moves</p>", "Pump moves"),
        ("2<sup>10</sup> pumps", "2^10 pumps"),
    ],
)
def test_a_term_reads_as_a_heading_does(term: str, name: str) -> None:
    html = f"<dl><dt id=a>{term}</dt><dd>Moves.</dd></dl>"
    assert sections(html) == [(2, name, "a")]
    assert page(html).body.text == f"## {name}\n\nMoves."


def test_a_term_behind_a_text_with_headings_is_no_part_of_it() -> None:
    html = "<h2>API</h2><dl><dt id=a>Pump</dt><dd><h4>Notes</h4>Loud.</dd><dt id=b>Pipe</dt><dd>Leads.</dd></dl>"
    assert [level for level, *_ in sections(html)] == [2, 3, 4, 3]


def test_terms_with_a_comment_between_are_of_one_text() -> None:
    html = "<dl><dt id=a>Pump</dt><!-- old --><dt id=b>Mover</dt><dd>Moves.</dd></dl>"
    assert sections(html) == [(2, "Pump", "a")]
