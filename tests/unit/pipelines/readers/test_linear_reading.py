"""Reading takes time linear in the length of a page, whatever its marks."""

import contextlib
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from pipelines.corpus import FLAVOURS, CorpusSpec, Flavour, MarkdownSource
from pipelines.errors import PageError
from pipelines.readers.html.page import read_html
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.source_folder import SourceFolder
from tests.support.linear_time import measure_growth

# Characters of a page; runs of blanks are read longer where they cost little.
LENGTHS = (12_000,)
LENGTHS_OF_BLANKS = (10_000, 60_000)

RUNS = (
    "![", "](", "[", "<a ", "<a>", "<?", "<![CDATA[", "{/*", "{", "a\n: b\n", "a\n\n:   b\n\n", ">", "- ", "1. ",
    "# a\n", "## Setup\n\n", "a\n===\n", "*a ", "**a", "`", "~a ", "$a", "\\(", "<!--", "<div>\n", "{{", "{%",
    "<table><tr><td rowspan=9>", "{--", "==a", "^a", "[^1]: a\n\n", "[a]: b\n",
    "import a from 'b'\n\n", "export const a = {\n\n", ":::tip\n",
    '=== "a"\n', "!!! note\n", "```\n", "<http://", "&#x", "|a", "<svg>", "<math>", "<sup>", "<p hidden>", "data:a,",
    "[^1]:\n\n    a\n", "<table><td>\n\na</td></table>\n", "> [!a] b\n", "<head>\n", "{% a %}\n", "::: a\n", "a~b~",
    "<x a={['b',", "<div role=table>", "<a href=#x>1</a>", "<span style=vertical-align:super>", "<meta name=robots>",
    ":a:", ":rocket:", "<h2>", "<h2>a</h2>\n\n", "<img alt=a>", "<iframe src=a>", "<ul>a", "<div class=toc>",
    "<pre>a<sup>", "<figure><img alt=a>", "<p style=font-size:0>", "<div class=no-print>",
)  # fmt: skip


def nested(length: int) -> str:
    return "".join(f"{'  ' * number}- a\n" for number in range(int(length**0.5)))


