"""What words alone say about a claim and its passages: features of a regression, and contradictions in a near copy.

All of them are about words that the passages lack or have elsewhere, none about how a certain model phrases things.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.grounding.evidence import (
    CODE_SPAN,
    HEAD,
    Evidence,
    EvidenceUnit,
    Lexed,
    is_name,
    is_strong_number,
    number_of,
)
from pipelines.grounding.measures import forms_of_unit
from pipelines.text.words import Words

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
_DO = ("do", "does", "did")
# Another form of a word that the passages have is hardly news.
_NEWS_OF_A_FORM = 0.25
_MIN_INITIALS, _MAX_INITIALS = 3, 6
_MAX_SPANS = 100
# The quotes, brackets and signs around a span of code, and what closes a call, tag, sentence or list after it.
_BEFORE_CODE, _AFTER_CODE = " \"'<([{/", " \"'>)]}/;:,.([{"
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
        words_of = Words(language)
        for rarity, words in words_by_rarity.items():
            for stem in words_of.distinct_stems(words):
                self._by_stem[stem] = min(rarity, self._by_stem.get(stem, default))
        self.about_sources = words_of.distinct_stems(_ABOUT_SOURCES)

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
            if len(word) >= HEAD and word[:HEAD] in heads:
                weight *= _NEWS_OF_A_FORM
            news.append(weight)
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
        if not (spelt_out or _has_kin(bare, passages) or _is_abbreviated(initials, at, passages)):
            found.append(word)
    return [] if _is_acronym(found, passages) else found


def missing_code(claim: Lexed, passages: Sequence[Evidence], heading: Lexed) -> list[str]:
    """The code spans of the claim that stand in none of its passages, in code or in prose, nor in their titles.

    How a span is spaced or quoted, and the brackets of a call or tag around a name, do not count.
    """
    spans = list(dict.fromkeys(match.group(2) for match in CODE_SPAN.finditer(claim.text)))[:_MAX_SPANS]
    if not spans:
        return []
    texts = [squeezed(text.replace("\\", "")) for text in (heading.text, *(p.lexed.text for p in passages))]
    return [span for span in spans if (bare := _bare_code(span)) and not any(_stands_in(bare, text) for text in texts)]


def _bare_code(span: str) -> str:
    text = squeezed(span.replace("\\", ""))
    return text.lstrip(_BEFORE_CODE).rstrip(_AFTER_CODE) or text


def _stands_in(code: str, text: str) -> bool:
    """Whether the code stands there as a whole: `get` is not in `getState`, but in `store.get`."""
    before, after = (r"(?<!\w)" if code[0].isalnum() else ""), (r"(?!\w)" if code[-1].isalnum() else "")
    return re.search(before + re.escape(code) + after, text, re.IGNORECASE) is not None


def _is_acronym(names: Sequence[str], passages: Sequence[Evidence]) -> bool:
    """Whether the passages abbreviate the names: `BLS` for `Bureau`, `Labor`, `Statistics`."""
    initials = "".join(name[0] for name in names)
    return len(initials) > 1 and any(initials in passage.places for passage in passages)


def _is_abbreviated(initials: str, at: int, passages: Sequence[Evidence]) -> bool:
    """Whether the passages abbreviate a phrase that the name is in: `NICs` for `National Insurance Contributions`."""
    spans = [
        initials[first:last]
        for first in range(max(0, at - _MAX_INITIALS + 1), at + 1)
        for last in range(max(at + 1, first + _MIN_INITIALS), min(len(initials), first + _MAX_INITIALS) + 1)
    ]
    forms = {form for span in spans for form in (span, span + "s")}
    return any(_stands_in_capitals(form, passage) for passage in passages for form in forms)


def _stands_in_capitals(word: str, passage: Evidence) -> bool:
    starts, text = passage.lexed.starts, passage.lexed.text
    return any(text[starts[at] : starts[at] + _MIN_INITIALS].isupper() for at in passage.places.get(word, ()))


def _has_kin(name: str, passages: Sequence[Evidence]) -> bool:
    """Whether a passage has the name in another form: `American` for `America`, `BRCA 1` for `BRCA1`, spelt out."""
    if any(form in passage.places for form in forms_of_unit(name) for passage in passages):
        return True
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


_SPACES = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """The text with every run of white space as one space, for comparing code."""
    return _SPACES.sub(" ", text).strip()
