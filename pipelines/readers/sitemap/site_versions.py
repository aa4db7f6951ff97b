"""The versions of a site behind a sitemap, by the addresses of its pages.

A chapter, a year and a part of an API stand in folders that are called as versions are, with the same pages in each. So
a name counts that only a version has (`1.0`, `2.x`, `latest`), and a bare number where something else says it too: the
corpus, a page's head, or `latest` beside `v2`. In doubt there are no versions: pages that are mixed are found,
pages that are left out are not.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pipelines.corpus import CorpusSpec, SitemapSource
from pipelines.readers.edition_names import LOCALE, USUAL_ALIASES, VERSION, usual_default
from pipelines.readers.sitemap.fetching import Unavailable
from pipelines.readers.sitemap.page_says import AskPages

SitePath = tuple[str, ...]
VERSION_DEPTH = 4  # segments of a path among which they are looked for
# Below these a number names what a page is about, or its year.
_ABOUT_VERSIONS = frozenset(
    {"archive", "blog", "changelog", "changelogs", "migration", "news", "page", "release", "release-notes", "releases",
     "tag", "tags", "upgrade", "upgrading", "whats-new", "whatsnew"}
)  # fmt: skip
_DOCS = frozenset({"docs", "doc", "documentation", "manual", "guide", "guides", "help", "learn"})
_BARE_NUMBER = re.compile(r"(?P<v>[vV])?\d+")
_API_PART = re.compile(r"v\d+(?:alpha|beta)\d*", re.IGNORECASE)
_MOST_PROBED = 20  # places whose pages are asked what they are a version of
_PAGES_ASKED = 3


@dataclass(slots=True)
class NamedFolders:
    """Where the names of versions or locales stand: below `above`, one of `names`; which of them is the default."""

    above: SitePath
    names: set[str]
    default: str | None = None  # None: what is in none of them


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Names below `above` that may be versions, with their pages, and the pages beside them."""

    above: SitePath
    tails: Mapping[str, set[SitePath]]
    beside: set[SitePath]
    repeating: set[str]  # names below which the pages of others stand again


