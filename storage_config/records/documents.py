"""Queries on documents. They never commit; `Database.run` does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage_config.editions import DEFAULT_EDITION, Edition
from storage_config.records.access import Groups, open_to
from storage_config.records.ids import new_id
from storage_config.records.rows import CursorPage, bounded, columns_of, decode_cursor, encode_cursor, page_of
from storage_config.records.tables import CORPORA, DOCUMENTS
from storage_config.records.text_hash import hash_text
from storage_config.vocabulary import DocumentOrigin, DocumentStatus

# Rows of one statement: what the server parses at once, and what both sides hold of it.
_BATCH_DOCUMENTS, _BATCH_CHARS = 200, 2_000_000


# What the uris of pages begin with that are answers written over the API: their urls are those of other pages.
OWN_ANSWERS = "_answers/"
# As the first key of an order: an address means the page that is there before the answers that lead to it.
IS_OWN_ANSWER = DOCUMENTS.c.uri.startswith(OWN_ANSWERS, autoescape=True)


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What a plan compares a page with; without its text."""

    id: UUID
    uri: str
    content_hash: str | None
    status: DocumentStatus
    origin: DocumentOrigin
    fingerprint: str | None
    node_count: int
    etag: str | None
    last_modified: str | None
    read_with: str | None
    indexed_at: datetime | None
    version: str | None = None
    locale: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document in a listing."""

    id: UUID
    uri: str
    url: str
    title: str
    version: str | None
    locale: str | None
    status: DocumentStatus
    origin: DocumentOrigin
    source_quality: str
    node_count: int
    error: str | None
    indexed_at: datetime | None
    updated_at: datetime
    tags: list[str]
    access: list[str] | None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A whole document. `headings` are objects of level, text, anchor, start and end."""

    id: UUID
    corpus_id: UUID
    uri: str
    url: str
    title: str
    version: str | None
    locale: str | None
    content_hash: str | None
    fingerprint: str | None
    status: DocumentStatus
    origin: DocumentOrigin
    source_quality: str
    bibliography: dict[str, Any] | None
    headings: list[dict[str, Any]]
    text: str
    node_count: int
    error: str | None
    etag: str | None
    last_modified: str | None
    read_with: str | None
    indexed_at: datetime | None
    source: str | None = None
    tags: Sequence[str] = ()
    access: Sequence[str] | None = None
    answers: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class DocumentToSave:
    """A page as its reader produced it, and what became of it. `id` counts only where the page is new."""

    uri: str
    url: str
    title: str
    content_hash: str
    text: str
    source_quality: str
    fingerprint: str | None
    node_count: int
    version: str | None = None
    locale: str | None = None
    bibliography: Mapping[str, Any] | None = None
    headings: Sequence[Mapping[str, Any]] = ()
    tags: Sequence[str] = ()
    access: Sequence[str] | None = None
    answers: Sequence[Mapping[str, Any]] | None = None
    status: DocumentStatus = "indexed"
    origin: DocumentOrigin = "source"
    source: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    read_with: str | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """How many documents of a corpus are in which state, and their nodes."""

    indexed: int
    pending: int
    failed: int
    nodes: int


_SAVED = tuple(one.name for one in fields(DocumentToSave))
_STATE = columns_of(DOCUMENTS, DocumentState)
_SUMMARY = columns_of(DOCUMENTS, DocumentSummary)
_STORED = columns_of(DOCUMENTS, StoredDocument)


async def list_document_states(session: AsyncSession, *, corpus_id: UUID) -> list[DocumentState]:
    """Every document of the corpus by uri."""
    rows = await session.execute(select(*_STATE).where(DOCUMENTS.c.corpus_id == corpus_id).order_by(DOCUMENTS.c.uri))
    return [DocumentState(*row) for row in rows]


async def get_document_state(session: AsyncSession, *, corpus_id: UUID, uri: str) -> DocumentState | None:
    """What is recorded of a page, without its text; None where there is none."""
    query = select(*_STATE).where((DOCUMENTS.c.corpus_id == corpus_id) & (DOCUMENTS.c.uri == uri))
    row = (await session.execute(query)).one_or_none()
    return DocumentState(*row) if row else None


