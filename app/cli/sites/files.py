"""Files of a repository as `init` looks at them: what others wrote, what was built and what tests need is no page."""

import os
import re
from collections import Counter, deque
from collections.abc import Collection, Iterator
from pathlib import Path

# Folders that hold no pages of the site's own, whatever is in them.
_FOREIGN = frozenset({
    "node_modules", "bower_components", "vendor", "third_party", "venv", "env", "site-packages", "__pycache__",
    "target", "coverage", "test", "tests", "__tests__", "e2e", "fixtures", "testdata", "example", "examples",
    "template", "templates",
})  # fmt: skip
_BUILT = frozenset({"build", "dist", "out", "_build", "_site", "_book"})
_MAYBE_BUILT = frozenset({"site", "public", "html", "book"})  # pages too, in some repositories
# Where a repository's site usually stands, before the others in one folder.
_USUAL = ("website", "docs", "doc", "documentation", "site", "www")
_MAX_DEPTH = 4
_MAX_FOLDERS = 5_000
_MAX_FILES = 20_000
_MAX_LOOKED_INTO = 300
_HEAD = 4_000

# What is about the repository, by the names that the hosts of repositories know, and what lists its releases.
_NO_PAGE = re.compile(
    r"(?:CONTRIBUTING|HISTORY|LICENSE|CODE_OF_CONDUCT|SECURITY|GOVERNANCE"
    r"|(?i:change-?log|changes|news|release[-_ ]?notes(?:[-_ ]?v?\d[\w.-]*)?))"
)
MARKDOWN, HTML = (".md", ".mdx"), (".html", ".htm")
_SOURCES = (*MARKDOWN, ".rst", ".adoc", ".asciidoc", ".txt", ".ipynb", ".qmd")
_README = re.compile(r"readme\.mdx?", re.IGNORECASE)
# What only the pages of Docusaurus have.
_DOCUSAURUS_MARKS = re.compile(
    r"^(?:sidebar_(?:position|label|class_name):|import .*['\"]@(?:theme|site|docusaurus)/)", re.M
)


def read_text(path: Path) -> str:
    """The first megabyte of a configuration; empty where there is none to be read."""
    try:
        with path.open("rb") as file:
            return file.read(1_000_000).decode("utf-8", "replace")
    except OSError:
        return ""


def folders(root: Path) -> Iterator[Path]:
    """The folders in which a site may stand: the root, then those nearest to it, the usual ones first."""
    waiting, seen = deque([(root, 0)]), 0
    while waiting and seen < _MAX_FOLDERS:
        folder, depth = waiting.popleft()
        seen += 1
        yield folder
        if depth < _MAX_DEPTH:
            inner = [name for name in _folder_names(folder) if not _is_foreign(folder, name)]
            usual = {name: place for place, name in enumerate(_USUAL)}
            inner.sort(key=lambda name: (usual.get(name.lower(), len(_USUAL)), name))
            waiting += [(folder / name, depth + 1) for name in inner]


def count_endings(folder: Path) -> Counter[str]:
    """How many files of each ending (without its dot, in small letters) the folder's own pages have."""
    return Counter(path.suffix.lower().removeprefix(".") for path in _files(folder))


def is_docusaurus_tree(folder: Path) -> bool:
    """Whether the pages are written for Docusaurus, though no configuration of it is near."""
    looked_into = 0
    for path in _files(folder):
        if path.name in ("_category_.json", "_category_.yml", "_category_.yaml"):
            return True
        if path.suffix in (".md", ".mdx") and looked_into < _MAX_LOOKED_INTO:
            looked_into += 1
            if _DOCUSAURUS_MARKS.search(read_text(path)[:_HEAD]):
                return True
    return False


def find_excludes(folder: Path, *, is_root: bool, endings: Collection[str] = MARKDOWN) -> tuple[str, ...]:
    """Globs of the files with these endings in the folder that are no pages; only of those that there are.

    In a repository's root its README is none either, nor what stands in the folders of tests, builds and others'
    work; in a folder of pages these names are chapters. Nothing is left out where nothing else is there.
    """
    found, pages = set[str](), 0
    for path in _files(folder, everything=True):
        if path.suffix.lower() not in endings:
            continue
        parts = path.relative_to(folder).parts
        glob = _no_page(folder, parts, is_root=is_root)
        if glob is None:
            pages += 1
        else:
            found.add(glob)
    return tuple(sorted(found)) if pages else ()


def find_excludes_to_come(folder: Path) -> tuple[str, ...]:
    """The same for HTML that is not built yet, by the files that it will be built from."""
    names = {path.stem for path in _files(folder) if path.suffix.lower() in _SOURCES and _NO_PAGE.fullmatch(path.stem)}
    return tuple(f"**/{name}{{.html,/index.html}}" for name in sorted(names))


def _no_page(folder: Path, parts: tuple[str, ...], *, is_root: bool) -> str | None:
    """The glob that leaves the file out, if it is no page."""
    if "node_modules" in parts:
        return "**/node_modules/**"
    for depth, name in enumerate(parts[:-1] if is_root else ()):
        if _is_foreign(folder.joinpath(*parts[:depth]), name):
            return "/".join((*parts[: depth + 1], "**"))
    if parts[:2] == ("blog", "posts"):
        return "blog/**"
    if _NO_PAGE.fullmatch(Path(parts[-1]).stem):
        return f"**/{parts[-1]}"
    if parts[-1] == "index.html" and _NO_PAGE.fullmatch(parts[-2] if len(parts) > 1 else ""):
        return f"**/{parts[-2]}/index.html"  # as generators write addresses without endings
    return parts[0] if is_root and len(parts) == 1 and _README.fullmatch(parts[0]) else None


def _files(folder: Path, *, everything: bool = False) -> Iterator[Path]:
    """Files below the folder, at most _MAX_FILES; `everything` also those in folders that hold no pages."""
    seen = 0
    for here, inner, names in os.walk(folder):
        place = Path(here)
        inner[:] = sorted(name for name in inner if name[0] != "." and (everything or not _is_foreign(place, name)))
        for name in sorted(names):
            if (seen := seen + 1) > _MAX_FILES:
                return
            yield place / name


def _folder_names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _is_foreign(folder: Path, name: str) -> bool:
    small = name.lower()
    if name.startswith(".") or small in _FOREIGN or small in _BUILT:
        return True
    return small in _MAYBE_BUILT and (folder / name / "index.html").is_file()
