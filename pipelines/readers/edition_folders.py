"""Where the pages of each version and locale of a site are, and where the site shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from storage_config.editions import DEFAULT_EDITION, Edition, PublishedEdition

_ABOVE = PurePosixPath("..")


@dataclass(frozen=True, slots=True)
class EditionFolder:
    """The pages of one version and locale: `folder` is absolute, `base_url` where the site shows it.

    `uri_prefix` (empty, or ending with `/`) stands before the uris of its pages; those of the default edition have
    none, so that a page keeps its uri when another version becomes the default. Where there is a `fallback`, its
    files are the pages, as far as `folder` lacks them: what is not translated is shown untranslated, and what only
    `folder` has is a page where it `has_own_pages`. `exclude` are globs of what belongs to other editions, `site` is
    the folder of the site's configuration, seen from `folder`.
    """

    folder: Path
    base_url: str
    edition: Edition = DEFAULT_EDITION
    uri_prefix: str = ""
    fallback: Path | None = None
    exclude: tuple[str, ...] = ()
    site: PurePosixPath = _ABOVE
    has_own_pages: bool = False

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that its files are in."""
        return (self.folder,) if self.fallback is None else (self.folder, self.fallback)


def published_editions(found: Sequence[EditionFolder]) -> tuple[PublishedEdition, ...]:
    """What is recorded of them: those beside the default one, with their addresses."""
    return tuple(PublishedEdition(one.edition, one.base_url) for one in found if not one.edition.is_default)
