"""Ingestions: what is asked, how far a run is, how it ended, and what one would do."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, StrictBool

from app.schemas.bodies import CorpusName, StrictBody, StrictRequest
from storage_config.vocabulary import LeftOutReason, PageAction, RunStatus


class IngestionRequest(StrictRequest):
    """Which corpus to bring up to date.

    `declared` is the digest of the corpus as the caller's file declares it; another one than the server's is refused.
    """

    corpus: CorpusName | None = None
    allow_removals: StrictBool = False
    declared: str | None = Field(None, max_length=64)


class PlanRequest(StrictRequest):
    """Which corpus to plan for."""

    corpus: CorpusName | None = None
    declared: str | None = Field(None, max_length=64)


class PageErrorBody(StrictBody):
    """A page that could not be read or ingested."""

    path: str
    message: str


class LeftOutPageBody(StrictBody):
    """A page of the source that is not indexed, and why."""

    path: str
    reason: LeftOutReason


class ReportBody(StrictBody):
    """What an ingestion did. Counts are pages, except `nodes_...`."""

    corpus: str
    added: int
    changed: int
    unchanged: int
    removed: int
    failed: int
    nodes_total: int
    nodes_embedded: int
    seconds: float
    errors: list[PageErrorBody]
    left_out: dict[str, int] = Field(default_factory=dict)  # pages by reason
    left_out_pages: list[LeftOutPageBody] = Field(default_factory=list)  # the first of them
    warnings: list[PageErrorBody] = Field(default_factory=list)  # pages that were read, though not all of them


class ProgressBody(StrictBody):
    """How far a run is; `pages_total` are those that changed."""

    pages_total: int
    pages_done: int
    nodes_embedded: int


class FailureBody(StrictBody):
    """Why a run ended early. `type` is a problem type, `urn:footnoted:problem:interrupted` among them."""

    type: str
    message: str


class IngestionBody(StrictBody):
    """A run. `progress` is null while it is planned, `report` until it is done, `failure` unless it ended early."""

    id: UUID
    corpus: str
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    progress: ProgressBody | None
    report: ReportBody | None
    failure: FailureBody | None


class IngestionsBody(StrictBody):
    """A stretch of the runs, the latest first; `next_cursor` is null on the last one."""

    items: list[IngestionBody]
    next_cursor: str | None


class PageCostBody(StrictBody):
    """A page to work on: its chunks, and how many of them must be embedded. Default versions and locales are null."""

    uri: str
    action: PageAction
    nodes: int
    nodes_to_embed: int
    version: str | None = None
    locale: str | None = None


class PlanBody(StrictBody):
    """What an ingestion would do. `rebuild`: all vectors are made anew, in `collection`."""

    corpus: str
    collection: str
    rebuild: bool
    added: int
    changed: int
    pipeline_changed: int
    unchanged: int
    removed: int
    nodes: int
    nodes_to_embed: int
    pages: list[PageCostBody]
    errors: list[PageErrorBody]
    left_out: dict[str, int] = Field(default_factory=dict)
    left_out_pages: list[LeftOutPageBody] = Field(default_factory=list)
    warnings: list[PageErrorBody] = Field(default_factory=list)
