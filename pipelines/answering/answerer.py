"""What writes an answer: one interface for the local extractive answerer and for remote models."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipelines.events import Restarted, TextDelta
from pipelines.types import Passage, Question, Usage


@dataclass(frozen=True, slots=True)
class Generated:
    """The answerer is done. `finish_reason` is `stop`, `length` or `content_filter`.

    `details` are JSON values that trace the answer at its vendor: a generation's id, the provider.
    """

    model: str
    usage: Usage
    finish_reason: str = "stop"
    details: Mapping[str, Any] = field(default_factory=dict)


AnswerPart = TextDelta | Restarted | Generated


class Answerer(Protocol):
    """Writes an answer from passages. The passage `order(...)[i]` is cited as `[i + 1]`.

    `quotes_only` says that every sentence stands in its passage word for word.
    """

    quotes_only: bool

    def parameters(self) -> dict[str, Any]:
        """What the next answer is sampled with, as JSON values; a seed among them is new for each call."""
        ...

    def order(self, question: Question, passages: Sequence[Passage]) -> Sequence[int]:
        """Indices of the passages in the order of their numbers: of first citation, where that is known before."""
        ...

    def stream(
        self, question: Question, passages: Sequence[Passage], parameters: Mapping[str, Any] | None = None
    ) -> AsyncIterator[AnswerPart]:
        """Deltas of the answer, `Restarted` before a further model is tried, and `Generated` at the end.

        `parameters` are new ones of this answerer or recorded ones; None leaves the choice to it. Raises VendorError
        when no model answered. Closing the iterator ends the vendor's work at once.
        """
        ...
