"""The languages of a MkDocs site with the plugin mkdocs-static-i18n, in either of its two structures.

`folder`: `docs/en/a.md` and `docs/fr/a.md`, and files beside them that every language has. `suffix`: `a.md` (or
`a.en.md`) and `a.fr.md`. The default language is shown at the root, another one at its name; pages that are not
translated are shown there untranslated.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import SourceMissing
from pipelines.readers.edition_folders import EditionFolder, LocaleSuffixes
from pipelines.readers.source_folder import SourceFolder
from storage_config.editions import Edition

_USUAL_LOCALE = "en"


def find_mkdocs_editions(spec: CorpusSpec, source: MarkdownSource, folder: Path) -> Sequence[EditionFolder]:
    """The default language, then the named ones; all files are one where neither is declared.

    Raises SourceMissing for a language that the site does not have.
    """
    if spec.versions:
        raise SourceMissing(
            f'{spec.name}: versions: MkDocs\' pages have none: read the branch that mike publishes with kind = "html"'
        )
    declared = source.site.default_locale
    if declared is None and not spec.locales and not source.site.locales:
        return (EditionFolder(folder, spec.base_url),)
    default = declared or _USUAL_LOCALE
    named = [name for name in dict.fromkeys(spec.locales) if name != default]
    by_folder = (folder / default).is_dir()
    for name in named:
        if not ((folder / name).is_dir() if by_folder else any(folder.rglob(f"*.{name}.md"))):
            what = f"folder {name}" if by_folder else f"file that ends in .{name}.md"
            raise SourceMissing(f"{spec.name}: locales: {name!r} is none of the site: there is no {what} in {folder}")
    editions = _folders if by_folder else _suffixes
    return tuple(editions(spec, source, folder, (default, *named)))


def _folders(spec: CorpusSpec, source: MarkdownSource, folder: Path, locales: Sequence[str]) -> Iterator[EditionFolder]:
    """Those of the locales, the default one first. Nothing but the declaration tells one from a folder of pages."""
    default, *named = locales
    own = folder / default
    excluded = tuple(f"{name}/**" for name in sorted({*locales, *source.site.locales}))
    shared, translated = _pages(source, folder, excluded), _pages(source, own)
    for name in (None, *named):
        url, edition = (f"{spec.base_url}/{name}" if name else spec.base_url), Edition(None, name)
        # What a language has itself is shown in place of what all of them share.
        hidden = translated
        if name is None:
            yield EditionFolder(own, url, edition, f"{default}/")
        else:
            hidden |= _pages(source, folder / name)
            yield EditionFolder(folder / name, url, edition, f"{name}/", own, has_own_pages=True)
        if shared - hidden:
            prefix = f"{name}/" if name else ""
            yield EditionFolder(folder, url, edition, prefix, exclude=excluded, hidden=hidden)


def _pages(source: MarkdownSource, folder: Path, excluded: Sequence[str] = ()) -> frozenset[PurePosixPath]:
    """The pages of a folder, without the endings of their files."""
    paths = SourceFolder(folder, 0).paths(source.include, (*source.exclude, *excluded))
    return frozenset(path.with_suffix("") for path in paths)


def _suffixes(
    spec: CorpusSpec, source: MarkdownSource, folder: Path, locales: Sequence[str]
) -> Iterator[EditionFolder]:
    default, *named = locales
    known = frozenset({*locales, *source.site.locales})
    for name in (None, *named):
        url = f"{spec.base_url}/{name}" if name else spec.base_url
        suffixes = LocaleSuffixes(name or default, default, known)
        yield EditionFolder(folder, url, Edition(None, name), f"{name}/" if name else "", suffixes=suffixes)
