"""Texts made ready for comparing a claim with its passages: words with places, stems, numbers, names, negations."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from pipelines.languages.known import LANGUAGES
from pipelines.languages.scripts import DIGITS, MARKS
from pipelines.text.quotable import quotable_units
from pipelines.text.words import Words

# Link targets and url schemes are no words of the text: a claim carries a link's text only. Then numbers with their
# separators, single ideographs and kana (no spaces there), and words with an apostrophe or dots inside.
_TOKEN = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\)|(?:https?|ftp)://(?:www\.)?|"
    # 少ない and 危ない are no negations, and what must be (なければならない) is affirmed.
    r"((?<!なり)ません|(?<![少危切汚])(?<!なら)ない|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|"
    r"\d+(?:[.,:٫٬]\d+)*[^\W\d_]*|[nN]['’][tT]\b|[^\W_](?:[^\W_]|[" + MARKS + r"])*(?:['’][^\W_]+)*(?:\.\d+)*)"
)
# A span of code on one line; what opens a fence is none.
CODE_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]+)\1(?!`)")
_LINE_SENTENCE = re.compile(r"[^\s.!?](?:[^\n.!?]|[.!?](?!\s))*[.!?]*")
_PLAIN_NUMBER = re.compile(r"(\d+(?:[.,:]\d+)*)([^\W\d_]*)")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
        ]
    )
}  # fmt: skip
_NUMBER_WORDS |= {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80"}
_NUMBER_WORDS |= {"ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000"}
_NUMBER_WORDS |= {"twice": "2", "thrice": "3", "half": "0.5", "dozen": "12", "second": "2", "third": "3", "fourth": "4"}
_NUMBER_WORDS |= {"fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10"}
# Too common in other senses to be taken for a number that a passage must have.
_WEAK_NUMBER_WORDS = frozenset(["zero", "one", "second", "half", "hundred", "thousand", "million", "billion", "third"])
NEGATIONS = frozenset(word for language in LANGUAGES.values() for word in language.negations)
# Words that share so many first letters count as forms of one word: `america` and `american`.
HEAD = 5
_CACHED_STEMS = 100_000
_CACHED_BYTES = 96 * 1024 * 1024
_BYTES_A_WORD = 300  # of a passage made ready, measured over SQuAD's paragraphs
_CACHED_CLAIMS = 2_048


@lru_cache(maxsize=_CACHED_STEMS)
def stem_of(language: str, word: str) -> tuple[int, ...]:
    """The stem of a word as the index has it; empty for a stop word."""
    return Words(language).stems(word)


@dataclass(frozen=True, slots=True)
class Lexed:
    """The words of a text. `words` are lower-case; word i stands at `text[starts[i]:ends[i]]` and has `stems[i]`."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    stems: tuple[tuple[int, ...], ...]
    code: frozenset[int] = frozenset()  # the words inside spans of code

    def content(self, first: int = 0, last: int | None = None) -> list[int]:
        """The stems of the content words from `first` up to, without, `last`, in order."""
        return [stem for stems in self.stems[first:last] for stem in stems]


@lru_cache(maxsize=_CACHED_CLAIMS)
def lex(text: str, language: str = "english") -> Lexed:
    """The words of a text with their places."""
    spans = [match.span(1) for match in _TOKEN.finditer(text) if match.lastindex]
    starts = tuple([start for start, _ in spans])
    if text.isascii():
        lower = text.lower()
        words = tuple([lower[start:end] for start, end in spans])
    else:
        words = tuple([text[start:end].lower().replace("’", "'").translate(DIGITS) for start, end in spans])
    return Lexed(
        text,
        words,
        starts,
        tuple([end for _, end in spans]),
        tuple([stem_of(language, word) for word in words]),
        _inside_code(text, starts) if "`" in text else _NONE,
    )


_NONE = frozenset[int]()


def _inside_code(text: str, starts: Sequence[int]) -> frozenset[int]:
    """The words that stand inside spans of code."""
    return frozenset(
        at
        for span in CODE_SPAN.finditer(text)
        for at in range(bisect_left(starts, span.start()), bisect_left(starts, span.end()))
    )


def number_of(word: str) -> str | None:
    """The number that a lower-case word writes, in one spelling: `1,000` and `1000.0` are `1000`, `3rd` is `3`."""
    match = _PLAIN_NUMBER.fullmatch(word)
    if match is None:
        return _NUMBER_WORDS.get(word)
    digits = match.group(1)
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    head, point, fraction = digits.partition(".")
    if point and fraction.isdigit():
        fraction = fraction.rstrip("0")
        digits = f"{head}.{fraction}" if fraction else head
    return digits.lstrip("0") or "0" if digits.isdigit() else digits


def is_strong_number(word: str) -> bool:
    """Whether a lower-case word is a number that a passage must have to carry it."""
    return number_of(word) is not None and word not in _WEAK_NUMBER_WORDS


