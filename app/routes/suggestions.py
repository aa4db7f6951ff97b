"""`GET /api/v1/suggestions`: questions to begin with, on a page or on the site."""

from collections.abc import Awaitable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.conversations.suggestions import MAX_SUGGESTIONS
from app.dependencies import ReaderDep, SeenCorpusDep, StateDep, admit, asker_of
from app.schemas.problems import ProblemBody
from app.schemas.scopes import PageUrl
from app.schemas.suggestions import SuggestionBody, SuggestionsBody
from app.wires.streaming import unless_gone
from pipelines.types import Suggestion

router = APIRouter(tags=["search"])


@router.get(
    "/suggestions",
    summary="Questions to begin with",
    response_model=SuggestionsBody,
    responses={code: {"model": ProblemBody} for code in (401, 409, 422, 429, 503)},
)
async def read_suggestions(
    request: Request,
    state: StateDep,
    caller: ReaderDep,
    corpus: SeenCorpusDep,
    url: Annotated[PageUrl | None, Query(description="The page that the reader is on.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_SUGGESTIONS)] = 4,
) -> Response:
    """Questions whose answers cite the section that each was made from.

    Those of a page are made when they are first asked for, which takes some searches, and again once the corpus has
    changed; where a vendor embeds, that counts as a question. Without `url`, or for a page that is not in the corpus,
    they are about the site.
    """
    asker = asker_of(caller, request)
    suggestions = state.use_cases.suggestions
    page = await suggestions.page_at(corpus, url, asker)
    if suggestions.asks_vendor(corpus) and not suggestions.is_ready(corpus, page, asker):
        await admit(request, state, caller, "ask")
    return await unless_gone(request, _respond(corpus, suggestions.read(corpus, page, asker, limit=limit)))


async def _respond(corpus: str, reading: Awaitable[Sequence[Suggestion]]) -> Response:
    questions = [SuggestionBody(text=one.text, url=one.url) for one in await reading]
    told = SuggestionsBody(corpus=corpus, questions=questions)
    return Response(told.model_dump_json(), media_type="application/json", headers={"cache-control": "no-store"})
