"""The tables: what each record holds and what Postgres checks of it. Queries live in the module of their noun.

Keys are UUIDv7 made by us, times are `timestamptz`. Enumerations are CHECK constraints. Offsets count code points.
The schema comes to be by `migrations/` only; a test holds the two together.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from storage_config.records.columns import NOW, UTC_TIME, StoredJson, StoredText, all_of, one_of
from storage_config.records.ids import new_id
from storage_config.vocabulary import (
    ANSWER_STATUSES,
    CLAIM_STATUSES,
    DOCUMENT_ORIGINS,
    DOCUMENT_STATUSES,
    FEEDBACK_REASONS,
    PAGE_FORMATS,
    QUALITIES,
    RATINGS,
    ROLES,
    RUN_STATUSES,
)

_EMPTY_OBJECT = {"server_default": text("'{}'::jsonb")}
_EMPTY_LIST = {"server_default": text("'[]'::jsonb")}
_MADE_NOW = {"server_default": NOW}

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Record(SQLModel):
    """What every record has."""

    metadata: ClassVar[MetaData] = metadata

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime | None = Field(None, sa_type=UTC_TIME, nullable=False, sa_column_kwargs=_MADE_NOW)


class CorpusRecord(Record, table=True):
    """A declared corpus and the collection that readers are served from.

    `retired_collections` were switched away from and are still to be dropped: a crash between the switch and the
    drop leaves no orphan behind.
    """

    __tablename__ = "corpora"

    name: str = Field(sa_type=StoredText, unique=True)
    active_collection: str | None = Field(None, sa_type=StoredText)
    fingerprint: str | None = Field(None, sa_type=StoredText)  # of the active collection
    # What a query must share with the active collection: embedding, dimension, language.
    shape: dict[str, Any] = Field(default_factory=dict, sa_type=StoredJson, sa_column_kwargs=_EMPTY_OBJECT)
    retired_collections: list[str] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    # Versions and locales beside the default ones, with their addresses (`PublishedEdition`).
    editions: list[dict[str, Any]] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    switched_at: datetime | None = Field(None, sa_type=UTC_TIME)
    # Raised with each commit of pages: answers of another revision are not given again.
    revision: int = Field(0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


class AnswerCacheRecord(Record, table=True):
    """An answer that is given again. `key` is a hash of all that was asked; nothing says who asked."""

    __tablename__ = "answer_cache"
    __table_args__ = (
        UniqueConstraint("corpus_id", "key"),
        Index(None, "created_at", "id"),  # the oldest leave, across all corpora
    )

    corpus_id: UUID = Field(foreign_key="corpora.id", ondelete="CASCADE")
    key: str = Field(sa_type=StoredText)
    revision: int = Field(sa_type=BigInteger)
    answer: dict[str, Any] = Field(sa_type=StoredJson)
    provenance: dict[str, Any] = Field(sa_type=StoredJson)


class DocumentRecord(Record, table=True):
    """A page as its reader produced it. `text` is what every offset of its passages and quotes counts in."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("corpus_id", "uri"),
        one_of("status", DOCUMENT_STATUSES),
        one_of("origin", DOCUMENT_ORIGINS),
        one_of("source_quality", QUALITIES),
        CheckConstraint("node_count >= 0", name="node_count"),
        Index(None, "corpus_id", "url"),
    )

    corpus_id: UUID = Field(foreign_key="corpora.id", ondelete="CASCADE")
    uri: str = Field(sa_type=StoredText)
    url: str = Field(sa_type=StoredText)
    title: str = Field(sa_type=StoredText)
    version: str | None = Field(None, sa_type=StoredText)  # None: the default one of the site
    locale: str | None = Field(None, sa_type=StoredText)
    content_hash: str | None = Field(None, sa_type=StoredText)  # None: never read successfully
    fingerprint: str | None = Field(None, sa_type=StoredText)  # of the vectors it was last indexed with
    status: str = Field(sa_type=StoredText)
    origin: str = Field(sa_type=StoredText)
    source: str | None = Field(None, sa_type=StoredText)  # which of the corpus's; None: an upload, or saved before
    source_quality: str = Field(sa_type=StoredText)
    bibliography: dict[str, Any] | None = Field(None, sa_type=StoredJson)  # CSL-JSON item
    headings: list[dict[str, Any]] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    tags: list[str] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    access: list[str] | None = Field(None, sa_type=StoredJson)  # groups that may read it; None: everybody
    # Questions that it was written for: objects of question, anchor, heading_path, start and end.
    answers: list[dict[str, Any]] | None = Field(None, sa_type=StoredJson)
    text: str = Field(sa_type=StoredText)
    text_hash: str | None = Field(None, sa_type=StoredText)  # None: saved before there were hashes
    node_count: int = Field(0, sa_column_kwargs={"server_default": "0"})
    error: str | None = Field(None, sa_type=StoredText)
    etag: str | None = Field(None, sa_type=StoredText)  # validators of a fetched page (RFC 9110, 8.8)
    last_modified: str | None = Field(None, sa_type=StoredText)
    read_with: str | None = Field(None, sa_type=StoredText)  # hash of the rules it was read by
    indexed_at: datetime | None = Field(None, sa_type=UTC_TIME)
    updated_at: datetime | None = Field(None, sa_type=UTC_TIME, nullable=False, sa_column_kwargs=_MADE_NOW)


