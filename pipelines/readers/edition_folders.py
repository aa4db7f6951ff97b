"""Where the pages of each version and locale of a site are, and where the site shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from storage_config.editions import DEFAULT_EDITION, Edition, PublishedEdition

_ABOVE = PurePosixPath("..")


@dataclass(frozen=True, slots=True)
class LocaleSuffixes:
    """Languages by the names of files: `a.fr.md` is the page `a.md` in `fr`, `a.md` that in the default language.

    `known` are the languages that are declared: `node.js.md` is a page of its own.
    """

    locale: str
    default: str
    known: frozenset[str]

    def files(self, paths: Iterable[PurePosixPath]) -> dict[PurePosixPath, PurePosixPath]:
        """The file of each page of the language, in order of the pages; those of others are left out."""
        by_page: dict[PurePosixPath, dict[str, PurePosixPath]] = {}
        for path in paths:
            page, locale = self.page_of(path)
            by_page.setdefault(page, {})[locale] = path
        wanted = (self.locale, self.default)
        chosen = {page: [files[one] for one in wanted if one in files][:1] for page, files in by_page.items()}
        return {page: chosen[page][0] for page in sorted(chosen, key=str) if chosen[page]}

    def page_of(self, path: PurePosixPath) -> tuple[PurePosixPath, str]:
        """The page that a file is, and its language."""
        page, _, locale = path.stem.rpartition(".")
        if not page or locale not in self.known:
            return path, self.default
        return path.with_name(page + path.suffix), locale


@dataclass(frozen=True, slots=True)
class EditionFolder:
    """The pages of one version and locale: `folder` is absolute, `base_url` where the site shows it.

    `uri_prefix` (empty, or ending with `/`) stands before the uris of its pages; those of the default edition have
    none, so that a page keeps its uri when another version becomes the default. Where there is a `fallback`, its
    files are the pages, as far as `folder` lacks them: what is not translated is shown untranslated, and what only
    `folder` has is a page where it `has_own_pages`. `suffixes` say which files are of the locale, where their names
    do. `exclude` are globs of what belongs to other editions, `hidden` the pages, without their endings, that
    another folder of the edition has in place of them, `site` is the folder of the site's configuration, seen
    from `folder`.
    """

    folder: Path
    base_url: str
    edition: Edition = DEFAULT_EDITION
    uri_prefix: str = ""
    fallback: Path | None = None
    exclude: tuple[str, ...] = ()
    site: PurePosixPath = _ABOVE
    has_own_pages: bool = False
    suffixes: LocaleSuffixes | None = None
    hidden: frozenset[PurePosixPath] = frozenset()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that its files are in."""
        return (self.folder,) if self.fallback is None else (self.folder, self.fallback)

    def uri_of(self, path: PurePosixPath) -> str:
        """The uri of the page that a file is, by its path in one of the folders."""
        return f"{self.uri_prefix}{self.suffixes.page_of(path)[0] if self.suffixes else path}"


def published_editions(found: Sequence[EditionFolder]) -> tuple[PublishedEdition, ...]:
    """What is recorded of them: those beside the default one, with their addresses."""
    beside = (PublishedEdition(one.edition, one.base_url) for one in found if not one.edition.is_default)
    return tuple(dict.fromkeys(beside))
