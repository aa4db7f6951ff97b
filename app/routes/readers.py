"""`/api/v1/me`: what is kept of the caller, told and deleted."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from app.conversations.readers import erase_reader, export_reader
from app.dependencies import ConfirmedReaderDep, StateDep, check_named
from app.schemas.problems import ProblemBody
from app.schemas.readers import ErasureBody, ExportBody

router = APIRouter(tags=["conversations"], prefix="/me")
_FAILURES: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 503)}
_FIELDS = {"content-disposition": 'attachment; filename="conversations.json"', "cache-control": "no-store"}


@router.get(
    "",
    summary="Export what is kept of you",
    response_class=StreamingResponse,
    responses={200: {"model": ExportBody, "description": "All conversations, as one JSON document."}, **_FAILURES},
)
async def read_me(state: StateDep, caller: ConfirmedReaderDep) -> StreamingResponse:
    """All of the caller's conversations with every branch, answer, source and rating."""
    check_named(caller)
    pieces = export_reader(state.resources.database, caller)
    first = await anext(pieces)  # a database that is away is a failure before the answer begins
    return StreamingResponse(_behind(first, pieces), media_type="application/json", headers=_FIELDS)


@router.delete("", summary="Delete what is kept of you", responses=_FAILURES)
async def delete_me(state: StateDep, caller: ConfirmedReaderDep) -> ErasureBody:
    """Deletes all of the caller's conversations with their messages, citations and ratings. There is no way back."""
    check_named(caller)
    return await erase_reader(state.resources.database, caller)


async def _behind(first: str, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for piece in pieces:
        yield piece