class UploadRecord(Record, table=True):
    """What was sent as an uploaded page, from which other readers can read it anew."""

    __tablename__ = "uploads"
    __table_args__ = (one_of("kind", PAGE_FORMATS),)

    document_id: UUID = Field(foreign_key="documents.id", ondelete="CASCADE", unique=True)
    kind: str = Field(sa_type=StoredText)
    data: bytes = Field(sa_type=LargeBinary)
    url: str | None = Field(None, sa_type=StoredText)


class SuggestedQuestionsRecord(Record, table=True):
    """Questions to begin with on one page that the owner wrote over the API, beside those of the corpus file.

    `path` is that of its page behind the corpus's base url, without `/` around it; empty for the site.
    """

    __tablename__ = "suggested_questions"
    __table_args__ = (UniqueConstraint("corpus_id", "path"),)

    corpus_id: UUID = Field(foreign_key="corpora.id", ondelete="CASCADE")
    path: str = Field(sa_type=StoredText)
    questions: list[str] = Field(sa_type=StoredJson)
    updated_at: datetime | None = Field(None, sa_type=UTC_TIME, nullable=False, sa_column_kwargs=_MADE_NOW)


class IngestionRunRecord(Record, table=True):
    """One run over one corpus. At most one is `running` for each corpus; its heartbeat says that it lives."""

    __tablename__ = "ingestion_runs"
    __table_args__ = (
        one_of("status", RUN_STATUSES),
        CheckConstraint("(status = 'running') = (finished_at IS NULL)", name="finished"),
        Index("uq_ingestion_runs_running", "corpus_id", unique=True, postgresql_where=text("status = 'running'")),
        Index(None, "corpus_id", "id"),
    )

    corpus_id: UUID = Field(foreign_key="corpora.id", ondelete="CASCADE")
    status: str = Field(sa_type=StoredText)
    owner: str = Field(sa_type=StoredText)  # the process that runs it, see processes.py
    of_page: bool = Field(False, sa_column_kwargs={"server_default": text("false")})  # it changes one page alone
    heartbeat_at: datetime | None = Field(None, sa_type=UTC_TIME, nullable=False, sa_column_kwargs=_MADE_NOW)
    finished_at: datetime | None = Field(None, sa_type=UTC_TIME)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=StoredJson, sa_column_kwargs=_EMPTY_OBJECT)
    errors: list[dict[str, Any]] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)


