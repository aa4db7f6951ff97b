"""What the product knows of a language: the words that it looks for, and what it says itself."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language that a corpus may be in. `name` is the one that Qdrant's BM25 encoder uses, `code` is ISO 639-1.

    The fields up to `kinds` are alternatives of a regular expression, matched without regard to case.
    """

    name: str
    code: str
    openers: str  # what a follow-up opens with: "what about"
    pointers: str  # words that stand for something said before: "it", "another"
    asks: str  # words that open a question
    articles: str  # definite ones
    tasks: str  # what can be asked of any text: "explain", "in other words"
    leans: str  # words that open a sentence which says little without the one before it
    kinds: Mapping[str, str]  # a question's patterns, by the kind of answer that it waits for (`QuestionKind`)
    negations: frozenset[str]
    quoted: str  # heads an answer that quotes; a line in bold, so that it claims nothing
    nothing_quoted: str  # heads an answer that has nothing to quote
    refusal: str  # the closest sections are named beside it
    capitals_are_names: bool = True  # False where every noun has a capital
