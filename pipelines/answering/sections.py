"""Questions that name a section: by its heading in quotation marks, or by nothing but its heading."""

import re
from collections.abc import Sequence
from functools import cache

from pipelines.languages.known import LANGUAGES
from pipelines.text.definitions import asked_term, is_headed_by
from pipelines.text.identifiers import are_same, identifiers
from pipelines.text.words import Words, asking_stems
from pipelines.types import Passage, Source

_QUOTED = re.compile(r"[“«„「『\"]([^“”«»„「」『』\"\n]{1,200})[”»“」』\"]")
_MARKS = re.compile(r"[`*]")
_CALL = re.compile(r"(?<=\w)\([^)\n]{0,80}\)|\(\)")
_JOINS = re.compile(r"(?<=\w)[_-](?=\w)|^_+|_+$")
_EDGES = " \t?!.:…#？！。؟"


def quoted_heading(text: str) -> str:
    """What a question like those that we suggest is about: "What does the documentation say about “Install”?"."""
    for pattern in _suggested():
        if found := pattern.fullmatch(text.strip()):
            return found[1].strip()
    return ""


def asked_section(text: str, passages: Sequence[Passage], language: str = "english") -> int | None:
    """The passage whose heading the question quotes, or is, or names alone: "what is `Is()` for".

    Of a section in several passages the one that it begins with; None where it names no section of these.
    """
    named = {_plain(text)} | {_plain(match[1]) for match in _QUOTED.finditer(text)}
    alone = [name for name in identifiers(text) if _says_nothing_else(text, name, language)]
    named |= {_plain(name) for name in alone}
    headed = [number for number, one in enumerate(passages) if _plain(heading_of(one)) in named - {""}]
    if not headed:  # `ctx.forward` or `forward`, where the heading is `click.Context.forward`
        headed = [n for n, one in enumerate(passages) if any(are_same(name, heading_of(one)) for name in alone)]
    section = [number for number in headed if passages[number].url == passages[headed[0]].url]
    return min(section, key=lambda number: passages[number].start, default=None)


def _says_nothing_else(text: str, name: str, language: str) -> bool:
    rest = _CALL.sub(" ", text.replace(name, " "))
    return asking_stems(language).issuperset(Words(language).stems(rest))


def defined_section(text: str, passages: Sequence[Passage], language: str) -> int | None:
    """The passage headed by the very thing that a question wants explained: "Explain reducers to a beginner"."""
    term = asked_term(text, language)
    if not term:
        return None
    headed = (is_headed_by(term, (one.title, *one.heading_path), language) for one in passages)
    return next((number for number, is_its_own in enumerate(headed) if is_its_own), None)


def asks_for_section(text: str, passages: Sequence[Passage], language: str) -> bool:
    """Whether the question asks for one of the passages by its heading, or to explain what heads it.

    So does one that the owner wrote the first of them for.
    """
    if passages and passages[0].question is not None:
        return True
    return asked_section(text, passages, language) is not None or defined_section(text, passages, language) is not None


def heading_of(passage: Passage | Source) -> str:
    """The heading that a passage stands under: the last one, for a page's opening its title."""
    return (passage.heading_path[-1] if passage.heading_path else passage.title).strip()


def _plain(text: str) -> str:
    """Without marks, the brackets of a call and what joins the words of a name."""
    bare = _JOINS.sub(" ", _CALL.sub("", _MARKS.sub("", text)))
    return " ".join(bare.strip(_EDGES).casefold().split())


@cache
def _suggested() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(re.escape(one.example_question).replace(re.escape("{}"), "(.{1,300}?)"), re.IGNORECASE)
        for one in LANGUAGES.values()
    )
