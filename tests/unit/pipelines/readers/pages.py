"""Pages read from strings, for the tests of the readers."""

from pipelines.readers.lines import Body, join_lines
from pipelines.readers.markdown.anchors import DocusaurusAnchors, GithubAnchors
from pipelines.readers.markdown.blocks import Dialect, PageMarkup, read_lines
from pipelines.readers.markdown.material import MkDocsAnchors, Renderer, unwrap
from pipelines.types import Heading


def read_docusaurus(source: str, *, page: PageMarkup | None = None, mdx: bool = True) -> Body:
    """The page as Docusaurus shows it."""
    dialect = Dialect(mdx=mdx, directives=True)
    return join_lines(read_lines(source, dialect, DocusaurusAnchors(mdx=mdx), page or PageMarkup()))


def read_github(source: str) -> Body:
    """The page as GitHub shows it."""
    return join_lines(read_lines(source, Dialect(), GithubAnchors(), PageMarkup()))


def read_mkdocs(source: str) -> Body:
    """The page as MkDocs with Material's extensions shows it."""
    anchors = MkDocsAnchors(source, Renderer())
    return join_lines(read_lines(unwrap(source), Dialect(templates=True), anchors, PageMarkup()))


def anchors_of(body: Body) -> list[str | None]:
    """The anchors of the page's headings, in its order; each heading is where it says."""
    assert misplaced(body) == []
    return [heading.anchor for heading in body.headings]


def misplaced(body: Body) -> list[Heading]:
    """The headings whose offsets do not give a line of their own with as many `#` as their level."""
    lines = [(heading, body.text[heading.start : heading.end]) for heading in body.headings]
    return [heading for heading, line in lines if "\n" in line or "#" * heading.level not in line]
