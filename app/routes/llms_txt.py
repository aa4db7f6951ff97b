"""`/llms.txt` and `/llms-full.txt`: the pages as text for language models (https://llmstxt.org)."""

from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from app.auth.callers import Caller
from app.corpus.llms_txt import FRESH_SECONDS, Kind, TextFile, write_list
from app.dependencies import AppState, ReaderDep, StateDep, read_state, seen_corpora
from app.schemas.problems import ProblemBody

router = APIRouter(tags=["llms.txt"], default_response_class=Response)
_ERRORS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemBody} for code in (401, 404, 429, 503)}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Markdown.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    304: {"description": "It is as it was (If-None-Match)."},
    **_ERRORS,
}
Name = Literal["llms.txt", "llms-full.txt"]


@router.head("/llms.txt", include_in_schema=False)
@router.get("/llms.txt", summary="Index of the pages for language models", responses=_RESPONSES)
async def read_index(request: Request, state: StateDep, caller: ReaderDep) -> Response:
    """The only corpus's index; with several corpora the list of theirs."""
    names = seen_corpora(state, caller)
    if len(names) > 1:
        return PlainTextResponse(write_list(names))
    return await _read(request, _only(names), caller, "llms.txt")


@router.head("/llms-full.txt", include_in_schema=False)
@router.get("/llms-full.txt", summary="All pages for language models", responses=_RESPONSES)
async def read_full(request: Request, state: StateDep, caller: ReaderDep) -> Response:
    """The only corpus's pages, one after the other, at most a million characters."""
    names = seen_corpora(state, caller)
    if len(names) > 1:
        raise HTTPException(404)  # each has its own
    return await _read(request, _only(names), caller, "llms-full.txt")


@router.head("/{corpus}/llms.txt", include_in_schema=False)
@router.get("/{corpus}/llms.txt", summary="Index of one corpus's pages", responses=_RESPONSES)
async def read_index_of(request: Request, corpus: str, state: StateDep, caller: ReaderDep) -> Response:
    """A corpus's index."""
    return await _read(request, _check(corpus, state, caller), caller, "llms.txt")


@router.head("/{corpus}/llms-full.txt", include_in_schema=False)
@router.get("/{corpus}/llms-full.txt", summary="All pages of one corpus", responses=_RESPONSES)
async def read_full_of(request: Request, corpus: str, state: StateDep, caller: ReaderDep) -> Response:
    """A corpus's pages, one after the other, at most a million characters."""
    return await _read(request, _check(corpus, state, caller), caller, "llms-full.txt")


def _only(names: list[str]) -> str:
    if not names:
        raise HTTPException(404)  # the caller may know of none
    return names[0]


def _check(corpus: str, state: AppState, caller: Caller) -> str:
    if corpus not in seen_corpora(state, caller):
        raise HTTPException(404)
    return corpus


async def _read(request: Request, corpus: str, caller: Caller, name: Name) -> Response:
    kind: Kind = "index" if name == "llms.txt" else "full"
    file = await read_state(request).llms_texts.read(corpus, kind, caller.reads)
    return respond(file, request.headers.get("if-none-match", ""))


def respond(file: TextFile, if_none_match: str) -> Response:
    """The file, or 304 where the client has it (RFC 9110, 13.1.2)."""
    headers = {"etag": file.etag, "cache-control": f"private, max-age={FRESH_SECONDS:.0f}"}
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    if file.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return PlainTextResponse(file.text, headers=headers)