class ConversationRecord(Record, table=True):
    """A conversation of one owner (a user's subject id or an anonymous token's id) with one corpus, by name."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "owner", "updated_at", "id"),)

    corpus: str = Field(sa_type=StoredText)
    owner: str = Field(sa_type=StoredText)
    title: str = Field(sa_type=StoredText)
    updated_at: datetime | None = Field(None, sa_type=UTC_TIME, nullable=False, sa_column_kwargs=_MADE_NOW)


class MessageRecord(Record, table=True):
    """A question or an answer. `parent_id` is the message before it; several children are branches.

    `position` is the order of recording, which ids made outside do not tell. `client_id` is what the reader's client
    calls a question; an edited question keeps it, so several may share one.

    Of an answer, `answer` keeps the claims, flags and closest sections (its sources and quotes are `citations`),
    and `provenance` what it was made from: collection, fingerprint, retrieved ids with scores, prompt version,
    models and parameters.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "id"),  # lets a parent be checked to lie in the same conversation
        UniqueConstraint("conversation_id", "position"),
        ForeignKeyConstraint(
            ["conversation_id", "parent_id"], ["messages.conversation_id", "messages.id"], ondelete="CASCADE"
        ),
        one_of("role", ROLES),
        one_of("status", ANSWER_STATUSES),
        CheckConstraint("(role = 'assistant') = (status IS NOT NULL)", name="status_of_answers"),
        Index(None, "conversation_id", "parent_id"),
        Index(None, "created_at", postgresql_where=text("status IS NOT NULL")),
    )

    conversation_id: UUID = Field(foreign_key="conversations.id", ondelete="CASCADE")
    parent_id: UUID | None = None
    client_id: str | None = Field(None, sa_type=StoredText)
    position: int | None = Field(None, sa_type=BigInteger, nullable=False, sa_column_args=[Identity(always=True)])
    role: str = Field(sa_type=StoredText)
    text: str = Field(sa_type=StoredText)
    status: str | None = Field(None, sa_type=StoredText)
    answer: dict[str, Any] | None = Field(None, sa_type=StoredJson)
    provenance: dict[str, Any] | None = Field(None, sa_type=StoredJson)
    usage: dict[str, Any] | None = Field(None, sa_type=StoredJson)
    timings: dict[str, Any] | None = Field(None, sa_type=StoredJson)
    model: str | None = Field(None, sa_type=StoredText)


class CitationRecord(Record, table=True):
    """One quote behind a claim, with all that shows and traces it after its page changed or went away.

    `document_id` is deliberately no foreign key. A source that is cited without a quote has neither claim nor quote.
    """

    __tablename__ = "citations"
    __table_args__ = (
        UniqueConstraint("message_id", "ordinal"),
        one_of("claim_status", CLAIM_STATUSES),
        one_of("quality", QUALITIES),
        CheckConstraint("num_nulls(claim_start, claim_end, claim_status, verbatim) IN (0, 4)", name="claim"),
        CheckConstraint("num_nulls(quote, quote_start, quote_end) IN (0, 3)", name="quote"),
        CheckConstraint("quote IS NULL OR claim_start IS NOT NULL", name="quote_of_claim"),
        CheckConstraint("claim_start >= 0 AND claim_end >= claim_start", name="claim_span"),
        CheckConstraint("passage_start >= 0 AND passage_end >= passage_start", name="passage_span"),
        CheckConstraint(
            "quote_start >= passage_start AND quote_end >= quote_start AND quote_end <= passage_end", name="quote_span"
        ),
        CheckConstraint("source > 0", name="source"),
        Index(None, "document_id"),
    )

    message_id: UUID = Field(foreign_key="messages.id", ondelete="CASCADE")
    ordinal: int  # order in the answer, from 0
    claim_start: int | None = None  # into the message's text
    claim_end: int | None = None
    claim_status: str | None = Field(None, sa_type=StoredText)
    claim_score: float | None = None
    verbatim: bool | None = None
    source: int  # n of [n]
    document_id: UUID | None = None
    uri: str = Field(sa_type=StoredText)
    url: str = Field(sa_type=StoredText)
    title: str = Field(sa_type=StoredText)
    heading_path: list[str] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    quality: str = Field(sa_type=StoredText)
    reference: str | None = Field(None, sa_type=StoredText)
    authors: list[dict[str, str | None]] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    published: str | None = Field(None, sa_type=StoredText)
    passage: str = Field(sa_type=StoredText)
    passage_start: int  # this and the following into the page's text
    passage_end: int
    text_hash: str | None = Field(None, sa_type=StoredText)  # of the page's text; None: recorded before
    quote: str | None = Field(None, sa_type=StoredText)
    quote_start: int | None = None
    quote_end: int | None = None


