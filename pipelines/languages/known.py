"""The languages that a corpus may be in, by name. A further one is a file beside this one and a line here."""

import re
from collections.abc import Callable
from functools import cache

from pipelines.languages.arabic import ARABIC
from pipelines.languages.chinese import CHINESE
from pipelines.languages.dutch import DUTCH
from pipelines.languages.english import ENGLISH
from pipelines.languages.french import FRENCH
from pipelines.languages.german import GERMAN
from pipelines.languages.hindi import HINDI
from pipelines.languages.italian import ITALIAN
from pipelines.languages.japanese import JAPANESE
from pipelines.languages.language import Language
from pipelines.languages.portuguese import PORTUGUESE
from pipelines.languages.russian import RUSSIAN
from pipelines.languages.spanish import SPANISH
from pipelines.languages.urdu import URDU

__all__ = ["LANGUAGES", "Language", "any_language", "by_language", "language_by_code", "language_of"]

LANGUAGES = {
    language.name: language
    for language in (
        ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, RUSSIAN,
        URDU, ARABIC, HINDI, CHINESE, JAPANESE,
    )
}  # fmt: skip


def language_of(name: str) -> Language:
    """The language of that name, English for one that is not known."""
    return LANGUAGES.get(name, ENGLISH)


def language_by_code(code: str) -> Language | None:
    """The language of an ISO 639-1 code or of a locale that begins with one, such as `pt-BR`; None for another."""
    short = re.split("[-_]", code.casefold(), maxsplit=1)[0]
    return next((language for language in LANGUAGES.values() if language.code == short), None)


def any_language(field: Callable[[Language], str | None]) -> str:
    """The alternatives of all languages in one: readers ask in their own language, whatever the pages are in."""
    return "|".join(dict.fromkeys(found for language in LANGUAGES.values() if (found := field(language))))


def by_language(field: Callable[[Language], str], shape: str) -> Callable[[str], re.Pattern[str]]:
    """The pattern `shape` for a language, with its alternatives and those of English put into it.

    By the language's name; that of English for one that is not known. Patterns are long: each is made when asked for.
    """
    english = field(ENGLISH)

    @cache
    def pattern(known: Language) -> re.Pattern[str]:
        others = "" if known is ENGLISH else field(known)
        own = f"{english}|{others}" if others else english  # an empty alternative would be found everywhere
        return re.compile(shape.format(own), re.IGNORECASE)

    return lambda name: pattern(language_of(name))
