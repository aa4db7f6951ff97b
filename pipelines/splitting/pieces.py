"""Where pages are cut, as plain values: what takes long on a long page, in whichever process that is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.splitting.atoms import SectionAtoms
from pipelines.splitting.cutting import Room, cut
from pipelines.splitting.sections import Section, build_breadcrumb, read_sections
from pipelines.splitting.surroundings import Surroundings
from pipelines.splitting.table_heads import TableHeads
from pipelines.splitting.tokens import TokenMap, map_tokens, special_tokens
from pipelines.types import Heading


@dataclass(frozen=True, slots=True)
class Shape:
    """What nodes are bounded by: tokens of the embedding model, and the language whose sentences are kept whole."""

    max_tokens: int
    overlap_tokens: int
    embedding: str
    language: str


@dataclass(frozen=True, slots=True)
class UncutPage:
    """What a page is cut by; the headings are `types.Heading` as dicts."""

    text: str
    title: str
    headings: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class PagePiece:
    """What becomes a node: `text[start:end]`, in its surroundings `text[low:high]`, under its headings."""

    start: int
    end: int
    low: int
    high: int
    heading_path: tuple[str, ...]
    anchor: str | None
    breadcrumb: str
    table_head: str  # empty: no table was parted from its head


def cut_pages(shape: Shape, pages: Sequence[UncutPage]) -> list[list[PagePiece]]:
    """The pieces of each page."""
    maps = map_tokens([page.text for page in pages], shape.embedding)
    return [list(_pieces(shape, page, tokens)) for page, tokens in zip(pages, maps, strict=True)]


def _pieces(shape: Shape, page: UncutPage, tokens: TokenMap) -> Iterator[PagePiece]:
    text = page.text
    for section in read_sections(text, [Heading(**heading) for heading in page.headings]):
        breadcrumb = build_breadcrumb(page.title, section.heading_path, shape.max_tokens // 4, shape.embedding)
        surroundings = Surroundings(text, section, tokens)
        heads = TableHeads(text, section, tokens, shape.max_tokens // 4)
        taken = special_tokens(shape.embedding) + breadcrumb.tokens
        if tokens.cost(section.start, section.end) > shape.max_tokens - taken:
            taken += heads.tokens
        for start, end in _split_section(shape, text, tokens, section, shape.max_tokens - taken):
            low, high = surroundings.widen(start, end)
            head = heads.above(start) or ""
            yield PagePiece(start, end, low, high, section.heading_path, section.anchor, breadcrumb.text, head)


def _split_section(
    shape: Shape, text: str, tokens: TokenMap, section: Section, whole: int
) -> Iterator[tuple[int, int]]:
    """Start and end of each node of a section, which have room for `whole` tokens."""
    room = Room(whole=whole, overlap=min(shape.overlap_tokens, whole // 2))
    pieces = SectionAtoms(text, section, tokens, room, shape.language)
    for first, stop in cut(pieces.atoms, room, pieces.overlap_cost):
        yield pieces.overlap_start(first), pieces.atoms[stop - 1].end
