"""What words alone say about a claim and its passages: features of a regression, and contradictions in a near copy.

All of them are about words that the passages lack or have elsewhere, none about how a certain model phrases things.
"""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from pipelines.grounding.evidence import (
    HEAD,
    Evidence,
    EvidenceUnit,
    Lexed,
    is_name,
    is_negation,
    is_strong_number,
    number_of,
    stem_of,
)

# Words by which an answer speaks about its sources or joins its sentences: they claim nothing of their own.
_ABOUT_SOURCES = (
    "passage passages provide provides provided given context source sources according based text texts information "
    "mention mentions mentioned document documents documentation article articles section sections page pages state "
    "states stated answer question describe describes described explain explains unspecified specified additionally "
    "overall therefore however furthermore moreover also typically generally usually include includes including "
    "various several important ensure specific"
)
# A hallucination is a stretch of a sentence, rarely a sentence: what counts is the worst stretch of this many words.
_STRETCH = 5
# A claim counts as a near copy of a sentence when this part of its other words stands there in the same order.
_NEAR_COPY = 0.8
_MIN_COPIED_WORDS = 3
_DO = ("do", "does", "did")
_MIN_INITIALS = 3
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")
_MAX_UNIT_WORDS = 250
_COPY_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Features:
    """What the regression sees of a claim."""

    novel_stretch: float  # rarity of the words that no passage has, summed over the worst stretch
    novel_rarest: float  # rarity of the rarest such word
    together: float  # part of the neighbouring content words that stand together in one sentence of a passage
    numbers_missing: float  # how many numbers no passage has, up to 3
    unknown_share: float  # part of the claim, by rarity, that no passage has

    def fitted(self) -> tuple[float, ...]:
        """Those of the regression, in the order of `FITTED`."""
        return self.novel_stretch, self.novel_rarest, self.together, self.numbers_missing


FITTED = ("novel_stretch", "novel_rarest", "together", "numbers_missing")


class Rarity:
    """How rare a stem is in general text: the log of inverse document frequency, at most `default`."""

    def __init__(self, words_by_rarity: Mapping[float, str], default: float, language: str = "english") -> None:
        self.default = default
        self._by_stem: dict[int, float] = {}
        for rarity, words in words_by_rarity.items():
            for word in words.split():
                for stem in stem_of(language, word):
                    self._by_stem[stem] = min(rarity, self._by_stem.get(stem, default))
        self.about_sources = frozenset(stem for word in _ABOUT_SOURCES.split() for stem in stem_of(language, word))

    def of(self, stem: int) -> float:
        """The rarity of a stem."""
        return self._by_stem.get(stem, self.default)

    def is_common(self, stem: int) -> bool:
        """Whether the stem is of a common word, hardly a name."""
        return stem in self._by_stem


def measure(claim: Lexed, passages: Sequence[Evidence], question: Lexed, rarity: Rarity) -> Features:
    """The features of a claim against the passages that it rests on; the question's words are no news."""
    known = set(question.content()).union(*(passage.stems for passage in passages))
    heads = {word[:HEAD] for word in question.words}.union(*(passage.heads for passage in passages))
    content: list[int] = []
    news: list[float] = []
    rarest = total = unknown = 0.0
    for word, stems in zip(claim.words, claim.stems, strict=True):
        for stem in stems:
            if stem not in known and stem in rarity.about_sources:
                continue
            weight = 0.0 if stem in known else rarity.of(stem)
            content.append(stem)
            total += rarity.of(stem)
            unknown += weight
            # Another form of a word that the passages have is half news.
            news.append(weight / 2 if len(word) >= HEAD and word[:HEAD] in heads else weight)
            rarest = max(rarest, weight)
    missing = _missing(claim, passages, {number_of(word) for word in question.words})
    return Features(
        novel_stretch=max(sum(news[i : i + _STRETCH]) for i in range(max(1, len(news) - _STRETCH + 1))),
        novel_rarest=rarest,
        together=_together(content, [unit for passage in passages for unit in passage.units]),
        numbers_missing=float(min(3, len(missing))),
        unknown_share=unknown / total if total else 0.0,
    )


def _together(content: list[int], units: Sequence[EvidenceUnit]) -> float:
    pairs = list(pairwise(content))
    if not pairs:
        return float(any(set(content) <= unit.stems for unit in units))
    return sum(any(a in unit.stems and b in unit.stems for unit in units) for a, b in pairs) / len(pairs)


def _missing(claim: Lexed, passages: Sequence[Evidence], known: set[str | None]) -> list[str]:
    """The numbers of the claim that are neither known nor in a passage."""
    numbers = [number for word in claim.words if is_strong_number(word) and (number := number_of(word)) is not None]
    return [n for n in numbers if n not in known and not any(n in passage.numbers for passage in passages)]


# Numbers and names that the passages lack


def missing_numbers(claim: Lexed, passages: Sequence[Evidence], heading: Lexed) -> list[str]:
    """The numbers and dates of the claim that neither its passages nor their titles have."""
    return _missing(claim, passages, {number_of(word) for word in heading.words})


def missing_names(claim: Lexed, passages: Sequence[Evidence], heading: Lexed) -> list[str]:
    """The names of the claim that neither its passages nor their titles have, in whatever case they write them."""
    titles = set(heading.words)
    stems = set(heading.content()).union(*(passage.stems for passage in passages))
    initials = "".join(word[0] for word in claim.words)
    found: list[str] = []
    for at, word in enumerate(claim.words):
        if number_of(word) is not None or not claim.stems[at] or not is_name(claim, at):
            continue
        bare = word.removesuffix("'s")
        if bare in titles or any(bare in passage.places for passage in passages) or stems.issuperset(claim.stems[at]):
            continue
        spelt_out = len(bare) >= _MIN_INITIALS and bare in initials  # "inflammatory eye disease (IED)"
        if not spelt_out and not _has_kin(bare, passages):
            found.append(word)
    return [] if _is_acronym(found, passages) else found


