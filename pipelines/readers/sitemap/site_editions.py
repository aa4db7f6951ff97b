"""The versions and locales of a site behind a sitemap, by the addresses of its pages.

A segment such as `2.0`, `v3` or `latest` is a version where the same pages stand below others of its kind, or above it:
`/docs/1.0/setup` beside `/docs/setup` (Docusaurus), `/en/latest/` beside `/en/stable/` (Read the Docs), `/1.0/` beside
`/2.0/` (mike). One such as `fr` or `pt-br` is a locale where the sitemap names that language (`hreflang`) or its pages
say it (`<html lang>`): `/go/` beside `/js/` are none.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pipelines.corpus import CorpusSpec, SitemapSource
from pipelines.errors import SourceMissing
from pipelines.readers.edition_names import LOCALE, USUAL_ALIASES, USUAL_LOCALE, VERSION, is_language, usual_default
from storage_config.editions import DEFAULT_EDITION, Edition, PublishedEdition

_LOCALE_DEPTH, _VERSION_DEPTH = 2, 4  # segments of a path among which they are looked for
# Below these a number names what a page is about, or its year.
_ABOUT_VERSIONS = frozenset(
    {"archive", "blog", "changelog", "changelogs", "migration", "news", "page", "release", "release-notes", "releases",
     "tag", "tags", "upgrade", "upgrading", "whats-new", "whatsnew"}
)  # fmt: skip
_MOST_PROBED = 20  # candidates whose language a page of theirs is asked for
_Path = tuple[str, ...]
AskLanguage = Callable[[str], Awaitable[str | None]]


@dataclass(slots=True)
class _NamedFolders:
    """Where the names of versions or locales stand: below `above`, one of `names`; which of them is the default."""

    above: _Path
    names: set[str]
    default: str | None = None  # None: what is in none of them


@dataclass(slots=True)
class SitemapEditions:
    """Which edition each address is of. `published` are those beside the default one that were asked for."""

    locales: _NamedFolders | None = None
    versions: dict[_Path, _NamedFolders] = field(default_factory=dict)
    root: str = ""

    def edition_of(self, address: str) -> tuple[Edition, str]:
        """The edition of a page, and the address that all pages of it begin with."""
        path, used = _path_of(address), 0
        locale = version = None
        rest = path
        if self.locales is not None and (name := _below(path, self.locales)) is not None:
            at = len(self.locales.above)
            rest, used = (*path[:at], *path[at + 1 :]), at + 1
            locale = None if name == self.locales.default else name
        for at in range(min(_VERSION_DEPTH, len(rest)) + 1):
            place = self.versions.get(rest[:at])
            if place is not None and (name := _below(rest, place)) is not None:
                used = max(used, at + 1 + len(path) - len(rest))
                version = None if name == place.default else name
                break
        return Edition(version, locale), "/".join((self.root, *path[:used]))

    def choose(self, spec: CorpusSpec, addresses: Iterable[str]) -> tuple[dict[str, Edition], list[str]]:
        """The pages of the default edition and of those that the corpus names, and the other ones.

        Raises SourceMissing for a version or locale that the site does not have.
        """
        versions = {name for place in self.versions.values() for name in (*place.names, place.default) if name}
        locales = set(self.locales.names) if self.locales else set[str]()
        for key, named, known in (("versions", spec.versions, versions), ("locales", spec.locales, locales)):
            if missing := [name for name in named if name not in known]:
                has = f"which has: {', '.join(sorted(known))}" if known else "which has none that is known"
                raise SourceMissing(f"{spec.name}: {key}: {missing[0]!r} is none of the site, {has}")
        chosen: dict[str, Edition] = {}
        others: list[str] = []
        for address in addresses:
            edition, _ = self.edition_of(address)
            wanted = edition.version in (None, *spec.versions) and edition.locale in (None, *spec.locales)
            if wanted:
                chosen[address] = edition
            else:
                others.append(address)
        return chosen, others

    def published(self, chosen: dict[str, Edition]) -> tuple[PublishedEdition, ...]:
        """The editions beside the default one, with their addresses."""
        found = dict.fromkeys(
            PublishedEdition(edition, self.edition_of(address)[1])
            for address, edition in chosen.items()
            if edition != DEFAULT_EDITION
        )
        return tuple(found)


async def find_site_editions(
    spec: CorpusSpec, source: SitemapSource, addresses: Sequence[str], languages: frozenset[str], ask: AskLanguage
) -> SitemapEditions:
    """The editions of the site. `languages` are those that its sitemap names, `ask` tells which a page says."""
    parts = urlsplit(source.url)
    found = SitemapEditions(root=f"{parts.scheme}://{parts.netloc}")
    paths = {path: address for address in addresses if (path := _path_of(address)) or not path}
    base = _path_of(spec.base_url)
    found.locales = await _find_locales(spec, source, paths, languages, ask)
    if found.locales is not None:
        at = len(found.locales.above)
        stripped = [
            (*path[:at], *path[at + 1 :]) if _below(path, found.locales) is not None else path for path in paths
        ]
        if _below(base, found.locales) is not None:
            base = (*base[:at], *base[at + 1 :])
    else:
        stripped = list(paths)
    found.versions = _declared_versions(source, base) or _find_versions(source, set(stripped), base)
    return found


def _path_of(address: str) -> _Path:
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ()  # no address at all: it is refused when it is fetched
    return tuple(part for part in path.split("/") if part)


def _below(path: _Path, place: _NamedFolders) -> str | None:
    at = len(place.above)
    name = path[at] if len(path) > at and path[:at] == place.above else None
    return name if name in place.names else None


async def _find_locales(
    spec: CorpusSpec, source: SitemapSource, paths: dict[_Path, str], languages: frozenset[str], ask: AskLanguage
) -> _NamedFolders | None:
    declared = {*source.site.locales, *spec.locales, *filter(None, [source.site.default_locale])}
    candidates: defaultdict[_Path, dict[str, _Path]] = defaultdict(dict)  # by what stands above: a page of each name
    for path in sorted(paths, key=lambda one: (len(one), one)):
        for at in range(min(_LOCALE_DEPTH, len(path))):
            if LOCALE.fullmatch(path[at]) or path[at] in declared:
                candidates[path[:at]].setdefault(path[at], path)
    places = [
        _NamedFolders(above, await _confirmed(names, declared, languages, paths, ask))
        for above, names in sorted(candidates.items())[:_MOST_PROBED]
    ]
    places = [place for place in places if place.names]
    if not places:
        return None
    place = max(places, key=lambda one: len(one.names))
    outside = [path for path in paths if path[: len(place.above)] == place.above and _below(path, place) is None]
    above = _below(_path_of(spec.base_url), place)
    if source.site.default_locale or above:
        place.default = source.site.default_locale or above
    elif outside and (said := await ask(paths[min(outside, key=len)])):
        place.default = next((name for name in place.names if is_language(name, said)), None)
    elif USUAL_LOCALE in place.names or not outside:
        place.default = USUAL_LOCALE if USUAL_LOCALE in place.names else min(place.names)
    return place


async def _confirmed(
    names: dict[str, _Path], declared: set[str], languages: frozenset[str], paths: dict[_Path, str], ask: AskLanguage
) -> set[str]:
    """Those that are languages: declared, named by the sitemap, or said by a page of theirs."""
    sure = {name for name in names if name in declared or name.replace("_", "-").lower() in languages}
    asked = [name for name in names if name not in sure and (len(name) == 2 or len(name) > 3)][:_MOST_PROBED]
    return sure | {name for name in asked if is_language(name, await ask(paths[names[name]]))}


def _declared_versions(source: SitemapSource, base: _Path) -> dict[_Path, _NamedFolders]:
    """Those that `site.version_paths` names, below the site's address."""
    places: dict[_Path, _NamedFolders] = {}
    for path in source.site.version_paths.values():
        full = (*base, *(part for part in path.split("/") if part))
        if full:
            places.setdefault(full[:-1], _NamedFolders(full[:-1], set(), source.site.default_version)).names.add(
                full[-1]
            )
    return places


