"""Golden sets: questions with what a right answer says and where it stands, one JSON object a line."""

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pipelines.errors import GoldenSetError

MAX_QUESTIONS, MAX_LINE_CHARS = 10_000, 100_000

Expectation = Literal["answer", "refusal", "social"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
Alternatives = Annotated[list[Words], Field(min_length=1, max_length=50)]


class GoldenQuestion(BaseModel):
    """One question. `must` and `not` are held against the answer's text, `urls` against what it cites.

    Each part of `must` has to stand in the answer; of a list one does. Any one of `urls` is right (see `PageSections`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Words
    question: Words
    kind: Words = "question"
    history: tuple[Words, ...] = Field((), max_length=20)  # what the reader asked before, oldest first
    must: tuple[Words | Alternatives, ...] = Field((), max_length=50)
    must_not: tuple[Words, ...] = Field((), alias="not", max_length=50)
    urls: tuple[Annotated[str, StringConstraints(max_length=2_000)], ...] = Field((), max_length=100)
    expect: Expectation = "answer"
    draft: bool = False  # made by a machine and looked at by nobody
    language: Words | None = None  # of the question, where it is not that of the pages
    english: Words | None = None  # the question in English, for those who look after the set

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """`must` with every part as its alternatives."""
        return tuple((part,) if isinstance(part, str) else tuple(part) for part in self.must)

    @model_validator(mode="after")
    def _can_be_graded(self) -> "GoldenQuestion":
        if self.expect == "answer" and not (self.must or self.urls):
            raise ValueError('needs "must" or "urls": what makes an answer right')
        if self.expect != "answer" and (self.must or self.urls):
            raise ValueError(f'"must" and "urls" are for answers, not for "expect": "{self.expect}"')
        return self


def read_golden(path: Path) -> list[GoldenQuestion]:
    """The questions of a file; empty lines are left out. Raises GoldenSetError naming every wrong line and key."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise GoldenSetError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise GoldenSetError(f"{path}: {error}") from None
    questions: dict[str, tuple[int, GoldenQuestion]] = {}
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = parse_question(line)
        except GoldenSetError as error:
            problems += [f"{path}: line {number}: {problem}" for problem in str(error).splitlines()]
            continue
        first, _ = questions.setdefault(question.id, (number, question))
        if first != number:
            problems.append(f"{path}: line {number}: id: {question.id!r} is that of line {first}")
    if not questions and not problems:
        problems.append(f"{path}: holds no question")
    if len(questions) > MAX_QUESTIONS:
        problems.append(f"{path}: holds {len(questions)} questions; {MAX_QUESTIONS} are allowed")
    if problems:
        raise GoldenSetError("\n".join(problems[:50]))
    return [question for _, question in questions.values()]


def parse_question(line: str) -> GoldenQuestion:
    """The question of a line. Raises GoldenSetError with one line a problem, each naming its key."""
    if len(line) > MAX_LINE_CHARS:
        raise GoldenSetError(f"has {len(line)} characters; {MAX_LINE_CHARS} are allowed")
    try:
        values = json.loads(line)
    except ValueError as error:
        raise GoldenSetError(f"no JSON: {error}") from None
    if not isinstance(values, dict):
        raise GoldenSetError("no JSON object")
    try:
        return GoldenQuestion.model_validate(values, by_name=False, by_alias=True)
    except ValidationError as error:
        raise GoldenSetError("\n".join(dict.fromkeys(map(_explain, error.errors())))) from None


def dump_questions(questions: Sequence[GoldenQuestion]) -> str:
    """The file of these questions; keys at their defaults are left out."""
    dumped = (question.model_dump(mode="json", by_alias=True, exclude_defaults=True) for question in questions)
    return "".join(json.dumps(values, ensure_ascii=False) + "\n" for values in dumped)


def _explain(problem: Any) -> str:
    # Places inside a union carry the names of its members, which mean nothing to who wrote the file.
    place = ".".join(str(part) for part in problem["loc"] if isinstance(part, int) or part in _KEYS or part == "")
    if problem["type"] == "extra_forbidden":
        key = str(problem["loc"][-1])
        near = difflib.get_close_matches(key, _KEYS, 1)
        return f"{key}: unknown key. {f'Did you mean {near[0]}? ' if near else ''}Allowed: {', '.join(_KEYS)}"
    if problem["type"] == "missing":
        return f"{place}: is missing"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


_KEYS = [field.alias or name for name, field in GoldenQuestion.model_fields.items()]
