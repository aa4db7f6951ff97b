"""Documents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.schemas.bodies import StrictBody
from pipelines.types import Quality


class DocumentSummaryBody(StrictBody):
    """A page of a corpus, without its text."""

    id: UUID
    corpus: str
    uri: str
    url: str
    title: str
    quality: Quality
    status: str
    node_count: int
    indexed_at: datetime | None


class HeadingBody(StrictBody):
    """A heading; `start:end` is its line in the document's text, `anchor` its id on the page."""

    level: int
    text: str
    anchor: str | None
    start: int
    end: int


class DocumentBody(DocumentSummaryBody):
    """A page with its `text`, in which the offsets of sources and citations count (code points)."""

    text: str
    headings: list[HeadingBody]
    bibliography: dict[str, Any] | None


class DocumentsBody(StrictBody):
    """A stretch of the documents; `next_cursor` is null on the last one."""

    items: list[DocumentSummaryBody]
    next_cursor: str | None
