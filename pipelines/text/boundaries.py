"""Where sentences end: `sentencex`, without the ends that it sees inside names, versions and after abbreviations."""

import re
from collections.abc import Iterator
from functools import lru_cache

from sentencex import get_sentence_boundaries

from pipelines.languages.known import LANGUAGES, any_language, language_of
from pipelines.languages.scripts import MARKS, STOPS

# Characters that are divided at once; paragraphs that somebody wrote are shorter. The time of `sentencex` grows with
# more than the square of the stops of Indian scripts: where so many stand close, no prose, the window is smaller.
_WINDOW, _SMALL_WINDOW, _MANY_STOPS = 10_000, 1_000, 300
# Scripts that put no space behind a sentence.
_FULL_WIDTH = f"。！？｡．{STOPS}"
_LAST_WORD = re.compile(
    r"(?:^|[\s(\[\"'“„])((?:[^\W\d_]{1,6}\.){0,3}[^\W\d_](?:[^\W\d_]|[" + MARKS + r"]){0,6})\.[\"'”)\]*_`]*\s*$"
)
_NUMBER = re.compile(r"\s*[#№+(]?\d|\s*[IVXLC]+\b")
# Short for a longer word where a small letter follows, and words of their own at a sentence's end.
_SHORT = frozenset(
    {
        "attr", "auth", "config", "dev", "env", "impl", "info", "mgmt", "opt", "param", "params", "prod", "repo", "req",
        "sat", "spec", "sun", "temp",
    }
)  # fmt: skip
# "Der 1. Schritt", "am 19. des Monats": numbers that name a place in an order.
_ORDINAL = re.compile(
    r"\b(?:de[rmns]|die|das|am|vom|im|zum|zur|beim|eine?[mnrs]?|jede[mnrs]?|diese[mnrs]?)\s\d{1,2}\.\s*$", re.IGNORECASE
)
# What has letters beside numbers: "App. B", "Fig. C.2". Not "No. A new one is needed."
_LETTERED = frozenset({"app", "appx", "fig", "figs", "sec", "sect", "ch", "chap", "tab", "abb", "kap", "annex"})
_LETTER = re.compile(r"\s*[A-Z](?:[.,;:)\d-]|\s*$|\s+[a-z(])")
# "p. ex.", "т. е.", "z. B.": one abbreviation that is written in two.
_SPACED = re.compile(r"(?:^|[\s(\[\"'“„])((?:[^\W\d_]{1,2}\. ?){1,3}[^\W\d_]{1,3})\.\s*$")
_SECOND_HALF = re.compile(r"\s?([^\W\d_]{1,3})\.")
# "`??` is used for untracked paths": the sign is a part of the code, and no end of a sentence.
_STOP_IN_CODE = re.compile(r"`(?P<code>[^`\s]{0,30}[.!?…])`+$")
_MAX_CODE, _SAYING = 40, 3  # letters that are a word
# "**1. Topic name**:" and "Step 2. Build": the number opens what follows it.
_NUMBERING = re.compile(
    r"[\s*_>#-]*(?:(?:Step|Part|Chapter|Section|Phase|Stage|Lesson|Module|Unit|Week|Day|Exercise|Example"
    r"|Question|Rule|Task|Option|Schritt|Teil|Kapitel|Abschnitt|Paso|Parte|Cap[ií]tulo"
    r"|[ÉE]tape|Partie|Chapitre|Fase|Passo|Stap|Шаг|Глава) )?"
    r"\(?\d{1,3}\.\s*"
)


def sentence_spans(text: str, language: str = "english") -> Iterator[tuple[int, int]]:
    """Start and end of each sentence; together they are the text.

    A sentence ends only before white space (but for full-width punctuation), so `ASP.NET`, `*.md` and `1.2.3` are
    whole, and never after an abbreviation of any language that readers know (`max.`, `i.e.`, `z. B.`, `vs.`).
    """
    start = 0
    for _, end in divide_at_stops(text, 0, len(text), language_of(language).code):
        if end >= len(text):
            break
        if start < end and ends_sentence(text[start:end], text[end : end + 12], language):
            yield start, end
            start = end
    if start < len(text):
        yield start, len(text)


def divide_at_stops(text: str, start: int, end: int, code: str) -> Iterator[tuple[int, int]]:
    """The pieces of `text[start:end]` that `sentencex` sees; `code` is an ISO 639-1 code.

    A window at a time: over a text with many thousands of stops its time grows with the square of their number.
    """
    while start < end:
        stop = min(start + _WINDOW, end)
        if sum(text.count(sign, start, stop) for sign in STOPS) > _MANY_STOPS:
            stop = min(start + _SMALL_WINDOW, end)
        if stop < end:
            stop = text.rfind(" ", start, stop) + 1 or stop
        found = get_sentence_boundaries(code, text[start:stop])
        # The last one of a window may go on behind it.
        whole = found[:-1] if stop < end and len(found) > 1 else found
        yield from ((start + item["start_index"], start + item["end_index"]) for item in whole)
        start = stop if whole is found else start + whole[-1]["end_index"]


def ends_sentence(before: str, after: str, language: str = "english") -> bool:
    """Whether a sentence ends between the two: `before` is it so far, `after` the first characters behind it."""
    tail = before.rstrip()
    if not tail:
        return False
    spaced = tail != before or not after or after[:1].isspace()
    if not spaced:
        return tail[-1] in _FULL_WIDTH
    if _NUMBERING.fullmatch(before) or _goes_on_behind_code(before, after):
        return False
    if language == "german" and _ORDINAL.search(before[-20:]):
        return False
    found = _LAST_WORD.search(before[-40:])
    if found is None:
        # Those with a hyphen: `c.-à-d.`
        return tail[-24:].split()[-1].lstrip("([\"'“„").removesuffix(".").casefold() not in _abbreviations(language)
    word = found[1].casefold()
    if word in _abbreviations(language) or _is_half(word, before, after, language):
        return False
    if word in _SHORT and after.lstrip()[:1].islower():
        return False
    if word in _LETTERED and _LETTER.match(after):
        return False
    return not (word in _before_numbers() and _NUMBER.match(after))


def _goes_on_behind_code(before: str, after: str) -> bool:
    """Whether a sign that ends a piece of code is all that ends there: "`??` is used", no `Done.` before a new line."""
    tail = before.rstrip()
    code = _STOP_IN_CODE.search(tail[-_MAX_CODE:])
    if code is None or "\n" in before[len(tail) :] + after[:1]:
        return False
    says = sum(char.isalpha() for char in code["code"]) >= _SAYING
    return not (says and after.lstrip()[:1].isupper())


def _is_half(word: str, before: str, after: str, language: str) -> bool:
    """Whether the word belongs to an abbreviation that a space divides, as its first part or its last."""
    known = _abbreviations(language)
    follows = _SECOND_HALF.match(after) if len(word) < 3 else None
    if follows is not None and f"{word}.{follows[1].casefold()}" in known:
        return True
    spaced = _SPACED.search(before[-24:])
    return spaced is not None and spaced[1].replace(" ", "").casefold() in known


@lru_cache
def _abbreviations(language: str) -> frozenset[str]:
    """English ones count in every language: documentation is full of them."""
    return frozenset(f"{LANGUAGES['english'].abbreviations} {language_of(language).abbreviations}".split())


@lru_cache
def _before_numbers() -> frozenset[str]:
    return frozenset(any_language(lambda one: one.before_numbers).split("|"))
