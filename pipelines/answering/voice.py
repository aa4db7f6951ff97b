"""The language that fixed words are said in: refusals and small talk, whatever the pages are written in."""

from pipelines.languages.detection import language_in
from pipelines.languages.known import Language, language_by_code, language_of
from pipelines.types import Question


def wanted_language(question: Question) -> Language | None:
    """The language that the reader asked for; None where they did not say."""
    return language_by_code(question.audience.language) if question.audience.language else None


def voice_for(question: Question, corpus_language: str, *, locale: str | None = None) -> Language:
    """What the reader asked for, else what the question is in, else the locale of their page, else the corpus's own."""
    return (
        wanted_language(question)
        or language_in(question.text, corpus_language)
        or (language_by_code(locale) if locale else None)
        or language_of(corpus_language)
    )
