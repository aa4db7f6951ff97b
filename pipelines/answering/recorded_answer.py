"""A recorded answer, the one that is made again from its recipe, and what differs between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.types import Answer
from storage_config.vocabulary import AnswerStatus, CollectionState


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer as it was recorded; `claims` are as `Claim`'s JSON."""

    text: str
    status: AnswerStatus
    claims: Sequence[Mapping[str, Any]]
    flags: Sequence[str]
    model: str
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was, as JSON values."""

    what: str
    recorded: Any
    replayed: Any


@dataclass(frozen=True, slots=True)
class Replay:
    """An answer made again.

    `collection_state` of the recorded collection: readers are served from it, it is only kept, or it is gone and the
    active one was searched.
    """

    answer: Answer
    differences: tuple[Difference, ...]
    collection_state: CollectionState
