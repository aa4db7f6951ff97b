"""What is quoted where things are compared: what sets them against each other, else what is said of each."""

import re
from collections.abc import Callable, Sequence

from pipelines.answering.question_kinds import question_kind, without_editor
from pipelines.answering.quoting import Quote
from pipelines.answering.sections import heading_of
from pipelines.answering.sentence_ranking import RankedUnit, Ranking
from pipelines.retrieval.weighing import asks_for_news, is_news
from pipelines.text.definitions import definition_level, heading_stems
from pipelines.text.identifiers import identifiers, label_of, names_all, names_exactly
from pipelines.text.quotable import LINKED, Unit, leads_nowhere
from pipelines.text.words import Words
from pipelines.types import Passage

# What is quoted around a unit of a ranking, in so many characters.
WindowOf = Callable[[Ranking, RankedUnit, int], list[Unit]]

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
_NUMBER, _NUMBERED = re.compile(r"v?\d[\w.]*"), re.compile(r"(v?\d[\w.]*) [^\W\d]\w*")
# "URDF link: visual vs collision"
_TOPIC = re.compile(r"^[^,:]{2,40}:\s+")
_COMPARES = re.compile(
    r"\b(?:differences?|differs?|unlike|whereas|compar(?:able|ed) (?:to|with)|in contrast|as opposed to"
    r"|differentiat\w*|distinguish\w*|distinctions?|(?:dis)?advantages? over"
    r"|(?:same as|similar to|like)\b.{1,80}\bexcept (?:for|that))\b",
    re.IGNORECASE,
)
# Of one of the best sentences that names all sides by itself: "You must use X instead of Y".
_PREFERS = re.compile(
    r"\b(?:instead of|in favou?r of|rather than|over|\w+er than|more \w+ than|less \w+ than)\b", re.IGNORECASE
)
_BEST = 3
# A heading that says so too: "How does X compare to Y?", "Choosing between X and Y".
_COMPARES_ALL = re.compile(
    r"\b(?:differ\w*|compar\w+|versus|vs|choos\w+|separate|which|when to use|or|unlike|trade-?offs?)\b", re.IGNORECASE
)
_MOSTLY = 0.6  # of a heading's words are those of the sides, where it only names them
# The room of what sets things against each other, where its section is about them all, and of what is said of one.
_ROOM_OF_ALL, _ROOM_OF_SIDE = 800, 360
_ROOM_OF_PAIR = 600  # of what sets two things against each other: nothing else is quoted, if it says both
_PAIR = 2  # what one sentence can set against each other
# What a unit gains where it, or its heading, is about one side, in units of the ranking's scores.
_HEADED, _HOLDS, _DEFINES, _SHOWN = 6.0, 2.0, 4.0, 2.0
# An entry of a list opens with a name within so many other words, and says something of it in so many; only the first
# passages are looked at.
_BESIDE, _SAYING, _FIRST = 1, 3, 3
_IS_DEFINED = 2  # of `definition_level`


def compared_sides(question: str) -> tuple[str, ...]:
    """The things that a question compares, 2 to 4; empty where it compares nothing that can be told apart."""
    text = _WHICH.sub("", without_editor(" ".join(question.split())[:_MAX_READ]))
    return _sides(_TOPIC.sub("", text)) or _sides(text)


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
    if all(_NUMBER.fullmatch(side) for side in bare[:-1]) and (numbered := _NUMBERED.fullmatch(bare[-1])):
        bare[-1] = numbered[1]
    named = tuple(side for side in bare if side and len(side.split()) <= _MAX_SIDE_WORDS)
    return named[:_MAX_SIDES] if len(named) == len(bare) and len(named) > 1 else ()


