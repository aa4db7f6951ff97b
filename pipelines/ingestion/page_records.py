"""A page as a LlamaIndex Document and as the record of it: the one place that maps them."""

from uuid import UUID

from llama_index.core.schema import Document

from storage_config.records.documents import DocumentToSave, StoredDocument
from storage_config.vocabulary import DocumentStatus


def record_of(
    document: Document, *, fingerprint: str, node_count: int, status: DocumentStatus, document_id: UUID
) -> DocumentToSave:
    """The record of a page. `document_id` counts only where the page is new."""
    page = document.metadata
    return DocumentToSave(
        id=document_id,
        uri=page["uri"],
        url=page["url"],
        title=page["title"],
        version=page.get("version"),
        locale=page.get("locale"),
        content_hash=page["content_hash"],
        text=document.text,
        source_quality=page["source_quality"],
        bibliography=page["bibliography"],
        headings=page["headings"],
        tags=page.get("tags", ()),
        access=page.get("access"),
        answers=page.get("answers"),
        fingerprint=fingerprint,
        node_count=node_count,
        status=status,
        origin=page.get("origin", "source"),
        source=page.get("source"),
        etag=page.get("etag"),
        last_modified=page.get("last_modified"),
        read_with=page.get("read_with"),
    )


def document_of(record: StoredDocument) -> Document:
    """The page as its reader produced it, from its record: offsets, anchors and hash are the reader's."""
    optional = {
        "version": record.version,
        "locale": record.locale,
        "tags": list(record.tags) or None,
        "access": list(record.access) if record.access else None,
        "answers": record.answers,
    }
    return Document(
        id_=record.uri,
        text=record.text,
        metadata={name: value for name, value in optional.items() if value is not None}
        | {
            "uri": record.uri,
            "url": record.url,
            "title": record.title,
            "source_quality": record.source_quality,
            "bibliography": record.bibliography,
            "headings": record.headings,
            "content_hash": record.content_hash,
            "origin": record.origin,
            "source": record.source,
            "etag": record.etag,
            "last_modified": record.last_modified,
            "read_with": record.read_with,
        },
    )
