"""The versions and locales of a Docusaurus site: `versions.json`, `versioned_docs` and `i18n`, as it routes them.

The default version is shown at the root of the docs, `current` (the docs' own folder, while it is not the default) at
`next`, the others at their names; a locale but the default one stands before the docs' route. A page of a locale is
one of the version's own folder, translated where the locale's folder has it; what is only there is no page.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import PageError, SourceMissing
from pipelines.readers.edition_folders import EditionFolder
from pipelines.readers.source_folder import SourceFolder
from storage_config.editions import Edition

CURRENT = "current"
DEFAULT_PLUGIN = "default"
_NAME = re.compile(r"(?!\.{0,2}$)[^/\\\x00-\x1f]{1,64}")  # what Docusaurus allows, and names no other folder
_VERSIONED, _TRANSLATED = "versioned_docs", "docusaurus-plugin-content-docs"
_MAX_VERSIONS_CHARS = 100_000
_DEFAULT_LOCALE = "en"  # Docusaurus' own


def find_docusaurus_editions(spec: CorpusSpec, source: MarkdownSource, folder: Path) -> Sequence[EditionFolder]:
    """The default edition, then the named ones. Raises SourceMissing for a name that the site does not have."""
    place = _DocsFolder.of(folder, source.site.plugin)
    if place.locale is not None:
        if spec.versions or spec.locales:
            raise SourceMissing(
                f"{spec.name}: source.path is the folder of a translation, which has no versions and locales: name the "
                "folder of the docs there"
            )
        return (EditionFolder(folder, spec.base_url, site=_up(folder, place.site)),)
    return tuple(_Site(spec, source, folder, place).editions())


@dataclass(frozen=True, slots=True)
class _DocsFolder:
    """Where the declared folder stands in its site: `prefix` names a docs plugin other than the preset's."""

    site: Path
    prefix: str = ""
    version: str | None = None
    locale: str | None = None

    @classmethod
    def of(cls, folder: Path, plugin: str | None) -> "_DocsFolder":
        above = folder.parent
        name = folder.name
        version = name.removeprefix("version-") if name.startswith("version-") else None
        if version and above.name.endswith(_VERSIONED):
            return cls(above.parent, above.name.removesuffix(_VERSIONED), version)
        if above.name.startswith(_TRANSLATED) and above.parent.parent.name == "i18n":
            plugin = above.name.removeprefix(_TRANSLATED).removeprefix("-")
            prefix = f"{plugin}_" if plugin else ""
            return cls(above.parent.parent.parent, prefix, version or CURRENT, above.parent.name)
        return cls(above, plugin_prefix(plugin or guess_plugin(folder)))


def guess_plugin(folder: Path) -> str:
    """The id of the docs in a folder: mostly its name, unless they are the preset's, called `docs` or alone."""
    has_versions = (folder.parent / f"{folder.name}_versions.json").is_file()
    is_beside = folder.name != "docs" and (folder.parent / "docs").is_dir()
    return folder.name if has_versions or is_beside else DEFAULT_PLUGIN


def plugin_prefix(plugin: str) -> str:
    """What the names of a plugin's files of versions begin with."""
    return "" if plugin == DEFAULT_PLUGIN else f"{plugin}_"


