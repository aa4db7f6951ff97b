"""What is quoted of a passage: the unit that answers, with what belongs to it and what stands beside it."""

import math
from collections.abc import Mapping, Sequence

from pipelines.answering.question_kinds import QuestionKind
from pipelines.answering.sentence_ranking import LISTING, RankedUnit
from pipelines.answering.stretches import is_catalogue, is_variant, labels, stretches_of
from pipelines.text.quotable import ASKING, LINKED, Unit, leans

# Characters. A block of code that belongs to what is quoted comes on top of a window's room.
MAX_BLOCK = 1_600
_MAX_LEAD_IN = 320
_MAX_STEPS = 2_400
_MAX_LIST = 1_200
_MAX_NEIGHBOURING_CODE, _MAX_NEIGHBOURING_TABLE = 600, 800
# A passage of so much prose, with so much more of code, is quoted whole where it is open which part of it answers.
_SHORT, _SHORT_WITH_CODE = 500, 900
_SURE = 0.6  # of its odds
# Characters that a definition needs: a sentence that defines, what opens the thing's own section, anything else.
_DEFINED, _OPENED, _SETTLED = 60, 90, 140
_WITH_CODE: tuple[QuestionKind, ...] = ("how_to", "code", "value", "other", "comparison")


class Window:
    """Grows around a unit of a passage; `room` is what its prose may take, in characters."""

    def __init__(
        self, units: Sequence[Unit], scores: Mapping[int, float], anchor: RankedUnit, kind: QuestionKind, room: int
    ) -> None:
        self._stretches = stretches_of(units)
        self._scores = scores
        self._kind = kind
        self._room = room
        self._defines, self._opens = (anchor.features[name] > 0 for name in ("defines", "opens_definition"))
        self._at = next(number for number, stretch in enumerate(self._stretches) if anchor.unit in stretch.units)
        self._chosen: dict[int, tuple[Unit, ...]] = {self._at: self._anchored(anchor.unit)}
        # Looked up for each neighbour: a selected list may have thousands of items.
        self._blocks: dict[int, list[int]] = {}
        for n, stretch in enumerate(self._stretches):
            self._blocks.setdefault(stretch.block, []).append(n)
        self._is_entry = self._stands_for_itself()

    def units(self) -> list[Unit]:
        """What is quoted, in the order of the passage."""
        if self._kind != "definition" and self._is_short() and not self._is_sure():
            units = [unit for one in self._stretches for unit in one.units]
            return [unit for unit in units if unit.kind != "paragraph" or unit.flaw < ASKING]
        self._take_what_it_announces(self._at)
        self._take_lead_in(self._at)
        if self._kind == "how_to":
            self._take_steps()
        self._take_whole_list()
        if self._kind == "comparison":
            self._take_whole_table()
        if not self._is_settled:
            self._take_neighbours()
        self._take_code_of_items()
        self._take_what_it_leans_on()
        self._take_table_head()
        self._leave_variants()
        return [unit for number in sorted(self._chosen) for unit in self._chosen[number]]

    def _is_short(self) -> bool:
        sizes = [(one.size, one.kind in ("code", "table")) for one in self._stretches]
        prose = sum(size for size, is_block in sizes if not is_block)
        return prose <= min(_SHORT, self._room) and sum(size for size, _ in sizes) <= _SHORT_WITH_CODE

    def _is_sure(self) -> bool:
        """Whether the anchor's stretch holds nearly all of the odds of its passage."""
        top = max(self._scores.values())
        odds = {start: math.exp(score - top) for start, score in self._scores.items()}
        own = sum(odds[unit.start] for unit in self._stretches[self._at].units)
        return own >= _SURE * sum(odds.values())

    @property
    def _size(self) -> int:
        return sum(
            units[-1].end - units[0].start for units in self._chosen.values() if units[0].kind not in ("code", "table")
        )

    @property
    def _is_settled(self) -> bool:
        """A definition says by itself what was asked: the rest of its section is beside the matter."""
        enough = _DEFINED if self._defines else _OPENED if self._opens else _SETTLED
        return self._kind == "definition" and self._size >= enough

    def _anchored(self, unit: Unit) -> tuple[Unit, ...]:
        """The anchor's stretch; of a paragraph that is too long, the sentences around the anchor."""
        units = self._stretches[self._at].units
        if self._stretches[self._at].size <= self._room:
            return units
        low = high = units.index(unit)
        while True:
            if high + 1 < len(units) and units[high + 1].end - units[low].start <= self._room:
                high += 1
            elif low > 0 and units[high].end - units[low - 1].start <= self._room:
                low -= 1
            else:
                return units[low : high + 1]

    def _take(self, number: int) -> None:
        self._chosen[number] = self._stretches[number].units

    def _take_what_it_announces(self, number: int) -> None:
        """The code, list or table behind a colon or a label; code behind any sentence, where it may be asked for."""
        if number + 1 >= len(self._stretches) or number + 1 in self._chosen:
            return
        stretch, after = self._stretches[number], self._stretches[number + 1]
        announced = stretch.announces or labels(self._stretches, number) or (stretch.counts and after.kind == "list")
        wanted = announced or stretch.asks or (after.kind == "code" and self._kind in _WITH_CODE)
        if not wanted or stretch.kind in ("code", "table") or self._chosen.get(number, ())[-1:] != stretch.units[-1:]:
            return
        whole = self._block_at(number + 1)
        if after.kind != "paragraph" and sum(self._stretches[n].size for n in whole) <= MAX_BLOCK:
            for one in whole:
                self._take(one)
            self._take_code_behind(whole[-1])
        elif after.kind == "paragraph":
            is_label = stretch.announces and labels(self._stretches, number + 1)
            if is_label or ((stretch.announces or stretch.asks) and after.size <= self._room):
                self._take(number + 1)
                self._take_what_it_announces(number + 1)

    def _take_code_behind(self, number: int) -> None:
        """Blocks of code that stand one right behind the other are files of one example."""
        size = self._stretches[number].size
        while self._stretches[number].kind == "code" and number + 1 < len(self._stretches):
            number += 1
            size += self._stretches[number].size
            if self._stretches[number].kind != "code" or size > MAX_BLOCK:
                return
            self._take(number)

    def _take_lead_in(self, number: int) -> None:
        """The sentence before a list, a table or code, which says what it is; of a tab its label, too."""
        first = self._block_at(number)[0]
        if self._stretches[number].kind == "paragraph" or first == 0 or first - 1 in self._chosen:
            return
        before = self._stretches[first - 1]
        if before.kind not in ("paragraph", "list"):
            return
        if labels(self._stretches, first - 1):
            self._take(first - 1)
            first = self._first_tab(first - 1)
            before = self._stretches[first - 1]
            if not first or not before.announces:
                return
        elif not before.announces and self._stretches[number].kind != "code":
            return
        taken = before.units if before.size <= _MAX_LEAD_IN else before.units[-1:]
        if taken[0].flaw < 1:
            self._chosen[first - 1] = taken

    def _first_tab(self, label: int) -> int:
        """The first label of the tabs that one stands among: label, code, label, code."""
        first = label
        while first > 1 and self._stretches[first - 1].kind == "code":
            before = first - 1
            while before and self._stretches[before].kind == "code":
                before -= 1
            if not labels(self._stretches, before):
                break
            first = before
        return first

    def _take_steps(self) -> None:
        """The steps before and after the one that answers, with their code: a procedure is quoted whole."""
        if not any(self._stretches[n].kind in ("list", "code") for n in self._chosen):
            return
        run = self._run_of_steps()
        if len(run) > 1 and sum(self._stretches[n].size for n in run) <= _MAX_STEPS:
            for number in run:
                self._take(number)

    def _run_of_steps(self) -> list[int]:
        """The stretch of list items and code around the anchor, with its lead-in; items of one paragraph are a list."""
        low = high = self._at
        stepping = ("list", "code")
        if self._stretches[self._at].kind not in stepping:
            if self._at + 1 >= len(self._stretches) or self._stretches[self._at + 1].kind not in stepping:
                return []
        else:
            while low > 0 and self._stretches[low - 1].kind in stepping:
                low -= 1
        while high + 1 < len(self._stretches) and self._stretches[high + 1].kind in stepping:
            high += 1
        kinds = {self._stretches[n].kind for n in range(low, high + 1)}
        if "list" not in kinds:
            return []
        if low > 0 and self._stretches[low - 1].announces:
            low -= 1
        return list(range(low, high + 1))

    def _take_whole_list(self) -> None:
        """The list that an item stands in, where it is short enough; of options the one alone."""
        if self._stretches[self._at].kind != "list" or self._is_entry:
            return
        whole = self._block_at(self._at)
        if sum(self._stretches[n].size for n in whole) <= max(self._room, _MAX_LIST):
            for number in whole:
                self._take(number)
            self._take_lead_in(self._at)

    def _take_code_of_items(self) -> None:
        """The code that an item of a list ends by announcing: "Solution: the preferred way is:"."""
        for number in sorted(self._chosen):
            stretch, after = self._stretches[number], self._stretches[number + 1 : number + 2]
            if stretch.kind == "list" and stretch.announces and after and after[0].kind == "code":
                self._take_what_it_announces(number)

    def _take_whole_table(self) -> None:
        """All rows of a short table: each compares in one respect."""
        if self._stretches[self._at].kind == "table":
            whole = self._block_at(self._at)
            if sum(self._stretches[n].size for n in whole) <= _MAX_LIST:
                for number in whole:
                    self._take(number)

    def _take_neighbours(self) -> None:
        """Paragraphs before and after, the better first, as long as there is room."""
        while not self._is_settled:
            low, high = min(self._chosen), max(self._chosen)
            sides = [n for n in (self._beside(low, -1), self._beside(high, 1)) if n is not None and self._fits(n)]
            if not sides:
                return
            number = max(sides, key=self._score)
            self._take(number)
            self._take_what_it_announces(number)

    def _beside(self, number: int, step: int) -> int | None:
        """The stretch before or after one; captions between the two are no text."""
        number += step
        while 0 <= number < len(self._stretches) and self._stretches[number].is_caption:
            number += step
        return number if 0 <= number < len(self._stretches) else None

    def _fits(self, number: int) -> bool:
        stretch = self._stretches[number]
        if self._is_entry and stretch.block == self._stretches[self._at].block:
            return False
        if stretch.kind == "code":
            return self._kind in ("how_to", "code") and stretch.size <= _MAX_NEIGHBOURING_CODE
        if stretch.kind == "table":  # of a long table the row that answers is enough
            return sum(self._stretches[n].size for n in self._blocks[stretch.block]) <= _MAX_NEIGHBOURING_TABLE
        # An item of two words says something in its list, a label ("Solution:") before what it labels.
        last = number + 1 == len(self._stretches)
        if stretch.may_label and not (stretch.announces and not last) and not labels(self._stretches, number):
            return False
        readable = stretch.kind == "list" or stretch.may_label or max(unit.flaw for unit in stretch.units) < ASKING
        return readable and self._size + stretch.size <= self._room

    def _stands_for_itself(self) -> bool:
        """Whether the anchor is one of a list's items that speak of a thing each, and one alone is asked for."""
        return (
            self._kind not in LISTING
            and self._stretches[self._at].kind == "list"
            and is_catalogue(self._stretches, self._at)
        )

    def _block_at(self, number: int) -> list[int]:
        """The stretches of the block that one is of: all items of its list, all rows of its table."""
        return self._blocks[self._stretches[number].block]

    def _score(self, number: int) -> float:
        return max(self._scores[unit.start] for unit in self._stretches[number].units)

    def _take_what_it_leans_on(self) -> None:
        """A first sentence that opens with a pronoun or a connective brings the one before it."""
        first = min(self._chosen)
        units, chosen = self._stretches[first].units, self._chosen[first]
        if not leans(chosen[0].text) or chosen[0].kind not in ("paragraph", "list"):
            return
        place = units.index(chosen[0])
        if place:
            before: Sequence[Unit] = units[place - 1 : place]
            self._chosen[first] = (*before, *chosen) if before[0].flaw < LINKED else chosen
        elif first and self._stretches[first - 1].kind == "paragraph":
            before = self._stretches[first - 1].units[-1:]
            if before[0].flaw < LINKED:
                self._chosen[first - 1] = tuple(before)

    def _leave_variants(self) -> None:
        """Of code that stands there in two languages one is enough: the one that answers, else the first."""
        for number in sorted(self._chosen):
            both = number in self._chosen and number + 1 in self._chosen
            if both and is_variant(self._stretches[number], self._stretches[number + 1]):
                del self._chosen[number if number + 1 == self._at else number + 1]

    def _take_table_head(self) -> None:
        """A row says little without the names of its columns."""
        for number in list(self._chosen):
            stretch = self._stretches[number]
            if stretch.kind == "table" and stretch.units[0].item:
                head = self._blocks[stretch.block][0]
                if self._stretches[head].units[0].item == 0:
                    self._take(head)
