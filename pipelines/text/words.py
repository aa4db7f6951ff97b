"""Words as the BM25 leg sees them: the same tokens, stop words and stems, one number a stem."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.languages.known import language_of
from pipelines.languages.scripts import MARKS
from pipelines.text.bm25 import SYMBOL, Bm25Encoder

_WORD = re.compile(rf"\w[\w{MARKS}]*(?:['’]\w+)?|{SYMBOL}")
# Names, numbers, identifiers: capitalised after another word, a digit inside, CamelCase, UPPER or snake_case.
_NAME = re.compile(
    r"(?<=[^\s.!?:] )[^\W\d_a-zß-ÿ][\w.'’-]*\w|\b\w*[^\W\d_]_\w+|\b\w*\d[\w.,]*\b|\b\w+[a-z][A-Z]\w*|\b[A-Z]{2,}\w*"
)
_CACHED_WORDS = 100_000
_SHORT, _CACHED_TEXTS = 200, 8_192
# Words of a question that name no matter.
_ASKING = (
    "what what's whats is are how do does can i use used using set get make mean difference between default explain "
    "which when why define example want need work way please should would about good tell anyone somebody everybody"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of a language. `language` is a name of the corpus file, such as `english`.

    A stem is the encoder's own index of it, so that what counts as one word here counts as one word in the index, in
    every language that the index has.
    """

    language: str = "english"

    def stems(self, text: str) -> tuple[int, ...]:
        """The stems of the content words in order, repeated ones too; stop words are left out."""
        return _short_stems(self.language, text) if len(text) <= _SHORT else _stems(self.language, text)

    def spans(self, text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Each content word's start and end in code points, and its stems."""
        for word in _WORD.finditer(text):
            if stems := _stem(self.language, word[0]):
                yield word.start(), word.end(), stems

    def distinct_stems(self, words: str) -> frozenset[int]:
        """The stems of words that stand between blanks: thousands of them in one call of the encoder."""
        return frozenset(_encoder(self.language).encode_query(words).indices)

    def names(self, text: str) -> tuple[frozenset[int], ...]:
        """The stems of each name, number and identifier; what opens a sentence counts only by its shape."""
        found = (frozenset(self.stems(name)) for name in _NAME.findall(text))
        return tuple(stems for stems in found if stems)


def _stems(language: str, text: str) -> tuple[int, ...]:
    return tuple([stem for word in _WORD.findall(text) for stem in _stem(language, word)])


# A question and the headings of its passages are read by each of a dozen rules.
_short_stems = lru_cache(maxsize=_CACHED_TEXTS)(_stems)


@lru_cache
def asking_stems(language: str) -> frozenset[int]:
    """The stems of words that a question asks with, in that language and in English: they are not what it is about."""
    return frozenset(Words(language).stems(f"{_ASKING} {language_of(language).asking}"))


@lru_cache(maxsize=8)
def _encoder(language: str) -> Bm25Encoder:
    return Bm25Encoder(language)


@lru_cache(maxsize=_CACHED_WORDS)
def _stem(language: str, word: str) -> tuple[int, ...]:
    return tuple(_encoder(language).encode_query(word).indices)
