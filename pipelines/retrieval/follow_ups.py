"""Whether a question leans on what was said before, or on the text that the reader selected."""

import re
from collections.abc import Callable
from functools import cache

from pipelines.languages.detection import language_in
from pipelines.languages.known import Language, by_language
from pipelines.languages.scripts import WORD_END, WORD_START, AccentedPattern
from pipelines.text.words import Words
from pipelines.types import Question

_ByLanguage = Callable[[str], AccentedPattern]

# "it" that stands for nothing, and "this" that stands for something the question itself names.
_EMPTY = re.compile(
    r"\b(is|was|would|how does|if|makes?) it (possible|necessary|worth|better|safe|ok|okay|required|recommended|take)\b"
    r"|\bit('s| is) (possible|necessary|better|recommended)\b|\bmore than\b|\b(each|one) (other|another)\b"
    r"|\bthis (site|book|documentation|course|tutorial|textbook|project|library|framework)\b",
    re.IGNORECASE,
)
_SELECTION = re.compile(
    r"\bthis (page|section|chapter|part|code|passage|paragraph|text|selection|example)\b", re.IGNORECASE
)


def _by_language(field: Callable[[Language], str], shape: str) -> _ByLanguage:
    """Readers leave accents away."""
    written = by_language(field, shape)
    return cache(lambda name: AccentedPattern(written(name)))


# Closed word classes of each language. A false alarm costs one more query of small weight, a miss costs the follow-up.
# English counts in every corpus. Those of other languages do not: Portuguese "a" is an article, and English has it too.
_asks = _by_language(lambda one: one.asks, rf"^\W*(?:{{}}){WORD_END}")
_definite = _by_language(lambda one: one.articles, rf"{WORD_START}(?:{{}}){WORD_END}")
_opens = _by_language(lambda one: one.openers, rf"^\W*(?:(?:{{}}){WORD_END}|why( not)?\W*$)")
_points = _by_language(lambda one: one.pointers, rf"{WORD_START}(?:{{}}){WORD_END}")
# What can be asked of any text: whatever else stands in the question is what it is about.
_tasks = _by_language(lambda one: one.tasks, rf"{WORD_START}(?:{{}}){WORD_END}")


def needs_history(question: Question, language: str = "english") -> bool:
    """Whether the question leans on what was said before: a cheap check by word lists.

    It does with an opener ("what about"), a pronoun or a word such as "another", with one content word or none, with
    two and an article ("was the album popular"), or where a few words make no question ("query definition"). Without
    a user's turn before it, it cannot.
    """
    if not any(turn.role == "user" and turn.text.strip() for turn in question.history):
        return False
    text = question.text.strip()
    if opens_as_follow_up(text, language) or points_back(text, language) or names_no_matter(text, language):
        return True
    words = Words(language)
    content = len(set(words.stems(text)))
    if content <= 2 and not words.names(text) and _in_its_language(_definite, text, language):
        return True
    return content <= 1 or (content <= 3 and not _in_its_language(_asks, text, language))


def opens_as_follow_up(text: str, language: str = "english") -> bool:
    """Whether a question opens with what only a follow-up opens with: "and", "what about"."""
    return _opens(language).found(text.strip())


def points_back(text: str, language: str = "english") -> bool:
    """Whether a question has a word that stands for something said before: "it", "that one"."""
    return _points(language).found(_EMPTY.sub(" ", text))


def names_no_matter(text: str, language: str = "english") -> bool:
    """Whether a question only says what to do with something said before: "show me an example", "in plain words"."""
    return not Words(language).stems(_without_tasks(text, language))


def points_at_selection(text: str, language: str = "english") -> bool:
    """Whether a question is about a selected text rather than about words of its own: "explain this simply"."""
    bare = _without_tasks(_SELECTION.sub(" this ", text), language)
    without = _without(_points(language), bare)
    return len(set(Words(language).stems(without))) <= (1 if without != bare else 0) or len(text.split()) <= 1


def _in_its_language(pattern: _ByLanguage, text: str, language: str) -> bool:
    """Whether the pattern of the corpus' language is found, or that of the question's own."""
    if pattern(language).found(text):
        return True
    own = language_in(text)
    return own is not None and own.name != language and pattern(own.name).found(text)


def _without_tasks(text: str, language: str) -> str:
    text = _without(_tasks(language), text)
    own = language_in(text)
    return text if own is None or own.name == language else _without(_tasks(own.name), text)


def _without(pattern: AccentedPattern, text: str) -> str:
    """The text with a blank for each place where the pattern is found."""
    parts, end = [], 0
    for start, next_end in pattern.spans(text):
        parts.append(text[end:start])
        end = next_end
    return " ".join([*parts, text[end:]])
