"""What is kept where, against the limits."""

from pydantic import Field

from app.schemas.bodies import StrictBody
from app.schemas.ingestions import IngestionBody


class StorageUsageBody(StrictBody):
    """Bytes on disk against the limit; `estimated` where the store does not tell them."""

    bytes: int
    limit_bytes: int
    estimated: bool


class DocumentCountsBody(StrictBody):
    """Documents by status."""

    indexed: int
    pending: int
    failed: int


class EditionCountBody(StrictBody):
    """Indexed documents of a version and locale, of which null is the default one."""

    version: str | None
    locale: str | None
    indexed: int


class CorpusStatusBody(StrictBody):
    """A corpus. `collection` is what readers are served from, null before the first ingestion; `last_run` likewise."""

    corpus: str
    collection: str | None
    points: int
    bytes: int
    documents: DocumentCountsBody
    editions: list[EditionCountBody] = Field(default_factory=list)  # beside the default one
    last_run: IngestionBody | None


class StatusBody(StrictBody):
    """Qdrant and Postgres hold more than the corpora: other collections, conversations, the database itself."""

    qdrant: StorageUsageBody
    postgres: StorageUsageBody
    corpora: list[CorpusStatusBody]