def of_each_side(
    ranking: Ranking, candidates: Sequence[RankedUnit], passages: Sequence[Passage], language: str, window: WindowOf
) -> list[Quote]:
    """What is said of each of the things that are compared; nothing where the question compares none.

    First of all the section that is about all of them, or the table that has a column for each; then the sentence that
    sets them against each other; what it does not say of one is said by that one's own section.
    """
    sides = compared_sides(ranking.question) if ranking.kind == "comparison" else ()
    if not sides:
        return []
    if not asks_for_news(ranking.question):
        lasting = [one for one in candidates if not _is_news(passages[one.passage])]
        candidates = lasting or candidates
    whole = _of_all(sides, ranking, candidates, passages, language)
    each = [_best_of_side(side, sides, candidates, passages, language) for side in sides]
    headed = [
        one is not None and _is_headed(side, passages[one.passage], language)
        for side, one in zip(sides, each, strict=True)
    ]
    entries = [] if whole else _in_one_list(sides, candidates, language)
    if entries and (not all(headed) or all(_announces(one.unit) for one in entries)):
        quotes = [Quote(one.passage, unit) for one in entries for unit in window(ranking, one, _ROOM_OF_SIDE)]
        return list(dict.fromkeys(quotes))
    comparing = whole or _best_of_all(sides, candidates, passages, language) or _one_for_all(each)
    room = _ROOM_OF_ALL if whole else _ROOM_OF_PAIR if len(sides) == _PAIR else _ROOM_OF_SIDE
    chosen = [Quote(comparing.passage, one) for one in window(ranking, comparing, room)] if comparing else []
    said = frozenset(stem for quote in chosen for stem in quote.unit.stems)
    if whole is not None and chosen:
        said |= heading_stems(heading_of(passages[whole.passage]), language)
    for side, best in zip(sides, each, strict=True):
        in_its_list = whole is not None and best is not None and best.passage == whole.passage and _labels(best, side)
        enough = chosen and (whole or len(sides) == _PAIR) and said.issuperset(Words(language).stems(side))
        if enough and not in_its_list:
            continue
        if best is None:
            return chosen if whole else []
        taken = {(quote.passage, quote.unit.start) for quote in chosen}
        if (best.passage, best.unit.start) not in taken:
            units = window(ranking, best, _ROOM_OF_SIDE)
            chosen += [Quote(best.passage, one) for one in units if (best.passage, one.start) not in taken]
    return chosen


def _is_news(passage: Passage) -> bool:
    return is_news(passage.uri, passage.title)


def _in_one_list(sides: Sequence[str], candidates: Sequence[RankedUnit], language: str) -> list[RankedUnit]:
    """The entries of one list, each of which opens with another side; none where no list has one for each."""
    own = [frozenset(Words(language).stems(side)) for side in sides]
    lists: dict[tuple[int, int], list[RankedUnit]] = {}
    for one in candidates:
        if one.unit.kind == "list" and one.passage < _FIRST and _is_readable(one):
            lists.setdefault((one.passage, one.unit.block), []).append(one)
    for entries in lists.values():
        found = [next((one for one in entries if mine and _opens_with(one, mine)), None) for mine in own]
        named = [one for one in found if one is not None]
        if len(named) == len(sides) == len({one.unit.item for one in named}):
            return named
    return []


def _opens_with(one: RankedUnit, side: frozenset[int]) -> bool:
    says_more = len(one.unit.stems) >= len(side) + _SAYING or _announces(one.unit)
    return says_more and side <= frozenset(one.unit.stems[: len(side) + _BESIDE])


def _announces(unit: Unit) -> bool:
    """Whether an entry goes on in a list of its own: "borg mount - use this if:"."""
    return unit.text.rstrip("*_` ").endswith((":", "："))


def _is_headed(side: str, passage: Passage, language: str) -> bool:
    return frozenset(Words(language).stems(side)) <= heading_stems(heading_of(passage), language)


def _one_for_all(each: Sequence[RankedUnit | None]) -> RankedUnit | None:
    """The unit that says most of every side, where it is one."""
    one = each[0]
    return one if one is not None and _may_compare(one) and all(other is one for other in each) else None


def _labels(one: RankedUnit, side: str) -> bool:
    """Whether it is the entry of a list or a table that speaks of the side: "**`updateTag`**: Expires data"."""
    says_more = len(one.unit.stems) >= len(side.split()) + _SAYING
    return says_more and label_of(one.unit.text).casefold() == side.casefold()


def _of_all(
    sides: Sequence[str],
    ranking: Ranking,
    candidates: Sequence[RankedUnit],
    passages: Sequence[Passage],
    language: str,
) -> RankedUnit | None:
    """The best unit of a section whose heading names all sides, else of a table whose head does."""
    headed = [n for n in range(len(ranking.passages)) if _heads_all(sides, passages[n], language)]
    headed.sort(key=lambda n: _COMPARES_ALL.search(heading_of(passages[n])) is None)
    inside = [one for one in candidates if headed and one.passage == headed[0] and _may_compare(one)]
    if inside:
        return _best_of_all(sides, inside, passages, language) or inside[0]
    own = frozenset(stem for side in sides for stem in Words(language).stems(side))
    rows = [one for one in candidates if one.unit.kind == "table" and _columns_are(sides, one, ranking, language)]
    beside = ranking.general.keys() - own

    def worth(one: RankedUnit) -> tuple[float, float]:
        held = beside & ranking.meant_by(frozenset(one.unit.stems))
        return sum(ranking.general[stem] for stem in held), one.score

    return max(rows, key=worth, default=None)


def _may_compare(one: RankedUnit) -> bool:
    return one.unit.kind == "table" or _is_readable(one)


def _is_readable(one: RankedUnit) -> bool:
    prose = one.unit.kind in ("paragraph", "list")
    return prose and not one.features["aside"] and one.unit.flaw < LINKED and not leads_nowhere(one.unit.text)


