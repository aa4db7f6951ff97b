"""`footnoted init`: a commented corpus file, by looking at the repository that it is to stand in."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.cli.options import ConfigOption, out
from app.cli.running import ended
from app.cli.sites.guess import PLACEHOLDER, SiteGuess, quoted_list
from app.cli.sites.search import describe_site
from pipelines.splitting.e5_install import INSTALL
from storage_config.errors import ConfigurationError

_SHOWN = 5  # of the patterns that leave files out; the corpus file has them all


def init(
    context: typer.Context,
    config: ConfigOption = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a commented footnoted.toml by looking at the repository it is to stand in."""
    path = config or context.obj or Path("footnoted.toml")
    try:
        site = describe_site(path.absolute().parent)
        write_corpus_file(path, site, overwrite=force)
    except ConfigurationError as error:
        raise ended(error) from None
    check = "Check" if site.base_url else "Write your site's address as"
    built = " --build" if site.build and not site.is_built else ""
    where = "this folder" if site.path == "." else site.path
    place = "" if site.kind == "sitemap" else f" in {where}"
    out.print(
        f"[bold]{escape(str(path))}[/bold]: {escape(site.what)}{escape(place)}. "
        f"{check} base_url in it, then: footnoted ingest{built}"
    )
    if site.language != "english":
        out.print(f"Its pages are in {site.language.capitalize()}, so it names local/e5-small. Once: {escape(INSTALL)}")
    if site.exclude:
        more = f" and {len(site.exclude) - _SHOWN} more" if len(site.exclude) > _SHOWN else ""
        out.print(
            "Left out as being about the repository, its releases or others' work: "
            f"{escape(', '.join(site.exclude[:_SHOWN]))}{more}. To read them, change exclude in it."
        )
    if site.others:
        out.print(
            f"There is more, which is not read: {escape(', '.join(site.others))}. Each can be a corpus of its own."
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
# The pages. flavour is the generator of a markdown site, whose urls and anchors are reproduced: docusaurus, mkdocs,
# vitepress, starlight, mdbook or plain. Other kinds are html (as it was built), sitemap (over HTTP) and pdf: see
# docs/sources.md.
{_remarks(site)}source = {site.source}
# Where the pages are published; links in answers start with it.
base_url = "{site.base_url or PLACEHOLDER}"{unsure}
{_editions(site)}{_quality(site)}
# The rest are the defaults; take the # away to change one.
# chunk = {{ max_tokens = 256, overlap_tokens = 32 }}
{_embedding(site)}# llm = ["extractive"]              # or OpenRouter models, tried in order, with OPENROUTER_API_KEY
# rerank = "none"                   # or "cohere/rerank-v3.5", "cross-encoder/FOLDER" (a local ONNX reranker)
# grounding = "flag"                # "strict": unsupported sentences never leave; "off": nothing is checked
{_language(site)}# citation_style = "apa"            # any CSL style
"""


def _embedding(site: SiteGuess) -> str:
    """The default knows English: pages in another language want a model that knows theirs."""
    if site.language == "english":
        others = 'or "local/e5-small" (a hundred languages), "cohere/embed-v4.0" (COHERE_API_KEY)'
        return f'# embedding = "local/minilm"        # {others}\n'
    why = f"The pages are in {site.language.capitalize()}, and the default model knows English."
    return f'# {why} Once: {INSTALL}\nembedding = "local/e5-small"\n'


def _language(site: SiteGuess) -> str:
    return '# language = "english"\n' if site.language == "english" else f'language = "{site.language}"\n'


def _quality(site: SiteGuess) -> str:
    """A site's own pages are its project's word; who wrote a collection of files is not known."""
    rules = 'source_quality = [ { match = "**", quality = "official" } ]'
    return (
        "# Quality of sources by path, first match wins: peer_reviewed, preprint, official, book, blog, unknown.\n"
        f"{'# ' if site.kind == 'pdf' else ''}{rules}\n"
    )


def _editions(site: SiteGuess) -> str:
    """The versions and locales that can be read beside the default ones, to be uncommented."""
    found = {"versions": site.versions, "locales": site.locales}
    lines = [f"# {key} = {quoted_list(names)}" for key, names in found.items() if names]
    if not lines:
        return ""
    about = (
        "# There are more, which are read beside the default ones where they are named; searches keep to one of them."
    )
    return "\n".join([about, *lines, ""])


def _remarks(site: SiteGuess) -> str:
    """What is particular about this site, as comments."""
    remarks = []
    if site.generator and site.is_built:
        remarks.append(f"{site.generator} is not read itself: its finished build is, in the folder below.")
        if site.build:
            remarks.append("To have footnoted ingest --build make it anew, write into the source:")
            remarks.append(f"build = {quoted_list(site.build)}")
    elif site.generator and site.kind == "html":
        remarks.append(f"{site.generator} is not read itself: its build is, which fills the folder below.")
        remarks.append(
            "footnoted ingest --build runs the command `build` first; without --build nothing does."
            if site.build
            else "Build it as HTML there first."
        )
    elif site.generator:
        remarks.append(f"{site.generator} is not read itself and builds nothing here: the published site is read.")
    if site.note:
        remarks.append(site.note)
    if site.exclude:
        remarks.append("Left out are files about the repository, its releases and what others wrote.")
    if site.others:
        remarks.append(f"There is more, which is not read: {', '.join(site.others)}.")
    return "".join(f"# {' '.join(remark.split())}\n" for remark in remarks)