def wide_table(length: int) -> str:
    width = length // 9
    return f"|{'a|' * width}\n|{'-|' * width}\n" + "|c|\n" * (length // 12)


PAGES: dict[str, Callable[[int], str]] = {
    run: (lambda length, run=run: (run * (length // len(run) + 1))[:length]) for run in RUNS  # type: ignore[misc]
}  # fmt: skip
PAGES |= {"nested lists": nested, "wide table": wide_table}

# What begins, a run of blanks (or of what opens), what ends: such a run is cheap to write and much longer.
BLANKS: dict[str, Callable[[int], str]] = {
    "heading": lambda length: f"# H{' ' * length}",
    "heading with a word behind": lambda length: f"# H{' ' * length}x",
    "heading with an id that is open": lambda length: f"# H {{#{' ' * length}x",
    "heading with attributes that are open": lambda length: f"# H {{{' ' * length}x",
    "heading with an id and a word behind": lambda length: f"# H {{#a}}{' ' * length}x",
    "heading with comments that are open": lambda length: "# H " + "<!--#" * (length // 5),
    "heading with expressions that are open": lambda length: "# H " + "{/*#" * (length // 4),
    "attributes of Vue": lambda length: "a <x @a" + " :a" * (length // 3) + " !",
    "list of classes": lambda length: "[x](y){.a" + ".a" * (length // 2) + "!",
    "braces": lambda length: "{{" + " " * length,
    "snippet": lambda length: f"<<< a{' ' * length}x",
    "container": lambda length: f"::: tip a{' ' * length}{{",
    "include": lambda length: f"{{! a{' ' * length}x",
    "include of code": lambda length: "{* " + "a" * length,
    "line of a template": lambda length: "{%" + " %}{%" * (length // 5),
    "container with braces": lambda length: "::: a" + " " * length + "{",
    "list of a component": lambda length: "<X a={[" + "'b'," * (length // 4) + "}>",
    "meta": lambda length: "<meta robots " + "name=robots " * (length // 12) + "<",
    "link of a template": lambda length: "[x]({{" + "[x]({{" * (length // 6),
    "word of a template": lambda length: "{{< a " + "text=" * (length // 5),
    "words of a template": lambda length: '{{< a text="b" ' * (length // 15),
    "comment of a template": lambda length: "{{/*" + " /*" * (length // 3),
    "attributes of kramdown": lambda length: "{:" + " .a" * (length // 3),
    "names of classes": lambda length: f'<p class="{"toc- " * (length // 5)}">a</p>',
    "a style": lambda length: f'<p style="{"left:-" * (length // 6)}">a</p>',
    "quote": lambda length: f"a >{' ' * length}x",
}

# What is repeated in one place: where each may be read in two ways, a dozen of them take longer than any page.
REPEATED: dict[str, Callable[[int], str]] = {
    "fractions in fractions": lambda count: (
        '<p>a <span class="katex"><span class="katex-html">'
        + '<span class="mfrac"><span class="vlist"><span>' * count
        + f"x{'</span></span></span>' * count}</span></span> b</p>"
    ),
    "fractions without rows": lambda count: (
        '<p>a <span class="katex"><span class="katex-html">'
        + '<span class="mfrac">' * (count - 1)
        + '<span class="mfrac"><span class="vlist"><span>x</span></span></span>'
        + f"{'</span>' * (count - 1)}</span></span> b</p>"
    ),
    "tags of a template before a word": lambda count: f"{'{%-a-%}' * count}x",
    "tags of a template with blanks": lambda count: "{{< a >}} \t" * count + "x",
    "tags of a template that are none": lambda count: f"{'{{<a>' * count}x",
    "strings of a list without an end": lambda count: "<X a={[" + "'a'  " * count + "!]} />",
    "strings of a list with commas": lambda count: "<X a={[" + "'a' , " * count + "!]} />",
}
COUNTS = (9, 13, 48, 60)


def read(flavour: Flavour | None, source: str, name: str = "a.mdx") -> None:
    if flavour is None:
        read_html("a.html", source.encode(), max_chars=2_000_000)
        return
    declared = MarkdownSource(kind="markdown", path=Path("docs"), flavour=flavour)
    spec = CorpusSpec(name="b", folder=Path("/n"), source=declared, base_url="https://e.org")
    MarkdownTree(spec, declared, SourceFolder(None, 2_000_000)).page(PurePosixPath(name), source)


@pytest.fixture(autouse=True)
def _no_collection() -> Iterator[None]:
    """A pause of the collector over all that the suite holds is no quadratic reading."""
    gc.collect(0)
    gc.disable()
    yield
    gc.enable()


def seconds(flavour: Flavour | None, source: str, name: str = "a.mdx") -> float:
    began = time.process_time()
    with contextlib.suppress(PageError, RecursionError):
        read(flavour, f"text\n\n{source}", name)
    return time.process_time() - began


@pytest.mark.parametrize("flavour", [None, "docusaurus", "mkdocs"])
@pytest.mark.parametrize("name", PAGES)
def test_time_is_linear(name: str, flavour: Flavour | None) -> None:
    took, most = measure_growth(lambda length: seconds(flavour, PAGES[name](length)), *LENGTHS)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"


@pytest.mark.parametrize("flavour", [None, *FLAVOURS])
@pytest.mark.parametrize("name", BLANKS)
def test_runs_of_blanks_cost_linear_time(name: str, flavour: Flavour | None) -> None:
    took, most = measure_growth(lambda length: seconds(flavour, BLANKS[name](length)), *LENGTHS_OF_BLANKS)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"


@pytest.mark.parametrize("flavour", [None, *FLAVOURS])
@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("file", ["a.md", "a.mdx"])
def test_what_is_repeated_is_read_once(file: str, name: str, flavour: Flavour | None) -> None:
    took, most = measure_growth(lambda count: seconds(flavour, REPEATED[name](count), file), *COUNTS)
    assert took < most, f"{took:.2f} s, where {most:.2f} s is the most"