class ShareRecord(Record, table=True):
    """A conversation that others may read by a link, up to a message; a conversation has one link at most."""

    __tablename__ = "shares"
    __table_args__ = (
        UniqueConstraint("conversation_id"),
        ForeignKeyConstraint(
            ["conversation_id", "message_id"], ["messages.conversation_id", "messages.id"], ondelete="CASCADE"
        ),
    )

    conversation_id: UUID
    message_id: UUID  # the last one that is shown
    secret: bytes = Field(sa_type=LargeBinary)  # what its link is signed with


class ReaskedAnswerRecord(Record, table=True):
    """What became of an answer's question when it was asked again, because pages had changed; the newest time counts.

    `resolved_at` and the section that answers it are there as long as it is answered.
    """

    __tablename__ = "reasked_answers"
    __table_args__ = (one_of("status", ANSWER_STATUSES),)

    message_id: UUID = Field(foreign_key="messages.id", ondelete="CASCADE", unique=True)
    revision: int = Field(sa_type=BigInteger)  # of the corpus, when it was asked again
    asked_at: datetime = Field(sa_type=UTC_TIME)
    status: str = Field(sa_type=StoredText)
    resolved_at: datetime | None = Field(None, sa_type=UTC_TIME)
    url: str | None = Field(None, sa_type=StoredText)
    title: str | None = Field(None, sa_type=StoredText)
    heading_path: list[str] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)


class FeedbackRecord(Record, table=True):
    """What the reader thought of one answer; a second rating replaces the first."""

    __tablename__ = "feedback"
    __table_args__ = (one_of("rating", RATINGS), all_of("reasons", FEEDBACK_REASONS), Index(None, "created_at"))

    message_id: UUID = Field(foreign_key="messages.id", ondelete="CASCADE", unique=True)
    rating: str = Field(sa_type=StoredText)
    reasons: list[str] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    text: str | None = Field(None, sa_type=StoredText)


class EvaluationRecord(Record, table=True):
    """The figures of one run of a golden set over a corpus, by name; neither its questions nor its answers."""

    __tablename__ = "evaluations"
    __table_args__ = (Index(None, "corpus", "made_at", "id"),)

    corpus: str = Field(sa_type=StoredText)
    golden: str = Field(sa_type=StoredText)
    fingerprint: str = Field(sa_type=StoredText)
    made_at: datetime = Field(sa_type=UTC_TIME)
    figures: dict[str, Any] = Field(sa_type=StoredJson)


class ApiKeyRecord(Record, table=True):
    """An API key, kept as its hash only."""

    __tablename__ = "api_keys"

    name: str = Field(sa_type=StoredText)
    key_hash: str = Field(sa_type=StoredText, unique=True)  # hex sha256 of the key
    scopes: list[str] = Field(default_factory=list, sa_type=StoredJson, sa_column_kwargs=_EMPTY_LIST)
    revoked_at: datetime | None = Field(None, sa_type=UTC_TIME)
    last_used_at: datetime | None = Field(None, sa_type=UTC_TIME)


def _table(name: str) -> Table:
    return metadata.tables[name]


# The same tables for Core queries: selecting columns costs 1.6 times raw psycopg a chat turn, the ORM 2.6 times.
CORPORA = _table("corpora")
DOCUMENTS = _table("documents")
UPLOADS = _table("uploads")
INGESTION_RUNS = _table("ingestion_runs")
CONVERSATIONS = _table("conversations")
MESSAGES = _table("messages")
CITATIONS = _table("citations")
FEEDBACK = _table("feedback")
API_KEYS = _table("api_keys")
ANSWER_CACHE = _table("answer_cache")
REASKED_ANSWERS = _table("reasked_answers")
SHARES = _table("shares")
EVALUATIONS = _table("evaluations")
SUGGESTED_QUESTIONS = _table("suggested_questions")
