"""Pages that are made to be slow: `python -m tests.load.bench_hostile_pages`. Seconds and memory by size.

Reading, splitting and parting into what can be quoted, each input in a process of its own. A ratio near 2 is linear.
"""

import json
import resource
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.corpus import CorpusSpec, Flavour
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.sources import open_source, read_documents
from pipelines.splitting.splitter import SectionSplitter
from pipelines.text.quotable import quotable_units

MAX_CHARS = 2_000_000
PATIENCE = 300  # seconds


def repeated(piece: str, *, before: str = "", after: str = "") -> Callable[[int], str]:
    """A page of so many bytes of one piece."""
    return lambda size: before + piece * (size // len(piece)) + after


def nested(opened: str, closed: str) -> Callable[[int], str]:
    """Elements in one another, all of them closed."""
    return lambda size: opened * (size // len(opened + closed)) + "x" + closed * (size // len(opened + closed))


def wide_table(size: int) -> str:
    """One row of as many cells as there are rows."""
    side = int((size / 10) ** 0.5)
    return "<table>" + ("<tr>" + "<td>x</td>" * side + "</tr>") * side + "</table>"


def spans(size: int) -> str:
    """Cells that each span a thousand rows and columns."""
    return "<table>" + "<tr><td rowspan=1000 colspan=1000>x</td></tr>" * (size // 46) + "</table>"


def attributes(size: int) -> str:
    """One element with as many attributes as fit."""
    return "<p " + " ".join(f"a{number}=b" for number in range(size // 10)) + ">x</p>"


def nested_list(size: int) -> str:
    """Lists as deep as the size allows, of two thousand items each."""
    return "\n".join(f"{'  ' * (number % 40)}- item {number}" for number in range(size // 50))


def table_of_markdown(size: int) -> str:
    """A head as wide as the table is long."""
    side = int((size / 8) ** 0.5)
    return f"|{' a |' * side}\n|{'---|' * side}\n" + f"|{' x |' * side}\n" * side


def circles(size: int) -> str:
    """Schemas that refer to one another in a circle, each operation to all of them."""
    count = size // 400
    names = [f"S{number}" for number in range(count)]
    schemas = {
        name: {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/{names[(number + 1) % count]}"},
                                                "own": {"$ref": f"#/components/schemas/{name}"}}}
        for number, name in enumerate(names)
    }  # fmt: skip
    paths = {
        f"/p{number}": {"get": {"responses": {"200": {"description": "x", "content": {"application/json": {
            "schema": {"$ref": f"#/components/schemas/{name}"}}}}}}}
        for number, name in enumerate(names)
    }  # fmt: skip
    document = {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": paths}
    return json.dumps(document | {"components": {"schemas": schemas}})


def notebook(size: int) -> str:
    """Cells of hostile markdown and long outputs."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": "![](<a "},
        {"cell_type": "code", "metadata": {}, "source": "x", "execution_count": 1,
         "outputs": [{"output_type": "stream", "name": "stdout", "text": "y" * 200}]},
    ]  # fmt: skip
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells * (size // 450)})


def summary(size: int) -> str:
    """A SUMMARY.md of chapters in one another; the first of them is a file."""
    lines = (f"{'  ' * (number % 30)}- [Chapter {number}](c{number}.md)" for number in range(1, size // 55))
    return "# Summary\n\n- [One](one.md)\n" + "\n".join(lines)


HTML = {
    "unclosed <div>": repeated("<div>"),
    "unclosed <b><i>": repeated("<b><i>x"),
    "<div> in one another": nested("<div>", "</div>"),
    "<ul> in one another": nested("<ul><li>", "</li></ul>"),
    "<table> in one another": nested("<table><tr><td>", "</td></tr></table>"),
    "a million attributes": attributes,
    "wide table": wide_table,
    "spans of 1000": spans,
    "headings": repeated("<h2 id=a>H</h2><p>x</p>"),
    "open comments": repeated("<!--"),
    "<sup> in a line": repeated("2<sup>3</sup>"),
    "<math>": repeated("<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"),
    "blanks": repeated(" \n\t", before="<p>a", after="b</p>"),
    "<a id> links": repeated("<a href=#x>x</a>"),
    "<img>": repeated('<figure><img alt="a"><img alt="b"></figure>'),
    "<sup> in code": repeated("a<sup>2</sup>\n", before="<pre>", after="</pre>"),
    "lists of links": repeated('<div class="toc"><a href=x>a</a></div><ul>b<li>c</ul>'),
}
MARKDOWN = {
    "![": repeated("!["),
    "](": repeated("]("),
    "<a": repeated("<a "),
    "<?": repeated("<?"),
    "<![CDATA[": repeated("<![CDATA["),
    "{/*": repeated("{/*"),
    "lists": nested_list,
    "wide table": table_of_markdown,
    "headings": repeated("# H\n\nx\n\n"),
    "> > >": repeated("> ", after="x"),
    "definitions": repeated("a\n: b\n\n"),
    "references": repeated("[a][b] "),
    "[^1]": repeated("[^1]: x\n"),
    "`": repeated("` "),
    "*": repeated("*a "),
    "~": repeated("~a "),
    "$": repeated("$a "),
    ":rocket:": repeated(":rocket: "),
    "<img>": repeated('<img alt="a">'),
    "{{< a text=": repeated('{{< a text="b" '),
}


def read_all(folder: Path, source: dict[str, Any]) -> int:
    """Everything that an ingestion and an answer do with the text of the pages; how many characters it has."""
    spec = CorpusSpec.model_validate(
        {"name": "h", "folder": folder, "base_url": "https://my.site", "source": {"path": ".", **source}}
    )
    chars = 0
    if source["kind"] == "openapi":
        pages = list(open_source(spec, max_page_chars=MAX_CHARS).read())  # type: ignore[attr-defined]
    else:
        pages = list(read_documents(spec, max_page_chars=MAX_CHARS))
    for page in pages:
        if hasattr(page, "text"):
            chars += len(page.text)
            for node in SectionSplitter(max_tokens=256)([page]):
                quotable_units(node.get_content(), "english")
    return chars


def _measure(name: str, text: str, source: dict[str, Any], found: Connection) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(text, encoding="utf-8")
        if source.get("flavour") == "mdbook":
            (Path(folder) / "one.md").write_text("# One\n\nx\n")
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        try:
            said = f"{read_all(Path(folder), source):,} characters"
        except (PageError, SourceMissing) as error:
            said = f"refused: {str(error)[-60:]}"
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        found.send((time.process_time() - began, grown / 1024, said))


def measure(name: str, text: str, **source: Any) -> tuple[float, float, str]:
    """CPU seconds, MB of memory above what the process had, and what came of it."""
    mine, theirs = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_measure, args=(name, text, source, theirs))
    process.start()
    measured = mine.recv() if mine.poll(PATIENCE) else (float("inf"), float("inf"), "no end")
    process.kill()
    process.join()
    return measured


def report(label: str, name: str, build: Callable[[int], str], sizes: tuple[int, ...], **source: Any) -> None:
    """One line of the table."""
    rows = [measure(name, build(size), **source) for size in sizes]
    seconds = " | ".join(f"{row[0]:.2f}" for row in rows)
    ratio = rows[1][0] / max(rows[0][0], 0.01)
    print(f"| {label} | {seconds} | {ratio:.1f} | {rows[-1][1]:.0f} | {rows[-1][2]} |", flush=True)


def main() -> None:
    """Prints the tables, in Markdown."""
    with TemporaryDirectory() as folder:  # what loads once is loaded before
        (Path(folder) / "a.md").write_text("# A\n\nWords.\n")
        read_all(Path(folder), {"kind": "markdown"})
    flavours: tuple[Flavour, ...] = ("docusaurus", "mkdocs", "plain")
    print("| input | s at 60 kB | s at 120 kB | ratio | MB | |\n|---|---|---|---|---|---|")
    for label, build in MARKDOWN.items():
        for flavour in flavours:
            report(f"`{label}`, {flavour}", "a.md", build, (60_000, 120_000), kind="markdown", flavour=flavour)
    report("notebook", "a.ipynb", notebook, (60_000, 120_000), kind="markdown", include=["*.ipynb"])
    report("OpenAPI, circles", "a.json", circles, (60_000, 120_000), kind="openapi", path="a.json")
    report("SUMMARY.md", "SUMMARY.md", summary, (60_000, 120_000), kind="markdown", flavour="mdbook")
    print("\n| input | s at 60 kB | s at 120 kB | s at 2 MB | ratio | MB | |\n|---|---|---|---|---|---|---|")
    for label, build in HTML.items():
        sizes = (60_000, 120_000, 2_000_000)
        report(label, "a.html", lambda size, build=build: f"<main>{build(size)}</main>", sizes, kind="html")  # type: ignore[misc]


if __name__ == "__main__":
    main()