def path_of(address: str) -> SitePath:
    """The segments of an address's path; none of what is no address."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ()  # it is refused when it is fetched
    return tuple(part for part in path.split("/") if part)


async def find_versions(
    spec: CorpusSpec, source: SitemapSource, paths: Mapping[SitePath, str], base: SitePath, ask: AskPages
) -> dict[SitePath, NamedFolders]:
    """Where versions stand. `paths` are those of the pages without their locale, with their addresses."""
    places: dict[SitePath, NamedFolders] = {}
    probed = 0
    declared = {*spec.versions, *filter(None, [source.site.default_version])}
    for found in _candidates(set(paths)):
        names = _evident(found, base)
        doubtful = found.repeating - names
        is_above = base[: len(found.above)] == found.above
        named = (declared if is_above or _is_root(found.above, base) else set()) | (
            set(base[len(found.above) :][:1]) if is_above else set()
        )
        if doubtful & named:
            names = found.repeating
        elif doubtful and probed < _MOST_PROBED:
            probed += 1
            if await _pages_say_it(found, doubtful, paths, ask):
                names = found.repeating
        if names:
            places[found.above] = NamedFolders(found.above, names, _default_of(found, names, source, base))
    return places


def _candidates(paths: set[SitePath]) -> list[_Candidates]:
    below: defaultdict[SitePath, defaultdict[str, set[SitePath]]] = defaultdict(lambda: defaultdict(set))
    under: defaultdict[SitePath, list[SitePath]] = defaultdict(list)
    for path in paths:
        for at in range(min(VERSION_DEPTH, len(path)) + 1):
            under[path[:at]].append(path[at:])
        for at in range(min(VERSION_DEPTH, len(path))):
            if VERSION.fullmatch(path[at]):
                below[path[:at]][path[at]].add(path[at + 1 :])
                break  # a version inside of another one is a page about it
    found: list[_Candidates] = []
    for above, tails in sorted(below.items()):
        if above and above[-1].lower() in _ABOUT_VERSIONS:
            continue
        beside = {path for path in under[above] if not path or path[0] not in tails}
        # Of a site whose sitemap names no more than their first pages, versions are told by the one without a number.
        alone = not above and any(name.lower() in USUAL_ALIASES for name in tails)
        counts = Counter(tail for own in tails.values() for tail in own)
        counts.update(beside)
        names = {name for name, own in tails.items() if _repeats(own, counts, alone=alone)}
        if names:
            found.append(_Candidates(above, tails, beside, names))
    return found


def _repeats(tails: set[SitePath], counts: Counter[SitePath], *, alone: bool) -> bool:
    """Whether half of the pages stand in other places too: more than the first of them, or where it is `alone`."""
    shared = {tail for tail in tails if counts[tail] > 1}
    return 2 * len(shared) >= len(tails) and (bool(shared - {()}) or (alone and tails == {()}))


def _evident(found: _Candidates, base: SitePath) -> set[str]:
    """Those to which the names beside them and the place leave no other meaning."""
    beside = {one.lower() for one in found.tails}
    words = {one for one in beside if one.isalpha()}
    if any(_is_release(one) for one in found.repeating):
        return found.repeating
    is_root = _is_root(found.above, base)
    usual = words & set(USUAL_ALIASES)

    def is_one(name: str) -> bool:
        number = _BARE_NUMBER.fullmatch(name)
        if number is None:
            return is_root or bool(usual)
        return bool(number["v"] and words and is_root)

    return {name for name in found.repeating if is_one(name)}


def _is_root(above: SitePath, base: SitePath) -> bool:
    """Whether a site, its documentation or one of its languages begins there."""
    return not above or above == base or above[-1].lower() in _DOCS or bool(LOCALE.fullmatch(above[-1]))


def _is_release(name: str) -> bool:
    """Whether it has more than a number: `1.0`, `2.x`, `3-beta`; `v1beta1` is what parts of an API are called."""
    return not name.isalpha() and _BARE_NUMBER.fullmatch(name) is None and _API_PART.fullmatch(name) is None


async def _pages_say_it(found: _Candidates, doubtful: set[str], paths: Mapping[SitePath, str], ask: AskPages) -> bool:
    """Whether a page below one of the names says that it is of that version, or names its like of another one."""
    for name in sorted(doubtful)[:2]:
        own = sorted(found.tails[name], key=lambda one: (len(one), one))[:_PAGES_ASKED]
        try:
            said = await ask([paths[(*found.above, name, *tail)] for tail in own])
        except Unavailable:
            continue  # it says nothing, and in doubt there are no versions
        if said is None:
            continue
        if name.lower().removeprefix("v") in {one.lower().removeprefix("v") for one in said.versions}:
            return True
        if any(_is_like(path_of(link), name, own, found) for link in said.links):
            return True
    return False


def _is_like(link: SitePath, name: str, own: Sequence[SitePath], found: _Candidates) -> bool:
    """Whether a link of a page below `name` leads to the same page in another version, or to that in none."""
    at = len(found.above)
    for start in range(len(link) - at + 1 if at else 1):  # a locale may stand before it
        if link[start : start + at] != found.above:
            continue
        inner = link[start + at :]
        other = bool(inner) and inner[0] in found.tails and inner[0] != name
        if (other and inner[1:] in own) or (inner and inner in own and inner in found.beside):
            return True
    return False


def _default_of(found: _Candidates, names: set[str], source: SitemapSource, base: SitePath) -> str | None:
    unnamed = source.site.default_version not in names and any(
        len(found.tails[name] & found.beside) * 2 >= len(found.tails[name]) and found.tails[name] != {()}
        for name in names
    )
    return None if unnamed else _default_version(source, found.above, names, base)


def _default_version(source: SitemapSource, above: SitePath, names: set[str], base: SitePath) -> str | None:
    """The version that readers get who choose none, where nothing is shown without a version."""
    if source.site.default_version in names:
        return source.site.default_version
    if len(base) > len(above) and base[: len(above)] == above and base[len(above)] in names:
        return base[len(above)]
    return usual_default(sorted(names))
