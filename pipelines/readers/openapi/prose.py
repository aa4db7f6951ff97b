"""Descriptions in an OpenAPI document are CommonMark: read as such, one by one."""

from collections.abc import Callable, MutableMapping
from dataclasses import replace
from typing import Any

from pipelines.readers.lines import BLANK, Line, LineHeading, join_lines
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines
from pipelines.readers.markdown.inlines import inline_tokens, shown_text
from pipelines.readers.openapi.document import ApiDocument

_DIALECT = Dialect()
HeadingAnchor = Callable[[int, str], str | None]  # of a heading's level and text


class _NoAnchors:
    """No heading of a description has an id of its own but where its viewer gives one."""

    def heading(self, level: int, content: str, env: MutableMapping[str, Any]) -> LineHeading:
        return LineHeading(level, shown_text(inline_tokens(content, env)), None)


def read_prose(document: ApiDocument, text: Any) -> list[Line]:
    """The lines of a description within a list: its headings are lines like others. Empty where there is no text."""
    lines = [
        replace(line, text=line.heading.text, heading=None) if line.heading else line for line in _read(document, text)
    ]
    shown = [line for line in lines if line.verbatim or line.text.strip()]
    whole = not any(line.verbatim for line in shown) and "\n\n" not in join_lines(lines).text
    if whole and not any(line.text.lstrip().startswith(("-", "*", "+", "|", ">", "1")) for line in shown):
        return [Line(" ".join(line.text.strip() for line in shown))] if shown else []
    return shown


def read_sections(document: ApiDocument, text: Any, below: int, anchor: HeadingAnchor) -> list[Line]:
    """The lines of a description whose headings stand below a heading of level `below`."""
    return [_lowered(line, below, anchor) for line in _read(document, text)]


def _lowered(line: Line, below: int, anchor: HeadingAnchor) -> Line:
    if (heading := line.heading) is None:
        return line
    level = min(heading.level + below, 6)
    named = LineHeading(level, heading.text, anchor(heading.level, heading.text))
    return Line(f"{'#' * level} {heading.text}", heading=named)


def _read(document: ApiDocument, text: Any) -> list[Line]:
    if not isinstance(text, str) or not text.strip():
        return []
    if text not in document.prose:
        plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
        lines = read_lines(plain, _DIALECT, _NoAnchors(), PageMarkup(keep_unknown=True))
        document.prose[text] = [*lines, BLANK]
    return document.prose[text]
