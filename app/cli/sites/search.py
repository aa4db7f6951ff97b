"""The site of a repository: the configuration nearest to its root, else the pages that are there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.cli.sites.built_sites import BUILT, FORMATS, find_generator, read_built, read_html_folder
from app.cli.sites.files import HTML, count_endings, folders, read_text
from app.cli.sites.guess import SiteGuess
from app.cli.sites.markdown_sites import (
    DOCUSAURUS,
    MKDOCS,
    VITEPRESS,
    find_mdbook,
    find_starlight,
    read_bare,
    read_docusaurus,
    read_mdbook,
    read_mkdocs,
    read_starlight,
    read_vitepress,
)
from app.cli.sites.page_language import language_of_pages
from app.cli.sites.titles import title_of_site
from pipelines.languages.known import Language
from storage_config.errors import ConfigurationError

_FOR_DOCS = ("docs", "doc", "documentation")
_FOLDERS = (*_FOR_DOCS, "content", "pages", "book", "src", "notebooks")
_API_FOLDERS = (".", "api", "docs", "doc", "openapi", "spec", "static", "public")
_API_NAMES = tuple(f"{name}.{ending}" for name in ("openapi", "swagger") for ending in ("json", "yaml", "yml"))
_API = re.compile(r"""^[{\s]*["']?openapi["']?\s*:\s*["']?3\.""", re.MULTILINE)
_MAX_OTHERS = 5
_MAX_NAME = 40


def describe_site(folder: Path) -> SiteGuess:
    """Looks for a generator's own configuration, then for pages: markdown, notebooks, built HTML, PDF files.

    OpenAPI documents are named beside them, and are the source where there is nothing else.

    Raises ConfigurationError where there is none of them.
    """
    name = _name_of(title_of_site(folder) or "") or _name_of(folder.name) or "docs"
    sites = _configured(name, folder)
    documents = [place.as_posix() for place in _api_documents(folder)]
    site = next(sites, None) or _weakly_configured(name, folder)
    if site is None:
        try:
            site = _unconfigured(name, folder)
        except ConfigurationError:
            if not documents:
                raise
            site = SiteGuess(name, "plain", documents.pop(0), None, "openapi")
    more = [*site.others, *(other.path for other in sites if other.path != site.path), *documents]
    others = tuple(dict.fromkeys(more))[:_MAX_OTHERS]
    language = _language_of(folder, site)
    return replace(site, others=others, language=language.name) if language else replace(site, others=others)


def _name_of(text: str) -> str:
    """The text as the name of a corpus; empty where it has no letter that such names take."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower())[:_MAX_NAME].strip("-_")


def _language_of(root: Path, site: SiteGuess) -> Language | None:
    """That of the pages, or of what they are built from where they are not built yet."""
    if site.kind not in ("markdown", "html"):
        return None
    return language_of_pages(root / site.path if (root / site.path).is_dir() else root)


def _api_documents(root: Path) -> Iterator[Path]:
    """OpenAPI 3 documents where they usually stand, under their usual names."""
    for path in (Path(folder) / name for folder in _API_FOLDERS for name in _API_NAMES):
        if (root / path).is_file() and _API.search(read_text(root / path)):
            yield path


def _configured(name: str, root: Path) -> Iterator[SiteGuess]:
    for folder in folders(root):
        if config := _first(folder, DOCUSAURUS):
            yield read_docusaurus(name, config, root)
        elif config := _first(folder, MKDOCS):
            yield read_mkdocs(name, config, root)
        elif config := _first(folder, VITEPRESS):
            yield read_vitepress(name, config, root)
        elif config := find_starlight(folder):
            yield read_starlight(name, config, root)
        elif config := find_mdbook(folder):
            yield read_mdbook(name, config, root)
        elif found := find_generator(folder, weak=False):
            yield read_built(name, found[0], folder, root, found[1])


def _weakly_configured(name: str, root: Path) -> SiteGuess | None:
    """A configuration that others have, too: in the root or where docs usually stand."""
    for folder in (root, *(root / inner for inner in _FOLDERS)):
        if found := find_generator(folder, weak=True):
            return read_built(name, found[0], folder, root, found[1])
    return None


def _unconfigured(name: str, root: Path) -> SiteGuess:
    for folder in (root / inner for inner in _FOLDERS):
        if site := _pages(name, folder, root):
            return site
    if built := _with_first_page(root, (*BUILT, *_FOR_DOCS, ".")):
        return read_html_folder(name, built, root)
    if site := _pages(name, root, root):
        return site
    if built := _with_first_page(root, _FOLDERS):  # `src/index.html` may be the shell of an app
        return read_html_folder(name, built, root)
    endings = count_endings(root)
    if most := _where_most_html_is(root, endings):
        return read_html_folder(name, most, root)
    if endings["pdf"]:
        return SiteGuess(name, "plain", ".", None, "pdf")
    raise ConfigurationError(
        f"{root}: no docusaurus.config, no mkdocs.yml and no markdown, HTML or PDF file in this folder "
        "or below it. A site over HTTP is read by its sitemap: docs/sources.md says how to declare one."
    )


def _with_first_page(root: Path, names: Sequence[str]) -> Path | None:
    return next((root / name for name in names if (root / name / "index.html").is_file()), None)


def _where_most_html_is(root: Path, endings: Mapping[str, int]) -> Path | None:
    """Where no page is the first, or not by this name: `index.de.html`, or `cover.html` of a book.

    A folder in which half of the pages stand, else the root; None where there are not more of them than PDF files.
    """
    everywhere = _html_among(endings)
    inner = {root / name: _html_among(count_endings(root / name)) for name in (*BUILT, *_FOLDERS)}
    folder, pages = max(inner.items(), key=lambda one: (one[1], len(one[0].parts)))
    if max(pages, everywhere) <= endings.get("pdf", 0):  # what was built is not counted among the root's own
        return None
    return folder if pages * 2 >= everywhere else root


def _html_among(endings: Mapping[str, int]) -> int:
    return sum(endings.get(ending.removeprefix("."), 0) for ending in HTML)


def _pages(name: str, folder: Path, root: Path) -> SiteGuess | None:
    """The folder's pages in the format that most of them have."""
    endings = count_endings(folder) if folder.is_dir() else {}
    markdown = endings.get("md", 0) + endings.get("mdx", 0)
    ending = max(FORMATS, key=lambda ending: endings.get(ending, 0))
    if endings.get(ending, 0) > markdown:
        return read_built(name, FORMATS[ending], folder, root)
    if not markdown and not endings.get("ipynb", 0):
        return None
    site = read_bare(name, folder, root)
    return replace(site, include=("**/*.md", "**/*.mdx", "**/*.ipynb")) if endings.get("ipynb", 0) else site


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)
