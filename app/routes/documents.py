"""`GET /api/v1/documents`: the pages as their readers produced them, in which every quote can be checked."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from app.chat import choose_corpus
from app.dependencies import ReaderDep, StateDep
from app.errors import DocumentNotFound, FieldProblem, InvalidRequest
from app.schemas.documents import DocumentBody, DocumentsBody, DocumentSummaryBody, HeadingBody
from app.schemas.problems import ProblemBody
from pipelines.types import Quality
from storage_config.corpora import get_corpus, list_corpora
from storage_config.documents import DocumentStatus, DocumentSummary, StoredDocument, get_document, list_documents
from storage_config.postgres import Session
from storage_config.rows import MAX_PAGE_SIZE, CursorPage, InvalidCursor

router = APIRouter(tags=["documents"])
_NONE: CursorPage[DocumentSummary] = CursorPage((), None)


@router.get(
    "/documents",
    summary="List a corpus's documents",
    responses={code: {"model": ProblemBody} for code in (401, 422, 429, 503)},
)
async def read_documents(
    state: StateDep,
    caller: ReaderDep,
    corpus: Annotated[str | None, Query(max_length=63, description="May be left out where there is one.")] = None,
    status: DocumentStatus | None = None,
    source_quality: Quality | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=4_000, description="`next_cursor` of the stretch before.")] = None,
) -> DocumentsBody:
    """A stretch of the documents by uri, without their texts."""
    name = choose_corpus(corpus, list(state.resources.corpora))

    async def read(session: Session) -> CursorPage[DocumentSummary]:
        found = await get_corpus(session, name=name)
        if found is None:
            return _NONE
        return await list_documents(
            session, corpus_id=found.id, status=status, source_quality=source_quality, limit=limit, cursor=cursor
        )

    try:
        page = await state.resources.database.run(read)
    except InvalidCursor:
        raise InvalidRequest(FieldProblem("cursor", "is none that this listing gave out")) from None
    items = [DocumentSummaryBody(**_read_summary(document), corpus=name) for document in page.items]
    return DocumentsBody(items=items, next_cursor=page.next_cursor)


@router.get(
    "/documents/{document_id}",
    summary="Read a document",
    responses={code: {"model": ProblemBody} for code in (401, 404, 422, 429, 503)},
)
async def read_document(document_id: UUID, state: StateDep, caller: ReaderDep) -> DocumentBody:
    """The document with its text; slicing it at a quote's offsets (code points) gives exactly that quote."""

    async def read(session: Session) -> tuple[StoredDocument, str] | None:
        document = await get_document(session, document_id=document_id)
        if document is None:
            return None
        names = {corpus.id: corpus.name for corpus in await list_corpora(session)}
        return document, names[document.corpus_id]

    found = await state.resources.database.run(read)
    # A corpus that is declared no more is not served.
    if found is None or found[1] not in state.resources.corpora:
        raise DocumentNotFound(str(document_id))
    document, name = found
    return DocumentBody(
        **_read_summary(document),
        corpus=name,
        text=document.text,
        headings=[HeadingBody.model_validate(heading) for heading in document.headings],
        bibliography=document.bibliography,
    )


def _read_summary(document: DocumentSummary | StoredDocument) -> dict[str, Any]:
    return {
        "id": document.id,
        "uri": document.uri,
        "url": document.url,
        "title": document.title,
        "status": document.status,
        "quality": document.source_quality,
        "node_count": document.node_count,
        "indexed_at": document.indexed_at,
    }
