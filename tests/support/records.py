"""Records as tests set them up and look at them: one at a time, by the statements that the code has for many."""

from uuid import UUID

from sqlalchemy import select

from storage_config.postgres.database import Session
from storage_config.records.documents import DocumentToSave, mark_documents_failed, save_documents
from storage_config.records.messages import MAX_MESSAGES, StoredMessage, owned_message
from storage_config.records.rows import columns_of
from storage_config.records.tables import CONVERSATIONS, CORPORA, DOCUMENTS, MESSAGES

_MESSAGE = columns_of(MESSAGES, StoredMessage)


async def save_document(session: Session, *, corpus_id: UUID, document: DocumentToSave) -> UUID:
    """Inserts or replaces the document of that uri and returns its id, which a replaced one keeps."""
    await save_documents(session, corpus_id=corpus_id, documents=[document])
    same = (DOCUMENTS.c.corpus_id == corpus_id) & (DOCUMENTS.c.uri == document.uri)
    found: UUID = (await session.execute(select(DOCUMENTS.c.id).where(same))).scalar_one()
    return found


async def mark_document_failed(session: Session, *, corpus_id: UUID, uri: str, error: str) -> None:
    """Notes why a page could not be read or ingested."""
    await mark_documents_failed(session, corpus_id=corpus_id, errors={uri: error})


async def delete_corpus(session: Session, *, corpus_id: UUID) -> None:
    """Deletes the corpus; the database deletes its documents and runs."""
    await session.execute(CORPORA.delete().where(CORPORA.c.id == corpus_id))


async def create_conversation(
    session: Session, *, conversation_id: UUID, owner: str, corpus: str = "handbook", title: str = ""
) -> None:
    """A conversation without a message."""
    values = {"id": conversation_id, "owner": owner, "corpus": corpus, "title": title}
    await session.execute(CONVERSATIONS.insert().values(values))


async def get_message(session: Session, *, message_id: UUID, owner: str) -> StoredMessage | None:
    """The message; None where there is none or its conversation belongs to another owner."""
    query = select(*_MESSAGE).where(owned_message(owner) & (MESSAGES.c.id == message_id))
    row = (await session.execute(query)).one_or_none()
    return StoredMessage(*row) if row else None


async def list_messages(session: Session, *, conversation_id: UUID, owner: str) -> list[StoredMessage]:
    """The messages of all branches of the owner's conversation, oldest first."""
    query = select(*_MESSAGE).where(owned_message(owner) & (MESSAGES.c.conversation_id == conversation_id))
    return [
        StoredMessage(*row) for row in await session.execute(query.order_by(MESSAGES.c.position).limit(MAX_MESSAGES))
    ]
