"""Which passages are about the very thing that a question names, and not about its neighbours."""

import re
from collections.abc import Sequence

from pipelines.answering.question_kinds import question_kind
from pipelines.answering.sections import heading_of
from pipelines.answering.sentence_ranking import OF_USE, RankedUnit, Ranking
from pipelines.text.definitions import asked_term, heading_stems, is_headed_by, naming_headings
from pipelines.text.identifiers import are_same, heads, identifiers, label_of, names_all, names_exactly
from pipelines.text.words import Words, asking_stems
from pipelines.types import Passage

_OPTION = re.compile(r"^-|[._]")
# The part of a question of so many words that a heading says, by rarity, when it was written for it.
_NEARLY_ALL, _MIN_ASKED = 0.7, 6
# Units about a name have this part of the best one's odds at least, else the name is not what is asked for.
_IN_FOCUS = 0.02
# The part of a heading's words that is a name's where the section is about what is named.
_MOSTLY = 0.5
_FIRST = 4  # passages whose headings are looked at
_TASK_WORDS = 2  # of a heading that names what is to be done, and to what


def in_focus(candidates: list[RankedUnit], ranking: Ranking, passages: Sequence[Passage]) -> list[RankedUnit]:
    """The units of sections that are headed by what is asked for, else of those that name it as it is written.

    Only names of options and settings (`--port`, `server.port`, `max_age`) narrow what is quoted. All units where no
    section is about them, and where things are compared.
    """
    read = range(len(ranking.passages))
    stands_alone = len(ranking.weights) == len(ranking.general)  # a follow-up shares its words with the turn before
    if stands_alone and (asked := {n for n in read if _heading_says(ranking, passages[n])}):
        entries = [name.casefold() for name in identifiers(ranking.question)]
        return [one for one in candidates if one.passage in asked or _speaks_of(one, entries)] or candidates
    names = [name for name in identifiers(ranking.question) if _OPTION.search(name)]
    if ranking.kind == "comparison" or not names:
        return candidates
    # How a thing is used stands in guides too: there only a heading that has its name as it is written narrows.
    by_last = ranking.kind not in OF_USE
    headed = {n for n in read if any(_is_about(names, part, by_last=by_last) for part in _path(passages[n]))}
    named = {n for n in read if all(_names(passages[n], name) for name in names)}
    # "The max_age of SessionMiddleware": what is below CORSMiddleware is another one's.
    owners = [name for name in identifiers(ranking.question) if name not in names]
    owned = {n for n in named if any(names_exactly(owner, part) for owner in owners for part in _path(passages[n]))}
    best = max((one.share for one in candidates), default=0.0)
    for focus in (headed, owned, named):
        chosen = [one for one in candidates if one.passage in focus]
        if any(one.share >= _IN_FOCUS * best for one in chosen):
            return chosen
    return candidates


def _speaks_of(one: RankedUnit, names: Sequence[str]) -> bool:
    """Whether it is the entry of a list that speaks of a name: "`typer.FileBinaryWrite`: opens it in mode `wb`"."""
    label = label_of(one.unit.text).casefold() if one.unit.kind == "list" and names else ""
    return label != "" and any(are_same(name, label) for name in names)


def opening_of_definition(
    candidates: list[RankedUnit], ranking: Ranking, passages: Sequence[Passage], language: str
) -> list[RankedUnit]:
    """With what opens the section that is headed by the thing to be defined at the head, unless a sentence defines it.

    A term that stands only in the heading makes the section's first sentences its definition.
    """
    term = asked_term(ranking.question, language)
    headed = [
        number
        for number in range(len(ranking.passages))
        if is_headed_by(term, (passages[number].title, *passages[number].heading_path), language)
    ]
    # Of a long section the passage that it begins with, whatever ranks first.
    pages = [passages[number].uri for number in headed]
    headed = sorted(headed, key=lambda number: (pages.index(passages[number].uri), passages[number].start))
    inside = sorted((one for one in candidates if one.passage in headed), key=lambda one: (one.passage, one.unit.start))
    own = [one for one in inside if one.passage == headed[0]]
    chosen = (
        [one for one in inside if one.features["defines"]]
        or [one for one in candidates if headed and one.features["defines"]]
        or [one for one in own if one.features["half_defines"] and (one.features["first"] or one.features["second"])]
        or [one for one in own if one.features["first"]]
        or [one for one in own if one.features["second"]]
    )[:1]
    return [*chosen, *(one for one in candidates if one not in chosen)]


