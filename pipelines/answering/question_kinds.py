"""What kind of answer a question waits for, and whether a sentence holds something of that kind."""

import re
from typing import Literal

QuestionKind = Literal["number", "date", "person", "place", "reason", "definition", "list", "how_to", "code", "other"]

# In this order; the first that matches wins. English first, then the same question words in the other languages.
_KINDS: tuple[tuple[QuestionKind, str], ...] = (
    ("code",
     r"\bcode (for|to|example|sample|snippet)s?\b|\b(sample|example) code\b|\bsnippets?\b|\bexamples? of\b|\bshow me\b"
     r"|\bsyntax\b|\bcommands?\b|\b(beispiel|befehl|exemple|ejemplo|esempio|comando|voorbeeld)\b"),
    ("number",
     r"\bhow (many|much|long|old|far|tall|large|big|high|often|fast|deep|wide|heavy)\b|\bhow .{0,40}\bmany\b"
     r"|\b(what|which) (percent|percentage|number|amount|portion|fraction|age|port|version|size)\b"
     r"|\bwie ?viele?\b|\bcombien\b|\bcu[aá]nt[oa]s?\b|\bquant[ieoa]s?\b|\bhoeveel\b|\bсколько\b"),
    ("date",
     r"\bwhen (did|was|were|is|will|has|had)\b|\b(what|which) (year|date|day|month|century|decade|time)\b"
     r"|^when (?!should|do i|can i|to|would|must)|\bin (what|which) .{0,20}(year|century)\b|\bwann\b|\bquand\b"
     r"|\bcu[aá]ndo\b|\bquando\b|\bwanneer\b|\bкогда\b"),
    ("how_to",
     r"\bhow (do|does|can|could|to|should|would|must|might)\b|\bsteps? (to|for)\b"
     r"|\b(set ?up|install|configure|enable)\b"
     r"|^wie (kann|muss|soll|wird|werde|installier)|^comment\b|^c[oó]mo\b|^come\b|^como\b|^hoe\b|^как\b"),
    ("person",
     r"\bwho(se|m)?\b|\b(what|which) (person|people|man|woman)\b|^wer\b"
     r"|^qui\b|^qui[eé]n|^chi\b|^quem\b|^wie is\b|^кто\b"),
    ("place",
     r"\bwhere\b|\b(what|which) (city|country|state|place|location|region)\b"
     r"|^wo\b|^où\b|^d[oó]nde\b|^dove\b|^onde\b|^waar\b|^где\b"),
    ("reason",
     r"\bwhy\b|\breasons?\b|\bwhat (caused|causes)\b"
     r"|^warum\b|^pourquoi\b|^por ?qu[eé]\b|^perch[eé]\b|^waarom\b|^почему\b"),
    ("list",
     r"\b(list|steps|types|kinds|options|advantages|benefits|features|components|requirements|prerequisites|rules|ways"
     r"|principles|differences|parameters|methods|modules|topics|objectives)\b"),
    ("definition",
     r"^what('s| is| are| does)\b.{1,60}$|\bmean(s|ing)?\b|\bdefin(e|ition)\b|\bstands? for\b"
     r"|^was (ist|sind|bedeutet)|^qu'est-ce|^qu[eé] (es|son)\b|^cos'|^che cos|^o que|^wat (is|zijn)|^что такое"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)

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