def _is_acronym(names: Sequence[str], passages: Sequence[Evidence]) -> bool:
    """Whether the passages abbreviate the names: `BLS` for `Bureau`, `Labor`, `Statistics`."""
    initials = "".join(name[0] for name in names)
    return len(initials) > 1 and any(initials in passage.places for passage in passages)


def _has_kin(name: str, passages: Sequence[Evidence]) -> bool:
    """Whether a passage has the name in another form: `American` for `America`, `BRCA 1` for `BRCA1`, spelt out."""
    if len(name) >= _MIN_INITIALS and any(name in passage.initials for passage in passages):
        return True
    parts = _LETTERS_OR_DIGITS.findall(name)
    if len(parts) > 1 and all(any(part in p.places or part in p.numbers for p in passages) for part in parts):
        return True
    head = name[: max(HEAD, len(name) - 2)]
    long = len(name) >= HEAD
    return any(
        (long and word.startswith(head)) or (word.startswith(name) and word[len(name) :].isdigit())
        for passage in passages
        for word in passage.places
    )


# Contradictions in a near copy


def contradiction(claim: Lexed, passages: Sequence[Evidence], rarity: Rarity) -> str | None:
    """What a claim that nearly copies a sentence changed in it: a number, a name or a negation; None if nothing.

    Only the best sentences are looked at, and only when the claim's other words stand there in the same order:
    paraphrases put numbers and names elsewhere without being wrong.
    """
    special = [_is_special(claim, at, rarity) for at in range(len(claim.words))]
    if special.count(False) < _MIN_COPIED_WORDS:
        # Hardly anything but names, or German, which writes every noun like one: here they must be copied too.
        special = [number_of(word) is not None or _denies(claim, at) for at, word in enumerate(claim.words)]
    plain = special.count(False)
    if plain < _MIN_COPIED_WORDS:
        return None
    changed: str | None = None
    for passage, unit in _most_alike(claim, passages):
        pairs = _aligned(_keys(claim, 0, len(claim.words)), _keys(passage.lexed, unit.first, unit.last))
        kept = sum(special[i] for i, _ in pairs)
        if len(pairs) - kept < _NEAR_COPY * plain:
            continue
        here = _changed(claim, special, passage, unit, pairs)
        here = here or _lost_negation(claim.words, passage.lexed.words[unit.first : unit.last], pairs)
        if here is None and kept == sum(special):  # a sentence that says just this stands there too
            return None
        changed = changed or here
    return changed


def _is_special(claim: Lexed, at: int, rarity: Rarity) -> bool:
    word = claim.words[at]
    if number_of(word) is not None or _denies(claim, at) or is_name(claim, at):
        return True
    # What opens a sentence has a capital in any case: a rare word there may be a name.
    return _has_capital(claim, at) and not any(rarity.is_common(stem) for stem in claim.stems[at])


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


def _changed(
    claim: Lexed, special: list[bool], passage: Evidence, unit: EvidenceUnit, pairs: list[tuple[int, int]]
) -> str | None:
    """The first number, name or negation that stands where the sentence has another one."""
    there = passage.lexed
    for at, gap in _replacements(len(claim.words), unit.first, unit.last, pairs):
        word, stems = claim.words[at], claim.stems[at]
        number = number_of(word)
        if is_negation(word):
            if _denied_otherwise(word, there.words[unit.first : unit.last], {j for _, j in pairs}):
                continue
            return word
        if number is not None:
            numbers = {number_of(there.words[j]) for j in gap} - {None}
            if numbers and number not in numbers:
                return word
        elif special[at] or _has_capital(claim, at):
            # A common word that opens the claim is a name only where the sentence has what is surely one.
            replaced = [j for j in gap if is_name(there, j) or (special[at] and _has_capital(there, j))]
            if replaced and not any(stems and there.stems[j] == stems for j in gap):
                return word
    return None


def _has_capital(lexed: Lexed, at: int) -> bool:
    return lexed.text[lexed.starts[at]].isupper() and bool(lexed.stems[at])


def _replacements(words: int, first: int, last: int, pairs: list[tuple[int, int]]) -> Iterator[tuple[int, range]]:
    """Each word of the claim without a partner, with the places in the passage that stand where it does."""
    ends = [(-1, -1), *pairs, (words, last - first)]
    for (i, j), (next_i, next_j) in pairwise(ends):
        for at in range(i + 1, next_i):
            yield at, range(first + j + 1, first + next_j)


def _lost_negation(claim: Sequence[str], there: Sequence[str], pairs: list[tuple[int, int]]) -> str | None:
    """A negation of the sentence between words that the claim kept, but not itself kept, in no other form either."""
    kept = {j for _, j in pairs}
    first, last = min(kept, default=0), max(kept, default=-1)
    lost = (there[j] for j in range(first, last) if j not in kept and is_negation(there[j]))
    return next((word for word in lost if not _denied_otherwise(word, claim, {i for i, _ in pairs})), None)


def _denied_otherwise(negation: str, others: Sequence[str], kept: set[int]) -> bool:
    """Whether the other side denies in other words there: `needs no network` for `does not need a network`."""
    return any(at not in kept and is_negation(word) and word != negation for at, word in enumerate(others))


def _aligned(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence, in order; of several as long, the one that rapidfuzz finds."""
    blocks = LCSseq.opcodes(left, right).as_matching_blocks()
    return [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]


_SPACES = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """The text with every run of white space as one space, for comparing code."""
    return _SPACES.sub(" ", text).strip()
