"""Whether a question leans on what was said before, or on the text that the reader selected."""

import re

from pipelines.languages.known import any_language, by_language
from pipelines.languages.scripts import WORD_END, WORD_START, unaccented
from pipelines.text.words import Words
from pipelines.types import Question

# "it" that stands for nothing, and "this" that stands for something the question itself names.
_EMPTY = re.compile(
    r"\b(is|was|would|how does|if|makes?) it (possible|necessary|worth|better|safe|ok|okay|required|recommended|take)\b"
    r"|\bit('s| is) (possible|necessary|better|recommended)\b|\bmore than\b|\b(each|one) (other|another)\b"
    r"|\bthis (site|book|documentation|course|tutorial|textbook|project|library|framework)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"^\W*({unaccented(any_language(lambda one: one.asks))}){WORD_END}", re.IGNORECASE)
_DEFINITE = re.compile(rf"{WORD_START}({unaccented(any_language(lambda one: one.articles))}){WORD_END}", re.IGNORECASE)
_SELECTION = re.compile(
    r"\bthis (page|section|chapter|part|code|passage|paragraph|text|selection|example)\b", re.IGNORECASE
)

# What can be asked of any text: whatever else stands in the question is what it is about.
_TASKS = re.compile(rf"{WORD_START}({unaccented(any_language(lambda one: one.tasks))}){WORD_END}", re.IGNORECASE)
# Closed word classes of each language. A false alarm costs one more query of small weight, a miss costs the follow-up.
# English counts in every corpus.
_opens = by_language(lambda one: unaccented(one.openers), rf"^\W*(?:(?:{{}}){WORD_END}|why( not)?\W*$)")
_points = by_language(lambda one: unaccented(one.pointers), rf"{WORD_START}(?:{{}}){WORD_END}")


def needs_history(question: Question, language: str = "english") -> bool:
    """Whether the question leans on what was said before: a cheap check by word lists.

    It does with an opener ("what about"), a pronoun or a word such as "another", with one content word or none, with
    two and an article ("was the album popular"), or where a few words make no question ("query definition"). Without
    a user's turn before it, it cannot.
    """
    if not any(turn.role == "user" and turn.text.strip() for turn in question.history):
        return False
    text = unaccented(question.text.strip())  # readers leave accents away, and so do the patterns
    if opens_as_follow_up(text, language) or _points(language).search(_EMPTY.sub(" ", text)):
        return True
    if names_no_matter(text, language):
        return True
    words = Words(language)
    content = len(set(words.stems(text)))
    if content <= 2 and not words.names(text) and _DEFINITE.search(text):
        return True
    return content <= 1 or (content <= 3 and not _ASKS.match(text))


def opens_as_follow_up(text: str, language: str = "english") -> bool:
    """Whether a question opens with what only a follow-up opens with: "and", "what about"."""
    return _opens(language).search(unaccented(text.strip())) is not None


def points_back(text: str, language: str = "english") -> bool:
    """Whether a question has a word that stands for something said before: "it", "that one"."""
    return _points(language).search(_EMPTY.sub(" ", unaccented(text))) is not None


def names_no_matter(text: str, language: str = "english") -> bool:
    """Whether a question only says what to do with something said before: "show me an example", "in plain words"."""
    return not Words(language).stems(_TASKS.sub(" ", unaccented(text)))


def points_at_selection(text: str, language: str = "english") -> bool:
    """Whether a question is about a selected text rather than about words of its own: "explain this simply"."""
    text = unaccented(text)
    bare = _TASKS.sub(" ", _SELECTION.sub(" this ", text))
    without = _points(language).sub(" ", bare)
    return len(set(Words(language).stems(without))) <= (1 if without != bare else 0) or len(text.split()) <= 1
