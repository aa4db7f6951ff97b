"""Words that turn what a sentence says: opposites, and what denies without being a negation."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.grounding.evidence import stem_of
from pipelines.languages.known import language_of

Key = tuple[int, ...] | str
# Shorter words have prefixes by chance.
_MIN_TURNED_LETTERS = 4
_MAX_PREFIX_LETTERS = 5


@dataclass(frozen=True, slots=True)
class Polarity:
    """A language's words; what opens a sentence before one of `before_objects` is a verb rather than a name."""

    language: str
    before_objects: frozenset[str]
    _opposites: frozenset[tuple[Key, Key]]
    _denying: frozenset[Key]
    _prefix: re.Pattern[str] | None
    _suffixes: tuple[tuple[str, str], ...]

    def are_opposite(self, one: str, other: str) -> bool:
        """Whether a lower-case word says the opposite of another: by the language's list, or by a prefix."""
        if one == other:
            return False
        return (self._key(one), self._key(other)) in self._opposites or self._turns(one, other)

    def denies(self, word: str) -> bool:
        """Whether a lower-case word says in its own way that something is not so: `unable`, `avoid`, `instead`."""
        return self._key(word) in self._denying

    def _turns(self, one: str, other: str) -> bool:
        """Whether one of the words is the other with a prefix or another suffix: `unsafe` for `safe`, `useless`."""
        if any(_swap(one, other, *pair) or _swap(other, one, *pair) for pair in self._suffixes):
            return True
        if self._prefix is None or abs(len(one) - len(other)) > _MAX_PREFIX_LETTERS:
            return False
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        match = self._prefix.match(longer)
        if match is None or len(longer) - match.end() < _MIN_TURNED_LETTERS:
            return False
        return self._key(longer[match.end() :]) == self._key(shorter)

    def _key(self, word: str) -> Key:
        return stem_of(self.language, word) or word


def _swap(one: str, other: str, suffix: str, turned: str) -> bool:
    stem = one.removesuffix(suffix)
    return stem != one and stem + turned == other


@lru_cache(maxsize=16)
def polarity_of(language: str) -> Polarity:
    """The words of a language; nothing is known of one without them."""
    own = language_of(language)

    def key(word: str) -> Key:
        return stem_of(own.name, word) or word

    pairs = [pair.split("/") for pair in own.opposites.split()]
    opposites = {(key(a), key(b)) for pair in pairs for a, b in (pair, pair[::-1])}
    return Polarity(
        own.name,
        frozenset(own.before_objects.split()),
        frozenset((a, b) for a, b in opposites if a != b),
        frozenset(map(key, own.denying.split())),
        re.compile(own.denying_prefixes) if own.denying_prefixes else None,
        tuple((a, b) for a, _, b in (pair.partition("/") for pair in own.turning_suffixes.split())),
    )
