"""`POST /api/v1/search`: passages for a query, without an answer."""

from fastapi import APIRouter, Request, Response

from app.conversations.metered_corpus import Asker, Search
from app.dependencies import AppState, ReaderDep, StateDep, admit, asker_of
from app.errors import FieldProblem, InvalidRequest
from app.schemas.problems import ProblemBody
from app.schemas.scopes import read_place
from app.schemas.searches import FoundPassagesBody, SearchRequest, found_members
from app.wires.streaming import unless_gone
from storage_config.json_bytes import dump_json

router = APIRouter(tags=["search"])


@router.post(
    "/search",
    summary="Search the pages",
    response_model=FoundPassagesBody,
    responses={code: {"model": ProblemBody} for code in (400, 401, 409, 413, 422, 429, 503)},
)
async def search(request: Request, body: SearchRequest, state: StateDep, caller: ReaderDep) -> Response:
    """The passages that fit best, with their scores. Nothing is written and no LLM is asked.

    It counts as a question where a vendor embeds or ranks, else as a read.
    """
    most = state.resources.settings.max_question_chars
    if len(body.query) > most:
        raise InvalidRequest(FieldProblem("query", f"a query has at most {most} characters"))
    if state.use_cases.searches.asks_vendor(body.corpus, caller.reads):
        await admit(request, state, caller, "ask")
    asker = asker_of(caller, request)
    return await unless_gone(request, _search(state, body, asker))


async def _search(state: AppState, body: SearchRequest, asker: Asker) -> Response:
    place = read_place(body)
    search = Search(body.query, body.limit, place.filters, place.page, place.scope)
    corpus, found = await state.use_cases.searches.search(search, asker, corpus=body.corpus)
    told = {"corpus": corpus, "passages": [found_members(one) for one in found]}
    return Response(dump_json(told), media_type="application/json", headers={"cache-control": "no-store"})
