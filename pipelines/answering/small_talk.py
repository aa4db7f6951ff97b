"""Greetings, thanks and questions about the assistant: recognised by whole messages, answered in fixed words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from pipelines.answering.sections import heading_of
from pipelines.languages.known import LANGUAGES, Language, language_of
from pipelines.types import Passage, Question
from pipelines.voice_spec import VoiceSpec

# A message that is longer says something else besides.
_MAX_CHARS = 60
_FILLERS = (
    r"(?:there|all|everyone|everybody|team|guys|folks|friend|bot|again|very much|a lot|so much"
    r"|!|\.|,|[！。，、،۔।]|:-?\)|🙂|😊|👋|🙏|👍|\s)"
)
# What is asked of the site to find sections to begin with.
OPENING_QUERY = "introduction overview getting started what is this"
MAX_EXAMPLES = 3


def small_talk(
    text: str, language: str = "english", *, wanted: Language | None = None, voice: VoiceSpec = VoiceSpec()
) -> "Reply | None":
    """The reply to a message that is nothing but small talk; None for a question.

    The owner's greeting stands for ours, and their assistant's name is told.

    It is said in the language that is `wanted`, else in that of the message. The corpus's language is looked at first,
    since `super` is said in several.
    """
    said = text.strip()
    if not said or len(said) > _MAX_CHARS:
        return None
    own = language_of(language)
    for one in (own, *(other for other in LANGUAGES.values() if other is not own)):
        if not _any_pattern(one).fullmatch(said):
            continue
        for pattern, reply in _patterns(one):
            if pattern.fullmatch(said):
                return Reply(wanted or one, reply(wanted or one, voice))
    return None


def without_small_talk(question: Question, language: str = "english") -> Question:
    """The question with what was said before it but for small talk, to which no follow-up can lean.

    A question behind "hello" is a first one.
    """
    kept, is_talk = [], False
    for message in question.history:
        if message.role == "user":
            is_talk = small_talk(message.text, language) is not None
        if not is_talk:
            kept.append(message)
    return replace(question, history=tuple(kept))


class Reply:
    """What is said; `with_examples` adds questions that the site answers."""

    def __init__(self, language: Language, text: str) -> None:
        self.language = language
        self.text = text

    def suggestions(self, passages: Sequence[Passage]) -> list[str]:
        """What may be asked about these sections: headings that ask, then questions about the others."""
        headings = list(dict.fromkeys(filter(None, map(heading_of, passages))))
        questions = [heading for heading in headings if _asks(heading)]
        return questions + [self.language.example_question.format(one) for one in headings if not _asks(one)]

    def with_examples(self, questions: Sequence[str]) -> str:
        """The text with up to three questions to begin with."""
        if not questions:
            return self.text
        examples = (f"- {question}" for question in questions[:MAX_EXAMPLES])
        return "\n".join([self.text, "", self.language.examples, "", *examples])


def _asks(heading: str) -> bool:
    return heading.endswith(("?", "？"))


@lru_cache
def _any_pattern(language: Language) -> re.Pattern[str]:
    """What matches where one of `_patterns` does: nearly every message is a question, and one is compiled faster."""
    return _whole(language, f"{language.about_assistant}|{language.thanks}|{language.greetings}")


@lru_cache
def _patterns(language: Language) -> tuple[tuple[re.Pattern[str], Callable[[Language, VoiceSpec], str]], ...]:
    return (
        (_whole(language, language.about_assistant), _introduction),
        (_whole(language, language.thanks), lambda one, voice: one.welcome),
        (_whole(language, language.greetings), lambda one, voice: voice.greeting or one.hello),
    )


def _introduction(language: Language, voice: VoiceSpec) -> str:
    if voice.greeting or not voice.name:
        return voice.greeting or language.introduction
    return f"{language.called.format(voice.name)} {language.introduction}"


def _whole(language: Language, alternatives: str) -> re.Pattern[str]:
    return re.compile(
        rf"{_FILLERS}*(?:(?:{language.greetings}|ok(?:ay)?|{language.thanks}){_FILLERS}+){{0,3}}(?:{alternatives}){_FILLERS}*[?!.？！。؟۔।]*",
        re.IGNORECASE,
    )
