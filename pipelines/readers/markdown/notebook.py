"""A Jupyter notebook (nbformat 4) → its lines: markdown cells as markdown, code cells as code with their text output.

Read as JSON with checks: nbformat brings a dozen packages for a schema of which a reader needs four keys.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter, FrontMatterError, read_front_matter, split_front_matter
from pipelines.readers.hidden_access import hides_access
from pipelines.readers.lines import BLANK, Line
from pipelines.readers.markdown.anchors import GithubAnchors
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines

# What a cell shows of its output. Longer ones are data, which no reader quotes.
MAX_OUTPUT_LINES = 40
MAX_OUTPUT_CHARS = 4_000
# Commands to the notebook itself, `%matplotlib inline` or the `%%bash` above a cell; the cell below them stays.
# `%d items` in a string is no command: their names have two letters at least.
_MAGIC = re.compile(r"\s*%{1,2}[A-Za-z_]\w+(?:\s|$)")
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
_FENCE = re.compile(r"`{3,}")


def read_notebook(path: str, text: str, warnings: list[str]) -> tuple[FrontMatter, list[Line]]:
    """What the notebook says of itself in a first raw cell, and its lines. Raises PageError where it is none."""
    notebook = _load(path, text)
    language = _language(_dict(notebook.get("metadata")))
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    front_matter, anchors = FrontMatter(), GithubAnchors()
    lines: list[Line] = []
    raw = 0
    first = next((n for n, cell in enumerate(cells) if _text(cell.get("source")).strip()), 0)
    for number, cell in enumerate(cells):
        kind, source, tags = cell.get("cell_type"), _text(cell.get("source")), _tags(cell)
        # Whether it is shown or not: it says what the notebook is, and for whom.
        is_head = kind == "raw" and number == first and source.startswith("---")
        if "remove_cell" in tags and not (is_head or (number == first and hides_access(source))):
            continue
        if is_head:
            front_matter = _front_matter(path, source)
        elif number == first and kind in ("raw", "markdown") and hides_access(source):
            raise PageError(
                path, "its first cell has an access key and is not read; allowed: a raw cell, --- first in it"
            )
        elif kind == "markdown":
            lines += [*read_lines(source, Dialect(), anchors, PageMarkup(keep_unknown=True)), BLANK]
        elif kind == "code":
            lines += _code(source, language) if "remove_input" not in tags else ()
            lines += _outputs(cell.get("outputs")) if "remove_output" not in tags else ()
        else:
            raw += bool(source.strip())
    if raw:
        warnings.append(f"has cells that are neither markdown nor code, which are left out: {raw}")
    return front_matter, lines


def _load(path: str, text: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise PageError(path, "is no notebook: it is nested too deeply") from None
    except ValueError as error:
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise PageError(path, f"is no notebook: no JSON{line}") from None
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if not isinstance(version, int):
        raise PageError(path, "is no notebook: it has no number `nbformat`")
    if version != 4:
        raise PageError(path, f"is a notebook of format {version}; only 4 is read, which Jupyter saves it as")
    if not isinstance(notebook.get("cells"), list):
        raise PageError(path, "is no notebook: it has no list `cells`")
    return dict(notebook)


def _front_matter(path: str, source: str) -> FrontMatter:
    try:
        return read_front_matter(split_front_matter(f"{source}\n")[0])
    except FrontMatterError as error:
        raise PageError(path, str(error)) from None


def _code(source: str, language: str) -> Iterator[Line]:
    kept = [line for line in source.split("\n") if not _MAGIC.match(line)]
    yield from _fenced("\n".join(kept).strip("\n"), language)


def _outputs(outputs: Any) -> Iterator[Line]:
    """The text that a reader sees below the code. Of pictures the text says nothing; of tables it is the table."""
    found = "\n".join(text.rstrip("\n") for one in _list(outputs) if (text := _output(_dict(one))).strip())
    text = _CONTROL.sub("", _ANSI.sub("", found[: 4 * MAX_OUTPUT_CHARS].replace("\r\n", "\n").replace("\r", "\n")))
    lines = text[:MAX_OUTPUT_CHARS].split("\n")
    is_cut = len(lines) > MAX_OUTPUT_LINES or len(text) > MAX_OUTPUT_CHARS
    yield from _fenced("\n".join([*lines[:MAX_OUTPUT_LINES], *(["…"] if is_cut else [])]), "text")


def _output(output: dict[str, Any]) -> str:
    if output.get("output_type") == "stream":
        return _text(output.get("text"))
    if output.get("output_type") == "error":
        return f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}"
    data = _dict(output.get("data"))
    is_picture = any(str(kind).startswith(("image/", "video/", "audio/")) for kind in data)
    return "" if is_picture else _text(data.get("text/plain"))


def _fenced(text: str, language: str) -> Iterator[Line]:
    if not text.strip():
        return
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(text))])
    yield from (BLANK, Line(f"{fence}{language}", verbatim=True))
    yield from (Line(line, verbatim=True) for line in text.split("\n"))
    yield from (Line(fence, verbatim=True), BLANK)


def _language(metadata: dict[str, Any]) -> str:
    named = _dict(metadata.get("language_info")).get("name") or _dict(metadata.get("kernelspec")).get("language")
    return named if isinstance(named, str) and _LANGUAGE.fullmatch(named) else ""


def _tags(cell: dict[str, Any]) -> set[str]:
    """As Jupyter Book and nbconvert know them: `remove-cell`, `remove_cell`."""
    return {str(tag).replace("-", "_") for tag in _list(_dict(cell.get("metadata")).get("tags"))}


def _text(value: Any) -> str:
    """A text of a notebook: one, or a list of its lines."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    text = value if isinstance(value, str) else ""
    return text.replace("\r\n", "\n").replace("\x00", "\ufffd")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
