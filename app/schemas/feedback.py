"""Ratings of answers."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from app.schemas.bodies import StrictBody, StrictRequest, without_nul
from storage_config.vocabulary import FeedbackReason, Rating

_MAX_TEXT = 2_000


def _once(reasons: list[FeedbackReason]) -> list[FeedbackReason]:
    return list(dict.fromkeys(reasons))


class FeedbackRequest(StrictRequest):
    """What the reader thinks of an answer: a thumb, the reasons for it, and words of their own."""

    rating: Rating
    reasons: Annotated[list[FeedbackReason], Field(max_length=20, fail_fast=True), AfterValidator(_once)] = Field(
        default_factory=list
    )
    text: Annotated[str, Field(max_length=_MAX_TEXT), AfterValidator(without_nul)] | None = None


class FeedbackBody(StrictBody):
    """A rating as it is kept."""

    rating: Rating
    reasons: list[FeedbackReason]
    text: str | None
    created_at: datetime
