"""The locales of a Starlight site: the folders of `src/content/docs` that its configuration names.

The default one stands in the folder itself (a `root` locale) or in one of those folders; a page that a locale lacks is
shown there untranslated, at the locale's address.
"""

from collections.abc import Sequence
from pathlib import Path

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import SourceMissing
from pipelines.readers.edition_folders import EditionFolder
from pipelines.readers.source_folder import SourceFolder
from storage_config.editions import Edition

_USUAL = "en"


def find_starlight_editions(spec: CorpusSpec, source: MarkdownSource, folder: Path) -> Sequence[EditionFolder]:
    """The default locale, then the named ones. Raises SourceMissing for a name that the site does not have."""
    if spec.versions:
        raise SourceMissing(f"{spec.name}: versions: Starlight has none of its own: declare a corpus for each")
    locales = _locales(spec, source, folder)
    default = _default(source, folder, locales)
    if default == _USUAL and (folder / _USUAL).is_dir():
        locales = sorted({*locales, _USUAL})
    missing = [name for name in spec.locales if name not in locales and name not in (default, "root")]
    if missing:
        known = ", ".join(dict.fromkeys([default or "root", *locales]))
        raise SourceMissing(f"{spec.name}: locales: {missing[0]!r} is none of the site in {folder}, which has: {known}")
    base = spec.base_url
    in_root = default not in locales
    excluded = tuple(f"{name}/**" for name in locales)
    first = folder if in_root or default is None else folder / default
    address = base if in_root or base.endswith(f"/{default}") else f"{base}/{default}"
    root = address.removesuffix(f"/{default}") if not in_root else base
    # What is in no locale's folder is shown beside them; its uris must not be those of the default locale's pages.
    beside = not in_root and any(True for _ in SourceFolder(folder, 0).paths(source.include, excluded))
    own = excluded if in_root else ()
    named = [name for name in dict.fromkeys(spec.locales) if name not in (default, "root")]
    return [
        EditionFolder(first, address, exclude=own),
        *([EditionFolder(folder, root, uri_prefix="root/", exclude=excluded)] if beside else []),
        *(
            EditionFolder(
                folder / name, f"{root}/{name}", Edition(None, name), f"{name}/", first, own, has_own_pages=True
            )
            for name in named
        ),
    ]


def _locales(spec: CorpusSpec, source: MarkdownSource, folder: Path) -> list[str]:
    """The folders of locales: those that are declared. Nothing else tells `go/` of Go from one of a language."""
    declared = {*spec.locales, *source.site.locales, source.site.default_locale}
    return sorted(name for name in declared if name is not None and (folder / name).is_dir())


def _default(source: MarkdownSource, folder: Path, locales: Sequence[str]) -> str | None:
    """The locale that readers get by default: the declared one, that of the folder itself, or English."""
    if source.site.default_locale is not None:
        return source.site.default_locale
    if not locales or any(folder.glob("index.*")):
        return None
    return _USUAL if any((folder / _USUAL).glob("index.*")) else None
