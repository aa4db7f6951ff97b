"""Answers without any model: the sentences of the passages that answer best, word for word, each with its [n]."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.answering.answerer import AnswerPart, Generated
from pipelines.answering.sentence_ranking import LISTING, RankedUnit, Ranking, rank_units
from pipelines.events import TextDelta
from pipelines.languages.known import language_of
from pipelines.retrieval.condensing import local_queries
from pipelines.text.quotable import Unit, leans
from pipelines.types import Passage, Question, Usage

MODEL_NAME = "extractive"

_MAX_SENTENCES = 3
_READABLE = 0.5
_NEIGHBOURS = 2  # characters between two sentences of one paragraph
_MAX_ITEMS = 8
_MAX_BLOCK_CHARS = 1_600
_PROSE = ("paragraph", "list")
# The share of the question's words that a code block, the sentence before it and its headings hold between them.
_ABOUT = 0.6
# How far a further sentence may score below the best one. On SQuAD 2.0 answers hold the gold answer for 89.1 % of the
# questions with 2.05 quotes each; .7 and .5 give 89.7 % with 2.49, of which most of the more are beside the matter.
_SECOND, _THIRD = 0.4, 0.3
_SAME = 0.8


@dataclass(frozen=True, slots=True)
class Quote:
    """An exact slice of a passage, `passages[passage].text[start:end]`."""

    passage: int
    unit: Unit


class ExtractiveAnswerer:
    """Quotes the passages; needs no key, no network and about two milliseconds of CPU."""

    quotes_only = True

    def __init__(self, *, language: str = "english") -> None:
        self._language = language

    def parameters(self) -> dict[str, Any]:
        """None: the same question and passages give the same answer."""
        return {}

    async def stream(
        self, question: Question, passages: Sequence[Passage], parameters: Mapping[str, Any] | None = None
    ) -> AsyncIterator[AnswerPart]:
        """An opening line that says it quotes, then a delta for each quote with its marker, then `Generated`."""
        quotes = self.quotes(question, passages)
        language = language_of(self._language)
        yield TextDelta(language.quoted if quotes else language.nothing_quoted)
        before: Quote | None = None
        for quote in quotes:
            yield TextDelta(_separator(before, quote) + _written(quote))
            before = quote
        yield Generated(MODEL_NAME, Usage())

    def quotes(self, question: Question, passages: Sequence[Passage]) -> tuple[Quote, ...]:
        """What is quoted, in order: the passage of the best sentence first, then by place."""
        ranking = rank_units(local_queries(question, self._language), passages, self._language)
        prose = [one for one in ranking.units if one.unit.kind in _PROSE and one.unit.flaw < 1]
        prose = _beyond(question.page.selected_text, prose) if question.page else prose
        chosen = _choose(ranking, prose) or _first_block(ranking)
        rank = {number: order for order, number in enumerate(dict.fromkeys(quote.passage for quote in chosen))}
        unique = {(quote.passage, quote.unit.start): quote for quote in chosen}
        return tuple(sorted(unique.values(), key=lambda quote: (rank[quote.passage], quote.unit.start)))


def _choose(ranking: Ranking, prose: Sequence[RankedUnit]) -> list[Quote]:
    chosen = _best_code(ranking) if ranking.kind in ("how_to", "code") else []
    sentences: list[RankedUnit] = []
    for one in prose:
        if len(chosen) >= _MAX_SENTENCES or (sentences and one.score < sentences[0].score - _distance(len(sentences))):
            break
        if (chosen and one.unit.flaw >= _READABLE) or any(_repeats(one.unit, quote.unit) for quote in chosen):
            continue
        if quotes := _with_company(ranking, one, first=not chosen):
            sentences.append(one)
            chosen += quotes
    return chosen


def _beyond(selected: str, prose: list[RankedUnit]) -> list[RankedUnit]:
    """Without the sentences that the reader selected: they have read those. All, where nothing else is there."""
    read = " ".join(selected.split())
    others = [one for one in prose if " ".join(one.unit.text.split()) not in read]
    return others or prose


def _distance(taken: int) -> float:
    return _SECOND if taken == 1 else _THIRD


def _best_code(ranking: Ranking) -> list[Quote]:
    """The code block that shows what is asked for, with the sentence before it; none where no block is about it."""
    for one in ranking.units:
        if one.unit.kind != "code" or one.about < _ABOUT or len(one.unit.text) > _MAX_BLOCK_CHARS:
            continue
        units = ranking.passages[one.passage]
        place = units.index(one.unit)
        before = [units[place - 1]] if place and units[place - 1].kind in _PROSE else []
        return [Quote(one.passage, unit) for unit in (*before, one.unit) if unit.flaw < _READABLE]
    return []


def _repeats(unit: Unit, other: Unit) -> bool:
    """The same sentence again, as in an introduction and a summary."""
    mine, theirs = set(unit.stems), set(other.stems)
    return len(mine & theirs) >= _SAME * max(1, min(len(mine), len(theirs))) and len(mine) <= 1.3 * len(theirs)


def _with_company(ranking: Ranking, one: RankedUnit, *, first: bool) -> list[Quote]:
    """The unit with what it needs to be read: the sentence it leans on, the list or code that it announces."""
    units = ranking.passages[one.passage]
    place = units.index(one.unit)
    company = [one.unit]
    if first and one.unit.kind == "list" and ranking.kind in LISTING:
        company = _whole_list(units, place)
    elif one.unit.text.rstrip("*_").endswith(":"):
        announced = _block_after(units, place)
        if not announced:
            return []
        company += announced
    if leans(one.unit.text) and place and units[place - 1].block == one.unit.block:
        if units[place - 1].flaw >= _READABLE:
            return []
        company = [units[place - 1], *company]
    return [Quote(one.passage, unit) for unit in company]


def _whole_list(units: Sequence[Unit], place: int) -> list[Unit]:
    """The list around an item, from the sentence that announces it; at most `_MAX_ITEMS` items that hold the place."""
    block = units[place].block
    held = [unit for unit in units if unit.block == block]
    last = max(units[place].item + 1, _MAX_ITEMS)
    items = [unit for unit in held if last - _MAX_ITEMS <= unit.item < last]
    before = next((unit for unit in reversed(units[:place]) if unit.block < block), None)
    announced = before is not None and before.block == block - 1 and before.text.rstrip("*_").endswith(":")
    return ([before] if before is not None and announced and items[0].item == 0 else []) + items


def _block_after(units: Sequence[Unit], place: int) -> list[Unit]:
    """The code, table or list that follows the block of the unit at once; empty where it is none or too long."""
    block = units[place].block + 1
    after = [unit for unit in units if unit.block == block and unit.kind != "paragraph"]
    if units[place].kind == "list" or any(unit.block < block for unit in units[place + 1 :]):
        return []
    if sum(len(unit.text) for unit in after) > _MAX_BLOCK_CHARS:
        return []
    return after[:_MAX_ITEMS]


def _first_block(ranking: Ranking) -> list[Quote]:
    """Passages of code and tables only: the best of them, whole."""
    return [Quote(one.passage, one.unit) for one in ranking.units[:1]]


def _separator(before: Quote | None, quote: Quote) -> str:
    """What stands between two quotes, the bullet of a list item included: markdown of ours around their text.

    Only neighbours share a line. Wherever a reader of the answer sees its sentences end, each is then still a slice.
    """
    unit, bullet = quote.unit, "- " if quote.unit.kind == "list" else ""
    if before is None or before.passage != quote.passage or before.unit.block != unit.block:
        return f"\n\n{bullet}"
    if before.unit.item != unit.item:
        return f"\n{bullet}"
    return " " if unit.start - before.unit.end <= _NEIGHBOURS else f"\n\n{bullet}"


def _written(quote: Quote) -> str:
    """The quote and its marker; below a code block or a table, so that it does not become part of it."""
    below = "\n\n" if quote.unit.kind in ("code", "table") else " "
    return f"{quote.unit.text}{below}[{quote.passage + 1}]"
