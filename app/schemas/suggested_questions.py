"""Questions to begin with, in the owner's words."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from app.schemas.bodies import CorpusName, StrictBody, StrictRequest, one_line

MAX_OF_A_PAGE = 8
Path = Annotated[
    str,
    Field(
        max_length=1_024,
        pattern=r"^[^\x00-\x20?#]*$",
        description="The page's path behind the corpus's base url, or its address; `/` is the site.",
    ),
]


class SuggestedQuestionsRequest(StrictRequest):
    """The questions of a page, in the order in which they are shown; none for a page without."""

    corpus: CorpusName | None = None
    path: Path = "/"
    questions: Annotated[
        list[Annotated[str, Field(min_length=2, max_length=120), AfterValidator(one_line)]],
        Field(max_length=MAX_OF_A_PAGE, fail_fast=True, examples=[["Which systems does it run on?"]]),
    ]


class SuggestedPageBody(StrictBody):
    """The questions of a page, by its path behind the base url (`/` is the site); `updated_at` null: in a file."""

    path: str
    questions: list[str]
    updated_at: datetime | None


class SuggestedPagesBody(StrictBody):
    """The pages that have questions over the API, and those that have some in the corpus file, both by path."""

    corpus: str
    items: list[SuggestedPageBody]
    in_file: list[SuggestedPageBody]
