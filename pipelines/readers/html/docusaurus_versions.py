"""The versions of a Docusaurus build, which say in the head of each page which they are of.

The pages of another version lie in a folder below those of the default one: `docs/1.0`, `docs/next`.
"""

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import takewhile
from pathlib import Path, PurePosixPath

_HEAD_BYTES = 4_000
_MAX_PAGES = 50_000
_GENERATOR = re.compile(rb"<meta\b[^>]*\bcontent=[\"']?Docusaurus v", re.IGNORECASE)
_VERSION = re.compile(rb"name=[\"']?docusaurus_version[\"']?\s+content=[\"']?([^\"'>\s]+)")
_TAG = re.compile(rb"name=[\"']?docusaurus_tag[\"']?\s+content=[\"']?docs-([^\"'>\s]+)")
_Place = tuple[str, ...]


def find_docusaurus_versions(folder: Path, first: Path | None, *, without: Collection[str]) -> list[tuple[str, str]]:
    """Names and folders of the versions beside the default one; several sets of docs may have one of a name.

    `first` is a page, `without` are folders not to look into. Empty for what another generator has built.
    """
    if first is None or not _GENERATOR.search(read_head(first)):
        return []
    places: defaultdict[str, dict[str, list[_Place]]] = defaultdict(dict)  # of each set of docs, by version
    for page in _pages(folder, without):
        head = read_head(folder / page)
        version, tag = _VERSION.search(head), _TAG.search(head)
        if version and tag:
            name = version[1].decode("utf-8", "replace")
            docs = tag[1].decode("utf-8", "replace").removesuffix(f"-{name}")
            places[docs].setdefault(name, []).append(page.parent.parts)
    return [(name, "/".join(path)) for found in places.values() for name, path in _below_others(found)]


def _below_others(places: dict[str, list[_Place]]) -> Iterator[tuple[str, _Place]]:
    """Versions that lie in a folder of their own below what all pages of another version share."""
    for name, pages in places.items():
        shared = _common(pages)
        for other, others in places.items():
            above = _common(others)
            if other == name or len(above) >= len(shared) or shared[: len(above)] != above:
                continue
            own = shared[: len(above) + 1]
            if not any(page[: len(own)] == own for page in others):
                yield name, own
                break


def _common(pages: list[_Place]) -> _Place:
    """The folders that all of them are in."""
    shared = takewhile(lambda names: len(set(names)) == 1, zip(*pages, strict=False))
    return tuple(names[0] for names in shared)


def _pages(folder: Path, without: Collection[str]) -> Iterator[PurePosixPath]:
    seen = 0
    for here, folders, files in os.walk(folder, followlinks=False):
        inside = PurePosixPath(Path(here).relative_to(folder).as_posix())
        if not inside.parts:
            folders[:] = [name for name in folders if name not in without]
        for name in files:
            if name.endswith(".html") and seen < _MAX_PAGES:
                seen += 1
                yield inside / name


def read_head(page: Path) -> bytes:
    """The first bytes of a file; none where it cannot be read."""
    try:
        with page.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""
