"""Which language a text is in: by its script, then by its most common words; or that a text does not tell."""

import re
from collections import Counter
from functools import lru_cache

from pipelines.languages.known import LANGUAGES, Language

# A question about `useState` holds Latin letters in every language: so large a part in another script decides.
_MIN_SHARE = 0.25
# Two common words of one language more than of any other; a short question has few of them.
_MIN_WORDS, _MIN_AHEAD, _SHORT = 2, 2, 12
_MAX_CHARS = 4_000
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\b\w*[_./\\]\w+\b", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def language_in(text: str) -> Language | None:
    """The language that a text is in, of those that are known; None where it is too short or mixed to tell."""
    prose = _CODE.sub(" ", text[:_MAX_CHARS])
    letters = len(_LETTER.findall(prose))
    if not letters:
        return None
    return _by_script(prose, letters) or _by_words(prose)


def _by_script(prose: str, letters: int) -> Language | None:
    counts = {language: len(found) for language, found in _found_letters(prose) if found}
    in_script = sum(counts.values())
    if in_script < _MIN_SHARE * letters:
        return None
    # Kana stand among Han characters, Urdu's own letters among Arabic ones: who has letters of its own is meant.
    for name in ("japanese", "urdu"):
        if LANGUAGES[name] in counts:
            return LANGUAGES[name]
    return max(counts, key=lambda language: counts[language])


def _found_letters(prose: str) -> list[tuple[Language, list[str]]]:
    return [(one, _letters(one.letters).findall(prose)) for one in LANGUAGES.values() if one.letters]


def _by_words(prose: str) -> Language | None:
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(prose)]
    counts = Counter[Language]()
    for word in words:
        counts.update(_speakers().get(word, ()))
    ranked = counts.most_common(2)
    if not ranked:
        return None
    best, most = ranked[0]
    ahead = most - (ranked[1][1] if len(ranked) > 1 else 0)
    sure = most >= _MIN_WORDS and ahead >= (1 if len(words) <= _SHORT else _MIN_AHEAD)
    return best if sure else None


@lru_cache(maxsize=32)
def _letters(own: str) -> re.Pattern[str]:
    return re.compile(f"[{own}]")


@lru_cache(maxsize=1)
def _speakers() -> dict[str, tuple[Language, ...]]:
    """The languages in which a word is common; of those in Latin script only."""
    speakers: dict[str, tuple[Language, ...]] = {}
    for language in LANGUAGES.values():
        for word in () if language.letters else language.common.split():
            speakers[word] = (*speakers.get(word, ()), language)
    return speakers
