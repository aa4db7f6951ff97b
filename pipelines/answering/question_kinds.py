"""What kind of answer a question waits for, and whether a sentence holds something of that kind."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Literal

from pipelines.languages.detection import language_in
from pipelines.languages.english import ENGLISH
from pipelines.languages.known import Language, any_language, language_of
from pipelines.languages.scripts import WORD_END, WORD_START, unaccented

QuestionKind = Literal[
    "comparison",
    "value",
    "number",
    "date",
    "person",
    "place",
    "reason",
    "definition",
    "list",
    "how_to",
    "code",
    "other",
]

# The first that matches wins, in whatever language the reader asks.
_ORDER: tuple[QuestionKind, ...] = (
    "comparison", "value", "code", "number", "date", "how_to", "person", "place", "reason", "list", "definition",
)  # fmt: skip


@cache
def _patterns_of(known: Language | None) -> Mapping[QuestionKind, re.Pattern[str]]:
    """Those of a language and of English; of all where it cannot be told: readers ask in their own."""

    def alternatives(kind: QuestionKind) -> str:
        if known is None:
            return any_language(lambda language: language.kinds.get(kind))
        both = dict.fromkeys(one.kinds[kind] for one in (ENGLISH, known) if kind in one.kinds)
        return "|".join(both)

    return {kind: re.compile(unaccented(alternatives(kind))) for kind in _ORDER}


# What a question opens with tells more than a word further on: "why is it off by default", "how do I limit how much".
# But for what is only to be found out: "how do I see how many run", "get the default port".
_LOOKS_UP = re.compile(
    r"(?:how (?:do|does|can|could|should|would|to) (?:i |you |we |one )?)?"
    r"(?:check|create|determine|find(?: out)?|get|know|see|show|tell|write)\b"
)
# "What does the / mean in a function's parameters?" asks for no list of parameters.
_ASKS_MEANING = re.compile(r"what (?:do|does|did) .{1,60}?\bmeans?\b(?! (?:by|when)\b)")
_LOOKED_UP: tuple[QuestionKind, ...] = ("value", "code", "number")
# The editor, which compares nothing.
_EDITOR = re.compile(r"(?:^|(?<= in )|(?<= with )|(?<= on )|(?<= from )|(?<= for )|(?<= my )|(?<= the ))vs\.? code\b")
_OPENER = re.compile(r"^(?:\W|(?:and|but|so|ok|okay|then|now|hi|hello|hey)\b)+")

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half|third"
    "|quarter|percent|twice|once"
)
_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_CUES: dict[QuestionKind, re.Pattern[str]] = {
    "value": re.compile(r"\bdefaults?\b|\bby default\b|\bstandardmäßig\b|\bpar défaut\b|\bpor defecto\b", re.I),
    "number": re.compile(rf"\d|\b({_NUMBER_WORDS})\b", re.IGNORECASE),
    "date": re.compile(rf"\b(1\d{{3}}|20\d\d|\d0s|century|{_MONTHS})\b", re.IGNORECASE),
    "place": re.compile(r"\b(in|at|on|near|from|to|of|between|across|through|into|under) (the )?(\w+ )?(`|[A-Z])"),
    "reason": re.compile(
        r"\b(because|since|due to|so that|in order|to avoid|as a result|caused|therefore|reason|thus|led to|result"
        r"|benefit|prevents?|otherwise|(?:this|that|which) is why|that['’]s why)",
        re.IGNORECASE,
    ),
    "definition": re.compile(
        r"^\W{0,9}(an? |the )?[\w`*./-]+( [\w`*./()-]+){0,5} (is|are|means|refers to|stands for|provides"
        r"|lets|allows|ist|sind|est|es|è|é)\b",
        re.IGNORECASE,
    ),
}  # fmt: skip


# A name in code or a path, whatever word stands before it.
_WRITTEN_PLACE = r"`[^`\n]{1,80}`|(?:^|[\s(（「“])[~.]?(?:/[\w.-]+){2}"


@cache
def _cues_of(language: str) -> Mapping[QuestionKind, re.Pattern[str]]:
    """What sentences hold that answer a kind of question, in that language and in English."""
    known = language_of(language)
    if known is ENGLISH:
        return _CUES
    start, end = ("", "") if known.is_unspaced else (WORD_START, WORD_END)

    def either(kind: QuestionKind, words: str) -> re.Pattern[str]:
        english = _CUES[kind]
        return re.compile(rf"{english.pattern}|{start}(?:{words}){end}", re.IGNORECASE) if words else english

    defines = rf"^\W{{0,9}}\S{{1,40}}(?: \S{{1,40}}){{0,6}} (?:{known.copulas})\b"
    if known.is_unspaced:
        # The term may be of another script, in quotes or code: "Debian 是", "`apt` は", "「パッケージ」とは".
        defines = rf"^\W{{0,9}}\w[^。、，,;:：；!?！？]{{0,30}}?(?:{known.copulas})"
    return {
        **_CUES,
        "value": either("value", known.kinds["value"]),
        "number": either("number", known.numbers),
        "date": either("date", known.months),
        "place": re.compile(f"{_CUES['place'].pattern}|{_WRITTEN_PLACE}"),
        "reason": either("reason", known.reasons),
        "definition": re.compile(f"{_CUES['definition'].pattern}|{defines}", re.IGNORECASE),
    }


# "How long does it take?" is answered by a time, not by any number; "how long may a name be?" by a number of whatever.
_ASKS_DURATION = re.compile(
    r"\bhow (?:old|often|long(?!,? (?:may|can|could|should|must|might)\b.{1,80}\bbe\W*$))\b", re.IGNORECASE
)
_DURATION = re.compile(
    rf"(?:\d|\b(?:{_NUMBER_WORDS}|a|an|every|per|each)\b)[ -]?(?:[\w-]{{1,15}} ){{0,3}}?"
    r"(?:ms|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?)\b"
    r"|\b(?:hourly|daily|nightly|weekly|monthly|quarterly|yearly|annually|immediately|instantly|forever|indefinitely)\b",
    re.IGNORECASE,
)
_PROPER = re.compile(r"(?<=[\w,;:)\"] )[A-Z][\w'-]+")


def without_editor(text: str) -> str:
    """A question with "VS Code", which compares nothing, in one word."""
    return _EDITOR.sub("vscode", text)


def make_patterns() -> None:
    """The patterns of all languages together, which a question needs that does not tell its language: .3 s, once.

    For a server, beside its start: the first such question would hold up all others.
    """
    _patterns_of(None)


@lru_cache(maxsize=1_024)
def question_kind(question: str) -> QuestionKind:
    """The kind of answer that the question waits for."""
    text = without_editor(unaccented(question.strip().lower()))
    opening = _OPENER.sub("", text)
    patterns = _patterns_of(language_in(question))
    if not patterns["comparison"].search(text):
        if patterns["reason"].match(opening):
            return "reason"
        if _ASKS_MEANING.match(opening):
            return "definition"
        looked_up = _LOOKS_UP.match(opening) and any(patterns[kind].search(text) for kind in _LOOKED_UP)
        if not looked_up and patterns["how_to"].match(opening):
            return "how_to"
    return next((kind for kind, pattern in patterns.items() if pattern.search(text)), "other")


_LAST = re.compile(r"[?？]\s+(\S[^?？]{3,}[?？]?)\s*$")


def last_question(text: str) -> str:
    """The last of several questions in one text: a follow-up is searched for behind the turn that it leans on."""
    found = _LAST.search(text)
    return found[1] if found else text


def has_cue(kind: QuestionKind, sentence: str, question: str, language: str = "english") -> bool:
    """Whether the sentence holds something of that kind: a number, a date, a name that the question lacks."""
    if kind == "person":
        asked = question.lower()
        return any(name.lower() not in asked for name in _PROPER.findall(sentence))
    if kind == "number" and _asks_duration(question):
        return _DURATION.search(sentence) is not None
    return kind in _CUES and _holds_cue(kind, sentence, language)


@lru_cache(maxsize=1_024)
def _asks_duration(question: str) -> bool:
    return _ASKS_DURATION.search(question) is not None


@lru_cache(maxsize=16_384)
def _holds_cue(kind: QuestionKind, sentence: str, language: str) -> bool:
    return _cues_of(language)[kind].search(sentence) is not None


_COUNTED = re.compile(rf"\d|\b(?!one\b)(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_LITERALS = "true|false|none|null|nil|undefined|enabled|disabled|unlimited|infinite"
# What a sentence about a default says it to be: a digit, a few words in quotes, a name behind "is", or yes or no where
# that ends something: "it depends on" says no value.
_SAID = re.compile(
    rf"\d|\b(?:{_LITERALS})\b"
    r"|\b(?:yes|no|on|off|empty)(?=[.,;:)!]|\W*$| by default\b)|[\"“'](?:[^\s\"”']+ ?){1,3}[\"”']",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:is|are|to|as) (?:an? |the )?[A-Z][\w.+-]+")
_CODED = re.compile(r"`[^`]{1,40}`")
# "What is X for?", "what is the point of X".
_ASKS_PURPOSE = re.compile(
    r"\b(?:point|purpose|use|benefit|advantage) of\b|\b(?:for|good for|used for|useful for)\W*$", re.IGNORECASE
)


def asks_purpose(question: str) -> bool:
    """Whether it asks what a thing is good for rather than what it is."""
    return _ASKS_PURPOSE.search(question) is not None


_ASKS_VALUE = re.compile(r"\bvalues?\b", re.IGNORECASE)
_VALUE = re.compile(
    rf"\d|\b(?:{_LITERALS}|yes|no|on|off|empty)\b"
    r"|(?P<quoted>[\"“'`][^\"”'`\n]{1,80}[\"”'`])",
    re.IGNORECASE,
)


def holds_value(kind: QuestionKind, text: str, question: str) -> bool:
    """Whether a text that has the cue of a number or a value also says one: a digit, `true`, a short word in quotes.

    "The default quality" is a word about a value; "one of them" counts nothing.
    """
    if kind == "number":
        return _COUNTED.search(text) is not None
    if kind != "value":
        return True
    asked = question.lower()
    if _CODED.search(text) or _NAMED.search(text):
        return True
    return any(found.group().strip("\"“”'`").lower() not in asked for found in _SAID.finditer(text))


def lacks_value(question: str, text: str) -> bool:
    """Whether a number, date or value is asked for, and a text has none but what the question says itself."""
    kind = question_kind(last_question(question))
    if kind in ("number", "date"):
        return not has_cue(kind, text, question)
    if kind != "value" and not _ASKS_VALUE.search(question):
        return False
    asked = question.lower()
    return all(found.group().strip("\"“”'`").lower() in asked for found in _VALUE.finditer(text))


def expects_cue(kind: QuestionKind) -> bool:
    """Whether sentences can be checked for that kind at all."""
    return kind == "person" or kind in _CUES
