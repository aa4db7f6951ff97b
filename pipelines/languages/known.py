"""The languages that a corpus may be in, by name. A further one is a file beside this one and a line here."""

import re
from collections.abc import Callable

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


def by_language(field: Callable[[Language], str], shape: str) -> dict[str, re.Pattern[str]]:
    """The pattern `shape` for each language, with its alternatives and those of English put into it."""
    english = field(ENGLISH)
    both = {name: english if name == "english" else f"{english}|{field(one)}" for name, one in LANGUAGES.items()}
    return {name: re.compile(shape.format(own), re.IGNORECASE) for name, own in both.items()}
