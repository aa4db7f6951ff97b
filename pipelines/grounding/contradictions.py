"""What a near copy of a sentence changed in it: a number, a name, a code span, a negation, a word for its opposite.

Only the sentences that are most alike are looked at, and only where the claim's other words stand there in the same
order: paraphrases put numbers and names elsewhere without being wrong.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from pipelines.grounding.evidence import (
    Evidence,
    EvidenceUnit,
    Lexed,
    is_name,
    is_negation,
    number_of,
    opens_sentence,
)
from pipelines.grounding.lexical_features import Rarity
from pipelines.grounding.polarity import Polarity

# A claim counts as a near copy of a sentence when this part of its other words stands there in the same order.
NEAR_COPY = 0.8
# A clause is short: so much of it is soon somewhere by chance.
CLAUSE_COPY = 0.9
_WORTH_A_LOOK = 0.5
_MIN_COPIED_WORDS = 3
_DO = ("do", "does", "did")
_MAX_UNIT_WORDS = 250
_COPY_CANDIDATES = 3
# A word of the claim replaces one of the sentence only where no more words than this stand in its place.
_MAX_GAP = 10


@dataclass(frozen=True, slots=True)
class _Copy:
    """A claim beside a sentence of a passage: `pairs` are the places of the words that both have, in order."""

    claim: Lexed
    special: Sequence[bool]  # words of the claim that a copy may change: names, numbers, negations
    there: Lexed
    first: int
    last: int
    pairs: list[tuple[int, int]]
    polarity: Polarity

    def gaps(self) -> Iterator[tuple[range, range]]:
        """The words of the claim without a partner, with those of the sentence that stand where they do."""
        ends = [(-1, -1), *self.pairs, (len(self.claim.words), self.last - self.first)]
        for (i, j), (next_i, next_j) in pairwise(ends):
            own, gap = range(i + 1, next_i), range(self.first + j + 1, self.first + next_j)
            if len(gap) <= _MAX_GAP:
                yield own, gap

    def replacements(self) -> Iterator[tuple[int, range]]:
        """Each word of the claim without a partner, with the places in the passage that stand where it does."""
        return ((at, gap) for own, gap in self.gaps() for at in own)

    def opposites(self, own: range, gap: range) -> list[int]:
        """The words of the claim that stand where the sentence has their opposite."""
        plain = [at for at in own if at not in self.claim.code and not is_negation(self.claim.words[at])]
        words = [word for word in self.there.words[gap.start : gap.stop] if not is_negation(word)]
        return [at for at in plain if any(self.polarity.are_opposite(self.claim.words[at], word) for word in words)]

    def is_turned_twice(self, own: range, gap: range) -> bool:
        """Whether opposites and one negation take each other back: `is disabled` for `is not enabled`."""
        denied = [any(map(is_negation, words)) for words in (
            self.claim.words[own.start : own.stop], self.there.words[gap.start : gap.stop]
        )]  # fmt: skip
        return denied[0] != denied[1] and bool(self.opposites(own, gap))


def contradiction(
    claim: Lexed, passages: Sequence[Evidence], rarity: Rarity, polarity: Polarity, *, near_copy: float = NEAR_COPY
) -> str | None:
    """The word by which a near copy contradicts the sentence that it copies; None where nothing does."""
    special = [_is_special(claim, at, rarity, polarity) for at in range(len(claim.words))]
    if special.count(False) < _MIN_COPIED_WORDS:
        # Hardly anything but names, or German, which writes every noun like one: here they must be copied too.
        special = [number_of(word) is not None or _denies(claim, at) for at, word in enumerate(claim.words)]
    plain = special.count(False)
    if plain < _MIN_COPIED_WORDS:
        return None
    changed: str | None = None
    for passage, unit in _most_alike(claim, passages):
        pairs = _aligned(_keys(claim, 0, len(claim.words)), _keys(passage.lexed, unit.first, unit.last))
        copy = _Copy(claim, special, passage.lexed, unit.first, unit.last, pairs, polarity)
        if len(pairs) < plain * _WORTH_A_LOOK:
            continue
        opposites = [at for gap in copy.gaps() for at in copy.opposites(*gap)]
        kept = sum(special[i] for i, _ in pairs)
        turned = sum(not special[at] for at in opposites)
        if len(pairs) - kept < near_copy * (plain - turned):
            continue
        here = _changed(copy) or _turned(copy) or _lost_negation(copy)
        if here is None and kept == sum(special):  # a sentence that says just this stands there too
            return None
        changed = changed or here
    return changed


def _is_special(claim: Lexed, at: int, rarity: Rarity, polarity: Polarity) -> bool:
    word = claim.words[at]
    if number_of(word) is not None or _denies(claim, at) or is_name(claim, at) or at in claim.code:
        return True
    return _may_be_name(claim, at, polarity) and not any(rarity.is_common(stem) for stem in claim.stems[at])


def _may_be_name(claim: Lexed, at: int, polarity: Polarity) -> bool:
    """Whether a capital may be a name's.

    What opens a sentence has one in any case: it is no name where it gives an order ("Shut off the valve") or joins
    the sentence to the one before ("Additionally, ...").
    """
    if not _has_capital(claim, at) or not opens_sentence(claim.text, claim.starts[at]):
        return _has_capital(claim, at)
    after = claim.words[at + 1] if at + 1 < len(claim.words) else ""
    return after not in polarity.before_objects and not claim.text.startswith(",", claim.ends[at])


def _denies(lexed: Lexed, at: int) -> bool:
    """A negation, or the "does" of "does not": neither is a word that a copy without it would have."""
    after = lexed.words[at + 1] if at + 1 < len(lexed.words) else ""
    return is_negation(lexed.words[at]) or (lexed.words[at] in _DO and is_negation(after))


def _keys(lexed: Lexed, first: int, last: int) -> list[tuple[int, ...] | str]:
    """What counts as the same word in a copy: the stem, so that `include` is `includes`; the word where it has none."""
    return [stems or word for word, stems in zip(lexed.words[first:last], lexed.stems[first:last], strict=True)]


def _most_alike(claim: Lexed, passages: Sequence[Evidence]) -> list[tuple[Evidence, EvidenceUnit]]:
    content = set(claim.content())
    units = [(p, u) for p in passages for u in p.units if 0 < u.last - u.first <= _MAX_UNIT_WORDS]
    units.sort(key=lambda one: (-len(content & one[1].stems), one[1].last - one[1].first))
    return units[:_COPY_CANDIDATES]


def _turned(copy: _Copy) -> str | None:
    """The first word of the claim that stands where the sentence has its opposite and no negation makes up for it."""
    found = (at for gap in copy.gaps() if not copy.is_turned_twice(*gap) for at in copy.opposites(*gap))
    return next((copy.claim.words[at] for at in found), None)


def _changed(copy: _Copy) -> str | None:
    """The first number, name, code span or negation that stands where the sentence has another one."""
    there, claim = copy.there, copy.claim
    excused = {at for own, gap in copy.gaps() if copy.is_turned_twice(own, gap) for at in own}
    for at, gap in copy.replacements():
        word, stems = claim.words[at], claim.stems[at]
        number = number_of(word)
        if is_negation(word):
            if at not in excused and not _is_denied_otherwise(
                copy, word, there.words[copy.first : copy.last], {j for _, j in copy.pairs}
            ):
                return word
        elif number is not None:
            numbers = {number_of(there.words[j]) for j in gap} - {None}
            if numbers and number not in numbers:
                return word
        elif at in claim.code:
            if not any(there.words[j] == word for j in gap) and any(j in there.code for j in gap):
                return word
        elif copy.special[at] or _may_be_name(claim, at, copy.polarity):
            # A common word that opens the claim is a name only where the sentence has what is surely one.
            replaced = [j for j in gap if is_name(there, j) or (copy.special[at] and _has_capital(there, j))]
            if replaced and not any(stems and there.stems[j] == stems for j in gap):
                return word
    return None


def _has_capital(lexed: Lexed, at: int) -> bool:
    return lexed.text[lexed.starts[at]].isupper() and bool(lexed.stems[at])


def _lost_negation(copy: _Copy) -> str | None:
    """A negation of the sentence between words that the claim kept, but not itself kept, in no other form either."""
    there = copy.there.words[copy.first : copy.last]
    kept = {j for _, j in copy.pairs}
    first, last = min(kept, default=0), max(kept, default=-1)
    kept |= {j - copy.first for own, gap in copy.gaps() if copy.is_turned_twice(own, gap) for j in gap}
    near = {j - copy.first for _, gap in copy.gaps() for j in gap}
    lost = (there[j] for j in range(first, last) if j in near - kept and is_negation(there[j]))
    own = {i for i, _ in copy.pairs}
    return next((word for word in lost if not _is_denied_otherwise(copy, word, copy.claim.words, own)), None)


def _is_denied_otherwise(copy: _Copy, negation: str, others: Sequence[str], kept: set[int]) -> bool:
    """Whether the other side denies in other words there: `needs no network` for `does not need a network`."""
    return any(
        at not in kept and word != negation and (is_negation(word) or copy.polarity.denies(word))
        for at, word in enumerate(others)
    )


def _aligned(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence, in order; of several as long, the one that rapidfuzz finds."""
    blocks = LCSseq.opcodes(left, right).as_matching_blocks()
    return [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]
