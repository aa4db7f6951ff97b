"""The language that most pages of a folder are in, as far as `footnoted init` can tell."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from app.cli.sites.files import folders, read_text
from pipelines.languages.detection import language_in
from pipelines.languages.known import Language

_ENDINGS = (".md", ".mdx", ".markdown", ".html", ".htm", ".rst", ".adoc", ".txt")
_MAX_PAGES, _MIN_TOLD = 40, 0.6
_CHARS = 20_000
# What is no prose: front matter, code, markup, addresses.
_NO_PROSE = re.compile(
    r"\A---\n.*?\n---\n|```.*?```|<(script|style|pre|code)\b.*?</\1>|<[^>]*>|\{[^{}\n]*\}|^(?:import|export) .*$",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)


def language_of_pages(folder: Path) -> Language | None:
    """The language of at least three pages in five of those that tell theirs; None where none is so common."""
    told = [found for path in islice(_pages(folder), _MAX_PAGES) if (found := language_in(_prose(path))) is not None]
    ranked = Counter(told).most_common(1)
    return ranked[0][0] if ranked and ranked[0][1] >= _MIN_TOLD * len(told) else None


def _pages(root: Path) -> Iterator[Path]:
    for folder in folders(root):
        yield from sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file())


def _prose(path: Path) -> str:
    return _NO_PROSE.sub(" ", read_text(path)[:_CHARS])
