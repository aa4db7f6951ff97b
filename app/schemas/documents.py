"""Documents."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.bodies import CorpusName, StrictBody, StrictRequest
from storage_config.records.documents import OWN_ANSWERS
from storage_config.vocabulary import DocumentOrigin, DocumentStatus, Quality


class DocumentSummaryBody(StrictBody):
    """A page of a corpus, without its text. What is no `upload` comes from the source, and is changed there.

    `version` and `locale` are null where they are the default ones of the site; `error` is null but for
    writers.
    """

    id: UUID
    corpus: str
    uri: str
    url: str
    title: str
    version: str | None
    locale: str | None
    tags: list[str]
    quality: Quality
    status: DocumentStatus
    origin: DocumentOrigin
    error: str | None
    node_count: int
    indexed_at: datetime | None


class HeadingBody(StrictBody):
    """A heading; `start:end` is its line in the document's text, `anchor` its id on the page."""

    level: int
    text: str
    anchor: str | None
    start: int
    end: int


class ChunkBody(StrictBody):
    """A part of a page as it is searched: the document's text between `start` and `end` (code points) is `text`."""

    id: str
    url: str
    heading_path: list[str]
    anchor: str | None
    text: str
    start: int
    end: int


class OwnAnswerBody(StrictBody):
    """A question of the page's front matter, and what answers it: the document's text between `start` and `end`."""

    question: str
    anchor: str | None
    heading_path: list[str]
    start: int
    end: int


class DocumentBody(DocumentSummaryBody):
    """A page with its `text`, in which the offsets of chunks, sources and citations count (code points)."""

    text: str
    headings: list[HeadingBody]
    chunks: list[ChunkBody]
    answers: list[OwnAnswerBody]
    bibliography: dict[str, Any] | None


def _relative(uri: str) -> str:
    """`uri` as it is. Raises ValueError where it is no relative path, or that of an owner's answer."""
    if not uri.isprintable() or uri.startswith("/") or ".." in uri.split("/"):
        raise ValueError("must be a relative path of printable characters, without `..`")
    if uri.startswith(OWN_ANSWERS):
        raise ValueError(f"must not begin with {OWN_ANSWERS}: these are /api/v1/curated-answers")
    return uri


class PagePlace(StrictRequest):
    """Where an uploaded page belongs. `url` is where readers find it; without one it is as for a file at `uri`."""

    corpus: CorpusName | None = None
    uri: Annotated[str, Field(min_length=1, max_length=1_024), AfterValidator(_relative)]
    url: Annotated[str, Field(max_length=2_048, pattern=r"^https?://[^#\s]+$")] | None = None


class PageUpload(PagePlace):
    """A page as text: markdown with front matter, or a whole HTML page."""

    kind: Literal["markdown", "html"]
    content: str


class DocumentsBody(StrictBody):
    """A stretch of the documents; `next_cursor` is null on the last one."""

    items: list[DocumentSummaryBody]
    next_cursor: str | None
