"""The sections of a page: where each starts and ends, under which headings it stands, and its breadcrumb."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.splitting.blocks import trim
from pipelines.splitting.tokens import MINILM_EMBEDDING, count_tokens, map_tokens, special_tokens
from pipelines.types import Heading

SEPARATOR = " > "
_ELLIPSIS = "…"
# One endless word is a single token to WordPiece.
_MAX_CHARS_PER_TOKEN = 12


@dataclass(frozen=True, slots=True)
class Section:
    """`text[start:end]` from a heading to the next one; `body` is the offset after the heading's own line.

    `heading_path` are the headings around it, itself included, without the page's title; `anchor` is that of the
    innermost of them that has one.
    """

    start: int
    body: int
    end: int
    heading_path: tuple[str, ...]
    anchor: str | None


def read_sections(text: str, headings: Sequence[Heading]) -> list[Section]:
    """The sections that hold something to read, in order.

    A heading with nothing below it makes no section: the breadcrumbs of those under it carry its words. A page
    of headings alone is one section, so that it can be found at all.
    """
    sections = list(_all_sections(text, sorted(headings, key=lambda heading: heading.start)))
    filled = [section for section in sections if text[section.body : section.end].strip()]
    if filled or not text.strip():
        return filled
    first = sections[0]
    return [Section(first.start, first.body, len(text), first.heading_path, first.anchor)]


def _all_sections(text: str, headings: Sequence[Heading]) -> Iterator[Section]:
    first = headings[0].start if headings else len(text)
    if text[:first].strip():
        yield Section(0, 0, first, (), None)
    around: list[Heading] = []
    for index, heading in enumerate(headings):
        while around and around[-1].level >= heading.level:
            around.pop()
        # The page's own h1 is its title: the url without # leads there.
        if index > 0 or heading.level > 1:
            around.append(heading)
        end = headings[index + 1].start if index + 1 < len(headings) else len(text)
        anchors = [above.anchor for above in around if above.anchor]
        path = tuple(above.text for above in around)
        yield Section(heading.start, heading.end, end, path, anchors[-1] if anchors else None)


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    """`Title > H2 > H3` on one line, and what it costs in tokens."""

    text: str
    tokens: int


def build_breadcrumb(
    title: str, heading_path: Iterable[str], max_tokens: int, embedding: str = MINILM_EMBEDDING
) -> Breadcrumb:
    """The breadcrumb of a section, of at most `max_tokens` tokens of the embedding model.

    Where it is too long the headings in the middle give way first, then the title, then the last heading's end. It is
    empty where not even one word fits.
    """
    names = [" ".join(name.split()) for name in (title, *heading_path)]
    names = [name for name in names if name]
    if not names:
        return Breadcrumb("", 0)
    for line in _shortenings(names, max_tokens, embedding):
        tokens = count_tokens(line, embedding) - special_tokens(embedding)
        if 0 < tokens <= max_tokens and len(line) <= max_tokens * _MAX_CHARS_PER_TOKEN:
            return Breadcrumb(line, tokens)
    return Breadcrumb("", 0)


def _shortenings(names: Sequence[str], max_tokens: int, embedding: str) -> Iterator[str]:
    yield SEPARATOR.join(names)
    if len(names) > 2:
        yield SEPARATOR.join([names[0], _ELLIPSIS, names[-1]])
    yield from (_shorten(name, max_tokens, embedding) for name in (names[-1], names[0]))


def _shorten(name: str, max_tokens: int, embedding: str) -> str:
    """The first words of `name` that fit, with an ellipsis; nothing where not even one does."""
    tokens = map_tokens([name], embedding)[0]
    ends = [*tokens.word_starts(1, len(name)), len(name)]
    for end in reversed(ends[:max_tokens]):
        short = name[: trim(name, 0, end)[1]] + _ELLIPSIS
        if tokens.cost(0, end) < max_tokens and len(short) <= max_tokens * _MAX_CHARS_PER_TOKEN:
            return short
    return ""
