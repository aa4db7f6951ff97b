"""Jupyter notebooks: markdown cells are markdown, code cells code with their text output, broken files say so."""

import json
import time
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.folder import FolderPages
from pipelines.readers.markdown.notebook import MAX_OUTPUT_LINES
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.page import Page
from pipelines.readers.source_folder import SourceFolder
from storage_config.vocabulary import LeftOutReason

SOURCE = MarkdownSource(kind="markdown", path=Path(), include=("**/*.ipynb",))


def cell(kind: str, source: str | list[str], *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)}, "outputs": list(outputs)}


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": list(cells)})


def read(text: str, max_chars: int = 2_000_000) -> Page | LeftOutReason:
    spec = CorpusSpec(name="b", folder=Path("/n"), source=SOURCE, base_url="https://e.org")
    return MarkdownTree(spec, SOURCE, SourceFolder(None, max_chars)).page(PurePosixPath("a/b.ipynb"), text)


def page_of(*cells: dict[str, Any]) -> Page:
    page = read(notebook(*cells))
    assert isinstance(page, Page)
    for heading in page.body.headings:
        assert page.body.text[heading.start : heading.end] == f"{'#' * heading.level} {heading.text}"
    return page


def test_cells_are_read_by_their_kind() -> None:
    page = page_of(
        cell("markdown", ["# Pumps\n", "\n", "They [move](x) water. ```\n"]),
        cell("code", "%matplotlib inline\nprint(1)  # '''\n    %timeit f()\nx = '''\n%d items'''",
             {"output_type": "stream", "text": ["\x1b[31m1\x1b[0m\n"]}),
        cell("markdown", "## Pumps\n\n```\nnever closed"),
        cell("code", "%%bash\nls", {"output_type": "error", "ename": "E", "evalue": "no"}),
        cell("markdown", "## Pumps"),
    )  # fmt: skip
    assert page.title == "Pumps"
    assert page.url == "https://e.org/a/b.ipynb"
    assert page.body.text == (
        "# Pumps\n\nThey move water. ```\n\n```python\nprint(1)  # '''\nx = '''\n%d items'''\n```\n\n```text\n1\n```"
        "\n\n## Pumps\n\n```\nnever closed\n\n```bash\nls\n```\n\n```text\nE: no\n```\n\n## Pumps"
    )
    assert [heading.anchor for heading in page.body.headings] == ["pumps", "pumps-1", "pumps-2"]


@pytest.mark.parametrize(
    ("language", "source", "shown"),
    [
        ("python", "ask = '''\nready?\n'''\nask", "ask = '''\nready?\n'''\nask"),
        ("python", "\nopen?\n?print\n\nx = 1\nopen?\n", "x = 1"),
        ("ruby", "list.empty?", "list.empty?"),
        ("scheme", "null?", "null?"),
        ("octave", "%adds one\nx = 1", "%adds one\nx = 1"),
        ("python", "%%perl\n%names = ();\nready?", "%names = ();\nready?"),
    ],
)
def test_only_commands_of_ipython_leave_a_cell(language: str, source: str, shown: str) -> None:
    said = {"nbformat": 4, "metadata": {"language_info": {"name": language}}, "cells": [cell("code", source)]}
    page = read(json.dumps(said))
    assert isinstance(page, Page)
    assert page.body.text.split("\n")[1:-1] == shown.split("\n")


def test_outputs_are_text_and_bounded() -> None:
    picture = {"output_type": "display_data", "data": {"text/plain": "<Figure>", "image/png": "iVBOR" * 9_000}}
    table = {"output_type": "execute_result", "data": {"text/plain": ["a b\n", "1 2"], "text/html": "<table>"}}
    long = {"output_type": "stream", "text": "row\n" * 9_000}
    assert page_of(cell("code", "x", picture, table)).body.text == "```python\nx\n```\n\n```text\na b\n1 2\n```"
    assert page_of(cell("code", "x", long)).body.text.count("row") == MAX_OUTPUT_LINES
    assert page_of(cell("code", "x", long)).body.text.endswith("row\n…\n```")


def test_a_fence_in_the_code_does_not_end_it() -> None:
    assert page_of(cell("code", "s = '''\n```\n'''")).body.text == "````python\ns = '''\n```\n'''\n````"


def test_tags_and_raw_cells() -> None:
    page = page_of(
        cell("raw", "---\ntitle: Named\n---"),
        cell("code", "hidden", tags=("remove-cell",)),
        cell("code", "gone", {"output_type": "stream", "text": "shown"}, tags=("remove_input",)),
        cell("raw", ".. note:: x"),
    )
    assert (page.title, page.body.text) == ("Named", "```text\nshown\n```")
    assert page.warnings == ("has cells that are neither markdown nor code, which are left out: 1",)
    assert read(notebook(cell("raw", "---\ndraft: true\n---"), cell("markdown", "x"))) == "draft"
    assert read(notebook()) == "empty"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON in line 1"),
        ("[]", "no number `nbformat`"),
        ('{"nbformat": 3, "worksheets": []}', "format 3; only 4 is read"),
        ('{"nbformat": 4, "cells": {}}', "no list `cells`"),
        ("[" * 100_000, "nested too deeply"),
        (notebook(cell("raw", "---\n- a\n---")), "front matter is list"),
        (notebook(cell("raw", "\n---\naccess: staff\n---")), "access key"),
        (notebook(cell("raw", "---\naccess: staff\n")), "access key"),
        (notebook(cell("markdown", "---\naccess: staff\n---\n# A")), "access key"),
        (notebook(cell("markdown", "x" * 200)), "more than 100 characters"),
    ],
)
def test_a_bad_notebook_says_what_it_is(text: str, said: str) -> None:
    with pytest.raises(PageError) as raised:
        read(text, max_chars=100)
    assert said in str(raised.value)


def test_odd_values_are_no_text() -> None:
    odd = [{"cell_type": "code", "source": {"a": 1}, "outputs": [1, {"data": []}]}, 7, {"cell_type": "markdown"}]
    assert read(json.dumps({"nbformat": 4, "metadata": [], "cells": odd})) == "empty"


def test_a_folder_of_notebooks_is_read_where_include_names_them(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(notebook(cell("markdown", "# Title\n\nText.")), encoding="utf-8")
    spec = CorpusSpec(name="b", folder=tmp_path, source=SOURCE, base_url="https://e.org")
    assert [page.id_ for page in FolderPages(spec, SOURCE, max_page_chars=1_000).read() if hasattr(page, "id_")] == [
        "a.ipynb"
    ]
    unnamed = MarkdownSource(kind="markdown", path=Path())
    with pytest.raises(SourceMissing, match=r"include = .*ipynb"):
        FolderPages(spec, unnamed, max_page_chars=1_000).read()


@pytest.mark.parametrize(
    "cells",
    [
        lambda length: [cell("markdown", "# a")] * (length // 90),
        lambda length: [cell("code", "%a\n" * (length // 3))],
        lambda length: [cell("code", "`" * length)],
        lambda length: [cell("code", "x", {"output_type": "stream", "text": "\x1b[" * length})],
        lambda length: [cell("code", "x", *[{"output_type": "stream", "text": "a"}] * (length // 50))],
    ],
)
def test_time_is_linear(cells: Any) -> None:
    text = notebook(*cells(60_000))
    began = time.process_time()
    assert read(text)
    assert time.process_time() - began < 1.5
