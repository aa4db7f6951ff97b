"""Conversations, their messages and branches."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.schemas.answers import AnswerBody
from app.schemas.bodies import StrictBody, StrictRequest, without_nul
from app.schemas.feedback import FeedbackBody
from storage_config.vocabulary import AnswerStatus, Role

_MAX_TITLE = 200


class TitleRequest(StrictRequest):
    """Another title."""

    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_MAX_TITLE), AfterValidator(without_nul)
    ]


class ConversationBody(StrictBody):
    """A conversation; its title is its first question until the reader gives another."""

    id: UUID
    corpus: str
    title: str
    created_at: datetime
    updated_at: datetime


class ConversationsBody(StrictBody):
    """A stretch of the caller's conversations; `next_cursor` is null on the last one."""

    items: list[ConversationBody]
    next_cursor: str | None


class MessageBody(StrictBody):
    """A question or an answer. `siblings` are all messages that follow the same one, itself among them, in their order.

    `answer` is what `POST /chat` gave, with its claims, sources and quotes as they were; null for questions. An answer
    that rests on pages which its reader may not read any more is `withheld`: without its text and `answer`.
    """

    id: UUID
    parent_id: UUID | None
    role: Role
    text: str
    created_at: datetime
    siblings: list[UUID]
    answer: AnswerBody | None
    feedback: FeedbackBody | None
    withheld: bool = False


class TranscriptBody(ConversationBody):
    """A conversation with one of its branches, oldest message first.

    Where the first message has a `parent_id`, there is more: read on with its id as `before`.
    """

    messages: list[MessageBody]


class BranchBody(StrictBody):
    """A message that a branch begins with; `text` is its beginning."""

    id: UUID
    role: Role
    text: Annotated[str, Field(max_length=200)]
    status: AnswerStatus | None
    created_at: datetime


class BranchesBody(StrictBody):
    """The branches behind one message, in their order."""

    items: list[BranchBody]
