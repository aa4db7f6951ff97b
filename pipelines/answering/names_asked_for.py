"""The one of several alike things that a question names: a section, an option of a list, a tab."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipelines.answering.question_kinds import QuestionKind
from pipelines.answering.sections import heading_of
from pipelines.answering.sentence_ranking import COUNTED, OF_USE, Ranking
from pipelines.answering.stretches import Stretch, block_at, is_catalogue, labels, stretches_of
from pipelines.text.definitions import heading_stems
from pipelines.text.identifiers import are_same, identifiers, label_of
from pipelines.text.signatures import opens_entry
from pipelines.text.words import Words, asking_stems
from pipelines.types import Passage

_WORD = re.compile(r"[@$]?\w+(?:[.:/_-]+\w+)*")
# `fetch-retries`, `maxAge`, `server.port`: no word of a language, whose section may speak of much else.
_NAME = re.compile(r"`[^`]+`|(?=\S*\w[-_.:/]\w)\S+|[a-z]+[A-Z]\w*|--?\w\S*")
_READ_TABS = 3  # passages
# What stands before a function's only parameter: "Parameters: min_level (int | str) –".
_FIELDS = re.compile(r"^(?:\*\*)?(?:parameters|arguments|args|options)(?:\*\*)?:(?:\*\*)? +", re.IGNORECASE)
_READ_ENTRIES = 3  # passages
_RAREST = 6.0  # of words that general text does not have
_CODE_ENTRY = re.compile(
    r"^(?:#{1,6}[ \t]+`([^`\n]{2,80})`|[ \t]{0,8}(?:[-*+]|\|)[ \t]+(?:\*\*)?`([^`\n]{2,80})`)", re.MULTILINE
)
_PROSE = ("paragraph", "list")
_OWNED = re.compile(r"(?<![\w.])`?([\w-]{2,60})`? (?:of|in|for) (?:the )?`?([\w.:/-]{2,120}[\w/])")


def only_named(ranking: Ranking, passages: Sequence[Passage], anew: AbstractSet[int] | None, language: str) -> Ranking:
    """The ranking without the sections, options and tabs beside those that the question names.

    Of "npm start" and "npm publish" below one heading, of `fetch-retries` and `fetch-retry-factor`, of the options of
    one list, of the tabs "npm" and "yarn". `anew` are the stems that a follow-up asks anew, None where it is none.
    The ranking as it is where things are compared, or where nothing else would be left.
    """
    if ranking.kind == "comparison":
        return ranking
    objects, unnamed = _objects(ranking, passages)
    sections = _other_sections(ranking, passages, anew, language) | unnamed
    tabs, named = _tabs(ranking, anew, language)
    kept = ranking.without(_other_entries(ranking) | tabs)
    units = [one for one in kept.units if one.passage not in sections]
    if not units:
        return ranking
    units.sort(key=lambda one: (one.passage, one.unit.start) not in named)
    if ranking.kind not in OF_USE:
        units.sort(key=lambda one: one.passage not in objects)
    parameters = _parameters(ranking, passages)
    units.sort(key=lambda one: (one.passage, one.unit.start) not in parameters)
    return replace(kept, units=tuple(units))


def _parameters(ranking: Ranking, passages: Sequence[Passage]) -> set[tuple[int, int]]:
    """What speaks of a parameter of a function, where the question names both, by passage and start.

    A reference's entry is long: what its parameters are may stand in another passage than its signature. A word such as
    "type" or "error" names a parameter only before "of" and the function.
    """
    names = [name for name in identifiers(ranking.question) if any(letter.isalpha() for letter in name)]
    owned = {match[1].casefold() for name in names for match in _OWNED.finditer(ranking.question) if match[2] == name}
    asked = {name.casefold() for name in names} | owned
    found = set()
    for number, units in enumerate(ranking.passages):
        heading = heading_of(passages[number]).partition("(")[0].strip("` ").casefold()
        if any(are_same(name.casefold(), heading) for name in names):
            labels_of = {unit.start: label_of(_FIELDS.sub("", unit.text)) for unit in units if unit.kind in _PROSE}
            named = asked - {name for name in asked if are_same(name, heading)}
            found |= {(number, start) for start, label in labels_of.items() if label.strip("`*").casefold() in named}
    return found


_ANY_NAME = r"`?([a-z][\w.-]{1,40})`?"
_OPTIONS = (
    re.compile(
        rf"\b{_ANY_NAME} (?:argument|attribute|field|flag|key|option|parameter|property|setting)\b", re.IGNORECASE
    ),
    re.compile(
        rf"\b(?:default|values?)(?: values?)?(?: (?:of|for|can|may|does|do|is|are|the))+ {_ANY_NAME}", re.IGNORECASE
    ),
    re.compile(rf"\bdefault {_ANY_NAME}\W*$", re.IGNORECASE),
    re.compile(rf"^\W*{_ANY_NAME} (?:default|values?)\W*$", re.IGNORECASE),
)
_MAX_READ = 500


def has_own_entry(ranking: Ranking, passages: Sequence[Passage], language: str) -> bool:
    """Whether a rare word of the question is the name of code that a section, or an item of a list or table, is about.

    Not where the passage lacks another rare word of the question, nor of what most passages name, such as the product.
    Only for languages whose rare words are known: the others have no word of such a rarity.
    """
    rare = frozenset(stem for stem, rarity in ranking.general.items() if rarity >= _RAREST)
    if not rare:
        return False
    said = [frozenset().union(*(unit.stems for unit in units)) for units in ranking.passages]
    held = [rare & (own | heading) for own, heading in zip(said, ranking.headings, strict=True)]
    asked = frozenset(_words(ranking.question))
    for passage in (one for one, found in zip(passages[:_READ_ENTRIES], held, strict=False) if found == rare):
        entries = [code or label for code, label in _CODE_ENTRY.findall(passage.text)]
        for name in {entry.partition("(")[0].strip().casefold() for entry in entries} & asked:
            own = rare.intersection(Words(language).stems(name))
            if own and sum(own <= one for one in held) <= max(1, len(held) / 2):
                return True
    return False


def has_option(question: str, passages: Sequence[Passage]) -> bool:
    """Whether an option is asked for by a name, however common a word, that one of the first passages lists.

    "What is the unique option", "unique default", "which values can unique have".
    """
    asked = {name.casefold() for shape in _OPTIONS for name in shape.findall(question[:_MAX_READ])}
    if not asked:
        return False
    entries = [_CODE_ENTRY.findall(one.text) for one in passages[:_READ_ENTRIES]]
    names = {(code or label).partition("(")[0].strip().casefold() for found in entries for code, label in found}
    return not asked.isdisjoint(names)


def _objects(ranking: Ranking, passages: Sequence[Passage]) -> tuple[set[int], set[int]]:
    """The passages about functions, classes or options that the question names, and those about others of them.

    What stands above or below one that is named is neither: a class, its methods.
    """
    asked = [name.casefold() for name in identifiers(ranking.question)]
    names = [heading_of(passages[n]) for n in range(len(ranking.passages))]
    entries = [n for n in range(len(names)) if opens_entry(passages[n].text)]
    named = {n for n in entries if any(are_same(name, names[n].casefold()) for name in asked)}
    others = set()
    for n, name in enumerate(names):
        around = [(passages[n].heading_path, passages[one].heading_path) for one in named]
        related = any(mine[: len(one)] == one or one[: len(mine)] == mine for mine, one in around)
        if named and n not in named and not related and _NAME.fullmatch(name):
            others.add(n)
    return named, others


def _other_sections(
    ranking: Ranking, passages: Sequence[Passage], anew: AbstractSet[int] | None, language: str
) -> set[int]:
    """The passages beside those whose heading stands in the question; of a follow-up, with what it asks anew."""
    asked = _words(ranking.question)
    below = [n for n in range(len(ranking.passages)) if passages[n].heading_path]
    named = [n for n in below if _stands_in(_words(heading_of(passages[n])), asked)]
    named = [n for n in named if anew is None or anew & heading_stems(heading_of(passages[n]), language)]
    others = set()
    for n in below:
        beside = [
            heading_of(passages[one]) for one in named if n not in named and _is_beside(passages[n], passages[one])
        ]
        if any(_alike(heading_of(passages[n]), heading, language) for heading in beside):
            others.add(n)
    return others


def _is_beside(passage: Passage, other: Passage) -> bool:
    return passage.uri == other.uri and passage.heading_path[:-1] == other.heading_path[:-1]


def _alike(heading: str, named: str, language: str) -> bool:
    """Whether both are names of code, or phrases that share a word."""
    if _NAME.fullmatch(heading) and _NAME.fullmatch(named):
        return True
    mine, theirs = heading_stems(heading, language), heading_stems(named, language)
    return len(theirs) > 1 and bool(mine & theirs)


def _other_entries(ranking: Ranking) -> set[tuple[int, int]]:
    """The units of options beside the one that is named, by passage and start."""
    asked = _words(ranking.question)
    others: set[tuple[int, int]] = set()
    for number, units in enumerate(ranking.passages):
        stretches = stretches_of(units)
        for first in (n for n, one in enumerate(stretches) if one.kind == "list" and one.units[0].item == 0):
            if not is_catalogue(stretches, first):
                continue
            entries = block_at(stretches, first)
            named = [n for n in entries if _names_entry(label_of(stretches[n].units[0].text), ranking.kind, asked)]
            others |= {(number, unit.start) for n in entries if named and n not in named for unit in stretches[n].units}
    return others


def _names_entry(label: str, kind: QuestionKind, asked: Sequence[str]) -> bool:
    """A plain word, such as "robot", is a name only where a value or a definition of it is asked for."""
    is_name = _NAME.fullmatch(label) is not None or kind == "definition" or kind in COUNTED
    return is_name and _stands_in(_words(label), asked)


def _words(text: str) -> list[str]:
    return [word.strip("-").casefold() for word in _WORD.findall(text)]


def _stands_in(name: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the name's words stand in the words, one behind the other."""
    size = len(name)
    return size > 0 and any(list(words[at : at + size]) == list(name) for at in range(len(words) - size + 1))


