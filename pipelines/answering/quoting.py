"""Quotes of passages as an answer writes them: each an exact slice, with markdown of ours around it and its marker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.answering.asides import is_deprecation
from pipelines.text.quotable import Unit
from pipelines.text.signatures import signature_above
from pipelines.types import Passage

_HEADING_BEFORE = re.compile(
    r"(?:^|\n)[ \t]{0,3}#{1,6}[ \t]+(?P<heading>[^\n]{1,200}?)[ \t#]*\n\s*(?:[-*+•]|\d{1,3}[.)])?[ \t]*$"
)
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


def with_headings(
    quotes: Sequence[Quote], passages: Sequence[Passage], units: Sequence[Sequence[Unit]]
) -> tuple[Quote, ...]:
    """With the heading of a list, a table, code or a value that stands right below it: it says what they are of.

    Whatever is quoted of a function, class or option stands with its signature, and with what says that it should no
    longer be used. `units` are those of each passage. The passages stay in their order, the quotes of each are in that
    of its text.
    """
    found = list(quotes)
    cited = first_cited(quotes)
    for number in cited:
        text = passages[number].text
        first = min((one.unit for one in quotes if one.passage == number), key=lambda unit: unit.start)
        if signature := signature_above(text, first.start):
            found += [Quote(number, one) for one in (_heading(text, *signature), *_deprecations(units[number]))]
        elif first.kind != "paragraph" and (above := _HEADING_BEFORE.search(text, _low(first.start), first.start)):
            found.append(Quote(number, _heading(text, *above.span("heading"))))
    unique = {(quote.passage, quote.unit.start): quote for quote in found}
    return tuple(sorted(unique.values(), key=lambda quote: (cited.index(quote.passage), quote.unit.start)))


def _heading(text: str, start: int, end: int) -> Unit:
    return Unit("paragraph", text[start:end], start, end, _BLOCK_OF_HEADINGS, 0, (), 0.0)


def _deprecations(units: Sequence[Unit]) -> list[Unit]:
    # One in a list is about a parameter.
    notes = {unit.block for unit in units if unit.kind == "paragraph" and is_deprecation(unit.text)}
    return [unit for unit in units if unit.block in notes]


def _low(start: int) -> int:
    return max(0, start - _LOOK_BACK)


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
    found = _MARK.search(text, _low(unit.start), unit.start)
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
