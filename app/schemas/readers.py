"""What is kept of a reader, for the reader."""

from datetime import datetime

from app.schemas.bodies import StrictBody
from app.schemas.conversations import ConversationBody, MessageBody
from storage_config.vocabulary import CallerKind


class ExportedConversationBody(ConversationBody):
    """A conversation with the messages of all its branches, in the order in which they were recorded."""

    messages: list[MessageBody]


class ExportBody(StrictBody):
    """Everything that is kept of the caller: `subject` owns it, which for a user is the id of their account."""

    subject: str
    kind: CallerKind
    exported_at: datetime
    conversations: list[ExportedConversationBody]


class ErasureBody(StrictBody):
    """How many conversations were deleted, with their messages, citations and ratings."""

    conversations: int
