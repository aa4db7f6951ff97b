"""The graded answers of a run, as they are kept: what figures, gates and reports are made from."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from pipelines.evaluation.golden import Expectation
from pipelines.evaluation.grading import GOOD, Graded, Verdict


class RankedPassage(BaseModel):
    """A passage that was handed on: whether it holds (part of) what has to be said, and is from an accepted section."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    holds: bool
    accepted: bool


class Row(BaseModel):
    """One answer with its grades (see `Graded`). `measures` are values between 0 and 1 by name, where they apply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: str
    question: str
    history: tuple[str, ...] = ()
    expect: Expectation
    verdict: Verdict
    status: str  # the answer's, or failed
    section_right: bool | None
    in_passages: bool | None
    lost: bool
    missing: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    answer: str = ""
    failure: str = ""
    cited: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    passages: tuple[RankedPassage, ...] = ()
    measures: Mapping[str, float] = Field(default_factory=dict)
    timings: Mapping[str, float] = Field(default_factory=dict)  # milliseconds by stage

    @property
    def good(self) -> bool:
        """Whether it did what was expected of it."""
        return self.verdict in GOOD

    @classmethod
    def of(cls, graded: Graded, measures: Mapping[str, float] | None = None) -> "Row":
        """The row of an answer."""
        question, answer = graded.question, graded.asked.answer
        return cls(
            id=question.id,
            kind=question.kind,
            question=question.question,
            history=question.history,
            expect=question.expect,
            verdict=graded.verdict,
            status=graded.status,
            section_right=graded.section_right,
            in_passages=graded.in_passages,
            lost=graded.lost,
            missing=graded.missing,
            forbidden=graded.forbidden,
            answer=answer.text if answer else "",
            failure=graded.asked.failure,
            cited=tuple(source.url for source in answer.sources) if answer else (),
            urls=question.urls,
            passages=tuple(
                RankedPassage(url=passage.url, holds=rank in graded.holding, accepted=rank in graded.found)
                for rank, passage in enumerate(graded.asked.passages, 1)
            ),
            measures=dict(measures or {}),
            timings=dict(answer.timings) if answer else {},
        )
