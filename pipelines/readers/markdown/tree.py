"""A tree of markdown or MDX files as one of three generators builds it → pages."""

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter, FrontMatterError, read_front_matter, split_front_matter
from pipelines.readers.lines import Body, Line, join_lines
from pipelines.readers.markdown.anchors import DocusaurusAnchors, GithubAnchors
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines
from pipelines.readers.markdown.includes import MAX_DEPTH, expand_includes
from pipelines.readers.markdown.material import MkDocsAnchors, build_renderer, unwrap
from pipelines.readers.markdown.urls import page_url, strip_number_prefix
from pipelines.readers.page import Page, bibliography, first_title, source_quality
from pipelines.readers.source_folder import SourceFolder

_log = logging.getLogger(__name__)

# What Docusaurus leaves out unless told otherwise: partials and tests.
_DOCUSAURUS_EXCLUDES = ("**/_*.{md,mdx}", "**/_*/**", "**/__tests__/**", "**/*.test.{md,mdx}")
_MKDOCS_EXCLUDES = ("templates/**",)
_MDX_CODE_BLOCK = re.compile(r"(^|\n) *(`{3,4}) *mdx-code-block\n(.*?)\n *\2(?=\n|$)", re.DOTALL)


class MarkdownTree:
    """The pages of a markdown source. One object reads one tree once, in one thread."""

    def __init__(self, spec: CorpusSpec, source: MarkdownSource, folder: SourceFolder) -> None:
        self._spec, self._source, self._folder = spec, source, folder
        self._renderer = build_renderer() if source.flavour == "mkdocs" else None

    def paths(self) -> Iterator[PurePosixPath]:
        """The files that are pages of the site, in order of their uris."""
        own = {"docusaurus": _DOCUSAURUS_EXCLUDES, "mkdocs": _MKDOCS_EXCLUDES}.get(self._source.flavour, ())
        paths = list(self._folder.paths(self._source.include, (*self._source.exclude, *own)))
        present = set(paths)
        for path in paths:
            # MkDocs: a README beside an index is not a page.
            if self._source.flavour == "mkdocs" and path.name == "README.md" and path.with_name("index.md") in present:
                continue
            yield path

    def read(self, path: PurePosixPath) -> Page | None:
        """The page; None where the generator leaves it out (draft, unlisted). Raises PageError."""
        return self.page(path, self._folder.read_text(path))

    def page(self, path: PurePosixPath, text: str, *, url: str | None = None) -> Page | None:
        """The same of a file's text; `url` overrides where the generator would publish it."""
        try:
            values, source = split_front_matter(text)
            front_matter = read_front_matter(values)
        except FrontMatterError as error:
            raise PageError(str(path), str(error)) from None
        if front_matter.hidden and self._source.flavour == "docusaurus":
            return None
        shown = {
            f"frontMatter.{key}": str(value) for key, value in values.items() if isinstance(value, str | int | float)
        }
        body = self._body(path, source, front_matter, shown)
        base, slash = self._spec.base_url, self._source.trailing_slash
        url = url or page_url(self._source.flavour, base, path, front_matter, slash)
        title = front_matter.title or first_title(body, self._fallback_title(path, front_matter))
        return Page(
            uri=str(path),
            url=url,
            title=title,
            body=body,
            quality=source_quality(path, front_matter, self._spec.source_quality),
            bibliography=bibliography(str(path), url, title, front_matter),
        )

    def _body(self, path: PurePosixPath, source: str, front_matter: FrontMatter, values: dict[str, str]) -> Body:
        if self._renderer is not None:
            expanded = expand_includes(source, path, self._folder)
            anchors = MkDocsAnchors(expanded, self._renderer)
            return join_lines(read_lines(unwrap(expanded), Dialect(templates=True), anchors, PageMarkup()))
        return join_lines(self._mdx_lines(path, source, front_matter, values, ()))

    def _mdx_lines(
        self, path: PurePosixPath, source: str, front_matter: FrontMatter, values: dict[str, str],
        parents: tuple[PurePosixPath, ...],
    ) -> list[Line]:  # fmt: skip
        """The lines of a page or of a partial, whose headings are numbered on their own."""

        def read_partial(target: str) -> Sequence[Line] | None:
            return self._partial(path, target, (*parents, path))

        page = PageMarkup(values, keep_unknown=path.suffix != ".mdx", read_partial=read_partial)
        if self._source.flavour == "docusaurus":
            mdx = front_matter.mdx_format != "md"
            source = _MDX_CODE_BLOCK.sub(r"\1\3", source)
            return read_lines(source, Dialect(mdx, directives=True), DocusaurusAnchors(mdx=mdx), page)
        mdx = path.suffix == ".mdx"
        return read_lines(source, Dialect(mdx), GithubAnchors(mdx=mdx), page)

    def _partial(self, path: PurePosixPath, target: str, parents: tuple[PurePosixPath, ...]) -> Sequence[Line] | None:
        """The lines of an imported page, which the reader sees where its tag stands."""
        base, name = path.parent, target
        if target.startswith("@site/"):
            # The site's folder is the one that holds the source folder.
            base, name = PurePosixPath(".."), target.removeprefix("@site/")
        found = self._folder.find(name, base)
        if found is None or found in parents or len(parents) > MAX_DEPTH:
            _log.warning("%s: the import of %s leads out of the source folder or nowhere and is dropped", path, target)
            return None
        try:
            values, source = split_front_matter(self._folder.read_text(found))
            return self._mdx_lines(found, source, read_front_matter(values), {}, parents)
        except (PageError, FrontMatterError) as error:
            _log.warning("%s: the import of %s is dropped: %s", path, target, error)
            return None

    def _fallback_title(self, path: PurePosixPath, front_matter: FrontMatter) -> str:
        if self._source.flavour == "docusaurus":
            return front_matter.id or strip_number_prefix(path.stem)
        if self._source.flavour == "mkdocs":
            words = path.stem.replace("-", " ").replace("_", " ")
            return words.capitalize() if words.islower() else words
        return path.stem
