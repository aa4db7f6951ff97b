"""Answers that owners write, in pages and over the API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.bodies import CorpusName, StrictBody, StrictRequest, one_line, without_nul
from pipelines.source_specs import GROUP_PATTERN

MAX_QUESTIONS = 20
MAX_QUESTION_CHARS = 300
# Of the markdown: what readers see of it may have 3,000.
MAX_TEXT_CHARS = 6_000


def _says_something(text: str) -> str:
    """`text` as it is. Raises ValueError where it is blank."""
    if not text.strip():
        raise ValueError("must say something")
    return without_nul(text)


WrittenQuestion = Annotated[str, Field(max_length=MAX_QUESTION_CHARS), AfterValidator(one_line)]


class CuratedAnswerRequest(StrictRequest):
    """Questions and the markdown that answers them.

    `url` is where the footnote leads, the site where it is null; `access` are the groups that the answer is for, those
    that the corpus says where it is null.
    """

    questions: Annotated[
        list[WrittenQuestion],
        Field(min_length=1, max_length=MAX_QUESTIONS, fail_fast=True, examples=[["Can I get a refund?"]]),
    ]
    text: Annotated[
        str, Field(max_length=MAX_TEXT_CHARS, examples=["Yes, within a day."]), AfterValidator(_says_something)
    ]
    url: Annotated[str, Field(max_length=2_048, pattern=r"^https?://[^#\s]+$")] | None = None
    access: Annotated[list[Annotated[str, Field(pattern=GROUP_PATTERN)]], Field(max_length=20)] | None = None


class NewCuratedAnswerRequest(CuratedAnswerRequest):
    """An answer for a corpus, which may be left out where there is one."""

    corpus: CorpusName | None = None


class CuratedAnswerBody(StrictBody):
    """An answer that was written over the API. `id` is that of its document; `url` is where its footnote leads.

    `given_url` is the url that was sent with it, null where it leads to the site.
    """

    id: UUID
    questions: list[str]
    text: str
    url: str
    given_url: str | None
    access: list[str] | None
    updated_at: datetime


class WrittenAnswerBody(StrictBody):
    """An answer in the front matter of a page, which is changed there: `url` is the section that answers."""

    document_id: UUID
    uri: str
    title: str
    questions: list[str]
    text: str
    url: str


class CuratedAnswersBody(StrictBody):
    """All answers of a corpus: those written over the API, the newest first, and the first 500 in pages, by uri."""

    corpus: str
    items: list[CuratedAnswerBody]
    in_pages: list[WrittenAnswerBody]
    in_pages_total: int
