"""A tree of markdown or MDX files as one of the generators builds it → pages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from pipelines.corpus import CorpusSpec, Flavour, MarkdownSource
from pipelines.errors import PageError
from pipelines.readers.front_matter import (
    FrontMatter,
    FrontMatterError,
    read_front_matter,
    split_front_matter,
    split_meta_data,
)
from pipelines.readers.html.frames import frame_warnings
from pipelines.readers.lines import Line, join_lines
from pipelines.readers.markdown.anchors import DocusaurusAnchors, GithubAnchors
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines
from pipelines.readers.markdown.code_marks import docusaurus_code, material_code, vitepress_code
from pipelines.readers.markdown.includes import MAX_DEPTH, IncludeBases, expand_includes
from pipelines.readers.markdown.material import MkDocsAnchors, Renderer, unwrap
from pipelines.readers.markdown.mdbook import MdBookAnchors, expand_mdbook, shown_code
from pipelines.readers.markdown.mkdocs_config import MkDocsConfig, read_mkdocs_config
from pipelines.readers.markdown.notebook import read_notebook
from pipelines.readers.markdown.page_head import forbids_robots, raw_headings
from pipelines.readers.markdown.starlight import StarlightAnchors, title_lines
from pipelines.readers.markdown.summary import read_book
from pipelines.readers.markdown.urls import page_url, strip_number_prefix
from pipelines.readers.markdown.vitepress import VitePressAnchors, expand_vitepress, home_lines
from pipelines.readers.page import Page, first_title, page_of
from pipelines.readers.source_folder import SourceFolder, decode, matches, printable
from storage_config.vocabulary import LeftOutReason

# What Docusaurus leaves out unless told otherwise: partials and tests.
_DOCUSAURUS_EXCLUDES = ("**/_*.{md,mdx}", "**/_*/**", "**/__tests__/**", "**/*.test.{md,mdx}")
_STARLIGHT_EXCLUDES = ("**/_*.{md,mdx}", "404.{md,mdx}")
_MKDOCS_EXCLUDES = ("templates/**",)
_EXCLUDES: dict[Flavour, tuple[str, ...]] = {
    "docusaurus": _DOCUSAURUS_EXCLUDES, "mkdocs": _MKDOCS_EXCLUDES, "starlight": _STARLIGHT_EXCLUDES,
}  # fmt: skip
# Pictures in a notebook take more room than the text in it.
_NOTEBOOK_BYTES_PER_CHARACTER = 16
_MDX_CODE_BLOCK = re.compile(r"(^|\n) *(`{3,4}) *mdx-code-block\n(.*?)\n *\2(?=\n|$)", re.DOTALL)
_ABOVE = PurePosixPath("..")  # the site's folder is the one that holds the source folder
_Place = tuple[list[str], tuple[PurePosixPath, ...]]  # where warnings go, and the pages that include this one


class MarkdownTree:
    """The pages of a markdown source, whose site's folder is `site`, seen from its own.

    One object reads one tree once, in one thread.
    """

    def __init__(
        self, spec: CorpusSpec, source: MarkdownSource, folder: SourceFolder, *, site: PurePosixPath = _ABOVE
    ) -> None:
        self._spec, self._source, self._folder, self._site = spec, source, folder, site
        self._renderer = Renderer() if source.flavour == "mkdocs" else None
        self._book = read_book(spec.name, folder) if source.flavour == "mdbook" else None
        has_config = self._renderer is not None and folder.root is not None
        self._config = read_mkdocs_config(folder.root) if has_config and folder.root else MkDocsConfig()

    def paths(self) -> Iterator[PurePosixPath]:
        """The files that are pages of the site, in order of their uris."""
        own = _EXCLUDES.get(self._source.flavour, ())
        paths = list(self._folder.paths(self._source.include, (*self._source.exclude, *own)))
        present = set(paths)
        if self._book is not None:
            # A chapter without its file is told where it is read.
            paths = [path for path in self._book.titles if self._is_included(path)]
        for path in paths:
            # MkDocs: a README beside an index is not a page.
            if self._source.flavour == "mkdocs" and path.name == "README.md" and path.with_name("index.md") in present:
                continue
            yield path

    def unread(self) -> Iterator[tuple[str, LeftOutReason]]:
        """What is no page though it is in the folder or the book: parts of pages, chapters that are not written yet."""
        if self._book is not None:
            yield from ((title, "draft") for title in self._book.drafts)
            # A chapter that `exclude` names is left out on purpose; one that `include` does not may be forgotten.
            for path in self._book.titles:
                if not self._is_included(path) and not matches(path, self._source.exclude, hidden=True):
                    yield printable(path), "unlisted"
            for path in self._folder.paths(self._source.include, self._source.exclude):
                if path not in self._book.titles and path.name != "SUMMARY.md":
                    yield printable(path), "unlisted"
        own = _EXCLUDES.get(self._source.flavour)
        for path in self._folder.paths(self._source.include, self._source.exclude) if own else ():
            if matches(path, own or (), hidden=True):
                yield printable(path), "partial"

    def _is_included(self, path: PurePosixPath) -> bool:
        include, exclude = self._source.include, self._source.exclude
        return matches(path, include) and not (exclude and matches(path, exclude, hidden=True))

    def read(self, path: PurePosixPath, file: PurePosixPath | None = None) -> Page | LeftOutReason:
        """The page, or why its readers do not see it; `file` is where its text is, if not there. Raises PageError."""
        if reason := self._config.reason(path):
            return reason
        if path.suffix == ".ipynb":
            limit = self._folder.max_chars * _NOTEBOOK_BYTES_PER_CHARACTER
            return self.page(path, decode(str(path), self._folder.read_bytes(file or path, limit)))
        return self.page(path, self._read_text(file or path))

    def _read_text(self, path: PurePosixPath) -> str:
        """The file's text. A link may lead to markdown beside MkDocs' configuration: `index.md` -> `../README.md`."""
        beside, root = self._beside(), self._folder.root
        if beside is not None and beside.root is not None and root is not None and (root / path).is_symlink():
            found = beside.find(str((root / path).relative_to(beside.root)), PurePosixPath("."))
            if found is not None and found.suffix == ".md":
                return beside.read_text(found)
        return self._folder.read_text(path)

    def _beside(self) -> SourceFolder | None:
        """The folder of MkDocs' configuration, where it is known."""
        return SourceFolder(self._config.folder, self._folder.max_chars) if self._config.folder else None

    def page(self, path: PurePosixPath, text: str, *, url: str | None = None) -> Page | LeftOutReason:
        """The same of a file's text; `url` overrides where the generator would publish it."""
        warnings: list[str] = []
        named: str | None = None
        if path.suffix == ".ipynb":
            front_matter, lines = read_notebook(str(path), text, warnings)
            body = join_lines(lines)
            if len(body.text) > self._folder.max_chars:
                raise PageError(str(path), f"has more than {self._folder.max_chars:,} characters")
            if front_matter.left_out:
                return front_matter.left_out
        else:
            values, source, front_matter = self._front_matter(path, text, warnings)
            if front_matter.left_out or forbids_robots(source):
                return front_matter.left_out or "noindex"
            if self._book is not None:
                source, named = expand_mdbook(source, path, self._book, warnings)
                named = named or self._book.titles.get(path)
            shown = {
                f"{name}.{key}": str(one)
                for key, one in values.items()
                if isinstance(one, str | int | float)
                for name in ("frontMatter", "frontmatter")
            }
            lines = self._lines(path, source, front_matter, shown, warnings)
            body = join_lines(lines)
            if self._source.flavour == "vitepress" and (above := home_lines(values)):
                body = join_lines([*above, *lines])
            if self._source.flavour == "starlight" and body.text:
                body = join_lines([*title_lines(front_matter.title or path.stem, values), *lines])
        if not body.text:
            return "empty"
        base, slash = self._spec.base_url, self._source.trailing_slash
        url = url or page_url(self._source.flavour, base, path, front_matter, slash)
        untitled = () if _is_home(path) else raw_headings(text)
        title = front_matter.title or named or first_title(body, self._fallback_title(path, front_matter), untitled)
        access = self._source.access
        page = page_of(self._spec, path, front_matter, body, url=url, title=title, access=access, warnings=warnings)
        return page if path.suffix == ".ipynb" else replace(page, source=text)

    def _front_matter(
        self, path: PurePosixPath, text: str, warnings: list[str]
    ) -> tuple[Mapping[str, Any], str, FrontMatter]:
        """What stands above the page. Where its generator publishes a page whose front matter is broken, it is kept."""
        try:
            values, source = split_front_matter(text, self._source.flavour)
            if not values and self._source.flavour == "mkdocs":
                values, source = split_meta_data(source)
            if self._source.flavour == "plain":  # Hugo and others take no heed of the case of a key
                values = {**{key.lower(): value for key, value in values.items()}, **values}
        except FrontMatterError as error:
            if error.rest is None or self._source.flavour in ("docusaurus", "starlight"):
                raise PageError(str(path), str(error)) from None
            values, source = dict(error.salvaged), error.rest
            if source != text:
                warnings.append(str(error))
        if self._source.flavour not in ("docusaurus", "starlight"):
            # Where no schema refuses them the page is published, whatever its title becomes.
            odd = [key for key in ("title", "slug", "id") if isinstance(values.get(key), bool | dict | list)]
            warnings += [f"front matter: {key} is no text and is not read" for key in odd]
            values = {key: value for key, value in values.items() if key not in odd}
        try:
            return values, source, read_front_matter(values)
        except FrontMatterError as error:
            raise PageError(str(path), str(error)) from None

    def _lines(
        self, path: PurePosixPath, source: str, front_matter: FrontMatter, values: dict[str, str], warnings: list[str]
    ) -> list[Line]:
        if self._renderer is not None:
            beside = self._beside()
            site = IncludeBases(beside, self._config.bases) if beside else None
            expanded = expand_includes(source, path, self._folder, warnings, site=site)
            anchors = MkDocsAnchors(expanded, self._renderer)
            page = PageMarkup(shown_code=material_code)
            dialect = Dialect(
                templates=True,
                emoji=self._config.may_have("pymdownx.emoji"),
                cell_attributes=self._config.may_have("attr_list"),
            )
            lines = read_lines(unwrap(expanded), dialect, anchors, page)
        else:
            page = PageMarkup(values)
            lines = self._mdx_lines(path, source, front_matter, page, (warnings, ()))
        if page.unknown:
            names = ", ".join(f"{name} ({count})" for name, count in page.unknown.most_common(8))
            warnings.append(f'shows components whose text only a build tells: {names}; kind = "html" reads built pages')
        warnings += frame_warnings(page.frames)
        return lines

    def _mdx_lines(
        self, path: PurePosixPath, source: str, front_matter: FrontMatter, page: PageMarkup, place: _Place
    ) -> list[Line]:
        """The lines of a page or of a partial, whose headings are numbered on their own."""
        warnings, parents = place

        def read_partial(target: str, attributes: Mapping[str, str]) -> Sequence[Line] | None:
            props = {f"props.{name}": value for name, value in attributes.items()}
            inner = PageMarkup(props, unknown=page.unknown, frames=page.frames)
            return self._partial(path, target, inner, (warnings, (*parents, path)))

        page = replace(page, keep_unknown=path.suffix != ".mdx", read_partial=read_partial)
        if self._source.flavour == "docusaurus":
            mdx = front_matter.mdx_format != "md"
            source = _MDX_CODE_BLOCK.sub(r"\1\3", source)
            page = replace(page, shown_code=docusaurus_code)
            return read_lines(source, Dialect(mdx, directives=True, emoji=True), DocusaurusAnchors(mdx=mdx), page)
        if self._source.flavour == "vitepress":
            source = expand_vitepress(source, path, self._folder, warnings)
            page = replace(page, shown_code=vitepress_code)
            return read_lines(
                source, Dialect(directives=True, emoji=True, single_tilde=False), VitePressAnchors(), page
            )
        mdx = path.suffix == ".mdx"
        if self._source.flavour == "starlight":
            return read_lines(
                source, Dialect(mdx, directives=True), StarlightAnchors(mdx=mdx, values=page.values), page
            )
        if self._book is not None:
            page = replace(page, shown_code=partial(shown_code, self._book.hidden))
            return read_lines(source, Dialect(single_tilde=False), MdBookAnchors(smart=self._book.smart), page)
        return read_lines(source, Dialect(mdx, template_lines=not mdx, emoji=True), GithubAnchors(mdx=mdx), page)

    def _partial(self, path: PurePosixPath, target: str, page: PageMarkup, place: _Place) -> Sequence[Line] | None:
        """The lines of an imported page, which the reader sees where its tag stands."""
        warnings, parents = place
        base, name = path.parent, target
        if target.startswith("@site/"):
            base, name = self._site, target.removeprefix("@site/")
        found = self._folder.find(name, base)
        if found is None or found in parents or len(parents) > MAX_DEPTH:
            warnings.append(f"the import of {target} leads out of the source folder or nowhere and is dropped")
            return None
        try:
            values, source = split_front_matter(self._folder.read_text(found), self._source.flavour)
            return self._mdx_lines(found, source, read_front_matter(values), page, place)
        except (PageError, FrontMatterError) as error:
            warnings.append(f"the import of {target} is dropped: {error}")
            return None

    def _fallback_title(self, path: PurePosixPath, front_matter: FrontMatter) -> str:
        if self._source.flavour == "docusaurus":
            return front_matter.id or strip_number_prefix(path.stem)
        if self._source.flavour == "mkdocs":
            words = path.stem.replace("-", " ").replace("_", " ")
            return words.capitalize() if words.islower() else words
        return path.stem


def _is_home(path: PurePosixPath) -> bool:
    """Whether it is the page that the site opens with."""
    return len(path.parts) == 1 and path.stem.lower() in ("index", "readme")