def _columns_are(sides: Sequence[str], row: RankedUnit, ranking: Ranking, language: str) -> bool:
    """Whether the head of the table that a row stands in names all sides."""
    units = ranking.passages[row.passage]
    head = next((one for one in units if one.block == row.unit.block and one.item == 0), None)
    return head is not None and _names_all(sides, head.text, language)


def _best_of_side(
    side: str,
    sides: Sequence[str],
    candidates: Sequence[RankedUnit],
    passages: Sequence[Passage],
    language: str,
) -> RankedUnit | None:
    """The unit that says most of one of the things that are compared; None where none names it."""
    words = Words(language)
    own = frozenset(words.stems(side))
    of_others = frozenset(stem for other in sides if other != side for stem in words.stems(other))
    others = of_others - own
    names = identifiers(side)
    if not own:
        return None

    def worth(one: RankedUnit) -> float:
        title = heading_of(passages[one.passage])
        heading = heading_stems(title, language)
        if names and own <= of_others:  # `BackgroundTask` and `BackgroundTasks` differ in letters alone
            headed, held = _is_spelled(names, title), names_all(names, one.unit.text)
        else:
            headed = names_all(names, title) or (own <= heading and not heading & others)
            stems = frozenset(one.unit.stems)
            held = own <= stems or bool(names and names_all(names, one.unit.text))
            if own <= of_others and stems & others:  # "report" is told of by no sentence about "short-report"
                held = False
        shown = one.unit.kind == "code"  # which shows a thing, and says of it what it shares with the other
        prose = one.unit.kind in ("paragraph", "list")
        defined = prose and definition_level(own, one.unit.text, language) == _IS_DEFINED
        defines = defined or _labels(one, side)
        return one.score + _HEADED * headed + _HOLDS * (held and not headed) + _DEFINES * defines - _SHOWN * shown

    about = [one for one in candidates if own & (frozenset(one.unit.stems) | _headings(passages[one.passage], words))]
    return max(about, key=worth, default=None)


def _best_of_all(
    sides: Sequence[str], candidates: Sequence[RankedUnit], passages: Sequence[Passage], language: str
) -> RankedUnit | None:
    """The unit that sets the things against each other: it names one and compares, and what is above it the others."""
    own = [frozenset(Words(language).stems(side)) for side in sides]
    for rank, one in enumerate(candidates):
        prefers = rank < _BEST and _PREFERS.search(one.unit.text) and _names_all(sides, one.unit.text, language)
        if not (prefers or _COMPARES.search(one.unit.text)) or not _is_readable(one):
            continue
        place = passages[one.passage]
        above = " ".join((place.title, *place.heading_path, place.text[: one.unit.end]))
        named = any(stems <= frozenset(one.unit.stems) for stems in own)
        if named and _names_all(sides, above, language):
            return one
    return None


def _heads_all(sides: Sequence[str], passage: Passage, language: str) -> bool:
    """Whether the section is about all of the things: "How does Redux compare to Context?"."""
    heading = heading_of(passage)
    words = Words(language)
    said, own = heading_stems(heading, language), [frozenset(words.stems(side)) for side in sides]
    # Below the page "git" the heading "Reset, restore and revert" is about `git reset`.
    if question_kind(heading) == "how_to" or not _names_all(sides, f"{passage.title} {heading}", language):
        return False
    spelled = _names_all(sides, heading, language)
    if not spelled and not all(stems & said for stems in own):
        return False
    return _COMPARES_ALL.search(heading) is not None or len(
        said.intersection(frozenset().union(*own))
    ) >= _MOSTLY * len(said)


def _names_all(sides: Sequence[str], text: str, language: str) -> bool:
    """Whether a text names each of the sides; "BeautifulSoup" is beautiful soup, "apt-get" alone is no `apt`."""
    words = Words(language)
    stems, spelled = frozenset(words.stems(text)), re.findall(r"\w+", text.casefold())
    own = [frozenset(words.stems(side)) for side in sides]
    for number, (side, mine) in enumerate(zip(sides, own, strict=True)):
        if not mine:
            return False
        if any(mine <= other for n, other in enumerate(own) if n != number):  # they differ in letters alone
            if not names_exactly(side, text.replace("`", " ")):
                return False
        elif not mine <= stems and "".join(side.split()).casefold() not in spelled:
            return False
    return True


def _is_spelled(names: Sequence[str], heading: str) -> bool:
    """Whether a heading is a name, in one word or several: "Background Task" for `BackgroundTask`."""
    return any("".join(heading.replace("`", "").split()).casefold() == name.casefold() for name in names)


def _headings(passage: Passage, words: Words) -> frozenset[int]:
    return frozenset(words.stems(" ".join((passage.title, *passage.heading_path))))
