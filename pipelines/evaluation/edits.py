"""Altered claims: true sentences of a page made false, each by one kind of change.

The numbers, names and subjects that are put in come from the same passage half of the time, since those are what a
model mixes up. The opposites are a list of this module's own: a verifier that knows other pairs is measured by it, not
by its own list.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.grounding.evidence import Lexed, is_name, lex, number_of
from pipelines.types import Passage

_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|will|should|must|has|have|may|could|would|does)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\s+not\b|n?[’']t\b|not\b")
_PRONOUN = re.compile(r"(?:.*\b)?(?:i|you|we|it|they|he|she|this|that|these|those|there|which|who|what)", re.IGNORECASE)
_CODE_SPAN = re.compile(r"`([^`\n]{2,60})`")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MAX_SUBJECT_WORDS = 8
_OPPOSITES = (
    "above/below", "before/after", "always/never", "all/none of", "enabled/disabled", "enable/disable", "if/unless",
    "enables/disables", "increase/decrease", "increases/decreases", "maximum/minimum", "more/less", "higher/lower",
    "required/optional", "true/false", "synchronous/asynchronous", "synchronously/asynchronously", "include/exclude",
    "includes/excludes", "allow/prevent", "allows/prevents", "first/last", "with/without", "same/different",
    "public/private", "mutable/immutable", "start/stop", "starts/stops", "faster/slower", "possible/impossible",
    "client/server", "input/output", "valid/invalid", "local/remote", "automatic/manual", "automatically/manually",
    "safe/unsafe", "larger/smaller", "add/remove", "adds/removes", "open/close", "many/few",
    "everything/nothing", "easy/hard", "easier/harder", "good/bad", "better/worse", "at least/at most", "over/under",
    "success/failure", "read/write", "up/down", "inside/outside", "longer/shorter", "old/new",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrueSentence:
    """A sentence that stands in its passage word for word."""

    text: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the whole site holds, to put in: names, code spans, and the predicates of sentences with their pages."""

    names: Sequence[str]
    code_spans: Sequence[str]
    predicates: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, sentences: Sequence[TrueSentence]) -> "Elsewhere":
        """From these sentences; at most one thing of a kind for each."""
        names = [name for one in sentences for name in _spelt_names(one.text)[:1]]
        spans = [span for one in sentences for span in _CODE_SPAN.findall(one.passage.text)[:1]]
        split = [(one.passage.document_id, parts[1]) for one in sentences if (parts := _clause(one.text))]
        return cls(sorted(set(names)), sorted(set(spans)), split)


Edit = Callable[[TrueSentence, Elsewhere, random.Random], str | None]


