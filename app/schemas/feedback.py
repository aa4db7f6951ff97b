"""Ratings of answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.schemas.bodies import StrictBody, without_nul

Rating = Literal["up", "down"]
Reason = Literal["incorrect", "not_what_i_asked", "slow_or_buggy", "style_or_tone", "safety_or_legal", "other"]
_MAX_TEXT = 2_000


def _once(reasons: list[Reason]) -> list[Reason]:
    return list(dict.fromkeys(reasons))


class FeedbackRequest(StrictBody):
    """What the reader thinks of an answer: a thumb, the reasons for it, and words of their own."""

    rating: Rating
    reasons: Annotated[list[Reason], Field(max_length=20), AfterValidator(_once)] = Field(default_factory=list)
    text: Annotated[str, Field(max_length=_MAX_TEXT), AfterValidator(without_nul)] | None = None


class FeedbackBody(StrictBody):
    """A rating as it is kept."""

    rating: Rating
    reasons: list[Reason]
    text: str | None
    created_at: datetime
