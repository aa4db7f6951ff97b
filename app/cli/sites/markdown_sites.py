"""Sites whose markdown is read as it stands: what the configurations of their generators say."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from app.cli.sites.docusaurus_editions import read_editions
from app.cli.sites.files import find_excludes, is_docusaurus_tree, read_text
from app.cli.sites.guess import SiteGuess, SiteValue
from app.cli.sites.literals import Literal, key_pattern, objects_of, values_of, without_comments
from pipelines.corpus import Flavour
from pipelines.readers.markdown.mkdocs_config import MkDocsLoader
from storage_config.errors import ConfigurationError

DOCUSAURUS = ("docusaurus.config.ts", "docusaurus.config.js", "docusaurus.config.mjs", "docusaurus.config.cjs")
VITEPRESS = tuple(f".vitepress/config.{ending}" for ending in ("ts", "mts", "js", "mjs", "cjs"))
ASTRO = tuple(f"astro.config.{ending}" for ending in ("ts", "mts", "js", "mjs", "cjs"))
_STARLIGHT_PAGES = "src/content/docs"
# Zensical reads MkDocs' configuration and pages, or the same values from a TOML of its own.
MKDOCS = ("mkdocs.yml", "mkdocs.yaml", "zensical.toml")
_NO_DOCS = re.compile(key_pattern("docs") + r"\s*false\b")
_DOCS_KEYS = re.compile("|".join(map(key_pattern, ("path", "routeBasePath", "sidebarPath", "editUrl"))))
_MAX_INHERITED = 4
_LOCALE_LIST = re.compile(key_pattern("locales") + r"\s*\[([^\[\]]*)\]")
_KEYS, _WORDS = re.compile(r"""['"]?([\w-]+)['"]?\s*:"""), re.compile(r"""['"]([\w-]+)['"]""")
_OWN_PREPROCESSORS = frozenset({"index", "links"})


def read_docusaurus(name: str, config: Path, root: Path) -> SiteGuess:
    """The site as its configuration tells it in literal values."""
    site, source = config.parent, without_comments(read_text(config))
    sets = _docs_sets(source)
    options, *others = sets or [""]
    folder = _docs_folder(site, _text(values_of(options, "path")))
    editions = read_editions(site, folder, options, source)
    said: dict[str, SiteValue] = dict(editions.site)
    if folder.parent != site and (editions.versions or editions.locales):
        said["folder"] = relative(site, root)
    note = f"Read is the version that readers get by default, {editions.read}." if editions.read else None
    slash = next((value.text for value in values_of(source, "trailingSlash")), None)
    return SiteGuess(
        name, "docusaurus", relative(folder, root), _docusaurus_url(source, options),
        exclude=find_excludes(folder, is_root=folder == root) if folder.is_dir() else (),
        trailing_slash={"true": True, "false": False}.get(slash or ""),
        others=tuple(relative(_docs_folder(site, _text(values_of(other, "path"))), root) for other in others),
        note=note, versions=editions.versions, locales=editions.locales, site=said,
    )  # fmt: skip


def read_mkdocs(name: str, config: Path, root: Path) -> SiteGuess:
    """The site as its configuration tells it."""
    values = _table(_read_toml(config), "project") if config.suffix == ".toml" else _read_yaml(config)
    docs_dir = values.get("docs_dir")
    folder = config.parent / (docs_dir if isinstance(docs_dir, str) and docs_dir else "docs")
    url = values.get("site_url")
    return SiteGuess(
        name, "mkdocs", relative(folder, root), url if isinstance(url, str) and url.startswith("http") else None,
        exclude=find_excludes(folder, is_root=folder == root) if folder.is_dir() else (),
        trailing_slash=False if values.get("use_directory_urls") is False else None,
        **_mkdocs_editions(values),
    )  # fmt: skip


def _mkdocs_editions(values: dict[str, Any]) -> dict[str, Any]:
    """The languages of mkdocs-static-i18n, and where the versions of mike are."""
    plugins = values.get("plugins")
    listed = (
        plugins if isinstance(plugins, list) else [{name: said} for name, said in _table(values, "plugins").items()]
    )
    found: dict[str, Any] = {}
    site: dict[str, Any] = {}
    for plugin in listed:
        name, options = next(iter(plugin.items()), ("", None)) if isinstance(plugin, dict) else (plugin, None)
        if name == "mike":
            found["note"] = "Its versions are on the branch that mike publishes: check it out and read it as html."
        languages = options.get("languages") if name == "i18n" and isinstance(options, dict) else None
        for language in languages if isinstance(languages, list) else ():
            locale = language.get("locale") if isinstance(language, dict) else None
            if isinstance(locale, str) and language.get("default"):
                site["default_locale"] = locale
            elif isinstance(locale, str) and locale != "null":
                site["locales"] = (*site.get("locales", ()), locale)
                if language.get("build") is not False:
                    found["locales"] = (*found.get("locales", ()), locale)
    if site:
        found["site"] = site
    return found


def read_vitepress(name: str, config: Path, root: Path) -> SiteGuess:
    """The site as its configuration tells it in literal values; its address is that of its sitemap."""
    source = without_comments(read_text(config))
    folder = config.parent.parent / (_text(values_of(source, "srcDir")) or ".")
    url, base = _text(values_of(source, "hostname")), next(iter(values_of(source, "base")), Literal("/"))
    known = url is not None and url.startswith("http") and base.text is not None
    clean = next((value.text for value in values_of(source, "cleanUrls")), None) == "true"
    return SiteGuess(
        name, "vitepress", relative(folder, root),
        "/".join(part for part in ((url or "").rstrip("/"), (base.text or "").strip("/")) if part) if known else None,
        exclude=find_excludes(folder, is_root=folder == root) if folder.is_dir() else (),
        trailing_slash=False if clean else None,
    )  # fmt: skip


