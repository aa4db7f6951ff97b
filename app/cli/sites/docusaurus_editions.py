"""The versions and locales of a Docusaurus site, as its configuration and its folders tell them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.sites.files import read_text
from app.cli.sites.literals import key_pattern, objects_of, values_of
from pipelines.readers.markdown.docusaurus_site import CURRENT, DEFAULT_PLUGIN, guess_plugin, plugin_prefix

_USUAL_LOCALE, _USUAL_ROUTE = "en", "docs"
_VERSIONS = re.compile(key_pattern("versions"))
_LIST = re.compile(key_pattern("locales") + r"\s*\[([^\[\]]*)\]")
_NAME = re.compile(r"['\"]([\w-]+)['\"]")
_NOT_NEXT = re.compile(key_pattern("includeCurrentVersion") + r"\s*false\b")


@dataclass(frozen=True, slots=True)
class SiteEditions:
    """What there is: `read` is the default version (None where there is one only), the others can be named.

    `site` is what the corpus file must say of the site, since its folders do not.
    """

    read: str | None = None
    versions: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    site: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)


def read_editions(site: Path, folder: Path, options: str, source: str) -> SiteEditions:
    """The editions of the docs in `folder`, whose options (a part of the configuration `source`) are given."""
    said: dict[str, str | Mapping[str, str]] = {}
    plugin = _first(options, "id") or DEFAULT_PLUGIN
    versions = _read_versions(site / f"{plugin_prefix(plugin)}versions.json")
    read = None
    if versions and _first(options, "disableVersioning") == "true":
        said["default_version"], versions = CURRENT, []
    if versions:
        read = _first(options, "lastVersion") or versions[0]
        if read != versions[0]:
            said["default_version"] = read
    names = [*([] if _NOT_NEXT.search(options) else [CURRENT]), *versions] if versions else []
    if paths := _version_paths(source, options, [CURRENT, *versions]):
        said["version_paths"] = paths
    locales = _read_locales(site, source, said)
    if plugin != guess_plugin(folder):
        said["plugin"] = plugin
    route = _first(options, "routeBasePath")
    if locales and route is not None and route.strip("/") not in (_USUAL_ROUTE, folder.name):
        said["route"] = route.strip("/")
    others = (name for name in names if name != read)
    # Readers know what is to come by its address; `current` would be taken for what they get now.
    shown = tuple(paths.get(CURRENT, "next") if name == CURRENT else name for name in others)
    return SiteEditions(read, shown, locales, said)


def _read_versions(path: Path) -> list[str]:
    try:
        values = json.loads(read_text(path))
    except (ValueError, RecursionError):
        return []
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _version_paths(source: str, options: str, names: Sequence[str]) -> dict[str, str]:
    """Where versions are shown whose options say so; none where several sets of docs have such options."""
    is_own = _VERSIONS.search(options) is not None
    if not is_own or len(objects_of(source, _VERSIONS.pattern)) != 1:
        return {}
    found = {}
    for name in names:
        described = (_first(one, "path") for one in objects_of(source, key_pattern(name)))
        if path := next((one for one in described if one), None):
            found[name] = path.strip("/")
    return found


def _read_locales(site: Path, source: str, said: dict[str, str | Mapping[str, str]]) -> tuple[str, ...]:
    """The locales beside the default one, which is said where it is not the usual one."""
    i18n = "".join(objects_of(source, key_pattern("i18n"))[:1])
    default = _first(i18n, "defaultLocale") or _USUAL_LOCALE
    if default != _USUAL_LOCALE:
        said["default_locale"] = default
    listed = _LIST.search(source)
    names = _NAME.findall(listed[1]) if listed else []
    return tuple(name for name in names if name != default and (site / "i18n" / name).is_dir())


def _first(source: str, key: str) -> str | None:
    return next((value.text for value in values_of(source, key) if value.text), None)
