"""What an answer is worth: held against the words it has to say, the words it must not say, and the sections it cites.

Words are compared after links became their text, marks of code and emphasis went away and white space collapsed, in
lower case: a quotation counts however it is marked up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.evaluation.asking import Asked
from pipelines.evaluation.golden import GoldenQuestion
from pipelines.evaluation.sections import PageSections, SectionSpan
from pipelines.types import Source

Verdict = Literal[
    "right", "wrong", "incomplete", "wrongly_refused", "refused", "answered_anyway", "handled", "not_handled", "failed"
]
GOOD: tuple[Verdict, ...] = ("right", "refused", "handled")
_ANSWERED = ("answered", "partial")

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[`*]")
# Between two sentences of an answer: what must be said may go over both. `argv [0]` is none.
_FOOTNOTE = re.compile(
    r"(?:(?<=[.!?:;…。！？)\]\"'`*”’] )|^)\[\d{1,3}\](?=\s|$)|(?<=\s)\[\d{1,3}\](?=[ \t]*(?:\n|$))", re.M
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer with its grades. A grade is None where the question does not ask for it.

    `said` are the parts of `must` that stand in the answer; `holding` the ranks of the passages that hold the answer,
    alone or together; `found` the ranks of those from an accepted section.
    """

    asked: Asked
    verdict: Verdict
    section_right: bool | None
    in_passages: bool | None
    lost: bool
    said: int
    missing: tuple[str, ...]
    forbidden: tuple[str, ...]
    holding: tuple[int, ...]
    found: tuple[int, ...]

    @property
    def question(self) -> GoldenQuestion:
        """What was asked."""
        return self.asked.question

    @property
    def good(self) -> bool:
        """Whether it did what was expected of it."""
        return self.verdict in GOOD

    @property
    def status(self) -> str:
        """The answer's, or "failed"."""
        return self.asked.answer.status if self.asked.answer else "failed"


def plain(text: str) -> str:
    """The text as it is compared: without marks of markdown."""
    return _SPACE.sub(" ", _MARKS.sub("", _LINK.sub(r"\1", text))).strip().lower()


def without_footnotes(text: str) -> str:
    """An answer's text without the numbers of its sources."""
    return _FOOTNOTE.sub("", text)


def grade(asked: Asked, sections: PageSections) -> Graded:
    """The grades of one answer."""
    question, answer = asked.question, asked.answer
    text = plain(without_footnotes(answer.text)) if answer else ""
    missing = tuple(part[0] for part in question.needed if not _says(text, part))
    forbidden = tuple(words for words in question.must_not if plain(words) in text)
    places = [place for url in question.urls for place in sections.find(url)]
    answered = answer is not None and answer.status in _ANSWERED
    cited = answer.sources if answer else ()
    section_right = (answered and _in_places(cited, places)) if question.urls else None
    holding = _holding(question, asked.passages)
    in_passages = holding is not None if question.needed else None
    right = answered and not missing and not forbidden and (bool(question.needed) or bool(section_right))
    return Graded(
        asked=asked,
        verdict=_verdict(asked, right=right, missing=bool(missing) and len(missing) < len(question.needed)),
        section_right=section_right,
        in_passages=in_passages,
        lost=bool(in_passages) and not right,
        said=len(question.needed) - len(missing),
        missing=missing,
        forbidden=forbidden,
        holding=holding or (),
        found=tuple(rank for rank, one in enumerate(asked.passages, 1) if any(place.holds(one) for place in places)),
    )


def unknown_urls(questions: Sequence[GoldenQuestion], sections: PageSections) -> list[tuple[str, str]]:
    """Ids and urls of what no page of the corpus has: a set that fell behind its pages cannot be met."""
    return [(question.id, url) for question in questions for url in question.urls if not sections.find(url)]


def _verdict(asked: Asked, *, right: bool, missing: bool) -> Verdict:
    if asked.answer is None:
        return "failed"
    status, expect = asked.answer.status, asked.question.expect
    if expect == "refusal":
        return "refused" if status == "refused" else "answered_anyway"
    if expect == "social":
        return "not_handled" if status in (*_ANSWERED, "refused") else "handled"
    if right:
        return "right"
    if status == "refused":
        return "wrongly_refused"
    return "incomplete" if missing else "wrong"


def _says(text: str, part: Sequence[str]) -> bool:
    return any(plain(words) in text for words in part)


def _in_places(sources: Sequence[Source], places: Sequence[SectionSpan]) -> bool:
    return any(place.holds(source) for source in sources for place in places)


def _holding(question: GoldenQuestion, passages: Sequence[Source]) -> tuple[int, ...] | None:
    """Ranks of the passages that hold some part of what has to be said; None where they do not hold all of it."""
    texts = [plain(passage.text) for passage in passages]
    ranks: set[int] = set()
    for part in question.needed:
        found = [rank for rank, text in enumerate(texts, 1) if _says(text, part)]
        if not found:
            return None
        ranks.update(found)
    return tuple(sorted(ranks))