def _find_versions(source: SitemapSource, paths: set[_Path], base: _Path) -> dict[_Path, _NamedFolders]:
    below: defaultdict[_Path, defaultdict[str, set[_Path]]] = defaultdict(lambda: defaultdict(set))
    under: defaultdict[_Path, list[_Path]] = defaultdict(list)
    for path in paths:
        for at in range(min(_VERSION_DEPTH, len(path)) + 1):
            under[path[:at]].append(path[at:])
        for at in range(min(_VERSION_DEPTH, len(path))):
            if VERSION.fullmatch(path[at]):
                below[path[:at]][path[at]].add(path[at + 1 :])
                break  # a version inside of another one is a page about it
    places: dict[_Path, _NamedFolders] = {}
    for above, tails in below.items():
        if above and above[-1].lower() in _ABOUT_VERSIONS:
            continue
        beside = {path for path in under[above] if not path or path[0] not in tails}
        # Of a site whose sitemap names no more than their first pages, versions are told by the one without a number.
        alone = not above and any(name.lower() in USUAL_ALIASES for name in tails)
        counts = Counter(tail for own in tails.values() for tail in own)
        counts.update(beside)
        names = {name for name, own in tails.items() if _repeats(own, counts, alone=alone)}
        if names:
            unnamed = source.site.default_version not in names and any(
                len(tails[name] & beside) * 2 >= len(tails[name]) and tails[name] != {()} for name in names
            )
            default = None if unnamed else _default_version(source, above, names, base)
            places[above] = _NamedFolders(above, names, default)
    return places


def _repeats(tails: set[_Path], counts: Counter[_Path], *, alone: bool) -> bool:
    """Whether half of the pages stand in other places too: more than the first of them, or where it is `alone`."""
    shared = {tail for tail in tails if counts[tail] > 1}
    return 2 * len(shared) >= len(tails) and (bool(shared - {()}) or (alone and tails == {()}))


def _default_version(source: SitemapSource, above: _Path, names: set[str], base: _Path) -> str | None:
    """The version that readers get who choose none, where nothing is shown without a version."""
    if source.site.default_version in names:
        return source.site.default_version
    if len(base) > len(above) and base[: len(above)] == above and base[len(above)] in names:
        return base[len(above)]
    return usual_default(sorted(names))
