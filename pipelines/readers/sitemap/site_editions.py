"""The versions and locales of a site behind a sitemap, by the addresses of its pages.

A segment such as `2.0` or `latest` is a version where the same pages stand below others of its kind, or above it:
`/docs/1.0/setup` beside `/docs/setup` (Docusaurus), `/en/latest/` beside `/en/stable/` (Read the Docs), `/1.0/` beside
`/2.0/` (mike). One such as `fr` or `pt-br` is a locale where the sitemap names that language (`hreflang`) or its pages
say it (`<html lang>`): `/go/` beside `/js/` are none.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from pipelines.corpus import CorpusSpec, SitemapSource
from pipelines.errors import SourceMissing
from pipelines.readers.edition_names import LOCALE, USUAL_LOCALE, is_language, may_be_language, speaks
from pipelines.readers.sitemap.fetching import Unavailable
from pipelines.readers.sitemap.page_says import AskPages
from pipelines.readers.sitemap.site_versions import VERSION_DEPTH, NamedFolders, SitePath, find_versions, path_of
from storage_config.editions import DEFAULT_EDITION, Edition, PublishedEdition

_LOCALE_DEPTH = 2  # segments of a path among which they are looked for
_MOST_PROBED = 20  # candidates whose language a page of theirs is asked for
_PAGES_ASKED = 3  # where the first ones cannot be read


@dataclass(slots=True)
class SitemapEditions:
    """Which edition each address is of. `published` are those beside the default one that were asked for."""

    locales: NamedFolders | None = None
    versions: dict[SitePath, NamedFolders] = field(default_factory=dict)
    root: str = ""

    def edition_of(self, address: str) -> tuple[Edition, str]:
        """The edition of a page, and the address that all pages of it begin with."""
        path, used = path_of(address), 0
        locale = version = None
        rest = path
        if self.locales is not None and (name := _below(path, self.locales)) is not None:
            at = len(self.locales.above)
            rest, used = (*path[:at], *path[at + 1 :]), at + 1
            locale = None if name == self.locales.default else name
        for at in range(min(VERSION_DEPTH, len(rest)) + 1):
            place = self.versions.get(rest[:at])
            if place is not None and (name := _below(rest, place)) is not None:
                used = max(used, at + 1 + len(path) - len(rest))
                version = None if name == place.default else name
                break
        return Edition(version, locale), "/".join((self.root, *(quote(part) for part in path[:used])))

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
    spec: CorpusSpec, source: SitemapSource, addresses: Sequence[str], languages: frozenset[str], ask: AskPages
) -> SitemapEditions:
    """The editions of the site. `languages` are those that its sitemap names, `ask` tells what pages say.

    What `ask` raises ends it: with other editions than the site's, pages would be removed.
    """
    parts = urlsplit(source.url)
    found = SitemapEditions(root=f"{parts.scheme}://{parts.netloc}")
    paths = {path_of(address): address for address in addresses}
    base = path_of(spec.base_url)
    found.locales = await _find_locales(spec, source, paths, languages, ask)
    place = found.locales

    def stripped(path: SitePath) -> SitePath:
        if place is None or _below(path, place) is None:
            return path
        return (*path[: len(place.above)], *path[len(place.above) + 1 :])

    base = stripped(base)
    without = {stripped(path): address for path, address in paths.items()}
    found.versions = _declared_versions(source, base) or await find_versions(spec, source, without, base, ask)
    return found


def _below(path: SitePath, place: NamedFolders) -> str | None:
    at = len(place.above)
    name = path[at] if len(path) > at and path[:at] == place.above else None
    return name if name in place.names else None


async def _find_locales(
    spec: CorpusSpec, source: SitemapSource, paths: dict[SitePath, str], languages: frozenset[str], ask: AskPages
) -> NamedFolders | None:
    declared = {*source.site.locales, *spec.locales, *filter(None, [source.site.default_locale])}
    candidates: defaultdict[SitePath, dict[str, list[str]]] = defaultdict(dict)  # above: pages of each name
    for path in sorted(paths, key=lambda one: (len(one), one)):
        for at in range(min(_LOCALE_DEPTH, len(path))):
            if LOCALE.fullmatch(path[at]) or path[at] in declared:
                pages = candidates[path[:at]].setdefault(path[at], [])
                if len(pages) < _PAGES_ASKED:
                    pages.append(paths[path])
    places = [
        NamedFolders(above, await _confirmed(names, declared, languages, ask))
        for above, names in sorted(candidates.items())[:_MOST_PROBED]
    ]
    places = [place for place in places if place.names]
    if not places:
        return None
    place = max(places, key=lambda one: len(one.names))
    outside = [path for path in paths if path[: len(place.above)] == place.above and _below(path, place) is None]
    above = _below(path_of(spec.base_url), place)
    if source.site.default_locale or above:
        place.default = source.site.default_locale or above
    elif outside and (said := await ask([paths[one] for one in sorted(outside, key=len)[:_PAGES_ASKED]])):
        ways = (is_language, speaks)
        place.default = next((one for way in ways for one in sorted(place.names) if way(one, said.language)), None)
    elif USUAL_LOCALE in place.names or not outside:
        place.default = USUAL_LOCALE if USUAL_LOCALE in place.names else min(place.names)
    return place


async def _confirmed(
    names: dict[str, list[str]], declared: set[str], languages: frozenset[str], ask: AskPages
) -> set[str]:
    """Those that are languages: declared, named by the sitemap, or said by a page of theirs."""
    parts = [one.replace("_", "-").split("-") for one in languages]
    spoken = {"-".join(one[:count]) for one in parts for count in (1, 2, len(one))}  # without their country, too
    sure = {name for name in names if name in declared or name.replace("_", "-").lower() in spoken}
    asked = [name for name in names if name not in sure and (len(name) == 2 or len(name) > 3)][:_MOST_PROBED]
    for name in asked:
        try:
            said = await ask(names[name])
        except Unavailable:
            if may_be_language(name):
                raise
            continue  # a broken page below `js` is that page's failure alone
        if said is not None and speaks(name, said.language):
            sure.add(name)
    return sure


def _declared_versions(source: SitemapSource, base: SitePath) -> dict[SitePath, NamedFolders]:
    """Those that `site.version_paths` names, below the site's address."""
    places: dict[SitePath, NamedFolders] = {}
    for path in source.site.version_paths.values():
        full = (*base, *(part for part in path.split("/") if part))
        if full:
            places.setdefault(full[:-1], NamedFolders(full[:-1], set(), source.site.default_version)).names.add(
                full[-1]
            )
    return places