async def get_document(session: AsyncSession, *, document_id: UUID) -> StoredDocument | None:
    """The document with its text; None where there is none."""
    return await _get(session, DOCUMENTS.c.id == document_id)


async def get_document_by_uri(session: AsyncSession, *, corpus_id: UUID, uri: str) -> StoredDocument | None:
    """The document of a corpus with its text; None where there is none."""
    return await _get(session, (DOCUMENTS.c.corpus_id == corpus_id) & (DOCUMENTS.c.uri == uri))


async def find_document_at(
    session: AsyncSession, *, corpora: Sequence[str], urls: Sequence[str], groups: Groups, anchors: Sequence[str] = ()
) -> StoredDocument | None:
    """The document of one of these corpora, by name, at one of these page urls (without #anchor).

    Several documents may be shown at one url: one that has a heading with one of the anchors is taken first.
    """
    here = _in_corpora(corpora) & DOCUMENTS.c.url.in_(urls) & open_to(groups)
    for anchor in anchors:
        if anchor and (found := await _get(session, here & DOCUMENTS.c.headings.contains([{"anchor": anchor}]))):
            return found
    return await _get(session, here)


async def list_document_urls(
    session: AsyncSession, *, corpora: Sequence[str], groups: Groups, limit: int, edition: Edition = DEFAULT_EDITION
) -> list[str]:
    """Page urls of one edition of these corpora, by name, that may be read by who is of these groups."""
    of_edition = [DOCUMENTS.c.version.is_not_distinct_from(edition.version)]
    of_edition.append(DOCUMENTS.c.locale.is_not_distinct_from(edition.locale))
    query = select(DOCUMENTS.c.url).where(_in_corpora(corpora), DOCUMENTS.c.url != "", open_to(groups), *of_edition)
    query = query.order_by(DOCUMENTS.c.uri)
    return list((await session.execute(query.limit(limit))).scalars())


async def save_documents(session: AsyncSession, *, corpus_id: UUID, documents: Iterable[DocumentToSave]) -> None:
    """Inserts or replaces documents of different uris, all of one status, many by one statement."""
    batch: list[DocumentToSave] = []
    chars = 0
    for document in documents:
        batch.append(document)
        chars += len(document.text)
        if len(batch) == _BATCH_DOCUMENTS or chars >= _BATCH_CHARS:
            await _save(session, corpus_id, batch)
            batch, chars = [], 0
    if batch:
        await _save(session, corpus_id, batch)


async def mark_documents_pending(session: AsyncSession, *, document_ids: Sequence[UUID]) -> None:
    """Notes that the points of these documents are about to change: until they are saved, a run looks at them again."""
    await session.execute(
        update(DOCUMENTS)
        .where(DOCUMENTS.c.id == func.any(list(document_ids)))
        .values(status="pending", updated_at=func.now())
    )


async def mark_documents_failed(session: AsyncSession, *, corpus_id: UUID, errors: Mapping[str, str]) -> None:
    """Notes why pages, by their uris, could not be read or ingested, as for one of them."""
    rows = [
        {
            "id": new_id(), "corpus_id": corpus_id, "uri": uri, "url": "", "title": uri, "text": "",
            "status": "failed", "origin": "source", "source_quality": "unknown", "error": error,
        }
        for uri, error in errors.items()
    ]  # fmt: skip
    for start in range(0, len(rows), _BATCH_DOCUMENTS):
        statement = insert(DOCUMENTS).values(rows[start : start + _BATCH_DOCUMENTS])
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["corpus_id", "uri"],
                set_={"status": "failed", "error": statement.excluded.error, "updated_at": func.now()},
            )
        )


async def save_validators(session: AsyncSession, *, states: Sequence[DocumentState]) -> None:
    """Keeps of pages whose content did not change: a server's validators, the rules they were read by, their source."""
    validators = ("etag", "last_modified", "read_with", "source")
    rows = [{"key": state.id, **{f"new_{name}": getattr(state, name) for name in validators}} for state in states]
    if rows:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in validators}
        connection = await session.connection()
        await connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == bindparam("key")).values(values), rows)