def find_starlight(folder: Path) -> Path | None:
    """The configuration of a Starlight site whose pages stand where Starlight looks for them."""
    config = next((folder / name for name in ASTRO if (folder / name).is_file()), None)
    if config is None or not (folder / _STARLIGHT_PAGES).is_dir():
        return None
    return config if "starlight" in read_text(config) else None


def read_starlight(name: str, config: Path, root: Path) -> SiteGuess:
    """The site as its configuration tells it in literal values."""
    source = without_comments(read_text(config))
    url, base = _text(values_of(source, "site")), next(iter(values_of(source, "base")), Literal(""))
    known = url is not None and url.startswith("http") and base.text is not None
    return SiteGuess(
        name, "starlight", relative(config.parent / _STARLIGHT_PAGES, root),
        "/".join(part for part in ((url or "").rstrip("/"), (base.text or "").strip("/")) if part) if known else None,
        trailing_slash=False if _text(values_of(source, "trailingSlash")) == "never" else None,
        **_starlight_locales(source, config.parent / _STARLIGHT_PAGES),
    )  # fmt: skip


def _starlight_locales(source: str, folder: Path) -> dict[str, Any]:
    """The locales of Starlight's own `locales`, or of Astro's, that have folders of their own."""
    objects = objects_of(source, key_pattern("locales"))
    listed = _LOCALE_LIST.search(source)
    words = _WORDS.findall(listed[1]) if listed else []
    names = _KEYS.findall(objects[0]) if objects else words
    own = [name for name in dict.fromkeys(names) if name != "root" and (folder / name).is_dir()]
    if not own:
        return {}
    default = _text(values_of(source, "defaultLocale"))
    if default not in own or "root" in names:
        default = "root"
    others = tuple(name for name in own if name != default)
    return {"locales": others, "site": {"default_locale": default, "locales": tuple(own)}}


def find_mdbook(folder: Path) -> Path | None:
    """The configuration of a book that mdBook's own steps make: other preprocessors' work only its build shows."""
    config = folder / "book.toml"
    values = _read_toml(config) if config.is_file() else {"preprocessor": {"": ""}}
    return None if set(_table(values, "preprocessor")) - _OWN_PREPROCESSORS else config


def read_mdbook(name: str, config: Path, root: Path) -> SiteGuess:
    """The book as its configuration tells it."""
    values = _read_toml(config)
    source, html = _table(values, "book").get("src"), _table(_table(values, "output"), "html")
    folder = config.parent / (source if isinstance(source, str) and source else "src")
    host, base = html.get("cname"), html.get("site-url")
    url = f"https://{host}/{str(base or '').strip('/')}".rstrip("/") if isinstance(host, str) and host else None
    return SiteGuess(name, "mdbook", relative(folder, root), url)


def _read_toml(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(config))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{config}: is no TOML: {error}") from None


def _table(values: dict[str, Any], key: str) -> dict[str, Any]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def read_bare(name: str, folder: Path, root: Path) -> SiteGuess:
    """A folder of markdown without a configuration: what its pages are written for tells what publishes them."""
    flavour: Flavour = "docusaurus" if is_docusaurus_tree(folder) else "plain"
    return SiteGuess(name, flavour, relative(folder, root), None, exclude=find_excludes(folder, is_root=folder == root))


def relative(folder: Path, root: Path) -> str:
    """The folder as the corpus file names it."""
    return Path(os.path.relpath(folder, root)).as_posix()


def _docs_sets(source: str) -> list[str]:
    """The options of each set of docs: those of the preset first, which has none where it says `docs: false`."""
    preset = [found for found in objects_of(source, key_pattern("docs")) if _DOCS_KEYS.search(found)]
    plugins = objects_of(source, r"plugin-content-docs['\"`]\s*\)?\s*,\s*")
    if not preset and not plugins and not _NO_DOCS.search(source):
        preset = [""]
    return [*preset[:1], *plugins]


def _docs_folder(site: Path, named: str | None) -> Path:
    """The folder that is named; else `docs`, which some keep beside the site."""
    folder = site / (named or "docs")
    return folder if folder.is_dir() or not (site.parent / "docs").is_dir() else site.parent / "docs"


def _docusaurus_url(source: str, options: str) -> str | None:
    """url, baseUrl and the docs' routeBasePath joined, as Docusaurus does; None where one of them is no literal."""
    url = next((value.text for value in values_of(source, "url") if (value.text or "").startswith("http")), None)
    base = next(iter(values_of(source, "baseUrl")), Literal(""))
    route = next(iter(values_of(options, "routeBasePath")), Literal("docs"))
    if url is None or base.text is None or route.text is None:
        return None
    parts = (url.rstrip("/"), base.text.strip("/"), route.text.strip("/"))
    return "/".join(part for part in parts if part)


def _text(values: list[Literal]) -> str | None:
    return next((value.text for value in values if value.text), None)


def _read_yaml(config: Path) -> dict[str, Any]:
    """The values of the configuration over those of the file that it inherits from."""
    found: dict[str, Any] = {}
    for _ in range(_MAX_INHERITED):
        try:
            values = yaml.load(read_text(config), MkDocsLoader)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise ConfigurationError(f"{config}: is no YAML: {error}") from None
        if not isinstance(values, dict):
            break
        found = values | found
        if not isinstance(values.get("INHERIT"), str):
            break
        config = config.parent / values["INHERIT"]
    return found
