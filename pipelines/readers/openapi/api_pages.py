"""The pages of an OpenAPI document: its operations, grouped by their tags."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from pipelines.corpus import CorpusSpec, OpenApiSource
from pipelines.errors import PageError
from pipelines.readers.front_matter import FrontMatter
from pipelines.readers.lines import BLANK, Line, LineHeading, join_lines
from pipelines.readers.openapi.addresses import (
    has_page_of_its_own,
    operation_anchor,
    page_url,
    redoc_slug,
    tag_anchor,
)
from pipelines.readers.openapi.document import ApiDocument, Operation, as_dict, as_list, one_line, read_document
from pipelines.readers.openapi.operations import operation_lines, operation_title
from pipelines.readers.openapi.prose import read_sections
from pipelines.readers.openapi.schemas import code, joined
from pipelines.readers.page import DescribedPage, describe_page, page_of
from pipelines.readers.source_folder import SourceFolder
from pipelines.types import PageFailure

# Longer documents than this are pages of many bodies: as YAML they take half a minute to load.
MAX_CHARS = 20_000_000
# Text that operations refer to is shown by each of them, which is where a small document can become an endless one.
MAX_GROWTH = 20
_MIN_ROOM = 500_000


def read_api(
    spec: CorpusSpec, source: OpenApiSource, path: Path, max_page_chars: int
) -> list[DescribedPage | PageFailure]:
    """The pages in order of their uris, read anew. Raises PageError where the file is no OpenAPI document."""
    return list(_ApiReader(spec, source, path, max_page_chars).read())


class _ApiReader:
    """A page is a tag with its operations, or a path for operations without one."""

    def __init__(self, spec: CorpusSpec, source: OpenApiSource, path: Path, max_page_chars: int) -> None:
        self._spec, self._source, self._path, self._max_page_chars = spec, source, path, max_page_chars
        self._room = 0

    def read(self) -> Iterator[DescribedPage | PageFailure]:
        folder = SourceFolder(self._path.parent, MAX_CHARS)
        text = folder.read_text(PurePosixPath(self._path.name))
        document = read_document(str(self._source.path), text)
        self._room = max(MAX_GROWTH * len(text), _MIN_ROOM)
        groups = self._groups(document)
        if not groups:
            raise PageError(str(self._source.path), "has no operation")
        pages = [self._introduction(document), *(self._page(document, *group) for group in groups.items())]
        yield from sorted(pages, key=lambda page: page.path if isinstance(page, PageFailure) else page.metadata["uri"])

    def _groups(self, document: ApiDocument) -> dict[str, list[Operation]]:
        """The operations of each page, by its uri."""
        groups: dict[str, list[Operation]] = {}
        alone = has_page_of_its_own(self._source)
        for operation in document.operations():
            kind = ("tag", operation.tag) if operation.tag else ("path", operation.path.strip("/") or "root")
            names = [*kind, *([operation.method, operation.path] if alone else [])]
            uri = "/".join([self._path.name, *(quote(name, safe=" {}") for name in names)])
            groups.setdefault(uri, []).append(operation)
        return groups

    def _page(self, document: ApiDocument, uri: str, operations: list[Operation]) -> DescribedPage | PageFailure:
        first, page = operations[0], document.for_page()
        alone = has_page_of_its_own(self._source)
        name = operation_title(first) if alone else first.tag or first.path
        head = () if alone else self._head(document, first.tag, name)
        sections = (
            line
            for operation in operations
            for line in (*operation_lines(page, operation, operation_anchor(self._source, operation)), BLANK)
        )
        url = page_url(self._spec.base_url, self._source, first.tag, first if alone else None)
        return self._build(page, uri, url, f"{document.title}: {name}", chain(head, sections))

    def _head(self, document: ApiDocument, tag: str | None, name: str) -> Iterator[Line]:
        declared = document.tags.get(tag, {}) if tag is not None else {}
        shown = one_line(declared.get("x-displayName")) or one_line(name)
        anchor = tag_anchor(self._source, tag)
        yield from (Line(f"# {shown}", heading=LineHeading(1, shown, anchor)), BLANK)
        yield from read_sections(document, declared.get("description"), 1, lambda level, text: anchor)

    def _introduction(self, document: ApiDocument) -> DescribedPage | PageFailure:
        """What the document says of the API as a whole."""
        info, document = as_dict(document.values.get("info")), document.for_page()
        anchors = _SectionAnchors() if self._source.viewer == "redoc" and self._source.anchor is None else None
        version = one_line(info.get("version"))
        servers = [as_dict(one) for one in as_list(document.values.get("servers"))]
        lines = [Line(f"# {document.title}", heading=LineHeading(1, document.title, None)), BLANK]
        lines += [Line(f"Version {version}"), BLANK] if version else []
        lines += read_sections(document, info.get("description"), 1, anchors or (lambda level, text: None))
        if named := [one for one in servers if one_line(one.get("url"))]:
            lines += [BLANK, Line("Servers:"), BLANK]
            lines += [line for one in named for line in _server(one)]
        lines += _schemes(document)
        url = page_url(self._spec.base_url, OpenApiSource(kind="openapi", path=self._source.path), None, None)
        return self._build(document, f"{self._path.name}/info", url, document.title, lines)

    def _build(
        self, document: ApiDocument, uri: str, url: str, title: str, lines: Iterable[Line]
    ) -> DescribedPage | PageFailure:
        kept: list[Line] = []
        chars = 0
        for line in lines:
            kept.append(line)
            chars += len(line.text) + 1
            if chars > self._max_page_chars:
                return PageFailure(uri, f"has more than {self._max_page_chars:,} characters")
        self._room -= chars
        if self._room < 0:
            raise PageError(str(self._source.path), f"its references make it more than {MAX_GROWTH} times as long")
        body = join_lines(kept)
        path, warnings = PurePosixPath(uri), tuple(document.warnings)
        page = page_of(self._spec, path, FrontMatter(), body, uri=uri, url=url, title=title, warnings=warnings)
        return describe_page(page)


class _SectionAnchors:
    """Redoc's ids of the first two levels of headings in the description of the API."""

    def __init__(self) -> None:
        self._above = "section"

    def __call__(self, level: int, text: str) -> str | None:
        if level == 1:
            self._above = f"section/{redoc_slug(text)}"
            return self._above
        return f"{self._above}/{redoc_slug(text)}" if level == 2 else None