def _tabs(
    ranking: Ranking, anew: AbstractSet[int] | None, language: str
) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The units of tabs beside the one that is asked for, and what stands in that one, by passage and start."""
    asked, words = ranking.general.keys() if anew is None else anew, Words(language)
    for number, units in enumerate(ranking.passages[:_READ_TABS]):
        stretches = stretches_of(units)
        for tabs in _sets_of_tabs(stretches):
            held = {n: frozenset(words.stems(stretches[n].units[0].text)) - asking_stems(language) for n in tabs}
            named = [n for n in tabs if held[n] and held[n] <= asked]
            if not named or len(named) == len(tabs):
                continue
            beside = {n for tab in tabs if tab not in named for n in (tab, *block_at(stretches, tab + 1))}
            wanted = {n for tab in named for n in block_at(stretches, tab + 1)}
            return _places(number, stretches, beside), _places(number, stretches, wanted)
    return set(), set()


def _sets_of_tabs(stretches: Sequence[Stretch]) -> list[list[int]]:
    """The labels that stand one behind the other with nothing but what they label between them."""
    sets: list[list[int]] = []
    end = -1
    for n, one in enumerate(stretches):
        if one.announces or not labels(stretches, n):
            continue
        if n != end:
            sets.append([])
        sets[-1].append(n)
        end = block_at(stretches, n + 1)[-1] + 1
        while end < len(stretches) and stretches[end].kind == "code":
            end += 1
    return [labelled for labelled in sets if len(labelled) > 1]


def _places(passage: int, stretches: Sequence[Stretch], chosen: AbstractSet[int]) -> set[tuple[int, int]]:
    return {(passage, unit.start) for n in chosen for unit in stretches[n].units}
