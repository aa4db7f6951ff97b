"""A recorded answer that was made again, as JSON."""

from typing import Any
from uuid import UUID

from app.schemas.answers import SourceBody, UsageBody
from app.schemas.bodies import StrictBody
from storage_config.vocabulary import AnswerStatus, CollectionState


class DifferenceBody(StrictBody):
    """What is not as it was recorded. Of passages and claims only those that differ stand on either side."""

    what: str
    recorded: Any
    replayed: Any


class ReplayBody(StrictBody):
    """An answer made again; `same`: no difference.

    `collection` is the recorded one and `collection_state` how it is now: `active`, `kept` beside the active one, or
    `gone`, when the active one was searched. `changed_sources` are those of the recorded answer whose page has
    another text since, or is gone, as they were cited. The other values are the new answer's.
    """

    id: UUID
    corpus: str
    question: str
    same: bool
    collection: str
    collection_state: CollectionState
    differences: list[DifferenceBody]
    changed_sources: list[SourceBody]
    status: AnswerStatus
    text: str
    model: str
    usage: UsageBody
    timings: dict[str, float]
