"""The editions of a site that a corpus declares, by the folders that its generator keeps them in."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.corpus import CorpusSpec, HtmlSource, MarkdownSource, PdfSource
from pipelines.readers.edition_folders import EditionFolder
from pipelines.readers.html.built_editions import find_built_editions
from pipelines.readers.markdown.docusaurus_site import find_docusaurus_editions
from pipelines.readers.markdown.mkdocs_site import find_mkdocs_editions
from pipelines.readers.markdown.starlight_site import find_starlight_editions


def find_editions(
    spec: CorpusSpec, source: MarkdownSource | HtmlSource | PdfSource, folder: Path
) -> Sequence[EditionFolder]:
    """The default edition, then those that the corpus names beside it. `folder` is the declared one, absolute.

    Raises SourceMissing for a version or locale that the site does not have.
    """
    if isinstance(source, MarkdownSource) and source.flavour == "docusaurus":
        return find_docusaurus_editions(spec, source, folder)
    if isinstance(source, MarkdownSource) and source.flavour == "starlight":
        return find_starlight_editions(spec, source, folder)
    if isinstance(source, MarkdownSource) and source.flavour == "mkdocs":
        return find_mkdocs_editions(spec, source, folder)
    if isinstance(source, HtmlSource):
        return find_built_editions(spec, source, folder)
    return (EditionFolder(folder, spec.base_url),)
