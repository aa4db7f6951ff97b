"""What the tools of coding agents take and give."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.schemas.bodies import CorpusName, Language, ReaderLevel, StrictBody, StrictRequest, without_nul
from app.schemas.scopes import ScopedBody
from storage_config.vocabulary import Quality

MAX_RESULTS = 20
_MAX_QUERY = 4_000
_CORPUS = Field(default=None, description="The corpus to look in; may be left out where there is one.")


class SearchArguments(ScopedBody, StrictRequest):
    """What `search_docs` takes."""

    query: Annotated[
        str,
        Field(min_length=1, max_length=_MAX_QUERY, description="What to look for, in words or as a question."),
        AfterValidator(without_nul),
    ]
    corpus: Annotated[CorpusName | None, _CORPUS] = None
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS, description="How many passages at most.")] = 8


class AskArguments(ScopedBody, StrictRequest):
    """What `ask_docs` takes."""

    question: Annotated[
        str, Field(min_length=1, description="One question, complete in itself."), AfterValidator(without_nul)
    ]
    corpus: Annotated[CorpusName | None, _CORPUS] = None
    language: Language = None
    level: ReaderLevel = None


class ReadArguments(StrictRequest):
    """What `read_section` takes."""

    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2_048,
            description="The url of a page or, with #anchor, of a section, as the other tools give it.",
        ),
        AfterValidator(without_nul),
    ]


class PassageBody(StrictBody):
    """A passage that was found, best first."""

    title: str
    url: Annotated[str, Field(description="With #anchor; read_section takes it.")]
    heading_path: list[str]
    text: str
    quality: Quality
    document_id: str | None


class SearchBody(StrictBody):
    """Passages by rank."""

    corpus: str
    results: list[PassageBody]


class SectionLinkBody(StrictBody):
    """A section inside a section."""

    title: str
    url: str


class SectionBody(StrictBody):
    """A section of a page; `text` stands between `start` and `end` (code points) of the document's text."""

    url: str
    document_id: str
    title: str
    heading_path: list[str]
    text: str
    start: int
    end: int
    is_whole: Annotated[bool, Field(description="False: the section goes on; read the sections inside it.")]
    quality: str
    sections: list[SectionLinkBody]
