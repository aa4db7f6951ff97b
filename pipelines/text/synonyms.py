"""Other words for what a question asks: readers say "switch off" where pages say "disable"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pipelines.languages.known import language_of
from pipelines.text.words import Words

_NONE: Mapping[int, int] = MappingProxyType({})


@lru_cache(maxsize=1_024)
def other_words(question: str, language: str = "english", own: tuple[str, ...] = ()) -> Mapping[int, int]:
    """Stems that say what a word of the question says, each with the stem that it stands for.

    `own` are groups of a corpus beside those of the language, their words and phrases between commas.
    What the question has itself is not among them. Phrases ("turn off", "more than one") are seen in questions; what
    stands for them are single words.
    """
    groups = _groups(language, own)
    if not groups:
        return _NONE
    asked = frozenset(Words(language).stems(question))
    found: dict[int, int] = {}
    for group in groups:
        stem = group.asked_stem(asked, question)
        if stem is not None:
            found |= {other: stem for other in group.stems if other not in asked}
    return found


@dataclass(frozen=True, slots=True)
class _Group:
    """Stems that say the same, and phrases that do, each with the stem that a question keeps of it."""

    stems: tuple[int, ...]
    phrases: tuple[tuple[re.Pattern[str], int], ...]

    def asked_stem(self, asked: frozenset[int], question: str) -> int | None:
        """The stem of the question that belongs to the group, None where none does."""
        for stem in self.stems:
            if stem in asked:
                return stem
        return next((stem for phrase, stem in self.phrases if phrase.search(question)), None)


@lru_cache(maxsize=16)
def _groups(language: str, own: tuple[str, ...]) -> tuple[_Group, ...]:
    lines = (*own, *language_of(language).synonyms.split(";"))
    return tuple(_group(line, Words(language)) for line in lines if line.strip())


def _group(line: str, words: Words) -> _Group:
    """From entries between commas; between the words of a phrase another may stand: "switch it off"."""
    stems: dict[int, None] = {}
    phrases = []
    for entry in line.split(","):
        found = words.stems(entry)
        if " " not in entry.strip():
            stems |= dict.fromkeys(found)
        elif found:
            shape = r"\s+(?:\w+\s+)?".join(re.escape(word) for word in entry.split())
            phrases.append((re.compile(rf"\b{shape}\b", re.IGNORECASE), found[-1]))
    return _Group(tuple(stems), tuple(phrases))
