"""What the tests of evaluation share: sources, answers, and an engine that says what it is told."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from pipelines.evaluation.asking import Asked
from pipelines.evaluation.golden import GoldenQuestion
from pipelines.evaluation.sections import PageSections
from pipelines.events import Event, Failed, Finished, Retrieved
from pipelines.types import Answer, Question, Source, Usage
from storage_config.records.document_texts import PublishedOutline
from storage_config.vocabulary import AnswerStatus

BASE_URL = "https://docs.example/manual"


def source(number: int = 1, path: str = "start/#install", text: str = "", start: int = 0) -> Source:
    """A source from the page and anchor of that path."""
    return Source(
        id=str(number), document_id="d", title="", url=f"{BASE_URL}/{path}", heading_path=(), text=text, start=start,
        end=start + len(text), quality="official", reference=None,
    )  # fmt: skip


def answer(
    text: str = "", sources: Sequence[Source] = (), *, status: AnswerStatus = "answered", total_ms: float = 10.0
) -> Answer:
    """An answer that cites these sources."""
    return Answer(
        status=status, text=text, claims=(), sources=tuple(sources), closest=(), flags=(), model="m", usage=Usage(),
        timings={"total_ms": total_ms},
    )  # fmt: skip


def question(**values: Any) -> GoldenQuestion:
    """A golden question, as of a file's line."""
    return GoldenQuestion.model_validate({"id": "q", "question": "How?", **values}, by_name=False, by_alias=True)


def asked(golden: GoldenQuestion, given: Answer | None, passages: Sequence[Source] = ()) -> Asked:
    """A question with its outcome."""
    return Asked(golden, tuple(passages), given, "" if given else "VendorTimeout: no token")


def outline(path: str, *headings: tuple[int, str, int]) -> PublishedOutline:
    """A page whose headings are given by level, anchor and start."""
    return PublishedOutline(
        path, f"{BASE_URL}/{path}",
        [{"level": level, "text": anchor, "anchor": anchor, "start": start, "end": start + 5}
         for level, anchor, start in headings],
    )  # fmt: skip


SECTIONS = PageSections.of(
    [
        outline(""),
        outline("start/", (1, "start", 0), (2, "install", 100), (3, "on-windows", 200), (2, "upgrade", 300)),
        outline("more/start/", (2, "install", 50)),
        outline("api/"),
    ],
    BASE_URL,
)


class ToldEngine:
    """Answers from a table by the question's text and remembers what it was asked."""

    def __init__(self, outcomes: Mapping[str, Answer | Exception], passages: Sequence[Source] = ()) -> None:
        self.asked: list[Question] = []
        self._outcomes = outcomes
        self._passages = tuple(passages)

    async def stream(self, asked: Question) -> AsyncGenerator[Event, None]:
        """Retrieved and Finished, or Failed."""
        self.asked.append(asked)
        outcome = self._outcomes[asked.text]
        if isinstance(outcome, Exception):
            yield Failed(outcome)
            return
        yield Retrieved(self._passages, {})
        yield Finished(outcome)