def with_another_number(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str | None:
    """One number changed: into another of the passage, or a little off."""
    lexed = lex(sentence.text)
    places = [n for n, word in enumerate(lexed.words) if _PLAIN_NUMBER.fullmatch(word)]
    if not places:
        return None
    at = rng.choice(places)
    value = lexed.words[at]
    near = sorted({word for word in lex(sentence.passage.text).words if _PLAIN_NUMBER.fullmatch(word)} - {value})
    made = f"{float(value) + 1.3:.1f}" if "." in value else str(int(value) + rng.choice([1, 3, 7, 20]))
    new = rng.choice(near) if near and rng.random() < 0.5 else made
    return None if number_of(new) == number_of(value) else _replaced(lexed, at, new)


def with_another_name(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str | None:
    """One name changed: into another of the passage, or one from elsewhere on the site."""
    lexed = lex(sentence.text)
    places = _name_places(lexed)
    if not places:
        return None
    at = rng.choice(places)
    old = lexed.text[lexed.starts[at] : lexed.ends[at]]
    new = _another(old, _spelt_names(sentence.passage.text), site.names, rng)
    return None if new is None else _replaced(lexed, at, new)


def with_another_code_span(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str | None:
    """One code span changed: into another of the passage, or one from elsewhere on the site."""
    spans = list(_CODE_SPAN.finditer(sentence.text))
    if not spans:
        return None
    chosen = rng.choice(spans)
    new = _another(chosen.group(1), sorted(set(_CODE_SPAN.findall(sentence.passage.text))), site.code_spans, rng)
    return None if new is None else sentence.text[: chosen.start(1)] + new + sentence.text[chosen.end(1) :]


def with_not(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str | None:
    """A "not" after one of the auxiliary verbs; nothing where one stands there."""
    found = (match.end() for match in _AUXILIARY.finditer(sentence.text))
    places = [end for end in found if not _NEGATED.match(sentence.text, end)]
    if not places:
        return None
    at = rng.choice(places)
    return f"{sentence.text[:at]} not{sentence.text[at:]}"


def with_opposite(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str | None:
    """One word changed for its opposite."""
    places = list(_OPPOSITE_WORDS.finditer(sentence.text))
    if not places:
        return None
    chosen = rng.choice(places)
    old = chosen.group()
    new = _OPPOSITE_OF[old.lower()]
    new = new[0].upper() + new[1:] if old[0].isupper() else new
    return sentence.text[: chosen.start()] + new + sentence.text[chosen.end() :]


def with_another_subject(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str | None:
    """What is said of one thing said of another that the passage speaks of."""
    clause = _clause(sentence.text)
    if clause is None:
        return None
    subject, predicate = clause
    others = [name for name in _spelt_names(sentence.passage.text) if name.lower() not in subject.lower()]
    others += [f"`{span}`" for span in _CODE_SPAN.findall(sentence.passage.text) if span not in subject]
    return f"{rng.choice(sorted(set(others)))} {predicate}" if others else None


def invented(sentence: TrueSentence, site: Elsewhere, rng: random.Random) -> str | None:
    """What another page says of something else, said of this sentence's subject."""
    if (clause := _clause(sentence.text)) is None:
        return None
    subject, verb = clause[0], clause[1].split()[0].lower()
    page = sentence.passage.document_id
    # The same verb, so that number and tense fit.
    foreign = [one for where, one in site.predicates if where != page and one.split()[0].lower() == verb]
    return f"{subject} {rng.choice(foreign)}" if foreign else None


# Kinds that look at letters, numbers and names only, then those that know English.
ANY_LANGUAGE: Mapping[str, Edit] = {
    "number": with_another_number, "name": with_another_name, "code span": with_another_code_span,
}  # fmt: skip
ENGLISH: Mapping[str, Edit] = {
    "negation": with_not, "antonym": with_opposite, "swapped subject": with_another_subject, "invented": invented,
}  # fmt: skip

_PAIRS = [tuple(pair.split("/")) for pair in _OPPOSITES]
_OPPOSITE_OF = {pair[way]: pair[1 - way] for pair in _PAIRS for way in (0, 1)}
_OPPOSITE_WORDS = re.compile(
    r"(?<![\w`-])(?:" + "|".join(sorted(map(re.escape, _OPPOSITE_OF), key=len, reverse=True)) + r")(?![\w`-])",
    re.IGNORECASE,
)


def _clause(text: str) -> tuple[str, str] | None:
    """Subject and predicate of a plain sentence, cut at its first auxiliary; None where it opens otherwise."""
    match = _AUXILIARY.search(text)
    if match is None or match.start() == 0:
        return None
    subject, predicate = text[: match.start()].strip(), text[match.start() :]
    plain = 0 < len(subject.split()) <= _MAX_SUBJECT_WORDS and not re.search(r"[,(:]", subject)
    plain = plain and not _PRONOUN.fullmatch(subject)
    return (subject, predicate) if plain and len(predicate.split()) > 2 else None


def _another(old: str, near: Sequence[str], far: Sequence[str], rng: random.Random) -> str | None:
    """Another one than `old`: from nearby half of the time, where there is one."""
    close, distant = ([one for one in some if _singular(one) != _singular(old)] for some in (near, far))
    pool = close if close and (rng.random() < 0.5 or not distant) else distant
    return rng.choice(pool) if pool else None


def _singular(word: str) -> str:
    return word.lower().removesuffix("s")


def _replaced(lexed: Lexed, at: int, new: str) -> str:
    return lexed.text[: lexed.starts[at]] + new + lexed.text[lexed.ends[at] :]


def _name_places(lexed: Lexed) -> list[int]:
    return [n for n, word in enumerate(lexed.words) if is_name(lexed, n) and lexed.stems[n] and number_of(word) is None]


def _spelt_names(text: str) -> list[str]:
    lexed = lex(text)
    return sorted({text[lexed.starts[n] : lexed.ends[n]] for n in _name_places(lexed)})
