"""A page as the product sees it: read, split and parted into what can be quoted as an ingestion and an answer do it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

from llama_index.core.schema import BaseNode, MetadataMode

from pipelines.answering.extractive import is_quotable
from pipelines.corpus import CorpusSpec
from pipelines.errors import SourceMissing
from pipelines.ingestion.page_splitting import PageSplitter
from pipelines.ingestion.plan import PagePlan
from pipelines.readers.page_process import PageProcess
from pipelines.readers.page_source import PageSource, ReadPage, SourcePage, SourceState, UnchangedPage
from pipelines.readers.sources import open_source
from pipelines.retrieval.curated import QUESTION
from pipelines.splitting.sections import Section, read_sections
from pipelines.splitting.tokens import count_tokens
from pipelines.text.quotable import BlockKind, quotable_units
from pipelines.types import Heading, LeftOutPage, PageFailure
from storage_config.vocabulary import LeftOutReason, Quality

_NO_INDEX = "not indexed"  # stands where an ingestion writes its pipeline's fingerprint


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: `page.text[start:end]`, its heading included. `chars` counts what stands below the heading."""

    heading_path: tuple[str, ...]
    anchor: str | None
    start: int
    end: int
    chars: int


@dataclass(frozen=True, slots=True)
class ChunkView:
    """A chunk: `page.text[start:end]`. `tokens` count its breadcrumb and special tokens too."""

    url: str
    heading_path: tuple[str, ...]
    start: int
    end: int
    tokens: int


@dataclass(frozen=True, slots=True)
class UnitView:
    """A part that answers quote: `page.text[start:end] == text`. `flaw` is how badly it reads alone, from 0 to 1.

    One that is not `quoted` is never quoted for its own sake by an answer without a model.
    """

    kind: BlockKind
    text: str
    start: int
    end: int
    flaw: float
    quoted: bool


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A question that the owner wrote an answer for: `page.text[start:end]`, at `url`."""

    question: str
    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as the product sees it. One that is left out has a reason, one that cannot be read an error."""

    corpus: str
    uri: str
    left_out: LeftOutReason | None = None
    error: str | None = None
    url: str | None = None
    title: str | None = None
    version: str | None = None  # None: the default one, as of the locale
    locale: str | None = None
    quality: Quality | None = None
    bibliography: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()  # what was lost or doubtful on the way
    content_hash: str | None = None
    text: str = ""
    sections: tuple[SectionView, ...] = ()
    chunks: tuple[ChunkView, ...] = ()
    units: tuple[UnitView, ...] = ()
    answers: tuple[AnswerView, ...] = ()


async def find_page(
    spec: CorpusSpec, wanted: str, *, max_page_chars: int, process: PageProcess | None = None
) -> PageView | set[str]:
    """The page of that address, uri or file; where the corpus has none, the names of those that it has.

    The whole source is read, since only all of its pages tell which stands for which. Raises SourceMissing and
    SourceUnavailable, the first also where the page may be of one of several sources that cannot be read.
    """
    source = open_source(spec, max_page_chars=max_page_chars, process=process)
    called = _spellings(wanted, spec.folder, source)
    names: set[str] = set()
    unread: list[str] = []
    for item in await source.pages({}):
        if isinstance(item, SourceState) and item.failure:
            unread.append(f"{spec.name}: {item.failure.path}: {item.failure.message}")
        if called & _names_of(item):
            return await _view(spec, item, process)
        names |= _names_of(item)
    if unread:
        raise SourceMissing("\n".join(unread))
    return names


def _spellings(wanted: str, home: Path, source: PageSource) -> set[str]:
    """How a page may be called that is asked for so: an address, a uri, a file from here or from the corpus file."""
    address = urldefrag(wanted.strip()).url.partition("?")[0]
    files = {(base / address).resolve() for base in (Path.cwd(), home)}
    uris = {_plain(uri) for path in files for uri in source.uris_of(path)}
    # A file that is there is meant as the page that it is, not as one whose uri happens to say the same.
    return uris or {_plain(address)}


def _plain(name: str) -> str:
    return unquote(name).rstrip("/")


def _names_of(item: SourcePage) -> set[str]:
    """The uri of a page and, where it was read, its address."""
    if isinstance(item, LeftOutPage | PageFailure):
        return {_plain(item.path)}
    if isinstance(item, UnchangedPage):
        return {_plain(item.uri)}
    if isinstance(item, SourceState):
        return set()
    return {_plain(item.metadata["uri"]), _plain(item.metadata["url"])}


async def _view(spec: CorpusSpec, item: SourcePage, process: PageProcess | None) -> PageView:
    if isinstance(item, LeftOutPage):
        return PageView(spec.name, item.path, left_out=item.reason)
    if isinstance(item, PageFailure):
        return PageView(spec.name, item.path, error=item.message)
    assert isinstance(item, ReadPage)  # nothing is known of the pages before, so none is called unchanged
    plan = PagePlan(item.metadata["uri"], "added", item, None)
    document = plan.unpack()
    page = document.metadata
    sections = read_sections(document.text, [Heading(**heading) for heading in page["headings"]])
    prepared, failures = await PageSplitter(spec, _NO_INDEX, process).split([plan])
    nodes = [node for one in prepared for node in one.nodes]
    return PageView(
        corpus=spec.name,
        uri=page["uri"],
        error=failures[0].message if failures else None,
        url=page["url"],
        title=page["title"],
        version=page.get("version"),
        locale=page.get("locale"),
        quality=page["source_quality"],
        bibliography=page["bibliography"],
        warnings=tuple(page.get("warnings", ())),
        content_hash=page["content_hash"],
        text=document.text,
        sections=tuple(_section(section, document.text) for section in sections),
        chunks=tuple(_chunk(node, spec.embedding) for node in nodes if QUESTION not in node.metadata),
        units=tuple(unit for section in sections for unit in _units(section, document.text, spec.language)),
        answers=tuple(_answer(node.metadata) for node in nodes if QUESTION in node.metadata),
    )


def _section(section: Section, text: str) -> SectionView:
    chars = len(text[section.body : section.end].strip())
    return SectionView(section.heading_path, section.anchor, section.start, section.end, chars)


def _answer(place: Mapping[str, Any]) -> AnswerView:
    return AnswerView(place[QUESTION], place["url"], place["start"], place["end"])


def _chunk(node: BaseNode, embedding: str) -> ChunkView:
    place, tokens = node.metadata, count_tokens(node.get_content(MetadataMode.EMBED), embedding)
    return ChunkView(place["url"], tuple(place["heading_path"]), place["start"], place["end"], tokens)


def _units(section: Section, text: str, language: str) -> Iterator[UnitView]:
    """The parts of a section: a passage is a section or a piece of one."""
    at = section.start
    for unit in quotable_units(text[at : section.end], language):
        yield UnitView(unit.kind, unit.text, at + unit.start, at + unit.end, unit.flaw, is_quotable(unit))
