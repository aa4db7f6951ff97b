"""What fixed words are said, and in which language: the owner's where they declared some, ours otherwise."""

from dataclasses import replace

from pipelines.grounding.claim_checker import NOT_EVALUATED_FLAG, OFF_QUESTION
from pipelines.languages.detection import language_in
from pipelines.languages.known import Language, language_by_code, language_of
from pipelines.types import Answer, Question
from pipelines.voice_spec import VoiceSpec

_DOUBTFUL = frozenset({NOT_EVALUATED_FLAG, OFF_QUESTION})


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


def with_contact(answer: Answer, voice: VoiceSpec) -> Answer:
    """The answer with the owner's contact, where it may not help: refused, cut, or not carried by what it cites."""
    if not voice.contact or not may_not_help(answer):
        return answer
    return replace(answer, contact=voice.contact)


def may_not_help(answer: Answer) -> bool:
    """Whether its reader may have to ask somebody else."""
    unsupported = any(claim.status == "unsupported" for claim in answer.claims)
    return answer.status in ("refused", "partial") or unsupported or not _DOUBTFUL.isdisjoint(answer.flags)
