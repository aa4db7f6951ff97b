"""What a question compares, and whether it asks which of that to use."""

import re
from functools import cache

from pipelines.answering.question_kinds import without_editor
from pipelines.languages.detection import language_in
from pipelines.languages.known import LANGUAGES, Language, any_language
from pipelines.languages.scripts import unaccented

_MAX_SIDES, _MAX_SIDE_WORDS = 4, 6
_BETWEEN = re.compile(r"\b(?:between|compare|comparing|comparison of|difference of)\s+(.+)", re.IGNORECASE)
_AGAINST = re.compile(
    r"^(?:.*?\b(?:(?:(?:how|when|where|why) )?(?:do|must|shall|should) (?:i|one|we|you) (?:better |rather |really )?"
    r"(?:choose|pick|prefer|take|use)|how (?:do|does|is|are)|is|are|do|does|how|why|when|use)\s+)?"
    r"(.+?)\s+(?:vs\.?|versus|compared? (?:to|with)|differs? from|different from|(?P<either>or))\s+(.+)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|vs\.?|versus|with|to|from)\s+", re.IGNORECASE)
# "X or Y to do something" names two things.
_EITHER = re.compile(r"\s*,\s*(?:or\s+)?|\s+or\s+", re.IGNORECASE)
_AIM = re.compile(r"\s+(?:to|with)\s.*$", re.IGNORECASE)
# "Between reading from a file and writing to a file": other prepositions part nothing where "and" does.
_JOINED = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|vs\.?|versus)\s+", re.IGNORECASE)
# "Which should I use for logging, X or Y?"
_WHICH = re.compile(
    r"^\W*(?:which|what|when)\b[^,:]{0,40}\b(?:choose|pick|prefer|take|use)\b(?: (?:for|in|to|with) [^,:]{1,40})?[,:] ",
    re.IGNORECASE,
)
_MAX_READ = 300
_TAIL = re.compile(
    r"\s+(?:with respect to|for|in|when|if|on|at)\s.*$"
    r"|[,;:–—-]\s{0,3}(?:which|what(?:['’]?s)?|when|where|how|why|who|is|are|do|does|should|can)\b.*$"
    r"|[?.!]+$",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?:the|an?|using|to use|(?:that|those) (?:in|of))\s+", re.IGNORECASE)
# "301 or 308 redirect": both are redirects.
_NUMBER = re.compile(r"v?\d[\w.]*")
_NUMBER_AND_NOUN = re.compile(r"(v?\d[\w.]*) [^\W\d]\w*")
# "URDF link: visual vs collision"
_TOPIC = re.compile(r"^[^,:]{2,40}:\s+")
_LAST = "?？!。. "
_ASKS_WHICH = re.compile(
    r"\b(?:should|shall|must|do) (?:i|one|we|you) (?:better |rather |really )?(?:choose|pick|prefer|take|use)\b"
    r"|\bwhen (?:to|do|should|would) .{0,20}\b(?:choose|pick|prefer|take|use)\b|\bwhich (?:one|of)\b",
    re.IGNORECASE,
)


@cache
def _in_other_languages(known: Language | None) -> tuple[re.Pattern[str], ...]:
    """What a language compares by; what all do where it cannot be told."""
    languages = LANGUAGES.values() if known is None else (known,)
    return tuple(re.compile(unaccented(shape), re.IGNORECASE) for one in languages for shape in one.compares)


@cache
def _asks_which_of(known: Language | None) -> re.Pattern[str]:
    asks = any_language(lambda one: one.asks_which) if known is None else known.asks_which
    return re.compile(unaccented(asks) or "(?!)", re.IGNORECASE)


def make_patterns() -> None:
    """Those of all languages together, as `question_kinds.make_patterns` does."""
    _in_other_languages(None)
    _asks_which_of(None)


def compared_sides(question: str) -> tuple[str, ...]:
    """The things that a question compares, 2 to 4; empty where it compares nothing that can be told apart."""
    text = _WHICH.sub("", without_editor(" ".join(question.split())[:_MAX_READ]))
    return _sides(_TOPIC.sub("", text)) or _sides(text) or _sides_in_other_languages(text)


def _sides_in_other_languages(text: str) -> tuple[str, ...]:
    text = text.rstrip(_LAST)
    bare = unaccented(text)
    for pattern in _in_other_languages(language_in(text)):
        if found := pattern.search(bare):
            sides = tuple(text[slice(*found.span(side))].strip() for side in ("one", "other"))
            if all(side and len(side.split()) <= _MAX_SIDE_WORDS for side in sides):
                return sides
    return ()


def _sides(text: str) -> tuple[str, ...]:
    if found := _BETWEEN.search(text):
        compared = _TAIL.sub("", found[1])
        sides = _JOINED.split(compared)
        sides = sides if len(sides) > 1 else _SPLIT.split(compared)
    elif found := _AGAINST.match(text):
        rest = _TAIL.sub("", found[3])
        others = _EITHER.split(_AIM.sub("", rest)) if found["either"] else _SPLIT.split(rest)
        sides = [found[1], *others]
    else:
        return ()
    bare = [_BARE.sub("", side.strip()) for side in sides]
    if all(_NUMBER.fullmatch(side) for side in bare[:-1]) and (numbered := _NUMBER_AND_NOUN.fullmatch(bare[-1])):
        bare[-1] = numbered[1]
    named = tuple(side for side in bare if side and len(side.split()) <= _MAX_SIDE_WORDS)
    return named[:_MAX_SIDES] if len(named) == len(bare) and len(named) > 1 else ()


def asks_which(question: str) -> bool:
    """Whether it asks which of several things to use, or when to use each."""
    if _ASKS_WHICH.search(question):
        return True
    return _asks_which_of(language_in(question)).search(unaccented(question[:_MAX_READ])) is not None
