"""`GET /api/v1/corpora`: what can be asked, and what its pages are told apart by."""

from fastapi import APIRouter

from app.corpus.facets import read_facets
from app.dependencies import ReaderDep, StateDep, seen_corpora
from app.schemas.corpora import CorporaBody
from app.schemas.problems import ProblemBody

router = APIRouter(tags=["search"])


@router.get(
    "/corpora",
    summary="List the corpora",
    responses={code: {"model": ProblemBody} for code in (401, 429, 503)},
)
async def list_corpora(state: StateDep, caller: ReaderDep) -> CorporaBody:
    """The corpora that you may know of, with the versions, locales and tags that `filters` may name."""
    return await read_facets(state.resources.database, seen_corpora(state, caller), groups=caller.reads)
