"""Golden questions are asked of a chat engine, follow-ups after the questions before them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from pipelines.errors import VendorError
from pipelines.evaluation.golden import GoldenQuestion
from pipelines.events import Event, Failed, Finished, Retrieved
from pipelines.types import Answer, Filters, HistoryMessage, Question, Source

_ALL = Filters(groups=None)  # who evaluates is who runs the site


class AskedEngine(Protocol):
    """What is evaluated: a `ChatEngine`, or what stands for one."""

    def stream(self, question: Question) -> AsyncGenerator[Event, None]:
        """Ends with `Finished` or `Failed`."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the passages that were handed on, by rank, and what came of them.

    `answer` is None where a vendor failed; `failure` then says how.
    """

    question: GoldenQuestion
    passages: tuple[Source, ...]
    answer: Answer | None
    failure: str = ""


async def ask_all(
    engine: AskedEngine,
    questions: Sequence[GoldenQuestion],
    *,
    at_once: int = 1,
    on_asked: Callable[[Asked], None] = lambda asked: None,
) -> list[Asked]:
    """Every question's outcome, in order; at most `at_once` at a time. Latencies are true for one at a time.

    Raises whatever the engine failed with that is not a vendor's failure: it would fail every question.
    """
    places = asyncio.Semaphore(at_once)

    async def ask_one(question: GoldenQuestion) -> Asked:
        async with places:
            asked = await ask(engine, question)
        on_asked(asked)
        return asked

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask_one(question)) for question in questions]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def ask(engine: AskedEngine, question: GoldenQuestion) -> Asked:
    """The questions before it are asked first: their answers are its history."""
    history: list[HistoryMessage] = []
    try:
        for earlier in question.history:
            _, answer = await _answered(engine, Question(earlier, tuple(history), filters=_ALL))
            history += [
                HistoryMessage("user", earlier),
                HistoryMessage("assistant", answer.text, tuple(one.url for one in answer.sources)),
            ]
        passages, answer = await _answered(engine, Question(question.question, tuple(history), filters=_ALL))
    except VendorError as error:
        return Asked(question, (), None, f"{type(error).__name__}: {error}")
    return Asked(question, passages, answer)


async def _answered(engine: AskedEngine, question: Question) -> tuple[tuple[Source, ...], Answer]:
    passages: tuple[Source, ...] = ()
    async with aclosing(engine.stream(question)) as events:
        async for event in events:
            if isinstance(event, Retrieved):
                passages = event.sources
            elif isinstance(event, Failed):
                raise event.error
            elif isinstance(event, Finished):
                return passages, event.answer
    raise RuntimeError("the engine ended without an answer")
