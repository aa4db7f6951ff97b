"""The clauses of a compound claim: each is checked for itself, and each has a quote of its own."""

import re
from functools import lru_cache
from itertools import islice

from pipelines.grounding.evidence import lex
from pipelines.languages.known import language_of

# A shorter piece is part of what stands beside it: an aside, or one more member of a list.
_MIN_WORDS = 4
_MIN_CONTENT_WORDS = 3
_MAX_CLAUSES = 6
# What is longer is no sentence that anyone writes; it is checked as a whole.
_MAX_CHARS, _MAX_JOINTS = 2_000, 24


def clauses_of(text: str, language: str = "english") -> list[str]:
    """The clauses of a sentence in order; the sentence alone where it is not compound.

    It is cut at semicolons, at dashes between words, and where a word of the language joins two clauses; a piece that
    is too short to claim something of its own stays with the one before it.
    """
    if len(text) > _MAX_CHARS:
        return [text.strip()]
    pieces: list[str] = []
    start = 0
    for joint in islice(_joints(language).finditer(text), _MAX_JOINTS):
        if joint.start() < start or not _is_clause(text[start : joint.start()], language):
            continue
        if len(pieces) + 1 < _MAX_CLAUSES and _is_clause(text[joint.end() :], language):
            pieces.append(text[start : joint.start()].strip())
            start = joint.end()
    return [*pieces, text[start:].strip()]


def _is_clause(text: str, language: str) -> bool:
    lexed = lex(text, language)
    return len(lexed.words) >= _MIN_WORDS and len(lexed.content()) >= _MIN_CONTENT_WORDS


@lru_cache(maxsize=16)
def _joints(language: str) -> re.Pattern[str]:
    own = language_of(language)
    words = rf"|,\s+(?:{own.joins})\b\s*|\s+(?:{own.contrasts})\s+" if own.joins else ""
    return re.compile(rf";\s+|\s+[–—]\s+{words}", re.IGNORECASE)
