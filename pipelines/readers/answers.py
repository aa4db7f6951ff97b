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
    placed: list[dict[str, Any]] = []
    warnings: list[str] = []
    for question in questions:
        place = _place_of(question, places)
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


def _place_of(question: OwnQuestion, places: Sequence[_Answered]) -> _Answered | None:
    sections = [one for one in places if one.heading is not None]
    if question.anchor is not None:
        return next((one for one in sections if one.heading and one.heading.anchor == question.anchor), None)
    asked = plain_question(question.text)
    asking = (one for one in sections if one.heading and plain_question(one.heading.text) == asked)
    return next(asking, places[0])


def _places(body: Body) -> Iterator[_Answered]:
    """The whole page, then each of its headings but a title."""
    text, headings = body.text, sorted(body.headings, key=lambda heading: heading.start)
    title = headings[0] if headings and headings[0].level == 1 and not text[: headings[0].start].strip() else None
    yield _Answered(None, (), None, *_trimmed(text, title.end if title else 0, len(text)))
    around: list[Heading] = []
    for number, heading in enumerate(headings):
        while around and around[-1].level >= heading.level:
            around.pop()
        if heading is title:
            continue
        around.append(heading)
        after = (other.start for other in headings[number + 1 :] if other.level <= heading.level)
        span = _trimmed(text, heading.end, next(after, len(text)))
        yield _Answered(heading, tuple(one.text for one in around), heading.anchor, *span)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
