"""Answers, as JSON."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from pydantic import Field

from app.schemas.bodies import StrictBody
from app.schemas.suggestions import SuggestionBody
from pipelines.types import Answer
from storage_config.vocabulary import AnswerStatus, ClaimStatus, PageState, Quality

_NAMES = tuple(field.name for field in fields(Answer))


class CitationBody(StrictBody):
    """A quote behind a claim: the document's text between `start` and `end` (code points) is exactly `quote`."""

    source: str
    quote: str
    start: int
    end: int


class ClaimBody(StrictBody):
    """A checked sentence; `start` and `end` are code points of the answer's text."""

    start: int
    end: int
    status: ClaimStatus
    score: float | None
    verbatim: bool
    citations: list[CitationBody]


class AuthorBody(StrictBody):
    """Who wrote a page: a person by `family` and `given` name, anybody else by `literal`."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None


class PlacedTextBody(StrictBody):
    """A passage with its place: `text` stands between `start` and `end` (code points) of the page's text.

    `authors` and `published` (as far as it is known: `2024`, `2024-05`, `2024-05-17`) are what the page says of itself:
    no authors, and null, where it does not.

    `document_id` is null for a text that its reader selected and that stands in no page: offsets count in what they
    sent then.
    """

    document_id: str | None
    title: str
    url: str
    heading_path: list[str]
    text: str
    start: int
    end: int
    quality: Quality
    reference: str | None
    authors: list[AuthorBody] = Field(default_factory=list)
    published: str | None = None
    text_hash: str | None


class SourceBody(PlacedTextBody):
    """A cited passage; `[n]` in the answer's text is the source with the id `"n"`.

    Its offsets, and those of its quotes, count in the text of the SHA-256 `text_hash` (null where the page was ingested
    before there were hashes). `page_state`: the page has that text, has another one since (`changed`), or is `gone`;
    the passage and its quotes are then as they were cited.
    """

    id: str
    page_state: PageState


class ClosestBody(StrictBody):
    """A section that a refusal names as the nearest one."""

    title: str
    url: str
    heading_path: list[str]


class UsageBody(StrictBody):
    """Tokens of the vendor calls behind an answer; `cost` in US dollars where the vendor tells."""

    prompt_tokens: int
    completion_tokens: int
    calls: int
    cost: float | None


class AnswerBody(StrictBody):
    """An answer. `sources` are those cited; `closest` is filled on refusal only; `timings` are milliseconds.

    `version` is that of the site's pages it speaks of: null for the default one. Where several were asked for and are
    cited, their names with a comma between them, `default` for the default one.

    `suggestions` are questions that may come next, about the first cited page. `contact` is the link that the owner
    declared, where the answer is refused or its sources do not carry all of it.
    """

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
    contact: str | None
    version: str | None = None
    suggestions: list[SuggestionBody]


def answer_members(answer: Answer) -> dict[str, Any]:
    """The answer's members by name: the one mapping that every wire and the record are made from."""
    return {name: getattr(answer, name) for name in _NAMES} | {"timings": dict(answer.timings)}


def identified_members(answer: Answer, *, answer_id: UUID, conversation_id: UUID) -> dict[str, Any]:
    """The members of `AnswerBody`."""
    return {"id": answer_id, "conversation_id": conversation_id, **answer_members(answer)}
