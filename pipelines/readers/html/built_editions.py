"""The versions and locales of a built site, by the folders that its pages lie in.

Versions are those of mike (`versions.json` beside a folder for each), those of a Docusaurus build, or those whose
folders `site.version_paths` names (`{ "1.0" = "docs/1.0" }`). A locale is a folder that is called as its pages say
their language (`fr` with `<html lang="fr">`) beside pages of another one, as Hugo, Docusaurus, Starlight and MkDocs
build it.
"""

import json
import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.corpus import CorpusSpec, HtmlSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.edition_folders import EditionFolder
from pipelines.readers.edition_names import LOCALE, USUAL_ALIASES, USUAL_LOCALE, is_language, said_language, speaks
from pipelines.readers.html.docusaurus_versions import find_docusaurus_versions, read_head
from pipelines.readers.source_folder import SourceFolder, literal
from storage_config.editions import Edition

_MAX_LIST_CHARS = 1_000_000
_MAX_LOOKED_INTO = 50
_REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?refresh\b[^>]*?url\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _BuiltVersion:
    """A version by its folder in the tree, and the other names under which it is shown."""

    name: str
    path: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.path, *self.aliases)


@dataclass(frozen=True, slots=True)
class _LocaleFolders:
    """The locales of a folder: those with a folder of their own, and the default one, which may be in the root."""

    names: tuple[str, ...] = ()
    default: str | None = None


@dataclass(slots=True)
class _BuiltTree:
    spec: CorpusSpec
    source: HtmlSource
    folder: Path
    versions: list[_BuiltVersion] = field(default_factory=list)
    default: _BuiltVersion | None = None  # without a path: what is in no version's folder
    root_url: str = ""
    default_path: str = ""  # where the default version is shown


def find_built_editions(spec: CorpusSpec, source: HtmlSource, folder: Path) -> Sequence[EditionFolder]:
    """The default edition, then the named ones. Raises SourceMissing for a name that the site does not have."""
    tree = _BuiltTree(spec, source, folder, root_url=spec.base_url)
    declared = source.site.version_paths
    tree.versions = [_BuiltVersion(name, path.strip("/")) for name, path in declared.items()] or list(_mike(folder))
    is_mike = not declared and bool(tree.versions)
    if not tree.versions:
        locales = _find_locales(tree, folder).names
        found = find_docusaurus_versions(folder, _first_page(folder, without=locales), without=locales)
        tree.versions = [_BuiltVersion(name, path, (PurePosixPath(path).name,)) for name, path in found]
    tree.default = next((one for one in tree.versions if not one.path), None)
    if is_mike:
        tree.default, tree.default_path, tree.root_url = _default_of_mike(tree)
    return tuple(_editions(tree))


def _editions(tree: _BuiltTree) -> Iterator[EditionFolder]:
    named = [(one, name) for name in tree.spec.versions for one in _named_versions(tree, name)]
    # The first name counts where a version is named twice, by an alias too.
    chosen = {one: name for one, name in reversed(named) if one != tree.default}
    chosen = {one: chosen[one] for one, _ in named if one in chosen}
    at_root, known = _find_locales(tree, tree.folder), dict[str, None]()
    for version, name in [(tree.default, None), *chosen.items()]:
        path = version.path if version else ""
        inside = at_root if not path else _find_locales(tree, _inside(tree, path))
        known |= dict.fromkeys(one for one in (inside.default, *inside.names, *at_root.names) if one)
        for locale in (None, *tree.spec.locales):
            default = inside.default if inside.default in inside.names else None
            found = _place(tree, path, default if locale is None else locale)
            if found is None or (locale is not None and locale in (inside.default, at_root.default)):
                continue  # of this version there is none, or it is the default one
            shown = found if version != tree.default else found.replace(path, tree.default_path, 1) if path else found
            # Of the default version the folder's name is left out: another one will take its place.
            uri = found if version != tree.default else found.removeprefix(path).strip("/")
            inner = [f"{one}/**" for one in inside.names] if found == path else []
            yield EditionFolder(
                folder=_inside(tree, found),
                base_url="/".join(part for part in (tree.root_url, shown) if part),
                edition=Edition(name, locale),
                uri_prefix=f"{uri}/" if uri else "",
                exclude=(*_below(tree, found, version), *inner),
            )
    missing = [locale for locale in tree.spec.locales if locale not in known]
    if missing:
        raise _unknown(tree, "locales", missing[0], [*known])


def _place(tree: _BuiltTree, path: str, locale: str | None) -> str | None:
    """The folder of a version's locale, seen from the tree: before the version's (Docusaurus) or in it (MkDocs)."""
    if locale is None:
        return path
    ways = dict.fromkeys("/".join(part for part in way if part) for way in ((locale, path), (path, locale)))
    return next((way for way in ways if _inside(tree, way).is_dir()), None)


def _below(tree: _BuiltTree, found: str, version: _BuiltVersion | None) -> list[str]:
    """Globs of the folders of other versions inside this one, also where a locale stands before them."""
    others = [one.path for one in tree.versions if one is not version]
    here = f"{found}/" if found else ""
    inner = [other.removeprefix(here) for other in others if other.startswith(here)]
    if found and not (tree.default and tree.default.path):
        inner += [other for other in others if (tree.folder / found / other).is_dir()]
    return [f"{literal(one)}/**" for one in dict.fromkeys(inner)]