def _server(server: dict[str, Any]) -> Iterator[Line]:
    """An address of the API, with the values that its variables take."""
    yield Line(f"- {one_line(server['url'])} {one_line(server.get('description'))}".rstrip())
    for name, value in as_dict(server.get("variables")).items():
        said = as_dict(value)
        values = joined(code(one) for one in as_list(said.get("enum")))
        facts = joined(
            [values and f"one of {values}", *([f"default {code(said['default'])}"] if "default" in said else [])]
        )
        about = one_line(said.get("description"))
        yield Line(f"  - {code(name)}" + (f" ({facts})" if facts else "") + (f": {about}" if about else ""))


def _schemes(document: ApiDocument) -> Iterator[Line]:
    """How callers show who they are."""
    found = as_dict(as_dict(document.values.get("components")).get("securitySchemes"))
    if not found:
        return
    yield from (BLANK, Line("Authorization:"), BLANK)
    for name, value in found.items():
        scheme = as_dict(document.follow(value)[0])
        said = [one_line(scheme.get(key)) for key in ("type", "scheme", "bearerFormat", "in", "name")]
        about = one_line(scheme.get("description"))
        yield Line(f"- `{one_line(name)}` ({', '.join(one for one in said if one)})" + (f": {about}" if about else ""))
        scopes = [as_dict(as_dict(flow).get("scopes")) for flow in as_dict(scheme.get("flows")).values()]
        for scope, meaning in {name: text for one in scopes for name, text in one.items()}.items():
            yield Line(f"  - {code(scope)}" + (f": {one_line(meaning)}" if one_line(meaning) else ""))
