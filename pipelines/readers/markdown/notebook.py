"""A Jupyter notebook (nbformat 4) → its lines: markdown cells as markdown, code cells as code with their text output.

Read as JSON with checks: nbformat brings a dozen packages for a schema of which a reader needs four keys.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.html import fragment_fromstring

from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter, FrontMatterError, read_front_matter, split_front_matter
from pipelines.readers.hidden_access import hides_access
from pipelines.readers.html.lines import html_lines
from pipelines.readers.lines import BLANK, Line, fence_of
from pipelines.readers.markdown.anchors import GithubAnchors
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines

# What a cell shows of its output. Longer ones are data, which no reader quotes.
MAX_OUTPUT_LINES = 40
MAX_OUTPUT_CHARS = 4_000
# Commands of IPython to the notebook itself, `%matplotlib inline`, and its questions such as `open?`; the cell below
# them stays. `%d items` in a string is no command: their names have two letters at least.
_MAGIC = re.compile(r"\s*%{1,2}[A-Za-z_]\w+(?:\s|$)")
_QUESTION = re.compile(r"\s*(?:\?{1,2}[A-Za-z_][\w.]*|[A-Za-z_][\w.]*\?{1,2})\s*")
_OPTION = re.compile(r"#\| [\w-]+:")  # of the cell, in any language: `#| echo: false`
_PYTHON = frozenset({"", "python", "python3", "ipython", "ipython3", "sage"})  # where nothing is said it is Python
_CELL_LANGUAGE = re.compile(r"\s*%%(bash|sh|html|javascript|js|latex|markdown|perl|R|ruby|sql|svg)\b")
# What Python says of a thing that the page draws: `<Figure size 640x480 with 1 Axes>`, `[<Line2D at 0x7f8b>]`.
_DRAWN = re.compile(r"\[?<(?:[^<>\n]{0,200}(?: object| at 0x[0-9a-f]+)|Figure size [^<>\n]{0,100})>\]?", re.IGNORECASE)
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")


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
            lines += _outputs(cell.get("outputs"), anchors) if "remove_output" not in tags else ()
        else:
            raw += bool(source.strip())
    if raw:
        warnings.append(f"has cells that are neither markdown nor code, which are left out: {raw}")
    return front_matter, lines


def _load(path: str, text: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text.removeprefix("\ufeff"))
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
    is_python = language.lower() in _PYTHON
    if is_python and (named := _CELL_LANGUAGE.match(source)):
        # What stands below it is another language, in which `%` begins a comment or a name.
        source, language, is_python = source[named.start(1) :].partition("\n")[2], named[1], False
    lines = [line for line in source.split("\n") if not _OPTION.match(line)]
    if is_python:
        lines = [line for line in lines if not _MAGIC.match(line)]
        # Questions stand above the code or below it; between its lines one may be words of a string.
        code = [number for number, line in enumerate(lines) if line.strip() and not _QUESTION.fullmatch(line)]
        lines = lines[code[0] : code[-1] + 1] if code else []
    yield from _fenced("\n".join(lines).strip("\n"), language)


def _outputs(outputs: Any, anchors: GithubAnchors) -> Iterator[Line]:
    """What a reader sees below the code. Of pictures the text says nothing; of tables it is the table."""
    found = "\n".join(text.rstrip("\n") for one in _list(outputs) if (text := _output(_dict(one))).strip())
    text = _ANSI.sub("", found[: 4 * MAX_OUTPUT_CHARS].replace("\r\n", "\n"))
    # A line that is written again and again is shown as it was written last, as a terminal does.
    text = _CONTROL.sub("", "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")))
    lines = text[:MAX_OUTPUT_CHARS].split("\n")
    is_cut = len(lines) > MAX_OUTPUT_LINES or len(text) > MAX_OUTPUT_CHARS
    yield from _fenced("\n".join([*lines[:MAX_OUTPUT_LINES], *(["…"] if is_cut else [])]), "text")
    for one in _list(outputs):
        yield from _formatted(_dict(_dict(one).get("data")), anchors)


def _formatted(data: dict[str, Any], anchors: GithubAnchors) -> Iterator[Line]:
    """An output that is markdown, a formula or HTML and not text beside it."""
    if source := _text(data.get("text/markdown"))[:MAX_OUTPUT_CHARS].strip():
        yield from (*read_lines(source, Dialect(), anchors, PageMarkup(keep_unknown=True)), BLANK)
    elif formula := _text(data.get("text/latex"))[:MAX_OUTPUT_CHARS].strip():
        yield from (*(Line(line) for line in formula.split("\n")), BLANK)
    elif not _plain(data) and (markup := _text(data.get("text/html"))[: 4 * MAX_OUTPUT_CHARS].strip()):
        try:
            lines = html_lines(fragment_fromstring(markup, create_parent="div"))
        except (etree.LxmlError, RecursionError, ValueError):
            return
        yield from (*lines[:MAX_OUTPUT_LINES], BLANK)


def _plain(data: dict[str, Any]) -> str:
    """The output as plain text; empty where the page shows it in another form."""
    is_picture = any(str(kind).startswith(("image/", "video/", "audio/")) for kind in data)
    text = "" if is_picture else _text(data.get("text/plain"))
    return "" if _DRAWN.fullmatch(text.strip()) else text


def _output(output: dict[str, Any]) -> str:
    if output.get("output_type") == "stream":
        return _text(output.get("text"))
    if output.get("output_type") == "error":
        return f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}"
    data = _dict(output.get("data"))
    return "" if "text/markdown" in data or "text/latex" in data else _plain(data)


def _fenced(text: str, language: str) -> Iterator[Line]:
    if not text.strip():
        return
    fence = fence_of(text)
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
