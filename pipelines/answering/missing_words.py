"""Which words of a question its passages lack in every form, and how much they hold of what it asks of their topic.

A site's passages all say its product's name: that they hold it says nothing about "does Redux support Rust?".
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from pipelines.answering.sentence_ranking import Ranking
from pipelines.grounding.verifier import rarity_of
from pipelines.languages.detection import language_in
from pipelines.languages.known import language_of
from pipelines.text.identifiers import identifiers, split_name
from pipelines.text.words import Words, asking_stems
from pipelines.types import Passage

_WORD = re.compile(r"[^\W_]+")
# A stem that this share of so many passages hold is their topic.
_TOPIC_SHARE, _MIN_PASSAGES = 0.65, 3
# Forms of a word: it begins the other, or both begin alike, or they differ by one letter.
_MIN_PREFIX, _MAX_ADDED, _MIN_ALIKE = 3, 4, 5
# A capital behind another word, capitals or a digit with letters.
_NAME = re.compile(r"(?<=[^\s.!?:] )[A-Z][\w'’-]*|\b[A-Z]{2,}\w*\b|\b(?=\w*[A-Za-z])[^\W\d]*\d\w*\b|\b[a-z]+[A-Z]\w*")
# "Kestrel 12", "version 3.1": a number that belongs to a name.
_VERSIONED = re.compile(r"\b(?P<name>(?<!^)(?<![.!?] )[A-Z]\w*|versions?|releases?)[ -]v?(?P<number>\d+(?:\.\d+)*)\b")
# A word behind a preposition or "support" that ends its phrase: "in rust", "with stripe", "use kotlin for".
_OBJECT = re.compile(
    r"\b(?:with|without|in|on|to|for|from|like|via|using|into|onto|supports?|runs?|uses?)\s+"
    r"(?P<thing>(?:an?\s+|the\s+)?[\w-]+|(?!(?:an?|the|my|your|our|its|their)\s)[\w-]+\s+[\w-]+)(?=\W*$|[,;]|\s+(?:with|in|on|to|for|from|as|instead|and|or)\b)",
    re.IGNORECASE,
)
# What is asked to be there: "is there a scholarship for", "does it offer virtual reality headsets".
_WANTED = re.compile(
    r"\b(?:(?:is|are) there (?:an?|any|some)|(?:supports?|offers?|provides?|includes?|ships? with|comes? with))\s+"
    r"(?:an?\s+|any\s+|the\s+)?(?P<things>[\w-]+(?:\s+[\w-]+){0,2}?)(?=\W*$|[,;]|\s+(?:with|in|on|to|for|from|as|of|that|which)\b)",
    re.IGNORECASE,
)
_THINGS = (
    r"(?!(?:it|them|this|that|these|those|him|her)\b)(?:an?\s+|any\s+|the\s+|my\s+|our\s+|your\s+)?"
    r"(?P<things>[\w-]+(?:\s+[\w-]+){0,2}?)"
)
_THEIR_END = (
    r"(?=\W*$|[,;]|\s+(?:with|in|on|to|for|from|as|of|that|which|per|and|or|when|if|at|by"
    r"|so|because|while|before|after)\b)"
)
# What is to be done to it ("how do I schedule cron jobs"), what it costs, and a command of the product.
_MATTERS = (
    re.compile(
        rf"\bhow (?:do|can|could|would|should) (?:i|we|you|one) \w+ (?:(?:up|off|out|on) )?{_THINGS}{_THEIR_END}", re.I
    ),
    re.compile(rf"\bhow much (?:does|do|is|are|would) {_THINGS}(?=(?: of \w+)? costs?\b)", re.I),
    re.compile(rf"\bwhat(?:['’]?s| is| are)? {_THINGS}(?= (?:price|pricing|fees?|cost|salary)\b)", re.I),
    re.compile(r"\bwhat (?:does|do) \w+ (?P<things>[\w-]+) do\b", re.I),
)
# Ends a phrase as a thing would, and says when or for whom.
_NO_THING = re.compile(
    r"(?:now|any ?more|nowadays|today|yet|already|again|instead|together|beginners?|newcomers?|newbies|dummies|kids?"
    r"|stuff|things?|folks|guys|everything|anything|something|myself|yourself|once|twice|else|too|first|later|manually|automatically|locally|globally|everywhere|somehow)",
    re.IGNORECASE,
)


_SORTS = (
    r"(?:option|setting|flag|switch|argument|parameter|property|field|attribute|hook|method|function|command|subcommand"
    r"|decorator|class|event|variable|key|directive)s?"
)
# What stands between the parts of a name is in none of them, and no part is given back: a name of 2,000 letters is
# read once.
_ODD = r"(?:`[^`\n]{2,60}`|(?<![\w-])(?>--?\w[\w-]*|__[^\W_]+__|_*[^\W_]+(?:[-_.:]+[^\W_]+)+_*|[a-z]+[A-Z]\w*))"
# "The snapshot-timeout option", "the option max_parallel", "the default of max_length": a name that is written as no
# word is.
_CODED = (
    r"(?:`[^`\n]{2,60}`|(?<![\w-])"
    r"(?>--?\w[\w-]*|__[^\W_]+__|_*[^\W_]+(?:_+[^\W_]+|[.:]+[^\W_]{2,})+_*|[a-z]+[A-Z]\w*))"
)
_NAMED = re.compile(
    rf"(?P<before>{_ODD})\s+{_SORTS}\b"
    rf"|\bthe (?:{_SORTS}|(?:default|meaning|purpose|type|value) (?:of|for))\s+(?:the )?(?P<behind>{_CODED})"
)
# "HTTP/3": another release of a protocol is another thing; HTTP/2.0 is HTTP/2.
_PROTOCOL = re.compile(r"\b(?P<name>(?:[A-Z]{3,8}|https?|tls|ssl|quic|mqtt)/\d(?:\.[1-9])?)(?:\.0)?(?![\w./])")
# "Flask-Limiter": an extension by its name, if nobody wrote the parts.
_EXTENSION = re.compile(r"\b[A-Z]\w*(?:-[A-Z]\w+)+\b")
# "What does the kestrel doctor command check": of plain words only where the command itself is asked for.
_COMMAND = re.compile(
    r"^\W*what does the \w+ "
    r"(?!(?:above|build|cli|console|first|following|last|main|new|next|same|second|shell|terminal)\b)"
    r"(?P<name>[a-z][\w-]{2,30}) (?:command|subcommand)\b",
    re.IGNORECASE,
)
_ASKS_PRICE = re.compile(
    r"\bhow much (?:does|do|is|are|would|will)\b.{1,60}\b(?:costs?|charged?)\b"
    r"|\bwhat(?:['’]?s| (?:is|are|does|do))\b.{1,60}\b(?:price|pricing|fees?|cost)\b(?=\W*$| (?:of|for|to|per)\b)"
    r"|\bhow much (?:is|are) (?:an?|the|one)\b.{1,40}\b(?:licen[cs]e|subscription|plan|seat|certificate|ticket)s?\b",
    re.IGNORECASE,
)
_SAYS_PRICE = re.compile(
    r"[$€£¥₹]\s?\d|\d\s?[$€£¥₹]|\b(?:USD|EUR|GBP|dollars?|euros?|free of charge"
    r"|(?:is|are|for|be) (?:completely |entirely )?free\b|no (?:charge|cost)|costs? nothing"
    r"|costs? (?:(?:about|only|from|up to|around) )?(?:[A-Z]{3} )?\d+|pric(?:e|es|ed|ing)"
    r"|paid|fees?|billing|billed|subscriptions?)\b",
    re.IGNORECASE,
)
# "What does kestrel.hover_low() do": the thing itself is asked for.
_ASKED_FOR = re.compile(
    r"^\W*[Ww]hat(?:['’]s| (?:is|are|does|do))\s+(?:the\s+)?"
    r"`?(?P<name>__[^\W_]+__|_*[^\W_]+(?:[._]+[^\W_]+)+_*|[a-z]+[A-Z]\w*|\w+(?=\(\)))"
)
# The parts of a name, with dashes, with dots or in capitals inside.
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\da-zA-Z_]+")
_DOER = re.compile(r"(?:er|or)s?$")
_MAX_READ = 2_000  # characters of a question, which the patterns look at from many places
_OF_RELEASES = re.compile(
    r"\b(?:releas\w*|come out|coming out|launch\w*|ship(?:s|ped)?|new in|changed in|end of life|eol)\b", re.IGNORECASE
)


def names_unknown(question: str, passages: Sequence[Passage], language: str = "english") -> bool:
    """Whether a question asks for an option, a function or the like by a name that no passage has, however joined.

    In English also for an extension by its name: other languages join their nouns like that.
    """
    question = question[:_MAX_READ]
    said = [found["before"] or found["behind"] for found in _NAMED.finditer(question)]
    said += [found["name"] for found in _PROTOCOL.finditer(question)]
    if asked := _ASKED_FOR.match(question):
        said.append(split_name(asked["name"])[1])
    if asked := _COMMAND.match(question):
        said.append(asked["name"])
    shapes = [_spelled(parts) for one in said if (parts := tuple(map(str.casefold, _PARTS.findall(one))))]
    texts = [" ".join((one.text, one.title, *one.heading_path)).casefold() for one in passages] if shapes else []
    if any(not any(shape.search(text) for text in texts) for shape in shapes):
        return True
    extensions = [found.group() for found in _EXTENSION.finditer(question)]
    if extensions and language_in(question, language) is not language_of("english"):
        return False
    return any(_extension_unknown(one, passages) for one in extensions)


def _extension_unknown(name: str, passages: Sequence[Passage]) -> bool:
    """Whether no passage has all of its parts in any form; that it limits something makes nobody a limiter."""
    parts = [part.lower() for part in name.split("-")]
    joined = re.compile(r"[\W_]{0,3}".join(re.escape(part.removesuffix("s")) for part in parts))
    if any(joined.search(" ".join((one.text, one.title, *one.heading_path)).lower()) for one in passages):
        return False
    words = frozenset[str]().union(*(_words_of(one) for one in passages))
    forms = (part in words or (not _DOER.search(part) and _has_form(part, words)) for part in parts if len(part) > 2)
    return not all(forms)


@lru_cache(maxsize=1_024)
def _spelled(parts: tuple[str, ...]) -> re.Pattern[str]:
    """A name in one word or several: `snapshot-timeout`, `snapshotTimeout`, "snapshot timeouts"; no part of a word."""
    return re.compile(r"(?<![^\W_])" + r"[\W_]{0,20}".join(re.escape(part) for part in parts) + r"s?(?!_?[^\W_])")


def release_unknown(question: str, passages: Sequence[Passage]) -> bool:
    """Whether a question asks when a release comes or what is new in it, and no passage has its number."""
    if not _OF_RELEASES.search(question):
        return False
    texts = [" ".join((one.text, one.title, *one.heading_path)) for one in passages]
    return any(
        not any(_release(found["name"], found["number"]).search(text) for text in texts)
        for found in _VERSIONED.finditer(question)
    )


def price_unknown(question: str, passages: Sequence[Passage]) -> bool:
    """Whether a question asks what something costs, and no passage speaks of money."""
    return _ASKS_PRICE.search(question) is not None and not any(_SAYS_PRICE.search(one.text) for one in passages)


@lru_cache(maxsize=1_024)
def _release(name: str, number: str) -> re.Pattern[str]:
    """`v12`, "Kestrel 12", `12.1`; no 12th of a month."""
    named = rf"(?:\b{re.escape(name)}|\bversions?|\breleases?|\bv)[ -]?v?{re.escape(number)}\b"
    return re.compile(rf"{named}|(?<![\w.]){re.escape(number)}\.\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BeyondTopic:
    """The words of a question beyond the topic of its passages, by their rarity in general text."""

    beyond: Mapping[int, float]
    missing: AbstractSet[int]  # those that no passage has in any form
    unknown: AbstractSet[int]  # of the missing, those that no list of common words has
    entities: AbstractSet[int]  # of the missing, those that are written or used as names: "in Rust", "support SAML"

    @classmethod
    def of(
        cls, ranking: Ranking, held: Sequence[AbstractSet[int]], passages: Sequence[Passage], language: str
    ) -> "BeyondTopic":
        """`held` are the stems of each passage, headings included."""
        count = Counter(stem for stems in held for stem in ranking.general.keys() & stems)
        shared = _TOPIC_SHARE * len(held) if len(held) >= _MIN_PASSAGES else len(held) + 1
        beyond = {stem: rarity for stem, rarity in ranking.general.items() if count[stem] < shared}
        absent = beyond.keys() - count.keys()
        if not absent:
            return cls(beyond, frozenset(), frozenset(), frozenset())
        written = _written(ranking.question, language)
        words = frozenset[str]().union(*(_words_of(one) for one in passages))
        missing = frozenset(stem for stem in absent if not _has_form(written.get(stem, ""), words))
        rarity, question = rarity_of(language), ranking.question
        unknown = frozenset(stem for stem in missing if not rarity.is_common(stem)) - asking_stems(language)
        entities = (_shaped(question, language) & missing) | (_objects(question, language) & unknown)
        return cls(beyond, missing, unknown, entities)

    @property
    def share_missing(self) -> float:
        """The part of what is asked beyond the topic, by rarity, that no passage has."""
        total = sum(self.beyond.values())
        return sum(self.beyond[stem] for stem in self.missing) / total if total else 0.0


def _shaped(question: str, language: str) -> frozenset[int]:
    """What is written as a name; of a number only where letters are in it, or a name before it."""
    words = Words(language)
    found = [match.group() for match in _NAME.finditer(question)]
    found += [match["number"] for match in _VERSIONED.finditer(question)]
    return _stems_of([*found, *identifiers(question)], words)


def _stems_of(texts: Sequence[str], words: Words) -> frozenset[int]:
    return frozenset(stem for text in texts for stem in words.stems(text))


def _objects(question: str, language: str) -> frozenset[int]:
    """What stands behind a preposition or "is there a": a thing that is asked about beside the site's own."""
    things = [thing for match in _OBJECT.finditer(question) for thing in match["thing"].split()]
    matters = [match for shape in (_WANTED, *_MATTERS) for match in shape.finditer(question)]
    things += [thing for match in matters for thing in match["things"].split()]
    return _stems_of([thing for thing in things if not _NO_THING.fullmatch(thing)], Words(language))


def _written(question: str, language: str) -> dict[int, str]:
    words = Words(language)
    return {stem: word.lower() for word in _WORD.findall(question) for stem in words.stems(word)}


@lru_cache(maxsize=4_096)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _words_of(passage: Passage) -> frozenset[str]:
    return _words(passage.text) | _words(" ".join((passage.title, *passage.heading_path)))


def _has_form(word: str, words: AbstractSet[str]) -> bool:
    """Whether the words have another form of it: `macos` for `mac`, `license` for `licence`, `types` for `typing`."""
    if len(word) < _MIN_PREFIX:
        return False
    head = word[: max(_MIN_ALIKE, len(word) - 3)]
    return any(
        (len(word) >= _MIN_ALIKE and other.startswith(head))
        or (other.startswith(word) and len(other) - len(word) <= _MAX_ADDED)
        or (len(word) > _MIN_ALIKE and abs(len(other) - len(word)) <= 1 and _differ_by_one(word, other))
        for other in words
        if other[:1] == word[:1]
    )


def _differ_by_one(word: str, other: str) -> bool:
    """One letter changed, added or left out, or two neighbours swapped."""
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    rest, others = word[start:], other[start:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[2:] == others[2:] and rest[:2] == others[1::-1])
    )
