"""What kind of answer a question waits for, and whether a sentence holds something of that kind."""

import re
from typing import Literal

from pipelines.languages.known import any_language

QuestionKind = Literal["number", "date", "person", "place", "reason", "definition", "list", "how_to", "code", "other"]

# The first that matches wins, in whatever language the reader asks.
_ORDER: tuple[QuestionKind, ...] = (
    "code", "number", "date", "how_to", "person", "place", "reason", "list", "definition",
)  # fmt: skip


def _pattern(kind: QuestionKind) -> re.Pattern[str]:
    return re.compile(any_language(lambda language: language.kinds.get(kind)))


_COMPILED = tuple((kind, _pattern(kind)) for kind in _ORDER)

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half|third"
    "|quarter|percent|twice|once"
)
_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_CUES: dict[QuestionKind, re.Pattern[str]] = {
    "number": re.compile(rf"\d|\b({_NUMBER_WORDS})\b", re.IGNORECASE),
    "date": re.compile(rf"\b(1\d{{3}}|20\d\d|\d0s|century|{_MONTHS})\b", re.IGNORECASE),
    "place": re.compile(r"\b(in|at|on|near|from|to|of|between|across|through|into|under) (the )?(\w+ )?(`|[A-Z])"),
    "reason": re.compile(
        r"\b(because|since|due to|so that|in order|to avoid|as a result|caused|therefore|reason|thus|led to|result)",
        re.IGNORECASE,
    ),
    "definition": re.compile(
        r"^\W*(an? |the )?[\w`*./-]+( [\w`*./()-]+){0,5} (is|are|means|refers to|stands for|provides"
        r"|lets|allows|ist|sind|est|es|è|é)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
_PROPER = re.compile(r"(?<=[\w,;:)\"] )[A-Z][\w'-]+")


def question_kind(question: str) -> QuestionKind:
    """The kind of answer that the question waits for."""
    text = question.strip().lower()
    return next((kind for kind, pattern in _COMPILED if pattern.search(text)), "other")


def has_cue(kind: QuestionKind, sentence: str, question: str) -> bool:
    """Whether the sentence holds something of that kind: a number, a date, a name that the question lacks."""
    if kind == "person":
        asked = question.lower()
        return any(name.lower() not in asked for name in _PROPER.findall(sentence))
    return kind in _CUES and _CUES[kind].search(sentence) is not None


def expects_cue(kind: QuestionKind) -> bool:
    """Whether sentences can be checked for that kind at all."""
    return kind == "person" or kind in _CUES
