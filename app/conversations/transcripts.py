"""A conversation as it was: each answer with the claims, sources and quotes that its reader saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.schemas.answers import AnswerBody
from app.schemas.conversations import ConversationBody, MessageBody, TranscriptBody
from app.schemas.feedback import FeedbackBody
from storage_config.postgres.database import Session
from storage_config.records.branches import list_path, list_siblings
from storage_config.records.conversations import Conversation, get_conversation
from storage_config.records.feedback import StoredFeedback, list_feedback
from storage_config.records.messages import LATEST, StoredCitation, StoredMessage, list_citations


@dataclass(frozen=True, slots=True)
class TranscriptQuery:
    """Which conversation of whom, and at most how many messages.

    They are those of its latest branch, of the one through a message, or those that lead up to a message.
    """

    conversation_id: UUID
    owner: str
    limit: int
    through: UUID | None = None
    before: UUID | None = None


async def read_transcript(session: Session, query: TranscriptQuery) -> TranscriptBody | None:
    """The messages; None where the owner has no such conversation, none where it has no such message."""
    conversation_id = query.conversation_id
    conversation = await get_conversation(session, conversation_id=conversation_id, owner=query.owner)
    if conversation is None:
        return None
    messages = await list_path(
        session,
        conversation_id=conversation_id,
        limit=query.limit,
        through=query.through or LATEST,
        before=query.before,
    )
    ids = [message.id for message in messages]
    siblings = await list_siblings(session, conversation_id=conversation_id, message_ids=ids)
    citations = await list_citations(session, message_ids=ids)
    feedback = await list_feedback(session, message_ids=ids)
    return TranscriptBody(
        **build_conversation_body(conversation).model_dump(),
        messages=[_message(m, siblings[m.id], citations[m.id], feedback.get(m.id)) for m in messages],
    )


def build_conversation_body(conversation: Conversation) -> ConversationBody:
    """A conversation as its owner sees it."""
    return ConversationBody(
        id=conversation.id,
        corpus=conversation.corpus,
        title=conversation.title,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
    )


def build_feedback_body(feedback: StoredFeedback) -> FeedbackBody:
    """A rating as its reader sees it."""
    return FeedbackBody(
        rating=feedback.rating, reasons=feedback.reasons, text=feedback.text, created_at=feedback.created_at
    )


def build_answer_body(message: StoredMessage, citations: Sequence[StoredCitation]) -> AnswerBody:
    """The answer that `POST /chat` gave."""
    sources = {citation.source: citation for citation in citations}
    return AnswerBody.model_validate(
        {
            "claims": [],
            "closest": [],
            "flags": [],
            **(message.answer or {}),
            "id": message.id,
            "conversation_id": message.conversation_id,
            "status": message.status,
            "text": message.text,
            "sources": [_source(sources[number]) for number in sorted(sources)],
            "model": message.model,
            "usage": message.usage,
            "timings": message.timings,
        }
    )


def _message(
    message: StoredMessage,
    siblings: Sequence[UUID],
    citations: Sequence[StoredCitation],
    feedback: StoredFeedback | None,
) -> MessageBody:
    return MessageBody(
        id=message.id,
        parent_id=message.parent_id,
        role=message.role,
        text=message.text,
        created_at=message.created_at,
        siblings=list(siblings),
        answer=build_answer_body(message, citations) if message.role == "assistant" else None,
        feedback=build_feedback_body(feedback) if feedback else None,
    )


def _source(citation: StoredCitation) -> dict[str, Any]:
    return {
        "id": str(citation.source),
        "document_id": str(citation.document_id),
        "title": citation.title,
        "url": citation.url,
        "heading_path": citation.heading_path,
        "text": citation.passage,
        "start": citation.passage_start,
        "end": citation.passage_end,
        "quality": citation.quality,
        "reference": citation.reference,
    }
