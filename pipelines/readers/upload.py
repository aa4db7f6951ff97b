"""A page that comes as bytes rather than from a source: what `POST /documents` takes."""

from pathlib import Path, PurePosixPath

from pipelines.corpus import CorpusSpec, MarkdownSource
from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter
from pipelines.readers.html.page import HtmlPage, read_html
from pipelines.readers.markdown.tree import MarkdownTree
from pipelines.readers.own_answer import read_own_answer
from pipelines.readers.page import DescribedPage, Page, describe_page, page_of
from pipelines.readers.pdf import read_pdf
from pipelines.readers.source_folder import SourceFolder, decode
from pipelines.types import Upload
from storage_config.vocabulary import LeftOutReason


def describe_upload(spec: CorpusSpec, upload: Upload, *, max_page_chars: int) -> DescribedPage:
    """The page. It sees no file: its includes and imports are dropped. Raises PageError."""
    page = _read(spec, upload, max_page_chars)
    if isinstance(page, str):
        raise PageError(upload.uri, f"is a page that its readers do not see ({page})")
    return describe_page(page)


def _read(spec: CorpusSpec, upload: Upload, max_chars: int) -> Page | LeftOutReason:
    if upload.kind == "answer":
        return read_own_answer(spec, upload, max_chars)
    path = PurePosixPath(upload.uri)
    # Two spellings of one path (`./a`, `a//b`) would be two pages of one address, of which one is the source's.
    if not path.name or str(path) != upload.uri or path.is_absolute() or ".." in path.parts or "\x00" in upload.uri:
        raise PageError(upload.uri, "is no uri; allowed: a relative path without `.`, `..` and empty names")
    if upload.kind == "markdown":
        text = decode(upload.uri, upload.data)
        if len(text) > max_chars:
            raise PageError(upload.uri, f"has {len(text):,} characters; at most {max_chars:,} are allowed")
        plain = MarkdownSource(kind="markdown", path=Path())  # no folder is read
        source = next((declared for declared in spec.sources if isinstance(declared, MarkdownSource)), plain)
        tree = MarkdownTree(spec, source, SourceFolder(None, max_chars))
        return tree.page(path, text, url=upload.url)
    url = upload.url or f"{spec.base_url.rstrip('/')}/{upload.uri}"
    if upload.kind == "html":
        read = read_html(upload.uri, upload.data, max_chars=max_chars)
        if isinstance(read, str):
            return read
    else:
        body, name = read_pdf(upload.uri, upload.data, max_chars=max_chars)
        read = HtmlPage(body, name, None, FrontMatter())
    title, said = read.title or path.stem, read.front_matter
    return page_of(spec, path, said, read.body, url=url, title=title, warnings=read.warnings)
