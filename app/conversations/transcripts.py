"""A conversation as it was: each answer with the claims, sources and quotes that its reader saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.schemas.answers import AnswerBody, SourceBody
from app.schemas.conversations import ConversationBody, MessageBody, TranscriptBody
from app.schemas.feedback import FeedbackBody
from storage_config.postgres.database import Session
from storage_config.records.access import list_withheld
from storage_config.records.branches import list_path, list_siblings
from storage_config.records.conversations import Conversation, get_conversation
from storage_config.records.feedback import StoredFeedback, list_feedback
from storage_config.records.messages import LATEST, StoredCitation, StoredMessage, list_citations, list_page_states
from storage_config.vocabulary import PageState


@dataclass(frozen=True, slots=True)
class TranscriptQuery:
    """Which conversation of whom, and at most how many messages.

    `reads` are the groups that the reader is of: answers from pages for others are withheld, none for None.
    They are those of its latest branch, of the one through a message, or those that lead up to a message.
    """

    conversation_id: UUID
    owner: str
    limit: int
    reads: tuple[str, ...] | None
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
    return TranscriptBody(
        **build_conversation_body(conversation).model_dump(),
        messages=await read_message_bodies(session, conversation_id, messages, query.reads),
    )


async def read_message_bodies(
    session: Session, conversation_id: UUID, messages: Sequence[StoredMessage], reads: tuple[str, ...] | None
) -> list[MessageBody]:
    """Messages of one conversation with all that their reader saw and said of them, and may still see."""
    ids = [message.id for message in messages]
    siblings = await list_siblings(session, conversation_id=conversation_id, message_ids=ids)
    citations = await list_citations(session, message_ids=ids)
    pages = await list_page_states(session, message_ids=ids)
    feedback = await list_feedback(session, message_ids=ids)
    withheld = await list_withheld(session, message_ids=ids, groups=reads)
    bodies = [
        _message(m, siblings[m.id], read_sources(citations[m.id], pages[m.id]), feedback.get(m.id)) for m in messages
    ]
    return [_withhold(one) if one.id in withheld else one for one in bodies]


def _withhold(message: MessageBody) -> MessageBody:
    """The message without what it says: it rests on pages that its reader may not read any more."""
    return message.model_copy(update={"text": "", "answer": None, "withheld": True})


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


def read_sources(citations: Sequence[StoredCitation], pages: Mapping[int, PageState]) -> list[SourceBody]:
    """The sources as they were cited, by number, with how their pages are now."""
    sources = {citation.source: citation for citation in citations}
    return [_source(sources[number], pages[number]) for number in sorted(sources)]


def build_answer_body(message: StoredMessage, sources: Sequence[SourceBody]) -> AnswerBody:
    """The answer that `POST /chat` gave."""
    return AnswerBody.model_validate(
        {
            "claims": [],
            "closest": [],
            "flags": [],
            "contact": None,
            "suggestions": [],
            **(message.answer or {}),
            "id": message.id,
            "conversation_id": message.conversation_id,
            "status": message.status,
            "text": message.text,
            "sources": [source.model_dump() for source in sources],
            "model": message.model,
            "usage": message.usage,
            "timings": message.timings,
        }
    )


def _message(
    message: StoredMessage,
    siblings: Sequence[UUID],
    sources: Sequence[SourceBody],
    feedback: StoredFeedback | None,
) -> MessageBody:
    return MessageBody(
        id=message.id,
        parent_id=message.parent_id,
        role=message.role,
        text=message.text,
        created_at=message.created_at,
        siblings=list(siblings),
        answer=build_answer_body(message, sources) if message.role == "assistant" else None,
        feedback=build_feedback_body(feedback) if feedback else None,
    )


def _source(citation: StoredCitation, page_state: PageState) -> SourceBody:
    return SourceBody.model_validate(
        {
            "id": str(citation.source),
            "document_id": str(citation.document_id) if citation.document_id else None,
            "title": citation.title,
            "url": citation.url,
            "heading_path": citation.heading_path,
            "text": citation.passage,
            "start": citation.passage_start,
            "end": citation.passage_end,
            "quality": citation.quality,
            "reference": citation.reference,
            "authors": citation.authors,
            "published": citation.published,
            "text_hash": citation.text_hash,
            "page_state": page_state,
        }
    )
