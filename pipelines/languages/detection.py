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
# Languages that are written with the letters of another and some of their own, and the least share of their own.
_WITHIN = {"japanese": "chinese", "urdu": "arabic"}
_OWN_SHARE = 0.1
# Urdu's letters that Persian does not write, of those that neither shares with Arabic.
_URDU_ALONE = re.compile("[ٹڈڑںھہےۓۃ]")
# Cyrillic that Russian does not write: letters of Ukrainian, Serbian, Macedonian, Kazakh and others; and where a short
# question has none of them, words of Ukrainian and Bulgarian. A name of theirs in a Russian question is outvoted.
_CYRILLIC_OF_OTHERS = re.compile(
    r"[іїєґўђјљњћџќѓѕәғқңөұүһ]|\b(?:як|що|чи|це|та|або|який|яка|які|щоб|навіщо|потрібно|треба|како|какво|защо|кога|къде|това"
    r"|трябва|мога)\b",
    re.IGNORECASE,
)
_RUSSIAN_ALONE = re.compile(r"[ыэё]|\b(?:что|как|и|это|или|есть|почему|зачем|мне|при)\b", re.IGNORECASE)
# What Chinese asks with, and Japanese does not write.
_CHINESE_ALONE = re.compile(r"[么吗呢这们你您没吧啊哪谁麼嗎這們沒]|如何|怎[样樣]|为[何了]")
# Common words of languages that are not known here and that no other has, which else are taken for their neighbours.
_NEIGHBOURS = (
    "och att det är inte jag på av hur från eller till",
    "og det ikke jeg på av hvordan fra eller til også",
    "og det ikke jeg på af hvordan fra eller til også",
    "și în sau din să pentru că sunt prin când",
    "és amb què puc els aquest aquesta són",
    "jest nie jak się lub dla czy od oraz",
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+|\b\w*[_./\\]\w+\b", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def language_in(text: str, expected: str | None = None) -> Language | None:
    """The language that a text is in, of those that are known; None where it is too short or mixed to tell.

    `expected` is the name of one that it is likely in: where the script alone does not decide, it does.
    """
    return _language_of(text[:_MAX_CHARS], expected)


@lru_cache(maxsize=256)  # half a dozen rules ask it of the same question
def _language_of(text: str, expected: str | None) -> Language | None:
    prose = _CODE.sub(" ", text)
    letters = len(_LETTER.findall(prose))
    if not letters:
        return None
    return _by_script(prose, letters, expected) or _by_words(prose)


def _by_script(prose: str, letters: int, expected: str | None) -> Language | None:
    counts = {language: len(found) for language, found in _found_letters(prose) if found}
    in_script = sum(counts.values())
    if in_script < _MIN_SHARE * letters:
        return None
    # Kana stand among Han characters, Urdu's own letters among Arabic ones: who has letters of its own is meant, unless
    # they are but a name's.
    for name, other in _WITHIN.items():
        if name == "japanese" and not counts.get(LANGUAGES[name]) and _CHINESE_ALONE.search(prose):
            continue
        own, around = counts.get(LANGUAGES[name], 0), counts.get(LANGUAGES[other], 0)
        if own + around and own + around >= in_script / 2:
            share = own / (own + around)
            if share >= _OWN_SHARE or (expected == name and (share > 0 or other == "chinese")):
                persian = name == "urdu" and expected != name and not _URDU_ALONE.search(prose)
                return None if persian else LANGUAGES[name]
            return LANGUAGES[other] if around else None
    best = max(counts, key=lambda language: counts[language])
    others = len(_CYRILLIC_OF_OTHERS.findall(prose)) if best.name == "russian" else 0
    return None if others and others >= len(_RUSSIAN_ALONE.findall(prose)) else best


def in_other_script(text: str, language: str) -> bool:
    """Whether much of a text is in a script that the language of that name is not written in."""
    prose = _CODE.sub(" ", text[:_MAX_CHARS])
    own = {language, _WITHIN.get(language, language)}
    foreign = sum(len(found) for one, found in _found_letters(prose) if one.name not in own)
    return foreign >= _MIN_SHARE * max(1, len(_LETTER.findall(prose)))


def _found_letters(prose: str) -> list[tuple[Language, list[str]]]:
    return [(one, _letters(one.letters).findall(prose)) for one in LANGUAGES.values() if one.letters]


def _by_words(prose: str) -> Language | None:
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(prose)]
    counts = Counter["Language | str"]()
    for word in words:
        counts.update(_speakers().get(word, ()))
    ranked = counts.most_common(2)
    if not ranked:
        return None
    best, most = ranked[0]
    ahead = most - (ranked[1][1] if len(ranked) > 1 else 0)
    sure = most >= _MIN_WORDS and ahead >= (1 if len(words) <= _SHORT else _MIN_AHEAD)
    return best if sure and isinstance(best, Language) else None


@lru_cache(maxsize=32)
def _letters(own: str) -> re.Pattern[str]:
    return re.compile(f"[{own}]")


@lru_cache(maxsize=1)
def _speakers() -> "dict[str, tuple[Language | str, ...]]":
    """The languages in which a word is common, of those that no script tells; neighbours by their words."""
    speakers: dict[str, tuple[Language | str, ...]] = {}
    for words in _NEIGHBOURS:
        for word in words.split():
            speakers[word] = (*speakers.get(word, ()), words)
    for language in LANGUAGES.values():
        for word in () if language.letters else language.common.split():
            speakers[word] = (*speakers.get(word, ()), language)
    return speakers
