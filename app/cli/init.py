"""`footnoted init`: a commented corpus file, by looking at the folder that it is to stand in."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.cli.options import ConfigOption, out
from app.cli.running import ended
from pipelines.corpus import Flavour
from storage_config.errors import ConfigurationError
from storage_config.vocabulary import PageFormat

_DOCUSAURUS = ("docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs", "docusaurus.config.cjs")
_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")
_FOLDERS = ("docs", "doc", "content", "pages", "book", "src")
_BUILT = ("site", "build", "public", "dist", "_site", "_build/html", "docs/_build/html", "html", "out")
_CANONICAL = re.compile(r"""<link[^>]+rel=["']?canonical["']?[^>]+href=["'](https?://[^"'?#]+)""")
_URL = r"['\"](https?://[^'\"]+)['\"]"


def init(
    context: typer.Context,
    config: ConfigOption = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a commented footnoted.toml by looking at the folder it is to stand in."""
    path = config or context.obj or Path("footnoted.toml")
    try:
        site = describe_site(path.absolute().parent)
        write_corpus_file(path, site, overwrite=force)
    except ConfigurationError as error:
        raise ended(error) from None
    out.print(
        f"[bold]{escape(str(path))}[/bold]: {site.what} in {escape(site.path)}. "
        "Check base_url in it, then: footnoted ingest"
    )


@dataclass(frozen=True, slots=True)
class SiteGuess:
    """What the folder looks like. `path` is relative to it; `base_url` None where nothing tells it.

    `flavour` is that of markdown pages.
    """

    name: str
    flavour: Flavour
    path: str
    base_url: str | None
    kind: PageFormat = "markdown"

    @property
    def what(self) -> str:
        """In words."""
        return {"markdown": f"a {self.flavour} site", "html": "a built HTML site", "pdf": "a collection of PDF files"}[
            self.kind
        ]

    @property
    def source(self) -> str:
        """As the corpus file declares it."""
        flavour = f', flavour = "{self.flavour}"' if self.kind == "markdown" else ""
        return f'{{ kind = "{self.kind}", path = "{self.path}"{flavour} }}'


def describe_site(folder: Path) -> SiteGuess:
    """Looks for a generator's own configuration, then for pages: markdown, built HTML, PDF files.

    Raises ConfigurationError where there is none of them.
    """
    name = re.sub(r"[^a-z0-9_-]+", "-", folder.name.lower()).strip("-_") or "docs"
    if config := _first(folder, _DOCUSAURUS):
        text = config.read_text(encoding="utf-8", errors="replace")
        options = _docs_options(text)
        return SiteGuess(name, "docusaurus", _docs_folder(folder, options, "path"), _docusaurus_url(text, options))
    if config := _first(folder, _MKDOCS):
        text = config.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"^site_url:\s*['\"]?(https?://[^\s'\"]+)", text, re.MULTILINE)
        return SiteGuess(name, "mkdocs", _docs_folder(folder, text, r"docs_dir"), found[1] if found else None)
    for candidate in _FOLDERS:
        if _holds(folder / candidate, "md", "mdx"):
            return SiteGuess(name, "plain", candidate, None)
    for candidate in (*_BUILT, "."):
        if (folder / candidate / "index.html").is_file():
            return SiteGuess(name, "plain", candidate, _canonical(folder / candidate / "index.html"), "html")
    if _holds(folder, "md", "mdx"):
        return SiteGuess(name, "plain", ".", None)
    if _holds(folder, "pdf"):
        return SiteGuess(name, "plain", ".", None, "pdf")
    raise ConfigurationError(
        f"{folder}: no docusaurus.config, no mkdocs.yml and no markdown file in this folder, no index.html of a built "
        "site and no PDF file. A site over HTTP is read by its sitemap: docs/sources.md says how to declare one."
    )


def write_corpus_file(path: Path, site: SiteGuess, *, overwrite: bool) -> None:
    """Writes the file. Raises ConfigurationError where there is one already, unless it may be overwritten."""
    if path.exists() and not overwrite:
        raise ConfigurationError(f"{path}: there is one already; --force overwrites it.")
    path.write_text(_text(site), encoding="utf-8")


def _text(site: SiteGuess) -> str:
    unsure = "" if site.base_url else "   # nothing here tells it: write your site's address"
    return f"""# What Footnoted reads and how it answers. Secrets never stand here: see .env.example.
[corpora.{site.name}]
# The pages. flavour is the generator of a markdown site, whose urls and anchors are reproduced: docusaurus, mkdocs or
# plain. Other kinds are html (a site as it was built), sitemap (a site over HTTP) and pdf: see docs/sources.md.
source = {site.source}
# Where the pages are published; links in answers start with it.
base_url = "{site.base_url or "https://example.org/docs"}"{unsure}

# The rest are the defaults; take the # away to change one.
# chunk = {{ max_tokens = 256, overlap_tokens = 32 }}
# embedding = "local/minilm"        # or "cohere/embed-v4.0", with COHERE_API_KEY
# llm = ["extractive"]              # or OpenRouter models, tried in order, with OPENROUTER_API_KEY
# rerank = "none"                   # or "cohere/rerank-v3.5"
# grounding = "flag"                # "strict": unsupported sentences never leave; "off": nothing is checked
# language = "english"
# Quality of sources by path, the first match wins: peer_reviewed, preprint, official, book, blog, unknown.
# source_quality = [ {{ match = "references/**", quality = "peer_reviewed" }} ]
# citation_style = "apa"            # any CSL style
"""


def _holds(folder: Path, *endings: str) -> bool:
    return any(next(folder.glob(f"**/*.{ending}"), None) for ending in endings)


def _canonical(index: Path) -> str | None:
    """The address that the first page of a built site gives itself."""
    found = _CANONICAL.search(index.read_text(encoding="utf-8", errors="replace"))
    return found[1].removesuffix("index.html").rstrip("/") if found else None


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _docs_folder(folder: Path, text: str, key: str) -> str:
    """The folder that the configuration names, if it is there; else `docs`."""
    named = [m[1].removeprefix("./").rstrip("/") for m in re.finditer(rf"\b{key}:\s*['\"]?([\w./-]+)", text)]
    return next((name for name in named if name and (folder / name).is_dir()), "docs")


def _docs_options(text: str) -> str:
    """The options of the docs, which have names in common with those of the blog and the pages."""
    docs = re.search(r"\bdocs:\s*\{", text)
    return re.split(r"\b(?:blog|pages|theme):\s*\{", text[docs.end() :])[0] if docs else ""


def _docusaurus_url(text: str, options: str) -> str | None:
    """url, baseUrl and the docs' routeBasePath joined, as Docusaurus does."""
    url = re.search(rf"\burl:\s*{_URL}", text)
    if url is None:
        return None
    parts = [url[1].rstrip("/")]
    for key, default, where in (("baseUrl", "", text), ("routeBasePath", "docs", options)):
        found = re.search(rf"\b{key}:\s*['\"]([^'\"]*)['\"]", where)
        parts.append((found[1] if found else default).strip("/"))
    return "/".join(part for part in parts if part)
