"""`GET /api/v1/suggestions`: questions to begin with, on a page or on the site."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.conversations.metered_corpus import Asker
from app.conversations.suggestions import MAX_SUGGESTIONS
from app.dependencies import ReaderDep, SeenCorpusDep, StateDep
from app.limits.addresses import queue_of
from app.schemas.problems import ProblemBody
from app.schemas.scopes import PageUrl
from app.schemas.suggestions import SuggestionBody, SuggestionsBody

router = APIRouter(tags=["search"])


@router.get(
    "/suggestions",
    summary="Questions to begin with",
    responses={code: {"model": ProblemBody} for code in (401, 409, 422, 429, 503)},
)
async def read_suggestions(
    request: Request,
    state: StateDep,
    caller: ReaderDep,
    corpus: SeenCorpusDep,
    url: Annotated[PageUrl | None, Query(description="The page that the reader is on.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_SUGGESTIONS)] = 4,
) -> SuggestionsBody:
    """Questions whose answers cite the section that each was made from.

    Those of a page are made when they are first asked for, which takes some searches, and again once the corpus has
    changed. Without `url`, or for a page that is not in the corpus, they are about the site.
    """
    asker = Asker(caller.kind, request.state.received_at, queue_of(caller, request), caller.reads)
    found = await state.use_cases.suggestions.read(corpus, url, asker, limit=limit)
    return SuggestionsBody(corpus=corpus, questions=[SuggestionBody(text=one.text, url=one.url) for one in found])
