"""The locales of a Starlight site: folders of `src/content/docs` that are named after languages.

The default one stands in the folder itself (a `root` locale) or in one of those folders; a page that a locale lacks is
shown there untranslated, at the locale's address.
"""

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import SourceMissing
from pipelines.readers.edition_folders import EditionFolder
from pipelines.readers.source_folder import SourceFolder
from storage_config.editions import Edition

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_USUAL = "en"


def find_starlight_editions(spec: CorpusSpec, source: MarkdownSource, folder: Path) -> Sequence[EditionFolder]:
    """The default locale, then the named ones. Raises SourceMissing for a name that the site does not have."""
    if spec.versions:
        raise SourceMissing(f"{spec.name}: versions: Starlight has none of its own: declare a corpus for each")
    locales = _locales(spec, source, folder)
    default = _default(source, folder, locales)
    missing = [name for name in spec.locales if name not in locales and name not in (default, "root")]
    if missing:
        known = ", ".join(dict.fromkeys([default or "root", *locales]))
        raise SourceMissing(f"{spec.name}: locales: {missing[0]!r} is none of the site in {folder}, which has: {known}")
    base = spec.base_url
    in_root = default not in locales
    excluded = tuple(f"{name}/**" for name in locales) if in_root else ()
    first = folder if in_root or default is None else folder / default
    address = base if in_root or base.endswith(f"/{default}") else f"{base}/{default}"
    root = address.removesuffix(f"/{default}") if not in_root else base
    named = [name for name in dict.fromkeys(spec.locales) if name not in (default, "root")]
    return [
        EditionFolder(first, address, exclude=excluded),
        *(
            EditionFolder(
                folder / name, f"{root}/{name}", Edition(None, name), f"{name}/", first, excluded, has_own_pages=True
            )
            for name in named
        ),
    ]


def _locales(spec: CorpusSpec, source: MarkdownSource, folder: Path) -> list[str]:
    """The folders of locales: those that are named, and others called like a language that hold the same pages."""
    named = {*spec.locales, source.site.default_locale}
    pages: dict[str, set[PurePosixPath]] = {}
    for path in SourceFolder(folder, 0).paths(source.include, source.exclude) if folder.is_dir() else ():
        first = path.parts[0]
        is_locale = len(path.parts) > 1 and (first in named or _LANGUAGE.fullmatch(first) is not None)
        inner = PurePosixPath(*path.parts[1:]) if is_locale else path
        pages.setdefault(first if is_locale else "", set()).add(inner.with_suffix(""))
    return sorted(
        name
        for name, own in pages.items()
        if name and (name in named or any(own & others for other, others in pages.items() if other != name))
    )


def _default(source: MarkdownSource, folder: Path, locales: Sequence[str]) -> str | None:
    """The locale that readers get by default: the declared one, that of the folder itself, or English."""
    if source.site.default_locale is not None:
        return source.site.default_locale
    if not locales or any(path.is_file() and path.stem == "index" for path in folder.glob("index.*")):
        return None
    return _USUAL if _USUAL in locales else locales[0]
