"""Request and response models of the HTTP API. Our own bodies are strict; those of `useChat` may carry other keys."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from pipelines.types import AnswerStatus, ClaimStatus, Quality

# A ceiling for every text field; the settings hold the (lower) bounds of questions.
_MAX_TEXT = 100_000
_MAX_SELECTED = 8_000
_MAX_MESSAGES = 500
_MAX_PARTS = 2_000


def _without_nul(text: str) -> str:
    # Postgres keeps no NUL in text, and no question needs one.
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


Text = Annotated[str, Field(max_length=_MAX_TEXT), AfterValidator(_without_nul)]
CorpusName = Annotated[str, Field(min_length=1, max_length=63)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PageBody(_Strict):
    """The page the reader is on, and what they selected there."""

    url: Annotated[str, Field(max_length=2_048, pattern=r"^https?://")]
    selected_text: Annotated[str, Field(max_length=_MAX_SELECTED), AfterValidator(_without_nul)] = ""


class FiltersBody(_Strict):
    """Restrictions on what may be cited; an empty list does not restrict."""

    source_quality: Annotated[list[Quality], Field(max_length=6)] = []


class MessagePart(_Lenient):
    """A part of a message; only those of type `text` are read."""

    type: Annotated[str, Field(max_length=200)]
    text: Text = ""


class Message(_Lenient):
    """A message as `useChat` sends it."""

    role: Literal["system", "user", "assistant"]
    parts: Annotated[list[MessagePart], Field(max_length=_MAX_PARTS)]

    @property
    def text(self) -> str:
        """What the message says."""
        return "".join(part.text for part in self.parts if part.type == "text").strip()


class _Options(BaseModel):
    corpus: CorpusName | None = None
    conversation_id: UUID | None = None
    page: PageBody | None = None
    filters: FiltersBody = FiltersBody()
    stream: bool = True


Messages = Annotated[list[Message], Field(min_length=1, max_length=_MAX_MESSAGES)]


class NativeRequest(_Options, _Strict):
    """Our own body: `question`, or `messages` of which the last is the question."""

    question: Text | None = None
    messages: Messages | None = None

    @model_validator(mode="after")
    def _one_question(self) -> "NativeRequest":
        if (self.question is None) == (self.messages is None):
            raise ValueError("give either question or messages")
        return self


class UseChatRequest(_Options, _Lenient):
    """The body of the AI SDK's `useChat`; `id` is the conversation, other keys of the protocol are ignored."""

    messages: Messages
    id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    trigger: Annotated[str, Field(max_length=64)] = "submit-message"


def _kind_of_body(body: Any) -> str:
    """`useChat` always sends `messages` with its chat's `id` and a `trigger`; our own body has neither."""
    if isinstance(body, UseChatRequest):
        return "use_chat"
    keys = body if isinstance(body, dict) else ()
    return "use_chat" if "messages" in keys and ("id" in keys or "trigger" in keys) else "native"


ChatRequest = Annotated[
    Annotated[NativeRequest, Tag("native")] | Annotated[UseChatRequest, Tag("use_chat")],
    Discriminator(_kind_of_body),
]


class CitationBody(_Strict):
    """A quote behind a claim: the document's text between `start` and `end` (code points) is exactly `quote`."""

    source: str
    quote: str
    start: int
    end: int


class ClaimBody(_Strict):
    """A checked sentence; `start` and `end` are code points of the answer's text."""

    start: int
    end: int
    status: ClaimStatus
    score: float | None
    verbatim: bool
    citations: list[CitationBody]


class SourceBody(_Strict):
    """A cited passage; `[n]` in the answer's text is the source with the id `"n"`."""

    id: str
    document_id: str
    title: str
    url: str
    heading_path: list[str]
    text: str
    start: int
    end: int
    quality: Quality
    reference: str | None


class ClosestBody(_Strict):
    """A section that a refusal names as the nearest one."""

    title: str
    url: str
    heading_path: list[str]


class UsageBody(_Strict):
    """Tokens of the vendor calls behind an answer; `cost` in US dollars where the vendor tells."""

    prompt_tokens: int
    completion_tokens: int
    calls: int
    cost: float | None


class AnswerBody(_Strict):
    """An answer. `sources` are those cited; `closest` is filled on refusal only; `timings` are milliseconds."""

    id: UUID
    conversation_id: UUID
    status: AnswerStatus
    text: str
    claims: list[ClaimBody]
    sources: list[SourceBody]
    closest: list[ClosestBody]
    flags: list[str]
    model: str
    usage: UsageBody
    timings: dict[str, float]


class FieldProblemBody(_Strict):
    """One wrong field."""

    field: str
    message: str


class ProblemBody(BaseModel):
    """A problem document (RFC 9457). `type` is stable; further members depend on it."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblemBody] | None = None
    corpora: list[str] | None = None
    retry_after: int | None = None
    request_id: str | None = None


class DependencyBody(_Strict):
    """What was last observed of a dependency; `latency_ms` is null where it was not probed."""

    ok: bool
    latency_ms: float | None
    detail: str
    observed_at: datetime


class HealthBody(_Strict):
    """`degraded`: at least one dependency was last seen failing."""

    status: Literal["ok", "degraded"]
    version: str
    corpora: list[str]
    dependencies: dict[str, DependencyBody]


class DocumentSummaryBody(_Strict):
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


class HeadingBody(_Strict):
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


class DocumentsBody(_Strict):
    """A stretch of the documents; `next_cursor` is null on the last one."""

    items: list[DocumentSummaryBody]
    next_cursor: str | None
