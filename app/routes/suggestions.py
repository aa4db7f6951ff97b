"""`GET /api/v1/suggestions`: questions to begin with, on a page or on the site."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.conversations.metered_corpus import Asker
from app.conversations.suggestions import MAX_SUGGESTIONS
from app.dependencies import AppState, ReaderDep, SeenCorpusDep, StateDep, admit
from app.limits.addresses import queue_of
from app.schemas.problems import ProblemBody
from app.schemas.scopes import PageUrl
from app.schemas.suggestions import SuggestionBody, SuggestionsBody
from app.wires.streaming import unless_gone

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
    asker = Asker(caller.kind, request.state.received_at, queue_of(caller, request), caller.reads)
    if not await state.use_cases.suggestions.is_ready(corpus, url, asker):
        await admit(request, state, caller, "ask")
    return await unless_gone(request, _read(state, asker, SuggestionsWanted(corpus, url, limit)))


@dataclass(frozen=True, slots=True)
class SuggestionsWanted:
    """How many questions of which page."""

    corpus: str
    url: str | None
    limit: int


async def _read(state: AppState, asker: Asker, wanted: SuggestionsWanted) -> Response:
    found = await state.use_cases.suggestions.read(wanted.corpus, wanted.url, asker, limit=wanted.limit)
    questions = [SuggestionBody(text=one.text, url=one.url) for one in found]
    told = SuggestionsBody(corpus=wanted.corpus, questions=questions)
    return Response(told.model_dump_json(), media_type="application/json", headers={"cache-control": "no-store"})
