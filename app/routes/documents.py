"""`/api/v1/documents`: the pages as their readers produced them, in which every quote can be checked, and uploads."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.auth.callers import LOCAL_OWNER, Caller
from app.corpus.uploads import REQUEST_BODY, read_page_upload
from app.dependencies import AppState, ReaderDep, SeenCorpusDep, StateDep, WriterDep, check_role, seen_corpora
from app.errors import DocumentNotFound, FieldProblem, InvalidRequest
from app.schemas.documents import (
    ChunkBody,
    DocumentBody,
    DocumentsBody,
    DocumentSummaryBody,
    HeadingBody,
    OwnAnswerBody,
)
from app.schemas.problems import ProblemBody
from pipelines.corpus import choose_corpus
from pipelines.errors import PageError
from pipelines.types import Chunk
from storage_config.postgres.database import Session
from storage_config.records.access import may_read
from storage_config.records.corpora import get_corpus, list_corpora
from storage_config.records.documents import OWN_ANSWERS, DocumentSummary, StoredDocument, get_document, list_documents
from storage_config.records.rows import MAX_PAGE_SIZE, CursorPage, InvalidCursor
from storage_config.vocabulary import DocumentStatus, Quality

router = APIRouter(tags=["documents"])
_NONE: CursorPage[DocumentSummary] = CursorPage((), None)
_MAX_REASON = 300


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ProblemBody} for status in (401, 403, 422, 429, *statuses)}


@router.get(
    "/documents",
    summary="List a corpus's documents",
    responses={code: {"model": ProblemBody} for code in (401, 422, 429, 503)},
)
async def read_documents(
    state: StateDep,
    caller: ReaderDep,
    corpus: SeenCorpusDep,
    status: DocumentStatus | None = None,
    source_quality: Quality | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=4_000, description="`next_cursor` of the stretch before.")] = None,
) -> DocumentsBody:
    """A stretch of the documents by uri, without their texts."""

    async def read(session: Session) -> CursorPage[DocumentSummary]:
        found = await get_corpus(session, name=corpus)
        if found is None:
            return _NONE
        return await list_documents(
            session,
            corpus_id=found.id,
            groups=caller.reads,
            status=status,
            source_quality=source_quality,
            limit=limit,
            cursor=cursor,
        )

    try:
        page = await state.resources.database.run(read)
    except InvalidCursor:
        raise InvalidRequest(FieldProblem("cursor", "must be the `next_cursor` of this listing")) from None
    items = [DocumentSummaryBody(**_read_summary(document, caller), corpus=corpus) for document in page.items]
    return DocumentsBody(items=items, next_cursor=page.next_cursor)


@router.get(
    "/documents/{document_id}",
    summary="Read a document",
    responses={code: {"model": ProblemBody} for code in (401, 404, 422, 429, 503)},
)
async def read_document(document_id: UUID, state: StateDep, caller: ReaderDep) -> DocumentBody:
    """The document with its text; slicing it at a quote's offsets (code points) gives exactly that quote."""
    document, name = await _find(state, document_id, caller)
    chunks = await state.resources.corpora[name].pages.chunks(document.uri)
    return DocumentBody(
        **_read_summary(document, caller),
        corpus=name,
        text=document.text,
        headings=[HeadingBody.model_validate(heading) for heading in document.headings],
        chunks=[_read_chunk(chunk) for chunk in chunks],
        answers=[OwnAnswerBody.model_validate(answer) for answer in document.answers or ()],
        bibliography=document.bibliography,
    )


@router.post(
    "/documents",
    summary="Add or replace a page",
    status_code=201,
    responses={**_problems(409, 413, 415, 429, 503, 507), 200: {"model": DocumentSummaryBody}},
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def add_document(request: Request, response: Response, state: StateDep, caller: WriterDep) -> DocumentSummaryBody:
    """Keeps a page that is no file of the corpus's source, also across ingestions; it is found from the answer on.

    JSON carries markdown or HTML; a form carries a file, which may be a PDF, too. 201 where the page is new, 200 where
    it replaces the one of its `uri`; 409 where the source has that page, and while an ingestion runs.
    """
    corpus, upload = await read_page_upload(request)
    name = choose_corpus(corpus, state.resources.corpora)
    spend = state.use_cases.corpora[name].spender(caller.kind)
    try:
        document_id, is_new = await state.resources.corpora[name].pages.add(upload, spend=spend)
    except PageError as error:
        raise InvalidRequest(FieldProblem("content", error.reason[:_MAX_REASON])) from None
    state.use_cases.reasking.start(name)
    response.status_code = 201 if is_new else 200
    response.headers["location"] = f"/api/v1/documents/{document_id}"
    document, _ = await _find(state, document_id, LOCAL_OWNER)  # its writer may be of none of its groups
    return DocumentSummaryBody(**_read_summary(document, caller), corpus=name)


@router.delete(
    "/documents/{document_id}", summary="Remove an uploaded page", status_code=204, responses=_problems(404, 409, 503)
)
async def remove_document(document_id: UUID, state: StateDep, caller: WriterDep) -> None:
    """Removes a page that was uploaded; answers that cite it stay. 409 where the source holds the page.

    What an owner wrote as an answer is an owner's to remove.
    """
    document, name = await _find(state, document_id, caller)
    if document.uri.startswith(OWN_ANSWERS):
        check_role(caller, "owner")
    await state.resources.corpora[name].pages.remove(document.uri)
    state.use_cases.reasking.start(name)


async def _find(state: AppState, document_id: UUID, caller: Caller) -> tuple[StoredDocument, str]:
    """The document and its corpus. Raises DocumentNotFound, also where the caller may not know of it."""

    async def read(session: Session) -> tuple[StoredDocument, str] | None:
        document = await get_document(session, document_id=document_id)
        if document is None:
            return None
        names = {corpus.id: corpus.name for corpus in await list_corpora(session)}
        return document, names[document.corpus_id]

    found = await state.resources.database.run(read)
    # A corpus that is declared no more is not served.
    if found is None or found[1] not in seen_corpora(state, caller) or not may_read(found[0].access, caller.reads):
        raise DocumentNotFound(str(document_id))
    return found


def _read_summary(document: DocumentSummary | StoredDocument, caller: Caller) -> dict[str, Any]:
    """What went wrong with a page is for those who write pages: it may quote what its readers do not see."""
    return {
        "id": document.id,
        "uri": document.uri,
        "url": document.url,
        "title": document.title,
        "version": document.version,
        "locale": document.locale,
        "tags": list(document.tags),
        "status": document.status,
        "origin": document.origin,
        "error": document.error if caller.may("writer") else None,
        "quality": document.source_quality,
        "node_count": document.node_count,
        "indexed_at": document.indexed_at,
    }


def _read_chunk(chunk: Chunk) -> ChunkBody:
    return ChunkBody(
        id=chunk.node_id,
        url=chunk.url,
        heading_path=list(chunk.heading_path),
        anchor=chunk.anchor,
        text=chunk.text,
        start=chunk.start,
        end=chunk.end,
    )
