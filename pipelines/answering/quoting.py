"""Quotes of passages as an answer writes them: each an exact slice, with markdown of ours around it and its marker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.text.quotable import Unit
from pipelines.types import Passage

_HEADING_BEFORE = re.compile(
    r"(?:^|\n)[ \t]{0,3}#{1,6}[ \t]+(?P<heading>[^\n]{1,200}?)[ \t#]*\n\s*(?:[-*+•]|\d{1,3}[.)])?[ \t]*$"
)
# A heading that is a signature, as pages of an API have it, is the only place that says what a thing takes.
_SIGNATURE = re.compile(r"(?P<code>`(?=[^`\n]*[ (])[^`\n]{3,400}`)(?:\{#[^}\n]{1,200}\})?[ \t#]*")
_HEADING_LINE = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE)
_MARK = re.compile(r"(?:^|\n)[ \t]*(?P<mark>\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?$")
# Looked back from a unit to the end of the heading or the mark before it.
_LOOK_BACK = 260
_BLOCK_OF_HEADINGS = -1


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact slice of a passage, `passages[passage].text[start:end]`."""

    passage: int
    unit: Unit


def first_cited(quotes: Sequence[Quote]) -> tuple[int, ...]:
    """The passages in the order in which they are quoted."""
    return tuple(dict.fromkeys(quote.passage for quote in quotes))


def with_headings(quotes: Sequence[Quote], passages: Sequence[Passage]) -> list[Quote]:
    """With the heading of a list, a table, code or a value that stands right below it: it says what they are of.

    With the signature that heads a section too, whatever is quoted of it.
    """
    found = []
    for number in first_cited(quotes):
        first = min((one.unit for one in quotes if one.passage == number), key=lambda unit: unit.start)
        heading = signature_of(passages[number].text, first.start)
        if heading is None and first.kind != "paragraph":
            heading = _heading_of(passages[number].text, first.start)
        if heading is not None:
            found.append(Quote(number, heading))
    return [*found, *quotes]


def _heading_of(text: str, start: int) -> Unit | None:
    low = max(0, start - _LOOK_BACK)
    found = _HEADING_BEFORE.search(text, low, start)
    if found is None:
        return None
    return Unit("paragraph", found["heading"], *found.span("heading"), _BLOCK_OF_HEADINGS, 0, (), 0.0)


def signature_of(text: str, start: int) -> Unit | None:
    """The signature that heads what stands at `start`, where the nearest heading above it is one."""
    ends = [heading.end() for heading in _HEADING_LINE.finditer(text, 0, start)]
    found = _SIGNATURE.match(text, ends[-1]) if ends else None
    return Unit("paragraph", found["code"], *found.span("code"), _BLOCK_OF_HEADINGS, 0, (), 0.0) if found else None


def separator(before: Quote | None, quote: Quote, passages: Sequence[Passage]) -> str:
    """What stands between two quotes, the mark of a list item included: markdown of ours around their text.

    Only neighbours share a line. Wherever a reader of the answer sees its sentences end, each is then still a slice.
    """
    unit, text = quote.unit, passages[quote.passage].text
    mark = _mark(unit, text)
    if before is None or before.passage != quote.passage or before.unit.block != unit.block:
        return f"\n\n{mark}"
    if before.unit.item != unit.item:
        return f"\n{mark}"
    if text[before.unit.end : unit.start].isspace():
        return " "
    return f"\n\n{' ' * len(mark)}"


def _mark(unit: Unit, text: str) -> str:
    """A list item's bullet, or its number as it stands in the passage."""
    if unit.kind != "list":
        return ""
    found = _MARK.search(text, max(0, unit.start - _LOOK_BACK), unit.start)
    return f"{found['mark']} " if found else "- "


def written(quote: Quote, after: Quote | None, number: int, passages: Sequence[Passage]) -> str:
    """The quote and its marker; below a code block or a table, so that it does not become part of it."""
    marker, unit = f"[{number}]", quote.unit
    if unit.kind == "table":
        goes_on = after is not None and (after.passage, after.unit.block) == (quote.passage, unit.block)
        return unit.text if goes_on else f"{unit.text}\n\n{marker}"
    if unit.kind == "code":
        return f"{_outdented(unit, passages[quote.passage].text)}\n\n{marker}"
    return f"{unit.text} {marker}"


def _outdented(code: Unit, text: str) -> str:
    """A block of code that stands in a list, a tab or a note, as it reads outside of it: a reader copies it."""
    before = text[text.rfind("\n", 0, code.start) + 1 : code.start]
    if not before or before.strip("> \t"):
        return code.text
    return re.sub(rf"\n[ \t>]{{1,{len(before)}}}", "\n", code.text)