async def delete_documents(session: AsyncSession, *, document_ids: Sequence[UUID]) -> int:
    """Deletes the documents and returns how many there were; citations of them stay."""
    deleted = await session.execute(
        delete(DOCUMENTS).where(DOCUMENTS.c.id == func.any(list(document_ids))).returning(DOCUMENTS.c.id)
    )
    return len(deleted.all())


async def list_documents(
    session: AsyncSession,
    *,
    corpus_id: UUID,
    groups: Groups,
    status: DocumentStatus | None = None,
    source_quality: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> CursorPage[DocumentSummary]:
    """A part of the corpus's documents by uri, at most 200, that these groups may read. Raises InvalidCursor."""
    limit = bounded(limit)
    query = select(*_SUMMARY).where(DOCUMENTS.c.corpus_id == corpus_id, open_to(groups))
    query = query.order_by(DOCUMENTS.c.uri).limit(limit + 1)
    if status is not None:
        query = query.where(DOCUMENTS.c.status == status)
    if source_quality is not None:
        query = query.where(DOCUMENTS.c.source_quality == source_quality)
    if cursor is not None:
        query = query.where(DOCUMENTS.c.uri > decode_cursor(cursor, 1)[0])
    items = [DocumentSummary(*row) for row in await session.execute(query)]
    return page_of(items, limit, lambda last: encode_cursor(last.uri))


async def count_documents(session: AsyncSession, *, corpus_id: UUID) -> DocumentCounts:
    """The corpus's documents by status, and the nodes of all of them."""
    query = (
        select(DOCUMENTS.c.status, func.count(), func.sum(DOCUMENTS.c.node_count))
        .where(DOCUMENTS.c.corpus_id == corpus_id)
        .group_by(DOCUMENTS.c.status)
    )
    found = {status: (int(count), int(nodes)) for status, count, nodes in await session.execute(query)}
    counts = {status: found.get(status, (0, 0))[0] for status in ("indexed", "pending", "failed")}
    return DocumentCounts(**counts, nodes=sum(nodes for _, nodes in found.values()))


async def count_editions(session: AsyncSession, *, corpus_id: UUID) -> list[tuple[Edition, int]]:
    """How many indexed documents each edition has that is not the default one, by version and locale."""
    edition = (DOCUMENTS.c.version, DOCUMENTS.c.locale)
    query = (
        select(*edition, func.count())
        .where(DOCUMENTS.c.corpus_id == corpus_id, DOCUMENTS.c.status == "indexed", func.num_nonnulls(*edition) > 0)
        .group_by(*edition)
        .order_by(*edition)
    )
    return [(Edition(version, locale), int(count)) for version, locale, count in await session.execute(query)]


async def _save(session: AsyncSession, corpus_id: UUID, documents: Sequence[DocumentToSave]) -> None:
    """Documents of one status by one statement, which is compiled once whatever their number."""
    indexed = documents[0].status == "indexed"
    rows = [
        {**{name: getattr(document, name) for name in _SAVED}, "corpus_id": corpus_id, "error": None,
         "text_hash": hash_text(document.text)}
        for document in documents
    ]  # fmt: skip
    times = {"indexed_at": func.now() if indexed else null(), "updated_at": func.now()}
    statement = insert(DOCUMENTS).values(times)
    kept = {"id", "corpus_id", "uri"} | (set() if indexed else {"indexed_at"})
    statement = statement.on_conflict_do_update(
        index_elements=["corpus_id", "uri"],
        set_={name: statement.excluded[name] for name in [*rows[0], *times] if name not in kept},
    )
    # The connection, not the session: a session makes a statement of its own out of rows and expressions.
    await (await session.connection()).execute(statement, rows)


def _in_corpora(names: Sequence[str]) -> Any:
    return DOCUMENTS.c.corpus_id.in_(select(CORPORA.c.id).where(CORPORA.c.name.in_(names)))


async def _get(session: AsyncSession, condition: Any) -> StoredDocument | None:
    order = (IS_OWN_ANSWER, DOCUMENTS.c.indexed_at.desc().nulls_last(), DOCUMENTS.c.id)
    query = select(*_STORED).where(condition).order_by(*order)
    row = (await session.execute(query.limit(1))).one_or_none()
    return StoredDocument(*row) if row else None
