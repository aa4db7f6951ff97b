"""Answers that an owner wrote: the questions in a page's front matter, and what of the page answers each."""

import re
import reprlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.readers.lines import Body
from pipelines.types import CuratedAnswer, Heading

# Quoted whole, an answer is no longer than readers read.
MAX_ANSWER_CHARS = 3_000
MAX_QUESTIONS = 100
MAX_QUESTION_CHARS = 300
_ALLOWED = "allowed: a question, a list of questions, or questions by the anchor of their section"
_EDGES = " \t?!.…？！。؟"
_MARKS = re.compile(r"[`*_]")


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question as front matter has it. Without an `anchor` its heading asks it, or the whole page answers."""

    text: str
    anchor: str | None = None


def read_questions(value: object) -> tuple[tuple[OwnQuestion, ...], tuple[str, ...]]:
    """The questions of the key `answers`, and a warning for each that is none.

    No page is lost for it: its generator may mean another thing by that key.
    """
    if value is None:
        return (), ()
    found: dict[str, OwnQuestion] = {}
    warnings: list[str] = []
    for anchor, given in _given(value):
        text = " ".join(given.split()) if isinstance(given, str) else ""
        key = plain_question(text)
        if not key or len(text) > MAX_QUESTION_CHARS:
            limit = f" of at most {MAX_QUESTION_CHARS} characters" if text else ""
            warnings.append(f"answers: {reprlib.repr(given)} is no question{limit} and is not read; {_ALLOWED}")
        elif key in found:
            warnings.append(f"answers: {reprlib.repr(text)} stands there twice; the first counts")
        else:
            found[key] = OwnQuestion(text, anchor)
    if len(found) > MAX_QUESTIONS:
        warnings.append(f"answers: {len(found)} questions; the first {MAX_QUESTIONS} are read")
    return tuple(found.values())[:MAX_QUESTIONS], tuple(warnings)


def _given(value: object) -> Iterator[tuple[str | None, object]]:
    """Each question with the anchor that it stands under."""
    if isinstance(value, dict):
        for anchor, below in value.items():
            for one in below if isinstance(below, list) else [below]:
                yield str(anchor).removeprefix("#"), one
    else:
        for one in value if isinstance(value, list) else [value]:
            yield None, one


def plain_question(text: str) -> str:
    """The question without what two spellings of it differ in: case, white space, marks around and behind it."""
    return " ".join(_MARKS.sub("", text).strip(_EDGES).casefold().split())


def place_answers(questions: Sequence[OwnQuestion], body: Body) -> tuple[list[dict[str, Any]], list[str]]:
    """The answers of the questions as JSON values (`CuratedAnswer`), and a warning for each that has none."""
    if not questions:
        return [], []
    places = list(_places(body))
    by_anchor, by_heading = dict[str, _Answered](), dict[str, _Answered]()
    for one in places:
        if one.heading is not None:
            if one.anchor is not None:
                by_anchor.setdefault(one.anchor, one)
            by_heading.setdefault(plain_question(one.heading.text), one)
    placed: list[dict[str, Any]] = []
    warnings: list[str] = []
    for question in questions:
        if question.anchor is not None:
            place = by_anchor.get(question.anchor)
        else:
            place = by_heading.get(plain_question(question.text), places[0])
        if place is None:
            known = ", ".join(f"#{one.heading.anchor}" for one in places[1:11] if one.heading and one.heading.anchor)
            allowed = f"allowed: {known}" if known else "the page has no anchors"
            warnings.append(f"answers: the page has no section #{question.anchor}; {allowed}")
        elif not place.start < place.end:
            warnings.append(f"answers: nothing stands where {question.text!r} is answered")
        elif place.end - place.start > MAX_ANSWER_CHARS:
            warnings.append(
                f"answers: {question.text!r} is answered by {place.end - place.start:,} characters; "
                f"allowed: {MAX_ANSWER_CHARS:,}, so name the anchor of a shorter section"
            )
        else:
            placed.append(asdict(place.answer(question.text)))
    return placed, warnings


@dataclass(frozen=True, slots=True)
class _Answered:
    """What stands below a heading, sections below it included; without one the whole page below its title."""

    heading: Heading | None
    path: tuple[str, ...]
    anchor: str | None
    start: int
    end: int

    def answer(self, question: str) -> CuratedAnswer:
        return CuratedAnswer(question, self.anchor, self.path, self.start, self.end)


def _places(body: Body) -> Iterator[_Answered]:
    """The whole page, then each of its headings but a title."""
    text, headings = body.text, sorted(body.headings, key=lambda heading: heading.start)
    title = headings[0] if headings and headings[0].level == 1 and not text[: headings[0].start].strip() else None
    yield _Answered(None, (), None, *_trimmed(text, title.end if title else 0, len(text)))
    around: list[Heading] = []
    for heading, end in zip(headings, _ends(headings, len(text)), strict=True):
        while around and around[-1].level >= heading.level:
            around.pop()
        if heading is title:
            continue
        around.append(heading)
        span = _trimmed(text, heading.end, end)
        yield _Answered(heading, tuple(one.text for one in around), heading.anchor, *span)


def _ends(headings: Sequence[Heading], last: int) -> list[int]:
    """Where the section of each heading ends: before the next one that is no deeper, else at the `last` offset."""
    ends, still_open = [last] * len(headings), list[int]()
    for number, heading in enumerate(headings):
        while still_open and headings[still_open[-1]].level >= heading.level:
            ends[still_open.pop()] = heading.start
        still_open.append(number)
    return ends


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
