"""Stretches of a passage: what is quoted together or not at all, and how one belongs to the next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pipelines.text.identifiers import label_of
from pipelines.text.quotable import Unit

_MAX_LABEL_WORDS, _MAX_LABEL = 8, 80
# A list most of whose items begin with a name of their own: each says something of its own thing.
_MOSTLY = 0.6
_MIN_ENTRIES = 3
# A parameter as pages of an API list them: "key_order (Sequence[str] | None) – Keys that".
_PARAMETER = re.compile(r"^\*{0,2}\w[\w.]{0,60} \([^\n]{1,300}?\)\s?[–—-](?:\s|$)")
# What numbers a picture, a listing or a table and names it: the text goes on behind it.
_CAPTION = re.compile(
    r"\W{0,3}(?:figure|fig\.|listing|table|example|exhibit|abbildung|tabelle|tableau|figura|tabla) \d[\w.-]{0,9}[.:]",
    re.IGNORECASE,
)
_MAX_CAPTION = 200
# What says how many ways there are is told by the list behind it, with a colon or without.
_COUNTS = re.compile(
    r"\b(?:two|three|four|five|six|seven|several|the following) (?:[\w-]{1,20} ){0,2}"
    r"(?:ways?|methods?|steps?|options?|possibilities|approaches|choices|alternatives|reasons|kinds|types|modes|rules)\b",
    re.IGNORECASE,
)
_BOLD = re.compile(r"^(?:\*\*[^*]+\*\*|__[^_]+__|\*[^*]+\*|`[^`]+`)")


# The file that a block of code is of: ```tsx filename="app/page.tsx"
_FILE = re.compile(
    r"[^\n]{0,80}?\b(?:file|filename|title)=[\"'](?P<stem>[^\"'\n]{1,120})\.(?P<ending>[cm]?[jt]sx?)[\"']"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A paragraph, a list item, a block of code or a row of a table: its units are quoted together or not at all."""

    kind: str
    block: int
    units: tuple[Unit, ...]

    @property
    def size(self) -> int:
        """In characters."""
        return self.units[-1].end - self.units[0].start

    @property
    def announces(self) -> bool:
        """Whether it ends by announcing what follows it."""
        return self.kind in ("paragraph", "list") and self.units[-1].text.rstrip("*_` ").endswith((":", "："))

    @property
    def counts(self) -> bool:
        """Whether its last sentence says how many ways there are: "There are two ways to do this."."""
        return self.kind == "paragraph" and _COUNTS.search(self.units[-1].text) is not None

    @property
    def asks(self) -> bool:
        """Whether it ends with a question, which what follows it answers: "Is there code for this? / Yes. ..."."""
        return self.kind == "paragraph" and self.units[-1].text.rstrip("*_` ").endswith(("?", "？"))

    @property
    def is_caption(self) -> bool:
        """Whether it is the caption of a picture, a listing or a table, which parts no text from the text before it."""
        return self.kind == "paragraph" and self.size <= _MAX_CAPTION and _CAPTION.match(self.units[0].text) is not None

    @property
    def may_label(self) -> bool:
        """Whether it may be the name of a tab or of what follows it: a few words that are no sentence."""
        text = self.units[0].text
        if self.kind != "paragraph" or len(self.units) > 1 or len(text) > _MAX_LABEL:
            return False
        ends = text.rstrip("*_`\"'”’) ")[-1:] in ".!?;…。！？"
        return not ends and len(text.split()) <= _MAX_LABEL_WORDS


def stretches_of(units: Sequence[Unit]) -> list[Stretch]:
    """The stretches of a passage, in order."""
    return [
        Stretch(units_[0].kind, block, tuple(units_))
        for (block, _), group in groupby(units, key=lambda unit: (unit.block, unit.item))
        for units_ in [list(group)]
    ]


def block_at(stretches: Sequence[Stretch], number: int) -> list[int]:
    """The stretches of the block that one is of: all items of its list, all rows of its table."""
    return [n for n, one in enumerate(stretches) if one.block == stretches[number].block]


def labels(stretches: Sequence[Stretch], number: int) -> bool:
    """Whether a stretch is the label of the code, list or table behind it: "pyproject.toml", "**prepare**"."""
    after = stretches[number + 1 : number + 2]
    return bool(after) and after[0].kind in ("code", "list", "table") and stretches[number].may_label


def is_catalogue(stretches: Sequence[Stretch], number: int) -> bool:
    """Whether a list's items each begin with the name of what they are about, as options do."""
    items = block_at(stretches, number)
    named = sum(_is_entry(stretches[n]) for n in items)
    return len(items) >= _MIN_ENTRIES and named >= _MOSTLY * len(items)


def _is_entry(item: Stretch) -> bool:
    """Whether an item begins with a marked or typed name and goes on: "**port:** where it listens"."""
    text = item.units[0].text
    marked = _BOLD.match(text) or _PARAMETER.match(text)
    goes_on = marked is not None and (len(text) > marked.end() + 3 or len(item.units) > 1)
    return goes_on and label_of(text) != ""


def is_variant(one: Stretch, other: Stretch) -> bool:
    """Whether two blocks of code are one file, in TypeScript and in JavaScript."""
    if one.kind != "code" or other.kind != "code":
        return False
    mine, its = _FILE.match(one.units[0].text), _FILE.match(other.units[0].text)
    if mine is None or its is None or mine["stem"] != its["stem"]:
        return False
    return ("t" in mine["ending"]) != ("t" in its["ending"])