def _named_versions(tree: _BuiltTree, name: str) -> list[_BuiltVersion]:
    """Those of that name; none for a default version that has no folder of its own."""
    found = [one for one in tree.versions if name in one.names]
    if not found and name != tree.source.site.default_version:
        raise _unknown(tree, "versions", name, [one.name for one in tree.versions])
    return found


def _mike(folder: Path) -> Iterator[_BuiltVersion]:
    """The versions that mike has published, the newest first; none where another tool wrote the list."""
    try:
        values = json.loads(SourceFolder(folder, _MAX_LIST_CHARS).read_text(PurePosixPath("versions.json")))
    except (PageError, ValueError, RecursionError):
        return
    for value in values if isinstance(values, list) else ():
        described: Mapping[str, Any] = value if isinstance(value, dict) else {}
        name, aliases = described.get("version"), described.get("aliases")
        is_name = isinstance(name, str) and name not in ("", ".", "..") and "/" not in name
        if is_name and isinstance(aliases, list) and (folder / str(name)).is_dir():
            yield _BuiltVersion(str(name), str(name), tuple(one for one in aliases if isinstance(one, str)))


def _default_of_mike(tree: _BuiltTree) -> tuple[_BuiltVersion, str, str]:
    """The default version, the name that it is shown under, and the address above it.

    It is what the corpus says, what `base_url` ends with, where the site's root leads to, or what is usual.
    """
    root, _, last = tree.spec.base_url.rpartition("/")
    asked = tree.source.site.default_version
    ways = [(asked, tree.spec.base_url), (last, root), (_redirect(tree), tree.spec.base_url)]
    ways += [(alias, tree.spec.base_url) for alias in USUAL_ALIASES]
    for name, url in ways:
        version = next((one for one in tree.versions if name is not None and name in one.names), None)
        if version is not None and name is not None:
            return version, name, url
        if name is not None and name == asked:
            raise _unknown(tree, "source.site.default_version", name, [one.name for one in tree.versions])
    return tree.versions[0], tree.versions[0].name, tree.spec.base_url


def _find_locales(tree: _BuiltTree, folder: Path) -> _LocaleFolders:
    places = sorted(path for path in folder.glob("*") if LOCALE.fullmatch(path.name))
    named = tree.spec.locales
    said = {path.name: _language(path) for path in places if path.is_dir()}
    names = tuple(name for name, language in said.items() if name in named or speaks(name, language))
    own = _language(folder, without=names)
    redirect = _redirect(tree) if folder == tree.folder else None
    declared = tree.source.site.default_locale
    if own is not None and redirect not in names and (declared is None or speaks(declared, own)):
        # A folder in the language of the pages beside it holds the same ones again, or sends on to them.
        # `en` that says `en-US` is such a one beside pages that say `en-US`, and none beside those that say `en-GB`.
        others = (name for name in names if not is_language(name, own) and not is_language(said[name] or "", own))
        return _LocaleFolders(tuple(others), declared or own)
    usual = (name for name in (redirect, USUAL_LOCALE, *names) if name in names)
    return _LocaleFolders(names, declared or next(usual, None))


def _language(folder: Path, *, without: Collection[str] = ()) -> str | None:
    """What the folder's first page says its language is."""
    page = _first_page(folder, without=without)
    return said_language(read_head(page)) if page else None


def _first_page(folder: Path, *, without: Collection[str] = ()) -> Path | None:
    """The first page of the folder that says its language: an index before others, the nearest ones first."""
    waiting = deque([folder])
    for _ in range(_MAX_LOOKED_INTO):
        if not waiting:
            break
        here = waiting.popleft()
        inner = sorted(path for path in here.glob("*") if here != folder or path.name not in without)
        pages = sorted((path for path in inner if path.suffix == ".html"), key=lambda path: path.stem != "index")
        if pages and said_language(read_head(pages[0])):
            return pages[0]
        waiting += [path for path in inner if path.is_dir() and not path.is_symlink()]
    return None


def _redirect(tree: _BuiltTree) -> str | None:
    """The folder that the root's page sends its readers to."""
    target = _REFRESH.search(read_head(tree.folder / "index.html"))
    said = target[1].decode("utf-8", "replace").removeprefix(tree.spec.base_url) if target else ""
    return said.strip("./") or None


def _inside(tree: _BuiltTree, path: str) -> Path:
    folder = tree.folder / path
    if path and not folder.resolve().is_relative_to(tree.folder):
        raise SourceMissing(f"{tree.spec.name}: {folder} leads out of the source folder")
    return folder


def _unknown(tree: _BuiltTree, key: str, name: str, known: Sequence[str]) -> SourceMissing:
    has = f"which has: {', '.join(known)}" if known else "which has none that is known"
    return SourceMissing(f"{tree.spec.name}: {key}: {name!r} is none of the site in {tree.folder}, {has}")
