"""The parts of an answer's stream (AI SDK UI message stream v1), as they stand behind `data: ` in each event."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.schemas.answers import ClaimBody, ClosestBody, SourceBody, UsageBody
from app.schemas.bodies import StrictBody
from app.schemas.suggestions import SuggestionBody
from storage_config.vocabulary import AnswerStatus


class StreamIdentity(StrictBody):
    """Whose stream it is; in the first part already, so that a follow-up can name its conversation."""

    conversation_id: UUID
    corpus: str


class StreamMetadata(StreamIdentity):
    """What is known at the end: members of the answer that no part told."""

    status: AnswerStatus
    flags: list[str]
    model: str
    usage: UsageBody
    timings: dict[str, float]
    contact: str | None
    version: str | None = None
    suggestions: list[SuggestionBody]


class StartPart(StrictBody):
    """The message begins; `messageId` is the answer's id."""

    type: Literal["start"]
    messageId: UUID
    messageMetadata: StreamIdentity


class RetrievedProgress(StrictBody):
    """Retrieval is done; `timings` in milliseconds."""

    stage: Literal["retrieved"]
    timings: dict[str, float]


class RestartedProgress(StrictBody):
    """The model before failed before its first word; this one is tried now."""

    stage: Literal["restarted"]
    model: str


class ProgressPart(StrictBody):
    """How far the answer is. Transient: no part of the message."""

    type: Literal["data-progress"]
    data: Annotated[RetrievedProgress | RestartedProgress, Field(discriminator="stage")]
    transient: Literal[True]


class TextStartPart(StrictBody):
    """Text begins."""

    type: Literal["text-start"]
    id: str


class TextDeltaPart(StrictBody):
    """More text."""

    type: Literal["text-delta"]
    id: str
    delta: str


class TextEndPart(StrictBody):
    """Text is complete."""

    type: Literal["text-end"]
    id: str


class SourceUrlPart(StrictBody):
    """A source is cited for the first time; `sourceId` is n of `[n]`."""

    type: Literal["source-url"]
    sourceId: str
    url: str
    title: str


class SourcesPart(StrictBody):
    """The sources cited so far; replaces the one before."""

    type: Literal["data-sources"]
    id: Literal["sources"]
    data: list[SourceBody]


class ClaimPart(StrictBody):
    """A sentence was checked; replaces the part with the same id."""

    type: Literal["data-claim"]
    id: str
    data: ClaimBody


class RefusalData(StrictBody):
    """Why, as a stable word, and the nearest sections."""

    reason: str
    closest: list[ClosestBody]


class RefusalPart(StrictBody):
    """The pages do not carry an answer."""

    type: Literal["data-refusal"]
    id: Literal["refusal"]
    data: RefusalData


class MetadataPart(StrictBody):
    """What is known at the end."""

    type: Literal["message-metadata"]
    messageMetadata: StreamMetadata


class FinishPart(StrictBody):
    """The answer is complete."""

    type: Literal["finish"]
    finishReason: Literal["stop"]


class AbortPart(StrictBody):
    """The answer was cut off."""

    type: Literal["abort"]


class ErrorPart(StrictBody):
    """The answer failed; `errorText` is a problem document as JSON."""

    type: Literal["error"]
    errorText: str


UiMessagePart = Annotated[
    StartPart
    | ProgressPart
    | TextStartPart
    | TextDeltaPart
    | TextEndPart
    | SourceUrlPart
    | SourcesPart
    | ClaimPart
    | RefusalPart
    | MetadataPart
    | FinishPart
    | AbortPart
    | ErrorPart,
    Field(discriminator="type"),
]


def event_stream(parts: str) -> dict[str, Any]:
    """The content of a response that streams the parts of that schema."""
    return {
        "schema": {
            "type": "string",
            "description": f"Server-sent events: behind `data: ` stands a {parts}, at the end `[DONE]`.",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": f"#/components/schemas/{parts}"},
        }
    }