def is_negation(word: str) -> bool:
    """Whether a lower-case word denies."""
    return word in NEGATIONS or word.endswith("n't")


def is_name(lexed: Lexed, at: int) -> bool:
    """Whether the word is written like a name: capitalised inside a sentence, upper case, mixed case or with digits."""
    start, end = lexed.starts[at], lexed.ends[at]
    first = lexed.text[start]
    if not any(char.isupper() for char in lexed.text[start:end]):
        return first.isalpha() and any(char.isdigit() for char in lexed.text[start:end])
    if first.isupper() and not any(char.isupper() for char in lexed.text[start + 1 : end]):
        return end - start > 1 and not opens_sentence(lexed.text, start)
    return end - start > 1


def opens_sentence(text: str, start: int) -> bool:
    """Whether only punctuation and marks of markdown stand between here and the beginning of a sentence or line."""
    before = start - 1
    while before >= 0 and text[before] in " \t*_\"'“”‘’([#>`-":
        before -= 1
    return before < 0 or text[before] in ".!?:\n…•|。！？"


@dataclass(frozen=True, slots=True)
class EvidenceUnit:
    """A quotable part of a passage: `passage_text[start:end]`, and its words `first:last` of the passage's."""

    start: int
    end: int
    first: int
    last: int
    stems: frozenset[int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage made ready. `places` are the positions of each word; numbers are in one spelling."""

    lexed: Lexed
    units: tuple[EvidenceUnit, ...]
    places: dict[str, tuple[int, ...]]
    stems: frozenset[int]
    numbers: frozenset[str]
    heads: frozenset[str]  # the first letters of its longer words
    initials: str  # the first letter of each word


def _size_of(evidence: Evidence) -> int:
    return 1_000 + _BYTES_A_WORD * len(evidence.lexed.words)


def evidence_of(text: str, language: str = "english") -> Evidence:
    """A passage's text made ready; kept for the passages that were cited last, so that each reader's is not new."""
    found = _known.get((language, text))
    return found if found is not None else _keep(language, text)


# A cache in two halves: what is asked for moves to the new one, and when that is full, the old one goes. A list of the
# last used, with a lock around it, costs more than most of what is asked of a passage.
_known: dict[tuple[str, str], Evidence] = {}
_before: dict[tuple[str, str], Evidence] = {}
_known_bytes = 0
_lock = Lock()


def _keep(language: str, text: str) -> Evidence:
    global _known, _before, _known_bytes
    key = language, text
    evidence = _before.get(key) or _made_ready(text, language)
    with _lock:
        _known_bytes += _size_of(evidence)
        if _known_bytes > _CACHED_BYTES // 2:
            _known, _before, _known_bytes = {}, _known, _size_of(evidence)
        _known[key] = evidence
    return evidence


def _made_ready(text: str, language: str) -> Evidence:
    lexed = lex(text, language)
    places: dict[str, list[int]] = {}
    for at, word in enumerate(lexed.words):
        places.setdefault(word, []).append(at)
    numbers = (number_of(word) for word in places)
    return Evidence(
        lexed,
        _units(lexed, language),
        {word: tuple(at) for word, at in places.items()},
        frozenset(lexed.content()),
        frozenset(number for number in numbers if number is not None) | _numbers_inside(places),
        frozenset(word[:HEAD] for word in places if len(word) >= HEAD),
        "".join(word[0] for word in lexed.words),
    )


def _numbers_inside(words: dict[str, list[int]]) -> frozenset[str]:
    """Digits that stand inside a longer word or number: the 2 of `ROS2`, the 7 and 30 of `7:30`."""
    found = (re.findall(r"\d+", word) for word in words if not word.isdigit())
    return frozenset(digits.lstrip("0") or "0" for all_digits in found for digits in all_digits)


def _units(lexed: Lexed, language: str) -> tuple[EvidenceUnit, ...]:
    units: list[EvidenceUnit] = []
    first = 0
    for start, end in _spans(lexed.text, language):
        while first < len(lexed.words) and lexed.starts[first] < start:
            first += 1
        last = first
        while last < len(lexed.words) and lexed.ends[last] <= end:
            last += 1
        units.append(EvidenceUnit(start, end, first, last, frozenset(lexed.content(first, last))))
        first = last
    return tuple(units)


def _spans(text: str, language: str) -> Iterator[tuple[int, int]]:
    """What can be quoted, and what stands between, such as headings and half a code block: a claim may rest on it."""
    at = 0
    for unit in quotable_units(text, language):
        yield from _between(text, at, unit.start)
        yield unit.start, unit.end
        at = unit.end
    yield from _between(text, at, len(text))
    if not text.strip():
        yield 0, len(text)


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _LINE_SENTENCE.finditer(text, start, end):
        if any(char.isalnum() for char in match.group()):
            yield match.span()