def opening_of_how_to(
    candidates: list[RankedUnit], ranking: Ranking, passages: Sequence[Passage], language: str
) -> list[RankedUnit]:
    """With what opens a section at the head, where its heading says just what is to be done: "Delete cookie"."""
    asked = ranking.general.keys() - asking_stems(language)
    if ranking.kind != "how_to" or len(asked) < _TASK_WORDS:
        return candidates
    headed = [n for n in range(len(ranking.passages)) if _task_of(passages[n], language) == asked]
    # Of a long section the passage that it begins with, whatever ranks first.
    section = [n for n in headed if passages[n].uri == passages[headed[0]].uri]
    first = min(section, key=lambda n: passages[n].start, default=None)
    return _led_by_opening(candidates, first)


def opening_of_reason(
    candidates: list[RankedUnit], ranking: Ranking, passages: Sequence[Passage], language: str
) -> list[RankedUnit]:
    """With what opens a section at the head whose heading asks for the reason, too: "Why is it in lower case?"."""
    if ranking.kind != "reason":
        return candidates
    asked = ranking.general.keys() - asking_stems(language)
    words = Words(language)
    shared: dict[int, float] = {}
    for number in range(min(_FIRST, len(ranking.passages))):
        heading = heading_of(passages[number])
        if question_kind(heading) == "reason":
            both = asked & ranking.meant_by(frozenset(words.stems(heading)))
            shared[number] = sum(ranking.general[stem] for stem in both)
    best = max(shared, key=lambda number: shared[number], default=None)
    return _led_by_opening(candidates, best if best is not None and shared[best] else None)


def _led_by_opening(candidates: list[RankedUnit], passage: int | None) -> list[RankedUnit]:
    """With what opens a passage at the head; as they are where there is none."""
    inside = [one for one in candidates if one.passage == passage]
    if not inside:
        return candidates
    opening = min(inside, key=lambda one: one.unit.start)
    return [opening, *(one for one in candidates if one is not opening)]


def _task_of(passage: Passage, language: str) -> frozenset[int]:
    return heading_stems(heading_of(passage), language) - asking_stems(language)


def _is_about(names: Sequence[str], heading: str, *, by_last: bool) -> bool:
    """Whether a heading is about the names: "The `copier.yml` file", not "Enabling autogenerate plugins in env.py"."""
    if by_last and any(are_same(name, heading) for name in names):
        return True
    stems = heading_stems(heading)
    named = heading_stems(" ".join(names))
    return names_all(names, heading) and len(stems & named) >= _MOSTLY * len(stems)


def _names(passage: Passage, name: str) -> bool:
    return names_exactly(name, passage.text) or any(heads(name, part) for part in passage.heading_path)


def _heading_says(ranking: Ranking, passage: Passage) -> bool:
    """Whether a section's own heading says nearly all of what is asked: it was written for that question."""
    heading = ranking.meant_by(heading_stems(heading_of(passage)))
    total = sum(ranking.general.values())
    said = sum(rarity for stem, rarity in ranking.general.items() if stem in heading)
    return len(ranking.general) >= _MIN_ASKED and said >= _NEARLY_ALL * total


def _path(passage: Passage) -> tuple[str, ...]:
    """Its headings; the parts of an option's section are about the option."""
    below = naming_headings((passage.title, *passage.heading_path))
    return below[1:] or below
