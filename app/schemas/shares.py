"""Conversations that are shared by a link."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.schemas.answers import ClaimBody, ClosestBody, SourceBody
from app.schemas.bodies import StrictBody
from storage_config.vocabulary import AnswerStatus, Role


class ShareBody(StrictBody):
    """The link of a conversation, for its owner. `GET /shared/{token}` reads it; for people the page `/shared#{token}`.

    What stands behind `#` is told to no server, so that it is in no log, nor in the `Referer` of a link.
    """

    token: Annotated[str, Field(max_length=64)]
    created_at: datetime


class SharedAnswerBody(StrictBody):
    """As `AnswerBody`, without what names its reader's conversation or offers to go on with it."""

    status: AnswerStatus
    text: str
    claims: list[ClaimBody]
    sources: list[SourceBody]
    closest: list[ClosestBody]
    flags: list[str]
    contact: str | None
    version: str | None


class SharedMessageBody(StrictBody):
    """A question or an answer; `answer` is null for questions.

    An answer that rests on pages which not everybody may read, or that follows such a one, is `withheld`: without its
    text and `answer`.
    """

    role: Role
    text: str
    created_at: datetime
    answer: SharedAnswerBody | None
    withheld: bool


class SharedConversationBody(StrictBody):
    """What a link shows: the messages up to the moment in which it was made, oldest first, and not whose they are."""

    corpus: str
    title: str
    shared_at: datetime
    messages: list[SharedMessageBody]
