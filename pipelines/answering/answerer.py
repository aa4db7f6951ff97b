"""What writes an answer: one interface for the local extractive answerer and for remote models."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.events import Restarted, TextDelta
from pipelines.types import Passage, Question, Usage


@dataclass(frozen=True, slots=True)
class Generated:
    """The answerer is done. `finish_reason` is `stop`, `length` or `content_filter`."""

    model: str
    usage: Usage
    finish_reason: str = "stop"


AnswerPart = TextDelta | Restarted | Generated


class Answerer(Protocol):
    """Writes an answer from passages. `passages[i]` is cited as `[i + 1]`.

    `quotes_only` says that every sentence stands in its passage word for word.
    """

    quotes_only: bool

    def stream(self, question: Question, passages: Sequence[Passage]) -> AsyncIterator[AnswerPart]:
        """Deltas of the answer, `Restarted` before a further model is tried, and `Generated` at the end.

        Raises VendorError when no model answered. Closing the iterator ends the vendor's work at once.
        """
        ...
