"""A search, as JSON."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from app.schemas.answers import PlacedTextBody
from app.schemas.bodies import CorpusName, StrictBody, StrictRequest, without_nul
from app.schemas.scopes import ScopedBody
from app.schemas.tools import MAX_RESULTS
from pipelines.types import FoundPassage


class SearchRequest(ScopedBody, StrictRequest):
    """What to look for. `page` is the page that the reader is on: its version is searched, and it weighs a little.

    Of the scope `selection` there is one passage, without scores.
    """

    query: Annotated[str, Field(min_length=1, pattern=r"\S"), AfterValidator(without_nul)]
    corpus: CorpusName | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = 8


class SpanBody(StrictBody):
    """A stretch of a text, in code points."""

    start: int
    end: int


class ScoresBody(StrictBody):
    """The scores of the legs: a cosine and BM25, each 0 where that leg did not find it; `rerank` with a reranker.

    Cosines of a model that gives all of them high (local/e5-small) are spread: `(cosine - .6) / .4`.
    """

    dense: float
    bm25: float
    rerank: float | None


class FoundBody(PlacedTextBody):
    """A passage that was found.

    `score` ranks: both legs fused, with what headings, quality and the reader's page add. `highlights` are the query's
    words in `text`.
    """

    score: float
    scores: ScoresBody
    highlights: list[SpanBody]


class FoundPassagesBody(StrictBody):
    """Passages by rank, whether or not they answer anything."""

    corpus: str
    passages: list[FoundBody]


def found_members(found: FoundPassage) -> dict[str, Any]:
    """The members of `FoundBody`."""
    return {name: getattr(found.source, name) for name in PlacedTextBody.model_fields} | {
        "score": found.score,
        "scores": {"dense": found.dense, "bm25": found.bm25, "rerank": found.rerank},
        "highlights": [{"start": start, "end": end} for start, end in found.highlights],
    }
