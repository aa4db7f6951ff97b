"""Answers without any model: the sentences of the passages that answer best, word for word, each with its [n]."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence, Set
from typing import Any

from pipelines.answering.answerer import AnswerPart, Generated
from pipelines.answering.asides import asks_for_version, is_version_note
from pipelines.answering.comparing import of_each_side
from pipelines.answering.focus import in_focus, opening_of_definition, opening_of_how_to, opening_of_reason
from pipelines.answering.names_asked_for import only_named
from pipelines.answering.question_kinds import asks_purpose, question_kind
from pipelines.answering.quoting import Quote, first_cited, separator, with_headings, written
from pipelines.answering.ready_question import with_meant
from pipelines.answering.sections import asked_section
from pipelines.answering.sentence_ranking import COUNTED, RankedUnit, Ranking, rank_units
from pipelines.answering.windows import Window
from pipelines.events import TextDelta
from pipelines.languages.known import language_of
from pipelines.retrieval.condensing import local_queries
from pipelines.text.quotable import ASKING, Unit, is_setting, leads_nowhere
from pipelines.text.synonyms import other_words
from pipelines.text.words import Words, asking_stems
from pipelines.types import Passage, Question, Usage

MODEL_NAME = "extractive"

# The room of the windows that are quoted, in characters: the best one, and those that may add to it, which hold what
# was asked for in their own unit, if at all, and not beside it. The last two are reached where no passage is far ahead,
# and then hold what was asked for in one question of forty.
_ROOMS = (800, 300, 300, 300, 300)
_ROOMS_OF_DEFINITIONS = (300, 300, 300)
_ROOMS_OF_PURPOSES = (500, 300, 300)
# Windows are added until they hold this share of the odds that some unit of the passages answers.
_ENOUGH = 0.8
# A further window whose best unit has less than this part of the odds of the first is beside the matter.
_WORTH, _WORTH_OF_LIST = 0.04, 0.004
# A second sentence of a definition's section has this part of the best one's odds; an entry opens with so many units.
_AS_WELL, _OPENING = 0.1, 2
_FAR_BEHIND = 0.3  # of the first passage's score
_LEANT_ON = 0.4  # what a follow-up was searched for with, where it counts 1
_LIKELY = 0.15  # the odds of a unit told before that answers a follow-up, if it holds what is asked anew
_ANSWERS_AT_ONCE = 128
_LISTS = ("list", "table")
_SAME = 0.8
_ANNOUNCING_WORDS = 8


class ExtractiveAnswerer:
    """Quotes the passages; needs no key, no network and about two milliseconds of CPU."""

    quotes_only = True

    def __init__(self, *, language: str = "english", synonyms: tuple[str, ...] = ()) -> None:
        self._language = language
        self._synonyms = synonyms
        # `order` and `stream` of one answer ask for the same quotes; answers that are written at once share the room.
        self._chosen: OrderedDict[tuple[int, Question], tuple[Sequence[Passage], tuple[Quote, ...]]] = OrderedDict()

    def parameters(self) -> dict[str, Any]:
        """None: the same question and passages give the same answer."""
        return {}

    async def stream(
        self, question: Question, passages: Sequence[Passage], parameters: Mapping[str, Any] | None = None
    ) -> AsyncIterator[AnswerPart]:
        """An opening line that says it quotes, then a delta for each quote with its marker, then `Generated`."""
        quotes = self.quotes(question, passages)
        numbers = {passage: number for number, passage in enumerate(first_cited(quotes), 1)}
        language = language_of(self._language)
        yield TextDelta(language.quoted if quotes else language.nothing_quoted)
        for before, quote, after in zip((None, *quotes), quotes, (*quotes[1:], None), strict=False):
            yield TextDelta(
                separator(before, quote, passages) + written(quote, after, numbers[quote.passage], passages)
            )
        yield Generated(MODEL_NAME, Usage())

    def order(self, question: Question, passages: Sequence[Passage]) -> Sequence[int]:
        """Those that are quoted first, as they are quoted; readers expect 1, 2, 3."""
        cited = first_cited(self.quotes(question, passages))
        return (*cited, *(number for number in range(len(passages)) if number not in cited))

    def quotes(self, question: Question, passages: Sequence[Passage]) -> tuple[Quote, ...]:
        """What is quoted, in order: the passage of the best unit first, then by place."""
        key = (id(passages), question)
        known = self._chosen.pop(key, None)
        if known is not None and known[0] is passages:
            return known[1]
        quotes = self._choose_quotes(question, passages)
        self._chosen[key] = (passages, quotes)
        if len(self._chosen) > _ANSWERS_AT_ONCE:
            self._chosen.popitem(last=False)
        return quotes

    def _choose_quotes(self, question: Question, passages: Sequence[Passage]) -> tuple[Quote, ...]:
        ranking = rank_units(_asked_first(question, self._language), passages, self._language, self._synonyms)
        if passages and passages[0].question is not None:  # its owner wrote all of it for this question
            return tuple(Quote(0, unit) for unit in ranking.passages[0])
        anew = _asked_anew(question, self._language, self._synonyms) if question.history else None
        ranking = only_named(_without_version_notes(ranking), passages, anew, self._language)
        candidates = [one for one in ranking.units if is_quotable(one.unit)]
        if section := _opening_of(asked_section(question.text, passages, self._language), ranking, candidates):
            return with_headings(section, passages, ranking.passages)
        read = _already_read(question, ranking, candidates, self._language, self._synonyms)
        candidates = _near(in_focus([one for one in candidates if one not in read], ranking, passages))
        candidates = [one for one in candidates if not _is_padding(one.unit)] or candidates
        if ranking.kind == "definition":
            candidates = _defining(candidates, ranking)
        if ranking.kind == "reason":  # code shows what happens, and says why to nobody
            candidates = [one for one in candidates if _is_prose(one.unit)] or candidates
        candidates = opening_of_definition(candidates, ranking, passages, self._language)
        candidates = opening_of_how_to(candidates, ranking, passages, self._language)
        candidates = opening_of_reason(candidates, ranking, passages, self._language)
        chosen = of_each_side(ranking, candidates, passages, self._language, _window) or _choose(ranking, candidates)
        chosen = _without_known(chosen, {(one.passage, one.unit.start) for one in read})
        return with_headings(_without_padding(chosen), passages, ranking.passages)


def _asked_first(question: Question, language: str) -> tuple[tuple[str, float], ...]:
    """What sentences are ranked by: a follow-up as it was asked, and with less weight what it was searched for with.

    "And how do I delete one?" wants a sentence about deleting, wherever the section is about the turn before; "what is
    its default?" wants the default of that thing and of no other.
    """
    queries = local_queries(question, language)
    leans = queries[0].text != question.text and question.text in queries[0].text
    if not leans or question_kind(question.text) == "value":
        return queries
    return ((question.text, 1.0), (queries[0].text, _LEANT_ON), *queries[1:])


def _without_version_notes(ranking: Ranking) -> Ranking:
    """Without notes on versions, unless one alone says a word of the question: "Changed in 8.1: May be a string."."""
    if asks_for_version(ranking.question):
        return ranking
    units = [(n, unit) for n, read in enumerate(ranking.passages) for unit in read]
    notes = [(n, unit) for n, unit in units if is_version_note(unit.text)]
    if not notes:
        return ranking
    said = frozenset().union(*ranking.headings, *(unit.stems for n, unit in units if (n, unit) not in notes))
    asked = ranking.general.keys() - ranking.meant_by(said)
    return ranking.without({(n, unit.start) for n, unit in notes if asked.isdisjoint(ranking.meant_by({*unit.stems}))})


def _opening_of(section: int | None, ranking: Ranking, candidates: Sequence[RankedUnit]) -> list[Quote]:
    """What a section that is asked for by its heading opens with; a heading that asks is answered like a question."""
    inside = [one for one in candidates if one.passage == section]
    if not inside or ranking.question.rstrip().endswith("?"):
        return []
    first = min(inside, key=lambda one: one.unit.start)
    units = _window(ranking, first, _ROOMS[0])
    # What stands before it, but for the head of its table.
    return [
        Quote(first.passage, one) for one in units if one.start >= first.unit.start or one.block == first.unit.block
    ]


def _defining(candidates: list[RankedUnit], ranking: Ranking) -> list[RankedUnit]:
    """Sentences: a row of a table or a block of code shows a thing, and says what it is to nobody.

    Unless the row alone names what is asked for ("the power of model-090"): then no sentence is about it.
    """
    prose = [one for one in candidates if _is_prose(one.unit)]
    best = candidates[0] if candidates else None
    if best is not None and best.unit.kind == "table":
        said = frozenset(stem for one in prose for stem in one.unit.stems)
        if any(weight > 0 and stem not in said for stem, weight in ranking.weights.items() if stem in best.unit.stems):
            return candidates
    return prose or candidates


def _near(candidates: list[RankedUnit]) -> list[RankedUnit]:
    """Without passages far behind the first: once that is told, what shares a word with the question is no answer."""
    return [one for one in candidates if _is_near(one)] or candidates


def _is_near(one: RankedUnit) -> bool:
    return one.features["passage_score"] >= _FAR_BEHIND


def is_quotable(unit: Unit) -> bool:
    """Whether an answer may quote it for its own sake: no head of a table, nothing that asks or is no prose."""
    if unit.kind == "table":
        return unit.item > 0
    return unit.kind == "code" or unit.flaw < ASKING


def _already_read(
    question: Question,
    ranking: Ranking,
    candidates: Sequence[RankedUnit],
    language: str,
    synonyms: tuple[str, ...],
) -> list[RankedUnit]:
    """What the reader selected or was just told. None of it, where nothing else is near.

    Told, but not taken in, is what holds more of what a follow-up asks anew than all that was not told, or all of it:
    "and with yarn?" behind a block of several commands, of which one is yarn's; and what answers it
    best, if it holds some of that.
    """
    told = next((one.text for one in reversed(question.history) if one.role == "assistant"), "")
    selected = question.page.selected_text if question.page else ""
    read = " ".join(f"{selected}\n{told}".split())
    known = [one for one in candidates if " ".join(one.unit.text.split()) in read] if read else []
    anew = _asked_anew(question, language, synonyms) if known else frozenset()
    # "And its default?", "why?" want what stands in what was told.
    if known and not anew and ranking.kind in (*COUNTED, "reason"):
        known = [one for one in known if not one.cue]
    elif anew:
        others, best = other_words(question.text, language, synonyms), candidates[0]
        held = {id(one): anew & with_meant(others, frozenset(one.unit.stems)) for one in candidates}
        repeated = {id(one) for one in known}

        def worth(one: RankedUnit) -> float:
            return sum(ranking.weights.get(stem, 0.0) for stem in held[id(one)])

        most = max((worth(one) for one in candidates if id(one) not in repeated), default=0.0)
        known = [one for one in known if held[id(one)] != anew and worth(one) <= most]
        beside = [one for one in known if _stands_with(one, best)]
        if best in known and best.share >= _LIKELY and any(held[id(one)] for one in beside):
            known = [one for one in known if one not in beside]
    told_before = {id(one) for one in known}
    return known if any(id(one) not in told_before and _is_near(one) for one in candidates) else []


def _stands_with(one: RankedUnit, best: RankedUnit) -> bool:
    """Whether it is in the paragraph, entry or code of the other one, or in what leads to that."""
    if one.passage != best.passage:
        return False
    return one.unit.block == best.unit.block - 1 or (one.unit.block, one.unit.item) == (best.unit.block, best.unit.item)


def _without_known(chosen: Sequence[Quote], known: Set[tuple[int, int]]) -> list[Quote]:
    """Without what was told, but with the code, list or table that a new sentence announces."""
    kept: list[Quote] = []
    announced: set[tuple[int, int]] = set()
    for quote in chosen:
        before, block = kept[-1] if kept else None, (quote.passage, quote.unit.block)
        if before is not None and before.passage == quote.passage and _announces_next(before.unit, quote.unit):
            announced.add(block)
        if block in announced or (quote.passage, quote.unit.start) not in known:
            kept.append(quote)
    return kept


def _announces_next(unit: Unit, following: Unit) -> bool:
    return unit.block + 1 == following.block and unit.text.rstrip("*_` ").endswith((":", "："))


def _asked_anew(question: Question, language: str, synonyms: tuple[str, ...]) -> frozenset[int]:
    """The content words of a follow-up that the turn before it did not have, nor others for the same."""
    before = next((one.text for one in reversed(question.history) if one.role == "user"), "")
    words = Words(language)
    said = with_meant(other_words(question.text, language, synonyms), frozenset(words.stems(before)))
    return frozenset(words.stems(question.text)) - said - asking_stems(language)


def _choose(ranking: Ranking, candidates: Sequence[RankedUnit]) -> list[Quote]:
    """A window around the best unit of each passage, best first, until what is quoted is likely to answer."""
    rooms: tuple[int, ...] = _ROOMS
    if ranking.kind == "definition" and _is_defined(candidates[:1]):
        rooms = _ROOMS_OF_PURPOSES if asks_purpose(ranking.question) else _ROOMS_OF_DEFINITIONS
    chosen: list[Quote] = []
    share, said_more = 0.0, False
    best = max((one.share for one in candidates), default=0.0)  # not always the first: a section's opening may lead
    for one in candidates:
        windows = len({quote.passage for quote in chosen})
        lists = _lacks_list(ranking, chosen) and one.unit.kind in _LISTS
        if windows == len(rooms) or (
            chosen and one.share < (_WORTH_OF_LIST if lists else _WORTH) * candidates[0].share
        ):
            break
        if share >= _ENOUGH and not lists:
            continue
        as_well = one.share >= _AS_WELL * best and windows == 1
        again = as_well and not said_more and _says_more_of_it(one, chosen, ranking)
        if any((quote.passage == one.passage and not again) or _repeats(one.unit, quote.unit) for quote in chosen):
            continue
        said_more = said_more or again
        units = _window(ranking, one, rooms[windows])
        starts = {unit.start for unit in units}
        share += sum(o.share for o in candidates if o.passage == one.passage and o.unit.start in starts)
        chosen += [Quote(one.passage, unit) for unit in units if not any(_repeats(unit, q.unit) for q in chosen)]
    return chosen


def _says_more_of_it(one: RankedUnit, chosen: Sequence[Quote], ranking: Ranking) -> bool:
    """Whether a sentence stands behind a definition, in its section: it says what the thing does.

    An option's entry, which opens with its default or its type, says all of it first.
    """
    if ranking.kind != "definition" or one.passage != chosen[0].passage or one.unit.start < chosen[-1].unit.end:
        return False
    return not any(is_setting(unit.text) for unit in ranking.passages[one.passage][:_OPENING])


def _is_defined(best: Sequence[RankedUnit]) -> bool:
    """Whether what answers best defines the thing, or opens its section."""
    return any(one.features[name] > 0 for one in best for name in ("defines", "half_defines", "opens_definition"))


def _lacks_list(ranking: Ranking, chosen: Sequence[Quote]) -> bool:
    """Whether several things are asked for and none of what is quoted lists them."""
    return ranking.kind == "list" and not any(quote.unit.kind in _LISTS for quote in chosen)


def _window(ranking: Ranking, anchor: RankedUnit, room: int) -> list[Unit]:
    scores = {one.unit.start: one.score for one in ranking.units if one.passage == anchor.passage}
    # What a thing is for is said behind what it is.
    kind = "other" if ranking.kind == "definition" and asks_purpose(ranking.question) else ranking.kind
    return Window(ranking.passages[anchor.passage], scores, anchor, kind, room).units()


def _without_padding(chosen: Sequence[Quote]) -> list[Quote]:
    """Without sentences that only send the reader elsewhere, or announce what is not quoted with them."""
    kept = [quote for quote in chosen if not _is_padding(quote.unit)]
    places = {(quote.passage, quote.unit.block) for quote in kept}
    kept = [
        quote
        for quote in kept
        if not _announces(quote.unit)
        or (quote.passage, quote.unit.block + 1) in places
        or any(
            other.passage == quote.passage
            and other.unit.block == quote.unit.block
            and other.unit.start > quote.unit.start
            for other in kept
        )
    ]
    return kept or list(chosen)


def _is_padding(unit: Unit) -> bool:
    """Whether it only sends its reader elsewhere, or to a picture."""
    return _is_prose(unit) and leads_nowhere(unit.text)


def _is_prose(unit: Unit) -> bool:
    return unit.kind in ("paragraph", "list")


def _announces(unit: Unit) -> bool:
    """Whether it says nothing but that something follows: "There are two contact points:"."""
    short = len(unit.text.split()) <= _ANNOUNCING_WORDS
    return short and _is_prose(unit) and unit.text.rstrip("*_` ").endswith((":", "："))


def _repeats(unit: Unit, other: Unit) -> bool:
    """The same sentence again, as in an introduction and a summary."""
    if unit.kind != other.kind:
        return False
    mine, theirs = set(unit.stems), set(other.stems)
    return len(mine & theirs) >= _SAME * max(1, min(len(mine), len(theirs))) and len(mine) <= 1.3 * len(theirs)