class _Site:
    def __init__(self, spec: CorpusSpec, source: MarkdownSource, folder: Path, place: _DocsFolder) -> None:
        self._spec, self._declared, self._folder, self._place = spec, source.site, folder, place
        self._prefix = place.prefix
        declared = source.site.folder
        self._site = place.site if declared is None else (spec.folder / declared).resolve()
        self._versions = self._read_versions()
        newest = self._versions[0] if self._versions else CURRENT
        self._last = source.site.default_version or newest
        if self._last not in (CURRENT, *self._versions):
            raise self._unknown("source.site.default_version", self._last, [CURRENT, *self._versions])
        self._default = place.version or self._version_of_base_url() or self._last
        self._docs = folder if place.version is None else self._site / "docs"
        self._root = self._root_url()

    def editions(self) -> Iterator[EditionFolder]:
        versions = {self._default: None, **self._named_versions()}
        locales = self._named_locales()
        for version, version_name in versions.items():
            for locale in (None, *locales):
                yield self._edition(version, version_name, locale)

    def _edition(self, version: str, name: str | None, locale: str | None) -> EditionFolder:
        own = self._folder if version == self._place.version else self._version_folder(version)
        self._check_inside(own)
        found = EditionFolder(own, self._url(version, locale), Edition(name, locale), site=_up(own, self._site))
        if locale is None:
            return found if name is None else replace(found, uri_prefix=self._uri_prefix(own))
        folder = self._translations(locale) / (CURRENT if version == CURRENT else f"version-{version}")
        prefix = self._uri_prefix(folder)
        self._check_inside(folder)
        if not folder.is_dir():  # nothing of this version is translated yet
            return replace(found, uri_prefix=prefix)
        return replace(found, folder=folder, fallback=own, uri_prefix=prefix, site=_up(folder, self._site))

    def _version_folder(self, version: str) -> Path:
        return self._docs if version == CURRENT else self._site / f"{self._prefix}{_VERSIONED}" / f"version-{version}"

    def _check_inside(self, folder: Path) -> None:
        """Raises SourceMissing for a link that leads out of the site."""
        if folder != self._folder and not folder.resolve().is_relative_to(self._site.resolve()):
            raise SourceMissing(f"{self._spec.name}: {folder} leads out of the site's folder")

    def _translations(self, locale: str) -> Path:
        plugin = self._prefix.removesuffix("_")
        return self._site / "i18n" / locale / (f"{_TRANSLATED}-{plugin}" if plugin else _TRANSLATED)

    def _uri_prefix(self, folder: Path) -> str:
        """Where the folder is in the site, which no page of the default version is named by."""
        inside = folder.is_relative_to(self._site)
        return f"{folder.relative_to(self._site).as_posix() if inside else folder.name}/"

    def _path(self, version: str) -> str:
        """Where the version is shown, below the docs' route."""
        unasked = "" if version == self._last else "next" if version == CURRENT else version
        return self._declared.version_paths.get(version, unasked).strip("/")

    def _root_url(self) -> str:
        """Where the docs' route is, which `base_url` names, or the address of the default version below it."""
        path = self._path(self._default)
        return self._spec.base_url.removesuffix(f"/{path}") if path else self._spec.base_url

    def _url(self, version: str, locale: str | None) -> str:
        if self._place.version == version and locale is None:
            return self._spec.base_url  # whoever names the folder of a version says where it is
        root, route = self._root, ""
        if locale is not None:
            route = self._route(root)
            root = root.removesuffix(f"/{route}")
        return "/".join(part for part in (root, locale or "", route, self._path(version)) if part)

    def _route(self, root: str) -> str:
        """What of the address of the docs is their route, before which a locale stands, and not the site's own."""
        if self._declared.route is not None:
            return self._declared.route.strip("/")
        usual = (name for name in ("docs", self._folder.name) if root.endswith(f"/{name}"))
        return next(usual, "")

    def _version_of_base_url(self) -> str | None:
        """The version whose address `base_url` is, where that is not the root of the docs."""
        for version in (CURRENT, *self._versions):
            path = self._path(version)
            if path and self._spec.base_url.endswith(f"/{path}"):
                return version
        return None

    def _named_versions(self) -> dict[str, str]:
        """The versions that the corpus names beside the default one, with the names that it gives them."""
        known = list(dict.fromkeys([*self._versions, CURRENT]))
        found: dict[str, str] = {}
        for name in self._spec.versions:
            version = next((one for one in known if name in (one, self._path(one))), None)
            if version is None:
                raise self._unknown("versions", name, known)
            if version != self._default:
                found.setdefault(version, name)  # it may be named twice: as Docusaurus calls it and by its address
        return found

    def _named_locales(self) -> list[str]:
        default = self._declared.default_locale or self._guess_default_locale()
        named = [locale for locale in dict.fromkeys(self._spec.locales) if locale != default]
        for locale in named:
            if not self._has_locale(locale):
                there = sorted(path.name for path in (self._site / "i18n").glob("*") if path.is_dir())
                raise self._unknown("locales", locale, [one for one in (default, *there) if one])
        return named

    def _guess_default_locale(self) -> str | None:
        """That of several which alone has no folder; else the generator's own, unless the docs are translated to it."""
        bare = [locale for locale in self._spec.locales if not self._has_locale(locale)]
        if len(bare) == 1 and len(self._spec.locales) > 1:
            return bare[0]
        return None if self._translations(_DEFAULT_LOCALE).is_dir() else _DEFAULT_LOCALE

    def _has_locale(self, locale: str) -> bool:
        return (self._site / "i18n" / locale).is_dir()

    def _read_versions(self) -> list[str]:
        """As `versions.json` lists them, the newest first; none where there is no such file."""
        name = f"{self._prefix}versions.json"
        if not (self._site / name).is_file():
            return []
        try:
            values = json.loads(SourceFolder(self._site, _MAX_VERSIONS_CHARS).read_text(PurePosixPath(name)))
        except (PageError, ValueError, RecursionError) as error:
            raise SourceMissing(f"{self._spec.name}: {self._site / name} cannot be read: {error}") from None
        if not isinstance(values, list) or not all(
            isinstance(value, str) and _NAME.fullmatch(value) for value in values
        ):
            raise SourceMissing(f"{self._spec.name}: {self._site / name} is no list of the names of versions")
        return list(dict.fromkeys(values))

    def _unknown(self, key: str, name: str, known: Sequence[str]) -> SourceMissing:
        return SourceMissing(
            f"{self._spec.name}: {key}: {name!r} is none of the site in {self._site}, which has: {', '.join(known)}"
        )


def _up(folder: Path, site: Path) -> PurePosixPath:
    """The site's folder, seen from a folder of pages."""
    if not folder.is_relative_to(site):
        return PurePosixPath("..")
    return PurePosixPath(*([".."] * len(folder.relative_to(site).parts)) or ["."])
